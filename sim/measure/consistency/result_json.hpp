/// The verdict of a check as JSON, one form for operations and transactions.
#pragma once

#include "sim/measure/consistency/history.hpp"
#include "sim/param/param.hpp"

namespace faultline::sim::consistency {

/// {"verdict", "model", "level", "operations", "seconds", "anomalies": [names], "witness"}; the
/// witness is null unless violated, else {"why", "clock", "operations": [{"session", "node",
/// "text", "outcome", "invoked", "completed", "index"}]}, times in the clock's unit, null for
/// never.
Json to_json(const CheckResult& result);
Json to_json(const Witness& witness);

}  // namespace faultline::sim::consistency
