#include "models/storage/replication/raft_membership.hpp"

#include <algorithm>
#include <utility>

namespace faultline::models {
namespace {

bool among(const std::vector<PeerId>& peers, PeerId peer) {
  return std::find(peers.begin(), peers.end(), peer) != peers.end();
}

}  // namespace

RaftMembershipChanges::RaftMembershipChanges(std::vector<PeerId> voters)
    : voters_(std::move(voters)) {}

bool RaftMembershipChanges::order(const RaftMembershipOrder& order, sim::Duration at) {
  // What is asked for stands on what was asked for before, not on what some leader believes.
  const std::vector<PeerId>& before = wanted_.empty() ? voters_ : wanted_.back().voters;
  std::vector<PeerId> after;
  for (const PeerId peer : before) {
    if (!among(order.remove, peer)) after.push_back(peer);
  }
  for (const PeerId peer : order.add) {
    if (!among(after, peer) && !among(order.remove, peer)) after.push_back(peer);
  }
  std::sort(after.begin(), after.end());
  if (after.empty() || after == before) return false;
  wanted_.push_back({std::move(after), order.learners_first, at});
  return true;
}

std::optional<sim::Duration> RaftMembershipChanges::take_done(const Raft& raft) {
  if (wanted_.empty()) return std::nullopt;
  const Membership& membership = raft.membership();
  const LogIndex set_at = raft.log().membership_index();
  // One that is older may look the same: that of before the change that was done last.
  if (membership.is_joint() || set_at <= done_at_ || set_at > raft.commit() ||
      membership.voters != wanted_.front().voters) {
    return std::nullopt;
  }
  const sim::Duration ordered_at = wanted_.front().ordered_at;
  voters_ = std::move(wanted_.front().voters);
  wanted_.pop_front();
  done_at_ = set_at;
  rounds_.clear();
  return ordered_at;
}

bool RaftMembershipChanges::advance(Raft& raft, sim::Duration local,
                                    sim::Duration election_timeout) {
  if (wanted_.empty() || !raft.leads()) return false;
  const Membership& now = raft.membership();
  if (now.is_joint() || raft.log().membership_index() > raft.commit()) return false;
  const Wanted& wanted = wanted_.front();
  if (now.voters == wanted.voters) return false;  // Done, or this leader is one of the past.
  if (wanted.learners_first) {
    std::vector<PeerId> learners;
    for (const PeerId peer : wanted.voters) {
      if (!among(now.voters, peer)) learners.push_back(peer);
    }
    if (now.learners != learners) return raft.change_membership(now.voters, learners, local);
    if (!caught_up(raft, learners, local, election_timeout)) return false;
  }
  return raft.change_membership(wanted.voters, {}, local);
}

bool RaftMembershipChanges::caught_up(const Raft& raft, const std::vector<PeerId>& learners,
                                      sim::Duration local, sim::Duration election_timeout) {
  if (teacher_ != raft.id() || teacher_term_ != raft.term()) {
    teacher_ = raft.id();
    teacher_term_ = raft.term();
    rounds_.clear();
  }
  if (rounds_.empty()) {
    for (const PeerId peer : learners) rounds_.push_back({peer, raft.log().last(), local});
  }
  bool all = true;
  for (Round& round : rounds_) {
    const auto& progress = raft.progress();
    const auto peer =
        std::find_if(progress.begin(), progress.end(),
                     [&](const RaftProgress& known) { return known.peer == round.peer; });
    if (!round.last && peer != progress.end() && peer->match() >= round.goal) {
      round.last = local - round.began < election_timeout;
      round.goal = raft.log().last();
      round.began = local;
    }
    all = all && round.last;
  }
  return all;
}

}  // namespace faultline::models
