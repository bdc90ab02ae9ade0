#include "sim/scenario/transaction_verdicts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenario/consistency_verdicts.hpp"

namespace faultline::sim {
namespace {

using testing::Contains;
using testing::ElementsAre;

/// Records made by hand: stores 1 "db" and 2 "orders", and their verdicts.
class TransactionVerdictsTest : public testing::Test {
 protected:
  static RecordedAccess read(std::uint64_t key, std::uint64_t value, std::uint8_t store = 1) {
    return {.key = key, .value = value, .store = store, .writes = false};
  }
  static RecordedAccess write(std::uint64_t key, std::uint64_t value, std::uint8_t store = 1) {
    return {.key = key, .value = value, .store = store, .writes = true};
  }
  /// From `from` to `to`, in milliseconds.
  void transaction(int from, int to, std::vector<RecordedAccess> accesses,
                   Outcome outcome = Outcome::ok, std::uint32_t session = 0) {
    RecordedTransaction transaction;
    transaction.invoked = Time(std::chrono::milliseconds(from));
    transaction.completed = Time(std::chrono::milliseconds(to));
    transaction.session = session == 0 ? ++sessions_ : session;
    transaction.outcome = outcome;
    transaction.accesses = std::move(accesses);
    run_.transactions.push_back(std::move(transaction));
  }
  void single(int from, int to, RecordedAccess access, std::uint32_t session = 0) {
    RecordedOperation operation;
    operation.invoked = Time(std::chrono::milliseconds(from));
    operation.completed = Time(std::chrono::milliseconds(to));
    operation.key = access.key;
    operation.value = access.value;
    operation.store = access.store;
    operation.session = session == 0 ? ++sessions_ : session;
    operation.operation = access.writes ? Operation::write : Operation::read;
    operation.outcome = Outcome::ok;
    run_.operations.push_back(operation);
  }
  ConsistencyResult judge(const ConsistencySpec& spec = {}, bool complete = true) {
    run_.store_names = {"", "db", "orders"};
    run_.node_names = {"app"};
    run_.keys_written = &keys_written_;
    ConsistencyResult result;
    result.histories = 1;
    judge_transactions(histories_of(run_, judged_), spec, complete, result);
    return result;
  }
  static consistency::Verdict of(const ConsistencyResult& result, const std::string& level,
                                 const std::string& stores = "db") {
    return result.transactions.at(stores).levels.at(level).verdict();
  }

  static constexpr auto holds = consistency::Verdict::holds;
  static constexpr auto violated = consistency::Verdict::violated;
  static constexpr auto unknown = consistency::Verdict::unknown;

  RecordedRun run_{};
  std::unordered_set<std::uint64_t> keys_written_;
  std::unordered_set<std::uint64_t> judged_;
  std::uint32_t sessions_ = 100;
};

/// Two read 10 and replace it: an update is lost, which snapshots forbid and causality does not.
TEST_F(TransactionVerdictsTest, NamesALostUpdate) {
  transaction(1, 2, {write(1, 10)});
  transaction(3, 6, {read(1, 10), write(1, 20)});
  transaction(4, 7, {read(1, 10), write(1, 30)});
  const ConsistencyResult result = judge();
  const TransactionVerdicts& seen = result.transactions.at("db");
  EXPECT_EQ(seen.committed, 3u);
  EXPECT_EQ(seen.writes, 3u);
  EXPECT_EQ(seen.reads, 2u);
  EXPECT_EQ(seen.keys, 1u);
  EXPECT_EQ(seen.strongest(), "prefix");
  EXPECT_EQ(of(result, "snapshot_isolation"), violated);
  EXPECT_EQ(of(result, "strict_serializable"), violated);
  const ModelVerdicts& level = seen.levels.at("snapshot_isolation");
  EXPECT_THAT(level.anomalies, ElementsAre("lost-update"));
  // Values are numbered in the order of writing.
  EXPECT_EQ(level.witness.why, "T2 and T3 both read 1 of T1 and then both replaced it");
  ASSERT_EQ(level.witness.operations.size(), 3u);
  EXPECT_EQ(level.witness.operations[1].text, "T2: read 1: 1, write 1 = 2");
  EXPECT_EQ(level.witness.operations[1].node, "app");
  EXPECT_EQ(seen.anomalies.at("lost-update"), 1u);
}

/// Each writes what the other has read: snapshots allow it, no serial order does.
TEST_F(TransactionVerdictsTest, NamesAWriteSkew) {
  transaction(1, 2, {write(1, 10), write(2, 10)});
  transaction(3, 6, {read(1, 10), read(2, 10), write(1, 20)});
  transaction(4, 7, {read(1, 10), read(2, 10), write(2, 30)});
  const ConsistencyResult result = judge();
  EXPECT_EQ(result.transactions.at("db").strongest(), "snapshot_isolation");
  EXPECT_THAT(result.transactions.at("db").levels.at("serializable").anomalies,
              Contains("G2-item"));
}

/// Read too late: serial in the other order, but not in time.
TEST_F(TransactionVerdictsTest, TellsStrictFromSerializable) {
  transaction(1, 2, {write(1, 10)});
  transaction(5, 6, {read(1, 0)});
  EXPECT_EQ(judge().transactions.at("db").strongest(), "serializable");
}

/// What a saga wrote and then took back was seen by a reader outside transactions.
TEST_F(TransactionVerdictsTest, ReadsOutsideTransactionsAreJudgedWithThem) {
  transaction(1, 5, {write(1, 10)}, Outcome::fail);
  transaction(6, 7, {write(1, 11)});
  single(2, 3, read(1, 10));
  // The steps of the sagas, as the store saw them, are no writes of anybody else.
  single(1, 2, write(1, 10));
  single(6, 7, write(1, 11));
  // And another key is nobody's affair here.
  single(2, 3, write(2, 12));
  const ConsistencyResult result = judge();
  const TransactionVerdicts& seen = result.transactions.at("db");
  EXPECT_EQ(seen.single, 1u);
  EXPECT_EQ(seen.aborted, 1u);
  EXPECT_EQ(seen.strongest(), "none");
  EXPECT_THAT(seen.levels.at("read_committed").anomalies, ElementsAre("G1a"));
  EXPECT_EQ(seen.levels.at("read_committed").witness.operations[0].text, "T1: write 1 = 1, abort");
  EXPECT_EQ(judged_.size(), 1u);
}

/// The same key at two stores is two keys; a transaction that wrote both joins them, and a reader
/// who finds only half of it breaks what is causal.
TEST_F(TransactionVerdictsTest, JoinsStoresThatTransactionsJoin) {
  transaction(1, 9, {write(7, 10, 1), write(7, 10, 2)});
  single(3, 4, read(7, 10, 1), 5);
  single(5, 6, read(7, 0, 2), 5);
  const ConsistencyResult joined = judge();
  ASSERT_EQ(joined.transactions.size(), 1u);
  EXPECT_EQ(of(joined, "read_atomic", "db+orders"), holds);
  EXPECT_EQ(of(joined, "causal", "db+orders"), violated);
  EXPECT_THAT(joined.transactions.at("db+orders").levels.at("causal").witness.operations[0].text,
              testing::HasSubstr("orders/7"));
  run_ = {};
  transaction(1, 9, {write(7, 10, 1)});
  transaction(1, 9, {write(7, 10, 2)});
  single(3, 4, read(7, 10, 1), 5);
  single(5, 6, read(7, 0, 2), 5);
  const ConsistencyResult apart = judge();
  EXPECT_EQ(apart.transactions.size(), 2u);
  EXPECT_EQ(of(apart, "strict_serializable", "db"), holds);
  EXPECT_EQ(of(apart, "strict_serializable", "orders"), holds);
}

/// Statements were seen that no transaction told of: whose value is read there is not known.
TEST_F(TransactionVerdictsTest, KeysOfOthersTransactionsAreNotJudged) {
  keys_written_ = {1, 2};
  transaction(1, 2, {read(1, 77), write(2, 10)});
  const ConsistencyResult result = judge();
  EXPECT_EQ(of(result, "strict_serializable"), holds);
  EXPECT_EQ(result.transactions.at("db").keys, 1u);
  EXPECT_EQ(judged_, (std::unordered_set<std::uint64_t>{2}));
}

TEST_F(TransactionVerdictsTest, WhatEndsBeforeTheRunDoesNotHold) {
  transaction(1, 2, {write(1, 10)});
  const ConsistencyResult result = judge({}, false);
  EXPECT_EQ(of(result, "strict_serializable"), unknown);
  EXPECT_EQ(result.transactions.at("db").strongest(), "");
}

TEST_F(TransactionVerdictsTest, ChecksTheLevelsThatWereAskedFor) {
  ConsistencySpec spec;
  spec.levels = {"snapshot_isolation", "read_committed"};
  transaction(1, 2, {write(1, 10)});
  const ConsistencyResult result = judge(spec);
  EXPECT_EQ(result.transactions.at("db").levels.size(), 2u);
  EXPECT_EQ(result.transactions.at("db").strongest(), "snapshot_isolation");
}

/// Over several runs a level holds if it held in all; the witness is that of the first violation.
TEST_F(TransactionVerdictsTest, AddsUpOverRuns) {
  transaction(1, 2, {write(1, 10)});
  ConsistencyResult all = judge();
  transaction(3, 6, {read(1, 10), write(1, 20)});
  transaction(4, 7, {read(1, 10), write(1, 30)});
  all.add(judge());
  const TransactionVerdicts& seen = all.transactions.at("db");
  EXPECT_EQ(seen.committed, 4u);
  EXPECT_EQ(seen.levels.at("prefix").held, 2u);
  EXPECT_EQ(seen.levels.at("serializable").held, 1u);
  EXPECT_EQ(seen.levels.at("serializable").violated, 1u);
  EXPECT_EQ(seen.levels.at("serializable").witness_replication, 1u);
  EXPECT_EQ(seen.anomalies.at("lost-update"), 1u);
  EXPECT_EQ(seen.strongest(), "prefix");
}

/// Of several stores each has keys of its own; those of one stay what they are.
TEST(StoresApart, TheSameKeyAtTwoStoresIsTwoKeys) {
  std::vector<RecordedOperation> operations(3);
  operations[0].key = operations[1].key = operations[2].key = 17;
  operations[0].store = operations[2].store = 2;
  operations[1].store = 1;
  std::vector<RecordedOperation> of_one = operations;
  EXPECT_THAT(tell_stores_apart(operations, {"", "db", "orders"}),
              ElementsAre("orders/17", "db/17"));
  EXPECT_EQ(operations[0].key, operations[2].key);
  EXPECT_NE(operations[0].key, operations[1].key);
  EXPECT_TRUE(tell_stores_apart(of_one, {"", "db"}).empty());
  EXPECT_EQ(of_one[0].key, 17u);
}

}  // namespace
}  // namespace faultline::sim
