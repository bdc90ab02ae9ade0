/// FIFO: whoever has been here longest goes, used or not.
///
/// Source: Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems
/// Journal 5(2), 1966.
/// Does not model: anything beyond the order of insertion.
#include "models/algorithms/eviction/eviction_policy.hpp"
#include "models/algorithms/eviction/index_lists.hpp"

namespace faultline::models {
namespace {

class Fifo final : public EvictionPolicy {
 public:
  Fifo(const sim::NoParams&, const MakeArgs&) {}

  void inserted(CacheSlot slot) override { order_.push_front(0, slot); }
  void touched(CacheSlot) override {}
  void erased(CacheSlot slot) override { order_.remove(slot); }
  CacheSlot victim() override {
    const CacheSlot slot = order_.back(0);
    order_.remove(slot);
    return slot;
  }
  bool tells_candidate() const override { return true; }
  CacheSlot candidate() const override { return order_.back(0); }

 private:
  IndexLists order_{1};  ///< Last inserted in front. State.
};

const sim::Registration<EvictionPolicy, Fifo, sim::NoParams> registered{
    {.name = "fifo",
     .title = "First in, first out",
     .summary = "Evicts the entry that has been in the cache longest, used or not.",
     .source = "Belady, A study of replacement algorithms for a virtual-storage computer, 1966",
     .does_not_model = "anything beyond the order of insertion"}};

}  // namespace
}  // namespace faultline::models
