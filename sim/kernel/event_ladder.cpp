#include "sim/kernel/event_ladder.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "sim/kernel/page_memory.hpp"
#include "sim/param/assert.hpp"

namespace faultline::sim {

EventLadder::~EventLadder() {
  for (const Slab& slab : slabs_) give_pages(slab.blocks, slab.count * sizeof(Block));
}

void EventLadder::add_blocks() {
  // Slabs double up to one huge page.
  const std::size_t count =
      slabs_.empty() ? 16 : std::min(2 * slabs_.back().count, huge_page_size / sizeof(Block));
  const std::size_t bytes = (count + 1) * sizeof(Block);
  static_cast<void>(bytes);
  Block* blocks = static_cast<Block*>(take_pages(count * sizeof(Block)));
  slabs_.push_back({blocks, count});
  for (std::size_t i = count; i-- > 0;) give(blocks + i);
}

void EventLadder::extend(Bucket& bucket) {
  if (!free_blocks_) add_blocks();
  Block* block = free_blocks_;
  free_blocks_ = block->next;
  if (bucket.end) {
    (reinterpret_cast<Block*>(bucket.end) - 1)->next = block;
  } else {
    bucket.first = block;
  }
  bucket.end = block->entries;
}

template <class Visit>
void EventLadder::drain(Bucket& bucket, Visit visit) {
  std::size_t left = bucket.size;
  Block* block = bucket.first;
  while (left > 0) {
    const std::size_t count = std::min(left, block_entries);
    left -= count;
    Block* const next = block->next;
    if (left > 0) {
      for (std::size_t line = 0; line < block_size; line += 64) {
        __builtin_prefetch(reinterpret_cast<const char*>(next) + line);
      }
    }
    visit(block->entries, block->entries + count);
    give(block);
    block = next;
  }
  bucket = Bucket();
}

void EventLadder::add_rung(Bucket content, std::int64_t first, std::int64_t last,
                           std::int64_t end) {
  SIM_ASSERT(depth_ < rungs_max);
  Rung& rung = rungs_[depth_++];
  const int bits = std::clamp(static_cast<int>(std::bit_width(content.size / bucket_target)), 2,
                              buckets_bits_max);
  const auto span = static_cast<std::uint64_t>(last - first);
  rung.start = first;
  rung.end = end;
  rung.shift = std::max(0, static_cast<int>(std::bit_width(span)) - bits);
  rung.next = 0;
  rung.passed = first;
  // One bucket more for what comes behind the last entry of today.
  rung.count = (span >> rung.shift) + 2;
  if (rung.count > rung.capacity) {
    rung.capacity = std::bit_ceil(rung.count);
    rung.buckets = std::make_unique<Bucket[]>(rung.capacity);
  }
  drain(content, [&](const EventEntry* at, const EventEntry* stop) {
    for (; at != stop; ++at) append(rung.buckets[bucket_of(rung, at->time)], *at);
  });
}

void EventLadder::pass_bucket(Rung& rung) {
  ++rung.next;
  const std::uint64_t begin =
      static_cast<std::uint64_t>(rung.start) + (std::uint64_t{rung.next} << rung.shift);
  const auto end = static_cast<std::uint64_t>(rung.end);
  rung.passed = rung.next < rung.count && begin < end ? static_cast<std::int64_t>(begin) : rung.end;
}

void EventLadder::leave_passed_rungs() {
  while (depth_ > 0) {
    Rung& rung = rungs_[depth_ - 1];
    while (rung.next < rung.count && rung.buckets[rung.next].size == 0) pass_bucket(rung);
    if (rung.next < rung.count) return;
    --depth_;
  }
}

void EventLadder::open_top() {
  const std::int64_t first = std::exchange(top_first_, INT64_MAX);
  const std::int64_t last = std::exchange(top_last_, 0);
  top_start_ = last + 1;
  add_rung(std::exchange(top_, Bucket()), first, last, top_start_);
}

void EventLadder::push_first(const Run& entries) {
  Bucket content;
  std::int64_t first = INT64_MAX, last = 0;
  for (const EventEntry& entry : entries) {
    first = std::min(first, entry.time);
    last = std::max(last, entry.time);
    append(content, entry);
  }
  if (empty()) {
    depth_ = 0;
    top_start_ = last + 1;
  }
  const std::int64_t end = horizon();
  size_ += entries.size();
  add_rung(content, first, last, end);
}

void EventLadder::take_all(Run& run) {
  const auto take = [&](Bucket& bucket) {
    drain(bucket, [&](const EventEntry* begin, const EventEntry* end) {
      run.insert(run.end(), begin, end);
    });
  };
  for (; depth_ > 0; --depth_) {
    Rung& rung = rungs_[depth_ - 1];
    for (; rung.next < rung.count; ++rung.next) take(rung.buckets[rung.next]);
  }
  take(top_);
  if (size_ > 0) top_start_ = std::max(top_start_, top_last_ + 1);
  top_first_ = INT64_MAX;
  top_last_ = 0;
  size_ = 0;
}

void EventLadder::take_first(std::size_t wanted, Run& run) {
  const std::size_t begin = run.size();
  for (;;) {
    leave_passed_rungs();
    if (run.size() - begin >= wanted || empty()) return;
    if (depth_ == 0) {
      open_top();
      continue;
    }
    Rung& rung = rungs_[depth_ - 1];
    Bucket& bucket = rung.buckets[rung.next];
    if (bucket.size > sorted_max) {
      // What is handed over already comes first.
      if (run.size() > begin) return;
      std::int64_t first = INT64_MAX, last = 0;
      // min max pass
      std::size_t left = bucket.size;
      for (Block* block = bucket.first; left > 0; block = block->next) {
        const std::size_t count = std::min(left, block_entries);
        left -= count;
        if (left > 0) {
          for (std::size_t line = 0; line < block_size; line += 64) {
            __builtin_prefetch(reinterpret_cast<const char*>(block->next) + line);
          }
        }
        for (std::size_t i = 0; i < count; ++i) {
          first = std::min(first, block->entries[i].time);
          last = std::max(last, block->entries[i].time);
        }
      }
      if (first < last && (depth_ < rungs_max || rung.next + 1 == rung.count)) {
        Bucket content = std::exchange(bucket, Bucket());
        pass_bucket(rung);
        const std::int64_t end = rung.passed;
        if (rung.next == rung.count) --depth_;
        add_rung(content, first, last, end);
        continue;
      }
    }
    const std::size_t from = run.size();
    size_ -= bucket.size;
    run.resize(from + bucket.size);
    EventEntry* to = run.data() + from;
    drain(bucket,
          [&](const EventEntry* at, const EventEntry* stop) { to = std::copy(at, stop, to); });
    pass_bucket(rung);
    sort(run.data() + from, run.data() + run.size());
  }
}

void EventLadder::sort(EventEntry* begin, EventEntry* end) {
  const auto count = static_cast<std::size_t>(end - begin);
  if (count <= sorted_max) {
    // Each entry's rank is counted, so that no branch depends on the times.
    EventEntry entries[sorted_max];
    std::uint8_t ranks[sorted_max];
    std::copy(begin, end, entries);
    for (std::size_t i = 0; i < count; ++i) {
      std::size_t rank = 0;
      for (std::size_t j = 0; j < i; ++j) {
        const bool earlier = before(entries[i], entries[j]);
        ranks[j] = static_cast<std::uint8_t>(ranks[j] + earlier);
        rank += !earlier;
      }
      ranks[i] = static_cast<std::uint8_t>(rank);
    }
    for (std::size_t i = 0; i < count; ++i) begin[ranks[i]] = entries[i];
    return;
  }
  if (!std::is_sorted(begin, end, before)) std::sort(begin, end, before);
}

}  // namespace faultline::sim
