#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/measure/consistency/transactions/check.hpp"
#include "tests/sim/measure/consistency/transactions/random_store.hpp"
#include "tests/sim/measure/lcg.hpp"

namespace faultline::sim::consistency {
namespace {

using Kind = MicroOperation::Kind;
using Level = TransactionLevel;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::StartsWith;

/// Writes a history down as a story; each transaction is in a session of its own unless told
/// otherwise, and all overlap.
class Story {
 public:
  Story() { history_.key_names = {"x", "y", "z"}; }

  Story& transaction(Outcome outcome = Outcome::ok) {
    Transaction& added = history_.transactions.emplace_back();
    added.session = static_cast<std::uint32_t>(history_.transactions.size());
    added.outcome = outcome;
    added.completed = Time(Duration(1000));
    return *this;
  }
  Story& in_session(std::uint32_t session) {
    history_.transactions.back().session = session;
    return *this;
  }
  Story& during(std::int64_t invoked, std::int64_t completed) {
    history_.transactions.back().invoked = Time(Duration(invoked));
    history_.transactions.back().completed = Time(Duration(completed));
    return *this;
  }
  Story& write(char key, Value value) { return add(Kind::write, key, value); }
  Story& read(char key, Value value = nil) { return add(Kind::read, key, value); }

  TransactionCheck check(Level level) const {
    return check_transactions(history_, TransactionModel::rw_register, level);
  }
  Verdict verdict(Level level) const { return check(level).result.verdict; }
  std::vector<std::string> anomalies(Level level) const { return check(level).result.anomalies; }
  std::string why(Level level) const { return check(level).result.witness.why; }
  TransactionHistory& history() { return history_; }

 private:
  Story& add(Kind kind, char key, Value value) {
    history_.transactions.back().operations.push_back(
        {kind, static_cast<std::uint64_t>(key - 'x'), value, {}});
    return *this;
  }
  TransactionHistory history_;
};

TEST(RwRegister, NothingAtAllHoldsAtEveryLevel) {
  for (const Level level : transaction_levels(TransactionModel::rw_register)) {
    EXPECT_EQ(Story().verdict(level), Verdict::holds) << to_text(level);
  }
}

TEST(RwRegister, ReadsThatNoLevelAllows) {
  Story aborted;
  aborted.transaction(Outcome::fail).write('x', 1);
  aborted.transaction().read('x', 1);
  EXPECT_THAT(aborted.anomalies(Level::read_committed), ElementsAre("G1a"));
  EXPECT_EQ(aborted.why(Level::read_committed), "T2 read x: 1, which T1 wrote and then aborted");

  Story thin_air;
  thin_air.transaction().read('x', 7);
  EXPECT_THAT(thin_air.anomalies(Level::read_committed), ElementsAre("thin-air-read"));

  Story intermediate;
  intermediate.transaction().write('x', 1).write('x', 2);
  intermediate.transaction().read('x', 1);
  EXPECT_THAT(intermediate.anomalies(Level::read_committed), ElementsAre("G1b"));
  EXPECT_EQ(intermediate.why(Level::read_committed),
            "T2 read x: 1, which T1 wrote before it wrote x again");

  Story own;
  own.transaction().write('x', 1).read('x');
  EXPECT_THAT(own.anomalies(Level::read_committed), ElementsAre("internal"));
  EXPECT_EQ(own.why(Level::read_committed), "T1 read x: nil after it had written 1");

  Story future;
  future.transaction().read('x', 1).write('x', 1);
  EXPECT_THAT(future.anomalies(Level::read_committed), ElementsAre("future-read"));

  Story circle;
  circle.transaction().write('x', 1).read('y', 1);
  circle.transaction().write('y', 1).read('x', 1);
  EXPECT_THAT(circle.anomalies(Level::read_committed), ElementsAre("G1c"));
}

TEST(RwRegister, AReadThatGoesBackViolatesReadCommitted) {
  // T2 reads T1's y, and then the x from before T1.
  Story back;
  back.transaction().write('x', 1).write('y', 1);
  back.transaction().read('y', 1).read('x');
  EXPECT_THAT(back.anomalies(Level::read_committed), ElementsAre("G-monotonic"));
  // The other way round it saw x before it saw anything of T1.
  Story forth;
  forth.transaction().write('x', 1).write('y', 1);
  forth.transaction().read('x').read('y', 1);
  EXPECT_EQ(forth.verdict(Level::read_committed), Verdict::holds);
  EXPECT_THAT(forth.anomalies(Level::read_atomic), ElementsAre("fractured-read"));
  EXPECT_THAT(forth.anomalies(Level::causal), ElementsAre("G-single-item"));
  EXPECT_EQ(forth.why(Level::causal),
            "Read skew: T2 read x: nil before T1 wrote x = 1, T1 wrote y = 1, which T2 read: no "
            "order of the two allows both");
  Story twice;
  twice.transaction().write('x', 1);
  twice.transaction().read('x').read('x', 1);
  EXPECT_EQ(twice.verdict(Level::read_committed), Verdict::holds);
  EXPECT_THAT(twice.anomalies(Level::read_atomic), Contains("non-repeatable-read"));
}

TEST(RwRegister, AnEffectWithoutItsCauseViolatesCausal) {
  Story story;
  story.transaction().write('x', 1);
  story.transaction().read('x', 1).write('y', 1);
  story.transaction().read('y', 1).read('x');
  EXPECT_EQ(story.verdict(Level::read_atomic), Verdict::holds);
  EXPECT_THAT(story.anomalies(Level::causal), ElementsAre("G-single-item"));
}

TEST(RwRegister, ALongForkViolatesPrefix) {
  Story story;
  story.transaction().write('x', 1);
  story.transaction().write('y', 1);
  story.transaction().read('x', 1).read('y');
  story.transaction().read('x').read('y', 1);
  EXPECT_EQ(story.verdict(Level::causal), Verdict::holds);
  EXPECT_THAT(story.anomalies(Level::prefix), ElementsAre("G-nonadjacent-item"));
  EXPECT_THAT(story.why(Level::prefix), StartsWith("Long fork: "));
}

TEST(RwRegister, ALostUpdateViolatesSnapshotIsolation) {
  Story story;
  story.transaction().write('x', 1);
  story.transaction().read('x', 1).write('x', 2);
  story.transaction().read('x', 1).write('x', 3);
  EXPECT_EQ(story.verdict(Level::prefix), Verdict::holds);
  const TransactionCheck check = story.check(Level::snapshot_isolation);
  EXPECT_THAT(check.result.anomalies, ElementsAre("lost-update"));
  EXPECT_THAT(check.ruled_out, ElementsAre("snapshot_isolation"));
  EXPECT_EQ(check.result.witness.why, "T2 and T3 both read x of T1 and then both replaced it");
  EXPECT_EQ(check.result.witness.operations.size(), 3U);
}

TEST(RwRegister, WriteSkewViolatesSerializableOnly) {
  Story story;
  story.transaction().read('x').write('y', 1);
  story.transaction().read('y').write('x', 1);
  EXPECT_EQ(story.verdict(Level::snapshot_isolation), Verdict::holds);
  EXPECT_THAT(story.anomalies(Level::serializable), ElementsAre("G2-item"));
  EXPECT_EQ(story.why(Level::serializable),
            "Write skew: T1 read x: nil before T2 wrote x = 1, T2 read y: nil before T1 wrote y = "
            "1: no order of the two allows both");
}

TEST(RwRegister, RealTimeCountsForStrictSerializableOnly) {
  Story story;
  story.transaction().write('x', 1).during(0, 10);
  story.transaction().read('x').during(11, 20);
  EXPECT_EQ(story.verdict(Level::serializable), Verdict::holds);
  EXPECT_THAT(story.anomalies(Level::strict_serializable), ElementsAre("G-single-item-realtime"));
  EXPECT_THAT(story.check(Level::strict_serializable).ruled_out,
              ElementsAre("strong_snapshot_isolation"));
  story.history().timed = false;
  const TransactionCheck untimed = story.check(Level::strict_serializable);
  EXPECT_EQ(untimed.result.verdict, Verdict::unknown);
  EXPECT_EQ(untimed.result.reason, "the history has no times");
}

TEST(RwRegister, SessionsCount) {
  Story story;
  story.transaction().write('x', 1).in_session(1);
  story.transaction().read('x').in_session(1);
  EXPECT_EQ(story.verdict(Level::read_committed), Verdict::holds);
  EXPECT_EQ(story.verdict(Level::read_atomic), Verdict::violated);
  EXPECT_THAT(story.anomalies(Level::serializable), ElementsAre("G-single-item-process"));
  EXPECT_EQ(story.why(Level::serializable),
            "Stale read: T2 read x: nil before T1 wrote x = 1, T1 came before T2 in session 1: no "
            "order of the two allows both");
  // Of unknown outcome: it may have taken effect later.
  story.history().transactions[0].outcome = Outcome::unknown;
  EXPECT_EQ(story.verdict(Level::strict_serializable), Verdict::holds);
  Story later;
  later.transaction(Outcome::unknown).write('x', 1).in_session(1);
  later.transaction().read('x').in_session(1);
  later.transaction().read('x', 1).in_session(1);
  EXPECT_EQ(later.verdict(Level::strict_serializable), Verdict::holds);
  later.transaction().read('x').in_session(1);
  EXPECT_EQ(later.verdict(Level::read_atomic), Verdict::holds);
  EXPECT_EQ(later.verdict(Level::causal), Verdict::violated);  // T3 had seen it.
}

TEST(RwRegister, WhoseWriteWasReadMustBeCertain) {
  Story story;
  story.transaction().write('x', 1);
  story.transaction().write('x', 1);
  EXPECT_EQ(story.verdict(Level::serializable), Verdict::holds);
  story.transaction().read('x', 1);
  EXPECT_EQ(story.verdict(Level::serializable), Verdict::unknown);
  EXPECT_EQ(story.check(Level::serializable).result.reason,
            "whose write was read is not certain: T1 and T2 both have x = 1");
  Story initial;
  initial.history().initial = 0;
  initial.transaction().write('x', 0);
  initial.transaction().read('x', 0);
  EXPECT_EQ(initial.check(Level::serializable).result.reason,
            "whose write was read is not certain: the initial state and T1 both have x = 0");
}

// --- Properties --------------------------------------------------------------------------------

std::map<Level, Verdict> levels_of(const TransactionHistory& history, TransactionModel model) {
  std::map<Level, Verdict> verdicts;
  for (const auto& [level, verdict] : check_transaction_levels(history, model)) {
    verdicts[level] = verdict;
  }
  return verdicts;
}

/// Up to a dozen transactions of a store with a flaw: reads may find an older version.
TransactionHistory flawed(Lcg& random, TransactionModel model) {
  RandomStore store;
  store.model = model;
  store.transactions = 4 + static_cast<int>(random.below(9));
  store.sessions = 2 + static_cast<int>(random.below(4));
  store.keys = 2 + static_cast<int>(random.below(2));
  store.stale_percent = static_cast<int>(random.below(3)) * 15;
  return store.run(random);
}

TEST(RwRegister, AStrongerLevelImpliesTheWeakerOnes) {
  const std::array chain{Level::read_committed,
                         Level::read_atomic,
                         Level::causal,
                         Level::prefix,
                         Level::snapshot_isolation,
                         Level::serializable,
                         Level::strict_serializable};
  Lcg random(21);
  std::map<Level, int> held;
  for (int i = 0; i < 300; ++i) {
    const TransactionHistory history = flawed(random, TransactionModel::rw_register);
    bool weaker_holds = true;
    for (const Level level : chain) {
      // Each level by itself, so that none can lean on another.
      const Verdict verdict =
          check_transactions(history, TransactionModel::rw_register, level).result.verdict;
      ASSERT_NE(verdict, Verdict::unknown);
      ASSERT_TRUE(weaker_holds || verdict == Verdict::violated) << i << " " << to_text(level);
      weaker_holds = verdict == Verdict::holds;
      held[level] += weaker_holds ? 1 : 0;
    }
  }
  EXPECT_GT(held[Level::strict_serializable], 50);
  EXPECT_LT(held[Level::read_committed], 300);
}

TEST(RwRegister, NamesDoNotMatter) {
  Lcg random(22);
  for (const TransactionModel model :
       {TransactionModel::rw_register, TransactionModel::list_append}) {
    for (int i = 0; i < 100; ++i) {
      const TransactionHistory history = flawed(random, model);
      TransactionHistory renamed = history;
      const auto value = [&](Value v) { return v == history.initial ? v : 1'000'000 - 7 * v; };
      for (Transaction& transaction : renamed.transactions) {
        transaction.session = 1'000'000'000 - 3 * transaction.session;
        for (MicroOperation& operation : transaction.operations) {
          operation.key = 0xffff'ffff'ffff'0000U - 5 * operation.key;
          operation.value = value(operation.value);
          for (Value& element : operation.list) element = value(element);
        }
      }
      ASSERT_EQ(levels_of(renamed, model), levels_of(history, model)) << i;
      // Nor does it matter in which order sessions were written down.
      TransactionHistory sorted = history;
      std::stable_sort(
          sorted.transactions.begin(), sorted.transactions.end(),
          [](const Transaction& a, const Transaction& b) { return a.session > b.session; });
      ASSERT_EQ(levels_of(sorted, model), levels_of(history, model)) << i;
    }
  }
}

TEST(RwRegister, WithoutARelationLessIsForbidden) {
  Lcg random(23);
  for (int i = 0; i < 100; ++i) {
    TransactionHistory history = flawed(random, TransactionModel::rw_register);
    const std::map<Level, Verdict> before = levels_of(history, TransactionModel::rw_register);
    // A read less.
    for (Transaction& transaction : history.transactions) {
      if (transaction.operations.size() > 1 && transaction.operations.back().kind == Kind::read) {
        transaction.operations.pop_back();
        break;
      }
    }
    for (const auto& [level, verdict] : levels_of(history, TransactionModel::rw_register)) {
      ASSERT_TRUE(before.at(level) == Verdict::violated || verdict == Verdict::holds)
          << i << " " << to_text(level);
    }
  }
}

/// Only some of the transactions; what they read from the others is left out.
TransactionHistory part_of(const TransactionHistory& history,
                           const std::vector<WitnessOperation>& chosen) {
  TransactionHistory part;
  part.initial = history.initial;
  std::vector<std::size_t> indexes;
  for (const WitnessOperation& one : chosen) indexes.push_back(one.index);
  std::sort(indexes.begin(), indexes.end());
  std::map<std::pair<std::uint64_t, Value>, bool> is_written_here;
  for (std::size_t t = 0; t < history.transactions.size(); ++t) {
    for (const MicroOperation& operation : history.transactions[t].operations) {
      if (operation.kind == Kind::write) {
        is_written_here[{operation.key, operation.value}] =
            std::binary_search(indexes.begin(), indexes.end(), t);
      }
    }
  }
  for (const std::size_t t : indexes) {
    Transaction transaction = history.transactions[t];
    std::erase_if(transaction.operations, [&](const MicroOperation& operation) {
      const auto written = is_written_here.find({operation.key, operation.value});
      return operation.kind == Kind::read && written != is_written_here.end() && !written->second;
    });
    part.transactions.push_back(std::move(transaction));
  }
  return part;
}

TEST(RwRegister, AWitnessIsAViolationByItself) {
  Lcg random(24);
  int violated = 0;
  std::size_t longest = 0;
  for (int i = 0; i < 300; ++i) {
    const TransactionHistory history = flawed(random, TransactionModel::rw_register);
    for (const Level level : transaction_levels(TransactionModel::rw_register)) {
      const TransactionCheck check =
          check_transactions(history, TransactionModel::rw_register, level);
      if (check.result.verdict != Verdict::violated) continue;
      ++violated;
      const std::vector<WitnessOperation>& witness = check.result.witness.operations;
      ASSERT_FALSE(witness.empty());
      longest = std::max(longest, witness.size());
      const TransactionHistory part = part_of(history, witness);
      ASSERT_EQ(check_transactions(part, TransactionModel::rw_register, level).result.verdict,
                Verdict::violated)
          << i << " " << to_text(level) << ": " << check.result.witness.why;
    }
  }
  EXPECT_GT(violated, 500);
  EXPECT_LT(longest, 8U);
}

TEST(RwRegister, StepsBoundTheSearchAndTheVerdictIsUnknownThen) {
  Lcg random(25);
  RandomStore store;
  store.transactions = 2000;
  store.sessions = 40;
  store.keys = 4;
  const TransactionHistory history = store.run(random);
  CheckOptions options;
  options.steps_max = 5000;
  const TransactionCheck check =
      check_transactions(history, TransactionModel::rw_register, Level::serializable, options);
  EXPECT_EQ(check.result.verdict, Verdict::unknown);
  EXPECT_EQ(check.result.reason, "not decided within 5000 steps");
  options.steps_max = 100'000'000;
  EXPECT_EQ(check_transactions(history, TransactionModel::rw_register, Level::serializable, options)
                .result.verdict,
            Verdict::holds);
}

}  // namespace
}  // namespace faultline::sim::consistency
