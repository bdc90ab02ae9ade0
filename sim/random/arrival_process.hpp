/// When requests come in from outside.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/random/stream.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::sim {

/// A stream of arrivals. Its state is its own: it counts the time it has handed out, so a process
/// whose rate changes with time needs nothing else.
class ArrivalProcess {
 public:
  static constexpr std::string_view kind = "arrival process";
  struct MakeArgs {};
  /// One arrival a nanosecond, the resolution of time.
  static constexpr double rate_max = 1e9;

  virtual ~ArrivalProcess() = default;

  /// Time from the last arrival (first: from the start) to the next one. May be 0. The rounding to
  /// whole nanoseconds does not add up: each arrival is less than a nanosecond before its exact
  /// time.
  Duration next(Stream& stream) { return clock_.advance(gap(stream)); }

  /// Arrivals a second in the long run; 0 if the mean time between arrivals is infinite.
  virtual Rate mean_rate() const = 0;

 private:
  /// Time to the next arrival in nanoseconds, not rounded; not negative.
  virtual double gap(Stream& stream) = 0;

  /// Turns exact gaps into whole nanoseconds and keeps what is left over for the next one.
  class Clock {
   public:
    Duration advance(double exact) {
      constexpr std::int64_t limit = std::int64_t{1} << 62;  // 146 years.
      exact += fraction_;
      if (!(exact < static_cast<double>(limit))) [[unlikely]] {
        fraction_ = 0;
        return Duration{limit};
      }
      const auto whole = static_cast<std::int64_t>(exact);
      fraction_ = exact - static_cast<double>(whole);
      return Duration{whole};
    }

   private:
    double fraction_ = 0;
  };
  Clock clock_;
};

}  // namespace faultline::sim
