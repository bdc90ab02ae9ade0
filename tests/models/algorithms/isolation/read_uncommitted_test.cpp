#include <gtest/gtest.h>

#include "tests/models/algorithms/isolation/interleavings.hpp"

namespace faultline::models {
namespace {

TEST(ReadUncommitted, ReadUncommittedShowsDirtyReadsAndNoMixedWrites) {
  const Seen seen = see("read_uncommitted", many_runs);
  EXPECT_FALSE(seen.any.g0);
  EXPECT_TRUE(seen.any.g1a);
  EXPECT_TRUE(seen.any.g1b);
  EXPECT_TRUE(seen.any.g1c);
  EXPECT_TRUE(seen.any.g_single);
  EXPECT_GT(seen.committed, 3 * many_runs);
}

}  // namespace
}  // namespace faultline::models
