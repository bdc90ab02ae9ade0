/// Belady's MIN: whoever is not needed for the longest time goes. No policy has fewer misses where
/// all objects have one size, so it is the measure of the others. It must know the future, so it
/// works on a recorded trace only.
///
/// Source: Belady, "A study of replacement algorithms for a virtual-storage computer", IBM Systems
/// Journal 5(2), 1966.
/// Does not model: not taking an object in at all; with objects of different sizes it is not the
/// optimum.
#include <utility>
#include <vector>

#include "models/algorithms/eviction/eviction_policy.hpp"

namespace faultline::models {
namespace {

class Belady final : public OfflineEvictionPolicy {
 public:
  Belady(const sim::NoParams&, const MakeArgs& args) : future_(args.future) {}

  void inserted(CacheSlot slot) override {
    if (slot >= place_.size()) place_.resize(slot + std::size_t{1});
    heap_.push_back({future_.next_use, slot});
    place_[slot] = heap_.size() - 1;
    rise(heap_.size() - 1);
  }
  void touched(CacheSlot slot) override {
    const std::size_t place = place_[slot];
    heap_[place].next_use = future_.next_use;
    // The use that was next is over, so the new one is farther away.
    rise(place);
  }
  void erased(CacheSlot slot) override { remove(place_[slot]); }
  CacheSlot victim() override {
    const CacheSlot slot = heap_.front().slot;
    remove(0);
    return slot;
  }

 private:
  struct Node {
    std::uint64_t next_use = 0;
    CacheSlot slot = no_slot;
  };

  void put(std::size_t place, Node node) {
    heap_[place] = node;
    place_[node.slot] = place;
  }
  void rise(std::size_t place) {
    const Node node = heap_[place];
    while (place > 0) {
      const std::size_t parent = (place - 1) / 2;
      if (heap_[parent].next_use >= node.next_use) break;
      put(place, heap_[parent]);
      place = parent;
    }
    put(place, node);
  }
  void sink(std::size_t place) {
    const Node node = heap_[place];
    while (true) {
      std::size_t child = place * 2 + 1;
      if (child >= heap_.size()) break;
      if (child + 1 < heap_.size() && heap_[child + 1].next_use > heap_[child].next_use) ++child;
      if (heap_[child].next_use <= node.next_use) break;
      put(place, heap_[child]);
      place = child;
    }
    put(place, node);
  }
  void remove(std::size_t place) {
    const Node last = heap_.back();
    heap_.pop_back();
    if (place == heap_.size()) return;
    put(place, last);
    sink(place);
    rise(place);
  }

  const Future& future_;            ///< Input.
  std::vector<Node> heap_;          ///< The farthest next use on top. State.
  std::vector<std::size_t> place_;  ///< By slot: where in the heap. State.
};

const sim::Registration<OfflineEvictionPolicy, Belady, sim::NoParams> registered{
    {.name = "belady",
     .title = "Belady's MIN (needs the future)",
     .summary = "Evicts the entry whose next use is farthest away: the fewest misses possible, for "
                "recorded traces only.",
     .source = "Belady, A study of replacement algorithms for a virtual-storage computer, 1966",
     .does_not_model =
         "not taking an object in; with objects of different sizes it is not the optimum"}};

}  // namespace
}  // namespace faultline::models
