/// GreedyDual-Size-Frequency: whoever earns least for the room it takes goes. An entry's priority
/// is L + uses * cost / size; L rises to the priority of each victim, so that what is not asked for
/// any more grows old beside what is.
///
/// A heap by priority, and among equals by who got it first; every operation is O(log n).
///
/// Source: Cherkasova, "Improving WWW Proxies Performance with Greedy-Dual-Size-Frequency Caching
/// Policy", HP Laboratories, HPL-98-69, 1998 (GDSF-Hits: cost 1; GDSF-Packets: the TCP packets of
/// request and reply, 2 + size / 536).
/// Does not model: a cost of each object of its own, such as the time that fetching it took.
#include <utility>
#include <vector>

#include "models/algorithms/eviction/eviction_policy.hpp"
#include "sim/param/assert.hpp"

namespace faultline::models {
namespace {

struct GdsfParams {
  std::string cost = "hit";

  static void describe(sim::ParamList<GdsfParams>& list) {
    list.add("cost", &GdsfParams::cost,
             "What a miss costs: the same for each object, for the most hits, or its packets, for "
             "the most bytes served")
        .one_of({"hit", "packets"});
  }
};

class Gdsf final : public EvictionPolicy {
 public:
  Gdsf(const GdsfParams& params, const MakeArgs& args)
      : entries_(args.entries), by_packets_(params.cost == "packets") {}

  void inserted(CacheSlot slot) override {
    if (slot >= data_.size()) data_.resize(slot + std::size_t{1});
    data_[slot].uses = 1;
    heap_.push_back(slot);
    data_[slot].place = heap_.size() - 1;
    rank(slot);
  }
  void touched(CacheSlot slot) override {
    ++data_[slot].uses;
    rank(slot);
  }
  /// Where the capacity counts entries the sizes count too.
  void resized(CacheSlot slot, std::int64_t) override { rank(slot); }
  void erased(CacheSlot slot) override {
    const std::size_t place = data_[slot].place;
    const CacheSlot last = heap_.back();
    heap_.pop_back();
    if (last == slot) return;
    heap_[place] = last;
    data_[last].place = place;
    settle(place);
  }
  CacheSlot victim() override {
    SIM_ASSERT(!heap_.empty());
    const CacheSlot slot = heap_.front();
    age_ = data_[slot].priority;
    erased(slot);
    return slot;
  }
  bool tells_candidate() const override { return true; }
  CacheSlot candidate() const override { return heap_.front(); }

 private:
  struct Data {
    double priority = 0;
    std::uint64_t turn = 0;  ///< When it got this priority.
    std::uint64_t uses = 0;
    std::size_t place = 0;  ///< In the heap.
  };

  void rank(CacheSlot slot) {
    Data& data = data_[slot];
    const auto size = static_cast<double>(entries_[slot].size);
    const double cost = by_packets_ ? 2 + size / 536 : 1;
    data.priority = age_ + static_cast<double>(data.uses) * cost / size;
    data.turn = ++turns_;
    settle(data.place);
  }
  bool goes_before(CacheSlot a, CacheSlot b) const {
    return std::pair(data_[a].priority, data_[a].turn) <
           std::pair(data_[b].priority, data_[b].turn);
  }
  void swap_places(std::size_t a, std::size_t b) {
    std::swap(heap_[a], heap_[b]);
    data_[heap_[a]].place = a;
    data_[heap_[b]].place = b;
  }
  /// Moves what stands at `place` up or down to where it belongs.
  void settle(std::size_t place) {
    while (place > 0 && goes_before(heap_[place], heap_[(place - 1) / 2])) {
      swap_places(place, (place - 1) / 2);
      place = (place - 1) / 2;
    }
    for (;;) {
      std::size_t least = place;
      for (std::size_t child = 2 * place + 1; child <= 2 * place + 2; ++child) {
        if (child < heap_.size() && goes_before(heap_[child], heap_[least])) least = child;
      }
      if (least == place) return;
      swap_places(place, least);
      place = least;
    }
  }

  const CacheEntries& entries_;  ///< Input.
  bool by_packets_;              ///< Parameter.
  double age_ = 0;               ///< L of the paper: the priority of the last victim. State.
  std::uint64_t turns_ = 0;      ///< State.
  std::vector<Data> data_;       ///< By slot. State.
  std::vector<CacheSlot> heap_;  ///< Least priority first. State.
};

const sim::Registration<EvictionPolicy, Gdsf, GdsfParams> registered{
    {.name = "gdsf",
     .title = "GreedyDual-Size-Frequency",
     .summary = "Evicts the entry with the least uses times cost for its size; what is not asked "
                "for any more grows old.",
     .source = "Cherkasova, Improving WWW Proxies Performance with Greedy-Dual-Size-Frequency "
               "Caching Policy, HPL-98-69, 1998",
     .does_not_model = "a cost of each object of its own"}};

}  // namespace
}  // namespace faultline::models
