#include "models/algorithms/consensus/raft_disk.hpp"

#include <algorithm>

namespace faultline::models {

void RaftDisk::append(const RaftWrite& write, const RaftLog& log) {
  Record record{write, {}};
  if (write.first != 0) {
    record.entries.reserve(write.last + 1 - write.first);
    for (LogIndex index = write.first; index <= write.last; ++index) {
      record.entries.push_back(log.at(index));
    }
  }
  under_way_.push_back(std::move(record));
}

void RaftDisk::persisted(std::uint64_t write_id) {
  while (!under_way_.empty() && under_way_.front().write.id <= write_id) {
    apply(std::move(under_way_.front()));
    under_way_.pop_front();
  }
}

void RaftDisk::apply(Record record) {
  const RaftWrite& write = record.write;
  state_.hard = write.hard;
  if (write.snapshot) {
    state_.snapshot = write.snapshot;
    if (write.restored) {
      state_.entries.clear();
      state_.first = write.snapshot->index + 1;
      state_.term_before_first = write.snapshot->term;
    }
  }
  if (write.first != 0) {
    while (last() >= write.first) state_.entries.pop_back();
    for (Entry& entry : record.entries) state_.entries.push_back(std::move(entry));
  }
  while (state_.first <= write.drop_until && !state_.entries.empty()) {
    state_.term_before_first = state_.entries.front().term;
    state_.entries.pop_front();
    ++state_.first;
  }
}

std::size_t RaftDisk::crash() {
  std::size_t entries = 0;
  for (const Record& record : under_way_) entries += record.entries.size();
  under_way_.clear();
  return entries;
}

bool RaftDisk::has(LogIndex index, Term term) const {
  if (index <= state_.snapshot->index) return true;
  return index >= state_.first && index <= last() &&
         state_.entries[index - state_.first].term == term;
}

std::int64_t RaftDisk::bytes_of(const RaftWrite& write, const RaftLog& log) {
  std::int64_t bytes = Entry::overhead;  // Term and vote.
  // A snapshot of its own state is a mark in the log: that state is in its tables.
  if (write.restored) bytes += write.snapshot->bytes;
  if (write.first != 0) {
    for (LogIndex index = write.first; index <= write.last; ++index) bytes += log.at(index).size();
  }
  return bytes;
}

}  // namespace faultline::models
