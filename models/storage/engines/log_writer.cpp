#include "models/storage/engines/log_writer.hpp"

#include <algorithm>

#include "sim/kernel/delay.hpp"

namespace faultline::models {

using sim::Duration;
using sim::Task;
using Mode = LogSyncRule::Mode;

void LogParams::describe(sim::ParamList<LogParams>& list) {
  list.add("sync", &LogParams::sync,
           "When a record of the log is made durable, and whether a write waits for it");
  list.add("replay_time", &LogParams::replay_time,
           "For each record of the log that a recovery does again, beside the disk")
      .at_least(Duration(0));
}

LogWriter::LogWriter(const LogParams& params, const sim::BuildContext& context, Disk& disk)
    : node_(context.node()),
      disk_(disk),
      rule_(params.sync.make({})->rule()),
      replay_time_(params.replay_time),
      turn_(context.kernel(), context.node().id(), {.servers = 1}) {}

LogPosition LogWriter::append(std::int64_t bytes) {
  bytes_ += static_cast<std::uint64_t>(bytes);
  ++records_;
  return log_.append(bytes, now());
}

Task<void> LogWriter::sync(LogPosition upto) {
  switch (rule_.mode) {
    case Mode::always: {
      auto turn = co_await turn_.acquire();
      // Made durable in the meantime, by a checkpoint: the sync is made all the same.
      const bool is_open = upto > log_.durable();
      auto flushing = flush(is_open ? log_.mark(upto) : WriteAheadLog::Mark{});
      co_await flushing;
      break;
    }
    case Mode::group: {
      if (log_.durable() < upto && !syncing_) {
        syncing_ = true;
        node_.spawn(sync_groups());
      }
      co_await Wait(*this, upto);
      break;
    }
    case Mode::interval:
    case Mode::never:
      log_.acknowledged(upto);
      break;
  }
}

Task<void> LogWriter::flush(WriteAheadLog::Mark mark) {
  const LogPosition before = log_.durable();
  auto writing = disk_.write_on(log_.bytes_until(mark));
  co_await writing;
  auto syncing = disk_.sync();
  co_await syncing;
  ++syncs_;
  if (mark.position > before) synced_records_ += mark.position - before;
  log_.made_durable(mark);
  wake();
}

Task<void> LogWriter::sync_groups() {
  while (log_.durable() < log_.last()) {
    if (rule_.span > Duration(0)) co_await sim::delay(rule_.span);
    auto flushing = flush(log_.end());
    co_await flushing;
  }
  syncing_ = false;
}

Task<void> LogWriter::sync_now_and_then() {
  for (;;) {
    co_await sim::delay(rule_.span);
    if (log_.durable() == log_.last()) continue;
    auto flushing = flush(log_.end());
    co_await flushing;
  }
}

void LogWriter::wake() {
  while (!waiting_.empty() && waiting_.front().upto_ <= log_.durable()) {
    Wait& wait = waiting_.front();
    wait.unlink();
    node_.kernel().schedule_now(wait);
  }
}

void LogWriter::start() {
  if (rule_.mode == Mode::interval) node_.spawn(sync_now_and_then());
}

Task<void> LogWriter::replay() {
  auto reading = disk_.read_on(log_.bytes_to_recover());
  co_await reading;
  const Duration work = replay_time_ * log_.records_to_recover();
  if (work > Duration(0)) co_await sim::delay(work);
}

void LogWriter::crashed() {
  const WriteAheadLog::Loss loss = log_.crash(now());
  lost_records_ += static_cast<std::uint64_t>(loss.records);
  lost_writes_ += static_cast<std::uint64_t>(loss.acknowledged);
  back_max_ = std::max(back_max_, loss.back);
  syncing_ = false;
}

void LogWriter::describe_statistics(sim::NodeStatistics& statistics) {
  statistics.scalar("log_bytes", [this](sim::Time) { return static_cast<double>(bytes_); });
  statistics.scalar("log_records", [this](sim::Time) { return static_cast<double>(records_); });
  statistics.scalar("log_syncs", [this](sim::Time) { return static_cast<double>(syncs_); });
  statistics.scalar("records_per_sync", [this](sim::Time) {
    return syncs_ > 0 ? static_cast<double>(synced_records_) / static_cast<double>(syncs_) : 0.0;
  });
  statistics.scalar("lost_writes", [this](sim::Time) { return static_cast<double>(lost_writes_); });
  statistics.scalar("lost_records",
                    [this](sim::Time) { return static_cast<double>(lost_records_); });
  statistics.scalar("data_loss_seconds_max",
                    [this](sim::Time) { return sim::to_seconds(back_max_); });
  statistics.on_reset([this](sim::Time) {
    bytes_ = records_ = syncs_ = synced_records_ = lost_writes_ = lost_records_ = 0;
    back_max_ = Duration(0);
  });
}

}  // namespace faultline::models
