#include "models/algorithms/consensus/raft_disk.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

RaftDiskState empty_state() {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->membership.voters = {1, 2, 3};
  RaftDiskState state;
  state.snapshot = std::move(snapshot);
  return state;
}

/// A disk, and the log of the member that writes to it.
class RaftDiskTest : public testing::Test {
 protected:
  /// Writes entries of these terms at `first` and behind, in place of what is there.
  void write(LogIndex first, const std::vector<Term>& terms) {
    if (first <= log_.last()) log_.truncate_from(first);
    for (const Term term : terms) log_.append({term, {.id = 1, .bytes = 76}, nullptr});
    RaftWrite write;
    write.id = ++id_;
    write.hard = {terms.back(), 2};
    write.first = first;
    write.last = log_.last();
    disk_.append(write, log_);
  }

  RaftLog log_{empty_state()};
  RaftDisk disk_{empty_state()};
  std::uint64_t id_ = 0;
};

TEST_F(RaftDiskTest, ACrashLeavesWhatWasDurable) {
  write(1, {1, 1});
  write(3, {2});
  disk_.persisted(1);
  EXPECT_EQ(disk_.last(), 2u);
  EXPECT_EQ(disk_.state().hard, (HardState{1, 2}));
  EXPECT_FALSE(disk_.has(3, 2));
  EXPECT_EQ(disk_.crash(), 1u);
  disk_.persisted(2);  // Nothing is left of it.
  EXPECT_EQ(disk_.last(), 2u);
}

TEST_F(RaftDiskTest, LaterEntriesTakeThePlaceOfThoseTheyContradict) {
  write(1, {1, 1, 1, 1});
  write(3, {2});
  disk_.persisted(2);
  EXPECT_EQ(disk_.last(), 3u);
  EXPECT_TRUE(disk_.has(2, 1));
  EXPECT_TRUE(disk_.has(3, 2));
  EXPECT_FALSE(disk_.has(4, 1));
}

TEST_F(RaftDiskTest, ASnapshotCutsTheLogAndOneOfAnotherBeginsItAnew) {
  write(1, {1, 1, 1, 1});
  auto own = std::make_shared<Snapshot>();
  own->index = 3;
  own->term = 1;
  own->bytes = 1'000;
  RaftWrite cut;
  cut.id = ++id_;
  cut.hard = {1, 2};
  cut.snapshot = own;
  cut.drop_until = 2;
  EXPECT_LT(RaftDisk::bytes_of(cut, log_), 100);  // Its state is in the tables already.
  disk_.append(cut, log_);
  disk_.persisted(id_);
  EXPECT_EQ(disk_.state().first, 3u);
  EXPECT_EQ(disk_.state().term_before_first, 1u);
  EXPECT_EQ(disk_.last(), 4u);

  auto others = std::make_shared<Snapshot>();
  others->index = 10;
  others->term = 5;
  others->bytes = 1'000;
  RaftWrite anew;
  anew.id = ++id_;
  anew.hard = {5, 0};
  anew.snapshot = others;
  anew.restored = true;
  anew.drop_until = 10;
  EXPECT_GT(RaftDisk::bytes_of(anew, log_), 1'000);
  disk_.append(anew, log_);
  disk_.persisted(id_);
  EXPECT_EQ(disk_.state().first, 11u);
  EXPECT_EQ(disk_.last(), 10u);
  EXPECT_TRUE(disk_.has(7, 1));
}

}  // namespace
}  // namespace faultline::models
