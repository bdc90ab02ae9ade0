/// The records of a write-ahead log: which of them are durable, which of them somebody was told to
/// be, and which a recovery has to read.
///
///   0 ... truncated ... durable ... last
///         '- a recovery reads these
///                     '------------ a crash loses these
///
/// Rule: records are numbered from 1 in the order in which they were appended, and become durable
/// in that order. What was acknowledged and is not durable when the power goes is a lost write.
/// Source: Mohan et al., "ARIES", ACM TODS 17(1), 1992; Gray, Reuter, "Transaction Processing",
/// 1993, chapter 9.
/// Does not model: what the records say, damaged records.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "sim/param/assert.hpp"
#include "sim/param/units.hpp"

namespace faultline::models {

class WriteAheadLog {
 public:
  using Position = std::uint64_t;

  /// A place between two records: what was appended up to there.
  struct Mark {
    Position position = 0;
    std::int64_t bytes = 0;  ///< Of all records up to there.
  };

  /// A record of so many bytes, appended at `now`. Its position.
  Position append(std::int64_t bytes, sim::Duration now) {
    bytes_ += bytes;
    open_.push_back({now, bytes_, false});
    return durable_.position + open_.size();
  }
  /// So many bytes more for the last record, or for the next one if that is durable already.
  void add_bytes(std::int64_t bytes) {
    bytes_ += bytes;
    if (!open_.empty()) open_.back().bytes_up_to += bytes;
  }
  Position last() const { return durable_.position + open_.size(); }
  Position durable() const { return durable_.position; }
  Mark end() const { return {last(), bytes_}; }
  /// The mark behind the record at `position`. Requires: not durable yet, and appended.
  Mark mark(Position position) const {
    SIM_ASSERT(position > durable_.position);
    SIM_ASSERT(position <= last());
    return {position, open_[position - durable_.position - 1].bytes_up_to};
  }
  /// Bytes that have to be written to make all up to `mark` durable.
  std::int64_t bytes_until(const Mark& mark) const {
    return mark.bytes > durable_.bytes ? mark.bytes - durable_.bytes : 0;
  }

  /// All up to `mark` is durable now. One that was durable already changes nothing.
  void made_durable(const Mark& mark) {
    SIM_ASSERT(mark.position <= last());
    while (durable_.position < mark.position) {
      open_.pop_front();
      ++durable_.position;
    }
    if (mark.bytes > durable_.bytes) durable_.bytes = mark.bytes;
  }
  /// Whoever wrote the record at `position` was told that it is done.
  void acknowledged(Position position) {
    if (position > durable_.position) open_[position - durable_.position - 1].acknowledged = true;
  }

  /// A recovery needs nothing up to `mark` any more: it is in the tables. What was not durable yet
  /// is so now.
  void truncate(const Mark& mark) {
    made_durable(mark);
    if (mark.position > truncated_.position) truncated_.position = mark.position;
    if (mark.bytes > truncated_.bytes) truncated_.bytes = mark.bytes;
  }
  /// What a recovery has to read.
  std::int64_t records_to_recover() const {
    return static_cast<std::int64_t>(durable_.position - truncated_.position);
  }
  std::int64_t bytes_to_recover() const { return durable_.bytes - truncated_.bytes; }

  /// What a crash took.
  struct Loss {
    std::int64_t records = 0;
    std::int64_t acknowledged = 0;  ///< Of them. Lost writes.
    /// From the oldest lost write to the crash: how far back in time the data went.
    sim::Duration back{};
  };
  Loss crash(sim::Duration now) {
    Loss loss;
    loss.records = static_cast<std::int64_t>(open_.size());
    for (const Record& record : open_) {
      if (!record.acknowledged) continue;
      if (loss.acknowledged++ == 0) loss.back = now - record.appended;
    }
    open_.clear();
    bytes_ = durable_.bytes;
    return loss;
  }

 private:
  struct Record {
    sim::Duration appended;
    std::int64_t bytes_up_to;
    bool acknowledged;
  };

  std::deque<Record> open_;  ///< Not durable, the oldest first. State.
  Mark durable_;             ///< State.
  Mark truncated_;           ///< State.
  std::int64_t bytes_ = 0;   ///< Of all records ever appended and not lost. State.
};

}  // namespace faultline::models
