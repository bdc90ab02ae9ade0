/// Slow start: a backend that came back gets little at first, while its caches are cold, and its
/// full weight only after a while.
///
/// Rule: of its weight it has max(min_share, (age / window)^(1 / aggression)), 1 from `window` on;
/// aggression 1 is a straight line, above 1 it rises faster at first. Source: Envoy documentation,
/// "Slow start mode"; nginx and HAProxy: slow_start, a straight line.
#pragma once

#include <algorithm>
#include <chrono>

#include "models/algorithms/portable_powers.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {

struct SlowStartParams {
  sim::Duration window = std::chrono::seconds(30);
  double aggression = 1;
  sim::Probability min_share{0.1};

  static void describe(sim::ParamList<SlowStartParams>& list) {
    list.add("window", &SlowStartParams::window, "Time until a backend has its full weight again")
        .above(sim::Duration(0));
    list.add("aggression", &SlowStartParams::aggression,
             "1: a straight line; more: faster at first")
        .between(0.1, 10);
    list.add("min_share", &SlowStartParams::min_share, "The share of its weight it has at once")
        .above(sim::Probability{0});
  }
};

/// The share of its weight that a backend has, `age` after it came back.
inline double slow_start_share(const SlowStartParams& params, sim::Duration age) {
  if (age >= params.window) return 1;
  const double passed =
      static_cast<double>(age.count()) / static_cast<double>(params.window.count());
  if (passed <= 0) return params.min_share.value;
  return std::max(params.min_share.value, power(passed, 1 / params.aggression));
}

}  // namespace faultline::models
