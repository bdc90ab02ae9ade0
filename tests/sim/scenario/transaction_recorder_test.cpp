#include "sim/scenario/transaction_recorder.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;

/// Those who run transactions at a store, by hand.
class TransactionRecorderTest : public testing::Test {
 protected:
  void record(double keys = 1, std::size_t operations_max = 1000) {
    operations_ = std::make_unique<ConsistencyRecorder>(
        kernel_, ConsistencyRecorder::Options{.keys = keys, .operations_max = operations_max});
    operations_->add_store(db_);
    operations_->add_store(replica_);
    operations_->add_store(orders_);
    transactions_ = std::make_unique<TransactionRecorder>(*operations_, operations_max);
  }
  std::uint32_t begin(std::uint32_t session = 1) {
    return transactions_->begun(app_, {.session = session});
  }
  /// A transaction that reads `key` and writes `value` to it.
  void update(std::uint64_t key, std::uint64_t value, Outcome outcome = Outcome::ok) {
    const std::uint32_t number = begin();
    transactions_->found(number, db_, key, 7);
    transactions_->writes(number, db_, key, value);
    pass(1ms);
    transactions_->ended(number, outcome);
  }
  void pass(Duration time) { kernel_.run_until(kernel_.now() + time); }

  Kernel kernel_;
  Node app_{kernel_, 0, "app", "app", 0};
  Node db_{kernel_, 5, "db[0]", "db", 0};
  Node replica_{kernel_, 6, "db[1]", "db", 1};
  Node orders_{kernel_, 9, "orders", "orders", 0};
  Node cache_{kernel_, 3, "cache", "cache", 0};
  std::unique_ptr<ConsistencyRecorder> operations_;
  std::unique_ptr<TransactionRecorder> transactions_;
};

TEST_F(TransactionRecorderTest, KeepsWhatWasDoneInItsOrder) {
  record();
  pass(1ms);
  const std::uint32_t number = begin(12);
  transactions_->found(number, db_, 3, 40);
  transactions_->writes(number, replica_, 4, 41);
  transactions_->writes(number, orders_, 4, 41);
  transactions_->found(number, cache_, 3, 99);  // No store.
  pass(2ms);
  transactions_->ended(number, Outcome::ok);
  const auto all = transactions_->transactions();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].invoked, Time(1ms));
  EXPECT_EQ(all[0].completed, Time(3ms));
  EXPECT_EQ(all[0].session, 12u);
  EXPECT_EQ(all[0].node, 0u);
  ASSERT_EQ(all[0].accesses.size(), 3u);
  EXPECT_FALSE(all[0].accesses[0].writes);
  EXPECT_EQ(all[0].accesses[0].value, 40u);
  EXPECT_TRUE(all[0].accesses[1].writes);
  // The replicas of a group are one store.
  EXPECT_EQ(all[0].accesses[0].store, all[0].accesses[1].store);
  EXPECT_EQ(operations_->store_names()[all[0].accesses[1].store], "db");
  EXPECT_EQ(operations_->store_names()[all[0].accesses[2].store], "orders");
}

/// What ended without an effect and wrote nothing tells nothing. What is under way may commit yet.
TEST_F(TransactionRecorderTest, KeepsAbortsThatWroteAndWhatIsUnderWay) {
  record();
  update(1, 10, Outcome::fail);
  update(1, 11, Outcome::unknown);
  const std::uint32_t reader = begin();
  transactions_->found(reader, db_, 1, 10);
  transactions_->ended(reader, Outcome::fail);
  const std::uint32_t open = begin();
  transactions_->writes(open, db_, 2, 12);
  const auto all = transactions_->transactions();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].outcome, Outcome::fail);
  EXPECT_EQ(all[1].outcome, Outcome::unknown);
  EXPECT_EQ(all[2].outcome, Outcome::unknown);
  EXPECT_EQ(all[2].completed, time_max);
}

/// Of 1,000 keys a tenth is watched, the same for operations and for transactions.
TEST_F(TransactionRecorderTest, TakesOrLeavesWholeKeys) {
  record(0.1, 100'000);
  for (std::uint64_t key = 0; key < 1000; ++key) {
    update(key, 2 * key + 1);
    update(key, 2 * key + 2);
  }
  std::set<std::uint64_t> keys;
  const auto all = transactions_->transactions();
  for (const auto& each : all) {
    ASSERT_EQ(each.accesses.size(), 2u);
    keys.insert(each.accesses[0].key);
    EXPECT_TRUE(operations_->is_watched(each.accesses[0].key));
  }
  EXPECT_EQ(all.size(), 2 * keys.size());
  EXPECT_NEAR(static_cast<double>(keys.size()), 100, 40);
}

/// 600 updates of two accesses each do not fit in 400: half of the keys go, and half of the rest,
/// for both recorders at once, and no key loses only some of what was done with it.
TEST_F(TransactionRecorderTest, GivesUpWholeKeysWhenThereAreTooMany) {
  record(1, 400);
  std::uint64_t value = 0;
  for (int round = 0; round < 6; ++round) {
    for (std::uint64_t key = 0; key < 100; ++key) update(key, ++value);
  }
  std::map<std::uint64_t, int> updates;
  for (const auto& each : transactions_->transactions()) ++updates[each.accesses.front().key];
  EXPECT_TRUE(operations_->bound_reached());
  EXPECT_LT(operations_->keys_ratio(), 0.6);
  EXPECT_FALSE(updates.empty());
  EXPECT_LE(updates.size(), 33u);  // 33 keys of 6 updates of 2 are 396.
  for (const auto& [key, count] : updates) EXPECT_EQ(count, 6) << key;
}

/// A single key cannot be halved: the recording stops, and what was open then stays unknown.
TEST_F(TransactionRecorderTest, StopsAtALastKey) {
  record(1, 100);
  const std::uint32_t open = begin();
  transactions_->writes(open, db_, 1, 5000);
  for (std::uint64_t value = 1; value <= 60; ++value) update(1, value);
  EXPECT_TRUE(operations_->is_stopped());
  EXPECT_EQ(begin(), 0u);
  transactions_->ended(open, Outcome::ok);
  const auto all = transactions_->transactions();
  ASSERT_EQ(all.size(), 52u);  // 51 updates, which are 102 accesses, and the open one.
  EXPECT_EQ(all.front().outcome, Outcome::unknown);
}

/// A write of nothing could not be told from what was there before: the key is given up.
TEST_F(TransactionRecorderTest, LeavesOutKeysThatNothingIsWrittenTo) {
  record();
  update(1, 10);
  update(2, 11);
  update(1, 0);
  const auto all = transactions_->transactions();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].accesses[0].key, 2u);
  EXPECT_EQ(operations_->keys_left_out(), 1u);
}

/// An operation that ends and a transaction that begins at one instant do not overlap: both
/// recorders go by one clock.
TEST_F(TransactionRecorderTest, SharesTheClockOfOperations) {
  record();
  const std::uint32_t operation = operations_->begun(
      app_, db_, {.key = 1, .value = 3, .operation = Operation::write, .session = 1});
  operations_->ended(operation, Reply{});
  update(1, 4);
  const auto operations = operations_->operations_beside_transactions();
  const auto all = transactions_->transactions();
  ASSERT_EQ(operations.size(), 1u);
  EXPECT_LT(operations[0].completed, all[0].invoked);
}

}  // namespace
}  // namespace faultline::sim
