#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::millisecond;
using tests::run_checked;
using tests::scenario;

/// Ten requests a second of 1 kB, at 0.1 s .. 3.0 s, over a link of 1 ms; `fault` from 1.05 s to
/// 2.05 s.
sim::Result run_slow(const std::string& fault, const std::string& link = "") {
  return run_checked(scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "mix": [{"endpoint": "put", "size": "1kB"}]},
             "db": {"type": "database", "service_time": "0s"})json",
      "3050ms",
      R"("network": {"links": [{"from": "users", "to": "db", "latency": "1ms")" + link +
          R"(}]}, "faults": [{"at": "1050ms", "for": "1s", "fault": ")" + fault + R"("}])"));
}

std::int64_t total(const sim::Result& result) {
  return static_cast<std::int64_t>(result.requests.latency.sum());
}

TEST(LinkSlow, AddsToTheLatencyOfBothWays) {
  EXPECT_EQ(total(run_slow("link_slow(users, db, extra=30ms)")), (30 * 2 + 10 * 60) * millisecond);
}

TEST(LinkSlow, OneWayAddsToOne) {
  EXPECT_EQ(total(run_slow("link_slow(users, db, one_way=true, extra=30ms)")),
            (30 * 2 + 10 * 30) * millisecond);
}

TEST(LinkSlow, LeavesAShareOfTheBandwidth) {
  // 8 Mbit/s: 1 ms for 1 kB; a quarter of it: 4 ms. The reply holds nothing.
  EXPECT_EQ(total(run_slow("link_slow(users, db, bandwidth=25%)", R"(, "bandwidth": "8Mbit/s")")),
            (30 * 3 + 10 * 3) * millisecond);
}

TEST(LinkSlow, MayBeDrawn) {
  const auto result = run_slow("link_slow(users, db, extra=exponential(5ms))");
  EXPECT_EQ(result.requests.latency.min(), 2 * millisecond);
  EXPECT_GT(result.requests.latency.max(), 4 * millisecond);
}

}  // namespace
}  // namespace faultline
