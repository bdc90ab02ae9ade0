#include "models/machine/disk.hpp"

#include <algorithm>

namespace faultline::models {

void MachineDiskParams::describe(sim::ParamList<MachineDiskParams>& list) {
  list.add("iops", &MachineDiskParams::iops, "Operations that it does in a second")
      .above(sim::Rate{0});
  list.add("bandwidth", &MachineDiskParams::bandwidth, "What it reads or writes in a second")
      .above(sim::Bandwidth{0});
  list.add("latency", &MachineDiskParams::latency,
           "Time of an operation beyond its turn at the device")
      .at_least(sim::Duration(0));
}

MachineDisk::MachineDisk(sim::Node& node, const MachineDiskParams& params)
    : node_(node),
      params_(params),
      device_(node.kernel(), node.id(), {.servers = 1, .slowness = &node.disk_slowness()}) {}

sim::Task<void> MachineDisk::access(DiskAccess what) {
  const double bytes = static_cast<double>(what.bytes.count);
  const double seconds =
      std::max(1 / params_.iops.per_second, bytes * 8 / params_.bandwidth.bits_per_second);
  co_await device_.use(sim::from_seconds(seconds));
  co_await sim::delay(sim::scaled(params_.latency, node_.disk_slowness()));
  ++(what.is_write ? writes_ : reads_);
  (what.is_write ? bytes_written_ : bytes_read_) += what.bytes.count;
}

void MachineDisk::describe_statistics(sim::NodeStatistics& statistics) {
  statistics.resource("disk", device_);
  const auto number = [&statistics](const char* name, const auto& value) {
    statistics.scalar(name, [&value](sim::Time) { return static_cast<double>(value); });
  };
  number("disk_reads", reads_);
  number("disk_writes", writes_);
  number("disk_bytes_read", bytes_read_);
  number("disk_bytes_written", bytes_written_);
  statistics.on_reset([this](sim::Time) {
    reads_ = writes_ = 0;
    bytes_read_ = bytes_written_ = 0;
  });
}

}  // namespace faultline::models
