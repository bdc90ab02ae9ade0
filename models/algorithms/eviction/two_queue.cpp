/// 2Q: newcomers pass through a FIFO (A1in); only those asked for again soon after they left it,
/// while their key was still remembered (A1out, ghosts), enter the main LRU (Am). A scan runs
/// through A1in and leaves Am alone.
///
/// A key met among the ghosts is taken out of them before room is made. Room is made in A1in while
/// it is over its share, else in Am; Am is kept to the rest of the capacity.
///
/// Source: Johnson, Shasha, "2Q: A Low Overhead High Performance Buffer Management Replacement
/// Algorithm", VLDB 1994, section 3 (full version), Kin 25 %, Kout 50 %.
/// Does not model: correlated references beyond what A1in absorbs.
#include <vector>

#include "models/algorithms/eviction/eviction_policy.hpp"
#include "models/algorithms/eviction/ghost_lists.hpp"
#include "models/algorithms/eviction/index_lists.hpp"

namespace faultline::models {
namespace {

struct TwoQueueParams {
  sim::Probability in_share{0.25};
  double ghosts = 0.5;

  static void describe(sim::ParamList<TwoQueueParams>& list) {
    list.add("in_share", &TwoQueueParams::in_share, "Share of the capacity for newcomers (Kin)");
    list.add("ghosts", &TwoQueueParams::ghosts,
             "Ghosts remembered (Kout), in multiples of the capacity")
        .between(0, 10);
  }
};

class TwoQueue final : public EvictionPolicy {
 public:
  TwoQueue(const TwoQueueParams& params, const MakeArgs& args)
      : entries_(args.entries),
        in_share_(share_of(args.capacity.amount, params.in_share.value)),
        main_share_(args.capacity.amount - in_share_),
        ghosts_max_(share_of(args.capacity.amount, params.ghosts)) {}

  void arriving(CacheKey key, std::int64_t) override {
    const GhostLists::Ghost ghost = ghosts_.find(key);
    comes_back_ = ghost != GhostLists::none;
    if (comes_back_) ghosts_.remove(ghost);
  }
  void inserted(CacheSlot slot) override {
    if (slot >= queue_of_.size()) queue_of_.resize(slot + std::size_t{1});
    if (!comes_back_) {
      enter(in, slot);
      return;
    }
    const std::int64_t weight = entries_.weight(slot);
    while (weights_[main] + weight > main_share_ && !order_.empty(main)) {
      const CacheSlot oldest = order_.back(main);
      leave(oldest);
      give_up(oldest);
    }
    enter(main, slot);
  }
  void touched(CacheSlot slot) override {
    if (queue_of_[slot] == main) order_.move_to_front(main, slot);
  }
  void resized(CacheSlot slot, std::int64_t weight_before) override {
    weights_[queue_of_[slot]] += entries_.weight(slot) - weight_before;
  }
  void erased(CacheSlot slot) override { leave(slot); }
  CacheSlot victim() override {
    if (weights_[in] > in_share_ || order_.empty(main)) {
      const CacheSlot slot = order_.back(in);
      leave(slot);
      remember(entries_.key(slot), entries_.weight(slot));
      return slot;
    }
    const CacheSlot slot = order_.back(main);
    leave(slot);
    return slot;
  }

 private:
  using Queue = std::uint8_t;
  static constexpr Queue in = 0;
  static constexpr Queue main = 1;

  static std::int64_t share_of(std::int64_t capacity, double share) {
    return static_cast<std::int64_t>(static_cast<double>(capacity) * share);
  }
  void enter(Queue queue, CacheSlot slot) {
    order_.push_front(queue, slot);
    queue_of_[slot] = queue;
    weights_[queue] += entries_.weight(slot);
  }
  void leave(CacheSlot slot) {
    order_.remove(slot);
    weights_[queue_of_[slot]] -= entries_.weight(slot);
  }
  void remember(CacheKey key, std::int64_t weight) {
    if (weight > ghosts_max_) return;
    while (ghosts_.total_weight(0) + weight > ghosts_max_) ghosts_.remove_oldest(0);
    ghosts_.add(0, key, weight);
  }

  const CacheEntries& entries_;  ///< Input.
  std::int64_t in_share_;        ///< Parameter.
  std::int64_t main_share_;      ///< Parameter.
  std::int64_t ghosts_max_;      ///< Parameter.
  IndexLists order_{2};  ///< A1in, last inserted in front, and Am, last used in front. State.
  std::int64_t weights_[2] = {0, 0};  ///< By queue. State.
  std::vector<Queue> queue_of_;       ///< By slot. State.
  GhostLists ghosts_{1};              ///< A1out. State.
  bool comes_back_ = false;           ///< The arriving key was a ghost. State.
};

const sim::Registration<EvictionPolicy, TwoQueue, TwoQueueParams> registered{
    {.name = "two_queue",
     .title = "2Q",
     .summary = "Newcomers pass through a FIFO; those asked for again while their key is "
                "remembered enter the main LRU.",
     .source = "Johnson, Shasha, 2Q: A Low Overhead High Performance Buffer Management Replacement "
               "Algorithm, VLDB 1994",
     .does_not_model = "correlated references beyond what the FIFO absorbs"}};

}  // namespace
}  // namespace faultline::models
