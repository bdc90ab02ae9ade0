#include "models/storage/engines/disk.hpp"

#include <algorithm>

#include "sim/kernel/delay.hpp"

namespace faultline::models {

using sim::Duration;
using sim::Task;

void DiskParams::describe(sim::ParamList<DiskParams>& list) {
  list.add("queue_depth", &DiskParams::queue_depth, "Accesses it works on at once")
      .unit("accesses")
      .between(1, 100'000);
  list.add("read_time", &DiskParams::read_time, "Of an access, without the transfer");
  list.add("write_time", &DiskParams::write_time, "Of an access, without the transfer");
  list.add("sync_time", &DiskParams::sync_time, "Until what was written is safe (fsync)");
  list.add("bandwidth", &DiskParams::bandwidth, "Of all transfers together")
      .above(sim::Bandwidth{0});
}

Disk::Disk(const DiskParams& params, const sim::BuildContext& context)
    : node_(context.node()),
      read_time_(params.read_time),
      write_time_(params.write_time),
      sync_time_(params.sync_time),
      bytes_per_second_(params.bandwidth.bits_per_second / 8),
      stream_(context.stream("disk")),
      places_(context.kernel(), context.node().id(),
              {.servers = params.queue_depth, .slowness = &context.node().disk_slowness()}),
      channel_(context.kernel(), context.node().id(),
               {.servers = 1, .slowness = &context.node().disk_slowness()}) {}

Duration Disk::transfer(std::int64_t bytes) const {
  return Duration(
      static_cast<std::int64_t>(static_cast<double>(bytes) * 1e9 / bytes_per_second_ + 0.5));
}

Task<void> Disk::access(const sim::RandomDuration& time, std::int64_t bytes,
                        std::uint64_t& counter) {
  const Duration access = time.sample(stream_);
  co_await places_.use(access);
  co_await channel_.use(transfer(bytes));
  counter += static_cast<std::uint64_t>(bytes);
}

Task<void> Disk::run(std::int64_t bytes, const sim::RandomDuration& time, std::uint64_t& counter) {
  constexpr std::int64_t piece = 64 << 10;
  if (bytes <= 0) co_return;
  const Duration access = time.sample(stream_);
  co_await places_.use(access);
  for (std::int64_t left = bytes; left > 0; left -= piece) {
    const std::int64_t now = std::min(left, piece);
    co_await channel_.use(transfer(now));
    counter += static_cast<std::uint64_t>(now);
  }
}

Task<void> Disk::sync() {
  const Duration time = sync_time_.sample(stream_);
  co_await sim::delay(sim::scaled(time, node_.disk_slowness()));
  ++syncs_;
}

void Disk::describe_statistics(sim::NodeStatistics& statistics) {
  statistics.resource("disk", places_);
  statistics.resource("disk_transfer", channel_);
  statistics.scalar("disk_bytes_read",
                    [this](sim::Time) { return static_cast<double>(bytes_read_); });
  statistics.scalar("disk_bytes_written",
                    [this](sim::Time) { return static_cast<double>(bytes_written_); });
  statistics.scalar("disk_syncs", [this](sim::Time) { return static_cast<double>(syncs_); });
  statistics.on_reset([this](sim::Time) { bytes_read_ = bytes_written_ = syncs_ = 0; });
}

}  // namespace faultline::models
