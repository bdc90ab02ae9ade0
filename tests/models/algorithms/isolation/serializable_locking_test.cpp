#include <gtest/gtest.h>

#include "tests/models/algorithms/isolation/interleavings.hpp"

namespace faultline::models {
namespace {

using Verdict = Isolation::Verdict;
using Why = Isolation::Why;

TEST(SerializableLocking, ShowsNoCycleEvenInRealTime) {
  for (const auto& [transactions, keys] :
       std::vector<std::pair<std::size_t, std::uint64_t>>{{7, 3}, {5, 2}, {10, 6}}) {
    const Seen seen = see("serializable_locking", many_runs, transactions, keys);
    EXPECT_FALSE(seen.any.g1a);
    EXPECT_FALSE(seen.any.g1b);
    EXPECT_FALSE(seen.any.g2);
    EXPECT_FALSE(seen.any.real_time);
    EXPECT_EQ(seen.counts.lost_updates, 0u);
    EXPECT_GT(seen.committed, 2 * many_runs);
    EXPECT_GT(aborted(seen, Why::deadlock), 50u);
    EXPECT_EQ(aborted(seen, Why::conflict), 0u);
  }
}

/// Whoever gives up in a deadlock, what commits is serializable and nobody waits for ever.
TEST(SerializableLocking, AnyVictimBreaksTheRing) {
  for (const char* victim : {"youngest", "oldest", "requester", "fewest_locks"}) {
    const Seen seen = see(std::string("serializable_locking(") + victim + ")", 500);
    EXPECT_FALSE(seen.any.real_time) << victim;
    EXPECT_GT(aborted(seen, Why::deadlock), 100u) << victim;
  }
}

}  // namespace
}  // namespace faultline::models
