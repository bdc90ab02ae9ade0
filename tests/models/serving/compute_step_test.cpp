#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/scenario_checks.hpp"
#include "tests/scenario_runner.hpp"

namespace faultline {
namespace {

using tests::burst;
using tests::latency_of;
using tests::run_checked;
using tests::scenario;

std::string server(const std::string& step) {
  return R"json("app": {"type": "app_server", "cores": 1, "endpoints": {"default": [)json" + step +
         "]}}";
}

double seconds_of(const std::string& algorithm, std::int64_t n) {
  const auto result = run_checked(scenario(
      burst(1, "app") + server(R"({"type": "compute", "algorithm": ")" + algorithm + R"(", "n": )" +
                               std::to_string(n) + R"(, "operation_rate": "100000000/s"})"),
      "1900ms"));
  return static_cast<double>(latency_of(result, "c0")) * 1e-9;
}

/// 1000 * 999 / 2 comparisons of 10 ns: 4.995 ms.
TEST(ComputeStep, TakesItsOperationsTimesTheirTime) {
  EXPECT_NEAR(seconds_of("find_duplicates_quadratic", 1000), 4.995e-3, 1e-9);
}

/// The latency that users see grows as the code does: ten times n is a hundred times, or ten times.
TEST(ComputeStep, LatencyGrowsAsTheCodeDoes) {
  const auto exponent = [](const char* algorithm) {
    return std::log10(seconds_of(algorithm, 10'000) / seconds_of(algorithm, 1'000));
  };
  EXPECT_NEAR(exponent("find_duplicates_quadratic"), 2.0, 0.06);
  EXPECT_NEAR(exponent("find_duplicates_linear"), 1.0, 0.03);
}

/// Of data that stay the same each request takes the same; of fresh ones each its own.
TEST(ComputeStep, FreshDataTakeTheirOwnTime) {
  for (const bool fresh : {false, true}) {
    const auto result = run_checked(scenario(
        R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},)json" +
            server(
                R"json({"type": "compute", "algorithm": "insertion_sort", "n": 300, "operation_rate": "100000000/s",
                           "fresh_data": )json" +
                std::string(fresh ? "true}" : "false}")),
        "10s"));
    EXPECT_GT(result.requests.latency.count(), 90U);
    EXPECT_EQ(result.requests.latency.min() < result.requests.latency.max(), fresh);
  }
}

TEST(ComputeStep, ASizeWithoutEndIsAProblem) {
  EXPECT_EQ(
      tests::problems_of(scenario(
          burst(1, "app") +
              server(R"({"type": "compute", "algorithm": "insertion_sort", "n": 1000000})"),
          "1s")),
      "nodes.app.endpoints.default[0].n: expected at most 30000 for insertion_sort, got 1000000\n");
}

}  // namespace
}  // namespace faultline
