#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>

#include "models/storage/storage_engine.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/registry/registry.hpp"
#include "tests/models/storage/replication/store_user.hpp"

namespace faultline {
namespace {

using namespace std::chrono_literals;
using sim::Duration;
using sim::Outcome;
using sim::Reason;
using tests::StoreUser;

struct DiskParams {
  Duration sync_time{1'000'000};
  bool waits = true;
  static void describe(sim::ParamList<DiskParams>& list) {
    list.add("sync_time", &DiskParams::sync_time, "Of one sync of all that has come");
    list.add("waits", &DiskParams::waits, "Whether anything is synced at all");
  }
};

/// A log that one who waits for it syncs, one sync after the other, and tables in memory that take
/// 10 us.
class DiskEngine final : public models::StorageEngine {
 public:
  DiskEngine(const DiskParams& params, const sim::BuildContext&) : params_(params) {}

  sim::Task<void> read(std::uint64_t, std::int64_t) override { co_await sim::delay(10us); }
  sim::Task<void> write(std::uint64_t, std::int64_t) override { co_await sim::delay(10us); }
  models::LogPosition append(std::int64_t) override { return ++last_; }
  sim::Task<void> sync(models::LogPosition) override {
    if (!params_.waits) co_return;
    const models::LogPosition upto = last_;
    co_await sim::delay(params_.sync_time);
    durable_ = std::max(durable_, upto);
  }
  models::LogPosition survives() const override { return durable_; }
  sim::Task<void> recover() override { co_await sim::delay(1ms); }
  void crashed() override { last_ = durable_; }

 private:
  DiskParams params_;
  models::LogPosition last_ = 0;
  models::LogPosition durable_ = 0;
};

const sim::Registration<models::StorageEngine, DiskEngine, DiskParams> registered{
    {.name = "disk_in_raft_tests", .title = "A log with syncs", .summary = "For tests."}};

constexpr auto one_millisecond = R"json("network": {"default_latency": "1ms"})json";
/// db[0] leads whenever it can, so that a test knows who does.
constexpr auto led_by_first = R"json({"type": "raft", "preferred_leader": 0})json";

std::string with_faults(const std::string& faults) {
  return std::string(one_millisecond) + R"json(, "faults": [)json" + faults + "]";
}
std::string raft(const std::string& more) {
  return R"json({"type": "raft", "preferred_leader": 0, )json" + more + "}";
}
Duration time_of(StoreUser& user, const std::shared_ptr<StoreUser::Asked>& asked) {
  const sim::Time began = user.now();
  user.finish(asked);
  return user.now() - began;
}

TEST(RaftReplication, AWriteTakesARoundTripOfTheLeaderAndOneOfTheUser) {
  // To the leader and back 2 ms, to the others and back 2 ms. Another one passes it on: 2 ms more.
  StoreUser user(led_by_first, 5, one_millisecond);
  user.run_until(10s);
  ASSERT_EQ(user.leaders(), std::vector<std::size_t>{0});
  EXPECT_EQ(time_of(user, user.begin_write(0, 7, 100)), 4ms);
  EXPECT_EQ(time_of(user, user.begin_write(3, 7, 200)), 6ms);
  EXPECT_EQ(user.value(4, 7), 200u);
  EXPECT_EQ(user.scalar(3, "requests_forwarded"), 1);
  // Alone it needs nobody.
  StoreUser alone(led_by_first, 1, one_millisecond);
  alone.run_until(10s);
  EXPECT_EQ(time_of(alone, alone.begin_write(0, 7, 100)), 2ms);
}

TEST(RaftReplication, ReadsTakeTheirRoundTrips) {
  struct Case {
    const char* reads;
    Duration at_leader;
    Duration at_follower;
  };
  for (const Case& test :
       {Case{"read_index", 4ms, 6ms}, Case{"lease", 2ms, 4ms}, Case{"local", 2ms, 2ms}}) {
    SCOPED_TRACE(test.reads);
    StoreUser user(raft(fmt::format(R"("reads": "{}")", test.reads)), 3, one_millisecond);
    user.run_until(10s);
    ASSERT_TRUE(user.write(0, 7, 100).is_ok());
    // A new lease, as handing over gives one up for good: that of the heir is untouched.
    EXPECT_EQ(time_of(user, user.begin_read(0, 7)), test.at_leader);
    EXPECT_EQ(time_of(user, user.begin_read(1, 7)), test.at_follower);
    EXPECT_EQ(user.value(2, 7), 100u);
  }
}

TEST(RaftReplication, ALocalReadMayFindWhatIsOld) {
  // Replicas hear of the commit with the next heartbeat only, 100 ms later at most.
  StoreUser user(raft(R"("reads": "local", "announce_commit": false)"), 3, one_millisecond);
  user.run_until(10s);
  ASSERT_TRUE(user.write(0, 7, 100).is_ok());
  EXPECT_EQ(user.value(0, 7), 100u);
  EXPECT_EQ(user.value(1, 7), 0u);
  user.run_for(110ms);
  EXPECT_EQ(user.value(1, 7), 100u);
}

/// The leader falls at 20 s. The others heard of it 100 ms before at the earliest, so the next one
/// stands 0.9 s to 2 s later, and is elected three round trips later at most.
TEST(RaftReplication, AfterACrashAnotherLeadsWithinTheElectionTimeouts) {
  double sum = 0;
  constexpr int runs = 40;
  for (int seed = 1; seed <= runs; ++seed) {
    auto spec = tests::spec_of(tests::warmed_scenario(
        R"json("db": {"type": "database", "replicas": 5, "service_time": "0s",
                      "replication": {"type": "raft", "preferred_leader": 0}})json",
        "30s", "15s", with_faults(R"json({"at": "20s", "fault": "crash(db[0])"})json")));
    spec.run.seed = seed;
    const auto result = tests::run_spec(spec);
    const double leaderless = tests::scalar_of(result, "db[0]", "leaderless_seconds");
    EXPECT_GT(leaderless, 0.9);
    EXPECT_LT(leaderless, 2.01);  // No vote was split in these runs.
    sum += leaderless;
  }
  // The mean: the least of four timeouts of 1 s to 2 s, 1.2 s, less half a heartbeat's interval;
  // a deviation of 0.17 s.
  EXPECT_NEAR(sum / runs, 1.15, 3 * 0.17 / std::sqrt(runs));
}

constexpr auto cut_in_two = R"json(
    {"at": "20s", "for": "20s", "fault": {"type": "partition", "groups": [["db[0]", "db[1]", "near"], ["db[2]", "db[3]", "db[4]", "far"]]}})json";

TEST(RaftReplication, InACutTheMajorityGoesOnAndTheMinorityDoesNot) {
  const auto result = tests::run_checked(tests::warmed_scenario(
      R"json("near": {"type": "clients", "arrivals": "constant(100/s)", "target": "db[1]",
                      "reads": "50%", "timeout": "500ms", "mix": [{"endpoint": "near"}]},
             "far":  {"type": "clients", "arrivals": "constant(100/s)", "target": "db[3]",
                      "reads": "50%", "timeout": "500ms", "mix": [{"endpoint": "far"}]},
             "db": {"type": "database", "replicas": 5, "service_time": "0s",
                    "replication": {"type": "raft", "preferred_leader": 0}})json",
      "40s", "20s", with_faults(cut_in_two)));
  // In the 20 s of the cut: the leader is on the side of the minority.
  const auto& near = result.by_class.at("near").counts;
  const auto& far = result.by_class.at("far").counts;
  EXPECT_LE(near.ok, 2u);
  EXPECT_GE(near.sent, 2000u);
  // The others elect one within 2 s and a little, and who waits for it may still be in time.
  EXPECT_GE(far.ok, 1780u);
}

TEST(RaftReplication, WhenTheCutHealsAllGoOn) {
  StoreUser user(led_by_first, 5, with_faults(R"json(
      {"at": "20s", "for": "20s", "fault": {"type": "partition", "groups": [["db[0]", "db[1]"], ["db[2]", "db[3]", "db[4]"]]}})json"));
  user.run_until(19s);
  ASSERT_TRUE(user.write(0, 7, 100).is_ok());
  user.run_until(20s);
  // The old leader takes it, and nobody answers it: it steps down after a second.
  const auto cut_off = user.begin_write(0, 7, 200);
  user.run_until(21500ms);
  ASSERT_TRUE(cut_off->reply);
  EXPECT_EQ(cut_off->reply->outcome, Outcome::unknown);
  // Now it knows that it does not lead, and rejects: certainly without an effect.
  const sim::Reply rejected = user.write(1, 8, 300);
  EXPECT_EQ(rejected.outcome, Outcome::fail);
  EXPECT_EQ(rejected.reason, Reason::rejected);
  EXPECT_EQ(user.read(0, 7).outcome, Outcome::fail);
  user.run_until(25s);
  EXPECT_TRUE(user.write(3, 7, 400).is_ok());
  user.run_until(45s);
  for (std::size_t member = 0; member < 5; ++member) EXPECT_EQ(user.value(member, 7), 400u);
  EXPECT_EQ(user.leaders(), std::vector<std::size_t>{0});
}

TEST(RaftReplication, ThreeBearOneCrashAndFiveBearTwo) {
  for (const int replicas : {3, 5}) {
    StoreUser user(R"("raft")", replicas, with_faults(R"json({"at": "10s", "fault": "crash(db[0])"},
                                      {"at": "20s", "fault": "crash(db[1])"})json"));
    user.run_until(15s);
    EXPECT_TRUE(user.write(2, 7, 100).is_ok());
    user.run_until(25s);
    const sim::Reply reply = user.write(2, 7, 200);
    if (replicas == 5) {
      EXPECT_TRUE(reply.is_ok());
    } else {
      EXPECT_EQ(reply.outcome, Outcome::fail);
    }
  }
}

TEST(RaftReplication, WithoutForwardingAReplicaRejects) {
  StoreUser user(raft(R"("forward": false)"), 3, one_millisecond);
  user.run_until(10s);
  EXPECT_TRUE(user.write(0, 7, 100).is_ok());
  const sim::Reply reply = user.write(1, 7, 200);
  EXPECT_EQ(reply.outcome, Outcome::fail);
  EXPECT_EQ(reply.reason, Reason::rejected);
}

TEST(RaftReplication, WhoComesWhileNobodyLeadsWaitsForALeader) {
  StoreUser user(raft(R"("leader_wait": "3s")"), 3,
                 with_faults(R"json({"at": "10s", "for": "30s", "fault": "crash(db[0])"})json"));
  user.run_until(11100ms);  // They know that db[0] leads no more, or find out.
  EXPECT_TRUE(user.write(1, 7, 100).is_ok());
  EXPECT_LT(user.now(), sim::Time(13s));
}

/// A write whose answer is late is sent again, and both copies get into the log: one is applied.
TEST(RaftReplication, AWriteThatComesTwiceIsAppliedOnce) {
  const auto result = tests::run_checked(tests::warmed_scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(100/s)", "target": "db[0]",
                       "reads": "0%", "timeout": "3ms", "idempotent": true,
                       "retry": {"type": "fixed", "attempts": 2, "base": "1us"}},
             "db": {"type": "database", "replicas": 3, "service_time": "0s",
                    "replication": {"type": "raft", "preferred_leader": 0}})json",
      "20s", "10s", one_millisecond));
  EXPECT_NEAR(tests::scalar_of(result, "db[0]", "writes_repeated"), 1000, 2);
}

TEST(RaftReplication, WritesThatGatherGoTogether) {
  // 10,000/s for 2 ms: 20 in a message.
  const auto result = tests::run_checked(tests::warmed_scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(10000/s)", "target": "db[0]",
                       "reads": "0%"},
             "db": {"type": "database", "replicas": 3, "connections": 1000, "service_time": "0s",
                    "replication": {"type": "raft", "preferred_leader": 0, "batch_delay": "2ms"}})json",
      "12s", "10s", one_millisecond));
  EXPECT_NEAR(tests::scalar_of(result, "db[0]", "entries_per_append"), 20, 1);
  EXPECT_EQ(result.requests.latency.max(), 6 * tests::millisecond);
}

TEST(RaftReplication, AReplicaThatWasAwayForLongGetsASnapshot) {
  StoreUser user(raft(R"("snapshot_every": 50, "log_kept": 10, "reads": "local")"), 3,
                 with_faults(R"json({"at": "10s", "for": "20s", "fault": "crash(db[2])"})json"));
  user.run_until(15s);
  for (std::uint64_t key = 0; key < 200; ++key) ASSERT_TRUE(user.write(0, key, 100 + key).is_ok());
  EXPECT_LE(user.scalar(0, "log_entries"), 61);
  user.run_until(40s);
  EXPECT_GE(user.sum("snapshots_sent"), 1);
  for (std::uint64_t key = 0; key < 200; ++key) EXPECT_EQ(user.value(2, key), 100 + key);
}

TEST(RaftReplication, AfterACrashOfAllNothingIsMissing) {
  StoreUser user(raft(R"("snapshot_every": 30)"), 3,
                 with_faults(R"json({"at": "20s", "for": "1s", "fault": "crash(db)"})json"));
  user.run_until(15s);
  for (std::uint64_t key = 0; key < 100; ++key) ASSERT_TRUE(user.write(0, key, 100 + key).is_ok());
  user.run_until(30s);
  for (std::uint64_t key = 0; key < 100; ++key) EXPECT_EQ(user.value(1, key), 100 + key);
}

/// The leader's clock loses half a second each second, so its lease of 0.9 s lasts 1.8 s; cut off,
/// it answers with what is old while another, elected after 1 s to 1.2 s, writes. By read_index it
/// does not.
TEST(RaftReplication, ALeaseIsWrongWhenTheLeadersClockIsSlow) {
  for (const std::string reads : {"lease", "read_index"}) {
    int stale = 0;
    for (int run = 0; run < 8; ++run) {
      StoreUser user(
          raft(fmt::format(R"("reads": "{}", "election_spread": "200ms")", reads)), 3,
          with_faults(fmt::format(R"json({{"at": "5s", "fault": "clock_drift(db[0], -0.5)"}},
          {{"at": "{}ms", "for": "10s", "fault": {{"type": "partition", "groups": [["db[0]"], ["db[1]", "db[2]"]]}}}})json",
                                  20000 + 13 * run)));
      user.run_until(19s);
      ASSERT_TRUE(user.write(0, 7, 100).is_ok());
      user.run_until(21s);
      for (int turn = 0; turn < 40; ++turn) {
        const auto writing = user.begin_write(1, 7, 200);
        user.run_for(20ms);
        if (!writing->reply || !writing->reply->is_ok()) continue;
        // One write was acknowledged, and a read begins after it.
        const auto reading = user.begin_read(0, 7);
        user.run_for(5ms);
        if (reading->reply && reading->reply->is_ok()) {
          stale += reading->reply->value == 100 ? 1 : 0;
          EXPECT_EQ(reading->reply->value, reads == "lease" ? 100u : 200u);
        }
        break;
      }
    }
    if (reads == "lease") {
      EXPECT_GE(stale, 3);
    } else {
      EXPECT_EQ(stale, 0);
    }
  }
}

/// Whether one waits for the 5 ms of a sync, or nothing is ever synced.
std::string synced(bool waits) {
  return fmt::format(
      R"json(, "storage": {{"type": "disk_in_raft_tests", "sync_time": "5ms", "waits": {}}})json",
      waits);
}

/// The leader's disk works while the others hear of it: 2 ms of the user, 1 ms to the others, their
/// disks' 5 ms, and 1 ms back; applying takes 10 us.
TEST(RaftReplication, AWriteWaitsForTheDisksOnce) {
  StoreUser user(led_by_first, 3, one_millisecond, synced(true));
  user.run_until(10s);
  const Duration took = time_of(user, user.begin_write(0, 7, 100));
  EXPECT_EQ(took, 9010us);
  // Alone it is the disk's 5 ms.
  StoreUser alone(led_by_first, 1, one_millisecond, synced(true));
  alone.run_until(10s);
  EXPECT_EQ(time_of(alone, alone.begin_write(0, 7, 100)), 7010us);
}

/// While a disk syncs, what comes gathers for the next sync: 2,000 writes a second through a disk
/// that can sync 200 times.
TEST(RaftReplication, WritesShareTheSyncsOfDisks) {
  const auto result = tests::run_checked(tests::warmed_scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(2000/s)", "target": "db[0]",
                       "reads": "0%", "size": "100B"},
             "db": {"type": "database", "replicas": 3, "connections": 1000, "service_time": "0s",
                    "replication": {"type": "raft", "preferred_leader": 0})json" +
          synced(true) + "}",
      "12s", "10s", one_millisecond));
  EXPECT_GT(result.requests.counts.ok, 3950u);
  EXPECT_LT(result.requests.latency.max(), 20 * tests::millisecond);
}

/// All three fall at once. What was synced before it was acknowledged is there again; of what a
/// disk only promised to sync, not all is.
TEST(RaftReplication, ACrashOfAllLosesWhatWasNotSynced) {
  for (const bool waits : {true, false}) {
    StoreUser user(led_by_first, 3,
                   with_faults(R"json({"at": "20s", "for": "1s", "fault": "crash(db)"})json"),
                   synced(waits));
    user.run_until(15s);
    for (std::uint64_t key = 0; key < 100; ++key) {
      ASSERT_TRUE(user.write(0, key, 100 + key).is_ok());
    }
    user.run_until(40s);
    int lost = 0;
    for (std::uint64_t key = 0; key < 100; ++key) {
      lost += user.value(1, key) == 100 + key ? 0 : 1;
    }
    if (waits) {
      EXPECT_EQ(lost, 0);
      EXPECT_EQ(user.sum("entries_lost_in_crashes"), 0);
    } else {
      EXPECT_GT(lost, 50);
      EXPECT_GT(user.sum("entries_lost_in_crashes"), 150);
    }
  }
}

TEST(RaftReplication, SaysWhatIsWrongWithItsParameters) {
  const auto problems = [](const std::string& replication) {
    return tests::problems_of(tests::scenario(
        fmt::format(R"json("db": {{"type": "database", "replicas": 3, "service_time": "1ms",
                                  "replication": {}}})json",
                    replication),
        "1s"));
  };
  EXPECT_EQ(problems(R"json({"type": "raft", "heartbeat_interval": "1s"})json"),
            "nodes.db.replication.heartbeat_interval: not shorter than election_timeout; a tenth "
            "of it is usual\n");
  EXPECT_EQ(
      problems(R"json({"type": "raft", "reads": "lease", "check_quorum": false})json"),
      "nodes.db.replication.reads: a lease needs check_quorum; set `check_quorum`, or read by "
      "\"read_index\"\n");
  EXPECT_EQ(problems(R"json({"type": "raft", "preferred_leader": 3})json"),
            "nodes.db.replication: there is no replica `preferred_leader`; places in a group "
            "count from 0\n");
}

/// Five members and 10,000 writes a second for ten seconds: simulated in less processor time than
/// that. 1.1 s where this was written.
TEST(SlowRaftReplication, TenThousandWritesASecondAreFasterThanRealTime) {
  const std::clock_t begun = std::clock();
  const auto result = tests::run_checked(tests::scenario(
      R"json("users": {"type": "clients", "arrivals": "poisson(10000/s)", "target": "lb",
                       "reads": "0%", "keys": "uniform(100000)"},
             "lb": {"type": "l7_balancer", "backends": ["db"]},
             "db": {"type": "database", "replicas": 5, "connections": 5000,
                    "service_time": "100us", "replication": {"type": "raft"}})json",
      "10s", R"json("network": {"default_latency": "500us"})json"));
  const double seconds = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
  EXPECT_GT(result.requests.counts.ok, 95'000u);
  std::printf("10 s of a Raft group of five took %.2f s\n", seconds);
#if !defined(__SANITIZE_ADDRESS__)
  EXPECT_LT(seconds, 10);
#endif
}

}  // namespace
}  // namespace faultline
