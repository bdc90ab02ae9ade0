/// LRU: whoever was asked for longest ago goes.
///
/// Source: Mattson et al., "Evaluation techniques for storage hierarchies", IBM Systems Journal
/// 9(2), 1970.
/// Does not model: sampled or batched approximations of the order, as in Redis and memcached.
#include "models/algorithms/eviction/eviction_policy.hpp"
#include "models/algorithms/eviction/index_lists.hpp"

namespace faultline::models {
namespace {

class Lru final : public EvictionPolicy {
 public:
  Lru(const sim::NoParams&, const MakeArgs&) {}

  void inserted(CacheSlot slot) override { order_.push_front(0, slot); }
  void touched(CacheSlot slot) override { order_.move_to_front(0, slot); }
  void erased(CacheSlot slot) override { order_.remove(slot); }
  CacheSlot victim() override {
    const CacheSlot slot = order_.back(0);
    order_.remove(slot);
    return slot;
  }
  bool tells_candidate() const override { return true; }
  CacheSlot candidate() const override { return order_.back(0); }

 private:
  IndexLists order_{1};  ///< Last used in front. State.
};

const sim::Registration<EvictionPolicy, Lru, sim::NoParams> registered{
    {.name = "lru",
     .title = "Least recently used",
     .summary = "Evicts the entry that was asked for longest ago.",
     .source =
         "Mattson et al., Evaluation techniques for storage hierarchies, IBM Systems Journal, 1970",
     .does_not_model =
         "sampled or batched approximations of the order, as in Redis and memcached"}};

}  // namespace
}  // namespace faultline::models
