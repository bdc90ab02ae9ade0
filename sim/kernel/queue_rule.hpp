/// A say in a resource's queue: how long one may wait, and who is dropped instead of served.
#pragma once

#include <cstdint>

#include "sim/kernel/time.hpp"

namespace faultline::sim {

/// Asked by a Resource (Config::rule) about those who have to wait; never about one that finds a
/// free server.
class QueueRule {
 public:
  virtual ~QueueRule() = default;
  /// One begins to wait at `now`, behind `waiting` others. How long it may: whoever waited longer
  /// is dropped when the next one is taken from the queue.
  virtual Duration patience(Time now, std::int64_t waiting) = 0;
  /// The turn of one that has waited for `waited` has come; `waiting` others still wait. True: it
  /// is dropped, and the next one is asked about.
  virtual bool drops(Time now, Duration waited, std::int64_t waiting) = 0;
};

}  // namespace faultline::sim
