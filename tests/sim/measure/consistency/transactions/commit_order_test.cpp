#include "sim/measure/consistency/transactions/commit_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "sim/measure/consistency/transactions/analysis.hpp"
#include "sim/measure/consistency/transactions/check.hpp"
#include "tests/sim/measure/consistency/transactions/brute_force.hpp"
#include "tests/sim/measure/lcg.hpp"

namespace faultline::sim::consistency {
namespace {

using Level = TransactionLevel;

struct Shape {
  std::int64_t transactions = 4;
  std::int64_t sessions = 3;
  std::int64_t keys = 2;
  std::int64_t operations = 3;
  std::int64_t odd_percent = 10;  ///< Aborted ones, and as many of unknown outcome.
};

/// Anything: reads find any value that some transaction writes, or the initial one, 0.
TransactionHistory random_history(Lcg& random, const Shape& shape) {
  TransactionHistory history;
  history.initial = 0;
  std::map<std::uint64_t, std::vector<Value>> written;
  std::vector<std::int64_t> session_end(static_cast<std::size_t>(shape.sessions), 0);
  for (std::int64_t t = 0; t < shape.transactions; ++t) {
    Transaction transaction;
    transaction.session = static_cast<std::uint32_t>(random.below(shape.sessions));
    std::int64_t& end = session_end[transaction.session];
    const std::int64_t invoked = end + 1 + random.below(6);
    end = invoked + random.below(8);
    transaction.invoked = Time(Duration(invoked));
    transaction.completed = Time(Duration(end));
    const std::int64_t draw = random.below(100);
    if (draw < shape.odd_percent) {
      transaction.outcome = Outcome::fail;
    } else if (draw < 2 * shape.odd_percent) {
      transaction.outcome = Outcome::unknown;
    }
    const std::int64_t count = 1 + random.below(shape.operations);
    for (std::int64_t i = 0; i < count; ++i) {
      MicroOperation operation;
      operation.key = static_cast<std::uint64_t>(random.below(shape.keys));
      if (random.below(2) == 0) {
        operation.kind = MicroOperation::Kind::write;
        std::vector<Value>& values = written[operation.key];
        operation.value = static_cast<Value>(10 * operation.key + values.size() + 1);
        values.push_back(operation.value);
      }
      transaction.operations.push_back(operation);
    }
    history.transactions.push_back(transaction);
  }
  for (Transaction& transaction : history.transactions) {
    std::map<std::uint64_t, Value> own;
    for (MicroOperation& operation : transaction.operations) {
      if (operation.kind == MicroOperation::Kind::write) {
        own[operation.key] = operation.value;
        continue;
      }
      // Mostly what makes sense: what it wrote itself, else somebody's.
      if (own.contains(operation.key) && random.below(20) > 0) {
        operation.value = own[operation.key];
        continue;
      }
      const std::vector<Value>& values = written[operation.key];
      const auto choice =
          static_cast<std::size_t>(random.below(static_cast<std::int64_t>(values.size()) + 1));
      operation.value = choice < values.size() ? values[choice] : 0;
    }
  }
  return history;
}

/// The verdict of the search alone, without any inference before it.
Verdict searched(const TransactionHistory& history, CommitAxiom axiom,
                 CommitConstraint constraint) {
  const CheckOptions unlimited;
  CommitBudget budget(unlimited);
  const TransactionAnalysis analysis = analyze_rw_register(history, budget);
  for (const TransactionAnomaly& anomaly : analysis.anomalies) {
    // Reads without a writer are no part of the problem.
    for (const char* name : {"thin-air-read", "G1a", "G1b", "internal", "future-read"}) {
      if (anomaly.name == name) return Verdict::violated;
    }
  }
  return find_commit_order(analysis.problem, axiom, constraint, budget, {.infers = false}).verdict;
}

std::string to_text(const TransactionHistory& history) {
  std::string text;
  for (std::size_t t = 0; t < history.transactions.size(); ++t) {
    const Transaction& transaction = history.transactions[t];
    text += history.transaction_name(t) + " session " + std::to_string(transaction.session) +
            " outcome " + std::to_string(static_cast<int>(transaction.outcome)) + " [" +
            std::to_string(transaction.invoked.time_since_epoch().count()) + ", " +
            std::to_string(transaction.completed.time_since_epoch().count()) + "]:";
    for (const MicroOperation& operation : transaction.operations) {
      text += (operation.kind == MicroOperation::Kind::read ? " r " : " w ") +
              history.to_text(operation);
    }
    text += "\n";
  }
  return text;
}

const std::map<Level, std::pair<CommitAxiom, CommitConstraint>>& searches() {
  static const std::map<Level, std::pair<CommitAxiom, CommitConstraint>> all{
      {Level::prefix, {CommitAxiom::prefix, CommitConstraint::sessions}},
      {Level::snapshot_isolation, {CommitAxiom::snapshot_isolation, CommitConstraint::sessions}},
      {Level::serializable, {CommitAxiom::serializable, CommitConstraint::sessions}},
      {Level::strong_snapshot_isolation,
       {CommitAxiom::snapshot_isolation, CommitConstraint::realtime}},
      {Level::strict_serializable, {CommitAxiom::serializable, CommitConstraint::realtime}},
  };
  return all;
}

/// How often each level held, so that a test can tell that it saw both.
using Counts = std::map<Level, int>;

void compare_with_axioms(std::uint64_t seed, int count, const Shape& shape, Counts& held) {
  Lcg random(seed);
  for (int i = 0; i < count; ++i) {
    const TransactionHistory history = random_history(random, shape);
    const BruteForce::Verdicts expected = BruteForce(history).run();
    for (const Level level : BruteForce::levels()) {
      const TransactionCheck check =
          check_transactions(history, TransactionModel::rw_register, level);
      ASSERT_EQ(check.result.verdict, expected.at(level) ? Verdict::holds : Verdict::violated)
          << "seed " << seed << ", history " << i << ", " << to_text(level) << "\n"
          << to_text(history) << check.result.witness.why;
      if (expected.at(level)) ++held[level];
      if (const auto search = searches().find(level); search != searches().end()) {
        ASSERT_EQ(searched(history, search->second.first, search->second.second),
                  check.result.verdict)
            << "seed " << seed << ", history " << i << ", search alone, " << to_text(level) << "\n"
            << to_text(history);
      }
      if (!expected.at(level)) {
        EXPECT_FALSE(check.result.anomalies.empty());
        EXPECT_FALSE(check.result.witness.why.empty());
        EXPECT_FALSE(check.result.witness.operations.empty());
      }
    }
  }
}

TEST(CommitOrder, EveryLevelAgreesWithItsAxiomsOverAllOrdersOfCommits) {
  Counts held;
  constexpr int count = 400;
  compare_with_axioms(1, count, {.transactions = 3, .sessions = 2}, held);
  compare_with_axioms(2, count, {.transactions = 4, .odd_percent = 5}, held);
  compare_with_axioms(3, count / 2, {.transactions = 5, .keys = 3, .odd_percent = 0}, held);
  for (const Level level : BruteForce::levels()) {
    EXPECT_GT(held[level], 100) << to_text(level);
    EXPECT_LT(held[level], 2 * count) << to_text(level);
  }
}

TEST(SlowCommitOrder, SixTransactionsAgreeWithTheAxioms) {
  Counts held;
  compare_with_axioms(4, 300, {.transactions = 6, .keys = 3, .operations = 2, .odd_percent = 0},
                      held);
  compare_with_axioms(5, 300, {.transactions = 6, .sessions = 6, .operations = 3, .odd_percent = 2},
                      held);
  compare_with_axioms(6, 300, {.transactions = 6, .keys = 4, .operations = 4, .odd_percent = 0},
                      held);
  compare_with_axioms(7, 2000, {.transactions = 5, .sessions = 5, .operations = 2}, held);
}

}  // namespace
}  // namespace faultline::sim::consistency
