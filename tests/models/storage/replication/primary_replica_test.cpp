#include <gtest/gtest.h>

#include "tests/models/storage/replication/store_user.hpp"

namespace faultline {
namespace {

using namespace std::chrono_literals;
using tests::StoreUser;

std::string replication(const std::string& more) {
  return R"json({"type": "primary_replica")json" + (more.empty() ? "" : ", " + more) + "}";
}

constexpr auto one_millisecond = R"json("network": {"default_latency": "1ms"})json";

TEST(PrimaryReplicaReplication, AWriteWaitsForTheReplicasThatItsModeTells) {
  // The user is 1 ms from the primary, and so are the replicas but db[3], which is 5 ms from it.
  const std::string distances = R"json("network": {"default_latency": "1ms", "links": [
      {"from": "db[0]", "to": "db[3]", "latency": "5ms"}]})json";
  const std::pair<std::string, sim::Duration> cases[] = {
      {R"json("mode": "asynchronous")json", 2ms},
      {R"json("mode": "semi_synchronous")json", 4ms},
      {R"json("mode": "semi_synchronous", "acks": 2)json", 4ms},
      {R"json("mode": "synchronous")json", 12ms}};
  for (const auto& [mode, expected] : cases) {
    SCOPED_TRACE(mode);
    StoreUser user(replication(mode), 4, distances);
    user.run_for(500ms);
    const sim::Time began = user.now();
    EXPECT_TRUE(user.write(0, 7, 100).is_ok());
    EXPECT_EQ(user.now() - began, expected);
  }
}

TEST(PrimaryReplicaReplication, ReadsGoWhereTheyAreToGo) {
  // Shipped 200 ms late, so that replicas are behind.
  for (const std::string reads : {"primary", "any", "sticky"}) {
    SCOPED_TRACE(reads);
    StoreUser user(
        replication(fmt::format(R"json("reads": "{}", "batch_delay": "200ms")json", reads)), 3,
        one_millisecond);
    user.run_for(500ms);
    ASSERT_TRUE(user.write(1, 7, 100).is_ok());  // Forwarded.
    EXPECT_EQ(user.scalar(1, "requests_forwarded"), 1);
    if (reads == "primary") {
      for (std::size_t member = 0; member < 3; ++member) EXPECT_EQ(user.value(member, 7), 100u);
    } else if (reads == "any") {
      EXPECT_EQ(user.value(0, 7), 100u);
      EXPECT_EQ(user.value(1, 7), 0u);
      EXPECT_EQ(user.value(2, 7), 0u);
    } else {
      // Session 3 reads at member 0, session 4 at member 1, whomever they ask.
      for (std::size_t member = 0; member < 3; ++member) {
        EXPECT_EQ(user.value(member, 7, 3), 100u);
        EXPECT_EQ(user.value(member, 7, 4), 0u);
      }
    }
    user.run_for(1s);
    for (std::size_t member = 0; member < 3; ++member) EXPECT_EQ(user.value(member, 7, 4), 100u);
  }
}

/// Acknowledged writes that are not there any more after the primary crashed and another one took
/// its place.
int lost_by_fail_over(const std::string& more) {
  StoreUser user(
      replication(more + R"json(, "batch_delay": "50ms")json"), 3,
      std::string(one_millisecond) +
          R"json(, "faults": [{"at": "2s", "for": "10s", "fault": "crash(db[0])"}])json");
  user.run_until(1900ms);
  std::vector<std::shared_ptr<StoreUser::Asked>> writes;
  for (std::uint64_t key = 0; key < 97; ++key) {
    writes.push_back(user.begin_write(0, key, 1000 + key));
    user.run_for(1ms);
  }
  user.run_until(5s);
  EXPECT_EQ(user.leaders().size(), 1u);
  int lost = 0;
  for (std::uint64_t key = 0; key < writes.size(); ++key) {
    EXPECT_TRUE(writes[key]->reply);
    if (!writes[key]->reply || !writes[key]->reply->is_ok()) continue;
    lost += user.value(1, key) == 1000 + key ? 0 : 1;
  }
  EXPECT_EQ(user.sum("lost_writes"), lost);
  user.run_until(20s);
  EXPECT_EQ(user.sum("lost_writes"), lost);
  EXPECT_EQ(user.leaders().size(), 1u);
  return lost;
}

TEST(PrimaryReplicaReplication, AnAsynchronousPrimaryLosesAcknowledgedWritesAndOthersDoNot) {
  EXPECT_GT(lost_by_fail_over(R"json("mode": "asynchronous")json"), 10);
  EXPECT_EQ(lost_by_fail_over(R"json("mode": "semi_synchronous")json"), 0);
  EXPECT_EQ(lost_by_fail_over(R"json("mode": "synchronous")json"), 0);
  EXPECT_GT(lost_by_fail_over(R"json("mode": "asynchronous", "election": "monitor")json"), 10);
  EXPECT_EQ(lost_by_fail_over(R"json("mode": "synchronous", "election": "monitor")json"), 0);
}

constexpr auto primary_cut_off = R"json("network": {"default_latency": "1ms"}, "faults": [
    {"at": "2s", "for": "10s", "fault": {"type": "partition", "groups": [["db[0]"], ["db[1]", "db[2]"]]}}])json";

TEST(PrimaryReplicaReplication, WithoutFencingACutMakesTwoPrimariesForGood) {
  for (const std::string fencing : {"none", "epoch", "lease"}) {
    SCOPED_TRACE(fencing);
    StoreUser user(replication(fmt::format(R"json("fencing": "{}")json", fencing)), 3,
                   primary_cut_off);
    ASSERT_TRUE(user.write(0, 1, 100).is_ok());
    user.run_until(6s);
    EXPECT_EQ(user.leaders().size(), 2u);  // It takes itself for one, also with its lease run out.
    EXPECT_EQ(user.write(0, 2, 200).is_ok(), fencing != "lease");
    EXPECT_TRUE(user.write(1, 3, 300).is_ok());
    EXPECT_EQ(user.sum("lost_writes"), fencing == "lease" ? 0 : 1);
    user.run_until(20s);
    EXPECT_EQ(user.leaders().size(), fencing == "none" ? 2u : 1u);
    EXPECT_EQ(user.value(1, 1), 100u);
    EXPECT_EQ(user.value(1, 2), 0u);
    EXPECT_EQ(user.value(0, 2), fencing == "none" ? 200u : 0u);
    EXPECT_EQ(user.scalar(0, "cut_off_entries"), fencing == "epoch" ? 1 : 0);
  }
}

TEST(PrimaryReplicaReplication, AMonitorPromotesOnTheSideOnWhichItStands) {
  // The monitor's node stands with db[0], or with the others.
  for (const bool with_primary : {true, false}) {
    const std::string cut = fmt::format(
        R"json("network": {{"default_latency": "1ms"}}, "faults": [{{"at": "2s", "for": "10s",
            "fault": {{"type": "partition", "groups": [["db[0]"{}], ["db[1]", "db[2]"{}]]}}}}])json",
        with_primary ? R"(, "user")" : "", with_primary ? "" : R"(, "user")");
    StoreUser user(
        replication(R"json("election": "monitor", "monitor": "user", "fencing": "lease")json"), 3,
        cut);
    user.run_until(6s);
    EXPECT_EQ(user.leaders().size(), with_primary ? 1u : 2u);
    if (with_primary) {
      EXPECT_TRUE(user.write(0, 7, 100).is_ok());
    } else {
      EXPECT_TRUE(user.write(2, 7, 100).is_ok());
    }
    user.run_until(20s);
    EXPECT_EQ(user.leaders().size(), 1u);
    EXPECT_EQ(user.value(1, 7), 100u);
  }
}

TEST(PrimaryReplicaReplication, ByHandNothingHappensUntilTheTimeThatIsGiven) {
  StoreUser user(
      replication(R"json("failover": "manual", "failover_at": "10s", "failover_to": 2)json"), 3,
      std::string(one_millisecond) +
          R"json(, "faults": [{"at": "2s", "for": "20s", "fault": "crash(db[0])"}])json");
  ASSERT_TRUE(user.write(0, 1, 100).is_ok());
  user.run_until(9s);
  EXPECT_TRUE(user.leaders().empty());
  EXPECT_FALSE(user.write(1, 1, 200).is_ok());
  user.run_until(11s);
  EXPECT_EQ(user.leaders(), std::vector<std::size_t>{2});
  EXPECT_TRUE(user.write(1, 1, 300).is_ok());
  user.run_until(30s);
  // db[0] comes back as the primary it was, of a newer epoch than its own, and not the newest: the
  // one of the greater epoch stays.
  EXPECT_EQ(user.leaders().size(), 1u);
}

TEST(PrimaryReplicaReplication, LagIsTheAgeOfWhatAReplicaGets) {
  StoreUser user(replication(R"json("batch_delay": "200ms")json"), 2, one_millisecond);
  user.run_for(510ms);
  for (std::uint64_t value = 1; value <= 11; ++value) {
    user.begin_write(0, 7, value);
    user.run_for(10ms);
  }
  user.run_for(1s);
  // The first waits 200 ms and takes 1 ms; ten more come 10 ms apart.
  EXPECT_EQ(user.scalar(1, "replication_lag_entries_max"), 11);
  const sim::Result result = user.run().result();
  const auto& lag = tests::node_of(result, "db[1]").histograms.at("replication_lag_seconds");
  EXPECT_EQ(lag.count(), 11u);
  EXPECT_EQ(lag.max(), 201 * tests::millisecond);
  EXPECT_EQ(lag.min(), 101 * tests::millisecond);
}

TEST(PrimaryReplicaReplication, WhatCannotBeIsAProblem) {
  EXPECT_EQ(tests::problems_of(tests::scenario(
                R"json("db": {"type": "database", "service_time": "1ms", "replicas": 2,
                    "replication": {"type": "primary_replica", "detection_time": "100ms",
                                    "failover_at": "1s"}})json",
                "1s")),
            "nodes.db.replication.detection_time: expected more than heartbeat_interval = 100ms, "
            "got 100ms\n"
            "nodes.db.replication.failover_at: the failover is automatic; write \"failover\": "
            "\"manual\"\n");
}

/// Whoever is the primary stands still for 700 ms every 3 s, and crashes once from 52 s on. Who
/// waits for 300 ms takes another each time, and finds the crash in half a second; who waits for
/// 2 s takes none, and is four times as late. Phi learns the pauses of each.
TEST(PrimaryReplicaReplication, ADetectorTradesFalseFailOversForTime) {
  struct Found {
    double false_promotions;
    double failover_seconds;
  };
  const auto run = [](const std::string& more) {
    StoreUser user(replication(more), 3, R"json("network": {"default_latency": "1ms"}, "faults": [
        {"at": "5s", "every": "3s", "for": "700ms", "fault": "pause(db[0])"},
        {"at": "6s", "every": "3s", "for": "700ms", "fault": "pause(db[1])"},
        {"at": "7s", "every": "3s", "for": "700ms", "fault": "pause(db[2])"},
        {"at": "52s", "for": "4s", "fault": "crash(db[0])"},
        {"at": "57s", "for": "4s", "fault": "crash(db[1])"},
        {"at": "62s", "for": "4s", "fault": "crash(db[2])"}])json");
    user.run_for(70s);
    const auto& failover =
        *std::find_if(user.node(0).statistics().histograms().begin(),
                      user.node(0).statistics().histograms().end(),
                      [](const auto& each) { return each.name == "failover_seconds"; })
             ->histogram;
    EXPECT_GE(failover.count(), 1u);
    return Found{user.scalar(0, "false_promotions"), failover.mean() / 1e9};
  };
  const std::string monitor = R"json("election": "monitor", )json";
  const Found hasty = run(monitor + R"json("detector": "fixed_timeout(timeout=300ms)")json");
  const Found slow = run(monitor + R"json("detector": "fixed_timeout(timeout=2s)")json");
  const Found phi = run(monitor + R"json("detector": "phi_accrual(threshold=8)")json");
  const Found usual = run(monitor + R"json("detection_time": "2s")json");
  EXPECT_GT(hasty.false_promotions, 20);
  EXPECT_LT(hasty.failover_seconds, 1.1);  // The next one may be in a pause of its own.
  EXPECT_EQ(slow.false_promotions, 0);
  EXPECT_GT(slow.failover_seconds, 1.8);
  EXPECT_LE(phi.false_promotions, 15);
  EXPECT_LT(phi.failover_seconds, slow.failover_seconds);
  // Without a detector the detection time is one.
  EXPECT_EQ(usual.false_promotions, slow.false_promotions);
  EXPECT_EQ(usual.failover_seconds, slow.failover_seconds);
}

}  // namespace
}  // namespace faultline
