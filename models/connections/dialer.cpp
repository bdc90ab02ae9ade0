#include "models/connections/dialer.hpp"

#include <algorithm>

namespace faultline::models {

Dialer::Dialer(const Plan& plan, const sim::BuildContext& context)
    : node_(context.node()), many_hosts_(plan.many_hosts) {
  if (plan.connections) connections_.emplace(*plan.connections, context);
  for (const sim::NodeRef& name : plan.names) {
    resolvers_.push_back(std::make_unique<Resolver>(plan.resolver, name, context));
  }
}

sim::Task<sim::Reply> Dialer::exchange(sim::Target target, sim::Request request,
                                       sim::Patience patience) {
  const std::uint64_t host = many_hosts_ ? request.source : 0;
  for (const auto& resolver : resolvers_) {
    if (!resolver->is_for(*target.node)) continue;
    const sim::Time begun = node_.kernel().now();
    const bool patient = patience.limit == sim::Duration(0);
    const sim::Time until =
        std::min(request.deadline, patient ? sim::time_max : begun + patience.limit);
    auto resolving = resolver->resolve(host, request, until);
    const std::optional<sim::Target> address = co_await resolving;
    const sim::Time now = node_.kernel().now();
    // Nothing was sent to the one that the name stands for: it failed for certain.
    if (now >= until) co_return sim::Reply::fail(sim::Reason::timeout);
    if (!address) co_return sim::Reply::fail(sim::Reason::unresolved);
    target = *address;
    if (now > begun && !patient) patience.limit = begun + patience.limit - now;
    if (now > begun) patience.lane = sim::EventQueue::no_lane;
    break;
  }
  if (!connections_) co_return co_await sim::call(node_, target, request, patience);
  auto connected = connections_->exchange(host, target, request, patience);
  co_return co_await connected;
}

}  // namespace faultline::models
