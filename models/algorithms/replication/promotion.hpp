/// Who is to be the next primary, as a monitor beside the group finds it out: it asks all members
/// now and then, and when none has answered as a primary for the detection time, takes the one
/// whose log is longest among those that answer. With a failure detector that says how long a
/// silence has to be; a primary that was just chosen has the detection time in any case.
///
/// Source: MySQL Orchestrator and Redis Sentinel are of this kind (of one monitor here).
/// Does not model: several monitors that vote.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "models/algorithms/replication/watched_member.hpp"
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

  explicit PromotionMonitor(std::uint32_t members, sim::Duration detection_time,
                            MakeDetector make_detector = nullptr)
      : detection_time_(detection_time),
        make_detector_(std::move(make_detector)),
        members_(members) {}

  /// It begins to look: nobody counts as gone before the detection time has passed.
  void began(sim::Duration now) {
    for (Member& each : members_) each.detector.reset();
    gone_at_ = now + detection_time_;
  }
  void answered(std::uint32_t member, const Status& status, sim::Duration now) {
    Member& answering = members_[member];
    answering.status = status;
    answering.at = now;
    answering.known = true;
    epoch_max_ = std::max(epoch_max_, status.epoch);
    const sim::Duration suspected = suspected_at(answering, now);
    if (status.primary && status.epoch > replaced_) gone_at_ = suspected;
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
    if (now < gone_at_) return std::nullopt;
    const Member* best = nullptr;
    for (const Member& each : members_) {
      if (!each.known || !each.status.eligible || now >= each.at + detection_time_) continue;
      if (!best || is_ahead(each.status, best->status)) best = &each;
    }
    if (!best) return std::nullopt;
    gone_at_ = now + detection_time_;
    const std::uint64_t above = epoch_max_;
    replaced_ = above;
    return Promotion{static_cast<std::uint32_t>(best - members_.data()), above};
  }

 private:
  struct Member {
    Status status;
    sim::Duration at{};
    bool known = false;
    std::unique_ptr<FailureDetector> detector;  ///< Null: it has not answered yet.
  };
  /// From when on one that has just answered is gone. All are watched, so that a detector knows a
  /// member before that is the primary.
  sim::Duration suspected_at(Member& member, sim::Duration now) {
    if (!make_detector_) return now + detection_time_;
    if (member.detector) {
      member.detector->heartbeat(now);
    } else {
      member.detector = make_detector_(now);
    }
    return member.detector->suspected_at();
  }
  static bool is_ahead(const Status& one, const Status& other) {
    return one.last_epoch != other.last_epoch ? one.last_epoch > other.last_epoch
                                              : one.last > other.last;
  }

  sim::Duration detection_time_;  ///< Parameter.
  MakeDetector make_detector_;    ///< Null: none.
  std::vector<Member> members_;   ///< State.
  std::uint64_t epoch_max_ = 0;   ///< State.
  std::uint64_t replaced_ = 0;    ///< State.
  sim::Duration gone_at_{};       ///< When the primary counts as gone. State.
};

}  // namespace faultline::models
