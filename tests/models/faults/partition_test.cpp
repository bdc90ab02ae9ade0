#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::problems_of;
using tests::received;
using tests::run_checked;
using tests::scenario;

/// Ten requests a second from each of two zones to the store in the one; answers at once, 1 ms each
/// way. `fault` is on from 1.05 s to 3.05 s; callers wait 50 ms.
std::string divided(const std::string& fault, const std::string& more = "") {
  return scenario(
      R"json("here": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "zone": "a", "timeout": "50ms", "mix": [{"endpoint": "here"}]},
             "there": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "zone": "b", "timeout": "50ms", "mix": [{"endpoint": "there"}]},
             "db": {"type": "database", "service_time": "0s", "zone": "a"})json",
      "9950ms",
      R"("zones": {"a": {}, "b": {}, "c": {}}, "network": {"default_latency": "1ms")" + more +
          R"(}, "faults": [{"at": "1050ms", "for": "2s", "fault": )" + fault + "}]");
}

std::uint64_t timeouts(const sim::Result& result, const std::string& of) {
  return errors_of(result.by_class.at(of).counts, "timeout");
}

TEST(Partition, CutsItsGroupsFromEachOther) {
  // From 1.05 s to 3.05 s: the requests at 1.1, 1.2, ... 3.0 s.
  const auto result =
      run_checked(divided(R"({"type": "partition", "groups": [["zone:a"], ["zone:b"]]})"));
  EXPECT_EQ(timeouts(result, "here"), 0u);
  EXPECT_EQ(timeouts(result, "there"), 20u);
  // Silence: what was sent arrives afterwards, when nobody waits any more.
  EXPECT_EQ(received(result, "db"), result.requests.counts.sent);
  ASSERT_EQ(result.faults.size(), 1u);
  EXPECT_EQ(result.faults[0].name, "partition(zone:a | zone:b)");
}

TEST(Partition, WhoIsInNoGroupReachesAll) {
  // Partial: the far users are cut from the store, not from the relay, which reaches the store; and
  // calls over it are calls of the relay.
  const auto result = run_checked(scenario(
      R"json("direct": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "timeout": "50ms", "mix": [{"endpoint": "direct"}]},
             "relayed": {"type": "clients", "arrivals": "constant(10/s)", "target": "relay", "timeout": "50ms", "mix": [{"endpoint": "relayed"}]},
             "relay": {"type": "app_server", "endpoints": {"default": ["call(db)"]}},
             "db": {"type": "database", "service_time": "0s"})json",
      "5s",
      R"json("network": {"default_latency": "1ms"}, "faults": [{"at": "1050ms", "for": "2s",
          "fault": {"type": "partition", "groups": [["direct", "relayed"], ["db"]]}}])json"));
  EXPECT_EQ(errors_of(result.by_class.at("direct").counts, "timeout"), 20u);
  EXPECT_EQ(errors_of(result.by_class.at("relayed").counts, "timeout"), 0u);
}

TEST(Partition, OneWayLosesTheReplies) {
  // Requests arrive and are served; the answers do not come back.
  const auto result = run_checked(
      divided(R"({"type": "partition", "groups": [["zone:a"], ["zone:b"]], "one_way": true})"));
  EXPECT_EQ(timeouts(result, "there"), 20u);
  EXPECT_EQ(result.faults[0].name, "partition(zone:a -> zone:b)");
  const auto back = run_checked(
      divided(R"({"type": "partition", "groups": [["zone:b"], ["zone:a"]], "one_way": true})"));
  EXPECT_EQ(timeouts(back, "there"), 20u);
}

TEST(Partition, MayFlap) {
  // On for the first 30 % of each 400 ms: from 1.05, 1.45, 1.85, 2.25 and 2.65 s, for 120 ms each.
  // Of the requests at 1.1, 1.2, ... 3.0 s these are caught: 1.1, 1.5, 1.9, 2.3 and 2.7 s. They
  // are sent again 200 ms later, which is too late for their callers.
  const auto result = run_checked(divided(
      R"({"type": "partition", "groups": [["zone:a"], ["zone:b"]], "period": "400ms", "share": "30%"})"));
  EXPECT_EQ(timeouts(result, "there"), 5u);
  EXPECT_EQ(received(result, "db"), result.requests.counts.sent);
}

TEST(Partition, IsGoneAroundWhereLinksLeadAround) {
  // b - c - a takes 5 + 6 ms; directly it is 2.
  const std::string links =
      R"(, "links": [{"from": "zone:a", "to": "zone:b", "latency": "2ms"}, {"from": "zone:b", "to": "zone:c", "latency": "5ms"},
                     {"from": "zone:c", "to": "zone:a", "latency": "6ms"}])";
  const auto result =
      run_checked(divided(R"({"type": "partition", "groups": [["zone:a"], ["zone:b"]]})", links));
  EXPECT_EQ(timeouts(result, "there"), 0u);
  const auto& latency = result.by_class.at("there").latency;
  EXPECT_EQ(latency.min(), 4'000'000);
  EXPECT_EQ(latency.max(), 22'000'000);
  const double mean = latency.mean() * static_cast<double>(latency.count());
  EXPECT_EQ(std::llround(mean),
            (20 * 22 + (static_cast<std::int64_t>(latency.count()) - 20) * 4) * tests::millisecond);
}

TEST(Partition, WhatIsWrongIsTold) {
  EXPECT_EQ(problems_of(divided(R"({"type": "partition", "groups": [["zone:a"]]})")),
            "faults[0].fault.groups: expected at least two groups; for example [[\"zone:a\"], "
            "[\"zone:b\"]]\n");
  EXPECT_EQ(problems_of(divided(R"({"type": "partition", "groups": [["zone:a"], []]})")),
            "faults[0].fault.groups[1]: a group may not be empty\n");
  EXPECT_EQ(problems_of(divided(R"({"type": "partition", "groups": [["zone:a"], ["db"]]})")),
            "faults[0].fault.groups: \"db\" is in two groups\n");
  EXPECT_EQ(problems_of(divided(R"({"type": "partition", "groups": [["zone:a"], ["zone:z"]]})")),
            "faults[0].fault.groups[1][0]: there is no zone \"z\"; known: a, b, c\n");
}

}  // namespace
}  // namespace faultline
