#include "models/resilience/caller.hpp"

namespace faultline::models {

Caller::Caller(const CallerParams& params, const sim::BuildContext& context,
               std::string_view purpose, const Callees& callees)
    : node_(context.node()),
      patience_(context.patience(params.timeout.value_or(sim::Duration(0)))),
      more_(params.more_than_wait() ? std::make_unique<Resilience>(params, context, purpose)
                                    : nullptr) {
  if (callees.shares) {
    dialer_ = callees.shares->dialer_;
  } else if (params.connections) {
    dialer_ = std::make_shared<Dialer>(params.connections, callees.many_hosts, context);
  }
}

}  // namespace faultline::models
