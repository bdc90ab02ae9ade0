#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::burst;
using tests::errors_of;
using tests::latency_of;
using tests::millisecond;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

const std::string network = R"("network": {"default_latency": "10ms"})";

/// One request a second from one user, over `connections`, to an app that answers at once.
std::string one_user(const std::string& connections, const std::string& duration,
                     const std::string& rest = network, const std::string& clients = "") {
  return scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "constant(1/s)", "addresses": 1, "target": "app",
                 "connections": {{{}}}{}}},
      "app": {{"type": "app_server", "endpoints": {{"default": []}}}})json",
                              connections, clients),
                  duration, rest);
}

using Pair = std::pair<std::int64_t, std::int64_t>;

/// The latencies of the first request and of the second, in milliseconds.
Pair first_and_second(const std::string& connections) {
  const auto one = run_checked(one_user(connections, "1500ms"));
  const auto two = run_checked(one_user(connections, "2500ms"));
  EXPECT_EQ(one.requests.latency.count(), 1u);
  EXPECT_EQ(two.requests.latency.count(), 2u);
  const std::int64_t first = one.requests.latency.max();
  const std::int64_t both = std::llround(two.requests.latency.mean() * 2);
  return {first / millisecond, (both - first) / millisecond};
}

TEST(Connections, AHandshakeIsPaidByTheFirstRequestOnly) {
  // A round trip is 20 ms; the request itself is one. TCP takes one more, TLS 1.2 two more than
  // that, TLS 1.3 one. The second request finds the connection open.
  EXPECT_EQ(first_and_second(""), Pair(40, 20));
  EXPECT_EQ(first_and_second(R"("tls": "tls1.3")"), Pair(60, 20));
  EXPECT_EQ(first_and_second(R"("tls": "tls1.2")"), Pair(80, 20));
}

TEST(Connections, WithoutKeepAliveEachRequestPays) {
  EXPECT_EQ(first_and_second(R"("keep_alive": "0s")"), Pair(40, 40));
  EXPECT_EQ(first_and_second(R"("max_requests": 1)"), Pair(40, 40));
  // The connection is idle from 1.04 s on, and closed before the next request, or not.
  EXPECT_EQ(first_and_second(R"("keep_alive": "900ms")"), Pair(40, 40));
  EXPECT_EQ(first_and_second(R"("keep_alive": "970ms")"), Pair(40, 20));
}

TEST(Connections, ASessionIsResumed) {
  // Of the 80 ms of TLS 1.2 a session saves a round trip; early data all that TLS 1.3 takes.
  const std::string closed = R"("keep_alive": "0s", "tls": )";
  EXPECT_EQ(first_and_second(closed + R"("tls1.2", "resumption": "session")"), Pair(80, 60));
  EXPECT_EQ(first_and_second(closed + R"("tls1.3", "resumption": "session")"), Pair(60, 60));
  EXPECT_EQ(first_and_second(closed + R"("tls1.3", "resumption": "early_data")"), Pair(60, 40));
}

TEST(Connections, EarlyDataIsForReads) {
  const auto result =
      run_checked(one_user(R"("keep_alive": "0s", "tls": "tls1.3", "resumption": "early_data")",
                           "2500ms", network, R"(, "reads": "0%")"));
  EXPECT_EQ(result.requests.latency.min(), 60 * millisecond);
}

/// Three requests of one host at 1 s, each 100 ms of work; no latency between the nodes.
std::string three_at_once(const std::string& connections, const std::string& more = "") {
  return scenario(burst(3, "gate") + fmt::format(R"json(
      "gate": {{"type": "app_server", "endpoints": {{"default": [
        {{"type": "call", "target": "app", "connections": {{{}}}{}}}]}}}},
      "app": {{"type": "app_server", "endpoints": {{"default": ["sleep(100ms)"]}}}})json",
                                                 connections, more),
                  "1900ms", R"("network": {"default_latency": "0s"})");
}

TEST(Connections, APoolOfOneSerialises) {
  const auto result = run_checked(three_at_once(R"("max_connections": 1)"));
  EXPECT_EQ(latency_of(result, "c0"), 100 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 200 * millisecond);
  EXPECT_EQ(latency_of(result, "c2"), 300 * millisecond);
  EXPECT_EQ(scalar_of(result, "gate", "connections_opened"), 1);
  EXPECT_EQ(scalar_of(result, "gate", "connections_reused"), 2);
  EXPECT_EQ(scalar_of(result, "gate", "connections_waited"), 2);
}

TEST(Connections, APoolOfTwoServesTwoAtOnce) {
  const auto result = run_checked(three_at_once(R"("max_connections": 2)"));
  EXPECT_EQ(latency_of(result, "c1"), 100 * millisecond);
  EXPECT_EQ(latency_of(result, "c2"), 200 * millisecond);
}

TEST(Connections, StreamsShareOneConnection) {
  const auto result = run_checked(three_at_once(R"("max_connections": 1, "streams": 3)"));
  for (const char* name : {"c0", "c1", "c2"})
    EXPECT_EQ(latency_of(result, name), 100 * millisecond);
  EXPECT_EQ(scalar_of(result, "gate", "connections_opened"), 1);
}

TEST(Connections, WithTwoStreamsTheThirdRequestOpensAnotherConnection) {
  const auto result = run_checked(three_at_once(R"("streams": 2)"));
  for (const char* name : {"c0", "c1", "c2"})
    EXPECT_EQ(latency_of(result, name), 100 * millisecond);
  EXPECT_EQ(scalar_of(result, "gate", "connections_opened"), 2);
}

TEST(Connections, WaitingHasAnEnd) {
  const auto result =
      run_checked(three_at_once(R"("max_connections": 1, "wait_timeout": "150ms")"));
  EXPECT_EQ(latency_of(result, "c1"), 200 * millisecond);
  EXPECT_EQ(errors_of(result.requests.counts, "no_connection"), 1u);
  EXPECT_EQ(result.requests.counts.fail, 1u);
  EXPECT_EQ(received(result, "app"), 2u);
}

TEST(Connections, OnlySoManyMayWait) {
  const auto result = run_checked(three_at_once(R"("max_connections": 1, "queue_limit": 1)"));
  EXPECT_EQ(latency_of(result, "c1"), 200 * millisecond);
  EXPECT_EQ(errors_of(result.requests.counts, "no_connection"), 1u);
}

TEST(Connections, HowLongRequestsWaitIsMeasured) {
  // One connection for three requests of 100 ms: they wait for 0, 100 and 200 ms.
  const auto result = run_checked(three_at_once(R"("max_connections": 1)"));
  const sim::Histogram& wait =
      tests::node_of(result, "gate").histograms.at("connection_wait_seconds");
  EXPECT_EQ(wait.count(), 3u);
  EXPECT_EQ(wait.min(), 0);
  EXPECT_EQ(wait.max(), 200 * millisecond);
  // Of those that get none, too: the third gives up at 150 ms.
  const auto vain = run_checked(three_at_once(R"("max_connections": 1, "wait_timeout": "150ms")"));
  EXPECT_EQ(errors_of(vain.requests.counts, "no_connection"), 1u);
  EXPECT_EQ(tests::node_of(vain, "gate").histograms.at("connection_wait_seconds").max(),
            150 * millisecond);
  // Without a limit there is nothing to measure.
  EXPECT_FALSE(tests::node_of(run_checked(three_at_once("")), "gate")
                   .histograms.contains("connection_wait_seconds"));
}

TEST(Connections, AnOldOneIsClosedWhenItIsIdle) {
  // A request a second; the connection opened at 1.02 s is too old at 3.52 s: requests at 1, 2 and
  // 3 s share it, the one at 4 s opens another.
  const std::string aged = R"("max_lifetime": "2500ms", "lifetime_spread": "0%")";
  const auto three = run_checked(one_user(aged, "3900ms"));
  EXPECT_EQ(scalar_of(three, "users", "connections_opened"), 1);
  EXPECT_EQ(scalar_of(three, "users", "connections_expired"), 1) << "at its age, not when needed";
  const auto four = run_checked(one_user(aged, "4900ms"));
  EXPECT_EQ(scalar_of(four, "users", "connections_opened"), 2);
  EXPECT_EQ(four.requests.latency.max(), 40 * millisecond);
}

TEST(Connections, AnOldOneInUseIsNotClosedUnderItsRequest) {
  // It is 50 ms old when its first request is half done; that one is answered, the next pays.
  const auto result = run_checked(
      three_at_once(R"("max_connections": 1, "max_lifetime": "50ms", "lifetime_spread": "0%")"));
  EXPECT_EQ(result.requests.counts.ok, 3u);
  EXPECT_EQ(scalar_of(result, "gate", "connections_opened"), 3);
  EXPECT_EQ(scalar_of(result, "gate", "connections_expired"), 3);
}

TEST(Connections, OfManyStreamsAnOldOneTakesNoMore) {
  // Requests of 100 ms each 40 ms on connections of many streams: there is always one under way, so
  // the connection is never idle. At 150 ms of age it takes no more, and is closed when it can be.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(25/s)", "addresses": 1, "target": "app",
                "connections": {"streams": 100, "max_lifetime": "150ms", "lifetime_spread": "0%"}},
      "app": {"type": "app_server", "endpoints": {"default": ["sleep(100ms)"]}})json",
                                           "10s", R"("network": {"default_latency": "0s"})"));
  const double opened = scalar_of(result, "users", "connections_opened");
  EXPECT_GT(opened, 50);
  EXPECT_LT(opened, 70);
  EXPECT_GE(scalar_of(result, "users", "connections_expired"), opened - 1);
  EXPECT_EQ(result.requests.counts.fail + result.requests.counts.unknown, 0u);
}

TEST(Connections, LifetimesAreSpread) {
  // 100 connections opened together, 10 s long at the most. Without a spread all are opened anew in
  // one second; with half of the time they end between 5 and 10 s.
  const auto opened_at_6s = [](const std::string& spread) {
    const auto result = run_checked(scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "constant(1000/s)", "target": "gate"}},
      "gate": {{"type": "app_server", "endpoints": {{"default": [{{"type": "call", "target": "app",
          "connections": {{"max_connections": 100, "max_lifetime": "5s", "lifetime_spread": "{}"}}}}]}}}},
      "app": {{"type": "app_server", "endpoints": {{"default": ["sleep(99ms)"]}}}})json",
                                                         spread),
                                             "4900ms", R"("network": {"default_latency": "0s"})"));
    return scalar_of(result, "gate", "connections_opened");
  };
  EXPECT_LE(opened_at_6s("0%"), 100);
  // Of lifetimes between 2.5 and 5 s 96 % are over, and some of the second time.
  EXPECT_GT(opened_at_6s("50%"), 180);
}

TEST(Connections, UsersHaveConnectionsOfTheirOwn) {
  // 100 requests a second of 20 users: each opens one connection and uses it for ever.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(100/s)", "addresses": 20, "target": "app",
                "connections": {}},
      "app": {"type": "app_server", "endpoints": {"default": []}})json",
                                           "10s", network));
  EXPECT_GE(scalar_of(result, "users", "connections_opened"), 20);
  EXPECT_LE(scalar_of(result, "users", "connections_opened"), 60);
}

TEST(Connections, ARefusedConnectionFailsForCertain) {
  const auto result = run_checked(one_user(
      "", "1500ms", network + R"json(, "faults": [{"at": "0s", "fault": "crash(app)"}])json",
      R"(, "reads": "0%")"));
  EXPECT_EQ(result.requests.counts.fail, 1u);
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 1u);
  EXPECT_EQ(received(result, "app"), 0u);
  EXPECT_EQ(scalar_of(result, "users", "connections_failed"), 1);
}

TEST(Connections, AnIdleConnectionThatIsBrokenIsOpenedAgain) {
  // The app was down between the two requests: the second pays for a new connection.
  const auto result = run_checked(one_user(
      "", "2500ms",
      network +
          R"json(, "faults": [{"at": "1500ms", "for": "100ms", "fault": "crash(app)"}])json"));
  EXPECT_EQ(result.requests.latency.min(), 40 * millisecond);
  EXPECT_EQ(result.requests.counts.ok, 2u);
  EXPECT_EQ(scalar_of(result, "users", "connections_broken"), 1);
  EXPECT_EQ(scalar_of(result, "users", "connections_opened"), 2);
}

TEST(Connections, AReadThatIsResetOnAUsedConnectionIsSentOnceMore) {
  // The second request, 10 ms on its way, is at work (30 ms) from 2.01 s on. The crash at 2.02 s
  // resets it at 2.03 s. The app is up again at once: a new connection, 20 ms, and the request, 50
  // ms: 100 ms in all. A write must not be repeated.
  for (const bool read : {true, false}) {
    const auto result = run_checked(scenario(
        fmt::format(R"json(
        "users": {{"type": "clients", "arrivals": "constant(1/s)", "addresses": 1, "target": "app",
                   "connections": {{}}, "reads": "{}"}},
        "app": {{"type": "app_server", "endpoints": {{"default": ["sleep(30ms)"]}}}})json",
                    read ? "100%" : "0%"),
        "2500ms",
        network +
            R"json(, "faults": [{"at": "2020ms", "for": "1ms", "fault": "crash(app)"}])json"));
    if (read) {
      EXPECT_EQ(result.requests.latency.max(), 100 * millisecond);
    } else {
      EXPECT_EQ(result.requests.counts.unknown, 1u);
      EXPECT_EQ(errors_of(result.requests.counts, "reset"), 1u);
    }
  }
}

TEST(Connections, WhatIsLostHoldsUpAllStreamsOfItsConnection) {
  // A request each 10 ms, 1 ms there and 1 ms back. The one at 1.01 s is lost in a cut, sent again
  // 200 ms later, and answered at 1.212 s: 202 ms. On one connection of many streams the 19 after
  // it wait for it: 192, 182, .., 12 ms, with it 2140 ms; the first of all pays a handshake, 4 ms,
  // and 178 are answered in 2 ms. With one stream each the next one opens another connection, 4 ms,
  // and 196 are answered in 2 ms.
  for (const bool streams : {true, false}) {
    const auto result = run_checked(scenario(
        fmt::format(R"json(
        "users": {{"type": "clients", "arrivals": "constant(100/s)", "addresses": 1, "target": "app",
                   "connections": {{"streams": {}}}}},
        "app": {{"type": "app_server", "endpoints": {{"default": []}}}})json",
                    streams ? 100 : 1),
        "1995ms",
        R"json("network": {"default_latency": "1ms"}, "faults": [{"at": "1005ms", "for": "10ms",
               "fault": {"type": "partition", "groups": [["users"], ["app"]]}}])json"));
    EXPECT_EQ(result.requests.latency.count(), 199u);
    EXPECT_EQ(std::llround(result.requests.latency.mean() * 199 / millisecond),
              streams ? 4 + 2140 + 178 * 2 : 4 + 202 + 4 + 196 * 2);
    EXPECT_EQ(result.requests.latency.max(), 202 * millisecond);
  }
}

TEST(Connections, SaysWhatIsWrong) {
  EXPECT_EQ(tests::problems_of(one_user(R"("resumption": "early_data", "queue_limit": 3)", "1s")),
            "nodes.users.connections.queue_limit: has no effect without `max_connections`: nobody "
            "waits\n"
            "nodes.users.connections.resumption: only TLS 1.3 has early data; write \"tls\": "
            "\"tls1.3\", or \"resumption\": \"session\"\n");
}

}  // namespace
}  // namespace faultline
