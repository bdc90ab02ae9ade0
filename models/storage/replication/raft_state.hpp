/// What a replica of a Raft group has made of the log: the values, and which writes it has seen, so
/// that one that comes again (a retry, a request forwarded twice) is applied once.
#pragma once

#include <tsl/robin_set.h>

#include <cstdint>
#include <deque>

#include "models/algorithms/consensus/raft_message.hpp"
#include "models/storage/value_table.hpp"

namespace faultline::models {

class RaftState final : public SnapshotData {
 public:
  /// Writes that are remembered, the last ones. All replicas remember the same, as they see the
  /// same writes in the same order.
  static constexpr std::size_t remembered = 1 << 16;

  /// Carries out a write, unless it has been seen. False: it had been.
  bool apply(const Command& command) {
    const Seen seen{command.id, command.key, command.value};
    if (!seen_.insert(seen).second) return false;
    order_.push_back(seen);
    if (order_.size() > remembered) {
      seen_.erase(order_.front());
      order_.pop_front();
    }
    const std::size_t keys = values_.size();
    values_.write(command.key, command.value);
    if (values_.size() > keys) bytes_ += command.bytes;
    return true;
  }
  std::uint64_t read(std::uint64_t key) const { return values_.read(key); }
  std::size_t keys() const { return values_.size(); }
  /// Size of the state as a snapshot: each key's first value, and what is remembered.
  std::int64_t bytes() const {
    return bytes_ + static_cast<std::int64_t>(16 * values_.size() + sizeof(Seen) * order_.size());
  }

 private:
  /// One user request may write to several keys, and to one key several things.
  struct Seen {
    std::uint64_t id;
    std::uint64_t key;
    std::uint64_t value;
    bool operator==(const Seen&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Seen& seen) const {
      std::uint64_t word = seen.id * 0x9e3779b97f4a7c15 ^ seen.key * 0xbf58476d1ce4e5b9;
      word ^= seen.value + (word >> 29);
      return (word ^ (word >> 32)) * 0x94d049bb133111eb;
    }
  };
  ValueTable values_;
  tsl::robin_set<Seen, Hash> seen_;
  std::deque<Seen> order_;
  std::int64_t bytes_ = 0;
};

}  // namespace faultline::models
