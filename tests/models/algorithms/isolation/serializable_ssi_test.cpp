#include <gtest/gtest.h>

#include "tests/models/algorithms/isolation/interleavings.hpp"

namespace faultline::models {
namespace {

using Verdict = Isolation::Verdict;
using Why = Isolation::Why;

TEST(SerializableSsi, ShowsNoCycleEvenInRealTime) {
  for (const auto& [transactions, keys] :
       std::vector<std::pair<std::size_t, std::uint64_t>>{{7, 3}, {5, 2}, {10, 6}}) {
    const Seen seen = see("serializable_ssi", many_runs, transactions, keys);
    EXPECT_FALSE(seen.any.g1a);
    EXPECT_FALSE(seen.any.g1b);
    EXPECT_FALSE(seen.any.g2);
    EXPECT_FALSE(seen.any.real_time);
    EXPECT_EQ(seen.counts.lost_updates, 0u);
    EXPECT_GT(seen.committed, 2 * many_runs);
    EXPECT_EQ(seen.counts.waits, 0u);
    EXPECT_GT(aborted(seen, Why::serialization), 50u);
    EXPECT_GT(aborted(seen, Why::conflict), 50u);
  }
}

/// Two doctors are on call; each sees the other on call, and goes.
TEST(SerializableSsi, WriteSkewIsFoundBySsiAndNotBySnapshots) {
  for (const char* level : {"snapshot", "serializable_ssi"}) {
    const auto isolation = make_isolation(level);
    for (const Isolation::Transaction each : {1, 2}) isolation->begin(each);
    int committed = 0;
    for (const Isolation::Transaction each : {1, 2}) {
      for (const Isolation::Key key : {1, 2}) isolation->read(each, key);
    }
    for (const Isolation::Transaction each : {1, 2}) {
      isolation->write(each, each, 100 + each);
    }
    for (const Isolation::Transaction each : {1, 2}) {
      const Isolation::Answer answer = isolation->prepare(each);
      if (answer.verdict == Verdict::go_on) {
        isolation->commit(each);
        ++committed;
      } else {
        EXPECT_EQ(answer.why, Why::serialization);
        isolation->abort(each, answer.why);
      }
    }
    EXPECT_EQ(committed, std::string_view(level) == "snapshot" ? 2 : 1) << level;
  }
}

/// Fekete, O'Neil, O'Neil 2004: a transaction that only reads, begun after one committed and before
/// another did, sees a state that no serial order has. The one whose overwriter has committed long
/// ago and is forgotten must still count.
TEST(SerializableSsi, SsiFindsTheAnomalyOfATransactionThatOnlyReads) {
  for (const char* level : {"snapshot", "serializable_ssi"}) {
    const auto isolation = make_isolation(level);
    const auto commit = [&](Isolation::Transaction each) {
      const Isolation::Answer answer = isolation->prepare(each);
      if (answer.verdict == Verdict::go_on) {
        isolation->commit(each);
        return true;
      }
      isolation->abort(each, answer.why);
      return false;
    };
    constexpr Isolation::Key checking = 1;
    constexpr Isolation::Key saving = 2;
    isolation->begin(2);  // Withdraws, and looks at both.
    isolation->read(2, checking);
    isolation->read(2, saving);
    isolation->begin(3);  // Pays into the saving account.
    isolation->read(3, saving);
    isolation->write(3, saving, 20);
    EXPECT_TRUE(commit(3));
    isolation->begin(4);  // Reads only, after 3 and before 2.
    isolation->write(2, checking, 11);
    const bool second = commit(2);
    bool third = isolation->read(4, checking).verdict == Verdict::go_on;
    if (third) third = isolation->read(4, saving).verdict == Verdict::go_on;
    if (third) third = commit(4);
    if (std::string_view(level) == "snapshot") {
      EXPECT_TRUE(second);
      EXPECT_TRUE(third);
    } else {
      EXPECT_FALSE(second && third);
    }
  }
}

}  // namespace
}  // namespace faultline::models
