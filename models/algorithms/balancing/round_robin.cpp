/// Round robin: the backends take turns in the order of their index.
/// Rule: the first backend that can be picked after the last pick, going round. A backend that
/// comes back takes its old place in the order. Source: Nagle, RFC 970, "On Packet Switches With
/// Infinite Storage", section 3, 1985. Does not model: weights (see weighted_round_robin), several
/// balancers that do not know of each other's turns.
#include "models/algorithms/balancing/balancing_policy.hpp"
#include "models/algorithms/balancing/index_set.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

class RoundRobin final : public BalancingPolicy {
 public:
  RoundRobin(const sim::NoParams&, const MakeArgs& args) { add_backends(args.weights); }

  std::size_t pick(const BalancingRequest&) override {
    const std::size_t index = eligible_.next_cyclic(cursor_);
    if (index != none) cursor_ = index + 1;
    return index;
  }

 private:
  void on_added(std::size_t index) override {
    eligible_.grow(index + 1);
    on_changed(index);
  }
  void on_changed(std::size_t index) override { eligible_.set(index, can_be_picked(index)); }

  IndexSet eligible_;       ///< Backends that can be picked. State.
  std::size_t cursor_ = 0;  ///< The index after the last pick. State.
};

const sim::Registration<BalancingPolicy, RoundRobin, sim::NoParams> registered{
    {.name = "round_robin",
     .title = "Round robin",
     .summary = "The backends take turns in the order of their index.",
     .source = "Nagle, RFC 970, On Packet Switches With Infinite Storage, section 3, 1985",
     .does_not_model = "weights; several balancers that do not know of each other's turns"}};

}  // namespace
}  // namespace faultline::models
