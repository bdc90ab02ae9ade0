/// Ketama as a balancing policy. Rule and source: models/algorithms/hashing/ketama.hpp.
#include "models/algorithms/hashing/ketama.hpp"

#include "models/algorithms/balancing/hash_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

const sim::Registration<BalancingPolicy, HashPolicy<Ketama, sim::NoParams, true>,
                        HashPolicyParams<sim::NoParams>>
    registered{
        {.name = "ketama",
         .title = "Ketama",
         .summary =
             "The ring of memcached clients, point for point, over the names of the backends.",
         .source = "Richard Jones, libketama, 2007; nginx, hash consistent",
         .does_not_model = "the names without port that some clients hash for port 11211"}};

}  // namespace
}  // namespace faultline::models
