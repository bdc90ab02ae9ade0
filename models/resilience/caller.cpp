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
    return;
  }
  Dialer::Plan plan{.connections = params.connections, .many_hosts = callees.many_hosts};
  for (const sim::NodeRef& target : callees.targets) {
    if (NameServer::is_type(context.type_of(target))) plan.names.push_back(target);
  }
  if (!params.connections && plan.names.empty()) return;
  plan.resolver = params.resolver.value_or(ResolverParams());
  dialer_ = std::make_shared<Dialer>(plan, context);
}

}  // namespace faultline::models
