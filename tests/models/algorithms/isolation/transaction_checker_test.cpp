/// What the levels of isolation promise, said by the checker that judges histories of any store. It
/// knows nothing of how the levels work, nor of the order of versions.
#include <gtest/gtest.h>

#include <map>

#include "sim/measure/consistency/transactions/check.hpp"
#include "tests/models/algorithms/isolation/interleavings.hpp"

namespace faultline::models {
namespace {

using sim::consistency::MicroOperation;
using sim::consistency::TransactionLevel;
using sim::consistency::TransactionModel;
using sim::consistency::Verdict;

sim::consistency::TransactionHistory as_seen_by_clients(const History& history) {
  sim::consistency::TransactionHistory seen;
  seen.initial = 0;
  std::uint32_t session = 0;
  for (const HistoryTransaction& each : history.transactions) {
    sim::consistency::Transaction transaction;
    transaction.session = session++;
    transaction.outcome = each.committed ? sim::Outcome::ok : sim::Outcome::fail;
    transaction.invoked = sim::Time(sim::Duration(static_cast<std::int64_t>(each.began)));
    transaction.completed = sim::Time(sim::Duration(static_cast<std::int64_t>(each.ended)));
    for (const HistoryTransaction::Step& step : each.steps) {
      transaction.operations.push_back(
          {.kind = step.is_write ? MicroOperation::Kind::write : MicroOperation::Kind::read,
           .key = step.key,
           .value = static_cast<sim::consistency::Value>(step.value),
           .list = {}});
    }
    seen.transactions.push_back(std::move(transaction));
  }
  return seen;
}

/// In how many of so many random runs a level of the checker is violated.
std::map<TransactionLevel, int> violations(std::string_view isolation, std::uint64_t runs) {
  std::map<TransactionLevel, int> count;
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    const auto level = make_isolation(isolation);
    const auto history = as_seen_by_clients(run_interleaved(*level, seed, 6, 3, 4));
    for (const auto& [checked, verdict] :
         check_transaction_levels(history, TransactionModel::rw_register)) {
      EXPECT_NE(verdict, Verdict::unknown);
      if (verdict == Verdict::violated) ++count[checked];
    }
  }
  return count;
}

constexpr std::uint64_t runs = 150;

TEST(TransactionChecker, ReadUncommittedIsNotReadCommitted) {
  EXPECT_GT(violations("read_uncommitted", runs)[TransactionLevel::read_committed], 10);
}

TEST(TransactionChecker, ReadCommittedIsNoMoreThanThat) {
  auto found = violations("read_committed", runs);
  EXPECT_EQ(found[TransactionLevel::read_committed], 0);
  EXPECT_GT(found[TransactionLevel::read_atomic], 10);
  EXPECT_GT(found[TransactionLevel::snapshot_isolation], 10);
}

TEST(TransactionChecker, SnapshotIsNoMoreThanThatAndSoInRealTime) {
  for (const char* level : {"snapshot", "snapshot(first_updater)"}) {
    auto found = violations(level, runs);
    EXPECT_EQ(found[TransactionLevel::strong_snapshot_isolation], 0) << level;
    EXPECT_GT(found[TransactionLevel::serializable], 5) << level;
  }
}

TEST(TransactionChecker, SerializableIsStrictlySo) {
  for (const char* level : {"serializable_locking", "serializable_ssi"}) {
    auto found = violations(level, runs);
    EXPECT_EQ(found[TransactionLevel::strict_serializable], 0) << level;
    EXPECT_EQ(found[TransactionLevel::serializable], 0) << level;
  }
}

}  // namespace
}  // namespace faultline::models
