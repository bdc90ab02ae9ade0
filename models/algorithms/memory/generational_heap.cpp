#include "models/algorithms/memory/generational_heap.hpp"

#include <algorithm>
#include <utility>

namespace faultline::models {

void GenerationalHeap::settle(Kept& holder) const {
  if (holder.epoch == epoch_) return;
  holder.old += std::exchange(holder.young, 0);
  holder.epoch = epoch_;
}

void GenerationalHeap::allocate(Kept& holder, std::int64_t bytes) {
  settle(holder);
  if (is_young(bytes)) {
    young_used_ += bytes;
    young_live_ += bytes;
    holder.young += bytes;
  } else {
    old_used_ += bytes;
    old_live_ += bytes;
    holder.old += bytes;
  }
}

void GenerationalHeap::give_back(Kept& holder, std::int64_t bytes) {
  settle(holder);
  const std::int64_t young = std::min(bytes, holder.young);
  const std::int64_t old = std::min(bytes - young, holder.old);
  holder.young -= young;
  young_live_ -= young;
  holder.old -= old;
  old_live_ -= old;
}

std::int64_t GenerationalHeap::collect_young() {
  const std::int64_t copied = std::exchange(young_live_, 0);
  young_used_ = 0;
  old_used_ += copied;
  old_live_ += copied;
  ++epoch_;
  return copied;
}

std::int64_t GenerationalHeap::collect_all() {
  collect_young();
  old_used_ = old_live_;
  return old_live_;
}

void GenerationalHeap::free_garbage(std::int64_t bytes) {
  const std::int64_t young = std::min(bytes, young_used_ - young_live_);
  young_used_ -= young;
  old_used_ -= std::min(bytes - young, old_used_ - old_live_);
}

}  // namespace faultline::models
