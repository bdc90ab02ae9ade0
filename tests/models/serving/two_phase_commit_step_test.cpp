#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::millisecond;
using tests::node_of;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// Ten transactions a second for 10 s, each over the keys k, k+1, k+2, which live on three shards;
/// 1 ms each way, 2 ms for a prepare or a commit, 3 ms for the log.
sim::Result run(const std::string& step = "", const std::string& transactions = "",
                const std::string& rest = "",
                const std::string& users = R"json(, "keys": "sequential(n=1000)")json",
                const std::string& duration = "10050ms") {
  return run_checked(scenario(
      fmt::format(
          R"json("users": {{"type": "clients", "arrivals": "constant(10/s)", "target": "app", "reads": "0%"{}}},
      "app": {{"type": "app_server", "endpoints": {{"default": [
          {{"type": "two_phase_commit", "target": "db", "offsets": [0, 1, 2], "log_time": "3ms"{}}}]}}}},
      "db": {{"type": "database", "replicas": 3, "service_time": "2ms", "transactions": {{{}}}}})json",
          users, step, transactions),
      duration, R"("network": {"default_latency": "1ms"})" + (rest.empty() ? "" : ", " + rest)));
}

double sum(const sim::Result& result, const std::string& name) {
  double all = 0;
  for (int shard = 0; shard < 3; ++shard) {
    all += scalar_of(result, fmt::format("db[{}]", shard), name);
  }
  return all;
}

TEST(TwoPhaseCommitStep, TakesARoundTripForTheVotesAndTheLog) {
  // 1 ms to the app; prepares 1 + 2 + 1 ms; log 3 ms; 1 ms back: 9 ms. With `applied` 4 ms more.
  const auto result = run();
  EXPECT_EQ(result.requests.latency.min(), 9 * millisecond);
  EXPECT_EQ(result.requests.latency.max(), 9 * millisecond);
  EXPECT_EQ(scalar_of(result, "app", "transactions_committed"), 100);
  EXPECT_EQ(scalar_of(result, "app", "transactions_unfinished"), 0);
  EXPECT_EQ(sum(result, "prepared"), 300);
  EXPECT_EQ(sum(result, "locks_held"), 0);
  // In doubt: 1 ms back, 3 ms log, 1 ms there, 2 ms to write it.
  EXPECT_EQ(node_of(result, "db[0]").histograms.at("in_doubt_seconds").max(), 7 * millisecond);
  EXPECT_EQ(run(R"(, "answer": "applied")").requests.latency.min(), 13 * millisecond);
}

/// Everybody writes the same keys, ten times a second, in the same instants: one of the two has the
/// locks, the other one is refused, waits, or dies.
TEST(TwoPhaseCommitStep, ConflictsEndAsThePolicySays) {
  const std::string same = R"json(, "keys": "sequential(n=1)", "replicas": 2)json";
  const auto refused = run("", R"("on_conflict": "no_wait")", "", same);
  EXPECT_EQ(errors_of(refused.requests.counts, "aborted"), 100u);
  EXPECT_EQ(refused.requests.counts.ok, 100u);
  const auto waits = run("", R"("on_conflict": "wait")", "", same);
  EXPECT_EQ(waits.requests.counts.ok, 200u);
  // The second has its locks when the first has written, 10 ms after they came: 9 ms and 9 more.
  EXPECT_EQ(waits.requests.latency.max(), 18 * millisecond);
  const auto dies = run("", R"("on_conflict": "wait_die")", "", same);
  EXPECT_EQ(dies.requests.counts.ok + errors_of(dies.requests.counts, "aborted"), 200u);
  EXPECT_EQ(dies.requests.counts.unknown, 0u);
}

/// The coordinator crashes at 2.006 s, when the shards have voted for the transaction of 2.0 s and
/// its log is being forced; it is back at 5 s. Until it answers an inquiry, 3 s after the vote or a
/// little later, its keys are locked: whoever wants them waits, and gives up after 1 s.
TEST(TwoPhaseCommitStep, ACrashOfTheCoordinatorBlocks) {
  const std::string crash =
      R"json("faults": [{"at": "2006ms", "for": "3s", "fault": "crash(app)"}])json";
  const auto result = run("", R"("inquiry": "100ms")", crash);
  EXPECT_EQ(sum(result, "locks_held"), 0);
  for (const char* const shard : {"db[0]", "db[1]", "db[2]"}) {
    const auto longest = node_of(result, shard).histograms.at("in_doubt_seconds").max();
    EXPECT_GE(longest, 3001 * millisecond);
    EXPECT_LE(longest, 3210 * millisecond);
    EXPECT_GE(scalar_of(result, shard, "inquiries"), 28);
  }
  // What was undecided was aborted: nobody voted no, and 3 s of requests were refused.
  EXPECT_EQ(scalar_of(result, "app", "transactions_committed"), 69);
}

/// The same 2.5 ms later: the commit is in the log and on its way, but nobody hears that it has
/// arrived. When the coordinator is back it tells everybody again, and forgets it then.
TEST(TwoPhaseCommitStep, ACommitThatIsLoggedIsToldAfterTheCrash) {
  const std::string crash =
      R"json("faults": [{"at": "2008500us", "for": "3s", "fault": "crash(app)"}])json";
  const auto result = run("", R"("inquiry": "10s")", crash);
  EXPECT_EQ(scalar_of(result, "app", "transactions_committed"), 70);
  EXPECT_EQ(scalar_of(result, "app", "transactions_unfinished"), 0);
  EXPECT_EQ(sum(result, "locks_held"), 0);
  EXPECT_EQ(sum(result, "prepared"), 3 * 70);
}

/// A shard crashes after its vote and is back after a second: it has kept its promise.
TEST(TwoPhaseCommitStep, AShardThatVotedKeepsItsLockOverACrash) {
  const std::string crash =
      R"json("faults": [{"at": "2006ms", "for": "1s", "fault": "crash(db[1])"}])json";
  const auto result = run("", R"("inquiry": "10s")", crash);
  EXPECT_EQ(sum(result, "locks_held"), 0);
  EXPECT_EQ(scalar_of(result, "app", "transactions_unfinished"), 0);
  EXPECT_GE(node_of(result, "db[1]").histograms.at("in_doubt_seconds").max(), 1000 * millisecond);
  // The transactions of 2.1 .. 3.0 s get a refusal for a vote.
  EXPECT_EQ(errors_of(result.requests.counts, "aborted"), 10u);
  EXPECT_GT(scalar_of(result, "app", "commits_resent"), 0);
}

/// Readers of a locked key wait for its end, or find what was there before.
TEST(TwoPhaseCommitStep, ReadersWaitForTheDecision) {
  const auto with = [](const std::string& reads) {
    return run_checked(scenario(
        R"json("writer": {"type": "clients", "arrivals": "constant(10/s)", "target": "app", "keys": "sequential(n=1)", "reads": "0%", "mix": [{"endpoint": "write"}]},
      "reader": {"type": "clients", "arrivals": "constant(1000/s)", "target": "db", "keys": "sequential(n=1)", "mix": [{"endpoint": "read"}]},
      "app": {"type": "app_server", "endpoints": {"write": [
          {"type": "two_phase_commit", "target": "db", "offsets": [0], "log_time": "20ms"}]}},
      "db": {"type": "database", "service_time": "1ms", "transactions": {"locked_reads": ")json" +
            reads + R"json("}})json",
        "10050ms", R"("network": {"default_latency": "1ms"})"));
  };
  const auto wait = with("wait");
  // Locked from 0.102 s for 1 ms of prepare, 1 back, 20 log, 1 there, 1 write: 24 ms of each 100.
  EXPECT_NEAR(scalar_of(wait, "db", "lock_waits"), 100 * 24, 150);
  EXPECT_NEAR(scalar_of(wait, "db", "lock_wait_seconds"), 100 * 24 * 0.012, 3);
  const auto pass = with("pass");
  EXPECT_EQ(scalar_of(pass, "db", "lock_waits"), 0);
  EXPECT_EQ(pass.by_class.at("read").latency.max(), 3 * millisecond);
}

/// Through a router, with shards that are groups of replicas, and replicas that crash.
TEST(TwoPhaseCommitStep, ReplicaGroupsTakePart) {
  for (const std::string replication : {"chain", "leaderless", "primary_replica", "raft"}) {
    SCOPED_TRACE(replication);
    const auto result = run_checked(scenario(
        R"json(
      "users": {"type": "clients", "arrivals": "constant(20/s)", "target": "app", "reads": "0%", "keys": "uniform(1000)"},
      "app": {"type": "app_server", "endpoints": {"default": [
          {"type": "two_phase_commit", "target": "router", "offsets": [0, 500], "log_time": "1ms"}]}},
      "router": {"type": "shard_router", "shards": ["db"], "timeout": "500ms"},
      "db": {"type": "database", "replicas": 6, "replication_factor": 3, "service_time": "1ms",
             "transactions": {"inquiry": "200ms"}, "replication": ")json" +
            replication + R"json("})json",
        "20s", R"json("network": {"default_latency": "1ms"},
      "faults": [{"at": "4005ms", "for": "2s", "fault": "crash(db[0])"}, {"at": "8004ms", "for": "2s", "fault": "crash(db[4])"},
                 {"at": "12004ms", "for": "2s", "fault": "crash(app)"}])json"));
    EXPECT_GT(scalar_of(result, "app", "transactions_committed"), 250);
    EXPECT_EQ(scalar_of(result, "app", "transactions_unfinished"), 0);
    double locks = 0;
    for (int i = 0; i < 6; ++i) locks += scalar_of(result, fmt::format("db[{}]", i), "locks_held");
    EXPECT_EQ(locks, 0);
  }
}

/// Of a database that takes no part in transactions the vote is no.
TEST(TwoPhaseCommitStep, WhoTakesNoPartVotesNo) {
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app", "reads": "0%"},
      "app": {"type": "app_server", "endpoints": {"default": [{"type": "two_phase_commit", "target": "db"}]}},
      "db": {"type": "database", "service_time": "1ms"})json",
                                           "1050ms"));
  EXPECT_EQ(errors_of(result.requests.counts, "aborted"), 10u);
}

/// Transfers over four shards, and readers of single accounts beside them. As long as readers wait
/// for locks, everybody sees one order that keeps to time; those that pass locks by see an account
/// as it was before a transfer that has been confirmed.
TEST(TwoPhaseCommitStep, ReadersSeeTransfersInTheirOrder) {
  const auto run = [](const std::string& reads) {
    return tests::run_checked(tests::scenario(fmt::format(R"json(
      "payers": {{"type": "clients", "arrivals": "poisson(50/s)", "target": "bank", "reads": "0%", "keys": "uniform(10)"}},
      "readers": {{"type": "clients", "users": 5, "think_time": "exponential(50ms)", "target": "router", "reads": "100%", "keys": "uniform(10)"}},
      "bank": {{"type": "app_server", "endpoints": {{"default": [{{"type": "two_phase_commit", "target": "router", "offsets": [0, 1]}}]}}}},
      "router": {{"type": "shard_router", "shards": ["ledger"], "sharding": "modulo"}},
      "ledger": {{"type": "database", "replicas": 4, "service_time": "exponential(2ms)", "transactions": {{"locked_reads": "{}"}}}})json",
                                                          reads),
                                              "20s", R"json("network": {"default_latency": "1ms"},
                  "consistency": {"boundary": "callers", "nodes": ["router"]})json"));
  };
  const sim::Result waiting = run("wait");
  const sim::TransactionVerdicts& kept = waiting.consistency.transactions.at("router");
  EXPECT_EQ(kept.strongest(), "strict_serializable");
  EXPECT_GT(kept.committed, 800u);
  EXPECT_GT(kept.single, 1000u);
  const sim::Result passing = run("pass");
  const sim::TransactionVerdicts& seen = passing.consistency.transactions.at("router");
  EXPECT_EQ(seen.levels.at("strict_serializable").violated, 1u);
  EXPECT_EQ(seen.levels.at("read_committed").violated, 0u);
}

}  // namespace
}  // namespace faultline
