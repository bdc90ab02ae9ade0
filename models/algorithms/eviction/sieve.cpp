/// SIEVE: a queue in insertion order and a hand that walks it from the oldest to the newest, evicts
/// the first entry not touched since it last passed, and leaves the others where they are.
///
/// Source: Zhang et al., "SIEVE is Simpler than LRU", NSDI 2024, Algorithm 1.
/// Does not model: the cost of moving the hand.
#include <vector>

#include "models/algorithms/eviction/eviction_policy.hpp"
#include "models/algorithms/eviction/index_lists.hpp"

namespace faultline::models {
namespace {

class Sieve final : public EvictionPolicy {
 public:
  Sieve(const sim::NoParams&, const MakeArgs&) {}

  void inserted(CacheSlot slot) override {
    order_.push_front(0, slot);
    if (slot >= touched_.size()) touched_.resize(slot + std::size_t{1});
    touched_[slot] = 0;
  }
  void touched(CacheSlot slot) override { touched_[slot] = 1; }
  void erased(CacheSlot slot) override {
    if (slot == hand_) hand_ = order_.towards_front(slot);
    order_.remove(slot);
  }
  CacheSlot victim() override {
    CacheSlot slot = at_hand();
    while (touched_[slot] != 0) {
      touched_[slot] = 0;
      hand_ = order_.towards_front(slot);
      slot = at_hand();
    }
    hand_ = order_.towards_front(slot);
    order_.remove(slot);
    return slot;
  }

 private:
  CacheSlot at_hand() const { return hand_ == no_slot ? order_.back(0) : hand_; }

  IndexLists order_{1};                ///< Last inserted in front. State.
  std::vector<std::uint8_t> touched_;  ///< By slot: 1 if touched since the hand last passed. State.
  CacheSlot hand_ = no_slot;  ///< Where the next search starts; none: at the oldest. State.
};

const sim::Registration<EvictionPolicy, Sieve, sim::NoParams> registered{
    {.name = "sieve",
     .title = "SIEVE",
     .summary = "A queue in insertion order whose hand evicts the first entry not touched since it "
                "last passed and "
                "leaves the others in place.",
     .source = "Zhang et al., SIEVE is Simpler than LRU, NSDI 2024",
     .does_not_model = "the cost of moving the hand"}};

}  // namespace
}  // namespace faultline::models
