#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::received;
using tests::run_checked;
using tests::scenario;

/// Ten requests a second over a link of 1 ms, callers wait 50 ms; `fault` from 1.05 s to 2.05 s.
sim::Result run_down(const std::string& fault, const std::string& links) {
  return run_checked(scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "timeout": "50ms"},
             "db": {"type": "database", "service_time": "0s"},
             "router": {"type": "database", "service_time": "0s"})json",
      "6050ms",
      R"("network": {"links": [{"from": "users", "to": "db", "latency": "1ms"})" + links +
          R"(]}, "faults": [{"at": "1050ms", "for": "1s", "fault": ")" + fault + R"("}])"));
}

TEST(LinkDown, IsSilentWhereNoOtherWayIs) {
  // The ten requests of 1.1 .. 2.0 s; though the default latency is 0, it is no way around.
  const auto result = run_down("link_down(users, db)", "");
  EXPECT_EQ(errors_of(result.requests.counts, "timeout"), 10u);
  EXPECT_EQ(received(result, "db"), 60u);
  ASSERT_EQ(result.faults.size(), 1u);
  EXPECT_EQ(result.faults[0].name, "link_down(users - db)");
}

TEST(LinkDown, IsGoneAround) {
  const auto result = run_down(
      "link_down(users, db)",
      R"(, {"from": "users", "to": "router", "latency": "3ms"}, {"from": "router", "to": "db", "latency": "4ms"})");
  EXPECT_EQ(result.requests.counts.ok, 60u);
  EXPECT_EQ(static_cast<std::int64_t>(result.requests.latency.sum()),
            (50 * 2 + 10 * 14) * tests::millisecond);
}

TEST(LinkDown, OneWayLetsRequestsPass) {
  const auto result = run_down("link_down(db, users, one_way=true)", "");
  EXPECT_EQ(errors_of(result.requests.counts, "timeout"), 10u);
  EXPECT_EQ(result.faults[0].name, "link_down(db -> users)");
}

}  // namespace
}  // namespace faultline
