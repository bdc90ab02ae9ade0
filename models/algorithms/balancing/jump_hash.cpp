/// Jump consistent hash as a balancing policy. Rule and source: models/algorithms/hashing/jump.hpp.
#include "models/algorithms/hashing/jump.hpp"

#include "models/algorithms/balancing/hash_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

const sim::Registration<BalancingPolicy, HashPolicy<Jump, sim::NoParams, false>,
                        HashPolicyParams<sim::NoParams>>
    registered{{.name = "jump_hash",
                .title = "Jump hash",
                .summary = "Consistent hashing without a table, perfectly even; cheap only when "
                           "the last backend leaves.",
                .source = "Lamping, Veach, A Fast, Minimal Memory, Consistent Hash Algorithm, 2014",
                .does_not_model = "weights"}};

}  // namespace
}  // namespace faultline::models
