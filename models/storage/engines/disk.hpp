/// A disk of one node as a storage engine uses it.
///
///   read, write --> ( queue_depth at once: access time ) --> ( bandwidth: size / bandwidth )
///   sync        --> sync time
///
/// Rule: an access waits first for one of `queue_depth` places and then, in the order in which
/// accesses are over, for the transfer of its bytes, one after the other. What runs on (a log, a
/// compaction) goes in pieces and pays the access time once. The fault `disk_slow` makes all of it
/// take longer.
/// Source of the defaults: a local NVMe disk without a battery; Amazon EBS, "gp3" (3,000 accesses a
/// second, about 1 ms) and hard disks (about 8 ms an access, queue depth 1) are in docs/guide.
/// Does not model: which blocks are near to each other, reads that are faster than writes by turns,
/// the disk's own cache.
#pragma once

#include <cstdint>

#include "sim/kernel/resource.hpp"
#include "sim/kernel/task.hpp"
#include "sim/network/node.hpp"
#include "sim/random/distribution.hpp"
#include "sim/random/stream.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

struct DiskParams {
  std::int64_t queue_depth = 32;
  sim::RandomDuration read_time{sim::Duration(100'000)};
  sim::RandomDuration write_time{sim::Duration(30'000)};
  sim::RandomDuration sync_time{sim::Duration(1'000'000)};
  sim::Bandwidth bandwidth{8e9};

  static void describe(sim::ParamList<DiskParams>& list);
};

class Disk {
 public:
  Disk(const DiskParams& params, const sim::BuildContext& context);

  sim::Task<void> read(std::int64_t bytes) { return access(read_time_, bytes, bytes_read_); }
  sim::Task<void> write(std::int64_t bytes) { return access(write_time_, bytes, bytes_written_); }
  /// Bytes that lie one after the other, in pieces between which others have their turn.
  sim::Task<void> read_on(std::int64_t bytes) { return run(bytes, read_time_, bytes_read_); }
  sim::Task<void> write_on(std::int64_t bytes) { return run(bytes, write_time_, bytes_written_); }
  /// Until what was written is safe.
  sim::Task<void> sync();

  void describe_statistics(sim::NodeStatistics& statistics);

 private:
  sim::Task<void> access(const sim::RandomDuration& time, std::int64_t bytes,
                         std::uint64_t& counter);
  sim::Task<void> run(std::int64_t bytes, const sim::RandomDuration& time, std::uint64_t& counter);
  sim::Duration transfer(std::int64_t bytes) const;

  sim::Node& node_;
  sim::RandomDuration read_time_;
  sim::RandomDuration write_time_;
  sim::RandomDuration sync_time_;
  double bytes_per_second_;
  sim::Stream stream_;
  sim::Resource places_;
  sim::Resource channel_;
  std::uint64_t bytes_read_ = 0;     ///< Statistic.
  std::uint64_t bytes_written_ = 0;  ///< Statistic.
  std::uint64_t syncs_ = 0;          ///< Statistic.
};

}  // namespace faultline::models
