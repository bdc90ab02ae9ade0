#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::millisecond;
using tests::node_of;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// Ten requests a second, at 0.1 s, 0.2 s, .., of users with `clients`, to two apps that answer at
/// once behind a balancer with `balancer`.
std::string balanced(const std::string& clients, const std::string& balancer,
                     const std::string& duration, const std::string& rest = "",
                     const std::string& steps = "") {
  return scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "constant(10/s)", "target": "lb", {}}},
      "lb": {{"type": "l4_balancer", "backends": ["app"]{}}},
      "app": {{"type": "app_server", "replicas": 2, "endpoints": {{"default": [{}]}}}})json",
                              clients, balancer, steps),
                  duration, rest.empty() ? R"("network": {"default_latency": "0s"})" : rest);
}

const std::string one_user = R"("addresses": 1)";
const std::string one_connection = R"("addresses": 1, "connections": {})";
const std::string slow_network = R"("network": {"default_latency": "10ms"})";

TEST(L4Balancer, ARequestWithoutAConnectionIsOneOfItsOwn) {
  const auto result = run_checked(balanced(one_user, "", "2050ms"));
  EXPECT_EQ(received(result, "app[0]"), 10u);
  EXPECT_EQ(received(result, "app[1]"), 10u);
  EXPECT_EQ(scalar_of(result, "lb", "connections_accepted"), 20);
}

TEST(L4Balancer, WhatComesByOneConnectionStaysTogether) {
  const auto result = run_checked(balanced(one_connection, "", "2050ms"));
  EXPECT_EQ(received(result, "app[0]"), 20u);
  EXPECT_EQ(received(result, "app[1]"), 0u);
  EXPECT_EQ(received(result, "lb"), 20u);
  EXPECT_EQ(scalar_of(result, "lb", "connections_accepted"), 1);
}

TEST(L4Balancer, ConnectionsThatAreClosedAreSpread) {
  const auto result =
      run_checked(balanced(R"("addresses": 1, "connections": {"max_requests": 5})", "", "2050ms"));
  EXPECT_EQ(received(result, "app[0]"), 10u);
  EXPECT_EQ(received(result, "app[1]"), 10u);
  EXPECT_NEAR(scalar_of(result, "lb", "connections_held_mean"), 0.8 / 1, 0.15);
}

TEST(L4Balancer, AnswersGoThroughItOrStraightToTheCaller) {
  // Four ways of 10 ms and two passes of 1 ms; straight, three ways and one pass. Opening the
  // connection takes as long again.
  const auto min_and_max = [](const std::string& clients, const std::string& reply) {
    const auto result = run_checked(
        balanced(clients, fmt::format(R"(, "service_time": "1ms", "reply": "{}")", reply), "1950ms",
                 slow_network));
    EXPECT_EQ(result.requests.counts.fail, 0u);
    return std::pair(result.requests.latency.min() / millisecond,
                     result.requests.latency.max() / millisecond);
  };
  EXPECT_EQ(min_and_max(one_user, "proxy"), std::pair(std::int64_t{42}, std::int64_t{42}));
  EXPECT_EQ(min_and_max(one_user, "direct"), std::pair(std::int64_t{31}, std::int64_t{31}));
  EXPECT_EQ(min_and_max(one_connection, "proxy"), std::pair(std::int64_t{42}, std::int64_t{84}));
  EXPECT_EQ(min_and_max(one_connection, "direct"), std::pair(std::int64_t{31}, std::int64_t{62}));
}

TEST(L4Balancer, AConnectionThatIsRefusedGoesElsewhere) {
  // app[0] is down. The first connection is tried on it and then given to app[1]; for 10 s app[0]
  // is left out.
  for (const std::string& clients : {one_user, one_connection}) {
    const auto result = run_checked(balanced(clients, "", "5050ms",
                                             R"json("network": {"default_latency": "0s"},
                        "faults": [{"at": "0s", "fault": "crash(app[0])"}])json"));
    EXPECT_EQ(result.requests.counts.ok, 50u);
    EXPECT_EQ(received(result, "app[1]"), 50u);
  }
}

TEST(L4Balancer, WithoutAnyBackendItTurnsAway) {
  const auto result = run_checked(balanced(one_connection, "", "5050ms",
                                           R"json("network": {"default_latency": "0s"},
                      "faults": [{"at": "0s", "fault": "crash(app)"}])json"));
  // The first is refused by both; then both are left out.
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 1u);
  EXPECT_EQ(errors_of(result.requests.counts, "rejected"), 49u);
  EXPECT_EQ(result.requests.counts.fail, 50u);
}

TEST(L4Balancer, ABackendThatCrashesTakesItsConnectionsWithIt) {
  // The connection belongs to app[0], which crashes for good at 1.05 s. The read of 1.1 s is reset
  // and sent again on a new connection, to app[1]; a write would be lost. All later ones follow.
  for (const bool read : {true, false}) {
    const auto result = run_checked(balanced(
        one_connection + fmt::format(R"(, "reads": "{}")", read ? "100%" : "0%"), "", "2050ms",
        R"json("network": {"default_latency": "0s"},
               "faults": [{"at": "1050ms", "fault": "crash(app[0])"}])json"));
    EXPECT_EQ(node_of(result, "app[0]").counts.ok, 10u);
    EXPECT_EQ(received(result, "app[1]"), read ? 10u : 9u);
    EXPECT_EQ(result.requests.counts.unknown, read ? 0u : 1u);
    EXPECT_EQ(scalar_of(result, "lb", "resets"), 1);
  }
}

TEST(L4Balancer, LongConnectionsDoNotMoveToABackendThatIsBack) {
  // Twenty users hold a connection each. app[0] crashes at 5.05 s, when all have one, and is back
  // at once, but by then its connections have moved or do so one after the other: those of app[1]
  // stay where they are for ever.
  const auto result =
      run_checked(balanced(R"("addresses": 20, "connections": {"keep_alive": "1h"})", "", "60050ms",
                           R"json("network": {"default_latency": "0s"},
             "faults": [{"at": "30050ms", "for": "10s", "fault": "crash(app[0])"}])json"));
  EXPECT_EQ(result.requests.counts.fail, 0u);
  // Half of the first 300, and of the others the few whose users came back after 40 s.
  EXPECT_GT(received(result, "app[1]"), 390u);
}

TEST(L4Balancer, ADrainedBackendKeepsItsConnectionsUntilTheTimeIsUp) {
  // From 1.05 s on app[0] gets no new connections, and at 2.05 s loses those it has.
  const auto drain = [](const std::string& timeout) {
    return run_checked(
        balanced(one_connection,
                 fmt::format(R"(, "drain": [{{"backend": "app[0]", "at": "1050ms"{}}}])", timeout),
                 "3050ms"));
  };
  const auto kept = drain("");
  EXPECT_EQ(received(kept, "app[0]"), 30u);
  const auto cut = drain(R"(, "timeout": "1s")");
  EXPECT_EQ(received(cut, "app[0]"), 20u);
  EXPECT_EQ(received(cut, "app[1]"), 10u);
  EXPECT_EQ(cut.requests.counts.fail, 0u);
}

TEST(L4Balancer, ForgetsConnectionsThatAreIdle) {
  // Ten requests a second are one each 100 ms; a table that forgets after 50 ms resets each but the
  // first, and each is sent again on a new connection.
  const auto result =
      run_checked(balanced(one_connection, R"(, "idle_timeout": "50ms")", "1050ms"));
  EXPECT_EQ(result.requests.counts.ok, 10u);
  EXPECT_EQ(scalar_of(result, "lb", "resets"), 9);
  EXPECT_EQ(scalar_of(result, "lb", "connections_forgotten"), 9);
  EXPECT_EQ(scalar_of(result, "users", "connections_opened"), 10);
}

TEST(L4Balancer, LeastConnectionsCountsConnections) {
  // Requests take 1 s, so ten are under way at any time: five at each.
  const auto result = run_checked(balanced(one_user, R"(, "policy": "least_connections")",
                                           "10050ms", "", R"json("sleep(1s)")json"));
  EXPECT_EQ(received(result, "app[0]"), 50u);
}

TEST(L4Balancer, HoldsOnlySoManyConnections) {
  const auto result = run_checked(
      balanced(one_user, R"(, "max_connections": 5)", "950ms", "", R"json("sleep(10s)")json"));
  EXPECT_EQ(errors_of(result.requests.counts, "rejected"), 4u);
  EXPECT_EQ(scalar_of(result, "lb", "connections_turned_away"), 4);
}

TEST(L4Balancer, ACrashForgetsTheTable) {
  const auto result = run_checked(balanced(one_connection, "", "3050ms",
                                           R"json("network": {"default_latency": "0s"},
                      "faults": [{"at": "1010ms", "for": "10ms", "fault": "crash(lb)"}])json"));
  EXPECT_EQ(result.requests.counts.ok, 30u);
  EXPECT_EQ(scalar_of(result, "lb", "connections_accepted"), 2);
}

TEST(L4Balancer, SourceHashKeepsTheUsersOfOneAddressTogether) {
  // Each request is a connection of its own, but the address decides.
  for (const char* policy : {"ip_hash", "maglev"}) {
    const auto result =
        run_checked(balanced(one_user, fmt::format(R"(, "policy": "{}")", policy), "2050ms"));
    const bool together = received(result, "app[0]") == 20 || received(result, "app[1]") == 20;
    EXPECT_EQ(together, std::string(policy) == "ip_hash") << policy;
  }
}

TEST(L4Balancer, SaysWhatIsWrong) {
  EXPECT_EQ(tests::problems_of(balanced(
                one_user, R"(, "weights": {"ap": 1}, "drain": [{"backend": "users"}])", "1s")),
            "nodes.lb.drain[0].backend: is not among the backends\n"
            "nodes.lb.weights.ap: is not among the backends\n");
}

}  // namespace
}  // namespace faultline
