#include "models/algorithms/hashing/rendezvous.hpp"

#include "models/algorithms/hashing/key_hash.hpp"
#include "models/algorithms/portable_powers.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {

std::size_t Rendezvous::place(std::uint64_t key) {
  std::size_t best = none;
  if (equal_) {  // The largest u wins: no need of logarithms.
    std::uint64_t highest = 0;
    for (std::size_t rank = 0; rank < members_.size(); ++rank) {
      const std::uint64_t bid = hash_of_pair(hashes_[members_[rank]], key);
      if (best != none && bid <= highest) continue;
      highest = bid;
      best = members_[rank];
    }
    return best;
  }
  double lowest = 0;  // Of -log u / weight, the reciprocal of the bid.
  for (std::size_t rank = 0; rank < members_.size(); ++rank) {
    const std::size_t node = members_[rank];
    const std::uint64_t hash = hash_of_pair(hashes_[node], key);
    const double u = (static_cast<double>(hash >> 12) + 0.5) * 0x1.0p-52;
    const double cost = -log_of_two(u) / weight(node);
    if (best != none && cost >= lowest) continue;
    lowest = cost;
    best = node;
  }
  return best;
}

void Rendezvous::on_added(std::size_t index) {
  hashes_.push_back(hash_of_text(name(index)));
  if (!takes_keys(index)) return;
  equal_ = equal_ && (members_.size() == 0 || weight(index) == weight(members_[0]));
  members_.set(index, true);
}

void Rendezvous::update(std::size_t index) {
  members_.set(index, takes_keys(index));
  equal_ = true;
  for (std::size_t rank = 1; rank < members_.size() && equal_; ++rank) {
    equal_ = weight(members_[rank]) == weight(members_[0]);
  }
}

namespace {

const sim::Registration<KeyPlacement, Rendezvous, sim::NoParams> registered{
    {.name = "rendezvous",
     .title = "Rendezvous (highest random weight)",
     .summary = "Every node bids a hash of itself and the key, the highest wins: exact shares by "
                "weight, only the keys of a node that leaves move; O(n) a key.",
     .source = "Thaler, Ravishankar, IEEE/ACM ToN 6(1), 1998; Schindelhauer, Schomaker, SPAA 2005",
     .does_not_model = "trees of nodes that make it O(log n)"}};

}  // namespace
}  // namespace faultline::models
