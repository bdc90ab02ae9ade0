/// Whom a server under overload does not serve, so that it can serve the others in time.
///
///   arrival --> [ admits? ] --> ( waits, at most patience() ) --> [ drops? ] --> served
///
/// A rule can turn away on arrival, say how long the arrival may wait in the queue, and drop one
/// that has waited when its turn has come. Rules have no clock and no engine: time is a value
/// handed in.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/param/units.hpp"

namespace faultline::models {

class LoadShedder {
 public:
  static constexpr std::string_view kind = "load shedding";
  struct MakeArgs {};

  virtual ~LoadShedder() = default;
  LoadShedder(const LoadShedder&) = delete;
  LoadShedder& operator=(const LoadShedder&) = delete;

  /// Whether the rule is about the queue of those who wait: it needs one.
  virtual bool needs_queue() const { return true; }
  /// A request of `priority` (0: the most important) comes, and `others` are here, waiting or in
  /// work. False: it is shed.
  virtual bool admits(std::uint8_t /*priority*/, std::int64_t /*others*/) { return true; }
  /// A request begins to wait at `now`, behind `waiting` others. How long it may.
  virtual sim::Duration patience(sim::Duration /*now*/, std::int64_t /*waiting*/) {
    return sim::Duration::max();
  }
  /// The turn of one that has waited for `waited` has come at `now`; `waiting` others still wait.
  /// True: it is dropped, and the next one is asked about.
  virtual bool drops(sim::Duration /*now*/, sim::Duration /*waited*/, std::int64_t /*waiting*/) {
    return false;
  }

 protected:
  LoadShedder() = default;
};

}  // namespace faultline::models
