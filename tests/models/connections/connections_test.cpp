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
