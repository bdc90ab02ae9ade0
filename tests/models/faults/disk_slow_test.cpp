#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::millisecond;
using tests::problems_of;
using tests::run_checked;
using tests::scenario;

TEST(DiskSlow, MultipliesWithOtherCausesAndIsTakenBack) {
  // 10 ms; times 4 from 1.05 s to 3.05 s; times 2 for all reasons from 2.05 s to 3.05 s: ten each
  // of 10 ms, 40 ms, 80 ms and 10 ms.
  const auto result = run_checked(
      scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "service_time": "10ms"})json",
               "4050ms",
               R"json("faults": [{"at": "1050ms", "for": "2s", "fault": "disk_slow(db, factor=4)"},
                                 {"at": "2050ms", "for": "1s", "fault": "slow(db)"}])json"));
  EXPECT_EQ(static_cast<std::int64_t>(result.requests.latency.sum()),
            (20 * 10 + 10 * 40 + 10 * 80) * millisecond);
}

TEST(DiskSlow, NeedsADisk) {
  EXPECT_EQ(
      problems_of(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "app"},
      "app": {"type": "app_server", "endpoints": {"default": ["cpu(1ms)"]}})json",
                           "1s", R"json("faults": [{"at": "0s", "fault": "disk_slow(app)"}])json")),
      "faults[0].fault.node: \"app\" has no disks\n");
}

}  // namespace
}  // namespace faultline
