#include "sim/random/distribution.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/sim/random/statistics.hpp"

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;
using testing::stream_of;

template <class D>
Random<D> read(const Json& json, std::vector<std::string>* texts = nullptr,
               const ParamOptions& options = {}) {
  Problems problems;
  ReadContext context{problems};
  Random<D> value;
  ValueType<Random<D>>::read(json, value, options, Path("p"), context);
  std::vector<std::string> found;
  for (const Problem& problem : problems.sorted()) found.push_back(problem.to_text());
  if (texts) {
    *texts = found;
  } else {
    EXPECT_TRUE(found.empty()) << (found.empty() ? "" : found.front());
  }
  return value;
}

template <class D>
Json written(const Random<D>& value) {
  Json json;
  ValueType<Random<D>>::write(value, json);
  return json;
}

template <class D>
std::vector<std::string> problems_of(const Json& json, const ParamOptions& options = {}) {
  std::vector<std::string> texts;
  read<D>(json, &texts, options);
  return texts;
}

using Texts = std::vector<std::string>;

TEST(Random, IsZeroByDefaultAndAConstantFromAValue) {
  Stream stream = stream_of("constant");
  Stream untouched = stream;
  EXPECT_TRUE(RandomDuration().is_constant());
  EXPECT_EQ(RandomDuration().sample(stream), 0ns);
  const RandomDuration five = Duration(5ms);
  EXPECT_TRUE(five.is_constant());
  EXPECT_EQ(five.constant_value(), 5ms);
  EXPECT_EQ(five.sample(stream), 5ms);
  EXPECT_EQ(five.sample_base(stream), 5e6);
  EXPECT_EQ(five.mean_seconds(), 0.005);
  EXPECT_EQ(five.variance(), 0);
  EXPECT_EQ(five.minimum(), 5e6);
  EXPECT_EQ(five.cdf(5e6 - 1), 0);
  EXPECT_EQ(five.cdf(5e6), 1);
  EXPECT_EQ(RandomBytes(Bytes{7}).sample(stream), Bytes{7});
  EXPECT_EQ(RandomNumber(-2.5).sample(stream), -2.5);
  // A constant takes nothing from the stream.
  EXPECT_EQ(stream.next(), untouched.next());
}

TEST(Random, IsReadInItsThreeForms) {
  EXPECT_EQ(read<Duration>("5ms").constant_value(), 5ms);
  EXPECT_EQ(read<Duration>("constant(5ms)").constant_value(), 5ms);
  EXPECT_EQ(read<Bytes>("64KiB").constant_value(), Bytes{65536});
  EXPECT_EQ(read<double>(3).constant_value(), 3);
  EXPECT_EQ(read<double>(-0.5).constant_value(), -0.5);
  for (const Json& json : {Json("exponential(4ms)"), Json("exponential(mean=4ms)"),
                           Json{{"type", "exponential"}, {"mean", "4ms"}}}) {
    const RandomDuration value = read<Duration>(json);
    EXPECT_FALSE(value.is_constant());
    EXPECT_EQ(value.mean(), 4e6);
  }
  const Json lognormal{{"type", "lognormal"}, {"median", "4ms"}, {"sigma", 0.8}};
  EXPECT_NEAR(read<Duration>(lognormal).mean(), 4e6 * std::exp(0.32), 1);
  EXPECT_EQ(RandomDuration("exponential(4ms)").mean(), 4e6);
  EXPECT_EQ(RandomDuration("7us").constant_value(), 7us);
}

TEST(Random, IsWrittenInItsShortestForm) {
  EXPECT_EQ(written(RandomDuration(Duration(5ms))), Json("5ms"));
  EXPECT_EQ(written(read<Duration>("constant(5ms)")), Json("5ms"));
  EXPECT_EQ(written(read<double>(3)), Json(3.0));
  EXPECT_EQ(written(read<Bytes>("64KiB")), Json("64KiB"));
  EXPECT_EQ(written(RandomDuration("exponential(mean=4ms)")), Json("exponential(4ms)"));
  EXPECT_EQ(written(RandomDuration("lognormal(mean=4ms, cv=2)")).dump(),
            "\"lognormal(mean=4ms, cv=2.0)\"");
}

TEST(Random, SampleAndItsBaseAgreeOnTheDraw) {
  for (const char* text : {"uniform(1ms, 2ms)", "exponential(4ms)", "gamma(2, 4ms)", "9us"}) {
    const RandomDuration value{text};
    Stream stream = stream_of("base");
    Stream twin = stream;
    for (int i = 0; i < 1000; ++i) {
      const double base = value.sample_base(twin);
      EXPECT_NEAR(static_cast<double>(value.sample(stream).count()), base, 0.5 + 1e-6);
    }
    EXPECT_EQ(stream.next(), twin.next());
  }
}

TEST(Random, RoundsClipsAndSaturates) {
  EXPECT_EQ(Dimension<Duration>::from_base(2.4), 2ns);
  EXPECT_EQ(Dimension<Duration>::from_base(2.5), 3ns);
  EXPECT_EQ(Dimension<Duration>::from_base(-7), 0ns);
  EXPECT_EQ(Dimension<Duration>::from_base(1e30).count(), std::int64_t{1} << 62);
  EXPECT_EQ(Dimension<Duration>::from_base(INFINITY).count(), std::int64_t{1} << 62);
  EXPECT_EQ(Dimension<Bytes>::from_base(1e30).count, std::int64_t{1} << 62);
  Stream stream = stream_of("huge");
  const RandomDuration heavy{"pareto(0.01, 1d)"};
  bool saturated = false;
  for (int i = 0; i < 1000; ++i) {
    const Duration drawn = heavy.sample(stream);
    ASSERT_GE(drawn, 24h);
    ASSERT_LE(drawn.count(), std::int64_t{1} << 62);
    saturated |= drawn.count() == std::int64_t{1} << 62;
  }
  EXPECT_TRUE(saturated);
}

TEST(Random, RefusesWhatIsNoLaw) {
  EXPECT_EQ(
      problems_of<Duration>("exponental(4ms)"),
      Texts{"p: unknown duration distribution \"exponental\"; did you mean \"exponential\"?"});
  EXPECT_EQ(problems_of<Duration>("-5ms"), Texts{"p: expected at least 0s, got -5ms"});
  EXPECT_EQ(problems_of<Duration>("exponential(0ms)"),
            Texts{"p.mean: expected more than 0s, got 0ms"});
  EXPECT_EQ(problems_of<Duration>("uniform(5ms, 3ms)"),
            Texts{"p.high: expected at least 5ms, as low, got 3ms"});
  EXPECT_EQ(problems_of<Bytes>("bounded_pareto(1.5, 2kB, 2kB)"),
            Texts{"p.maximum: expected more than 2kB, the minimum, got 2kB"});
  const Texts pair{
      "p: expected either median and sigma or mean and cv; write lognormal(median, sigma) or "
      "lognormal(mean=..., cv=...)"};
  EXPECT_EQ(problems_of<Duration>("lognormal(4ms)"), pair);
  EXPECT_EQ(problems_of<Duration>("lognormal"), pair);
  EXPECT_EQ(problems_of<Duration>("lognormal(4ms, 1, mean=3ms)"), pair);
  EXPECT_EQ(problems_of<Duration>("lognormal(mean=4ms, cv=2, sigma=1)"), pair);
  const Texts moments{
      "p: expected either mean and cv or probabilities and means; write hyperexponential(mean, "
      "cv)"};
  EXPECT_EQ(problems_of<Duration>("hyperexponential"), moments);
  EXPECT_EQ(problems_of<Duration>("hyperexponential(4ms)"), moments);
  EXPECT_EQ(problems_of<Duration>("hyperexponential(4ms, 2, [50%, 50%], [1ms, 2ms])"), moments);
  EXPECT_EQ(problems_of<Duration>("hyperexponential(4ms, 0.5)"),
            Texts{"p.cv: expected at least 1, got 0.5"});
  EXPECT_EQ(problems_of<Duration>("hyperexponential(probabilities=[50%, 50%], means=[1ms])"),
            Texts{"p.means: expected 2, one for each probability, got 1"});
  EXPECT_EQ(problems_of<Duration>("hyperexponential(probabilities=[50%, 25%], means=[1ms, 2ms])"),
            Texts{"p.probabilities: expected a sum of 100%, got 75%"});
  EXPECT_EQ(problems_of<double>("discrete([1, 2], [1, 2, 3])"),
            Texts{"p.weights: expected 2, one for each value, got 3"});
  EXPECT_EQ(problems_of<double>("discrete([1, 2], [0, 0])"),
            Texts{"p.weights: expected a weight above 0, got only zeros"});
  EXPECT_EQ(problems_of<Duration>("discrete([1ms, -2ms])"),
            Texts{"p.values[1]: expected at least 0s, got -2ms"});
  EXPECT_EQ(problems_of<Duration>("mixture([1], 1ms, 2ms)"),
            Texts{"p.weights: expected 2, one for each component, got 1"});
  EXPECT_EQ(problems_of<Duration>("mixture([1, 2], 1ms, exponential(0ms))"),
            Texts{"p.components[1].mean: expected more than 0s, got 0ms"});
  EXPECT_EQ(problems_of<Duration>("erlang(0, 1ms)"), Texts{"p.k: expected at least 1, got 0"});
}

TEST(Random, BoundsHoldForTheMean) {
  ParamOptions options;
  options.minimum = 0;
  options.minimum_exclusive = true;
  options.maximum = 1e9;
  EXPECT_TRUE(problems_of<Duration>("uniform(0s, 2s)", options).empty());
  EXPECT_EQ(problems_of<Duration>("0s", options),
            Texts{"p: expected a mean of more than 0s, got 0s"});
  EXPECT_EQ(problems_of<Duration>("bernoulli(0%, 1s)", options),
            Texts{"p: expected a mean of more than 0s, got 0s"});
  EXPECT_EQ(problems_of<Duration>("exponential(2s)", options),
            Texts{"p: expected a mean of at most 1s, got 2s"});
  EXPECT_EQ(problems_of<Duration>("pareto(1, 1ms)", options),
            Texts{"p: expected a mean of at most 1s, got an infinite one"});
}

struct Holder {
  RandomDuration wait{"exponential(4ms)"};
  RandomBytes size{Bytes{100}};
  RandomNumber factor{"uniform(1, 2)"};

  static void describe(ParamList<Holder>& list) {
    list.add("wait", &Holder::wait, "Wait").above(Duration{0});
    list.add("size", &Holder::size, "Size");
    list.add("factor", &Holder::factor, "Factor").at_most(10.0);
  }
};

TEST(Random, WorksAsADeclaredParameter) {
  const ParamSet& set = params_of<Holder>();
  Holder holder;
  Problems problems;
  ReadContext context{problems};
  const Json json{{"wait", "7ms"}, {"size", "exponential(1KiB)"}};
  set.read(json, &holder, Path("h"), context);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(holder.wait.constant_value(), 7ms);
  EXPECT_EQ(holder.size.mean(), 1024);
  EXPECT_EQ(holder.factor.mean(), 1.5);
  const Holder defaults;
  EXPECT_EQ(set.write(&holder, &defaults), json);
  EXPECT_EQ(set.find("wait")->type_text(), "duration distribution");
  EXPECT_EQ(set.find("size")->type_text(), "size distribution");
  EXPECT_EQ(set.find("factor")->type_text(), "number distribution");
  EXPECT_EQ(set.find("factor")->range_text(), "at most 10");
  SchemaContext schema_context;
  std::vector<std::string> required;
  const Json schema = set.schema_properties(schema_context, required, &defaults);
  EXPECT_EQ(schema["wait"]["$ref"], "#/$defs/duration_distribution");
  EXPECT_EQ(schema["wait"]["default"], "exponential(4ms)");
  EXPECT_EQ(schema_context.definitions().size(), 3u);
}

TEST(RandomDeathTest, AWrongDefaultOfOurOwnStopsTheProgram) {
  EXPECT_DEATH(RandomDuration("exponential(4)"), "mean");
  EXPECT_DEATH(RandomDuration(Duration(-1ns)), "origin_ >= 0");
}

}  // namespace
}  // namespace faultline::sim
