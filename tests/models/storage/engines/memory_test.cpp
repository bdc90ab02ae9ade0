#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::millisecond;
using tests::run_checked;
using tests::scenario;

/// What is not said is memory: the same events and the same result, and a query takes its service
/// time and no more.
TEST(MemoryEngine, IsWhatADatabaseHasWithoutSayingSo) {
  const auto run = [](const std::string& storage) {
    return run_checked(scenario(
        R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "reads": "50%"},
        "db": {"type": "database", "service_time": "5ms")json" +
            storage + "}",
        "2s"));
  };
  const auto without = run("");
  const auto with = run(R"(, "storage": "memory")");
  EXPECT_EQ(with.order_digest, without.order_digest);
  EXPECT_EQ(with.results_digest, without.results_digest);
  EXPECT_EQ(with.requests.latency.max(), 5 * millisecond);
}

}  // namespace
}  // namespace faultline
