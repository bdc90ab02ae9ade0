/// What a load will be a little later, from what it was: so that instances that take a while to
/// start can be started in time.
///
/// Plain algorithm: time is handed in, nothing waits.
#pragma once

#include <optional>
#include <string_view>

#include "sim/param/units.hpp"

namespace faultline::models {

class LoadForecast {
 public:
  static constexpr std::string_view kind = "forecast";
  struct MakeArgs {
    sim::Duration period;  ///< From one observation to the next, above 0.
  };

  virtual ~LoadForecast() = default;
  /// The load was `value` now. Requires: called every period, `now` not before the last.
  virtual void observe(sim::Duration now, double value) = 0;
  /// What it will be, at least 0; nothing as long as too little is known. Requires: `at` not before
  /// the last observation.
  virtual std::optional<double> predict(sim::Duration at) const = 0;
};

}  // namespace faultline::models
