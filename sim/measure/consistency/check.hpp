/// Whether a history of single-object operations is allowed by a consistency level.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/measure/consistency/history.hpp"
#include "sim/measure/consistency/level.hpp"
#include "sim/measure/consistency/object.hpp"

namespace faultline::sim::consistency {

/// Why `level` cannot be asked of `model`, if it cannot: regular, causal, pram and the session
/// guarantees are defined by which write a read found, so they are there for registers only.
std::optional<std::string> unfit(Model model, Level level);

/// The verdict. Linearizability is checked key by key (it holds if it holds for each), on
/// `options.threads` threads; `options.steps_max` is the budget of each key then, of the whole
/// history at the other levels. An empty history holds. Requires: unfit() is empty; every
/// operation fits the model (see misfit()).
CheckResult check(const History& history, Model model, Level level,
                  const CheckOptions& options = {});

}  // namespace faultline::sim::consistency
