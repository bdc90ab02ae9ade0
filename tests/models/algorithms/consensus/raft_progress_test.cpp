#include "models/algorithms/consensus/raft_progress.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

using State = RaftProgress::State;

RaftProgress progress_at(LogIndex next, RaftProgress::Window window = {}) {
  return RaftProgress(2, next, window, {});
}

TEST(RaftProgress, AProbeIsOneMessageAtATime) {
  RaftProgress peer = progress_at(11);
  EXPECT_EQ(peer.state(), State::probe);
  peer.sent(3, 300, 0);
  EXPECT_TRUE(peer.paused());
  EXPECT_EQ(peer.next(), 11u);  // It may have been rejected.
  peer.unpause();
  EXPECT_FALSE(peer.paused());
}

TEST(RaftProgress, ARejectionOfAProbeGoesBackToTheHint) {
  RaftProgress peer = progress_at(11);
  peer.sent(1, 100, 0);
  EXPECT_FALSE(peer.rejected(7, 3));  // Not the last one that was sent.
  EXPECT_TRUE(peer.rejected(10, 5));
  EXPECT_EQ(peer.next(), 6u);
  EXPECT_FALSE(peer.paused());
  EXPECT_TRUE(peer.rejected(5, 9));  // Never forward.
  EXPECT_EQ(peer.next(), 5u);
}

TEST(RaftProgress, ReplicationRunsAheadUpToTheWindow) {
  RaftProgress peer = progress_at(11, {.messages = 2, .bytes = 1'000});
  peer.agreed(10);
  peer.become_replicate();
  peer.sent(3, 300, 10);
  EXPECT_EQ(peer.next(), 14u);
  EXPECT_FALSE(peer.paused());
  peer.sent(1, 100, 10);
  EXPECT_TRUE(peer.paused());
  peer.agreed(12);
  peer.arrived(12);  // Of the first message two entries only: it is still under way.
  EXPECT_TRUE(peer.paused());
  peer.agreed(13);
  peer.arrived(13);
  EXPECT_EQ(peer.in_flight(), 1u);
  EXPECT_FALSE(peer.paused());
  peer.sent(1, 950, 10);  // 1,050 bytes.
  EXPECT_TRUE(peer.window_full());
}

TEST(RaftProgress, ARejectionInReplicationIsOldOrLosesTheWindow) {
  RaftProgress peer = progress_at(11);
  peer.agreed(10);
  peer.become_replicate();
  peer.sent(5, 500, 10);
  EXPECT_FALSE(peer.rejected(10, 2));
  EXPECT_TRUE(peer.rejected(12, 10));
  peer.become_probe();
  EXPECT_EQ(peer.next(), 11u);
  EXPECT_EQ(peer.in_flight(), 0u);
}

TEST(RaftProgress, ASnapshotPausesUntilItIsAnsweredOrGivenUp) {
  RaftProgress peer = progress_at(11);
  peer.become_snapshot(50);
  EXPECT_TRUE(peer.paused());
  EXPECT_EQ(peer.next(), 51u);
  EXPECT_FALSE(peer.rejected(10, 5));
  peer.become_probe();
  EXPECT_EQ(peer.next(), 51u);
  EXPECT_FALSE(peer.paused());
}

TEST(RaftProgress, KnowsWhoHasNotHeardOfACommit) {
  RaftProgress peer = progress_at(11);
  peer.agreed(10);
  peer.become_replicate();
  peer.sent(2, 200, 9);
  EXPECT_FALSE(peer.lacks_commit(9));
  EXPECT_TRUE(peer.lacks_commit(12));
  peer.sent(0, 0, 12);
  EXPECT_FALSE(peer.lacks_commit(12));
}

}  // namespace
}  // namespace faultline::models
