#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/models/storage/replication/store_user.hpp"
#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::node_of;
using tests::run_checked;
using tests::scalar_of;
using tests::StoreUser;
using namespace std::chrono_literals;

/// Three replicas with users beside each; what zone a tells zone c takes 300 ms, all else 10 ms. So
/// an answer from b reaches c before the post of a that it answers.
std::string slow_link(const std::string& replication, const std::string& faults = "",
                      const std::string& third_target = "db[2]") {
  std::string users;
  for (int i = 0; i < 3; ++i) {
    users += fmt::format(
        R"json("users{0}": {{"type": "clients", "users": 10, "think_time": "exponential(100ms)", "target": "{1}",
               "keys": "uniform(10)", "reads": "60%", "timeout": "2s", "zone": "{2}"}}, )json",
        i, i == 2 ? third_target : fmt::format("db[{}]", i), "abc"[i]);
  }
  return fmt::format(R"json({{"faultline": 1,
    "zones": {{"a": {{"region": "a"}}, "b": {{"region": "b"}}, "c": {{"region": "c"}}}},
    "nodes": {{{0} "db": {{"type": "database", "replicas": 3, "zones": ["a", "b", "c"], "service_time": "1ms",
                         "replication": {1}}}}},
    "network": {{"default_latency": "10ms", "links": [{{"from": "zone:a", "to": "zone:c", "latency": "300ms"}}]}},
    "faults": [{2}],
    "run": {{"duration": "30s", "seed": 1}}}})json",
                     users, replication, faults);
}

/// Answers overtake what they answer, and wait for it; nobody's request does.
TEST(Causal, KeepsTheOrderAcrossASlowLink) {
  const auto result = run_checked(slow_link("\"causal\""));
  EXPECT_EQ(result.requests.counts.fail + result.requests.counts.unknown, 0u);
  EXPECT_GT(scalar_of(result, "db[2]", "early_writes"), 200);
  EXPECT_EQ(scalar_of(result, "db[1]", "early_writes"), 0);  // It is near to both.
  for (const char* node : {"db[0]", "db[1]", "db[2]"}) {
    EXPECT_EQ(scalar_of(result, node, "session_waits"), 0) << node;
    // A request is a service time: nobody waits for another replica.
    EXPECT_LE(node_of(result, node).histograms.at("latency_seconds").max(), 5 * tests::millisecond);
  }
  const auto careless =
      run_checked(slow_link(R"json({"type": "causal", "dependencies": false})json"));
  EXPECT_EQ(scalar_of(careless, "db[2]", "early_writes"), 0);
}

/// Zone c is cut off for 10 s: its users are served as before, and so are the others.
TEST(Causal, BothSidesOfACutStayAvailable) {
  const auto result = run_checked(slow_link(
      "\"causal\"",
      R"json({"at": "10s", "for": "10s", "fault": {"type": "partition", "groups": [["zone:c"], ["zone:a", "zone:b"]]}})json"));
  EXPECT_EQ(result.requests.counts.fail + result.requests.counts.unknown, 0u);
  const auto& convergence = node_of(result, "db[0]").histograms.at("convergence_seconds");
  EXPECT_GT(convergence.max(), 9'000 * tests::millisecond);
  // A retry interval, the way, and until nobody has written the key for a while.
  EXPECT_LT(convergence.max(), 16'000 * tests::millisecond);
  EXPECT_LT(scalar_of(result, "db[0]", "oldest_divergence_seconds"), 5);
  EXPECT_GT(scalar_of(result, "db[2]", "conflicts"), 5);
}

/// Users whose requests go to all replicas in turns come to replicas that have not got what they
/// have just written: they wait for it, or are told less than they knew.
TEST(Causal, WhoMovesWaitsOrSeesLess) {
  const auto wait = run_checked(slow_link("\"causal\"", "", "db"));
  double waits = 0;
  for (const char* node : {"db[0]", "db[1]", "db[2]"}) {
    waits += scalar_of(wait, node, "session_waits");
    EXPECT_EQ(scalar_of(wait, node, "session_breaks"), 0);
    EXPECT_EQ(scalar_of(wait, node, "session_wait_failures"), 0);
  }
  EXPECT_GT(waits, 20);
  EXPECT_GT(node_of(wait, "db[2]").histograms.at("latency_seconds").max(),
            150 * tests::millisecond);
  const auto serve =
      run_checked(slow_link(R"json({"type": "causal", "moved_sessions": "serve"})json", "", "db"));
  double breaks = 0;
  for (const char* node : {"db[0]", "db[1]", "db[2]"}) {
    breaks += scalar_of(serve, node, "session_breaks");
  }
  EXPECT_GT(breaks, 20);
  EXPECT_LE(node_of(serve, "db[2]").histograms.at("latency_seconds").max(), 5 * tests::millisecond);
}

/// A cut between where a user was and where he comes: his past never comes, and he fails after the
/// wait limit. Causal consistency is available to who stays, not to who moves.
TEST(Causal, WhoMovesAcrossACutFails) {
  const auto result = run_checked(slow_link(
      R"json({"type": "causal", "wait_limit": "500ms"})json",
      R"json({"at": "10s", "for": "10s", "fault": {"type": "partition", "groups": [["db[2]"], ["db[0]", "db[1]"]]}})json",
      "db"));
  EXPECT_GT(scalar_of(result, "db[2]", "session_wait_failures"), 10);
  EXPECT_EQ(result.requests.counts.unknown, 0u);  // What was not begun certainly had no effect.
  EXPECT_GT(tests::errors_of(result.requests.counts, "timeout"), 10u);
}

/// Without the last writer's rule each replica keeps what it was shown last: after a time most keys
/// differ, until they are written again.
TEST(Causal, WithoutConvergenceReplicasStayApart) {
  const auto converging = run_checked(slow_link("\"causal\""));
  const auto apart = run_checked(slow_link(R"json({"type": "causal", "convergence": "none"})json"));
  EXPECT_EQ(apart.requests.counts.fail + apart.requests.counts.unknown, 0u);
  EXPECT_GT(scalar_of(apart, "db[0]", "divergent_keys_mean"),
            1.1 * scalar_of(converging, "db[0]", "divergent_keys_mean"));
}

TEST(Causal, ComesBackFromACrash) {
  const auto result = run_checked(
      slow_link("\"causal\"", R"json({"at": "10s", "for": "5s", "fault": "crash(db[1])"})json"));
  EXPECT_EQ(scalar_of(result, "db[1]", "full_states"), 2);
  EXPECT_EQ(scalar_of(result, "db[0]", "full_states"), 0);
  EXPECT_LT(scalar_of(result, "db[0]", "oldest_divergence_seconds"), 5);
}

/// Alice posts at one replica; Bob reads it there and answers at the other, which has not heard of
/// the post: it waits with Bob for it, and from then on shows both.
TEST(Causal, ASessionTakesWhatItHasReadWithIt) {
  StoreUser user("\"causal\"", 2, R"json("network": {"default_latency": "50ms"})json");
  user.write(0, 1, 100, 1);
  EXPECT_EQ(user.value(0, 1, 2), 100u);
  const sim::Time asked = user.now();
  user.write(1, 2, 200, 2);  // It took 50 ms to get here; the post had a head start of 100 ms.
  EXPECT_EQ(user.scalar(1, "session_waits"), 0);
  EXPECT_EQ(user.now() - asked, 100ms);
  EXPECT_EQ(user.value(1, 1, 3), 100u);
  EXPECT_EQ(user.value(1, 2, 3), 200u);
}

}  // namespace
}  // namespace faultline
