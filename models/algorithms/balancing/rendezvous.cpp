/// Rendezvous hashing as a balancing policy. Rule and source:
/// models/algorithms/hashing/rendezvous.hpp.
#include "models/algorithms/hashing/rendezvous.hpp"

#include "models/algorithms/balancing/hash_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

const sim::Registration<BalancingPolicy, HashPolicy<Rendezvous, sim::NoParams, true>,
                        HashPolicyParams<sim::NoParams>>
    registered{{.name = "rendezvous",
                .title = "Rendezvous hashing",
                .summary = "Every backend bids a hash of itself and the key, the highest wins: "
                           "exact shares by weight; O(n) a pick.",
                .source = "Thaler, Ravishankar, IEEE/ACM ToN 6(1), 1998",
                .does_not_model = "trees of backends that make it O(log n)"}};

}  // namespace
}  // namespace faultline::models
