/// The write-ahead log of a storage engine on its disk: who waits for which sync, and what a crash
/// and a recovery make of it.
///
///   append() ... sync() --> [ waits ] --> write of all that is not durable, then sync --> durable
///
/// The rule is that of models/storage/engines/log_sync.hpp, the counting that of
/// models/algorithms/storage/write_ahead_log.hpp.
#pragma once

#include <coroutine>
#include <cstdint>

#include "models/algorithms/storage/write_ahead_log.hpp"
#include "models/storage/engines/disk.hpp"
#include "models/storage/engines/log_sync.hpp"
#include "models/storage/storage_engine.hpp"

namespace faultline::models {

struct LogParams {
  sim::Choice<LogSync> sync{"group"};
  sim::Duration replay_time{5'000};

  static void describe(sim::ParamList<LogParams>& list);
};

class LogWriter {
 public:
  LogWriter(const LogParams& params, const sim::BuildContext& context, Disk& disk);

  LogPosition append(std::int64_t bytes);
  sim::Task<void> sync(LogPosition upto);
  LogPosition survives() const { return log_.durable(); }
  WriteAheadLog& log() { return log_; }
  /// Writes and syncs all up to `mark`, whatever the rule says.
  sim::Task<void> flush(WriteAheadLog::Mark mark);

  /// The node is up: what goes on in the background begins.
  void start();
  /// Reads what is needed of the log and does it again.
  sim::Task<void> replay();
  void crashed();

  /// Bytes that all records appended since the last reset have.
  std::uint64_t bytes() const { return bytes_; }
  void describe_statistics(sim::NodeStatistics& statistics);

 private:
  /// One that waits until a position is durable.
  class Wait final : public sim::Event, public sim::ListHook {
   public:
    Wait(LogWriter& writer, LogPosition upto) : Event(&fire), writer_(writer), upto_(upto) {}
    ~Wait() { writer_.node_.kernel().cancel_if_scheduled(*this); }
    bool await_ready() const { return writer_.log_.durable() >= upto_; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) {
      frame_ = frame;
      set_tag(frame.promise().owner().id(), sim::EventKind::resume);
      writer_.waiting_.insert_sorted(
          *this, [](const Wait& a, const Wait& b) { return a.upto_ <= b.upto_; });
    }
    void await_resume() const {}

   private:
    friend class LogWriter;
    static void fire(Event& event) { static_cast<Wait&>(event).frame_.resume(); }
    LogWriter& writer_;
    LogPosition upto_;
    std::coroutine_handle<> frame_;
  };

  sim::Task<void> sync_groups();
  sim::Task<void> sync_now_and_then();
  void wake();
  sim::Duration now() const { return node_.kernel().now().time_since_epoch(); }

  sim::Node& node_;
  Disk& disk_;
  LogSyncRule rule_;
  sim::Duration replay_time_;
  WriteAheadLog log_;   ///< On disk as far as it is durable. State.
  sim::Resource turn_;  ///< Of a sync of one's own.
  sim::IntrusiveList<Wait> waiting_;
  bool syncing_ = false;              ///< A process syncs groups. State.
  std::uint64_t bytes_ = 0;           ///< Statistic.
  std::uint64_t records_ = 0;         ///< Statistic.
  std::uint64_t syncs_ = 0;           ///< Statistic.
  std::uint64_t synced_records_ = 0;  ///< Statistic.
  std::uint64_t lost_writes_ = 0;     ///< Acknowledged, and gone with a crash. Statistic.
  std::uint64_t lost_records_ = 0;    ///< Acknowledged or not. Statistic.
  sim::Duration back_max_{};          ///< The furthest that a crash set the data back. Statistic.
};

}  // namespace faultline::models
