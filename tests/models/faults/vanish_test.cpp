#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::node_of;
using tests::received;
using tests::run_checked;
using tests::scenario;

TEST(Vanish, IsNoticedByTimeOutsAlone) {
  // Ten reads a second that take 240 ms, with a patience of 500 ms; gone from 1.05 s to 2.05 s.
  // Those of 0.9 s and 1.0 s are in work, the ten of 1.1 s .. 2.0 s are on their way: twelve
  // time-outs and not one reset or refusal.
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "timeout": "500ms"},
      "db": {"type": "database", "service_time": "240ms"})json",
      "5050ms", R"json("faults": [{"at": "1050ms", "for": "1s", "fault": "vanish(db)"}])json"));
  EXPECT_EQ(errors_of(result.requests.counts, "timeout"), 12u);
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 0u);
  EXPECT_EQ(errors_of(result.requests.counts, "reset"), 0u);
  EXPECT_EQ(result.requests.counts.ok, 36u);
  EXPECT_EQ(result.faults.at(0).name, "vanish(db)");
  // What was in work there ended there; what was lost never came.
  EXPECT_EQ(errors_of(node_of(result, "db").counts, "reset"), 2u);
  EXPECT_EQ(received(result, "db"), 40u);
}

TEST(Vanish, WithoutATimeOutItsCallersWaitForEver) {
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "service_time": "0s"})json",
      "5050ms", R"json("faults": [{"at": "1050ms", "for": "1s", "fault": "vanish(db)"}])json"));
  EXPECT_EQ(result.requests.counts.ok, 40u);
  EXPECT_EQ(result.requests.counts.in_flight, 10u);
}

}  // namespace
}  // namespace faultline
