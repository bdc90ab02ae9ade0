/// Segmented LRU: equal segments, each an LRU. A hit moves an entry one segment up; a segment over
/// its share passes its oldest down, and the lowest, where nobody is below, evicts. A new entry
/// goes to the lowest segment with room; the oldest of the lowest segment in use makes room for it.
/// An object larger than a segment stays where it came in.
///
/// Source: Karedla, Love, Wherry, "Caching Strategies to Improve Disk System Performance", IEEE
/// Computer, 1994; four segments as in Huang et al., "An Analysis of Facebook Photo Caching", SOSP
/// 2013 (S4LRU).
/// Does not model: segments of different sizes.
#include <vector>

#include "models/algorithms/eviction/eviction_policy.hpp"
#include "models/algorithms/eviction/index_lists.hpp"

namespace faultline::models {
namespace {

struct SlruParams {
  std::int64_t segments = 4;

  static void describe(sim::ParamList<SlruParams>& list) {
    list.add("segments", &SlruParams::segments,
             "Number of segments, each with an equal share of the capacity")
        .unit("segments")
        .between(1, 64);
  }
};

class Slru final : public EvictionPolicy {
 public:
  Slru(const SlruParams& params, const MakeArgs& args)
      : entries_(args.entries),
        share_(args.capacity.amount / params.segments),
        lowest_share_(args.capacity.amount - share_ * (params.segments - 1)),
        order_(static_cast<std::uint32_t>(params.segments)),
        weights_(static_cast<std::size_t>(params.segments), 0) {}

  void inserted(CacheSlot slot) override {
    const std::int64_t weight = entries_.weight(slot);
    Segment lowest_with_room = 0;
    for (Segment segment = 0; segment < segments(); ++segment) {
      if (weights_[segment] + weight <= share_of(segment)) {
        lowest_with_room = segment;
        break;
      }
    }
    if (slot >= segment_of_.size()) segment_of_.resize(slot + std::size_t{1});
    enter(lowest_with_room, slot);
  }
  void touched(CacheSlot slot) override {
    const Segment segment = segment_of_[slot];
    if (segment + 1 == segments() || entries_.weight(slot) > share_) {
      order_.move_to_front(segment, slot);
      return;
    }
    leave(slot);
    enter(segment + 1, slot);
    pass_down(segment + 1);
  }
  void resized(CacheSlot slot, std::int64_t weight_before) override {
    weights_[segment_of_[slot]] += entries_.weight(slot) - weight_before;
  }
  void erased(CacheSlot slot) override { leave(slot); }
  CacheSlot victim() override {
    Segment segment = 0;
    while (order_.empty(segment)) ++segment;
    const CacheSlot slot = order_.back(segment);
    leave(slot);
    return slot;
  }

 private:
  using Segment = std::uint32_t;
  Segment segments() const { return static_cast<Segment>(weights_.size()); }
  std::int64_t share_of(Segment segment) const { return segment == 0 ? lowest_share_ : share_; }

  void enter(Segment segment, CacheSlot slot) {
    order_.push_front(segment, slot);
    segment_of_[slot] = segment;
    weights_[segment] += entries_.weight(slot);
  }
  void leave(CacheSlot slot) {
    order_.remove(slot);
    weights_[segment_of_[slot]] -= entries_.weight(slot);
  }
  /// Passes the oldest of `from` down until it keeps its share, then those of the segments below
  /// it.
  void pass_down(Segment from) {
    for (Segment segment = from; segment > 0; --segment) {
      if (weights_[segment] <= share_) return;
      while (weights_[segment] > share_) {
        const CacheSlot oldest = order_.back(segment);
        leave(oldest);
        enter(segment - 1, oldest);
      }
    }
    while (weights_[0] > lowest_share_) {
      const CacheSlot oldest = order_.back(0);
      leave(oldest);
      give_up(oldest);
    }
  }

  const CacheEntries& entries_;        ///< Input.
  std::int64_t share_;                 ///< Capacity of a segment. Parameter.
  std::int64_t lowest_share_;          ///< Of the lowest, which has what the division leaves.
  IndexLists order_;                   ///< A list a segment, last used in front. State.
  std::vector<std::int64_t> weights_;  ///< By segment. State.
  std::vector<Segment> segment_of_;    ///< By slot. State.
};

const sim::Registration<EvictionPolicy, Slru, SlruParams> registered{
    {.name = "slru",
     .title = "Segmented LRU",
     .summary = "Equal LRU segments: a hit moves an entry one segment up, a full segment passes "
                "its oldest down, the lowest evicts.",
     .source =
         "Karedla, Love, Wherry, Caching Strategies to Improve Disk System Performance, 1994; "
         "Huang et al., An Analysis of Facebook Photo Caching, SOSP 2013",
     .does_not_model = "segments of different sizes"}};

}  // namespace
}  // namespace faultline::models
