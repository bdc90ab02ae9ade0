#include "models/algorithms/consensus/raft_log.hpp"

#include <algorithm>

namespace faultline::models {

RaftLog::RaftLog(const RaftDiskState& state)
    : first_(state.first),
      term_before_first_(state.term_before_first),
      snapshot_(state.snapshot),
      memberships_{{state.snapshot->index, state.snapshot->membership}} {
  for (const Entry& entry : state.entries) {
    entries_.push_back(entry);
    // What is at or before the snapshot's index is in the snapshot's membership.
    if (entry.membership && last() > snapshot_->index) {
      memberships_.push_back({last(), *entry.membership});
    }
  }
}

void RaftLog::append(Entry entry) {
  entries_.push_back(std::move(entry));
  if (entries_.back().membership) {
    memberships_.push_back({last(), *entries_.back().membership});
  }
}

void RaftLog::truncate_from(LogIndex index) {
  while (last() >= index) entries_.pop_back();
  while (memberships_.size() > 1 && memberships_.back().index >= index) memberships_.pop_back();
}

void RaftLog::drop_until(LogIndex index) {
  if (index < first_) return;
  term_before_first_ = term_at(index);
  const auto count = static_cast<std::ptrdiff_t>(index + 1 - first_);
  entries_.erase(entries_.begin(), entries_.begin() + count);
  first_ = index + 1;
  while (memberships_.size() > 1 && memberships_[1].index <= index) {
    memberships_.erase(memberships_.begin());
  }
}

void RaftLog::restart_at(std::shared_ptr<const Snapshot> snapshot) {
  snapshot_ = std::move(snapshot);
  first_ = snapshot_->index + 1;
  term_before_first_ = snapshot_->term;
  entries_.clear();
  memberships_.assign(1, {snapshot_->index, snapshot_->membership});
}

std::vector<Entry> RaftLog::slice(LogIndex from, std::size_t count, std::int64_t bytes) const {
  std::vector<Entry> some;
  if (from > last()) return some;
  some.reserve(std::min<std::size_t>(count, last() + 1 - from));
  for (LogIndex index = from; index <= last() && some.size() < count; ++index) {
    bytes -= at(index).size();
    if (bytes < 0 && !some.empty()) break;
    some.push_back(at(index));
  }
  return some;
}

LogIndex RaftLog::last_of_term(LogIndex index, Term term) const {
  while (index + 1 > first_ && term_at(index) > term) --index;
  return index;
}

const Membership& RaftLog::membership_at(LogIndex index) const {
  std::size_t position = memberships_.size() - 1;
  while (position > 0 && memberships_[position].index > index) --position;
  return memberships_[position].membership;
}

}  // namespace faultline::models
