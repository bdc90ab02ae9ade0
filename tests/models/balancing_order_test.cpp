/// Balancers with many servers behind them against the limits of queueing theory, through the whole
/// engine. Mean service time 1 s.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/scenario_runner.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t seeds = 8;
const std::string response = "requests.latency_seconds.mean";

/// A hundred servers of one request at a time behind a balancer, each `load` busy.
sim::Interval behind_balancer(const std::string& policy, double load, double seconds) {
  const sim::Result result = tests::run_text(fmt::format(R"json({{
        "faultline": 1,
        "nodes": {{
          "users": {{"type": "clients", "arrivals": "poisson({}/s)", "target": "balancer"}},
          "balancer": {{"type": "l7_balancer", "backends": ["server"], "policy": "{}"}},
          "server": {{"type": "database", "replicas": 100, "connections": 1, "service_time": "exponential(1s)"}}
        }},
        "run": {{"duration": "{}s", "warmup": "{}s", "seed": 1}}
      }})json",
                                                         100 * load, policy, seconds, seconds / 5),
                                             seeds);
  return result.intervals.at(response);
}

sim::Interval behind_one_queue(double load, double seconds) {
  const sim::Result result = tests::run_text(fmt::format(R"json({{
        "faultline": 1,
        "nodes": {{
          "users": {{"type": "clients", "arrivals": "poisson({}/s)", "target": "servers"}},
          "servers": {{"type": "database", "connections": 100, "service_time": "exponential(1s)"}}
        }},
        "run": {{"duration": "{}s", "warmup": "{}s", "seed": 1}}
      }})json",
                                                         100 * load, seconds, seconds / 5),
                                             seeds);
  return result.intervals.at(response);
}

/// For infinitely many servers R = sum over k >= 1 of load^(2^k - 2). A hundred lie above it by a
/// few per cent at most. Source: Mitzenmacher, "The Power of Two Choices in Randomized Load
/// Balancing", IEEE TPDS 12(10), 2001.
void expect_a_little_above(double limit, const sim::Interval& measured) {
  EXPECT_LE(measured.half_width, 0.02 * limit);
  EXPECT_GE(measured.mean, limit - measured.half_width);
  EXPECT_LE(measured.mean, 1.04 * limit + measured.half_width);
}

TEST(SlowBalancing, TwoChoicesLieALittleAboveTheLimitOfManyServers) {
  expect_a_little_above(1.2657, behind_balancer("power_of_choices(2)", 0.5, 1000));
  expect_a_little_above(1.6145, behind_balancer("power_of_choices(2)", 0.7, 1000));
  expect_a_little_above(2.6141, behind_balancer("power_of_choices(2)", 0.9, 1500));
  expect_a_little_above(3.3830, behind_balancer("power_of_choices(2)", 0.95, 3000));
}

TEST(SlowBalancing, EachFurtherLookIsWorthSomething) {
  const std::vector<std::pair<std::string, sim::Interval>> from_worst{
      {"random", behind_balancer("random", 0.9, 3000)},
      {"two choices", behind_balancer("power_of_choices(2)", 0.9, 1000)},
      {"three choices", behind_balancer("power_of_choices(3)", 0.9, 1000)},
      {"the shortest of all", behind_balancer("least_connections", 0.9, 1000)},
      {"one queue", behind_one_queue(0.9, 1000)},
  };
  for (std::size_t i = 1; i < from_worst.size(); ++i) {
    const auto& [worse, slower] = from_worst[i - 1];
    const auto& [better, faster] = from_worst[i];
    EXPECT_GT(slower.mean - slower.half_width, faster.mean + faster.half_width)
        << worse << " against " << better;
  }
  // By lot alone, each server is an M/M/1 station.
  EXPECT_NEAR(from_worst.front().second.mean, 10, from_worst.front().second.half_width + 0.2);
}

}  // namespace
}  // namespace faultline
