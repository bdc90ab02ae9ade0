#include <gtest/gtest.h>

#include <algorithm>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::burst;
using tests::errors_of;
using tests::latency_of;
using tests::millisecond;
using tests::node_of;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// Ten requests a second, at 0.1 s, 0.2 s, .. 5.0 s, for a store that takes 240 ms and is down
/// from 1.05 s to 2.05 s.
sim::Result run_crash(const std::string& reads) {
  return run_checked(scenario(
      fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "constant(10/s)", "target": "db", "reads": "{}"}},
      "db": {{"type": "database", "service_time": "240ms"}})json",
                  reads),
      "5050ms", R"json("faults": [{"at": "1050ms", "for": "1s", "fault": "crash(db)"}])json"));
}

TEST(Crash, ResetsWhatIsInWorkAndRefusesWhatComes) {
  // Cut off: 0.9 s and 1.0 s. Refused: 1.1 s .. 2.0 s, ten. Answered: eight before, and 2.1 s
  // .. 4.8 s, 28. 4.9 s and 5.0 s are in flight at the end.
  const auto result = run_crash("100%");
  EXPECT_EQ(result.requests.counts.ok, 36u);
  EXPECT_EQ(result.requests.counts.fail, 12u);
  EXPECT_EQ(result.requests.counts.unknown, 0u);
  EXPECT_EQ(result.requests.counts.in_flight, 2u);
  EXPECT_EQ(errors_of(result.requests.counts, "reset"), 2u);
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 10u);
  EXPECT_EQ(node_of(result, "db").counts.errors, result.requests.counts.errors);
}

TEST(Crash, LeavesAWriteInWorkUnknownButARefusedOneHadNoEffect) {
  const auto result = run_crash("0%");
  EXPECT_EQ(result.requests.counts.ok, 36u);
  EXPECT_EQ(result.requests.counts.fail, 10u);
  EXPECT_EQ(result.requests.counts.unknown, 2u);
  EXPECT_EQ(errors_of(result.requests.counts, "reset"), 2u);
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 10u);
}

TEST(Crash, IsShownAsABand) {
  const auto result = run_crash("100%");
  ASSERT_EQ(result.faults.size(), 1u);
  EXPECT_EQ(result.faults[0].name, "crash(db)");
  EXPECT_EQ(result.faults[0].kind, "fault");
  EXPECT_DOUBLE_EQ(result.faults[0].from_seconds, 1.05);
  EXPECT_DOUBLE_EQ(result.faults[0].to_seconds, 2.05);
}

TEST(Crash, ResetsWhoWaitsInTheQueueToo) {
  // Five at 1 s, one connection, 100 ms each; the crash at 1.15 s finds one in work and three
  // waiting. The connection and the queue are empty afterwards: one more at 1.5 s is served at
  // once. Two got a connection before the crash, after 0 ms and 100 ms.
  const auto result = run_checked(scenario(
      burst(5, "db") + R"json(
      "db": {"type": "database", "connections": 1, "service_time": "100ms"},
      "late": {"type": "clients", "arrivals": "renewal(1500ms)", "target": "db", "mix": [{"endpoint": "late"}]})json",
      "1900ms", R"json("faults": [{"at": "1150ms", "for": "50ms", "fault": "crash(db)"}])json"));
  EXPECT_EQ(latency_of(result, "c0"), 100 * millisecond);
  for (const char* name : {"c1", "c2", "c3", "c4"}) {
    EXPECT_EQ(errors_of(result.by_class.at(name).counts, "reset"), 1u) << name;
  }
  EXPECT_EQ(latency_of(result, "late"), 100 * millisecond);
  // In work: c0 for 100 ms, c1 for 50 ms, the late one for 100 ms.
  EXPECT_NEAR(scalar_of(result, "db", "utilization"), 0.250 / 1.9, 1e-12);
  const auto& waits = node_of(result, "db").histograms.at("queue_wait_seconds");
  EXPECT_EQ(waits.count(), 3u);
  EXPECT_EQ(static_cast<std::int64_t>(waits.sum()), 100 * millisecond);
}

TEST(Crash, OfAGroupStrikesAllItsNodes) {
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "replicas": 3, "service_time": "0s"})json",
      "3050ms", R"json("faults": [{"at": "1050ms", "for": "1s", "fault": "crash(db)"}])json"));
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 10u);
  std::uint64_t refused = 0;
  for (const char* name : {"db[0]", "db[1]", "db[2]"}) {
    const std::uint64_t here = errors_of(node_of(result, name).counts, "refused");
    EXPECT_GE(here, 3u) << name;
    refused += here;
  }
  EXPECT_EQ(refused, 10u);
}

TEST(Crash, OfOneNodeLeavesTheOthers) {
  // Each in turn: db[1] has 0.2, 0.5, .. and 1.1 s, 1.4 s, 1.7 s, 2.0 s of them in the second it is
  // down.
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "replicas": 3, "service_time": "0s"})json",
      "3050ms", R"json("faults": [{"at": "1050ms", "for": "1s", "fault": "crash(db[1])"}])json"));
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 4u);
  EXPECT_EQ(errors_of(node_of(result, "db[1]").counts, "refused"), 4u);
}

TEST(Crash, WithoutAnEndLastsToTheEndOfTheRun) {
  const auto result = run_checked(
      scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "service_time": "0s"})json",
               "3050ms", R"json("faults": [{"at": "1050ms", "fault": "crash(db)"}])json"));
  EXPECT_EQ(result.requests.counts.ok, 10u);
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 20u);
  ASSERT_EQ(result.faults.size(), 1u);
  EXPECT_DOUBLE_EQ(result.faults[0].to_seconds, 3.05);
}

TEST(Crash, OverlappingCrashesKeepTheNodeDownUntilTheLastHasEnded) {
  // 1.05 s .. 2.05 s and 1.55 s .. 3.05 s: down for 2 s, 20 requests; and one inside another
  // changes nothing.
  for (
      const char* faults :
      {R"json([{"at": "1050ms", "for": "1s", "fault": "crash(db)"}, {"at": "1550ms", "for": "1500ms", "fault": "crash(db)"}])json",
       R"json([{"at": "1050ms", "for": "2s", "fault": "crash(db)"}, {"at": "1550ms", "for": "500ms", "fault": "crash(db[0])"}])json",
       R"json([{"at": "1050ms", "for": "1s", "fault": "crash(db)"}, {"at": "2050ms", "for": "1s", "fault": "crash(db)"}])json"}) {
    const auto result = run_checked(scenario(R"json(
        "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
        "db": {"type": "database", "service_time": "0s"})json",
                                             "5050ms", fmt::format(R"("faults": {})", faults)));
    EXPECT_EQ(errors_of(result.requests.counts, "refused"), 20u) << faults;
    EXPECT_EQ(result.requests.counts.ok, 30u) << faults;
    EXPECT_EQ(result.faults.size(), 2u);
  }
}

TEST(Crash, AtRandomTimesLeavesTheAvailabilityOfTheTwoMeans) {
  // Up 10 s, down 2 s on average: 10 / 12 of the time. The share of an alternating renewal process
  // of exponential stays has the variance 2 u^2 d^2 / ((u + d)^3 T); for 20,000 s a standard
  // deviation of 0.0048. Four are 0.0192.
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "service_time": "0s"})json",
      "20000s", R"json("faults": [{"mtbf": "10s", "mttr": "2s", "fault": "crash(db)"}])json"));
  EXPECT_NEAR(static_cast<double>(result.requests.counts.ok) /
                  static_cast<double>(result.requests.counts.sent),
              10.0 / 12, 0.0192);
  // 1667 times down, by a standard deviation of sqrt(20000 (u^2 + d^2) / (u + d)^3) = 35.
  EXPECT_NEAR(static_cast<double>(result.faults.size()), 1667, 140);
}

TEST(Crash, AtRandomTimesMayLastAStatedTime) {
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "service_time": "0s"})json",
      "1000s", R"json("faults": [{"mtbf": "10s", "for": "2s", "fault": "crash(db)"}])json"));
  ASSERT_GT(result.faults.size(), 50u);
  for (std::size_t i = 0; i + 1 < result.faults.size(); ++i) {
    EXPECT_NEAR(result.faults[i].to_seconds - result.faults[i].from_seconds, 2, 1e-9);
  }
}

TEST(Crash, AtRandomTimesStrikesOneNodeOfAGroupAtATime) {
  // 400 crashes or so over four nodes: 100 each with a standard deviation of sqrt(400 / 4 * 3 / 4)
  // = 9; four are 36, and the number of crashes itself, 400 with a standard deviation below 20,
  // adds 20.
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "db"},
      "db": {"type": "database", "replicas": 4, "service_time": "0s"})json",
      "4000s", R"json("faults": [{"mtbf": "9s", "mttr": "1s", "fault": "crash(db)"}])json"));
  std::map<std::string, int> struck;
  for (const sim::Band& band : result.faults) ++struck[band.name];
  EXPECT_EQ(struck.size(), 4u);
  for (const auto& [name, times] : struck) EXPECT_NEAR(times, 100, 56) << name;
  for (std::size_t i = 1; i < result.faults.size(); ++i) {
    EXPECT_GE(result.faults[i].from_seconds, result.faults[i - 1].to_seconds);
  }
}

TEST(Crash, OfABalancerCutsOffItsCallersWhileItsBackendsWorkOn) {
  // As with the store: two reset, ten refused. The app has all 40 that came to the balancer while
  // it was up, but for 4.9 s and 5.0 s all are answered.
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "lb", "reads": "0%"},
      "lb": {"type": "l7_balancer", "backends": ["app"], "policy": "least_connections"},
      "app": {"type": "app_server", "replicas": 2, "endpoints": {"default": ["sleep(240ms)"]}})json",
      "5050ms", R"json("faults": [{"at": "1050ms", "for": "1s", "fault": "crash(lb)"}])json"));
  EXPECT_EQ(result.requests.counts.ok, 36u);
  EXPECT_EQ(result.requests.counts.unknown, 2u);
  EXPECT_EQ(result.requests.counts.fail, 10u);
  EXPECT_EQ(errors_of(node_of(result, "lb").counts, "reset"), 2u);
  EXPECT_EQ(errors_of(node_of(result, "lb").counts, "refused"), 10u);
  EXPECT_EQ(result.groups.at("app").counts.sent, 40u);
  EXPECT_EQ(result.groups.at("app").counts.ok, 38u);
  // What the balancer believed to be outstanding before the crash is forgotten: both replicas get
  // half of what comes after.
  EXPECT_NEAR(static_cast<double>(received(result, "app[0]")), 20, 1);
}

TEST(Crash, OfAnAppInTheMiddleOfItsCalls) {
  // The app has two calls under way when it crashes; the store answers both, and nobody listens.
  const auto result = run_checked(
      scenario(burst(1, "app") + R"json(
      "app": {"type": "app_server", "workers": 1, "endpoints": {"default": [{"type": "parallel", "steps": ["call(db)", "call(db)"]}]}},
      "db": {"type": "database", "service_time": "100ms"})json",
               "1900ms", R"json("faults": [{"at": "1050ms", "fault": "crash(app)"}])json"));
  EXPECT_EQ(errors_of(result.requests.counts, "reset"), 1u);
  EXPECT_EQ(node_of(result, "db").counts.ok, 2u);
}

TEST(Crash, OfTheUsersEndsWhatTheyWaitedFor) {
  // At 1.05 s the users are gone, with the requests of 0.9 s and 1.0 s under way: cut off. The
  // store answers them all the same. The users are back at 2.05 s and send at 2.15 s, 2.25 s,
  // .. 2.95 s.
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "reads": "0%"},
      "db": {"type": "database", "service_time": "240ms"})json",
      "3s", R"json("faults": [{"at": "1050ms", "for": "1s", "fault": "crash(users)"}])json"));
  EXPECT_EQ(result.requests.counts.sent, 19u);
  EXPECT_EQ(result.requests.counts.unknown, 2u);
  EXPECT_EQ(errors_of(result.requests.counts, "reset"), 2u);
  EXPECT_EQ(result.requests.counts.ok, 8u + 7u);
  EXPECT_EQ(result.requests.counts.in_flight, 2u);  // 2.85 s and 2.95 s.
  EXPECT_EQ(node_of(result, "db").counts.ok, 10u + 7u);
}

TEST(Crash, NeedsANodeThatIsThere) {
  EXPECT_EQ(tests::problems_of(
                scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "db"},
      "db": {"type": "database", "service_time": "0s"})json",
                         "1s", R"json("faults": [{"at": "0s", "fault": "crash(bd)"}])json")),
            "faults[0].fault.node: there is no node \"bd\"; did you mean \"db\"?\n");
}

}  // namespace
}  // namespace faultline
