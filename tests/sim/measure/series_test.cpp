#include "sim/measure/series.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "tests/sim/measure/lcg.hpp"

namespace faultline::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Time at(std::int64_t nanoseconds) { return Time(Duration(nanoseconds)); }

TEST(SeriesClock, StepIsARoundNumberWithAFewHundredPoints) {
  EXPECT_EQ(SeriesClock::for_length(time_zero, seconds(60)).step, milliseconds(200));
  EXPECT_EQ(SeriesClock::for_length(time_zero, seconds(10)).step, milliseconds(50));
  EXPECT_EQ(SeriesClock::for_length(time_zero, seconds(1000)).step, seconds(5));
  EXPECT_EQ(SeriesClock::for_length(time_zero, std::chrono::hours(24)).step, seconds(200));
  Lcg random(1);
  for (int i = 0; i < 10'000; ++i) {
    const Duration length(random.of_magnitude(63));
    if (length.count() < 180) continue;
    const SeriesClock clock = SeriesClock::for_length(time_zero, length);
    const std::size_t points = clock.points_until(Time(length));
    EXPECT_GE(points, 180U) << length.count();
    EXPECT_LE(points, 450U) << length.count();
    std::int64_t leading = clock.step.count();
    while (leading % 10 == 0) leading /= 10;
    EXPECT_TRUE(leading == 1 || leading == 2 || leading == 5) << leading;
  }
}

TEST(SeriesClock, ShortRunsHaveStepsOfOneNanosecond) {
  EXPECT_EQ(SeriesClock::for_length(time_zero, Duration(0)).step, Duration(1));
  EXPECT_EQ(SeriesClock::for_length(time_zero, Duration(100)).step, Duration(1));
}

TEST(SeriesClock, DoublesOnlyWhenItMust) {
  const SeriesClock clock{.start = at(100), .step = Duration(10), .points_max = 4};
  EXPECT_EQ(clock.capacity_end(), at(140));
  EXPECT_EQ(clock.grown_to(at(0)).step, Duration(10));
  EXPECT_EQ(clock.grown_to(at(139)).step, Duration(10));
  EXPECT_EQ(clock.grown_to(at(140)).step, Duration(20));
  EXPECT_EQ(clock.grown_to(at(180)).step, Duration(40));
}

TEST(SeriesClock, ReachesTheEndOfTime) {
  const SeriesClock clock = SeriesClock::open_ended(time_zero).grown_to(time_max);
  EXPECT_EQ(clock.capacity_end(), time_max);
  EXPECT_LE(clock.points_until(time_max), clock.points_max);
}

TEST(SeriesClockDeathTest, WrongClocksStopTheProgram) {
  EXPECT_DEATH(CounterSeries({.step = Duration(0)}), "step.count\\(\\) > 0");
  EXPECT_DEATH(CounterSeries({.points_max = 0}), "points_max >= 2");
  EXPECT_DEATH(CountGaugeSeries({.points_max = 5}), "points_max % 2 == 0");
}

TEST(SeriesClock, CountsStepsThatBeginBeforeTheEnd) {
  const SeriesClock clock{.start = at(100), .step = Duration(10)};
  EXPECT_EQ(clock.points_until(at(0)), 0U);
  EXPECT_EQ(clock.points_until(at(100)), 0U);
  EXPECT_EQ(clock.points_until(at(101)), 1U);
  EXPECT_EQ(clock.points_until(at(110)), 1U);
  EXPECT_EQ(clock.points_until(at(111)), 2U);
  EXPECT_EQ(clock.step_length(1, at(111)), Duration(1));
  EXPECT_EQ(clock.step_length(0, at(111)), Duration(10));
}

using Counts = std::vector<std::uint64_t>;

TEST(CounterSeries, CountsEventsAStep) {
  CounterSeries series({.step = Duration(10)});
  for (const std::int64_t time : {0, 9, 10, 25, 25, 31}) series.add(at(time));
  series.add(at(5), 4);  // Late: the step is over.
  EXPECT_EQ(series.counts(at(40)), (Counts{6, 1, 2, 1}));
  EXPECT_EQ(series.counts(at(55)), (Counts{6, 1, 2, 1, 0, 0}));
}

TEST(CounterSeries, EventsAtTheVeryEndBelongToTheLastStep) {
  CounterSeries series({.step = Duration(10)});
  series.add(at(10));
  series.add(at(20));
  EXPECT_EQ(series.counts(at(20)), (Counts{0, 2}));
  EXPECT_EQ(series.counts(at(21)), (Counts{0, 1, 1}));
}

TEST(CounterSeries, EventsBeforeTheStartAreNotCounted) {
  CounterSeries series({.start = at(100), .step = Duration(10)});
  series.add(at(99));
  series.add(at(0));
  EXPECT_EQ(series.counts(at(110)), (Counts{0}));
  EXPECT_EQ(series.counts(at(100)), Counts{});
  series.add(at(100));
  series.add(at(99));
  EXPECT_EQ(series.counts(at(110)), (Counts{1}));
}

TEST(CounterSeries, RatesUseTheLengthOfTheLastStep) {
  CounterSeries series({.step = seconds(2)});
  series.add(Time(seconds(1)), 10);
  series.add(Time(milliseconds(2100)), 10);
  const std::vector<double> rates = series.rates(Time(milliseconds(2500)));
  ASSERT_EQ(rates.size(), 2U);
  EXPECT_DOUBLE_EQ(rates[0], 5);
  EXPECT_DOUBLE_EQ(rates[1], 20);
}

TEST(CounterSeries, EmptySeriesShowsTheSameStepsAsAFullOne) {
  const SeriesClock clock{.step = Duration(10), .points_max = 4};
  const CounterSeries empty(clock);
  CounterSeries full(clock);
  full.add(at(170));
  EXPECT_EQ(full.counts(at(175)), (Counts{0, 0, 1}));  // Steps of 80.
  EXPECT_EQ(empty.counts(at(175)).size(), full.counts(at(175)).size());
  EXPECT_EQ(empty.clock_at(at(175)), full.clock_at(at(175)));
}

/// Events, the end of the run and a clock with few points, so that steps are merged several times.
struct Workload {
  std::vector<std::int64_t> times;
  std::int64_t end = 0;
  SeriesClock clock;
};

Workload random_workload(Lcg& random) {
  Workload workload;
  workload.clock = {.start = at(random.below(2) * random.below(1000)),
                    .step = Duration(1 + random.below(50)),
                    .points_max = 2 * static_cast<std::size_t>(1 + random.below(20))};
  std::int64_t now = workload.clock.start.time_since_epoch().count();
  const std::int64_t events = random.below(300);
  for (std::int64_t i = 0; i < events; ++i) {
    now += random.below(3) == 0 ? 0 : random.below(random.below(20) == 0 ? 5000 : 60);
    workload.times.push_back(now);
  }
  workload.end = now + random.below(3) * random.below(500);
  return workload;
}

TEST(CounterSeries, EqualsBruteForceWithTheFinalStep) {
  Lcg random(7);
  for (int round = 0; round < 2000; ++round) {
    const Workload workload = random_workload(random);
    CounterSeries series(workload.clock);
    for (const std::int64_t time : workload.times) series.add(at(time));

    const SeriesClock clock = workload.clock.grown_to(at(workload.end));
    ASSERT_EQ(series.clock_at(at(workload.end)), clock);
    Counts expected(clock.points_until(at(workload.end)), 0);
    ASSERT_LE(expected.size(), clock.points_max);
    for (const std::int64_t time : workload.times) {
      const auto step = static_cast<std::size_t>((at(time) - clock.start) / clock.step);
      if (!expected.empty()) ++expected[std::min(step, expected.size() - 1)];
    }
    ASSERT_EQ(series.counts(at(workload.end)), expected) << "round " << round;
  }
}

TEST(CounterSeries, OrderOfEventsDoesNotMatter) {
  Lcg random(8);
  for (int round = 0; round < 200; ++round) {
    Workload workload = random_workload(random);
    CounterSeries ordered(workload.clock);
    for (const std::int64_t time : workload.times) ordered.add(at(time));
    for (std::size_t i = workload.times.size(); i > 1; --i) {
      std::swap(
          workload.times[i - 1],
          workload.times[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(i)))]);
    }
    CounterSeries shuffled(workload.clock);
    for (const std::int64_t time : workload.times) shuffled.add(at(time));
    ASSERT_EQ(shuffled.counts(at(workload.end)), ordered.counts(at(workload.end)));
  }
}

TEST(CountGaugeSeries, AveragesEachStep) {
  CountGaugeSeries series({.step = Duration(10)});
  series.set(at(5), 2);    // step 0: 0 for 5, 2 for 5
  series.add(at(27), -1);  // step 1: 2; step 2: 2 for 7, 1 for 3
  EXPECT_EQ(series.averages(at(30)), (std::vector<double>{1, 2, 1.7}));
  EXPECT_EQ(series.averages(at(34)), (std::vector<double>{1, 2, 1.7, 1}));
  EXPECT_EQ(series.mean(at(30)), 47.0 / 30);
  EXPECT_EQ(series.maximum(), 2);
}

TEST(CountGaugeSeries, ReadingChangesNothing) {
  CountGaugeSeries series({.step = Duration(10), .points_max = 4});
  series.set(at(3), 5);
  const auto before = series.averages(at(35));
  static_cast<void>(series.averages(at(1000)));
  EXPECT_EQ(series.averages(at(35)), before);
  EXPECT_EQ(series.mean(at(35)), 5.0 * 32 / 35);
}

TEST(CountGaugeSeries, ResetKeepsTheStepsAndTheValue) {
  CountGaugeSeries series({.step = Duration(10)});
  series.set(at(0), 8);
  series.set(at(12), 2);
  series.reset(at(15));
  EXPECT_EQ(series.value(), 2);
  EXPECT_EQ(series.maximum(), 2);
  EXPECT_EQ(series.mean(at(15)), 2);
  series.set(at(25), 0);
  EXPECT_DOUBLE_EQ(series.mean(at(35)), 1);
  EXPECT_DOUBLE_EQ(series.averages(at(30))[1], (2 * 8 + 8 * 2) / 10.0);
}

TEST(CountGaugeSeries, EqualsBruteForceWithTheFinalStep) {
  Lcg random(9);
  for (int round = 0; round < 2000; ++round) {
    const Workload workload = random_workload(random);
    const std::int64_t start = workload.clock.start.time_since_epoch().count();
    const std::size_t reset_at = static_cast<std::size_t>(random.below(400));
    CountGaugeSeries series(workload.clock);
    TimeGaugeSeries real(workload.clock);
    CountGauge gauge(workload.clock.start);
    std::vector<std::pair<std::int64_t, std::int64_t>> changes{{start, 0}};
    for (std::size_t i = 0; i < workload.times.size(); ++i) {
      const Time now = at(workload.times[i]);
      if (i == reset_at) {
        series.reset(now);
        real.reset(now);
        gauge.reset(now);
      }
      const std::int64_t value = random.below(100);
      series.set(now, value);
      real.set(now, static_cast<double>(value));
      gauge.set(now, value);
      changes.emplace_back(workload.times[i], value);
    }
    changes.emplace_back(workload.end, 0);
    const Time end = at(workload.end);
    EXPECT_TRUE(series.area(end) == gauge.area(end));
    EXPECT_EQ(series.mean(end), gauge.mean(end));
    EXPECT_EQ(series.maximum(), gauge.maximum());
    EXPECT_NEAR(real.mean(end), gauge.mean(end), 1e-11 * (1 + gauge.mean(end)));

    const SeriesClock clock = series.clock_at(end);
    const std::vector<double> averages = series.averages(end);
    const std::vector<double> real_averages = real.averages(end);
    ASSERT_EQ(averages.size(), clock.points_until(end));
    ASSERT_EQ(real_averages.size(), averages.size());
    for (std::size_t step = 0; step < averages.size(); ++step) {
      const Time begin = clock.step_begin(step);
      const Time step_end = begin + clock.step_length(step, end);
      std::int64_t area = 0;
      for (std::size_t i = 0; i + 1 < changes.size(); ++i) {
        const Time from = std::max(begin, at(changes[i].first));
        const Time to = std::min(step_end, at(changes[i + 1].first));
        if (to > from) area += changes[i].second * (to - from).count();
      }
      const double expected =
          static_cast<double>(area) / static_cast<double>((step_end - begin).count());
      ASSERT_NEAR(averages[step], expected, 1e-12 * (1 + expected)) << "round " << round;
      ASSERT_NEAR(real_averages[step], expected, 1e-11 * (1 + expected)) << "round " << round;
    }
  }
}

TEST(CountGaugeSeriesDeathTest, TimeMustNotGoBack) {
  CountGaugeSeries series({.start = at(10), .step = Duration(10)});
  EXPECT_DEATH(series.set(at(9), 1), "now >= last_");
  series.set(at(35), 1);
  EXPECT_DEATH(series.set(at(34), 1), "now >= last_");
}

TEST(LatencySeries, StepsWithoutSamplesAreNotANumber) {
  LatencySeries series({.step = Duration(10)});
  series.record(at(25), 1000);
  const std::vector<LatencyPoint> points = series.points(at(30));
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[0].count, 0U);
  EXPECT_TRUE(std::isnan(points[0].mean));
  EXPECT_TRUE(std::isnan(points[0].p50));
  EXPECT_TRUE(std::isnan(points[0].p90));
  EXPECT_TRUE(std::isnan(points[0].p99));
  EXPECT_TRUE(std::isnan(points[0].max));
  EXPECT_EQ(points[2].count, 1U);
  EXPECT_EQ(points[2].mean, 1000);
  EXPECT_EQ(points[2].p50, 1000);
  EXPECT_EQ(points[2].max, 1000);
}

TEST(LatencySeries, QuantilesOfAllSamplesOfTheFinalStepWithinTheBound) {
  Lcg random(10);
  for (int round = 0; round < 300; ++round) {
    const Workload workload = random_workload(random);
    const auto bits = static_cast<int>(random.below(64));
    LatencySeries series(workload.clock);
    const Time end = at(workload.end);
    const SeriesClock clock = workload.clock.grown_to(end);
    std::vector<std::vector<std::int64_t>> samples(clock.points_until(end));
    for (const std::int64_t time : workload.times) {
      // By arrival: not in ascending order of time.
      const Time arrival = std::max(workload.clock.start, at(time - random.below(100)));
      const std::int64_t value = random.of_magnitude(bits);
      series.record(arrival, value);
      const auto step = static_cast<std::size_t>((arrival - clock.start) / clock.step);
      if (!samples.empty()) samples[std::min(step, samples.size() - 1)].push_back(value);
    }
    const std::vector<LatencyPoint> points = series.points(end);
    ASSERT_EQ(points.size(), samples.size());
    for (std::size_t step = 0; step < points.size(); ++step) {
      std::vector<std::int64_t>& values = samples[step];
      std::sort(values.begin(), values.end());
      ASSERT_EQ(points[step].count, values.size());
      if (values.empty()) continue;
      Histogram histogram;
      for (const std::int64_t value : values) histogram.record(value);
      EXPECT_EQ(points[step].mean, histogram.mean());
      EXPECT_EQ(points[step].max, static_cast<double>(values.back()));
      for (const auto& [q, reported] :
           {std::pair{0.5, points[step].p50}, std::pair{0.9, points[step].p90},
            std::pair{0.99, points[step].p99}}) {
        const auto exact = static_cast<double>(values[quantile_rank(q, values.size()) - 1]);
        EXPECT_LE(std::abs(reported - exact), exact / 128);
        EXPECT_LE(reported, points[step].max);
      }
    }
  }
}

TEST(LatencySeriesDeathTest, NegativeValueStopsTheProgram) {
  LatencySeries series({.step = Duration(10)});
  EXPECT_DEATH(series.record(at(0), -1), "value >= 0");
  series.record(at(0), INT64_MAX);
  EXPECT_DEATH(series.record(at(0), -1), "value >= 0");
}

}  // namespace
}  // namespace faultline::sim
