/// Who is let into a server, in what order those who wait are served, and who is told to leave.
#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::burst;
using tests::errors_of;
using tests::latency_of;
using tests::millisecond;
using tests::node_of;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// `count` requests at once for a server with these members and one worker of 10 ms.
sim::Result run_burst(int count, const std::string& members) {
  return run_checked(scenario(
      burst(count, "server") +
          fmt::format(
              R"json("server": {{"type": "app_server", "workers": 1, {}, "endpoints": {{"default": ["sleep(10ms)"]}}}})json",
              members),
      "1900ms"));
}

/// The same for a database.
sim::Result run_database(int count, const std::string& members) {
  return run_checked(scenario(
      burst(count, "server") +
          fmt::format(
              R"("server": {{"type": "database", "connections": 1, {}, "service_time": "10ms"}})",
              members),
      "1900ms"));
}

/// Both kinds of server have the same door.
template <class Check>
void for_both(int count, const std::string& members, Check check) {
  {
    SCOPED_TRACE("app_server");
    check(run_burst(count, members));
  }
  SCOPED_TRACE("database");
  check(run_database(count, members));
}

std::uint64_t failed(const sim::Result& result, int client) {
  return result.by_class.at(fmt::format("c{}", client)).counts.fail;
}

/// As burst(), client i with the i-th of these priorities.
std::string burst_of(std::initializer_list<int> priorities) {
  std::string nodes;
  int i = 0;
  for (const int priority : priorities) {
    nodes += fmt::format(
        R"json("c{0}": {{"type": "clients", "arrivals": "constant(1/s)", "target": "server", "mix": [{{"endpoint": "c{0}", "priority": {1}}}]}}, )json",
        i++, priority);
  }
  return nodes;
}

TEST(Admission, WhatComesTooSoonIsThrottled) {
  // A bucket of two: the first two of five are let in, one after the other.
  for_both(5, R"json("rate_limit": "token_bucket(1/s, burst=2)")json", [](const auto& result) {
    EXPECT_EQ(latency_of(result, "c0"), 10 * millisecond);
    EXPECT_EQ(latency_of(result, "c1"), 20 * millisecond);
    EXPECT_EQ(errors_of(result.requests.counts, "throttled"), 3u);
    EXPECT_EQ(result.requests.counts.fail, 3u);  // Certainly no effect.
    EXPECT_EQ(scalar_of(result, "server", "throttled"), 3);
  });
}

TEST(Admission, ALeakyQueueMakesThemWaitForTheirTurn) {
  // One every 100 ms, two may wait: at 0, 100 and 200 ms, and 10 ms of work each.
  for_both(4, R"json("rate_limit": "leaky_bucket(10/s, capacity=2, mode=queue)")json",
           [](const auto& result) {
             EXPECT_EQ(latency_of(result, "c0"), 10 * millisecond);
             EXPECT_EQ(latency_of(result, "c1"), 110 * millisecond);
             EXPECT_EQ(latency_of(result, "c2"), 210 * millisecond);
             EXPECT_EQ(failed(result, 3), 1u);
             EXPECT_EQ(node_of(result, "server").histograms.at("throttle_wait_seconds").count(),
                       3u);
           });
}

TEST(Admission, OverTheConcurrencyLimitIsRejected) {
  // Two at once, the one in work and the one that waits; three are rejected.
  for_both(5, R"json("concurrency_limit": "fixed(2)")json", [](const auto& result) {
    EXPECT_EQ(result.requests.counts.ok, 2u);
    EXPECT_EQ(errors_of(result.requests.counts, "rejected"), 3u);
    EXPECT_EQ(scalar_of(result, "server", "over_concurrency_limit"), 3);
    EXPECT_EQ(scalar_of(result, "server", "concurrency_limit_mean"), 2);
    EXPECT_EQ(scalar_of(result, "server", "concurrency_limit_now"), 2);
  });
}

TEST(Admission, ALimitLearnsFromWhatEnds) {
  // Ten at once of an AIMD that begins at four: four are let in, and each that ends in time takes
  // it one up, as long as half of it was in use: 5, 6, 7, 8.
  for_both(10, R"json("concurrency_limit": "aimd(initial=4)")json", [](const auto& result) {
    EXPECT_EQ(result.requests.counts.ok, 4u);
    // When they came 1, 2, 3 and 4 were in flight; half of 4, 4, 5 and 6 are 2, 2, 2.5 and 3.
    EXPECT_EQ(scalar_of(result, "server", "concurrency_limit_now"), 7);
  });
}

TEST(Admission, ByPriorityTheLessImportantAreShed) {
  // Two others may be here when one of priority 1 comes, four when it is of priority 0. c0 to c2
  // have priority 1, so two of them get in; c3 to c6 have priority 0: two more.
  const auto result = run_checked(scenario(
      burst_of({1, 1, 1, 0, 0, 0, 0}) +
          R"json("server": {"type": "database", "connections": 1, "service_time": "10ms", "shedding": "priority(4, 2)"})json",
      "1900ms"));
  for (const int let_in : {0, 1, 3, 4}) EXPECT_EQ(failed(result, let_in), 0u) << let_in;
  for (const int shed : {2, 5, 6}) EXPECT_EQ(failed(result, shed), 1u) << shed;
  EXPECT_EQ(errors_of(result.requests.counts, "shed"), 3u);
  EXPECT_EQ(scalar_of(result, "server", "shed"), 3);
}

TEST(Admission, InAQueueByPriorityTheMoreImportantOvertake) {
  // c0 finds the server free; then priority 0 (c3), 1 (c2: before c4 by arrival), and 2 (c1).
  const auto result = run_checked(scenario(
      burst_of({2, 2, 1, 0, 1}) +
          R"json("server": {"type": "database", "connections": 1, "service_time": "10ms", "queue_order": "priority"})json",
      "1900ms"));
  const int order[] = {0, 3, 2, 4, 1};
  for (int place = 0; place < 5; ++place) {
    EXPECT_EQ(latency_of(result, fmt::format("c{}", order[place])), (place + 1) * 10 * millisecond);
  }
}

TEST(Admission, AdaptiveLifoServesTheLastWhileManyWait) {
  // c1 to c5 wait. More than two: the last, c5, then c4, c3; then the first of c1 and c2.
  for_both(6, R"json("queue_order": "adaptive_lifo", "lifo_above": 2)json", [](const auto& result) {
    const int order[] = {0, 5, 4, 3, 1, 2};
    for (int place = 0; place < 6; ++place) {
      EXPECT_EQ(latency_of(result, fmt::format("c{}", order[place])),
                (place + 1) * 10 * millisecond)
          << place;
    }
  });
}

TEST(Admission, WhoWaitsLongerThanTheAdaptiveTimeoutIsShed) {
  // The queue was empty a moment ago, so all may wait 25 ms: c1 is served at 10 ms, c2 at 20; at
  // 30 ms the others have waited too long.
  for_both(6, R"json("shedding": "adaptive_timeout(target=5ms, interval=25ms)")json",
           [](const auto& result) {
             EXPECT_EQ(result.requests.counts.ok, 3u);
             EXPECT_EQ(errors_of(result.requests.counts, "shed"), 3u);
             EXPECT_EQ(scalar_of(result, "server", "shed"), 3);
             EXPECT_EQ(node_of(result, "server").counts.in_flight, 0u);
           });
}

TEST(Admission, TheOldestLeaveAQueueThatServesTheLastFirst) {
  // As above with the last first: c5 at 10 ms, c4 at 20 ms, and at 30 ms c1 to c3 leave, though it
  // would not have been their turn.
  const auto result = run_database(
      6,
      R"json("shedding": "adaptive_timeout(target=5ms, interval=25ms)", "queue_order": "adaptive_lifo", "lifo_above": 0)json");
  EXPECT_EQ(latency_of(result, "c5"), 20 * millisecond);
  EXPECT_EQ(latency_of(result, "c4"), 30 * millisecond);
  for (const int shed : {1, 2, 3}) EXPECT_EQ(failed(result, shed), 1u) << shed;
}

TEST(Admission, ThoseWhoHaveWaitedTooLongMakeRoom) {
  // A queue of two places. c0 works for 10 ms, c1 and c2 wait, c3 is rejected. 6 ms later they have
  // waited beyond the 5 ms they had, and the one that comes then finds room.
  const auto result = run_checked(scenario(
      burst(4, "server") +
          R"json("late": {"type": "clients", "arrivals": "renewal(1006ms)", "target": "server", "mix": [{"endpoint": "late"}]},
      "server": {"type": "database", "connections": 1, "queue_limit": 2, "service_time": "10ms",
                 "shedding": "adaptive_timeout(target=5ms, interval=5ms)"})json",
      "1900ms"));
  EXPECT_EQ(latency_of(result, "c0"), 10 * millisecond);
  EXPECT_EQ(latency_of(result, "late"), 14 * millisecond);
  EXPECT_EQ(errors_of(result.requests.counts, "shed"), 2u);
  EXPECT_EQ(errors_of(result.requests.counts, "rejected"), 1u);
}

TEST(Admission, ExpiredWorkIsDroppedWhenItsTurnComes) {
  // Deadlines 25 ms after the sending: c2 begins at 20 ms and is done too late, c3 would begin at
  // 30 ms: with drop_expired it and all after it are not worked on any more.
  const auto run = [](const char* drop) {
    return run_checked(scenario(
        burst(6, "server", [](int) { return R"(, "timeout": "25ms", "deadline": "25ms")"; }) +
            fmt::format(
                R"json("server": {{"type": "database", "connections": 1, "service_time": "10ms"{}}})json",
                drop),
        "1900ms"));
  };
  const auto plain = run("");
  EXPECT_EQ(plain.requests.counts.ok, 2u);
  EXPECT_NEAR(scalar_of(plain, "server", "utilization"), 0.060 / 1.9, 1e-12);
  const auto dropping = run(R"(, "drop_expired": true)");
  EXPECT_EQ(dropping.requests.counts.ok, 2u);
  EXPECT_NEAR(scalar_of(dropping, "server", "utilization"), 0.030 / 1.9, 1e-12);
  EXPECT_EQ(scalar_of(dropping, "server", "expired"), 3);
  EXPECT_EQ(errors_of(node_of(dropping, "server").counts, "expired"), 3u);
}

TEST(Admission, ACrashForgetsWhatLimitersKnow) {
  // The bucket's only permit is spent at 1 s; the restart at 1.3 s brings a new bucket.
  const auto result = run_checked(scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(2/s)", "target": "server"},
      "server": {"type": "app_server", "rate_limit": "token_bucket(0.001/s, burst=1)", "endpoints": {"default": ["sleep(1ms)"]}})json",
      "2100ms",
      R"json("faults": [{"at": "1200ms", "for": "100ms", "fault": "crash(server)"}])json"));
  // At .5, 1, 1.5 and 2 s: the first of each life.
  EXPECT_EQ(result.requests.counts.ok, 2u);
  EXPECT_EQ(errors_of(result.requests.counts, "throttled"), 2u);
}

TEST(Admission, ACrashWhileTheyWaitLeavesNothingBehind) {
  // Those in work, those who wait in the queue and those who wait for the limiter are reset; later
  // ones find the limit free.
  const auto result = run_checked(scenario(
      burst(6, "server") +
          R"json("late": {"type": "clients", "arrivals": "renewal(1500ms)", "target": "server", "mix": [{"endpoint": "late"}]},
      "server": {"type": "database", "connections": 1, "service_time": "100ms", "concurrency_limit": "fixed(3)",
                 "rate_limit": "leaky_bucket(20/s, capacity=5, mode=queue)",
                 "shedding": "adaptive_timeout", "queue_order": "adaptive_lifo", "drop_expired": true})json",
      "1900ms",
      R"json("faults": [{"at": "1120ms", "for": "100ms", "fault": "crash(server)"}])json"));
  EXPECT_EQ(latency_of(result, "late"), 100 * millisecond);
  EXPECT_EQ(node_of(result, "server").counts.in_flight, 0u);
}

TEST(Admission, ConnectionsBeyondTheLimitAreRefused) {
  // Two here at once, whether in work or waiting; a balancer tries another server for the others.
  const auto alone = run_database(5, R"("connection_limit": 2)");
  EXPECT_EQ(alone.requests.counts.ok, 2u);
  EXPECT_EQ(errors_of(alone.requests.counts, "refused"), 3u);
  const auto balanced = run_checked(scenario(burst(5, "lb") + R"json(
      "lb": {"type": "l7_balancer", "policy": "first", "backends": ["small", "large"], "max_fails": 0},
      "small": {"type": "database", "connections": 1, "connection_limit": 2, "service_time": "10ms"},
      "large": {"type": "database", "service_time": "10ms"})json",
                                             "1900ms"));
  EXPECT_EQ(balanced.requests.counts.ok, 5u);
  EXPECT_EQ(node_of(balanced, "small").counts.ok, 2u);
}

TEST(Admission, SaysWhatDoesNotGoTogether) {
  EXPECT_EQ(tests::problems_of(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "a"},
      "a": {"type": "app_server", "shedding": "codel", "endpoints": {"default": []}})json",
                                        "1s")),
            "nodes.a.shedding: has no effect without `workers`: nobody waits\n");
  EXPECT_EQ(tests::problems_of(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "a"},
      "a": {"type": "app_server", "shedding": "priority(10)", "endpoints": {"default": []}})json",
                                        "1s")),
            "");
}

}  // namespace
}  // namespace faultline
