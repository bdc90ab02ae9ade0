/// A fallback to another node: a replica in another place, a slower copy, a queue of last resort.
///
/// Rule: the request is sent once to `target`, with patience `timeout` and never beyond its
/// deadline; its answer is the answer. A write that may have taken effect before is not sent
/// (`unknown` stays `unknown`). Source: Netflix Hystrix, "Fallback: Cache via Network".
/// Does not model: retries of the fallback.
#include <optional>

#include "models/resilience/fallback/fallback.hpp"
#include "sim/network/call.hpp"

namespace faultline::models {
namespace {

struct OtherTargetParams {
  sim::NodeRef target;
  std::optional<sim::Duration> timeout;

  static void describe(sim::ParamList<OtherTargetParams>& list) {
    list.add("target", &OtherTargetParams::target, "Whom; of several replicas, each in turn")
        .required();
    list.add("timeout", &OtherTargetParams::timeout,
             "How long it waits for that answer; without it, for ever")
        .above(sim::Duration(0));
  }
};

class OtherTarget final : public Fallback {
 public:
  OtherTarget(const OtherTargetParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        target_(context.port(params.target)),
        patience_(context.patience(params.timeout.value_or(sim::Duration(0)))) {}

  sim::Task<sim::Reply> answer(const sim::Request& request, sim::Reply failed) override {
    if (failed.outcome == sim::Outcome::unknown) co_return failed;
    co_return co_await sim::call(node_, target_.next(), request, patience_);
  }

 private:
  sim::Node& node_;
  sim::PortPicker target_;
  sim::Patience patience_;
};

const sim::Registration<Fallback, OtherTarget, OtherTargetParams> registered{
    {.name = "other_target",
     .title = "Another target",
     .summary = "Asks another node once.",
     .source = "Netflix Hystrix, Fallback: Cache via Network",
     .does_not_model = "retries of the fallback",
     .example = "other_target(standby)"}};

}  // namespace
}  // namespace faultline::models
