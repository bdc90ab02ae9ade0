/// Quorums of voters: what a majority has reached and whether it has agreed, for one set of voters
/// and for two at once (joint consensus, while one set takes over from the other).
///
/// Rule: a joint decision takes a majority of each of the two sets, so that it meets every decision
/// of either. A set without voters agrees with anything.
/// Source: Ongaro, "Consensus: Bridging Theory and Practice", 2014, section 4.3.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace faultline::models {

/// A member of a group. 0: nobody.
using PeerId = std::uint32_t;
inline constexpr PeerId nobody = 0;

/// What an empty set of voters has reached: everything.
inline constexpr std::uint64_t reached_all = std::numeric_limits<std::uint64_t>::max();

/// The largest number that a majority of `values` has reached, one value for each voter; 0 is the
/// value of one of whom nothing is known. Sorts them.
inline std::uint64_t majority_reached(std::vector<std::uint64_t>& values) {
  if (values.empty()) return reached_all;
  // Of n values in ascending order the one at (n - 1) / 2 has floor(n / 2) + 1 at or above it.
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

enum class VoteResult : std::uint8_t { pending, won, lost };

/// How a vote among `voters` stands.
constexpr VoteResult majority_vote(std::size_t voters, std::size_t yes, std::size_t no) {
  const std::size_t needed = voters / 2 + 1;
  if (voters == 0 || yes >= needed) return VoteResult::won;
  return voters - no < needed ? VoteResult::lost : VoteResult::pending;
}

/// Who belongs to a group. `outgoing` is not empty only while the voters change (joint consensus):
/// then decisions take a majority of both. Learners get the log and have no vote.
struct Membership {
  std::vector<PeerId> voters;
  std::vector<PeerId> outgoing;
  std::vector<PeerId> learners;

  bool is_joint() const { return !outgoing.empty(); }
  bool has_voter(PeerId peer) const { return among(voters, peer) || among(outgoing, peer); }
  bool has(PeerId peer) const { return has_voter(peer) || among(learners, peer); }
  /// Everybody once, in ascending order.
  std::vector<PeerId> everybody() const {
    std::vector<PeerId> all = voters;
    all.insert(all.end(), outgoing.begin(), outgoing.end());
    all.insert(all.end(), learners.begin(), learners.end());
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  }
  bool operator==(const Membership&) const = default;

  /// The largest number that a quorum has reached; `value_of(peer)` is that of one voter.
  template <class ValueOf>
  std::uint64_t reached(ValueOf value_of) const {
    const std::uint64_t incoming = reached_by(voters, value_of);
    return outgoing.empty() ? incoming : std::min(incoming, reached_by(outgoing, value_of));
  }

  /// How a vote stands; `vote_of(peer)` is yes, no, or nothing yet.
  template <class VoteOf>
  VoteResult vote(VoteOf vote_of) const {
    const VoteResult incoming = vote_among(voters, vote_of);
    if (outgoing.empty()) return incoming;
    const VoteResult other = vote_among(outgoing, vote_of);
    if (incoming == other) return incoming;
    const bool lost = incoming == VoteResult::lost || other == VoteResult::lost;
    return lost ? VoteResult::lost : VoteResult::pending;
  }

 private:
  static bool among(const std::vector<PeerId>& peers, PeerId peer) {
    return std::find(peers.begin(), peers.end(), peer) != peers.end();
  }
  template <class ValueOf>
  static std::uint64_t reached_by(const std::vector<PeerId>& peers, ValueOf& value_of) {
    thread_local std::vector<std::uint64_t> values;
    values.clear();
    for (const PeerId peer : peers) values.push_back(value_of(peer));
    return majority_reached(values);
  }
  template <class VoteOf>
  static VoteResult vote_among(const std::vector<PeerId>& peers, VoteOf& vote_of) {
    std::size_t yes = 0;
    std::size_t no = 0;
    for (const PeerId peer : peers) {
      const std::optional<bool> vote = vote_of(peer);
      if (vote) ++(*vote ? yes : no);
    }
    return majority_vote(peers.size(), yes, no);
  }
};

}  // namespace faultline::models
