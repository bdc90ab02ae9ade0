/// A disk: so many operations and so many bytes a second, and a latency.
///
///   access --> [ queue ] --> ( device: max(1 / iops, bytes / bandwidth) ) --> latency --> done
///
/// Rules: the device takes one access after the other, each for as long as its limit of operations
/// or of bytes says, whichever is longer; the latency comes on top and does not keep the next one
/// waiting. So a disk that is little used answers in about its latency, and a full one has a queue
/// that grows. Source of the defaults: Amazon EBS, general purpose SSD (gp3), baseline: 3000
/// operations and 125 MiB a second, single-digit milliseconds. Does not model: sequential against
/// random access, the page cache, merging of accesses, bursts on credit.
#pragma once

#include <cstdint>

#include "sim/kernel/delay.hpp"
#include "sim/kernel/resource.hpp"
#include "sim/network/node.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {

struct MachineDiskParams {
  sim::Rate iops{3000};
  sim::Bandwidth bandwidth{125.0 * 1024 * 1024 * 8};
  sim::Duration latency = std::chrono::milliseconds(1);

  static void describe(sim::ParamList<MachineDiskParams>& list);
};

/// What is asked of a disk.
struct DiskAccess {
  sim::Bytes bytes;
  bool is_write = false;
};

class MachineDisk {
 public:
  MachineDisk(sim::Node& node, const MachineDiskParams& params);
  /// Reads or writes, and waits for it.
  sim::Task<void> access(DiskAccess what);
  void describe_statistics(sim::NodeStatistics& statistics);

 private:
  sim::Node& node_;
  MachineDiskParams params_;
  sim::Resource device_;
  std::uint64_t reads_ = 0;         ///< Statistic.
  std::uint64_t writes_ = 0;        ///< Statistic.
  std::int64_t bytes_read_ = 0;     ///< Statistic.
  std::int64_t bytes_written_ = 0;  ///< Statistic.
};

}  // namespace faultline::models
