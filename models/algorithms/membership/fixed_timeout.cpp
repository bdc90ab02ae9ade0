/// The simplest failure detector: silent for so long is dead.
/// Rule: suspects from `timeout` after the last sign of life on; without it, after three and a half
/// intervals, when the third heartbeat in a row is overdue.
/// Source: Chandra, Toueg, "Unreliable Failure Detectors for Reliable Distributed Systems", 1996.
/// Does not model: a time-out that grows after each mistake.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "models/algorithms/membership/failure_detector.hpp"
#include "sim/param/assert.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct FixedTimeoutParams {
  std::optional<sim::Duration> timeout;

  static void describe(sim::ParamList<FixedTimeoutParams>& list) {
    list.add("timeout", &FixedTimeoutParams::timeout,
             "Silence after which it suspects; without it, three and a half heartbeat intervals")
        .above(sim::Duration(0));
  }
};

class FixedTimeout final : public FailureDetector {
 public:
  FixedTimeout(const FixedTimeoutParams& params, const MakeArgs& args)
      : timeout_(params.timeout.value_or(args.interval * 7 / 2)), heard_(args.now) {}

  void heartbeat(sim::Duration now) override {
    SIM_ASSERT(now >= heard_);
    heard_ = now;
  }
  sim::Duration suspected_at() const override {
    return timeout_ > sim::Duration::max() - heard_ ? sim::Duration::max() : heard_ + timeout_;
  }

 private:
  sim::Duration timeout_;  ///< Parameter.
  sim::Duration heard_;    ///< When the last sign of life came. State.
};

const sim::Registration<FailureDetector, FixedTimeout, FixedTimeoutParams> registered{
    {.name = "fixed_timeout",
     .title = "Fixed time-out",
     .summary = "Suspects a node that has been silent for a fixed time.",
     .source = "Chandra, Toueg, Unreliable Failure Detectors, 1996",
     .does_not_model = "a time-out that grows after each mistake",
     .example = R"json({"type": "fixed_timeout", "timeout": "3s"})json"}};

}  // namespace
}  // namespace faultline::models
