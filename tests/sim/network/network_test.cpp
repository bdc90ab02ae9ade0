#include "sim/network/network.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::millisecond;
using tests::run_checked;
using tests::scenario;

/// Users ask a store that answers at once, so a latency is the way there and the way back. `others`
/// are further nodes.
sim::Result run_over(const std::string& network, const std::string& others = "",
                     const std::string& seconds = "10050ms", const std::string& rate = "10") {
  return run_checked(scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "constant({}/s)", "target": "db"}},
      "db": {{"type": "database", "service_time": "0s"}}{})json",
                                          rate, others),
                              seconds, fmt::format(R"("network": {})", network)));
}

void expect_latency(const sim::Result& result, std::int64_t nanoseconds) {
  EXPECT_GT(result.requests.counts.ok, 0u);
  EXPECT_EQ(result.requests.latency.min(), nanoseconds);
  EXPECT_EQ(result.requests.latency.max(), nanoseconds);
}

/// Two nodes more that links can pass: they do nothing.
const std::string routers =
    R"(, "r1": {"type": "database", "service_time": "0s"}, "r2": {"type": "database", "service_time": "0s"})";

TEST(Network, WithoutLinksMessagesTakeTheDefaultLatency) {
  expect_latency(run_over(R"({})"), 0);
  expect_latency(run_over(R"({"default_latency": "3ms"})"), 6 * millisecond);
}

TEST(Network, RandomDefaultLatencyIsDrawnForEachWay) {
  // Two exponential ways of 1 ms: mean 2 ms, variance 1 + 1 ms^2 (a single draw used twice would
  // give 4). 10,000 sums: the mean has a standard error of 0.0141 ms, the variance one of sqrt((mu4
  // - sigma^4) / n) = sqrt((24 - 4) / n) = 0.0447 ms^2.
  const auto result =
      run_over(R"json({"default_latency": "exponential(1ms)"})json", "", "10001ms", "1000");
  EXPECT_NEAR(result.requests.latency.mean() * 1e-6, 2, 4 * 0.0141);
  EXPECT_NEAR(std::pow(result.requests.latency.stddev() * 1e-6, 2), 2, 4 * 0.0447);
}

TEST(Network, ALinkIsTakenBeforeTheDefault) {
  // Where explicit links lead, messages follow them, though the default would be faster.
  expect_latency(
      run_over(
          R"({"default_latency": "1ms", "links": [{"from": "users", "to": "db", "latency": "5ms"}]})"),
      10 * millisecond);
}

TEST(Network, ALinkWorksInBothDirections) {
  expect_latency(run_over(R"({"links": [{"from": "db", "to": "users", "latency": "5ms"}]})"),
                 10 * millisecond);
}

TEST(Network, ARandomLinkDrawsForEachWay) {
  // As with the default latency.
  const auto result = run_over(
      R"json({"links": [{"from": "users", "to": "db", "latency": "exponential(1ms)"}]})json", "",
      "10001ms", "1000");
  EXPECT_NEAR(result.requests.latency.mean() * 1e-6, 2, 4 * 0.0141);
  EXPECT_NEAR(std::pow(result.requests.latency.stddev() * 1e-6, 2), 2, 4 * 0.0447);
}

TEST(Network, TheCheapestRouteMayHaveSeveralLinks) {
  // 1 + 2 + 3 ms over two routers is less than 10 ms directly, and more than 5 ms would be.
  const std::string links = R"(
      {"from": "users", "to": "r1", "latency": "1ms"}, {"from": "r1", "to": "r2", "latency": "2ms"},
      {"from": "r2", "to": "db", "latency": "3ms"}, {"from": "users", "to": "db", "latency": ")";
  expect_latency(run_over(R"({"links": [)" + links + R"(10ms"}]})", routers), 12 * millisecond);
  expect_latency(run_over(R"({"links": [)" + links + R"(5ms"}]})", routers), 10 * millisecond);
}

TEST(Network, ARouteOfRandomLinksIsTheSumOfTheirDraws) {
  // Two links of 1 ms each way: four exponential draws, mean 4 ms, variance 4 ms^2.
  const auto result =
      run_over(R"json({"links": [{"from": "users", "to": "r1", "latency": "exponential(1ms)"},
                                             {"from": "r1", "to": "db", "latency": "exponential(1ms)"}]})json",
               routers, "10001ms", "1000");
  EXPECT_NEAR(result.requests.latency.mean() * 1e-6, 4, 4 * 0.02);
  // mu4 - sigma^4 of an Erlang(4) sum is 3 * 16 + 6 * 4 - 16 = 56.
  EXPECT_NEAR(std::pow(result.requests.latency.stddev() * 1e-6, 2), 4,
              4 * std::sqrt(56.0 / 10'000));
}

TEST(Network, RoutesAreComparedByTheirMean) {
  // A random link of mean 1 ms beats a constant 1.5 ms: latencies vary, about 2 ms.
  const auto random =
      run_over(R"json({"links": [{"from": "users", "to": "r1", "latency": "exponential(1ms)"},
                                             {"from": "r1", "to": "db", "latency": "0s"},
                                             {"from": "users", "to": "db", "latency": "1500us"}]})json",
               routers, "10001ms", "1000");
  EXPECT_NEAR(random.requests.latency.mean() * 1e-6, 2, 4 * 0.0141);
  EXPECT_LT(random.requests.latency.min(), millisecond / 2);
}

TEST(Network, OfParallelLinksTheFastestIsTaken) {
  expect_latency(run_over(R"({"links": [{"from": "users", "to": "db", "latency": "7ms"},
                                        {"from": "db", "to": "users", "latency": "3ms"},
                                        {"from": "users", "to": "db", "latency": "5ms"}]})"),
                 6 * millisecond);
}

TEST(Network, NodesThatNoLinksConnectFallBackToTheDefault) {
  const auto result = run_over(
      R"({"default_latency": "4ms", "links": [{"from": "users", "to": "r1", "latency": "1ms"},
                                                                     {"from": "r2", "to": "db", "latency": "1ms"}]})",
      routers);
  expect_latency(result, 8 * millisecond);
  const auto random = run_over(
      R"json({"default_latency": "exponential(1ms)", "links": [{"from": "users", "to": "r1", "latency": "9ms"}]})json",
      routers, "10001ms", "1000");
  EXPECT_NEAR(random.requests.latency.mean() * 1e-6, 2, 4 * 0.0141);
}

TEST(Network, ALinkOfGroupsJoinsAllTheirNodes) {
  // The app's two replicas and the store's three: whoever talks to whom, 2 ms each way, and users
  // to apps 1 ms each way.
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
      "app": {"type": "app_server", "replicas": 2, "endpoints": {"default": ["call(db)"]}},
      "db": {"type": "database", "replicas": 3, "service_time": "0s"})json",
      "6050ms",
      R"("network": {"default_latency": "1s", "links": [{"from": "app", "to": "db", "latency": "2ms"},
                                                        {"from": "users", "to": "app", "latency": "1ms"}]})"));
  EXPECT_EQ(result.requests.counts.ok, 60u);
  expect_latency(result, 6 * millisecond);
}

TEST(Network, ALinkMayNameOneReplica) {
  // The second replica is nearer.
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "replicas": 2, "service_time": "0s"})json",
      "2050ms",
      R"("network": {"links": [{"from": "users", "to": "db[0]", "latency": "9ms"}, {"from": "users", "to": "db[1]", "latency": "2ms"}]})"));
  EXPECT_EQ(result.requests.counts.ok, 20u);
  EXPECT_EQ(static_cast<std::int64_t>(result.requests.latency.sum()),
            (10 * 18 + 10 * 4) * millisecond);
}

TEST(Network, ALatencyWithoutAFiniteMeanIsTakenWhereThereIsNoOther) {
  // A Pareto law of shape 1 has no mean. It is the only way, so each way takes at least its minimum
  // of 2 ms; beside a link with a mean, however slow, it is not taken.
  const std::string pareto =
      R"json({"from": "users", "to": "db", "latency": "pareto(shape=1, minimum=2ms)"})json";
  const auto only = run_over(R"({"default_latency": "1us", "links": [)" + pareto + "]}");
  EXPECT_GE(only.requests.latency.min(), 4 * millisecond);
  const auto beside = run_over(R"({"links": [)" + pareto +
                               R"(, {"from": "users", "to": "db", "latency": "40ms"}]})");
  expect_latency(beside, 80 * millisecond);
}

TEST(Network, VeryLongLatenciesDoNotOverflow) {
  // Together longer than time: the messages do not arrive.
  const auto result = run_over(R"({"links": [{"from": "users", "to": "r1", "latency": "1000000h"},
                                             {"from": "r1", "to": "r2", "latency": "1000000h"},
                                             {"from": "r2", "to": "db", "latency": "1000000h"}]})",
                               routers);
  EXPECT_EQ(result.requests.counts.in_flight, 100u);
}

TEST(Network, EachDirectionOfEachPairHasItsOwnLuck) {
  // Two users nodes with links of the same law to the same store: were the draws shared, both would
  // see the same latencies.
  const auto result =
      run_checked(scenario(R"json(
      "a": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "mix": [{"endpoint": "a"}]},
      "b": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "mix": [{"endpoint": "b"}]},
      "db": {"type": "database", "service_time": "0s"})json",
                           "10s", R"json("network": {"default_latency": "exponential(1ms)"})json"));
  EXPECT_NE(result.by_class.at("a").latency.sum(), result.by_class.at("b").latency.sum());
}

}  // namespace
}  // namespace faultline
