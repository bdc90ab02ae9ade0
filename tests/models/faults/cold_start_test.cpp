#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::millisecond;
using tests::run_checked;
using tests::scenario;

TEST(ColdStart, DecaysInAStraightLine) {
  // Ten a second of 10 ms, three times as slow at first and warm after 2 s in 20 steps of 100 ms.
  // The one that comes at 0.1 k s finds step k (from the beginning of a step on it is that step):
  // together 10 ms (1 + 2 (1 - k / 20)) for k = 1 .. 19, which is 19 * 10 + 20 * (19 - 9.5) = 380
  // ms; and 10 ms for the ten after.
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "service_time": "10ms"})json",
      "3s",
      R"json("faults": [{"at": "0s", "fault": "cold_start(db, warmup=1999ms, factor=3)"}])json"));
  EXPECT_EQ(static_cast<std::int64_t>(result.requests.latency.sum()),
            (380 + 10 * 10) * millisecond);
}

TEST(ColdStart, FollowsEachRestart) {
  // Warm at the beginning; up again at 1.55 s it is twice as slow at first: 1.6 s finds step 1 of
  // 20 and takes 19.5 ms.
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "service_time": "10ms"})json",
      "1650ms",
      R"json("faults": [{"at": "0s", "fault": "cold_start(db, warmup=1s, factor=2, at_begin=false)"},
                        {"at": "1050ms", "for": "500ms", "fault": "crash(db)"}])json"));
  EXPECT_EQ(result.requests.latency.min(), 10 * millisecond);
  EXPECT_EQ(result.requests.latency.max(), 19'500'000);
}

}  // namespace
}  // namespace faultline
