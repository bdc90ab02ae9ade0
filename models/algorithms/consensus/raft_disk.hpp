/// The disk of a member of a Raft group: writes are appended one after the other, become durable in
/// that order, and a crash leaves those that were durable.
///
/// Does not model: how long writing takes; that is the business of whoever calls persisted().
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "models/algorithms/consensus/raft.hpp"

namespace faultline::models {

class RaftDisk {
 public:
  explicit RaftDisk(RaftDiskState state) : state_(std::move(state)) {}

  /// `write` has come out of the member with this log.
  void append(const RaftWrite& write, const RaftLog& log);
  /// Writes up to this id are durable.
  void persisted(std::uint64_t write_id);
  /// What is durable.
  const RaftDiskState& state() const { return state_; }
  /// A crash: what was not durable is gone. Returns how many log entries that were.
  std::size_t crash();
  /// The number of the last durable entry.
  LogIndex last() const { return state_.first + state_.entries.size() - 1; }
  /// Whether the entry at `index` is durable here and of this term, or is in the snapshot.
  bool has(LogIndex index, Term term) const;
  /// Bytes that a write takes on the disk.
  static std::int64_t bytes_of(const RaftWrite& write, const RaftLog& log);

 private:
  struct Record {
    RaftWrite write;
    std::vector<Entry> entries;
  };
  void apply(Record record);

  RaftDiskState state_;
  std::deque<Record> under_way_;
};

}  // namespace faultline::models
