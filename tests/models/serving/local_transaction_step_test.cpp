#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::burst;
using tests::errors_of;
using tests::latency_of;
using tests::millisecond;
using tests::node_of;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// A database whose reads and writes take 1 ms, behind an app that runs `step` on it. Messages take
/// no time.
std::string shop(const std::string& isolation, const std::string& step,
                 const std::string& database = "") {
  return fmt::format(
      R"json("app": {{"type": "app_server", "endpoints": {{"default": [{{"type": "local_transaction", "store": "db", {}}}]}}}},
      "db": {{"type": "database", "service_time": "1ms", "isolation": "{}"{}}})json",
      step, isolation, database);
}
std::string writers(const std::string& arrivals, const std::string& keys) {
  return fmt::format(
      R"("users": {{"type": "clients", "arrivals": "{}", "target": "app", "reads": "0%", "keys": "{}"}}, )",
      arrivals, keys);
}

/// Two reads, two writes, 1 ms each, and three pauses of 5 ms between them; begin and commit take
/// nothing. A request that reads only reads.
TEST(LocalTransactionStep, RunsStatementByStatement) {
  const std::string step = R"("reads": 2, "writes": 2, "think_time": "5ms")";
  const auto writes = run_checked(
      scenario(writers("constant(10/s)", "uniform(1000)") + shop("snapshot", step), "1050ms"));
  EXPECT_EQ(writes.requests.latency.min(), 19 * millisecond);
  EXPECT_EQ(writes.requests.latency.max(), 19 * millisecond);
  EXPECT_EQ(received(writes, "db"), 10u * 6);
  EXPECT_EQ(scalar_of(writes, "db", "transactions_committed"), 10);
  const auto reads = run_checked(scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"}, )json" +
          shop("snapshot", step),
      "1050ms"));
  EXPECT_EQ(reads.requests.latency.max(), 7 * millisecond);
  EXPECT_EQ(received(reads, "db"), 10u * 4);
}

/// Two at once read the same key and write it: of the snapshots one is aborted, and without another
/// try it fails; with one it comes out right. Read committed loses an update.
TEST(LocalTransactionStep, OfTwoThatWriteTheSameKeyOneIsAbortedAndTriesAgain) {
  const auto run = [](const std::string& isolation, int tries) {
    return run_checked(scenario(
        burst(2, "app", [](int) { return R"json(, "reads": "0%", "keys": "uniform(1)")json"; }) +
            shop(isolation, fmt::format(R"("reads": 1, "writes": 1, "tries": {})", tries)),
        "1900ms"));
  };
  const auto once = run("snapshot", 1);
  EXPECT_EQ(once.requests.counts.ok, 1u);
  EXPECT_EQ(once.requests.counts.fail, 1u);
  EXPECT_EQ(errors_of(once.requests.counts, "aborted"), 1u);
  EXPECT_EQ(scalar_of(once, "db", "aborted_conflict"), 1);
  const auto again = run("snapshot", 2);
  EXPECT_EQ(again.requests.counts.ok, 2u);
  EXPECT_EQ(latency_of(again, "c1"), 4 * millisecond);
  EXPECT_EQ(scalar_of(again, "db", "lost_updates"), 0);
  const auto lost = run("read_committed", 1);
  EXPECT_EQ(lost.requests.counts.ok, 2u);
  EXPECT_EQ(scalar_of(lost, "db", "lost_updates"), 1);
  // Both share the lock and want it alone.
  const auto locked = run("serializable_locking", 1);
  EXPECT_EQ(scalar_of(locked, "db", "aborted_deadlock"), 1);
  EXPECT_EQ(locked.requests.counts.ok, 1u);
}

/// Three that write the same key, one after the other: the lock is kept until the commit, 2 ms
/// after it was got (the pause and the commit), so the others wait for it.
TEST(LocalTransactionStep, WhoWritesWaitsForWhoWroteBefore) {
  const auto result = run_checked(scenario(
      burst(3, "app", [](int) { return R"json(, "reads": "0%", "keys": "uniform(1)")json"; }) +
          shop("read_committed", R"("reads": 0, "writes": 2, "think_time": "2ms")"),
      "1900ms"));
  // The first: write, pause, write. Another one has its first write when the one before has
  // committed, and has the pause and the second write, 3 ms, before it.
  EXPECT_EQ(latency_of(result, "c0"), 4 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 7 * millisecond);
  EXPECT_EQ(latency_of(result, "c2"), 10 * millisecond);
  EXPECT_EQ(scalar_of(result, "db", "lock_waits"), 2);
  EXPECT_EQ(node_of(result, "db").histograms.at("lock_wait_seconds").max(), 6 * millisecond);
}

/// A transaction has one connection from its beginning to its end: two at once on one connection
/// take turns.
TEST(LocalTransactionStep, KeepsItsConnection) {
  const auto result =
      run_checked(scenario(burst(2, "app", [](int) { return R"(, "reads": "0%")"; }) +
                               shop("snapshot", R"("reads": 1, "writes": 1, "think_time": "8ms")",
                                    R"(, "connections": 1)"),
                           "1900ms"));
  EXPECT_EQ(latency_of(result, "c0"), 10 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 20 * millisecond);
}

/// The app dies with a transaction open; its lock stands in the way until the idle time-out.
TEST(LocalTransactionStep, WhatTheAppLeftOpenIsAbortedAfterAWhile) {
  const auto result = run_checked(scenario(
      R"json("first": {"type": "clients", "arrivals": "constant(1/s)", "target": "app", "reads": "0%", "keys": "uniform(1)"},
      "second": {"type": "clients", "arrivals": "constant(1/s)", "target": "other", "reads": "0%", "keys": "uniform(1)", "mix": [{"endpoint": "second"}]},
      "other": {"type": "app_server", "endpoints": {"default": ["sleep(10ms)", {"type": "local_transaction", "store": "db", "reads": 0, "writes": 1}]}}, )json" +
          shop("read_committed", R"("reads": 0, "writes": 2, "think_time": "10s")",
               R"(, "idle_timeout": "200ms")"),
      "1900ms", R"json("faults": [{"at": "1005ms", "for": "10s", "fault": "crash(app)"}])json"));
  EXPECT_EQ(scalar_of(result, "db", "idle_aborts"), 1);
  // Begun at 1.000 s, its write answered at 1.001 s; the other waits from 1.011 s to 1.201 s.
  EXPECT_EQ(latency_of(result, "second"), 201 * millisecond);
}

/// A crash of the database aborts what is open; a commit that is cut off may have taken effect.
TEST(LocalTransactionStep, ACrashOfTheDatabaseAbortsWhatIsOpen) {
  const auto run = [](const std::string& at) {
    return run_checked(scenario(
        burst(1, "app", [](int) { return R"(, "reads": "0%")"; }) +
            shop(
                "snapshot", R"("reads": 1, "writes": 1, "think_time": "10ms")",
                R"json(, "storage": {"type": "b_tree", "keys": 1000, "disk": {"sync_time": "10ms"}})json"),
        "1900ms",
        fmt::format(R"json("faults": [{{"at": "{}", "for": "5ms", "fault": "crash(db)"}}])json",
                    at)));
  };
  // 1.000 to 1.001 s the read, then 10 ms of thought, to 1.012 s the write, to 1.022 s the
  // commit.
  const auto between = run("1005ms");
  EXPECT_EQ(between.requests.counts.fail, 1u);
  EXPECT_EQ(errors_of(between.requests.counts, "aborted"), 1u);
  const auto during = run("1015ms");
  EXPECT_EQ(during.requests.counts.unknown, 1u);
  EXPECT_EQ(errors_of(during.requests.counts, "reset"), 1u);
  EXPECT_EQ(scalar_of(during, "db", "lost_records"), 1);
  EXPECT_EQ(scalar_of(during, "db", "lost_writes"), 0);
}

/// Whoever stops waiting for a statement aborts; the one that waits behind it goes on at once.
TEST(LocalTransactionStep, ATimeOutAborts) {
  const auto result = run_checked(scenario(
      burst(3, "app", [](int) { return R"json(, "reads": "0%", "keys": "uniform(1)")json"; }) +
          shop("read_committed",
               R"("reads": 0, "writes": 2, "think_time": "20ms", "timeout": "15ms")"),
      "1900ms"));
  // The first has the lock for 21 ms; the others give up after 15 ms, certainly without
  // effect.
  EXPECT_EQ(result.requests.counts.ok, 1u);
  EXPECT_EQ(result.requests.counts.fail, 2u);
  EXPECT_EQ(errors_of(result.requests.counts, "timeout"), 2u);
  EXPECT_EQ(scalar_of(result, "db", "transactions_open"), 0);
  EXPECT_EQ(scalar_of(result, "db", "transactions_given_up"), 2);
}

TEST(LocalTransactionStep, NeedsADatabaseWithAnIsolation) {
  EXPECT_EQ(tests::problems_of(scenario(
                R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
      "app": {"type": "app_server", "endpoints": {"default": ["local_transaction(db)"]}},
      "db": {"type": "database", "service_time": "1ms"})json",
                "1050ms")),
            "nodes.app.endpoints.default[0].store: \"db\" is no database with an isolation\n");
}

/// Under each level and a good deal of contention: whatever happens, requests are conserved and at
/// rest (the app is gone for good in the last second) nothing is left open.
TEST(LocalTransactionStep, LeavesNothingOpen) {
  for (const std::string& level : sim::TypeCatalogue::instance().names("isolation")) {
    const auto result = run_checked(scenario(
        R"json("users": {"type": "clients", "arrivals": "poisson(200/s)", "target": "app", "reads": "20%", "keys": "uniform(20)",
                "timeout": "500ms"}, )json" +
            shop(
                level,
                R"json("reads": 3, "writes": 2, "written": "any", "keys": "uniform(20)", "think_time": "exponential(2ms)",
                 "tries": 5, "backoff": "exponential(5ms)", "timeout": "50ms")json",
                R"json(, "connections": 50, "idle_timeout": "300ms")json"),
        "5s",
        R"json("faults": [{"at": "1s", "for": "100ms", "fault": "crash(db)"}, {"at": "2s", "for": "200ms", "fault": "crash(app)"},
                          {"at": "3s", "for": "300ms", "fault": "pause(db)"},
                          {"at": "4s", "fault": "crash(app)"}])json"));
    EXPECT_GT(result.requests.counts.ok, 300u) << level;
    EXPECT_EQ(scalar_of(result, "db", "transactions_open"), 0) << level;
    EXPECT_EQ(scalar_of(result, "db", "transactions_begun"),
              scalar_of(result, "db", "transactions_committed") +
                  scalar_of(result, "db", "transactions_given_up") +
                  scalar_of(result, "db", "aborted_deadlock") +
                  scalar_of(result, "db", "aborted_conflict") +
                  scalar_of(result, "db", "aborted_serialization") +
                  scalar_of(result, "db", "transactions_cut_off"))
        << level;
  }
}

/// Two read the same account at once and write it back. What the application saw of that is held
/// against the levels: read committed loses an update by name, locks keep one order in time.
TEST(LocalTransactionStep, TellsWhatItSawToTheCheckers) {
  const auto run = [](const std::string& isolation) {
    return run_checked(
        scenario(writers("poisson(100/s)", "uniform(5)") +
                     shop(isolation,
                          R"json("reads": 2, "writes": 1, "written": "any", "think_time": "5ms",
                        "keys": "uniform(10)", "tries": 30)json"),
                 "10s", R"json("consistency": {"boundary": "callers", "nodes": ["db"]})json"));
  };
  const sim::Result lossy = run("read_committed");
  const sim::TransactionVerdicts& lost = lossy.consistency.transactions.at("db");
  EXPECT_GT(lost.committed, 800u);
  EXPECT_EQ(lost.reads, 2 * lost.committed);
  EXPECT_EQ(lost.writes, lost.committed);
  EXPECT_EQ(lost.keys, 10u);
  EXPECT_EQ(lost.anomalies.count("lost-update"), 1u);
  EXPECT_EQ(lost.levels.at("snapshot_isolation").violated, 1u);
  EXPECT_EQ(lost.levels.at("read_committed").held, 1u);
  EXPECT_EQ(lossy.consistency.keys_left_out, 0u);
  // Every try of a transaction is one of its own, with a value that no other wrote.
  const sim::Result locked = run("serializable_locking");
  const sim::TransactionVerdicts& kept = locked.consistency.transactions.at("db");
  EXPECT_GT(kept.aborted, 10u);
  EXPECT_EQ(kept.strongest(), "strict_serializable");
  EXPECT_TRUE(kept.anomalies.empty());
  // Snapshots keep what they promise, and no more.
  const sim::Result snapshot = run("snapshot");
  EXPECT_EQ(snapshot.consistency.transactions.at("db").strongest(), "snapshot_isolation");
  EXPECT_EQ(snapshot.consistency.transactions.at("db").anomalies.count("lost-update"), 0u);
}

/// The database is gone for a second: whatever became of what was to commit then, nothing that was
/// seen contradicts what it promises.
TEST(LocalTransactionStep, WhatACrashCutsOffContradictsNothing) {
  const sim::Result result = run_checked(
      scenario(writers("poisson(200/s)", "uniform(20)") +
                   shop("serializable_locking",
                        R"json("reads": 1, "writes": 1, "tries": 30, "timeout": "50ms")json"),
               "5s", R"json("consistency": {"boundary": "callers", "nodes": ["db"]},
                   "faults": [{"at": "2s", "for": "1s", "fault": "crash(db)"}])json"));
  const sim::TransactionVerdicts& seen = result.consistency.transactions.at("db");
  EXPECT_GT(seen.committed, 500u);
  EXPECT_EQ(seen.strongest(), "strict_serializable");
}

}  // namespace
}  // namespace faultline
