/// What is known of a Raft group by someone who sees all of it at once: how long nobody led.
#pragma once

#include <cstdint>

#include "sim/kernel/time.hpp"

namespace faultline::models {

class RaftWatch {
 public:
  void began_to_lead(sim::Time now) {
    if (leaders_++ == 0) leaderless_ += now - since_;
    ++elections_;
  }
  void ceased_to_lead(sim::Time now) {
    if (--leaders_ == 0) since_ = now;
  }
  void reset(sim::Time now) {
    since_ = now;
    leaderless_ = {};
    elections_ = 0;
  }
  /// Time in which no replica took itself for the leader, since the last reset.
  sim::Duration leaderless(sim::Time now) const {
    return leaders_ == 0 ? leaderless_ + (now - since_) : leaderless_;
  }
  std::uint64_t elections() const { return elections_; }

 private:
  std::int64_t leaders_ = 0;  ///< A deposed one counts until it knows. State.
  sim::Time since_{};         ///< When the last one ceased, or the last reset.
  sim::Duration leaderless_{};
  std::uint64_t elections_ = 0;
};

}  // namespace faultline::models
