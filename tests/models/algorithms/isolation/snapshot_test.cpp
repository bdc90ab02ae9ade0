#include <gtest/gtest.h>

#include "tests/models/algorithms/isolation/interleavings.hpp"

namespace faultline::models {
namespace {

using Verdict = Isolation::Verdict;
using Why = Isolation::Why;

/// Also with real time: a snapshot sees everything that had committed before it.
TEST(SnapshotIsolation, SnapshotShowsWriteSkewAndNoLostUpdates) {
  for (const char* level : {"snapshot", "snapshot(first_updater)"}) {
    const Seen seen = see(level, many_runs);
    EXPECT_FALSE(seen.any.g0) << level;
    EXPECT_FALSE(seen.any.g1a) << level;
    EXPECT_FALSE(seen.any.g1b) << level;
    EXPECT_FALSE(seen.any.g1c) << level;
    EXPECT_FALSE(seen.any.g_single) << level;
    EXPECT_FALSE(seen.any.lost_update) << level;
    EXPECT_TRUE(seen.any.g2) << level;
    EXPECT_EQ(seen.counts.lost_updates, 0u) << level;
    EXPECT_GT(aborted(seen, Why::conflict), 500u) << level;
    EXPECT_EQ(aborted(seen, Why::serialization), 0u) << level;
  }
  const Seen committer = see("snapshot(first_committer)", 200);
  EXPECT_EQ(committer.counts.waits, 0u);
  EXPECT_EQ(aborted(committer, Why::deadlock), 0u);
  const Seen updater = see("snapshot(first_updater)", 200);
  EXPECT_GT(updater.counts.waits, 0u);
}

TEST(SnapshotIsolation, AReaderKeepsTheVersionsItMayAskFor) {
  const auto isolation = make_isolation("snapshot");
  const auto put = [&](Isolation::Transaction each, Isolation::Value value) {
    isolation->begin(each);
    isolation->write(each, 1, value);
    isolation->prepare(each);
    isolation->commit(each);
  };
  put(1, 10);
  isolation->begin(2);
  for (Isolation::Transaction each = 3; each < 10; ++each) put(each, each * 10);
  EXPECT_EQ(isolation->read(2, 1).value, 10u);
  EXPECT_GE(isolation->versions(), 2u);
  EXPECT_EQ(isolation->committed(1), 90u);
  isolation->abort(2, Why::asked);
  put(10, 100);
  EXPECT_EQ(isolation->versions(), 1u);
}

}  // namespace
}  // namespace faultline::models
