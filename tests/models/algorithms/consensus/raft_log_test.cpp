#include "models/algorithms/consensus/raft_log.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

std::shared_ptr<const Snapshot> snapshot_at(LogIndex index, Term term,
                                            std::vector<PeerId> voters = {1, 2, 3}) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->index = index;
  snapshot->term = term;
  snapshot->membership.voters = std::move(voters);
  return snapshot;
}

/// Entries of these terms behind entry `before`, which has term 1.
RaftLog log_of(const std::vector<Term>& terms, LogIndex before = 0) {
  RaftDiskState state;
  state.snapshot = snapshot_at(before, before == 0 ? 0 : 1);
  state.first = before + 1;
  state.term_before_first = state.snapshot->term;
  for (const Term term : terms) state.entries.push_back({term, {.id = 1, .bytes = 76}, nullptr});
  return RaftLog(state);
}

Entry change_to(Term term, std::vector<PeerId> voters) {
  auto membership = std::make_shared<Membership>();
  membership->voters = std::move(voters);
  return {term, {}, std::move(membership)};
}

TEST(RaftLog, KnowsTermsFromTheOneBeforeTheFirst) {
  const RaftLog log = log_of({1, 2, 2}, 10);
  EXPECT_EQ(log.first(), 11u);
  EXPECT_EQ(log.last(), 13u);
  EXPECT_EQ(log.last_term(), 2u);
  EXPECT_FALSE(log.knows_term(9));
  EXPECT_TRUE(log.matches(10, 1));
  EXPECT_TRUE(log.matches(12, 2));
  EXPECT_FALSE(log.matches(12, 1));
  EXPECT_FALSE(log.knows_term(14));
}

TEST(RaftLog, ASliceKeepsToItsCountAndBytesButHasOneAtLeast) {
  const RaftLog log = log_of({1, 1, 1, 1, 1});  // 100 bytes each.
  EXPECT_EQ(log.slice(2, 10, 1'000).size(), 4u);
  EXPECT_EQ(log.slice(2, 3, 1'000).size(), 3u);
  EXPECT_EQ(log.slice(2, 10, 250).size(), 2u);
  EXPECT_EQ(log.slice(2, 10, 10).size(), 1u);
  EXPECT_TRUE(log.slice(6, 10, 1'000).empty());
}

TEST(RaftLog, FindsTheLastEntryOfATermAtMost) {
  const RaftLog log = log_of({1, 1, 3, 3, 5});
  EXPECT_EQ(log.last_of_term(5, 5), 5u);
  EXPECT_EQ(log.last_of_term(5, 4), 4u);
  EXPECT_EQ(log.last_of_term(4, 2), 2u);
  EXPECT_EQ(log.last_of_term(4, 0), 0u);
}

/// The last entry that sets the membership counts, committed or not; without it the one before.
TEST(RaftLog, TheMembershipGoesWithItsEntry) {
  RaftLog log = log_of({1, 1});
  log.append(change_to(2, {1, 2, 3, 4}));
  log.append(change_to(2, {4}));
  EXPECT_EQ(log.membership().voters, std::vector<PeerId>{4});
  EXPECT_EQ(log.membership_index(), 4u);
  EXPECT_EQ(log.membership_at(3).voters.size(), 4u);
  EXPECT_EQ(log.membership_at(2).voters.size(), 3u);
  log.truncate_from(4);
  EXPECT_EQ(log.membership().voters.size(), 4u);
  log.truncate_from(2);
  EXPECT_EQ(log.membership().voters.size(), 3u);
  EXPECT_EQ(log.last(), 1u);
}

TEST(RaftLog, ForgetsWhatASnapshotHas) {
  RaftLog log = log_of({1, 1, 2});
  log.append(change_to(2, {7}));
  log.append(change_to(3, {8}));
  log.drop_until(4);
  EXPECT_EQ(log.first(), 5u);
  EXPECT_TRUE(log.matches(4, 2));
  EXPECT_EQ(log.membership_at(4).voters, std::vector<PeerId>{7});
  EXPECT_EQ(log.membership().voters, std::vector<PeerId>{8});
  log.restart_at(snapshot_at(20, 6, {9}));
  EXPECT_EQ(log.first(), 21u);
  EXPECT_EQ(log.last(), 20u);
  EXPECT_EQ(log.last_term(), 6u);
  EXPECT_EQ(log.membership().voters, std::vector<PeerId>{9});
}

}  // namespace
}  // namespace faultline::models
