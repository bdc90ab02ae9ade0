/// Hedging after a fixed delay.
/// Rule: a call that is not answered within `delay` is sent once more, and again after each further
/// `delay`, up to `hedges` times. Source: gRPC, proposal A6, "Hedging Policy" (hedgingDelay,
/// maxAttempts); Dean and Barroso, "The Tail at Scale", CACM 56(2), 2013. Does not model: telling
/// the loser to stop; it works to the end.
#include "models/algorithms/resilience/hedging/hedge_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct FixedDelayParams {
  sim::Duration delay{0};
  std::int64_t hedges = 1;

  static void describe(sim::ParamList<FixedDelayParams>& list) {
    list.add("delay", &FixedDelayParams::delay, "How long it waits before it sends the call again")
        .required()
        .at_least(sim::Duration(0));
    list.add("hedges", &FixedDelayParams::hedges, "How often it sends one call again")
        .unit("hedges")
        .between(1, HedgePolicy::hedges_max);
  }
};

class FixedDelay final : public HedgePolicy {
 public:
  FixedDelay(const FixedDelayParams& params, const MakeArgs&)
      : HedgePolicy(params.hedges), delay_(params.delay) {}
  std::optional<sim::Duration> delay() const override { return delay_; }

 private:
  sim::Duration delay_;
};

const sim::Registration<HedgePolicy, FixedDelay, FixedDelayParams> registered{
    {.name = "fixed_delay",
     .title = "Hedge after a fixed delay",
     .summary = "Sends a call again when it is not answered within a given time.",
     .source = "gRPC, proposal A6, gRPC Retry Design; Dean and Barroso, The Tail at Scale, 2013",
     .does_not_model = "telling the loser to stop: it works to the end",
     .example = "fixed_delay(20ms)"}};

}  // namespace
}  // namespace faultline::models
