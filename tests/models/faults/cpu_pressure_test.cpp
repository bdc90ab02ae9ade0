#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::millisecond;
using tests::problems_of;
using tests::run_checked;
using tests::scenario;

TEST(CpuPressure, SlowsWorkOnCoresAndNothingElse) {
  // 10 ms of work and 10 ms of sleep; half of the cores is gone from 1.05 s to 2.05 s: ten of
  // thirty take 30 ms.
  for (const char* more :
       {"", R"("cores": 4,)", R"("cores": 4, "scheduling": "processor_sharing",)"}) {
    const auto result = run_checked(scenario(
        fmt::format(R"json(
        "users": {{"type": "clients", "arrivals": "constant(10/s)", "target": "app"}},
        "app": {{"type": "app_server", {} "endpoints": {{"default": ["cpu(10ms)", "sleep(10ms)"]}}}})json",
                    more),
        "3050ms",
        R"json("faults": [{"at": "1050ms", "for": "1s", "fault": "cpu_pressure(app, 50%)"}])json"));
    EXPECT_EQ(static_cast<std::int64_t>(result.requests.latency.sum()),
              (20 * 20 + 10 * 30) * millisecond)
        << more;
  }
}

TEST(CpuPressure, NeedsCores) {
  EXPECT_EQ(problems_of(
                scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "db"},
      "db": {"type": "database", "service_time": "0s"})json",
                         "1s", R"json("faults": [{"at": "0s", "fault": "cpu_pressure(db)"}])json")),
            "faults[0].fault.node: \"db\" does no work on cores\n");
}

}  // namespace
}  // namespace faultline
