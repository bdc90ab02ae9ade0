/// Ring hash with bounded loads. Rule and source: models/algorithms/hashing/bounded_load.hpp.
#include "models/algorithms/hashing/bounded_load.hpp"

#include "models/algorithms/balancing/hash_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

const sim::Registration<BalancingPolicy, HashPolicy<BoundedLoad, BoundedLoadParams, true>,
                        HashPolicyParams<BoundedLoadParams>>
    registered{{.name = "bounded_load",
                .title = "Ring hash with bounded loads",
                .summary = "Ring hash, but a request goes on to the next backend while its own has "
                           "more than factor times its fair share of the requests outstanding.",
                .source = "Mirrokni, Thorup, Zadimoghaddam, 2016; HAProxy, hash-balance-factor",
                .does_not_model = "requests that the backends get from other balancers"}};

}  // namespace
}  // namespace faultline::models
