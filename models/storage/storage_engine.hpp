/// Where one replica of a database keeps its data: what finding and writing it costs, and what of
/// it a crash leaves.
///
///   write:  append a record to the log -> sync (until it is durable) -> write into the tables
///   read:   find the key in the tables
///
/// The engine knows how long things take and what is durable, not what is stored: the values are
/// kept by whoever uses it, who asks survives() in a crash and forgets what is newer.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/kernel/task.hpp"
#include "sim/network/component.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

/// Counts the records of one replica's log, from 1; 0: nothing was written.
using LogPosition = std::uint64_t;

class StorageEngine {
 public:
  static constexpr std::string_view kind = "storage_engine";
  using MakeArgs = sim::BuildContext;

  virtual ~StorageEngine() = default;
  /// True when nothing of it takes time and everything is durable at once: whoever uses it may
  /// leave the rest out.
  virtual bool is_free() const { return false; }

  /// Takes the time of finding `key`, whose value has so many bytes.
  virtual sim::Task<void> read(std::uint64_t key, std::int64_t bytes) = 0;
  /// Takes the time of putting a value of so many bytes into the tables.
  virtual sim::Task<void> write(std::uint64_t key, std::int64_t bytes) = 0;

  /// A record of so many bytes goes into the log's buffer, now. Its position: one more than that
  /// of the last one.
  virtual LogPosition append(std::int64_t bytes) = 0;
  /// Waits until the record at `upto` and all before it are durable, as far as the engine promises
  /// that: one that syncs now and then does not wait. Requires: `upto` was appended.
  virtual sim::Task<void> sync(LogPosition upto) = 0;
  /// The last position that a crash at this instant would leave.
  virtual LogPosition survives() const = 0;

  /// The node is up: for the first time, or again. What a recovery takes is waited for here.
  virtual sim::Task<void> recover() = 0;
  /// The node crashed; its processes are gone. What is not durable is lost: survives() is the last
  /// position from now on, and the next record gets the one after it.
  virtual void crashed() {}
  virtual bool suffers(sim::Disturbance) const { return false; }
  virtual void describe_statistics(sim::NodeStatistics&) {}
};

}  // namespace faultline::models
