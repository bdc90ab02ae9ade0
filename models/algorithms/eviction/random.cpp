/// Random: every resident entry is equally likely to go.
///
/// Source: Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems
/// Journal 5(2), 1966.
/// Does not model: hardware's pseudo-random choice within a set.
#include <vector>

#include "models/algorithms/eviction/eviction_policy.hpp"

namespace faultline::models {
namespace {

class Random final : public EvictionPolicy {
 public:
  Random(const sim::NoParams&, const MakeArgs& args) : random_(args.random) {}

  void inserted(CacheSlot slot) override {
    if (slot >= place_.size()) place_.resize(slot + std::size_t{1});
    place_[slot] = static_cast<std::uint32_t>(slots_.size());
    slots_.push_back(slot);
  }
  void touched(CacheSlot) override {}
  void erased(CacheSlot slot) override {
    const std::uint32_t place = place_[slot];
    slots_[place] = slots_.back();
    place_[slots_[place]] = place;
    slots_.pop_back();
  }
  CacheSlot victim() override {
    const CacheSlot slot = slots_[random_.below(slots_.size())];
    erased(slot);
    return slot;
  }

 private:
  RandomSource& random_;              ///< Input.
  std::vector<CacheSlot> slots_;      ///< The resident entries, in no order that matters. State.
  std::vector<std::uint32_t> place_;  ///< By slot: where in `slots_`. State.
};

const sim::Registration<EvictionPolicy, Random, sim::NoParams> registered{
    {.name = "random",
     .title = "Random",
     .summary = "Evicts any resident entry, each equally likely.",
     .source = "Belady, A study of replacement algorithms for a virtual-storage computer, 1966",
     .does_not_model = "the pseudo-random choice of hardware caches within a set"}};

}  // namespace
}  // namespace faultline::models
