/// The pending events that are not due soon, only as sorted as they have to be: the structure for
/// many pending events.
///
///   top     | all that is beyond the rungs, as it came                                |
///   rung 0  |  passed  |open|  b  |  b  |  b  |  b  |  b  |  b  |  b  |  b  |    b    |
///   rung 1             |passed|open| b | b |  b     |
///   out                       |....|        sorted, handed over        ---> later times
///
/// An entry is thrown into a bucket unsorted. When the time comes to a bucket, it is sorted and
/// handed over if it is small, and spread over the buckets of a further rung if it is not. So each
/// entry is moved a few times, near to where its neighbours are moved, whatever their number: O(1)
/// where a heap takes O(log n) far apart. There is no width to be guessed and no resizing: a rung
/// is made for the entries it is to hold, and bucket widths are powers of two, so that a bucket's
/// number is a subtraction and a shift. Each rung's buckets are at least four times finer than the
/// last one's, so that there are never many rungs, however the times are spread; the last bucket of
/// a rung takes all up to where the rung ends. Source: Tang, Goh and Thng, "Ladder Queue: An O(1)
/// Priority Queue Structure for Large-Scale Discrete Event Simulation", 2005; the buckets are kept
/// in blocks and the sorted part belongs to the caller.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/kernel/event_entry.hpp"

namespace faultline::sim {

class EventLadder {
 public:
  using Run = std::vector<EventEntry>;

  EventLadder() = default;
  EventLadder(const EventLadder&) = delete;
  EventLadder& operator=(const EventLadder&) = delete;
  ~EventLadder();

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  /// All entries before this time have been handed over: earlier ones must not be pushed.
  std::int64_t horizon() const { return depth_ == 0 ? top_start_ : rungs_[depth_ - 1].passed; }
  /// Requires: not before horizon().
  void push(const EventEntry& entry) {
    ++size_;
    if (entry.time >= top_start_) return push_top(entry);
    for (Rung* rung = rungs_.data();; ++rung) {
      if (entry.time >= rung->passed)
        return append(rung->buckets[bucket_of(*rung, entry.time)], entry);
    }
  }

  /// Takes `entries`, any before horizon(): a new rung below the others. The horizon moves back to
  /// the first of them. Requires: can_push_first(), not empty.
  void push_first(const Run& entries);
  bool can_push_first() const { return depth_ < rungs_max; }

  /// Appends the first entries to `run`, sorted: about `wanted` of them, but a bucket is never
  /// parted. Moves the horizon. Requires: not empty.
  void take_first(std::size_t wanted, Run& run);
  /// Appends all entries to `run`, unsorted. The horizon is then beyond them.
  void take_all(Run& run);

  /// Calls visit(EventEntry&) for each; the visitor must not change the order of any two.
  template <class Visit>
  void for_each(Visit visit);

 private:
  /// Buckets up to this size are sorted, larger ones spread.
  static constexpr std::size_t sorted_max = 24;
  /// What a rung's buckets are made to hold on average.
  static constexpr std::size_t bucket_target = 4;
  static constexpr int buckets_bits_max = 11;
  static constexpr std::size_t rungs_max = 24;

  /// 256 bytes, aligned to their size, so that the end of a block shows in the address.
  static constexpr std::size_t block_size = 256;
  static constexpr std::size_t block_entries = block_size / sizeof(EventEntry) - 1;
  struct alignas(block_size) Block {
    Block* next;
    EventEntry entries[block_entries];
  };
  /// A list of blocks, all full but the last.
  struct Bucket {
    Block* first = nullptr;
    EventEntry* end =
        nullptr;  ///< Where the next entry goes, unless the block is full; null: no block.
    std::size_t size = 0;
  };
  struct Rung {
    std::int64_t start = 0;
    std::int64_t end = 0;  ///< The last bucket reaches to here.
    std::int64_t passed =
        0;          ///< Where the next bucket begins; what is earlier belongs to the rungs below.
    int shift = 0;  ///< A bucket is 2^shift nanoseconds wide.
    std::size_t next = 0;   ///< The first bucket not opened yet.
    std::size_t count = 0;  ///< Buckets in use.
    std::size_t capacity = 0;
    std::unique_ptr<Bucket[]> buckets;  ///< Those not in use are empty.
  };

  static std::size_t bucket_of(const Rung& rung, std::int64_t time) {
    const std::size_t bucket = static_cast<std::uint64_t>(time - rung.start) >> rung.shift;
    return bucket < rung.count - 1 ? bucket : rung.count - 1;
  }
  /// Opens or passes the next bucket.
  static void pass_bucket(Rung& rung);
  void push_top(const EventEntry& entry) {
    append(top_, entry);
    top_first_ = entry.time < top_first_ ? entry.time : top_first_;
    top_last_ = entry.time > top_last_ ? entry.time : top_last_;
  }
  void append(Bucket& bucket, const EventEntry& entry) {
    if (reinterpret_cast<std::uintptr_t>(bucket.end) % block_size == 0) [[unlikely]]
      extend(bucket);
    *bucket.end++ = entry;
    ++bucket.size;
  }
  void extend(Bucket& bucket);
  void give(Block* block) {
    block->next = free_blocks_;
    free_blocks_ = block;
  }
  void add_blocks();
  void add_rung(Bucket content, std::int64_t first, std::int64_t last, std::int64_t end);
  void open_top();
  void leave_passed_rungs();
  /// Calls visit(const EventEntry*, count) for each block's entries, and then frees the block if
  /// asked to.
  template <class Visit>
  void drain(Bucket& bucket, Visit visit);
  static void sort(EventEntry* begin, EventEntry* end);

  std::size_t size_ = 0;
  std::size_t depth_ = 0;  ///< Rungs in use.
  std::int64_t top_start_ = 0;
  std::int64_t top_first_ = INT64_MAX;
  std::int64_t top_last_ = 0;
  Bucket top_;
  std::array<Rung, rungs_max> rungs_;
  Block* free_blocks_ = nullptr;
  struct Slab {
    Block* blocks;
    std::size_t count;
  };
  std::vector<Slab> slabs_;
};

template <class Visit>
void EventLadder::for_each(Visit visit) {
  const auto visit_bucket = [&](Bucket& bucket) {
    std::size_t left = bucket.size;
    for (Block* block = bucket.first; left > 0; block = block->next) {
      const std::size_t count = left < block_entries ? left : block_entries;
      for (std::size_t i = 0; i < count; ++i) visit(block->entries[i]);
      left -= count;
    }
  };
  for (std::size_t depth = 0; depth < depth_; ++depth) {
    Rung& rung = rungs_[depth];
    for (std::size_t bucket = rung.next; bucket < rung.count; ++bucket)
      visit_bucket(rung.buckets[bucket]);
  }
  visit_bucket(top_);
}

}  // namespace faultline::sim
