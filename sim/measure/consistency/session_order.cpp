#include "sim/measure/consistency/session_order.hpp"

#include <algorithm>
#include <unordered_map>

namespace faultline::sim::consistency {

SessionOrder::SessionOrder(const History& history, std::span<const RankedOperation> operations)
    : chain_of(operations.size()), waits(operations.size()) {
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> chains_of_session;
  std::vector<std::vector<Wait>> known;  // Of each chain: what its last one waited for.
  for (std::uint32_t place = 0; place < operations.size(); ++place) {
    const RankedOperation& operation = operations[place];
    std::vector<std::uint32_t>& own =
        chains_of_session[history.operations[operation.index].session];
    // The chain whose last one ended latest before this one began.
    std::uint32_t chain = UINT32_MAX;
    for (const std::uint32_t one : own) {
      if (!operation.completed()) break;  // Nothing follows it: it is a chain by itself.
      const Rank end = operations[chains[one].back()].end;
      if (end >= operation.begin) continue;
      if (chain == UINT32_MAX || end > operations[chains[chain].back()].end) chain = one;
    }
    const bool is_new = chain == UINT32_MAX;
    if (is_new) {
      chain = static_cast<std::uint32_t>(chains.size());
      chains.emplace_back();
      known.emplace_back();
    }
    for (const std::uint32_t other : own) {
      if (other == chain) continue;
      const std::vector<std::uint32_t>& list = chains[other];
      const auto before = std::partition_point(list.begin(), list.end(), [&](std::uint32_t one) {
        return operations[one].end < operation.begin;
      });
      const auto count = static_cast<std::uint32_t>(before - list.begin());
      if (count == 0) continue;
      const auto same = std::find_if(known[chain].begin(), known[chain].end(),
                                     [&](const Wait& wait) { return wait.chain == other; });
      if (same == known[chain].end()) {
        known[chain].push_back({other, count});
      } else if (same->count < count) {
        same->count = count;
      } else {
        continue;
      }
      waits[place].push_back({other, count});
    }
    chains[chain].push_back(place);
    chain_of[place] = chain;
    if (is_new && operation.completed()) own.push_back(chain);
  }
}

}  // namespace faultline::sim::consistency
