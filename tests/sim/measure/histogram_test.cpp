#include "sim/measure/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "tests/sim/measure/lcg.hpp"

namespace faultline::sim {
namespace {

constexpr std::int64_t largest = INT64_MAX;

Histogram histogram_of(const std::vector<std::int64_t>& values) {
  Histogram histogram;
  for (const std::int64_t value : values) histogram.record(value);
  return histogram;
}

/// The sample of rank ceil(q * n), found by sorting.
std::int64_t exact_quantile(std::vector<std::int64_t> values, double q) {
  std::sort(values.begin(), values.end());
  return values[quantile_rank(q, values.size()) - 1];
}

void expect_within_bound(std::int64_t reported, std::int64_t exact) {
  const double difference = std::abs(static_cast<double>(reported) - static_cast<double>(exact));
  EXPECT_LE(difference, static_cast<double>(exact) * Histogram::relative_error)
      << "reported " << reported << ", exact " << exact;
}

TEST(LogLinear, BucketsCoverAllValuesWithoutGapOrOverlap) {
  using Buckets = LogLinear<7>;
  std::int64_t expected_low = 0;
  for (std::size_t octave = 0; octave < Buckets::octaves; ++octave) {
    for (std::size_t i = 0; i < Buckets::sub_buckets; ++i) {
      const std::int64_t low = Buckets::low(octave, i);
      const std::int64_t high = Buckets::high(octave, i);
      ASSERT_EQ(low, expected_low);
      ASSERT_GE(high, low);
      ASSERT_EQ(Buckets::octave_of(low), octave);
      ASSERT_EQ(Buckets::octave_of(high), octave);
      ASSERT_EQ(Buckets::sub_bucket_of(low, octave), i);
      ASSERT_EQ(Buckets::sub_bucket_of(high, octave), i);
      ASSERT_GE(Buckets::middle(octave, i), low);
      ASSERT_LE(Buckets::middle(octave, i), high);
      if (high == largest) return;
      expected_low = high + 1;
    }
  }
  FAIL() << "the last bucket does not end at 2^63 - 1";
}

TEST(LogLinear, NegativeValuesFallOutsideTheOctaves) {
  EXPECT_EQ(LogLinear<7>::octave_of(-1), LogLinear<7>::octaves);
  EXPECT_EQ(LogLinear<7>::octave_of(INT64_MIN), LogLinear<7>::octaves);
}

TEST(QuantileRank, IsTheCeilingOfTheProduct) {
  EXPECT_EQ(quantile_rank(0, 10), 1);
  EXPECT_EQ(quantile_rank(1, 10), 10);
  EXPECT_EQ(quantile_rank(0.5, 10), 5);
  EXPECT_EQ(quantile_rank(0.5, 11), 6);
  EXPECT_EQ(quantile_rank(0.51, 10), 6);
  EXPECT_EQ(quantile_rank(0.999, 1000), 999);
  EXPECT_EQ(quantile_rank(0.999, 1001), 1000);
}

TEST(QuantileRank, RoundingOfTheProductDoesNotAddOne) {
  // 0.07 * 100 is 7.000000000000001 in floating point.
  EXPECT_EQ(quantile_rank(0.07, 100), 7);
  for (std::uint64_t percent = 1; percent <= 100; ++percent) {
    for (const std::uint64_t count : {100U, 1000U, 100'000U, 100'000'000U}) {
      EXPECT_EQ(quantile_rank(static_cast<double>(percent) / 100, count), count / 100 * percent);
    }
  }
}

TEST(Histogram, EmptyIsSmallAndAllZero) {
  const Histogram histogram;
  EXPECT_LT(sizeof(Histogram), 100U);
  EXPECT_EQ(histogram.memory_bytes(), 0);
  EXPECT_TRUE(histogram.empty());
  EXPECT_EQ(histogram.min(), 0);
  EXPECT_EQ(histogram.max(), 0);
  EXPECT_EQ(histogram.quantile(0.5), 0);
  EXPECT_EQ(histogram.mean(), 0);
  EXPECT_EQ(histogram.stddev(), 0);
  EXPECT_EQ(histogram.count_at_or_below(5), 0);
  histogram.for_each_bucket([](auto...) { FAIL() << "no bucket is filled"; });
}

TEST(Histogram, ValuesBelow256AreExact) {
  std::vector<std::int64_t> values;
  for (std::int64_t value = 0; value < 256; ++value) values.push_back(value);
  const Histogram histogram = histogram_of(values);
  for (std::int64_t value = 0; value < 256; ++value) {
    EXPECT_EQ(histogram.quantile(static_cast<double>(value + 1) / 256), value);
    EXPECT_EQ(histogram.count_at_or_below(value), static_cast<std::uint64_t>(value) + 1);
  }
}

TEST(Histogram, ExtremesAreHeldExactly) {
  const Histogram histogram = histogram_of({0, largest, largest});
  EXPECT_EQ(histogram.min(), 0);
  EXPECT_EQ(histogram.max(), largest);
  EXPECT_EQ(histogram.quantile(0), 0);
  EXPECT_EQ(histogram.quantile(1), largest);
  EXPECT_TRUE(histogram.sum() == static_cast<Uint128>(largest) * 2);
  EXPECT_NEAR(histogram.mean() / (0x1.0p63 * 2 / 3), 1, 1e-15);
}

TEST(HistogramDeathTest, NegativeValueStopsTheProgram) {
  Histogram histogram;
  EXPECT_DEATH(histogram.record(-1), "octave < Buckets::octaves");
  histogram.record(largest);
  EXPECT_DEATH(histogram.record(INT64_MIN), "octave < Buckets::octaves");
  EXPECT_DEATH(histogram.record_n(-1, 2), "octave < Buckets::octaves");
}

TEST(Histogram, QuantilesStayWithinTheBoundAtEveryMagnitude) {
  Lcg random(1);
  for (const int bits : {1, 7, 8, 10, 16, 20, 31, 40, 52, 62, 63}) {
    for (const std::size_t count : {1U, 2U, 3U, 10U, 1000U, 20'000U}) {
      std::vector<std::int64_t> values(count);
      const bool any_magnitude = random.next() % 2 == 0;
      for (auto& value : values) {
        value = any_magnitude ? random.of_magnitude(bits)
                              : static_cast<std::int64_t>(random.next64() >> (64 - bits));
      }
      const Histogram histogram = histogram_of(values);
      for (const double q : {0.0, 0.001, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 1.0}) {
        expect_within_bound(histogram.quantile(q), exact_quantile(values, q));
      }
      EXPECT_EQ(histogram.min(), *std::min_element(values.begin(), values.end()));
      EXPECT_EQ(histogram.max(), *std::max_element(values.begin(), values.end()));
      EXPECT_EQ(histogram.count(), count);
    }
  }
}

TEST(Histogram, QuantileNeverDecreasesWithQ) {
  Lcg random(2);
  Histogram histogram;
  for (int i = 0; i < 500; ++i) histogram.record(random.of_magnitude(40));
  std::int64_t before = 0;
  for (int i = 0; i <= 1000; ++i) {
    const std::int64_t quantile = histogram.quantile(i / 1000.0);
    EXPECT_GE(quantile, before);
    EXPECT_GE(quantile, histogram.min());
    EXPECT_LE(quantile, histogram.max());
    before = quantile;
  }
}

TEST(Histogram, CountAtOrBelowBracketsTheExactCount) {
  Lcg random(3);
  std::vector<std::int64_t> values(5000);
  for (auto& value : values) value = random.of_magnitude(45);
  const Histogram histogram = histogram_of(values);
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t limit = random.of_magnitude(46);
    const auto exact = std::count_if(values.begin(), values.end(),
                                     [&](std::int64_t value) { return value <= limit; });
    const auto widened = std::count_if(values.begin(), values.end(), [&](std::int64_t value) {
      return value <= limit + limit / 128;
    });
    EXPECT_GE(histogram.count_at_or_below(limit), static_cast<std::uint64_t>(exact));
    EXPECT_LE(histogram.count_at_or_below(limit), static_cast<std::uint64_t>(widened));
  }
}

TEST(Histogram, BucketsAddUpAndAscend) {
  Lcg random(4);
  Histogram histogram;
  for (int i = 0; i < 3000; ++i) histogram.record(random.of_magnitude(63));
  std::uint64_t total = 0;
  std::int64_t before = -1;
  histogram.for_each_bucket([&](std::int64_t low, std::int64_t high, std::uint64_t count) {
    EXPECT_GT(low, before);
    EXPECT_GE(high, low);
    EXPECT_GT(count, 0U);
    before = high;
    total += count;
  });
  EXPECT_EQ(total, 3000U);
}

TEST(Histogram, MergeEqualsRecordingAll) {
  Lcg random(5);
  for (int round = 0; round < 50; ++round) {
    Histogram parts[3];
    Histogram all;
    for (auto& part : parts) {
      const std::int64_t count = random.below(200);
      const auto bits = static_cast<int>(random.below(64));
      for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t value = random.of_magnitude(bits);
        part.record(value);
        all.record(value);
      }
    }
    Histogram forward = parts[0];
    forward.merge(parts[1]);
    forward.merge(parts[2]);
    Histogram backward = parts[2];
    backward.merge(parts[1]);
    backward.merge(parts[0]);
    EXPECT_TRUE(forward == all);
    EXPECT_TRUE(backward == all);
    EXPECT_EQ(forward.stddev(), all.stddev());
    EXPECT_EQ(forward.min(), all.min());
    EXPECT_EQ(forward.max(), all.max());
  }
}

TEST(Histogram, MergeWithItselfDoublesEverything) {
  Histogram histogram = histogram_of({3, 3'000'000, largest});
  Histogram twice = histogram_of({3, 3'000'000, largest, 3, 3'000'000, largest});
  const Histogram& same = histogram;
  histogram.merge(same);
  EXPECT_TRUE(histogram == twice);
}

TEST(Histogram, RecordingManyAtOnceEqualsRecordingOneByOne) {
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{255}, std::int64_t{1} << 40, largest}) {
    Histogram one_by_one;
    for (int i = 0; i < 1000; ++i) one_by_one.record(value);
    Histogram at_once;
    at_once.record_n(value, 1000);
    at_once.record_n(value / 2, 0);
    EXPECT_TRUE(at_once == one_by_one);
    EXPECT_EQ(at_once.stddev(), 0);
  }
}

TEST(Histogram, CopyMoveAndReset) {
  Histogram original = histogram_of({1, 1000, 1'000'000});
  Histogram copy = original;
  copy.record(7);
  EXPECT_EQ(original.count(), 3U);
  EXPECT_EQ(copy.count(), 4U);
  EXPECT_FALSE(copy == original);

  Histogram moved = std::move(copy);
  EXPECT_EQ(moved.count(), 4U);
  EXPECT_TRUE(copy.empty());
  EXPECT_TRUE(copy == Histogram());
  copy.record(9);
  EXPECT_EQ(copy.count(), 1U);

  const Histogram& itself = moved;
  moved = itself;
  EXPECT_EQ(moved.count(), 4U);
  moved = original;
  EXPECT_TRUE(moved == original);

  const std::size_t memory = moved.memory_bytes();
  moved.reset();
  EXPECT_TRUE(moved == Histogram());
  EXPECT_EQ(moved.memory_bytes(), memory);
  moved.record(1000);
  EXPECT_EQ(moved.min(), 1000);
  EXPECT_EQ(moved.memory_bytes(), memory);
}

TEST(Histogram, MemoryOfAnOctaveIsSmallUntilABucketCountsBeyond16Bits) {
  Histogram histogram;
  histogram.record(5);
  const std::size_t one = histogram.memory_bytes();
  for (std::int64_t value = 0; value < 128; ++value) histogram.record(value);
  EXPECT_EQ(histogram.memory_bytes(), one);
  histogram.record(1'000'000'000);
  EXPECT_EQ(histogram.memory_bytes(), one + 264);
  EXPECT_LE(one, 1024U);
  histogram.record_n(1'000'000'000, 65'534);
  EXPECT_EQ(histogram.memory_bytes(), one + 264);
  histogram.record(1'000'000'000);
  EXPECT_EQ(histogram.memory_bytes(), one + 264 + 1024);
}

std::uint64_t count_of(const Histogram& histogram, std::int64_t value) {
  std::uint64_t found = 0;
  histogram.for_each_bucket([&](std::int64_t low, std::int64_t high, std::uint64_t count) {
    if (low <= value && value <= high) found = count;
  });
  return found;
}

// A bucket counts in 16 bits and a carry: 65535 + 1 is the first count that needs it.
TEST(Histogram, ABucketThatOverflowsItsNarrowCounterCountsOn) {
  Histogram one_by_one;
  for (int i = 0; i < 200'000; ++i) one_by_one.record(5);
  one_by_one.record(7);
  EXPECT_EQ(count_of(one_by_one, 5), 200'000U);
  EXPECT_EQ(count_of(one_by_one, 7), 1U);
  EXPECT_EQ(one_by_one.count_at_or_below(5), 200'000U);
  EXPECT_EQ(one_by_one.quantile(200'000.0 / 200'001), 5);

  Histogram at_once;
  at_once.record(7);
  at_once.record_n(5, 65'535);
  at_once.record_n(5, 1);
  at_once.record_n(5, 200'000 - 65'536);
  EXPECT_TRUE(at_once == one_by_one);

  // 3 * 10^12 of them are more than 32 bits hold.
  Histogram many;
  many.record_n(5, 3'000'000'000'000);
  many.merge(one_by_one);
  EXPECT_EQ(count_of(many, 5), 3'000'000'200'000U);
  EXPECT_FALSE(many == one_by_one);
  many.reset();
  EXPECT_EQ(count_of(many, 5), 0U);
  many.record(5);
  EXPECT_EQ(count_of(many, 5), 1U);
}

TEST(Histogram, StandardDeviationIsExactWhereFloatingPointSumsFail) {
  // Two values 2 apart at 10^18: the variance is 1, the squares are 10^36.
  const std::int64_t base = 1'000'000'000'000'000'000;
  const Histogram histogram = histogram_of({base, base + 2});
  EXPECT_EQ(histogram.stddev(), 1);
  EXPECT_EQ(histogram.mean(), static_cast<double>(base + 1));
}

TEST(Histogram, StandardDeviationOfTheLargestValuesDoesNotOverflow) {
  Histogram histogram;
  histogram.record_n(0, std::uint64_t{1} << 40);
  histogram.record_n(largest, std::uint64_t{1} << 40);
  EXPECT_NEAR(histogram.stddev() / 0x1.0p62, 1, 1e-15);
  EXPECT_NEAR(histogram.mean() / 0x1.0p62, 1, 1e-15);
}

TEST(Histogram, MomentsMatchTwoPassesOverTheSamples) {
  Lcg random(6);
  std::vector<std::int64_t> values(10'000);
  for (auto& value : values) value = random.below(1'000'000'000);
  const Histogram histogram = histogram_of(values);
  long double mean = 0;
  for (const std::int64_t value : values) mean += static_cast<long double>(value);
  mean /= static_cast<long double>(values.size());
  long double squares = 0;
  for (const std::int64_t value : values) {
    squares += (static_cast<long double>(value) - mean) * (static_cast<long double>(value) - mean);
  }
  const auto stddev =
      static_cast<double>(std::sqrt(squares / static_cast<long double>(values.size())));
  EXPECT_NEAR(histogram.mean() / static_cast<double>(mean), 1, 1e-15);
  EXPECT_NEAR(histogram.stddev() / stddev, 1, 1e-13);
}

TEST(Histogram, EqualityLooksAtBucketsAndSums) {
  EXPECT_TRUE(histogram_of({1, 2, 3}) == histogram_of({3, 1, 2}));
  EXPECT_FALSE(histogram_of({1, 2, 3}) == histogram_of({1, 2, 4}));
  EXPECT_FALSE(histogram_of({1, 2}) == histogram_of({1, 2, 2}));
  // One bucket, but different sums.
  EXPECT_FALSE(histogram_of({1'000'000, 1'000'100, 1'000'200}) ==
               histogram_of({1'000'000, 1'000'101, 1'000'200}));
}

}  // namespace
}  // namespace faultline::sim
