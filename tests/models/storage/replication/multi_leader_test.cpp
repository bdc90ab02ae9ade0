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

/// Users on two sides, each with a replica beside them, until 40 s of 60; 10 ms apart. Writers
/// stop, so that in the end everything that was to be told is told.
std::string two_sides(const std::string& replication, const std::string& faults,
                      const std::string& keys = "uniform(50)") {
  return fmt::format(R"json({{"faultline": 1,
    "zones": {{"eu": {{"region": "eu"}}, "us": {{"region": "us"}}}},
    "nodes": {{
      "eu": {{"type": "clients", "arrivals": "poisson(100/s)", "target": "db[0]", "keys": "{2}", "reads": "50%",
             "timeout": "1s", "zone": "eu", "profile": {{"type": "piecewise", "times": ["40s", "40s"], "factors": [1, 0]}}}},
      "us": {{"type": "clients", "arrivals": "poisson(100/s)", "target": "db[1]", "keys": "{2}", "reads": "50%",
             "timeout": "1s", "zone": "us", "profile": {{"type": "piecewise", "times": ["40s", "40s"], "factors": [1, 0]}}}},
      "db": {{"type": "database", "replicas": 2, "zones": ["eu", "us"], "service_time": "1ms", "replication": {0}}}
    }},
    "network": {{"default_latency": "10ms"}},
    "faults": [{1}],
    "run": {{"duration": "60s", "seed": 1}}}})json",
                     replication, faults, keys);
}

const std::string cut =
    R"json({"at": "10s", "for": "20s", "fault": {"type": "partition", "groups": [["zone:eu"], ["zone:us"]]}})json";

/// Every kind of data: nobody is turned away during the cut, all keys are apart by its end, and
/// within a retry interval (1 s), a sync interval and the way after it, all are the same again.
class MultiLeaderData : public testing::TestWithParam<const char*> {};

TEST_P(MultiLeaderData, BothSidesStayAvailableAndConvergeAfterTheCut) {
  const auto result = run_checked(two_sides(
      fmt::format(R"json({{"type": "multi_leader", "data": "{}"}})json", GetParam()), cut));
  EXPECT_EQ(result.requests.counts.ok, result.requests.counts.sent);
  EXPECT_GT(result.requests.counts.sent, 7000u);
  EXPECT_EQ(scalar_of(result, "db[0]", "divergent_keys"), 0);
  EXPECT_GE(scalar_of(result, "db[0]", "divergent_keys_max"), 49);
  const auto& convergence = node_of(result, "db[0]").histograms.at("convergence_seconds");
  EXPECT_GT(convergence.max(), 19'000 * tests::millisecond);
  EXPECT_LT(convergence.max(), 21'300 * tests::millisecond);
  EXPECT_EQ(scalar_of(result, "db[0]", "unacknowledged_changes"), 0);
  EXPECT_EQ(scalar_of(result, "db[1]", "unacknowledged_changes"), 0);
  EXPECT_EQ(scalar_of(result, "db[0]", "full_states"), 0);
}

INSTANTIATE_TEST_SUITE_P(All, MultiLeaderData,
                         testing::Values("lww_register", "mv_register", "g_counter", "pn_counter",
                                         "or_set"),
                         [](const auto& data) { return std::string(data.param); });

/// Without a fault a write is everywhere after at most a sync interval and the way: 110 ms; on
/// average after half of it.
TEST(MultiLeader, AWriteIsEverywhereAfterASyncInterval) {
  const auto result = run_checked(
      two_sides(R"json({"type": "multi_leader", "data": "g_counter"})json", "", "uniform(100000)"));
  const auto& convergence = node_of(result, "db[0]").histograms.at("convergence_seconds");
  EXPECT_GT(convergence.count(), 3500u);
  EXPECT_LE(convergence.max(), 210 * tests::millisecond);  // Two who wrote the same key.
  EXPECT_NEAR(convergence.mean(), 60 * tests::millisecond, 3 * tests::millisecond);
}

/// The clock of one replica is 500 ms behind: what it writes to a key that the other wrote less
/// than that before is lost, if it had heard of it. A multi-value register asks no clock: its users
/// find the same siblings whether clocks are right or wrong.
TEST(MultiLeader, ClocksThatAreWrongLoseWrites) {
  const std::string skew =
      R"json({"at": "0s", "for": "60s", "fault": "clock_skew(db[1], -500ms)"})json";
  const std::string lww = R"json({"type": "multi_leader", "data": "lww_register"})json";
  const auto right = run_checked(two_sides(lww, ""));
  EXPECT_EQ(scalar_of(right, "db[0]", "clock_losses"), 0);
  EXPECT_EQ(scalar_of(right, "db[1]", "clock_losses"), 0);
  const auto wrong = run_checked(two_sides(lww, skew));
  EXPECT_EQ(scalar_of(wrong, "db[0]", "clock_losses"), 0);
  // A key is written once a second by each side. Of db[1]'s writes those are lost that find a value
  // of db[0] less than 500 ms old which came, 60 ms on average after it was written: exp(-.06) -
  // exp(-.5) = .335 of 2000.
  EXPECT_NEAR(scalar_of(wrong, "db[1]", "clock_losses"), 670, 80);
  const std::string mv = R"json({"type": "multi_leader", "data": "mv_register"})json";
  EXPECT_EQ(scalar_of(run_checked(two_sides(mv, skew)), "db[1]", "siblings_mean"),
            scalar_of(run_checked(two_sides(mv, "")), "db[1]", "siblings_mean"));
}

/// Writes to one key at the same time: of a last-writer register one is dropped, a multi-value
/// register keeps both until somebody writes who has seen them.
TEST(MultiLeader, ConcurrentWritesAreConflictsOrSiblings) {
  const auto lww = run_checked(
      two_sides(R"json({"type": "multi_leader", "data": "lww_register"})json", cut, "uniform(5)"));
  EXPECT_GT(scalar_of(lww, "db[0]", "conflicts") + scalar_of(lww, "db[1]", "conflicts"), 100);
  const auto mv = run_checked(
      two_sides(R"json({"type": "multi_leader", "data": "mv_register"})json", cut, "uniform(5)"));
  EXPECT_GT(scalar_of(mv, "db[0]", "siblings_mean"), 1.05);
  EXPECT_GE(scalar_of(mv, "db[0]", "siblings_max"), 2);
}

/// A replica that crashes has its data on disk but not its memory of who has what: it sends
/// everything once, and so do those whom it lacks changes of.
TEST(MultiLeader, ComesBackFromACrash) {
  const auto result =
      run_checked(two_sides(R"json({"type": "multi_leader", "data": "or_set"})json",
                            R"json({"at": "10s", "for": "10s", "fault": "crash(db[0])"})json"));
  EXPECT_EQ(scalar_of(result, "db[0]", "divergent_keys"), 0);
  EXPECT_EQ(scalar_of(result, "db[0]", "full_states"), 1);
  EXPECT_EQ(scalar_of(result, "db[1]", "full_states"), 0);
  EXPECT_EQ(scalar_of(result, "db[1]", "unacknowledged_changes"), 0);
}

/// Of a short buffer nothing but everything is left for who was away.
TEST(MultiLeader, WhoLacksMoreThanIsKeptIsSentEverything) {
  const auto result = run_checked(two_sides(
      R"json({"type": "multi_leader", "data": "g_counter", "buffer_limit": 10})json", cut));
  EXPECT_EQ(scalar_of(result, "db[0]", "divergent_keys"), 0);
  EXPECT_GE(scalar_of(result, "db[0]", "full_states"), 1);
}

/// Deltas of counters are small: a group of the keys changed in a sync interval, 5 of them, is 48 +
/// 5 * 20 bytes; the states of all 1000 keys are 48 + 1000 * 32.
TEST(MultiLeader, DeltasAreSmallerThanStates) {
  const auto deltas = run_checked(
      two_sides(R"json({"type": "multi_leader", "data": "g_counter"})json", "", "uniform(1000)"));
  const auto states = run_checked(two_sides(
      R"json({"type": "multi_leader", "data": "g_counter", "full_state_interval": "100ms"})json",
      "", "uniform(1000)"));
  EXPECT_EQ(scalar_of(states, "db[0]", "divergent_keys"), 0);
  EXPECT_GT(scalar_of(states, "db[0]", "sync_bytes"),
            30 * scalar_of(deltas, "db[0]", "sync_bytes"));
}

TEST(MultiLeader, SetsStayAsSmallAsTheyAreTold) {
  const auto few = run_checked(two_sides(
      R"json({"type": "multi_leader", "data": "or_set", "elements": 4, "full_state_interval": "50s"})json",
      ""));
  const auto many = run_checked(two_sides(
      R"json({"type": "multi_leader", "data": "or_set", "elements": 1000, "full_state_interval": "50s"})json",
      ""));
  EXPECT_GT(scalar_of(many, "db[0]", "sync_bytes"), 1.2 * scalar_of(few, "db[0]", "sync_bytes"));
}

/// One who writes at two replicas at the same time, and what he reads a second later at both.
std::string kind(const std::string& data, const std::string& more = "") {
  return fmt::format(R"({{"type": "multi_leader", "data": "{}"{}}})", data, more);
}

TEST(MultiLeader, ARegisterHoldsTheLastWrite) {
  StoreUser user(kind("lww_register"), 2);
  EXPECT_EQ(user.value(0, 7), 0u);
  user.write(0, 7, 100);
  EXPECT_EQ(user.value(0, 7), 100u);
  EXPECT_EQ(user.value(1, 7), 0u);  // Not told yet.
  user.run_for(1s);
  EXPECT_EQ(user.value(1, 7), 100u);
  user.write(0, 7, 101);
  user.run_for(1ms);
  user.write(1, 7, 102);
  user.run_for(1s);
  EXPECT_EQ(user.value(0, 7), 102u);
  EXPECT_EQ(user.value(1, 7), 102u);
  EXPECT_EQ(user.scalar(0, "conflicts"), 1);  // 101 gave way.
  EXPECT_EQ(user.scalar(1, "conflicts"), 0);
}

TEST(MultiLeader, SiblingsStayUntilSomebodyWritesWhoHasSeenThem) {
  StoreUser user(kind("mv_register"), 2);
  user.write(0, 7, 100);
  user.write(1, 7, 200);
  user.run_for(1s);
  EXPECT_EQ(user.value(0, 7), 200u);  // Of both, that of the larger replica.
  EXPECT_EQ(user.value(1, 7), 200u);
  EXPECT_EQ(user.scalar(0, "siblings_max"), 2);
  EXPECT_EQ(user.sum("conflicts"), 2);  // Each of the two values met the other.
  user.write(0, 7, 300);
  user.run_for(1s);
  EXPECT_EQ(user.value(1, 7), 300u);
}

TEST(MultiLeader, CountersCountEveryWrite) {
  StoreUser up(kind("g_counter"), 3);
  for (std::uint64_t value = 1; value <= 10; ++value) up.write(value % 3, 7, value);
  up.run_for(1s);
  for (std::size_t member = 0; member < 3; ++member) EXPECT_EQ(up.value(member, 7), 10u);
  StoreUser down(kind("pn_counter", R"(, "decrements": "100%")"), 2);
  for (std::uint64_t value = 1; value <= 4; ++value) down.write(value % 2, 7, value);
  down.run_for(1s);
  EXPECT_EQ(static_cast<std::int64_t>(down.value(0, 7)), -4);
  StoreUser both(kind("pn_counter", R"(, "decrements": "25%")"), 2);
  for (std::uint64_t value = 1; value <= 1000; ++value) both.write(value % 2, 7, value);
  both.run_for(1s);
  // 1000 writes, a quarter of which takes one: 500, give or take 4 * 2 * sqrt(187).
  EXPECT_NEAR(static_cast<double>(both.value(0, 7)), 500, 110);
  EXPECT_EQ(both.value(0, 7), both.value(1, 7));
}

/// The number that a read finds is the same for the same elements and no others.
TEST(MultiLeader, SetsAreToldByANumber) {
  StoreUser user(kind("or_set", R"(, "elements": 2)"), 2);
  EXPECT_EQ(user.value(0, 7), 0u);
  user.write(0, 7, 100);
  const auto one = user.value(0, 7);
  EXPECT_NE(one, 0u);
  user.write(1, 7, 200);
  user.run_for(1s);
  const auto two = user.value(0, 7);
  EXPECT_NE(two, one);
  EXPECT_EQ(user.value(1, 7), two);
  user.write(0, 8, 200);
  user.write(0, 8, 100);
  EXPECT_EQ(user.value(0, 8), two);  // In whatever order.
  user.write(0, 7, 300);             // Drives out 100, the smallest.
  user.write(0, 9, 200);
  user.write(0, 9, 300);
  EXPECT_EQ(user.value(0, 7), user.value(0, 9));
}

}  // namespace
}  // namespace faultline
