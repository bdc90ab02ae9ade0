/// A bulkhead: how many calls one caller may have under way at once, so that one slow callee cannot
/// take all of its threads.
///
///   calls --> [ wait: at most `queue` of them, each at most `wait` long ] --> ( `concurrent` under way )
///
/// Kinds of bulkhead differ in what they bound. The gate holds the arithmetic alone; who waits, and
/// the order of those who wait, is the caller's business.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "sim/param/assert.hpp"
#include "sim/param/units.hpp"

namespace faultline::models {

struct BulkheadLimits {
  static constexpr std::int64_t any_number = std::numeric_limits<std::int64_t>::max();
  std::int64_t concurrent = 25;
  std::int64_t queue = any_number;
  sim::Duration wait = sim::Duration::max();  ///< Longest wait of one call.
};

/// What a bulkhead allows.
class BulkheadPolicy {
 public:
  static constexpr std::string_view kind = "bulkhead";
  struct MakeArgs {};

  virtual ~BulkheadPolicy() = default;
  virtual BulkheadLimits limits() const = 0;
};

/// Counts those under way and those that wait.
class BulkheadGate {
 public:
  enum class Answer : std::uint8_t { go, wait, rejected };

  explicit BulkheadGate(const BulkheadLimits& limits) : limits_(limits) {}

  /// A call comes. After `wait` it must be followed by stop_waiting() or be chosen after leave().
  Answer enter() {
    if (under_way_ < limits_.concurrent) {
      ++under_way_;
      return Answer::go;
    }
    if (limits_.wait <= sim::Duration(0) || waiting_ >= limits_.queue) return Answer::rejected;
    ++waiting_;
    return Answer::wait;
  }
  /// One that waits leaves unserved.
  void stop_waiting() {
    SIM_ASSERT(waiting_ > 0);
    --waiting_;
  }
  /// A call ended. True: the caller must let one of those go on that wait; it is under way now.
  bool leave() {
    SIM_ASSERT(under_way_ > 0);
    if (waiting_ == 0) {
      --under_way_;
      return false;
    }
    --waiting_;
    return true;
  }

  const BulkheadLimits& limits() const { return limits_; }
  std::int64_t under_way() const { return under_way_; }
  std::int64_t waiting() const { return waiting_; }

 private:
  BulkheadLimits limits_;       ///< Parameter.
  std::int64_t under_way_ = 0;  ///< State.
  std::int64_t waiting_ = 0;    ///< State.
};

}  // namespace faultline::models
