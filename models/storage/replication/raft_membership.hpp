/// The changes that someone who looks after a Raft group wants of who belongs to it, one after the
/// other, and how far they have come.
///
///   order --> [ new members learn the log ] --> joint membership --> new membership, committed
///
/// Rule: whoever leads takes the first change that is not done a step further, and so does the next
/// leader if that one falls: the order is repeated until it is carried out. New members get the log
/// without a vote first, in rounds: a round ends when a member has what the leader had when it
/// began; one that took less than an election timeout is the last. So a majority of the new voters
/// is never waited for while they are empty. A change is done when its membership, without the
/// joint step, is committed and some member knows it.
/// Source: Ongaro, "Consensus: Bridging Theory and Practice", 2014, sections 4.2.1 (catching up new
/// servers) and 4.3 (joint consensus).
/// Does not model: the way from who ordered it to the leader; giving up on a member that never
/// catches up.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "models/algorithms/consensus/raft.hpp"

namespace faultline::models {

/// Who is to come and who is to go, at once.
struct RaftMembershipOrder {
  std::vector<PeerId> add;
  std::vector<PeerId> remove;
  bool learners_first = true;  ///< New members have no vote until they have caught up.
};

class RaftMembershipChanges {
 public:
  /// `voters`: the members when the run begins, in ascending order.
  explicit RaftMembershipChanges(std::vector<PeerId> voters);

  /// False, and nothing done: it would change nothing, or nobody would be left.
  bool order(const RaftMembershipOrder& order, sim::Duration at);
  bool some_left() const { return !wanted_.empty(); }
  /// Takes the first change that is left a step further if `raft` leads. True if `raft` was told
  /// something. `local`: by the clock of `raft`.
  bool advance(Raft& raft, sim::Duration local, sim::Duration election_timeout);
  /// If `raft` knows that the first change is done: when it was ordered. The next one is the first
  /// then.
  std::optional<sim::Duration> take_done(const Raft& raft);
  /// How many belong to the group, by the changes that are done.
  std::size_t voters() const { return voters_.size(); }

 private:
  struct Wanted {
    std::vector<PeerId> voters;  ///< When it is done.
    bool learners_first;
    sim::Duration ordered_at;
  };
  /// How a new member catches up with one leader.
  struct Round {
    PeerId peer;
    LogIndex goal;
    sim::Duration began;
    bool last = false;  ///< It was quick enough: the member has caught up.
  };
  bool caught_up(const Raft& raft, const std::vector<PeerId>& learners, sim::Duration local,
                 sim::Duration election_timeout);

  std::vector<PeerId> voters_;  ///< Of what is done. State, as the rest.
  LogIndex done_at_ = 0;        ///< No older membership is that of a later change.
  std::deque<Wanted> wanted_;
  PeerId teacher_ = nobody;  ///< Whose the rounds are, and in which term.
  Term teacher_term_ = 0;
  std::vector<Round> rounds_;
};

}  // namespace faultline::models
