#include "models/connections/dialer.hpp"

namespace faultline::models {

Dialer::Dialer(const std::optional<ConnectionParams>& connections, bool many_hosts,
               const sim::BuildContext& context)
    : node_(context.node()), many_hosts_(many_hosts) {
  if (connections) connections_.emplace(*connections, context);
}

sim::Task<sim::Reply> Dialer::exchange(sim::Target target, sim::Request request,
                                       sim::Patience patience) {
  if (!connections_) co_return co_await sim::call(node_, target, request, patience);
  const std::uint64_t host = many_hosts_ ? request.source : 0;
  co_return co_await connections_->exchange(host, target, request, patience);
}

}  // namespace faultline::models
