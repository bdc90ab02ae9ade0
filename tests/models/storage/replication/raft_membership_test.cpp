/// Changes of the membership: the order of an operator, as the core carries it out and as a whole
/// group of replicas does.
#include "models/storage/replication/raft_membership.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/models/algorithms/consensus/raft_group.hpp"
#include "tests/models/storage/replication/store_user.hpp"

namespace faultline {
namespace {

using namespace std::chrono_literals;
using models::PeerId;
using models::RaftMembershipChanges;
using sim::Outcome;
using sim::Reason;
using tests::RaftGroup;
using tests::StoreUser;

// --- The orders ---------------------------------------------------------------------------------

TEST(RaftMembershipChanges, WhatChangesNothingOrLeavesNobodyIsRefused) {
  RaftMembershipChanges changes({1, 2, 3});
  EXPECT_FALSE(changes.order({.add = {2}}, 0s));
  EXPECT_FALSE(changes.order({.remove = {4}}, 0s));
  EXPECT_FALSE(changes.order({.remove = {1, 2, 3}}, 0s));
  EXPECT_FALSE(changes.some_left());
  // Each stands on the one before: first 4 is there, so that it can go, and then it cannot.
  EXPECT_TRUE(changes.order({.add = {4}}, 0s));
  EXPECT_FALSE(changes.order({.add = {4}}, 0s));
  EXPECT_TRUE(changes.order({.remove = {4}}, 0s));
  EXPECT_FALSE(changes.order({.remove = {4}}, 0s));
  EXPECT_TRUE(changes.some_left());
  EXPECT_EQ(changes.voters(), 3u);
}

RaftGroup::Settings three_and(std::size_t spares) {
  RaftGroup::Settings settings;
  settings.members = 3;
  settings.spares = spares;
  return settings;
}

/// Lets all members look after the orders every millisecond until all are done.
bool carry_out(RaftGroup& group, RaftMembershipChanges& changes, sim::Duration time,
               std::vector<PeerId> members) {
  const sim::Duration until = group.now() + time;
  while (changes.some_left() && group.now() < until) {
    for (const PeerId id : members) {
      if (!group.up(id)) continue;
      changes.take_done(group.raft(id));
      if (changes.advance(group.raft(id), group.now(), 1s)) group.propose(id);
    }
    group.run_for(1ms);
  }
  return !changes.some_left();
}

TEST(RaftMembershipChanges, ThreeBecomeFiveAndThreeAgain) {
  RaftGroup group(three_and(2));
  ASSERT_NE(group.run_until_led(10s), models::nobody);
  group.run_for(50ms);
  RaftMembershipChanges changes({1, 2, 3});
  ASSERT_TRUE(changes.order({.add = {4, 5}}, group.now()));
  ASSERT_TRUE(changes.order({.remove = {1, 2}}, group.now()));
  ASSERT_TRUE(carry_out(group, changes, 20s, {1, 2, 3, 4, 5}));
  EXPECT_EQ(changes.voters(), 3u);
  group.run_for(5s);
  const PeerId leader = group.leader();
  EXPECT_GE(leader, 3u);
  EXPECT_EQ(group.raft(leader).membership().voters, (std::vector<PeerId>{3, 4, 5}));
  EXPECT_TRUE(group.raft(leader).membership().learners.empty());
  EXPECT_FALSE(group.violation());
}

/// {1, 2, 3} stands in the log of one who was cut off when 3 went, and is what the next order wants
/// again: it is not done before a new entry says so.
TEST(RaftMembershipChanges, AMembershipOfThePastIsNotTakenForANewOne) {
  RaftGroup group(three_and(0));
  ASSERT_NE(group.run_until_led(10s), models::nobody);
  group.run_for(50ms);
  const PeerId leader = group.leader();
  const PeerId cut_off = leader == 3 ? 2 : 3;
  const PeerId stays = 6 - leader - cut_off;
  group.partition({cut_off});
  RaftMembershipChanges changes({1, 2, 3});
  ASSERT_TRUE(changes.order({.remove = {cut_off}}, group.now()));
  ASSERT_TRUE(carry_out(group, changes, 5s, {leader, stays}));
  EXPECT_EQ(changes.voters(), 2u);
  ASSERT_TRUE(changes.order({.add = {cut_off}}, group.now()));
  EXPECT_EQ(group.raft(cut_off).membership().voters.size(), 3u);
  EXPECT_FALSE(changes.take_done(group.raft(cut_off)));
  group.heal();
  ASSERT_TRUE(carry_out(group, changes, 20s, {leader, stays}));
  EXPECT_EQ(changes.voters(), 3u);
}

// --- The group of replicas ----------------------------------------------------------------------

constexpr auto first_three =
    R"json({"type": "raft", "initial_members": 3, "preferred_leader": 0})json";

std::string with(const std::string& faults, const std::string& links = "") {
  return fmt::format(R"json("network": {{"default_latency": "1ms"{}}}, "faults": [{}])json", links,
                     faults);
}

TEST(RaftMembership, WhoStandsByRefusesUntilItIsAdded) {
  StoreUser user(first_three, 5, with(R"json({"at": "20s", "for": "1s", "fault":
      {"type": "change_members", "add": ["db[3]", "db[4]"]}})json"));
  user.run_until(15s);
  EXPECT_EQ(user.leaders(), std::vector<std::size_t>{0});
  ASSERT_TRUE(user.write(0, 7, 100).is_ok());
  const sim::Reply refused = user.write(3, 7, 200);
  EXPECT_EQ(refused.outcome, Outcome::fail);
  EXPECT_EQ(refused.reason, Reason::refused);
  EXPECT_EQ(user.sum("voter"), 3);
  user.run_until(25s);
  EXPECT_EQ(user.sum("voter"), 5);
  EXPECT_EQ(user.value(3, 7), 100u);
  EXPECT_TRUE(user.write(4, 7, 300).is_ok());
  EXPECT_EQ(user.scalar(0, "membership_changes"), 1);
  EXPECT_EQ(user.scalar(0, "membership_changes_refused"), 0);
}

TEST(RaftMembership, FiveMembersBearTwoCrashesWhereThreeDidNot) {
  for (const bool grown : {false, true}) {
    StoreUser user(
        first_three, 5,
        with(fmt::format(
            R"json({}{{"at": "30s", "fault": "crash(db[0])"}}, {{"at": "30s", "fault": "crash(db[1])"}})json",
            grown
                ? R"json({"at": "20s", "for": "1s", "fault": "change_members([db[3], db[4]])"}, )json"
                : "")));
    user.run_until(35s);
    EXPECT_EQ(user.write(2, 7, 100).is_ok(), grown);
  }
}

/// The new membership is committed two round trips of 2 ms after the order, one for each step;
/// before, the learners have theirs, and what they miss is sent behind what they answer.
TEST(RaftMembership, AChangeTakesRoundTrips) {
  for (const bool learners_first : {false, true}) {
    const auto result = tests::run_checked(tests::warmed_scenario(
        fmt::format(
            R"json("db": {{"type": "database", "replicas": 5, "service_time": "0s", "replication": {}}})json",
            first_three),
        "30s", "5s",
        with(fmt::format(
            R"json({{"at": "20s", "for": "1s", "fault": {{"type": "change_members", "add": ["db[3]", "db[4]"], "learners_first": {}}}}})json",
            learners_first))));
    const auto& took = tests::node_of(result, "db[0]").histograms.at("membership_change_seconds");
    ASSERT_EQ(took.count(), 1u);
    if (learners_first) {
      EXPECT_GT(took.max(), 4 * tests::millisecond);
      EXPECT_LE(took.max(), 12 * tests::millisecond);
    } else {
      // Five and three need a new one each: its log is behind, so it answers twice.
      EXPECT_LE(took.max(), 8 * tests::millisecond);
      EXPECT_GE(took.max(), 4 * tests::millisecond);
    }
  }
}

/// It carries the change through without counting itself, and leaves when it is committed; then
/// nobody leads until one of the others has waited 1 s to 2 s since it heard of it last.
TEST(RaftMembership, ALeaderThatIsRemovedStepsDown) {
  StoreUser user(
      first_three, 3,
      with(R"json({"at": "20s", "for": "1s", "fault": "change_members(remove=[db[0]])"})json"));
  user.run_until(19s);
  ASSERT_EQ(user.leaders(), std::vector<std::size_t>{0});
  ASSERT_TRUE(user.write(0, 7, 100).is_ok());
  user.run_until(20100ms);
  EXPECT_TRUE(user.leaders().empty());
  EXPECT_EQ(user.scalar(0, "left_as_leader"), 1);
  EXPECT_EQ(user.scalar(0, "voter"), 0);
  EXPECT_EQ(user.scalar(0, "membership_changes"), 1);
  EXPECT_EQ(user.write(0, 7, 200).reason, Reason::refused);
  user.run_until(25s);
  ASSERT_EQ(user.leaders().size(), 1u);
  EXPECT_NE(user.leaders().front(), 0u);
  EXPECT_EQ(user.value(1, 7), 100u);
  const double leaderless = user.scalar(0, "leaderless_seconds");
  user.run_until(60s);
  // Who has left disturbs nobody, and stays out.
  EXPECT_EQ(user.scalar(0, "leaderless_seconds"), leaderless);
  EXPECT_EQ(user.scalar(0, "elections_won"), 1);
}

/// One of three is gone for good and another takes its place, with some 150 KB to learn over a line
/// of 400 kbit/s: 3 s. As a voter it would be needed at once: nothing is written until it has
/// learnt, and the leader steps down because it does not hear of three of four.
TEST(RaftMembership, NobodyWaitsForALearner) {
  for (const bool learners_first : {true, false}) {
    StoreUser user(
        R"json({"type": "raft", "initial_members": 3, "preferred_leader": 0, "snapshot_every": 100,
                "log_kept": 10})json",
        4,
        with(
            fmt::format(
                R"json({{"at": "15s", "fault": "crash(db[2])"}},
                 {{"at": "20s", "for": "1s", "fault": {{"type": "change_members", "add": ["db[3]"], "learners_first": {}}}}},
                 {{"at": "40s", "for": "1s", "fault": "change_members(remove=[db[2]])"}})json",
                learners_first),
            R"json(, "links": [{"from": "db[0]", "to": "db[3]", "latency": "1ms", "bandwidth": "400kbit/s"}])json"));
    user.run_until(10s);
    for (std::uint64_t key = 0; key < 1000; ++key) {
      ASSERT_TRUE(user.write(0, key, 1 + key).is_ok());
    }
    user.run_until(20100ms);
    const double leaderless = user.scalar(0, "leaderless_seconds");
    std::vector<std::shared_ptr<StoreUser::Asked>> writes;
    for (int turn = 0; turn < 20; ++turn) {
      writes.push_back(user.begin_write(0, 7, 5000 + static_cast<std::uint64_t>(turn)));
      user.run_for(100ms);
    }
    int done = 0;
    for (const auto& write : writes) done += write->reply && write->reply->is_ok() ? 1 : 0;
    EXPECT_EQ(done, learners_first ? 20 : 0);
    EXPECT_EQ(user.scalar(0, "membership_changes"), 0);
    EXPECT_EQ(user.scalar(0, "leaderless_seconds") > leaderless, !learners_first);
    user.run_until(60s);
    // In the end all is as it was ordered.
    EXPECT_EQ(user.scalar(0, "membership_changes"), 2);
    EXPECT_EQ(user.value(3, 999), 1000u);
    EXPECT_EQ(user.scalar(0, "voter") + user.scalar(1, "voter") + user.scalar(3, "voter"), 3);
  }
}

/// Who ordered it need not know who leads: the leader falls before it is done, and the next one
/// finds the order.
TEST(RaftMembership, AnOrderOutlivesTheLeader) {
  StoreUser user(first_three, 5, with(R"json(
      {"at": "20s", "for": "5s", "fault": "crash(db[0])"},
      {"at": "20100ms", "for": "1s", "fault": {"type": "change_members", "add": ["db[3]", "db[4]"]}})json"));
  user.run_until(20500ms);
  EXPECT_EQ(user.scalar(0, "membership_changes"), 0);
  user.run_until(24s);
  EXPECT_EQ(user.scalar(0, "membership_changes"), 1);
  user.run_until(40s);
  // It is told when it is back.
  EXPECT_EQ(user.sum("voter"), 5);
}

/// A cut between {0, 3, 4} and {1, 2}, and in it the order that {0, 1, 2} become {0, 3, 4}.
///
/// By two majorities without a joint step both sides are one: two leaders, and what one of them
/// acknowledged is lost. By joint consensus neither side is, as a decision takes a majority of the
/// old three and of the new. And with learners first the change waits until those who are to come
/// can be reached, so the majority of the old three works on.
TEST(RaftMembership, WithoutTheJointStepTwoMajoritiesCanMissEachOther) {
  struct Case {
    const char* mistake;
    bool learners_first;
    bool served_here;
    bool served_there;
  };
  for (const Case& test : {Case{"unjoined_membership", false, true, true},
                           Case{"none", false, false, false}, Case{"none", true, false, true}}) {
    SCOPED_TRACE(fmt::format("{} {}", test.mistake, test.learners_first));
    StoreUser user(
        fmt::format(
            R"json({{"type": "raft", "initial_members": 3, "preferred_leader": 0, "mistake": "{}"}})json",
            test.mistake),
        5,
        with(fmt::format(
            R"json({{"at": "20s", "for": "20s", "fault": {{"type": "partition", "groups": [["db[0]", "db[3]", "db[4]"], ["db[1]", "db[2]"]]}}}},
            {{"at": "20200ms", "for": "1s", "fault": {{"type": "change_members", "add": ["db[3]", "db[4]"], "remove": ["db[1]", "db[2]"], "learners_first": {}}}}})json",
            test.learners_first)));
    user.run_until(30s);
    EXPECT_EQ(user.write(0, 7, 100).is_ok(), test.served_here);
    EXPECT_EQ(user.write(1, 7, 200).is_ok(), test.served_there);
    EXPECT_EQ(user.scalar(0, "membership_changes"), test.served_here ? 1 : 0);
    user.run_until(50s);
    if (test.served_here) continue;  // Two histories: nothing can be promised of what is left.
    EXPECT_EQ(user.scalar(0, "membership_changes"), 1);
    ASSERT_TRUE(user.write(0, 8, 300).is_ok());
    EXPECT_EQ(user.value(3, 8), 300u);
    if (test.served_there) {
      EXPECT_EQ(user.value(0, 7), 200u);
    }
  }
}

TEST(RaftMembership, SaysWhatIsWrong) {
  EXPECT_EQ(tests::problems_of(tests::scenario(
                R"json("db": {"type": "database", "replicas": 3, "service_time": "1ms",
                              "replication": {"type": "raft", "initial_members": 4}})json",
                "1s")),
            "nodes.db.replication: there are no 4 replicas in a group of 3; leave out "
            "`initial_members`, or give more `replicas`\n");
}

}  // namespace
}  // namespace faultline
