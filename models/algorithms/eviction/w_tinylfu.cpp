/// W-TinyLFU: a small LRU window takes the newcomers; what falls out of it is admitted to the main
/// part, a segmented LRU, only if a sketch of all recent uses has seen it more often than the entry
/// it would replace.
///
///   put --> [ window ] --oldest--> admitted? --yes--> [ probation ] --hit--> [ protected ]
///                                     '--no--> evicted       ^----oldest---------'
///
/// The sketch is a count-min sketch of 4-bit counters in 4 rows; after 10 uses an entry of the
/// capacity all counters are halved, so that old favourites fade.
///
/// Source: Einziger, Friedman, Manes, "TinyLFU: A Highly Efficient Cache Admission Policy", ACM TOS
/// 13(4), 2017, with the shares of Caffeine 2: window 1 %, protected 80 % of the main part.
/// Does not model: Caffeine's adaptive window, its random admission against hash flooding, and its
/// delayed bookkeeping.
#include <algorithm>
#include <vector>

#include "models/algorithms/eviction/eviction_policy.hpp"
#include "models/algorithms/eviction/frequency_sketch.hpp"
#include "models/algorithms/eviction/index_lists.hpp"

namespace faultline::models {
namespace {

struct WTinyLfuParams {
  sim::Probability window_share{0.01};
  sim::Probability protected_share{0.8};
  std::int64_t sample = 10;

  static void describe(sim::ParamList<WTinyLfuParams>& list) {
    list.add("window_share", &WTinyLfuParams::window_share,
             "Share of the capacity for the window of newcomers");
    list.add("protected_share", &WTinyLfuParams::protected_share,
             "Share of the main part for entries used there again");
    list.add("sample", &WTinyLfuParams::sample,
             "Uses an entry of the capacity after which all frequencies are halved")
        .unit("uses")
        .between(1, 1000);
  }
};

class WTinyLfu final : public EvictionPolicy {
 public:
  WTinyLfu(const WTinyLfuParams& params, const MakeArgs& args)
      : entries_(args.entries),
        sketch_(params.sample,
                args.capacity.unit == CacheCapacity::Unit::entries ? args.capacity.amount : 0) {
    const std::int64_t capacity = args.capacity.amount;
    const std::int64_t main = share_of(capacity, 1.0 - params.window_share.value);
    window_max_ = std::max<std::int64_t>(capacity - main, 1);
    protected_max_ = share_of(capacity - window_max_, params.protected_share.value);
  }

  void arriving(CacheKey key, std::int64_t weight) override {
    sketch_.increment(key);
    while (weights_[window] + weight > window_max_ && !order_.empty(window)) {
      const CacheSlot slot = order_.back(window);
      move(slot, probation);
      if (candidate_ == no_slot) candidate_ = slot;
    }
  }
  void inserted(CacheSlot slot) override {
    candidate_ = no_slot;
    if (slot >= part_of_.size()) part_of_.resize(slot + std::size_t{1});
    enter(slot, window);
    sketch_.expect_at_least(++resident_);
  }
  void touched(CacheSlot slot) override {
    sketch_.increment(entries_.key(slot));
    const Part part = part_of_[slot];
    if (part != probation || entries_.weight(slot) > protected_max_) {
      order_.move_to_front(part, slot);
      return;
    }
    move(slot, protect);
    while (weights_[protect] > protected_max_) move(order_.back(protect), probation);
  }
  void resized(CacheSlot slot, std::int64_t weight_before) override {
    weights_[part_of_[slot]] += entries_.weight(slot) - weight_before;
  }
  void erased(CacheSlot slot) override {
    leave(slot);
    --resident_;
  }
  CacheSlot victim() override {
    const CacheSlot slot =
        candidate_ == no_slot ? oldest_outside_window() : loser_against_candidate();
    erased(slot);
    return slot;
  }

 private:
  using Part = std::uint8_t;
  static constexpr Part window = 0;
  static constexpr Part probation = 1;
  static constexpr Part protect = 2;

  static std::int64_t share_of(std::int64_t capacity, double share) {
    return static_cast<std::int64_t>(static_cast<double>(capacity) * share);
  }
  void enter(CacheSlot slot, Part part) {
    order_.push_front(part, slot);
    part_of_[slot] = part;
    weights_[part] += entries_.weight(slot);
  }
  void leave(CacheSlot slot) {
    order_.remove(slot);
    weights_[part_of_[slot]] -= entries_.weight(slot);
  }
  void move(CacheSlot slot, Part part) {
    leave(slot);
    enter(slot, part);
  }

  CacheSlot oldest_outside_window() const {
    for (const Part part : {probation, protect}) {
      if (!order_.empty(part)) return order_.back(part);
    }
    return order_.back(window);
  }
  /// The candidate from the window against the oldest entry on probation: who was used less goes,
  /// at a tie the candidate.
  CacheSlot loser_against_candidate() {
    const CacheSlot candidate = candidate_;
    const CacheSlot opponent = order_.back(probation);
    candidate_ = order_.towards_front(candidate);
    if (opponent == candidate) return candidate;
    const bool admitted =
        sketch_.frequency(entries_.key(candidate)) > sketch_.frequency(entries_.key(opponent));
    return admitted ? opponent : candidate;
  }

  const CacheEntries& entries_;          ///< Input.
  std::int64_t window_max_ = 1;          ///< Parameter.
  std::int64_t protected_max_ = 0;       ///< Parameter.
  FrequencySketch sketch_;               ///< State.
  IndexLists order_{3};                  ///< By part, last used in front. State.
  std::int64_t weights_[3] = {0, 0, 0};  ///< By part. State.
  std::vector<Part> part_of_;            ///< By slot. State.
  std::int64_t resident_ = 0;            ///< State.
  CacheSlot candidate_ =
      no_slot;  ///< The oldest that fell out of the window for the arriving key. State.
};

const sim::Registration<EvictionPolicy, WTinyLfu, WTinyLfuParams> registered{
    {.name = "w_tinylfu",
     .title = "W-TinyLFU",
     .summary = "A small window for newcomers; they enter the main part only if used more often "
                "than what they would replace.",
     .source = "Einziger, Friedman, Manes, TinyLFU: A Highly Efficient Cache Admission Policy, ACM "
               "TOS, 2017",
     .does_not_model = "Caffeine's adaptive window, random admission and delayed bookkeeping"}};

}  // namespace
}  // namespace faultline::models
