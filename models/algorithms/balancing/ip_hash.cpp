/// IP hash: the backend follows from the address of the caller, so a caller keeps its backend.
///
/// Rule: a hash of the address is a point among all weights laid end to end, whether the backends
/// are available or not. If the one found there cannot be picked the hash is hashed again, up to 20
/// times, and after that the next backend by index that can be picked is taken. So while a backend
/// is away only its own callers move, spread over the others, and they come back with it. A change
/// of a weight above 0 or of the number of backends moves most callers. Source: nginx,
/// ngx_http_upstream_ip_hash_module, its structure and its 20 attempts. Its hash, which knows 6271
/// values and so spreads over many backends badly, is replaced by the finaliser of SplitMix64. Does
/// not model: session tables; see consistent hashing for changes that move few callers.
#include "models/algorithms/balancing/balancing_policy.hpp"
#include "models/algorithms/balancing/index_set.hpp"
#include "models/algorithms/balancing/weight_tree.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct IpHashParams {
  std::int64_t ignored_bits = 0;

  static void describe(sim::ParamList<IpHashParams>& list) {
    list.add("ignored_bits", &IpHashParams::ignored_bits,
             "Low bits of the address that do not count, so that a whole network shares a backend; "
             "nginx: 8 for IPv4")
        .unit("bits")
        .between(0, 63);
  }
};

std::uint64_t hash_of(std::uint64_t word) {
  word += 0x9e3779b97f4a7c15;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
  word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
  return word ^ (word >> 31);
}

class IpHash final : public BalancingPolicy {
 public:
  IpHash(const IpHashParams& params, const MakeArgs& args) : ignored_bits_(params.ignored_bits) {
    add_backends(args.weights);
  }

  std::size_t pick(const BalancingRequest& request) override {
    if (eligible_.next(0) == none) return none;
    std::uint64_t hash = request.source_address >> ignored_bits_;
    std::size_t index = 0;
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
      hash = hash_of(hash);
      index = places_.at(static_cast<double>(hash >> 11) * 0x1.0p-53);
      if (can_be_picked(index)) return index;
    }
    return eligible_.next_cyclic(index);
  }

  bool heeds_weights() const override { return true; }

 private:
  static constexpr int attempts_max = 20;

  void on_added(std::size_t index) override {
    places_.grow(index + 1);
    eligible_.grow(index + 1);
    on_changed(index);
  }
  void on_changed(std::size_t index) override {
    places_.set(index, weight(index));
    eligible_.set(index, can_be_picked(index));
  }

  std::int64_t ignored_bits_;  ///< Parameter.
  WeightTree places_;          ///< Of all backends, available or not. State.
  IndexSet eligible_;          ///< Backends that can be picked. State.
};

const sim::Registration<BalancingPolicy, IpHash, IpHashParams> registered{
    {.name = "ip_hash",
     .title = "IP hash",
     .summary = "The backend follows from the address of the caller, so a caller keeps its "
                "backend; while a backend is "
                "away only its own callers move.",
     .source = "nginx, ngx_http_upstream_ip_hash_module (with a better hash)",
     .does_not_model = "session tables"}};

}  // namespace
}  // namespace faultline::models
