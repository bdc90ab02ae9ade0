/// Ring hash: consistent hashing by key or by caller. Rule and source:
/// models/algorithms/hashing/ring.hpp.
#include "models/algorithms/hashing/ring.hpp"

#include "models/algorithms/balancing/hash_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

const sim::Registration<BalancingPolicy, HashPolicy<Ring, RingParams, true>,
                        HashPolicyParams<RingParams>>
    registered{
        {.name = "ring_hash",
         .title = "Ring hash",
         .summary = "Consistent hashing on a ring with virtual nodes: a backend that is away hands "
                    "its keys to the others, and nothing else moves.",
         .source = "Karger et al., STOC 1997; Envoy, ring hash; HAProxy, hash-type consistent",
         .does_not_model = "hashing several parts of a request together"}};

}  // namespace
}  // namespace faultline::models
