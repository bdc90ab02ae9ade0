/// LFU: whoever was used least often since it came in goes; among equals, whoever reached that
/// count first. An entry that is evicted is forgotten, count and all.
///
/// Entries stand in buckets, one a count, and the buckets in a list by rising count, so every
/// operation is O(1).
///
/// Source: Shah, Mitra, Matani, "An O(1) algorithm for implementing the LFU cache eviction scheme",
/// 2010.
/// Does not model: ageing of the counts, so yesterday's favourites can stay for ever.
#include <vector>

#include "models/algorithms/eviction/eviction_policy.hpp"

namespace faultline::models {
namespace {

class Lfu final : public EvictionPolicy {
 public:
  Lfu(const sim::NoParams&, const MakeArgs&) {
    buckets_.push_back({.uses = 0, .previous = ends, .next = ends});
  }

  void inserted(CacheSlot slot) override {
    if (slot >= nodes_.size()) nodes_.resize(slot + std::size_t{1});
    append(slot, bucket_after(ends, 1));
  }
  void touched(CacheSlot slot) override {
    const Bucket bucket = nodes_[slot].bucket;
    const std::uint64_t uses = buckets_[bucket].uses + 1;
    const Bucket next = buckets_[bucket].next;
    const bool alone = nodes_[slot].previous == no_slot && nodes_[slot].next == no_slot;
    if (alone && (next == ends || buckets_[next].uses != uses)) {
      buckets_[bucket].uses = uses;
      return;
    }
    const Bucket target = bucket_after(bucket, uses);
    erased(slot);
    append(slot, target);
  }
  void erased(CacheSlot slot) override {
    const Node node = nodes_[slot];
    BucketData& bucket = buckets_[node.bucket];
    (node.previous == no_slot ? bucket.first : nodes_[node.previous].next) = node.next;
    (node.next == no_slot ? bucket.last : nodes_[node.next].previous) = node.previous;
    if (bucket.first == no_slot) remove_bucket(node.bucket);
  }
  CacheSlot victim() override {
    const CacheSlot slot = candidate();
    erased(slot);
    return slot;
  }
  bool tells_candidate() const override { return true; }
  CacheSlot candidate() const override { return buckets_[buckets_[ends].next].first; }

 private:
  using Bucket = std::uint32_t;
  static constexpr Bucket ends =
      0;  ///< The bucket that closes the ring of buckets; it holds nobody.

  struct BucketData {
    std::uint64_t uses = 0;
    Bucket previous = ends;
    Bucket next = ends;
    CacheSlot first = no_slot;  ///< Reached the count first.
    CacheSlot last = no_slot;
  };
  struct Node {
    CacheSlot previous = no_slot;
    CacheSlot next = no_slot;
    Bucket bucket = ends;
  };

  /// The bucket for `uses`, which comes right after `before`; made if it is not there.
  Bucket bucket_after(Bucket before, std::uint64_t uses) {
    const Bucket after = buckets_[before].next;
    if (after != ends && buckets_[after].uses == uses) return after;
    Bucket made;
    if (free_buckets_.empty()) {
      made = static_cast<Bucket>(buckets_.size());
      buckets_.emplace_back();
    } else {
      made = free_buckets_.back();
      free_buckets_.pop_back();
    }
    buckets_[made] = {.uses = uses, .previous = before, .next = after};
    buckets_[before].next = made;
    buckets_[after].previous = made;
    return made;
  }
  void remove_bucket(Bucket bucket) {
    const BucketData& data = buckets_[bucket];
    buckets_[data.previous].next = data.next;
    buckets_[data.next].previous = data.previous;
    free_buckets_.push_back(bucket);
  }
  void append(CacheSlot slot, Bucket bucket) {
    BucketData& data = buckets_[bucket];
    nodes_[slot] = {.previous = data.last, .next = no_slot, .bucket = bucket};
    (data.last == no_slot ? data.first : nodes_[data.last].next) = slot;
    data.last = slot;
  }

  std::vector<Node> nodes_;           ///< By slot. State.
  std::vector<BucketData> buckets_;   ///< Ring by rising count; [0] closes it. State.
  std::vector<Bucket> free_buckets_;  ///< State.
};

const sim::Registration<EvictionPolicy, Lfu, sim::NoParams> registered{
    {.name = "lfu",
     .title = "Least frequently used",
     .summary = "Evicts the entry used least often since it came in; among equals, the one that "
                "reached the count first.",
     .source = "Shah, Mitra, Matani, An O(1) algorithm for implementing the LFU cache eviction "
               "scheme, 2010",
     .does_not_model = "ageing of the counts"}};

}  // namespace
}  // namespace faultline::models
