#include "models/algorithms/crdt/dotted_values.hpp"

#include <algorithm>

namespace faultline::models {

bool DottedValues::merge(const DottedValues& other) {
  std::vector<Entry> merged;
  merged.reserve(entries_.size() + other.entries_.size());
  bool changed = false;
  auto mine = entries_.begin();
  auto theirs = other.entries_.begin();
  while (mine != entries_.end() || theirs != other.entries_.end()) {
    const bool mine_first =
        theirs == other.entries_.end() || (mine != entries_.end() && mine->dot < theirs->dot);
    if (mine_first) {
      // The other has not got it: either it never heard of it, or it was taken away.
      if (!other.context_.contains(mine->dot)) {
        merged.push_back(*mine);
      } else {
        changed = true;
      }
      ++mine;
    } else if (mine == entries_.end() || theirs->dot < mine->dot) {
      if (!context_.contains(theirs->dot)) {
        merged.push_back(*theirs);
        changed = true;
      }
      ++theirs;
    } else {
      merged.push_back(*mine);
      ++mine;
      ++theirs;
    }
  }
  if (changed) entries_ = std::move(merged);
  return context_.merge(other.context_) || changed;
}

void DottedValues::put(DottedValues& delta, ReplicaId replica, std::uint64_t value) {
  const Entry entry{context_.next(replica), value};
  context_.add(entry.dot);
  entries_.insert(std::upper_bound(entries_.begin(), entries_.end(), entry,
                                   [](const Entry& a, const Entry& b) { return a.dot < b.dot; }),
                  entry);
  delta.context_.add(entry.dot);
  delta.entries_.push_back(entry);
}

bool OrSet::contains(std::uint64_t element) const {
  return std::any_of(entries().begin(), entries().end(),
                     [&](const Entry& entry) { return entry.value == element; });
}

std::vector<std::uint64_t> OrSet::elements() const {
  std::vector<std::uint64_t> all;
  for (const Entry& entry : entries()) all.push_back(entry.value);
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace faultline::models
