#include "models/algorithms/causal/client_context.hpp"

#include <algorithm>
#include <utility>

namespace faultline::models {

void ClientContext::read(const Dot& dot, std::uint64_t lamport, const VersionVector& without_gaps) {
  lamport_ = std::max(lamport_, lamport);
  if (vector_.contains(dot)) return;
  if (std::find(nearest_.begin(), nearest_.end(), dot) != nearest_.end()) return;
  nearest_.push_back(dot);
  if (nearest_.size() <= limit_) return;
  std::erase_if(nearest_, [&](const Dot& each) {
    if (!without_gaps.contains(each)) return false;
    if (!vector_.contains(each)) vector_.set(each.replica, each.counter);
    return true;
  });
}

void ClientContext::wrote(const Dot& dot, std::uint64_t lamport) {
  lamport_ = std::max(lamport_, lamport);
  vector_ = {};
  nearest_.assign(1, dot);
}

ClientContext& ClientContexts::of(std::uint64_t client) {
  const auto found = young_.find(client);
  if (found != young_.end()) return found->second;
  if (young_.size() >= half_) {
    old_ = std::move(young_);
    young_.clear();
  }
  const auto before = old_.find(client);
  if (before == old_.end()) {
    return young_.emplace(client, ClientContext(context_limit_)).first->second;
  }
  ClientContext& context = young_.emplace(client, std::move(before->second)).first->second;
  old_.erase(client);
  return context;
}

}  // namespace faultline::models
