/// When a caller that still waits sends the same call once more, to take whichever answer is first.
///
///   call ----------------------------------------> answer   (first answer wins)
///         '-- delay() --> hedge --------> answer
///                          '-- delay() --> a second hedge, if `hedges` allows
///
/// Policies have no clock: they are told latencies and give a span of time.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/param/param.hpp"

namespace faultline::models {

class HedgePolicy {
 public:
  static constexpr std::string_view kind = "hedging";
  /// Hedges of one call at most.
  static constexpr std::int64_t hedges_max = 4;
  struct MakeArgs {};

  virtual ~HedgePolicy() = default;
  HedgePolicy(const HedgePolicy&) = delete;
  HedgePolicy& operator=(const HedgePolicy&) = delete;

  /// Hedges of one call.
  std::int64_t hedges() const { return hedges_; }
  /// How long to wait before the next hedge; nothing: send none.
  virtual std::optional<sim::Duration> delay() const = 0;
  /// The first message of a call was answered after `latency`, or was given up after it because a
  /// hedge was answered first.
  virtual void observed(sim::Duration /*latency*/) {}

 protected:
  explicit HedgePolicy(std::int64_t hedges) : hedges_(hedges) {}

 private:
  std::int64_t hedges_;
};

}  // namespace faultline::models
