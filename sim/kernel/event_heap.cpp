#include "sim/kernel/event_heap.hpp"

namespace faultline::sim {

void EventHeap::set_capacity(std::size_t capacity) {
  void* memory = take_pages(bytes(capacity));
  EventEntry* entries = static_cast<EventEntry*>(memory) + offset;
  if (size_ == 0) {
    entries[0] = no_entry;
  } else {
    std::copy_n(entries_, size_, entries);
  }
  if (memory_) give_pages(memory_, bytes(capacity_));
  memory_ = memory;
  entries_ = entries;
  capacity_ = capacity;
}

}  // namespace faultline::sim
