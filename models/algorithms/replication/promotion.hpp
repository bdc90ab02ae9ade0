/// Who is to be the next primary, as a monitor beside the group finds it out: it asks all members
/// now and then, and when none has answered as a primary for the detection time, takes the one
/// whose log is longest among those that answer.
///
/// Source: MySQL Orchestrator and Redis Sentinel are of this kind (of one monitor here).
/// Does not model: several monitors that vote.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/param/units.hpp"

namespace faultline::models {

class PromotionMonitor {
 public:
  /// What a member says of itself.
  struct Status {
    bool primary = false;
    bool eligible = true;  ///< Not out of the group.
    std::uint64_t epoch = 0;
    std::uint64_t last_epoch = 0;  ///< Of its last entry.
    std::uint64_t last = 0;        ///< The number of that entry.
    std::uint64_t number = 0;      ///< Of the answer.
  };
  struct Promotion {
    std::uint32_t member = 0;
    std::uint64_t above = 0;  ///< Its epoch is to be above this one.
  };

  PromotionMonitor(std::uint32_t members, sim::Duration detection_time)
      : detection_time_(detection_time), members_(members) {}

  /// It begins to look: nobody counts as gone before the detection time has passed.
  void began(sim::Duration now) { primary_seen_ = now; }
  void answered(std::uint32_t member, const Status& status, sim::Duration now) {
    members_[member] = {status, now, true};
    epoch_max_ = std::max(epoch_max_, status.epoch);
    if (status.primary && status.epoch > replaced_) primary_seen_ = now;
  }

  /// What it asks with.
  struct Question {
    std::uint64_t replaced = 0;   ///< Primaries up to this epoch have been given up.
    std::uint64_t confirmed = 0;  ///< The last answer that it has of this member.
  };
  Question question(std::uint32_t member) const {
    return {replaced_, members_[member].status.number};
  }

  /// At the end of a round of questions.
  std::optional<Promotion> decide(sim::Duration now) {
    if (now < primary_seen_ + detection_time_) return std::nullopt;
    const Member* best = nullptr;
    for (const Member& each : members_) {
      if (!each.known || !each.status.eligible || now >= each.at + detection_time_) continue;
      if (!best || is_ahead(each.status, best->status)) best = &each;
    }
    if (!best) return std::nullopt;
    primary_seen_ = now;  // It is given as much time.
    const std::uint64_t above = epoch_max_;
    replaced_ = above;
    return Promotion{static_cast<std::uint32_t>(best - members_.data()), above};
  }

 private:
  struct Member {
    Status status;
    sim::Duration at{};
    bool known = false;
  };
  static bool is_ahead(const Status& one, const Status& other) {
    return one.last_epoch != other.last_epoch ? one.last_epoch > other.last_epoch
                                              : one.last > other.last;
  }

  sim::Duration detection_time_;  ///< Parameter.
  std::vector<Member> members_;   ///< State.
  std::uint64_t epoch_max_ = 0;   ///< State.
  std::uint64_t replaced_ = 0;    ///< State.
  sim::Duration primary_seen_{};  ///< State.
};

}  // namespace faultline::models
