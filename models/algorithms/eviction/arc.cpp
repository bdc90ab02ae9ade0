/// ARC: two LRU lists, of entries seen once lately (T1) and at least twice (T2), each continued by
/// ghosts (B1, B2). A miss that meets a ghost shows which list was cut too short, and moves the
/// target size of T1.
///
/// Source: Megiddo, Modha, "ARC: A Self-Tuning, Low Overhead Replacement Cache", FAST 2003, Figure
/// 4.
/// With sizes, where the paper has unit pages: the target moves by the ratio of the ghosts' weights
/// (at least 1), each eviction trims at most one ghost, and the paper's "|L1| = c" reads "L1 and
/// the newcomer would exceed c".
/// Does not model: the time its bookkeeping takes.
#include <algorithm>
#include <vector>

#include "models/algorithms/eviction/eviction_policy.hpp"
#include "models/algorithms/eviction/ghost_lists.hpp"
#include "models/algorithms/eviction/index_lists.hpp"

namespace faultline::models {
namespace {

class Arc final : public EvictionPolicy {
 public:
  Arc(const sim::NoParams&, const MakeArgs& args)
      : entries_(args.entries), capacity_(args.capacity.amount) {}

  void arriving(CacheKey key, std::int64_t weight) override {
    arriving_weight_ = weight;
    arriving_from_ = nowhere;
    const GhostLists::Ghost ghost = ghosts_.find(key);
    if (ghost == GhostLists::none) return;
    const auto once_ghosts = static_cast<double>(ghosts_.total_weight(once));
    const auto often_ghosts = static_cast<double>(ghosts_.total_weight(often));
    arriving_from_ = static_cast<List>(ghosts_.list(ghost));
    if (arriving_from_ == once) {
      target_ = std::min(target_ + std::max(often_ghosts / once_ghosts, 1.0),
                         static_cast<double>(capacity_));
    } else {
      target_ = std::max(target_ - std::max(once_ghosts / often_ghosts, 1.0), 0.0);
    }
    ghosts_.remove(ghost);
  }
  void inserted(CacheSlot slot) override {
    if (slot >= list_of_.size()) list_of_.resize(slot + std::size_t{1});
    enter(arriving_from_ == nowhere ? once : often, slot);
    arriving_weight_ = 0;
    arriving_from_ = nowhere;
    trim_ghosts();
  }
  void touched(CacheSlot slot) override {
    if (list_of_[slot] == often) {
      order_.move_to_front(often, slot);
      return;
    }
    leave(slot);
    enter(often, slot);
  }
  void resized(CacheSlot slot, std::int64_t weight_before) override {
    weights_[list_of_[slot]] += entries_.weight(slot) - weight_before;
  }
  void erased(CacheSlot slot) override { leave(slot); }
  CacheSlot victim() override {
    if (arriving_from_ != nowhere) return replace();
    // Case IV of the paper.
    const std::int64_t once_and_ghosts = weights_[once] + ghosts_.total_weight(once);
    if (once_and_ghosts + arriving_weight_ > capacity_) {
      if (ghosts_.empty(once) && !order_.empty(once)) {
        const CacheSlot slot = order_.back(once);
        leave(slot);
        return slot;
      }
      if (!ghosts_.empty(once)) ghosts_.remove_oldest(once);
    } else if (total() >= 2 * capacity_ && !ghosts_.empty(often)) {
      ghosts_.remove_oldest(often);
    }
    return replace();
  }

 private:
  using List = std::uint8_t;
  static constexpr List once = 0;   ///< T1 and B1.
  static constexpr List often = 1;  ///< T2 and B2.
  static constexpr List nowhere = 2;

  /// REPLACE of the paper: the oldest of T1 or T2 becomes a ghost.
  CacheSlot replace() {
    const auto once_weight = static_cast<double>(weights_[once]);
    const bool over_target =
        once_weight > target_ || (once_weight == target_ && arriving_from_ == often);
    const List list = (!order_.empty(once) && over_target) || order_.empty(often) ? once : often;
    const CacheSlot slot = order_.back(list);
    leave(slot);
    ghosts_.add(list, entries_.key(slot), entries_.weight(slot));
    return slot;
  }
  /// With unit weights the four lists stay within twice the capacity by themselves. Objects of
  /// different sizes, trimmed one ghost an eviction, let the ghosts drift above that; this bounds
  /// them.
  void trim_ghosts() {
    while (total() > 4 * capacity_) {
      ghosts_.remove_oldest(ghosts_.empty(often) ? once : often);
    }
  }
  std::int64_t total() const {
    return weights_[once] + weights_[often] + ghosts_.total_weight(once) +
           ghosts_.total_weight(often);
  }
  void enter(List list, CacheSlot slot) {
    order_.push_front(list, slot);
    list_of_[slot] = list;
    weights_[list] += entries_.weight(slot);
  }
  void leave(CacheSlot slot) {
    order_.remove(slot);
    weights_[list_of_[slot]] -= entries_.weight(slot);
  }

  const CacheEntries& entries_;       ///< Input.
  std::int64_t capacity_;             ///< Parameter.
  double target_ = 0;                 ///< p of the paper: the weight T1 should have. State.
  IndexLists order_{2};               ///< T1 and T2, last used in front. State.
  std::int64_t weights_[2] = {0, 0};  ///< Of T1 and T2. State.
  std::vector<List> list_of_;         ///< By slot. State.
  GhostLists ghosts_{2};              ///< B1 and B2. State.
  std::int64_t arriving_weight_ = 0;  ///< State; 0 when nothing arrives.
  List arriving_from_ = nowhere;      ///< The list whose ghost the arriving key was. State.
};

const sim::Registration<EvictionPolicy, Arc, sim::NoParams> registered{
    {.name = "arc",
     .title = "ARC (adaptive replacement cache)",
     .summary = "Two LRU lists, seen once and seen again, whose shares follow which one's ghosts "
                "are asked for.",
     .source = "Megiddo, Modha, ARC: A Self-Tuning, Low Overhead Replacement Cache, FAST 2003",
     .does_not_model = "the time its bookkeeping takes"}};

}  // namespace
}  // namespace faultline::models
