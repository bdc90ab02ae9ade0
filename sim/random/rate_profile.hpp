/// How the load of a system changes over time: a rate curve by name, "ramp(to=3, over=10min)".
#pragma once

#include <memory>
#include <string_view>

#include "sim/random/arrival_process.hpp"
#include "sim/random/rate_curve.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::sim {

class RateProfile {
 public:
  static constexpr std::string_view kind = "rate profile";
  struct MakeArgs {};

  virtual ~RateProfile() = default;
  virtual RateCurve curve() const = 0;
};

/// Any arrival process with its rate made to follow a curve, exactly: its arrivals happen on a
/// clock that runs `factor` times as fast as time. Of a Poisson process that makes the Poisson
/// process of that rate function, of a constant one a load generator whose pace changes. Source:
/// Cinlar, "Introduction to Stochastic Processes", 1975, 4.7 (change of time).
class ProfiledArrivals final : public ArrivalProcess {
 public:
  ProfiledArrivals(std::unique_ptr<ArrivalProcess> base, RateCurve curve)
      : base_(std::move(base)), curve_(std::move(curve)) {}

  Rate mean_rate() const override { return {base_->mean_rate().per_second * curve_.mean()}; }
  /// Goes on at `now`, counted from the start, after a pause in which nobody asked for arrivals.
  void resume_at(Duration now) {
    now_ = static_cast<double>(now.count());
    operational_ = curve_.area(now_ * 1e-9);
  }

 private:
  double gap(Stream& stream) override {
    operational_ += to_seconds(base_->next(stream));
    const double then = curve_.time_of_area(operational_) * 1e9;
    const double gap = then > now_ ? then - now_ : 0;
    now_ += gap;
    return gap;
  }

  std::unique_ptr<ArrivalProcess> base_;
  RateCurve curve_;
  double operational_ = 0;  ///< Seconds on the clock of the process. State.
  double now_ = 0;          ///< The time of the last arrival, nanoseconds. State.
};

}  // namespace faultline::sim
