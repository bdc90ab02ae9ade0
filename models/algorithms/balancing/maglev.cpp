/// Maglev hashing as a balancing policy. Rule and source: models/algorithms/hashing/maglev.hpp.
#include "models/algorithms/hashing/maglev.hpp"

#include "models/algorithms/balancing/hash_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

const sim::Registration<BalancingPolicy, HashPolicy<Maglev, MaglevParams, true>,
                        HashPolicyParams<MaglevParams>>
    registered{{.name = "maglev",
                .title = "Maglev",
                .summary = "A table that the backends fill in turn: very even, one look a pick, "
                           "and few keys move that need not.",
                .source = "Eisenbud et al., Maglev, NSDI 2016; Envoy, Maglev",
                .does_not_model = "connection tables beside it; a change of the backends makes the "
                                  "table anew at the next pick"}};

}  // namespace
}  // namespace faultline::models
