#include "models/algorithms/balancing/sticky_table.hpp"

namespace faultline::models {

std::uint32_t StickyTable::slot_of(std::uint64_t caller) const {
  return index_.find(caller, [this](std::uint32_t slot) { return entries_[slot].caller; });
}

std::size_t StickyTable::find(std::uint64_t caller, sim::Duration now) {
  while (oldest_ != nobody && now - entries_[oldest_].used >= ttl_) forget_oldest();
  const std::uint32_t slot = slot_of(caller);
  return slot == nobody ? none : entries_[slot].backend;
}

void StickyTable::put(std::uint64_t caller, std::size_t backend, sim::Duration now) {
  std::uint32_t slot = slot_of(caller);
  if (slot != nobody) {
    unlink(slot);
  } else {
    if (index_.size() == entries_max_) forget_oldest();
    if (free_.empty()) {
      slot = static_cast<std::uint32_t>(entries_.size());
      entries_.emplace_back();
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    entries_[slot].caller = caller;
    index_.insert(caller, slot);
  }
  entries_[slot].backend = static_cast<std::uint32_t>(backend);
  entries_[slot].used = now;
  link_as_newest(slot);
}

void StickyTable::clear() {
  while (oldest_ != nobody) forget_oldest();
}

void StickyTable::unlink(std::uint32_t slot) {
  const Entry& entry = entries_[slot];
  (entry.older == nobody ? oldest_ : entries_[entry.older].newer) = entry.newer;
  (entry.newer == nobody ? newest_ : entries_[entry.newer].older) = entry.older;
}

void StickyTable::link_as_newest(std::uint32_t slot) {
  entries_[slot].older = newest_;
  entries_[slot].newer = nobody;
  (newest_ == nobody ? oldest_ : entries_[newest_].newer) = slot;
  newest_ = slot;
}

void StickyTable::forget_oldest() {
  const std::uint32_t slot = oldest_;
  unlink(slot);
  index_.erase(entries_[slot].caller,
               [this](std::uint32_t other) { return entries_[other].caller; });
  free_.push_back(slot);
}

}  // namespace faultline::models
