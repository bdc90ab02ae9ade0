/// The sessions of a recorded history.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/kernel/time.hpp"

namespace faultline::sim {

/// Gives sessions their numbers. Of one user only what came one after the other stands in an order:
/// of what overlaps (an application that asks twice on behalf of one user) each goes into a session
/// of its own, and so does what has no certain end.
class SessionLanes {
 public:
  /// `names` gets the name of each new session.
  explicit SessionLanes(std::vector<std::string>& names) : names_(names) {}

  /// For something of `user` that ended ok. Requires: called in the order of beginning.
  std::uint32_t of(std::uint64_t user, std::uint32_t session, Time invoked, Time completed) {
    std::vector<Lane>& lanes = lanes_[user];
    for (Lane& lane : lanes) {
      if (lane.free_from >= invoked) continue;
      lane.free_from = completed;
      return lane.number;
    }
    lanes.push_back({alone(session), completed});
    return lanes.back().number;
  }
  /// A session for one thing.
  std::uint32_t alone(std::uint32_t session) {
    names_.push_back(std::to_string(session));
    return static_cast<std::uint32_t>(names_.size() - 1);
  }

 private:
  struct Lane {
    std::uint32_t number;
    Time free_from;
  };
  std::vector<std::string>& names_;
  std::unordered_map<std::uint64_t, std::vector<Lane>> lanes_;  ///< By user. Never walked.
};

}  // namespace faultline::sim
