/// Modulo of a hash: what not to do before caches. Rule and source:
/// models/algorithms/hashing/modulo.hpp.
#include "models/algorithms/hashing/modulo.hpp"

#include "models/algorithms/balancing/hash_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

const sim::Registration<BalancingPolicy, HashPolicy<Modulo, sim::NoParams, true>,
                        HashPolicyParams<sim::NoParams>>
    registered{{.name = "modulo_hash",
                .title = "Modulo of a hash",
                .summary =
                    "The hash of the key, or of the caller, modulo the number of backends that can "
                    "be picked: when one leaves or comes back nearly every key moves.",
                .source = "twemproxy, distribution modula",
                .does_not_model =
                    "rehashing of the keys of a backend that is away, as nginx's hash does it"}};

}  // namespace
}  // namespace faultline::models
