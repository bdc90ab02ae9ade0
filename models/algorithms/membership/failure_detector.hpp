/// When to believe that a node which sends signs of life now and then is no more.
///
///   watched --heartbeat--heartbeat--heartbeat--   silence   --|
///                                               watcher:      suspected_at()
///
/// A detector watches one node. Between two signs of life its opinion depends on time alone, so it
/// can say beforehand when it will begin to suspect: whoever drives it sets one alarm, and sets it
/// anew after each heartbeat. It has no clock: times are handed in, since the start of the run, and
/// never go back. Early suspicion finds crashes sooner and is wrong more often; that is the choice.
#pragma once

#include <string_view>

#include "sim/param/units.hpp"

namespace faultline::models {

class FailureDetector {
 public:
  static constexpr std::string_view kind = "failure detector";
  struct MakeArgs {
    sim::Duration now{};       ///< When watching begins; it counts as a sign of life.
    sim::Duration interval{};  ///< Between heartbeats, as they are sent. Above zero.
  };

  virtual ~FailureDetector() = default;
  FailureDetector(const FailureDetector&) = delete;
  FailureDetector& operator=(const FailureDetector&) = delete;

  /// A sign of life came. One that comes after it was suspected ends the suspicion.
  virtual void heartbeat(sim::Duration now) = 0;
  /// From when on the node is suspected if no further sign of life comes; Duration::max(): never.
  virtual sim::Duration suspected_at() const = 0;
  bool suspects(sim::Duration now) const { return now >= suspected_at(); }

 protected:
  FailureDetector() = default;
};

}  // namespace faultline::models
