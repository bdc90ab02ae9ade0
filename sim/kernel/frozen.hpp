/// Owners whose processes stand still for a time, and what is kept for them until they go on.
///
///   freeze:   work and sleep of the owner leave the queue, with the time they have left
///   meanwhile: messages to it and time-outs of it come due and are held
///   release:  all of it is given back, each in its order
///
/// A time-out is a point of time and not work: one that passes meanwhile is acted upon when the
/// owner goes on, in its place among the messages.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/kernel/event_queue.hpp"

namespace faultline::sim {

class Frozen {
 public:
  struct Work {
    Event* event;
    Duration left;
  };
  struct Held {
    std::vector<Work> work;   ///< By when it would have been done.
    std::vector<Event*> due;  ///< By when it came.
  };

  bool any() const { return count_ != 0; }
  bool holds(std::uint32_t owner_id) const {
    return owner_id < owners_.size() && owners_[owner_id];
  }
  /// Requires: not frozen.
  void freeze(std::uint32_t owner_id, Time now, EventQueue& queue);
  /// Keeps an event that has come due if it belongs to a frozen owner.
  bool hold(Event& event);
  /// What was kept; the owner is frozen no longer. Requires: frozen.
  Held release(std::uint32_t owner_id);
  /// Calls visit(Event&) for all that is kept; the visitor may destroy it. For tearing down.
  template <class Visit>
  void visit_held(Visit visit) {
    for (const auto& held : owners_) {
      if (!held) continue;
      for (const Work& work : held->work) visit(*work.event);
      for (Event* event : held->due) visit(*event);
    }
    owners_.clear();
    count_ = 0;
  }

 private:
  std::vector<std::unique_ptr<Held>> owners_;  ///< By owner id; null: not frozen.
  std::size_t count_ = 0;
};

}  // namespace faultline::sim
