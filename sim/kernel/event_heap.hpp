/// A heap of entries: the structure for few pending events.
///
/// Implicit and 4-ary: the children of entry i are 4i+1 to 4i+4, and the array is placed so that
/// they share a cache line. Source: LaMarca and Ladner, "The Influence of Caches on the Performance
/// of Heaps", 1996.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "sim/kernel/event_entry.hpp"
#include "sim/kernel/page_memory.hpp"

namespace faultline::sim {

class EventHeap {
 public:
  explicit EventHeap(std::size_t capacity) { set_capacity(capacity); }
  EventHeap(const EventHeap&) = delete;
  EventHeap& operator=(const EventHeap&) = delete;
  ~EventHeap() { give_pages(memory_, bytes(capacity_)); }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::size_t capacity() const { return capacity_; }
  bool full() const { return size_ == capacity_; }
  /// Requires: not below size().
  void set_capacity(std::size_t capacity);

  /// The first entry; no_entry when there is none.
  const EventEntry& top() const { return entries_[0]; }
  /// Requires: not full.
  void push(const EventEntry& entry) { sift_up(size_++, entry); }
  /// Requires: not empty.
  void pop() {
    const EventEntry last = entries_[--size_];
    if (size_ == 0) {
      entries_[0] = no_entry;
    } else {
      sift_down(0, last);
    }
  }
  void clear() {
    size_ = 0;
    entries_[0] = no_entry;
  }
  EventEntry* begin() { return entries_; }
  EventEntry* end() { return entries_ + size_; }

 private:
  /// Entry 1 begins a cache line; the memory does.
  static constexpr std::size_t offset = 3;
  static std::size_t bytes(std::size_t capacity) {
    return (capacity + offset) * sizeof(EventEntry);
  }
  void sift_up(std::size_t index, EventEntry entry) {
    EventEntry* const entries = entries_;
    while (index > 0) {
      const std::size_t parent = (index - 1) >> 2;
      if (!before(entry, entries[parent])) break;
      entries[index] = entries[parent];
      index = parent;
    }
    entries[index] = entry;
  }
  void sift_down(std::size_t index, EventEntry entry) {
    // To the bottom along the least children, without branches, then up: what comes from the end of
    // the array nearly always belongs near the bottom.
    EventEntry* const entries = entries_;
    const std::size_t size = size_;
    std::size_t child;
    while ((child = 4 * index + 1) + 4 <= size) {
      const std::size_t left = child + before(entries[child + 1], entries[child]);
      const std::size_t right = child + 2 + before(entries[child + 3], entries[child + 2]);
      const std::size_t least = before(entries[right], entries[left]) ? right : left;
      entries[index] = entries[least];
      index = least;
    }
    if (child < size) {
      std::size_t least = child;
      for (std::size_t other = child + 1; other < size; ++other) {
        if (before(entries[other], entries[least])) least = other;
      }
      entries[index] = entries[least];
      index = least;
    }
    sift_up(index, entry);
  }

  EventEntry* entries_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  void* memory_ = nullptr;
};

}  // namespace faultline::sim
