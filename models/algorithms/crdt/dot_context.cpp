#include "models/algorithms/crdt/dot_context.hpp"

#include <algorithm>

#include "sim/param/assert.hpp"

namespace faultline::models {
namespace {

auto place_of(auto& entries, ReplicaId replica) {
  return std::lower_bound(entries.begin(), entries.end(), Dot{replica, 0});
}

}  // namespace

std::uint64_t VersionVector::of(ReplicaId replica) const {
  const auto place = place_of(entries_, replica);
  return place != entries_.end() && place->replica == replica ? place->counter : 0;
}

void VersionVector::set(ReplicaId replica, std::uint64_t value) {
  if (value == 0) return;
  const auto place = place_of(entries_, replica);
  if (place == entries_.end() || place->replica != replica) {
    entries_.insert(place, Dot{replica, value});
    return;
  }
  SIM_ASSERT(value >= place->counter);
  place->counter = value;
}

bool VersionVector::merge(const VersionVector& other) {
  bool changed = false;
  for (const Dot& entry : other.entries_) {
    if (contains(entry)) continue;
    set(entry.replica, entry.counter);
    changed = true;
  }
  return changed;
}

bool DotContext::contains(const Dot& dot) const {
  return vector_.contains(dot) || std::binary_search(cloud_.begin(), cloud_.end(), dot);
}

void DotContext::add(const Dot& dot) {
  const std::uint64_t known = vector_.of(dot.replica);
  if (dot.counter <= known) return;
  if (dot.counter == known + 1) {
    vector_.set(dot.replica, dot.counter);
    if (!cloud_.empty()) compact();
    return;
  }
  const auto place = std::lower_bound(cloud_.begin(), cloud_.end(), dot);
  if (place == cloud_.end() || *place != dot) cloud_.insert(place, dot);
}

bool DotContext::merge(const DotContext& other) {
  bool changed = vector_.merge(other.vector_);
  for (const Dot& dot : other.cloud_) {
    if (contains(dot)) continue;
    add(dot);
    changed = true;
  }
  if (changed && !cloud_.empty()) compact();
  return changed;
}

Dot DotContext::next(ReplicaId replica) const {
  std::uint64_t last = vector_.of(replica);
  for (const Dot& dot : cloud_) {
    if (dot.replica == replica) last = std::max(last, dot.counter);
  }
  return {replica, last + 1};
}

void DotContext::compact() {
  auto kept = cloud_.begin();
  for (const Dot& dot : cloud_) {  // In order: a run of dots joins on one after the other.
    const std::uint64_t known = vector_.of(dot.replica);
    if (dot.counter == known + 1) {
      vector_.set(dot.replica, dot.counter);
    } else if (dot.counter > known) {
      *kept++ = dot;
    }
  }
  cloud_.erase(kept, cloud_.end());
}

}  // namespace faultline::models
