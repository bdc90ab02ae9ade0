/// How many requests may begin in a time: a limiter says of each whether it may go on, when, or not
/// at all.
///
///   request --> [ ask(now, source, permits) ] --> zero: at once | more: after so long | refused
///
/// A meter turns away what comes too soon; a queue makes it wait for its turn. What a limiter
/// promises is `permits_max`: no stretch of time holds more turns than that, whatever is asked.
///
/// Limiters have no clock and no engine: time is a value handed in. Those that refill keep their
/// state as an amount of time (a permit is 1 / rate of it), relative to the last question, so that
/// with a rate whose interval is whole nanoseconds nothing is ever rounded.
#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>

#include "sim/param/assert.hpp"
#include "sim/param/units.hpp"

namespace faultline::models {

/// See above. All limiters of this kind are made with their parameters alone.
class RateLimiter {
 public:
  static constexpr std::string_view kind = "rate limiter";
  struct MakeArgs {};
  /// What `ask` answers to a request that may not go on.
  static constexpr sim::Duration refused{-1};

  virtual ~RateLimiter() = default;
  RateLimiter(const RateLimiter&) = delete;
  RateLimiter& operator=(const RateLimiter&) = delete;

  /// A request of `source` that costs `permits` asks at `now`. Zero or more: it has them, and may
  /// go on after so long; `refused`: it may not, and took none. Requires: now does not go back;
  /// permits >= 1.
  virtual sim::Duration ask(sim::Duration now, std::uint64_t source, std::int64_t permits) = 0;

  /// The most permits of one source whose turn (the time of the question plus the wait) lies in a
  /// closed stretch of this length, while each question asks for one. Requires: length >= 0.
  virtual double permits_max(sim::Duration length) const = 0;

 protected:
  RateLimiter() = default;
};

/// How long one permit takes at `rate`, in nanoseconds. Requires: rate above 0.
inline double permit_interval(sim::Rate rate) { return 1e9 / rate.per_second; }

/// Sums of intervals that are not whole nanoseconds are off by less than this (in
/// nanoseconds) as long as fewer than a few thousand of them are owed.
inline constexpr double limiter_rounding = 0.25;

/// The first whole nanosecond at or after `nanoseconds`, none before zero.
inline sim::Duration whole_wait(double nanoseconds) {
  constexpr double longest = 9.0e18;
  const double whole = std::ceil(nanoseconds - limiter_rounding);
  return sim::Duration(whole <= 0 ? 0 : static_cast<std::int64_t>(std::fmin(whole, longest)));
}

}  // namespace faultline::models
