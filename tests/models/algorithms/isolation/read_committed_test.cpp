#include <gtest/gtest.h>

#include "tests/models/algorithms/isolation/interleavings.hpp"

namespace faultline::models {
namespace {

using Verdict = Isolation::Verdict;
using Why = Isolation::Why;

TEST(ReadCommitted, ReadCommittedShowsLostUpdatesAndNoDirtyReads) {
  const Seen seen = see("read_committed", many_runs);
  EXPECT_FALSE(seen.any.g0);
  EXPECT_FALSE(seen.any.g1a);
  EXPECT_FALSE(seen.any.g1b);
  EXPECT_FALSE(seen.any.g1c);
  EXPECT_TRUE(seen.any.lost_update);
  EXPECT_TRUE(seen.any.g_single);
  EXPECT_GT(seen.counts.lost_updates, 100u);
  EXPECT_EQ(aborted(seen, Why::conflict), 0u);
  EXPECT_EQ(aborted(seen, Why::serialization), 0u);
  EXPECT_GT(aborted(seen, Why::deadlock), 100u);
}

}  // namespace
}  // namespace faultline::models
