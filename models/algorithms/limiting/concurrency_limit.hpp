/// How many requests a server works on at once: a number, or a rule that finds the number from what
/// requests experience, as TCP finds the width of its window.
///
///   request --> in flight < limit()? --> ... --> ended({latency, in_flight, dropped})
///
/// By Little's law a station that does X requests a second in W seconds each holds X W of them;
/// what is beyond that only waits. A rule has to find that number without knowing X or W.
/// Rules have no clock and no engine: time is a value handed in.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>

#include "models/algorithms/random_source.hpp"
#include "sim/param/assert.hpp"
#include "sim/param/param.hpp"
#include "sim/param/units.hpp"

namespace faultline::models {

/// What a rule is told of a request that has ended.
struct ConcurrencySample {
  sim::Duration now{};         ///< When it ended.
  sim::Duration latency{};     ///< From when it was let in.
  std::int64_t in_flight = 1;  ///< When it was let in, itself included.
  bool dropped = false;        ///< It timed out or was refused further on.
};

class ConcurrencyLimit {
 public:
  static constexpr std::string_view kind = "concurrency limit";
  struct MakeArgs {
    RandomSource& random;  ///< Must outlive the limit.
  };

  virtual ~ConcurrencyLimit() = default;
  ConcurrencyLimit(const ConcurrencyLimit&) = delete;
  ConcurrencyLimit& operator=(const ConcurrencyLimit&) = delete;

  /// How many may be in flight now; at least 1.
  std::int64_t limit() const { return limit_; }
  /// A request has ended. Requires: now does not go back; latency >= 0; in_flight >= 1.
  virtual void ended(const ConcurrencySample& sample) = 0;

 protected:
  explicit ConcurrencyLimit(std::int64_t initial) : limit_(initial) { SIM_ASSERT(initial >= 1); }
  void set_limit(double limit) {
    limit_ = std::max<std::int64_t>(1, static_cast<std::int64_t>(limit));
  }

 private:
  std::int64_t limit_;  ///< State.
};

/// Puts the samples of a stretch of time together into one, because the latency of one request
/// says little: the mean latency, the most in flight, and whether any was dropped.
///
/// Rule: a window ends with the first sample after its end, if it holds `samples_min`; if not, it
/// is thrown away. A window of length zero passes each sample on as it is.
/// Source: Netflix concurrency-limits, WindowedLimit with an average window.
class SampleWindow {
 public:
  static constexpr std::int64_t samples_min = 10;

  explicit SampleWindow(sim::Duration length) : length_(length) {}

  /// Adds `sample`. True if a window ended with it: then `sample` is the window's.
  bool ends_with(ConcurrencySample& sample) {
    if (length_ == sim::Duration(0)) return true;
    ++count_;
    latency_sum_ += static_cast<double>(sample.latency.count());
    in_flight_ = std::max(in_flight_, sample.in_flight);
    dropped_ = dropped_ || sample.dropped;
    if (sample.now <= ends_) return false;
    const bool enough = count_ >= samples_min;
    sample.latency =
        sim::Duration(static_cast<std::int64_t>(latency_sum_ / static_cast<double>(count_)));
    sample.in_flight = in_flight_;
    sample.dropped = dropped_;
    ends_ = sample.now + length_;
    count_ = in_flight_ = 0;
    latency_sum_ = 0;
    dropped_ = false;
    return enough;
  }

 private:
  sim::Duration length_;  ///< Parameter.
  sim::Duration ends_{};
  std::int64_t count_ = 0;
  std::int64_t in_flight_ = 0;
  double latency_sum_ = 0;  ///< Nanoseconds.
  bool dropped_ = false;
};

}  // namespace faultline::models
