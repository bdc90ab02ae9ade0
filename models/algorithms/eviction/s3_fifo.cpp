/// S3-FIFO: a small FIFO for newcomers, a main FIFO that gives second chances, and ghosts of what
/// fell out of the small one. Most objects are asked for once and leave through the small queue
/// quickly; one that is used there often enough moves to the main queue, and one that comes back
/// while its key is remembered goes there directly.
///
/// Room is made in the main queue when it is over its share or the small one is empty, else in the
/// small one. An entry that moves to the main queue starts there with no uses; one that is spared
/// there keeps one use less, of at most 3.
///
/// Source: Yang et al., "FIFO Queues are All You Need for Cache Eviction", SOSP 2023, Algorithm 1.
/// Does not model: the ghost queue as a hash table of fingerprints, which forgets somewhat
/// differently.
#include <vector>

#include "models/algorithms/eviction/eviction_policy.hpp"
#include "models/algorithms/eviction/ghost_lists.hpp"
#include "models/algorithms/eviction/index_lists.hpp"

namespace faultline::models {
namespace {

struct S3FifoParams {
  sim::Probability small_share{0.1};
  double ghosts = 0.9;
  std::int64_t promote_at = 2;

  static void describe(sim::ParamList<S3FifoParams>& list) {
    list.add("small_share", &S3FifoParams::small_share, "Share of the capacity for newcomers");
    list.add("ghosts", &S3FifoParams::ghosts, "Ghosts remembered, in multiples of the capacity")
        .between(0, 10);
    list.add("promote_at", &S3FifoParams::promote_at,
             "Uses in the small queue that earn a place in the main one")
        .unit("uses")
        .between(1, 3);
  }
};

class S3Fifo final : public EvictionPolicy {
 public:
  S3Fifo(const S3FifoParams& params, const MakeArgs& args)
      : entries_(args.entries),
        main_share_(args.capacity.amount -
                    share_of(args.capacity.amount, params.small_share.value)),
        ghosts_max_(share_of(args.capacity.amount, params.ghosts)),
        promote_at_(static_cast<std::uint8_t>(params.promote_at)) {}

  void arriving(CacheKey key, std::int64_t) override {
    const GhostLists::Ghost ghost = ghosts_.find(key);
    comes_back_ = ghost != GhostLists::none;
    if (comes_back_) ghosts_.remove(ghost);
  }
  void inserted(CacheSlot slot) override {
    if (slot >= data_.size()) data_.resize(slot + std::size_t{1});
    enter(comes_back_ ? main : small, slot);
  }
  void touched(CacheSlot slot) override {
    if (data_[slot].uses < uses_max) ++data_[slot].uses;
  }
  void resized(CacheSlot slot, std::int64_t weight_before) override {
    weights_[data_[slot].queue] += entries_.weight(slot) - weight_before;
  }
  void erased(CacheSlot slot) override { leave(slot); }
  CacheSlot victim() override {
    while (true) {
      const bool from_main = weights_[main] > main_share_ || order_.empty(small);
      const CacheSlot slot = from_main ? victim_of_main() : victim_of_small();
      if (slot != no_slot) return slot;
    }
  }

 private:
  using Queue = std::uint8_t;
  static constexpr Queue small = 0;
  static constexpr Queue main = 1;
  static constexpr std::uint8_t uses_max = 3;

  struct Data {
    Queue queue = small;
    std::uint8_t uses = 0;
  };

  static std::int64_t share_of(std::int64_t capacity, double share) {
    return static_cast<std::int64_t>(static_cast<double>(capacity) * share);
  }
  void enter(Queue queue, CacheSlot slot) {
    order_.push_front(queue, slot);
    data_[slot] = {.queue = queue, .uses = 0};
    weights_[queue] += entries_.weight(slot);
  }
  void leave(CacheSlot slot) {
    order_.remove(slot);
    weights_[data_[slot].queue] -= entries_.weight(slot);
  }
  /// The first entry of the small queue that has not earned its place in the main one; those before
  /// it move there. None if all do.
  CacheSlot victim_of_small() {
    while (!order_.empty(small)) {
      const CacheSlot slot = order_.back(small);
      leave(slot);
      if (data_[slot].uses < promote_at_) {
        remember(entries_.key(slot), entries_.weight(slot));
        return slot;
      }
      enter(main, slot);
    }
    return no_slot;
  }
  /// The first entry of the main queue without a use left. Requires: the main queue is not empty.
  CacheSlot victim_of_main() {
    CacheSlot slot = order_.back(main);
    while (data_[slot].uses > 0) {
      --data_[slot].uses;
      order_.move_to_front(main, slot);
      slot = order_.back(main);
    }
    leave(slot);
    return slot;
  }
  void remember(CacheKey key, std::int64_t weight) {
    if (weight > ghosts_max_) return;
    while (ghosts_.total_weight(0) + weight > ghosts_max_) ghosts_.remove_oldest(0);
    ghosts_.add(0, key, weight);
  }

  const CacheEntries& entries_;       ///< Input.
  std::int64_t main_share_;           ///< Parameter.
  std::int64_t ghosts_max_;           ///< Parameter.
  std::uint8_t promote_at_;           ///< Parameter.
  IndexLists order_{2};               ///< Last inserted, or spared, in front. State.
  std::int64_t weights_[2] = {0, 0};  ///< By queue. State.
  std::vector<Data> data_;            ///< By slot. State.
  GhostLists ghosts_{1};              ///< State.
  bool comes_back_ = false;           ///< The arriving key was a ghost. State.
};

const sim::Registration<EvictionPolicy, S3Fifo, S3FifoParams> registered{
    {.name = "s3_fifo",
     .title = "S3-FIFO",
     .summary = "A small FIFO for newcomers, a main FIFO with second chances, and ghosts that lead "
                "straight to the main one.",
     .source = "Yang et al., FIFO Queues are All You Need for Cache Eviction, SOSP 2023",
     .does_not_model = "the ghost queue as a hash table of fingerprints"}};

}  // namespace
}  // namespace faultline::models
