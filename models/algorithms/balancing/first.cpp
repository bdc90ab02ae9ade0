/// First: always the backend with the lowest index that can be picked; the others stand by.
/// Source: HAProxy configuration manual, "balance first" (without its limit of connections), and
/// the usual active/standby pair. Does not model: a limit of connections after which the next
/// backend is taken.
#include "models/algorithms/balancing/balancing_policy.hpp"
#include "models/algorithms/balancing/index_set.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

class First final : public BalancingPolicy {
 public:
  First(const sim::NoParams&, const MakeArgs& args) { add_backends(args.weights); }

  std::size_t pick(const BalancingRequest&) override { return eligible_.next(0); }

 private:
  void on_added(std::size_t index) override {
    eligible_.grow(index + 1);
    on_changed(index);
  }
  void on_changed(std::size_t index) override { eligible_.set(index, can_be_picked(index)); }

  IndexSet eligible_;  ///< Backends that can be picked. State.
};

const sim::Registration<BalancingPolicy, First, sim::NoParams> registered{
    {.name = "first",
     .title = "First (active and standby)",
     .summary = "Always the backend with the lowest index that can be picked; the others stand by.",
     .source = "HAProxy configuration manual, balance first",
     .does_not_model = "a limit of connections after which the next backend is taken"}};

}  // namespace
}  // namespace faultline::models
