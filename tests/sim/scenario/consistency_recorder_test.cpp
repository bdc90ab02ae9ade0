#include "sim/scenario/consistency_recorder.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "sim/scenario/consistency_verdicts.hpp"

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;

/// Users who ask a store, by hand.
class RecorderTest : public testing::Test {
 protected:
  ConsistencyRecorder& recorder(ConsistencyRecorder::Options options = {}) {
    recorder_ = std::make_unique<ConsistencyRecorder>(kernel_, options);
    return *recorder_;
  }
  std::uint32_t begin_write(std::uint64_t key, std::uint64_t value, std::uint32_t session = 1) {
    return recorder_->begun(
        users_, store_,
        {.key = key, .value = value, .operation = Operation::write, .session = session});
  }
  std::uint32_t begin_read(std::uint64_t key, std::uint32_t session = 1) {
    return recorder_->begun(users_, store_, {.key = key, .session = session});
  }
  void end(std::uint32_t number, std::uint64_t found = 0) {
    Reply reply;
    reply.value = found;
    recorder_->ended(number, reply);
  }
  void write(std::uint64_t key, std::uint64_t value) { end(begin_write(key, value)); }
  void pass(Duration time) { kernel_.run_until(kernel_.now() + time); }

  Kernel kernel_;
  Node users_{kernel_, 0, "users", "users", 0};
  Node store_{kernel_, 7, "store", "store", 0};
  std::unique_ptr<ConsistencyRecorder> recorder_;
};

/// A statement of a transaction that is aborted wrote nothing, and its answer was ok all the same;
/// so keys that transactions write are no operations' affair, and what they read is none.
TEST_F(RecorderTest, KeepsApartWhatTransactionsWriteAndRead) {
  recorder();
  const std::uint32_t transaction = Request::transaction_bit | 7;
  const auto ask = [&](Operation operation, std::uint64_t key, std::uint32_t connection) {
    return recorder_->begun(
        users_, store_,
        {.key = key, .value = 42, .operation = operation, .connection = connection, .session = 1});
  };
  write(1, 10);
  write(2, 11);
  write(3, 12);
  EXPECT_EQ(ask(Operation::begin, 1, transaction), 0u);
  EXPECT_EQ(ask(Operation::read, 1, transaction), 0u);
  EXPECT_EQ(ask(Operation::write, 2, transaction), 0u);
  EXPECT_EQ(ask(Operation::commit, 2, transaction), 0u);
  EXPECT_EQ(ask(Operation::prepare, 3, 0), 0u);
  const auto operations = recorder_->operations();
  ASSERT_EQ(operations.size(), 1u);
  EXPECT_EQ(operations[0].key, 1u);
  EXPECT_EQ(recorder_->keys_left_out(), 0u);
  EXPECT_EQ(recorder_->keys_of_transactions(), (std::unordered_set<std::uint64_t>{2, 3}));
  EXPECT_EQ(recorder_->operations_beside_transactions().size(), 3u);
}

TEST_F(RecorderTest, KeepsWhatWasAskedAndWhatCameOfIt) {
  recorder();
  pass(1ms);
  const std::uint32_t written = begin_write(5, 42, 9);
  pass(2ms);
  end(written);
  const std::uint32_t read = begin_read(5, 9);
  pass(1ms);
  end(read, 42);
  const auto operations = recorder_->operations();
  ASSERT_EQ(operations.size(), 2u);
  EXPECT_EQ(operations[0].invoked, Time(1ms));
  EXPECT_EQ(operations[0].completed, Time(3ms));
  EXPECT_EQ(operations[0].key, 5u);
  EXPECT_EQ(operations[0].value, 42u);
  EXPECT_EQ(operations[0].session, 9u);
  EXPECT_EQ(operations[0].node, 0u);
  EXPECT_TRUE(operations[0].is_ok());
  EXPECT_TRUE(operations[1].is_read());
  EXPECT_EQ(operations[1].value, 42u);
  // The read began in the same instant as the write ended, but after it: that must not be lost.
  EXPECT_GT(operations[1].invoked, operations[0].completed);
}

TEST_F(RecorderTest, AtTheCalleeTheNodeIsTheOneThatAnswers) {
  recorder({.at_callee = true});
  write(1, 10);
  EXPECT_EQ(recorder_->operations().at(0).node, 7u);
}

TEST_F(RecorderTest, AWriteUnderWayIsUnknownAndAReadUnderWayIsNothing) {
  recorder();
  begin_write(1, 10);
  begin_read(1);
  const auto operations = recorder_->operations();
  ASSERT_EQ(operations.size(), 1u);
  EXPECT_EQ(operations[0].outcome, Outcome::unknown);
  EXPECT_EQ(operations[0].completed, time_max);
}

TEST_F(RecorderTest, RemembersWhyItDidNotEndOk) {
  recorder();
  const std::uint32_t number = begin_write(1, 10);
  recorder_->ended(number, Reply::unknown(Reason::timeout));
  EXPECT_EQ(recorder_->operations().at(0).outcome, Outcome::unknown);
  EXPECT_EQ(recorder_->operations().at(0).reason, Reason::timeout);
}

TEST_F(RecorderTest, WhatThoseAskWhoAreWatchedIsNoOperation) {
  recorder();
  recorder_->add_store(users_);
  EXPECT_EQ(begin_read(1), 0u);
  EXPECT_TRUE(recorder_->operations().empty());
}

TEST_F(RecorderTest, AKeyThatIsErasedOrWrittenWithNothingIsLeftOut) {
  recorder();
  write(1, 10);
  write(2, 20);
  write(3, 0);
  recorder_->begun(users_, store_, {.key = 2, .operation = Operation::erase});
  EXPECT_EQ(recorder_->keys_left_out(), 2u);
  ASSERT_EQ(recorder_->operations().size(), 1u);
  EXPECT_EQ(recorder_->operations()[0].key, 1u);
}

TEST_F(RecorderTest, ASampleTakesAFairShareOfTheKeysWhole) {
  // 10,000 keys at 10 %: 1000 are expected, with a standard deviation of 30.
  recorder({.keys = 0.1});
  std::uint64_t value = 0;
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t key = 0; key < 10'000; ++key) {
      if (const auto number = begin_write(key, ++value)) end(number);
    }
  }
  std::map<std::uint64_t, int> writes;
  for (const RecordedOperation& each : recorder_->operations()) ++writes[each.key];
  EXPECT_NEAR(static_cast<double>(writes.size()), 1000, 4 * 30);
  for (const auto& [key, count] : writes) EXPECT_EQ(count, 2) << key;
  EXPECT_DOUBLE_EQ(recorder_->keys_ratio(), 0.1);
  EXPECT_FALSE(recorder_->bound_reached());
}

TEST_F(RecorderTest, TooManyOperationsCostKeysAndNeverParts) {
  // 100,000 operations of 1000 keys and room for 10,000: what is left must be complete.
  recorder({.operations_max = 10'000});
  std::uint64_t value = 0;
  for (int round = 0; round < 100; ++round) {
    for (std::uint64_t key = 0; key < 1000; ++key) {
      if (const auto number = begin_write(key, ++value)) end(number);
    }
  }
  std::map<std::uint64_t, int> writes;
  for (const RecordedOperation& each : recorder_->operations()) ++writes[each.key];
  EXPECT_TRUE(recorder_->bound_reached());
  EXPECT_EQ(recorder_->stopped_at(), time_max);
  EXPECT_GE(writes.size(), 30u);
  EXPECT_LE(writes.size(), 100u);
  for (const auto& [key, count] : writes) EXPECT_EQ(count, 100) << key;
  // Of 1000 keys that share is left, give or take what a hash does.
  EXPECT_NEAR(recorder_->keys_ratio() * 1000, static_cast<double>(writes.size()), 40);
}

TEST_F(RecorderTest, OfALastKeyItStopsAndSaysSo) {
  recorder({.operations_max = 1000});
  const std::uint32_t hanging = begin_write(1, 1'000'000);
  for (std::uint64_t value = 1; value <= 5000; ++value) {
    pass(1ms);
    if (const auto number = begin_write(1, value)) end(number);
  }
  EXPECT_TRUE(recorder_->bound_reached());
  // The 1001st is one too many.
  EXPECT_EQ(recorder_->stopped_at(), Time(1001ms));
  end(hanging);  // Its end is not known any more.
  const auto operations = recorder_->operations();
  ASSERT_EQ(operations.size(), 1002u);
  EXPECT_EQ(operations[0].outcome, Outcome::unknown);
}

TEST_F(RecorderTest, ManyUnderWayAtOnceAreKeptApart) {
  recorder();
  std::vector<std::uint32_t> numbers;
  for (std::uint64_t i = 1; i <= 100; ++i) numbers.push_back(begin_write(i, i));
  EXPECT_EQ(std::set<std::uint32_t>(numbers.begin(), numbers.end()).size(), 100u);
  for (const std::uint32_t number : numbers) end(number);
  std::uint64_t expected = 0;
  for (const RecordedOperation& each : recorder_->operations()) {
    EXPECT_EQ(each.value, ++expected);
    EXPECT_TRUE(each.is_ok());
  }
}

// --- The history that checkers are given.

RecordedOperation operation(std::int64_t from, std::int64_t to, std::uint32_t session,
                            Operation kind = Operation::write, Outcome outcome = Outcome::ok) {
  return {.invoked = Time(Duration(from)),
          .completed = Time(Duration(to)),
          .key = 1,
          .value = static_cast<std::uint64_t>(from),
          .session = session,
          .node = 0,
          .operation = kind,
          .outcome = outcome,
          .reason = Reason::none};
}

TEST(HistoryOfARun, LeavesOutWhatHadNoEffectAndToldNothing) {
  const auto history = history_of({operation(1, 2, 1, Operation::write, Outcome::fail),
                                   operation(3, 4, 1, Operation::read, Outcome::fail),
                                   operation(5, 6, 1, Operation::write, Outcome::unknown)},
                                  {"users"});
  ASSERT_EQ(history.operations.size(), 1u);
  EXPECT_EQ(history.operations[0].outcome, Outcome::unknown);
  EXPECT_EQ(history.operations[0].completed, time_max);
  EXPECT_EQ(history.initial, 0);
}

TEST(HistoryOfARun, ASessionIsWhatCameOneAfterTheOther) {
  // 1..2, then 3..6 and 4..5 at the same time, then 7..8: the one that overlaps stands apart.
  const auto history = history_of(
      {operation(1, 2, 9), operation(3, 6, 9), operation(4, 5, 9), operation(7, 8, 9)}, {"users"});
  const auto& all = history.operations;
  EXPECT_EQ(all[0].session, all[1].session);
  EXPECT_NE(all[2].session, all[1].session);
  EXPECT_EQ(all[3].session, all[0].session);
  for (const auto& each : all) EXPECT_EQ(history.session_name(each.session), "9");
}

TEST(HistoryOfARun, ANumberThatIsUsedAgainIsAnotherVisitor) {
  RecordedOperation later = operation(3, 4, 9);
  later.era = 1;
  const auto history = history_of({operation(1, 2, 9), later}, {"users"});
  EXPECT_NE(history.operations[0].session, history.operations[1].session);
}

TEST(HistoryOfARun, ValuesAreNumberedByTheirWrites) {
  RecordedOperation nothing = operation(1, 2, 9, Operation::read);
  nothing.value = 0;
  RecordedOperation first = operation(3, 4, 9);
  first.value = 70'000;
  RecordedOperation second = operation(5, 6, 9);
  second.value = 60'000;
  RecordedOperation read = operation(7, 8, 9, Operation::read);
  read.value = 60'000;
  RecordedOperation stranger = operation(9, 10, 9, Operation::read);
  stranger.value = 2;
  const auto history = history_of({nothing, first, second, read, stranger}, {"users"});
  EXPECT_EQ(history.operations[0].value, 0);
  EXPECT_EQ(history.operations[1].value, 1);
  EXPECT_EQ(history.operations[2].value, 2);
  EXPECT_EQ(history.operations[3].value, 2);
  EXPECT_GT(history.operations[4].value, 1'000'000);
}

TEST(HistoryOfARun, WhatMayStillTakeEffectStandsInNobodysOrder) {
  const auto history =
      history_of({operation(1, 2, 9), operation(3, 4, 9, Operation::write, Outcome::unknown),
                  operation(5, 6, 9)},
                 {"users"});
  const auto& all = history.operations;
  EXPECT_EQ(all[0].session, all[2].session);
  EXPECT_NE(all[1].session, all[0].session);
}

}  // namespace
}  // namespace faultline::sim
