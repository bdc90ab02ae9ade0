/// Storage in a log-structured merge tree, as in RocksDB and Cassandra.
///
///   write:  into the memtable; the log has the record. A full memtable is flushed to level 0 in
///           the background, and levels are merged by `compactions` processes
///   read:   memtables, then the runs from the newest to the oldest, each behind a Bloom filter;
///           a block that is not in the cache is read from disk
///
/// Rule: writes wait while all memtables are full or level 0 has `level0_stop` runs; with
/// `level0_slowdown` runs they pass at `slow_rate` only. A crash loses the cache and what of the
/// log was not synced. A recovery reads the log of the memtables, does its records again and
/// flushes them; the database refuses queries until then. Flushes and compactions share the disk
/// with all else. Source: O'Neil et al., "The Log-Structured Merge-Tree", 1996; Dayan et al.,
/// "Monkey", SIGMOD 2017; RocksDB wiki, Write Stalls, Rate Limiter. Does not model: what
/// models/algorithms/storage/lsm_tree.hpp does not; the work of a merge beside the disk.
#include <algorithm>
#include <deque>
#include <memory>

#include "models/algorithms/storage/lsm_tree.hpp"
#include "models/random_adapter.hpp"
#include "models/storage/engines/engine_params.hpp"
#include "models/storage/engines/gathering.hpp"
#include "models/storage/storage_engine.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;
using sim::Task;
using sim::Time;

struct LsmParams {
  EngineParams engine;
  std::string compaction = "leveled";
  double size_ratio = 10;
  sim::Bytes memtable{64 << 20};
  std::int64_t memtables = 2;
  sim::Bytes file_size{64 << 20};
  sim::Bytes block_size{4096};
  double filter_bits = 10;
  std::string filter_memory = "uniform";
  std::int64_t level0_runs = 4;
  std::int64_t level0_slowdown = 20;
  std::int64_t level0_stop = 36;
  sim::Bandwidth slow_rate{128e6};
  std::int64_t compactions = 1;
  std::optional<sim::Bandwidth> compaction_rate;

  static void describe(sim::ParamList<LsmParams>& list) {
    list.include(&LsmParams::engine);
    list.add("compaction", &LsmParams::compaction,
             "leveled: one run a level, rewritten often; tiered: up to size_ratio runs a level, "
             "each record written once a level")
        .one_of({"leveled", "tiered"});
    list.add("size_ratio", &LsmParams::size_ratio, "Of a level to the one above it")
        .between(2, 1000);
    list.add("memtable", &LsmParams::memtable, "Size at which a memtable is full")
        .at_least(sim::Bytes{1});
    list.add("memtables", &LsmParams::memtables,
             "In memory at once, the one that is written to among them")
        .unit("memtables")
        .between(2, 1000);
    list.add("file_size", &LsmParams::file_size, "Of the files of a run").at_least(sim::Bytes{1});
    list.add("block_size", &LsmParams::block_size, "What is read from a file at once")
        .between(sim::Bytes{64}, sim::Bytes{1 << 24});
    list.add("filter_bits", &LsmParams::filter_bits,
             "Of the Bloom filters for each key; 0: no filters")
        .unit("bits")
        .between(0, 64);
    list.add("filter_memory", &LsmParams::filter_memory,
             "uniform: the same bits for each key; monkey: more for the small levels, for the "
             "fewest useless reads with the same memory")
        .one_of({"uniform", "monkey"});
    list.add("level0_runs", &LsmParams::level0_runs,
             "Runs in level 0 that start a compaction, if leveled")
        .unit("runs")
        .between(1, 10'000);
    list.add("level0_slowdown", &LsmParams::level0_slowdown,
             "Runs in level 0 that slow writes down")
        .unit("runs")
        .between(1, 100'000);
    list.add("level0_stop", &LsmParams::level0_stop, "Runs in level 0 that stop writes")
        .unit("runs")
        .between(1, 100'000);
    list.add("slow_rate", &LsmParams::slow_rate, "Of writes that are slowed down")
        .above(sim::Bandwidth{0});
    list.add("compactions", &LsmParams::compactions, "Compactions at once, of different levels")
        .unit("compactions")
        .between(1, 100);
    list.add("compaction_rate", &LsmParams::compaction_rate,
             "Limit for what each compaction reads and writes; without it, as fast as the disk")
        .above(sim::Bandwidth{0});
  }
  static void check(const LsmParams& params, const sim::Path& path, sim::Problems& problems) {
    if (params.memtable < params.engine.record_size) {
      problems.add(path / "memtable", "a record must fit into it (record_size)");
    }
    if (params.level0_stop < params.level0_runs) {
      problems.add(path / "level0_stop",
                   "must be at least level0_runs: a compaction would never "
                   "begin");
    }
    if (params.compaction == "tiered" &&
        static_cast<double>(params.level0_stop) < params.size_ratio) {
      problems.add(path / "level0_stop",
                   "must be at least size_ratio: a compaction would never "
                   "begin");
    }
    if (params.engine.keys > 1'000'000'000) {
      problems.add(path / "keys", "at most 1000000000 for a log-structured merge tree");
    }
  }
  LsmShape shape() const {
    return {.keys = static_cast<std::uint64_t>(engine.keys),
            .record_bytes = engine.record_size.count,
            .memtable_bytes = memtable.count,
            .memtables_max = memtables,
            .size_ratio = size_ratio,
            .compaction = compaction == "tiered" ? Compaction::tiered : Compaction::leveled,
            .file_bytes = file_size.count,
            .block_bytes = block_size.count,
            .level0_runs = level0_runs,
            .level0_slowdown = level0_slowdown,
            .level0_stop = level0_stop,
            .filter_bits = filter_bits,
            .monkey = filter_memory == "monkey",
            .order = engine.order(),
            .settled = engine.start == "settled"};
  }
};

class LsmEngine final : public StorageEngine {
 public:
  LsmEngine(const LsmParams& params, const sim::BuildContext& context)
      : params_(params),
        node_(context.node()),
        random_(context.stream("eviction")),
        tree_(params.shape(), params.engine.eviction, params.engine.cache_pieces(params.block_size),
              random_),
        disk_(params.engine.disk, context),
        log_(params.engine.log, context, disk_),
        stalled_(context.kernel()) {
    if (params.engine.start == "settled") tree_.warm_up();
    at_reset_ = tree_.counts();
    cache_at_reset_ = tree_.cache().counts();
  }

  Task<void> read(std::uint64_t key, std::int64_t) override {
    const LsmTree::Lookup lookup = tree_.read(key);
    for (std::int64_t i = 0; i < lookup.block_reads; ++i) {
      auto reading = disk_.read(params_.block_size.count);
      co_await reading;
    }
  }

  Task<void> write(std::uint64_t key, std::int64_t) override {
    if (tree_.gate() != LsmTree::Gate::open) {
      const Time began = node_.kernel().now();
      ++stalls_;
      if (tree_.gate() == LsmTree::Gate::slow) {
        auto slow = wait_for_slow_turn();
        co_await slow;
      }
      while (tree_.gate() == LsmTree::Gate::stopped) co_await stalled_.wait();
      stall_time_ += node_.kernel().now() - began;
    }
    if (tree_.write(key)) full_memtable();
  }

  LogPosition append(std::int64_t bytes) override {
    return log_.append(log_record_bytes(bytes, params_.engine));
  }
  Task<void> sync(LogPosition upto) override { return log_.sync(upto); }
  LogPosition survives() const override { return log_.survives(); }

  Task<void> recover() override {
    if (crashed_) {
      const Time began = node_.kernel().now();
      auto replaying = log_.replay();
      co_await replaying;
      if (tree_.rotate()) marks_.push_back(log_.log().end());
      flushing_ = true;
      auto flushes = flush_memtables();
      co_await flushes;
      recovery_.add(node_.kernel().now() - began);
    }
    crashed_ = false;
    log_.start();
    begin_compactions();
  }
  void crashed() override {
    crashed_ = true;
    log_.crashed();
    tree_.crash();
    flushing_ = false;
    compacting_ = 0;
    // What the log lost was in the last memtables; they are what the log has of them.
    for (WriteAheadLog::Mark& mark : marks_) {
      if (mark.position > log_.survives()) mark = log_.log().end();
    }
  }
  bool suffers(sim::Disturbance what) const override { return what == sim::Disturbance::disk; }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    disk_.describe_statistics(statistics);
    log_.describe_statistics(statistics);
    recovery_.describe_statistics(statistics);
    statistics.scalar("cache_hit_ratio", [this](Time) {
      const PageCache::Counts& now = tree_.cache().counts();
      const auto hits = static_cast<double>(now.hits - cache_at_reset_.hits);
      const auto misses = static_cast<double>(now.misses - cache_at_reset_.misses);
      return hits + misses > 0 ? hits / (hits + misses) : 0.0;
    });
    count(statistics, "blocks_read", &LsmTree::Counts::blocks_read);
    count(statistics, "compactions", &LsmTree::Counts::compactions);
    count(statistics, "compaction_bytes_read", &LsmTree::Counts::compaction_bytes_read);
    count(statistics, "compaction_bytes_written", &LsmTree::Counts::compaction_bytes_written);
    count(statistics, "filter_false_positives", &LsmTree::Counts::false_positives);
    statistics.scalar("runs", [this](Time) { return static_cast<double>(tree_.runs()); });
    statistics.scalar("level0_runs", [this](Time) { return static_cast<double>(tree_.runs(0)); });
    statistics.scalar("write_stalls", [this](Time) { return static_cast<double>(stalls_); });
    statistics.scalar("write_stall_seconds", [this](Time) { return sim::to_seconds(stall_time_); });
    statistics.scalar("read_amplification", [this](Time) {
      const LsmTree::Counts& now = tree_.counts();
      const auto reads = static_cast<double>(now.reads - at_reset_.reads);
      return reads > 0 ? static_cast<double>(now.blocks_read - at_reset_.blocks_read) / reads : 0.0;
    });
    statistics.scalar("write_amplification", [this](Time) {
      const LsmTree::Counts& now = tree_.counts();
      const double user = static_cast<double>(now.writes - at_reset_.writes) *
                          static_cast<double>(params_.engine.record_size.count);
      const auto tables =
          static_cast<double>(now.bytes_flushed - at_reset_.bytes_flushed +
                              now.compaction_bytes_written - at_reset_.compaction_bytes_written);
      return user > 0 ? (tables + static_cast<double>(log_.bytes())) / user : 0.0;
    });
    statistics.scalar("space_amplification", [this](Time) { return tree_.space_amplification(); });
    statistics.on_reset([this](Time) {
      at_reset_ = tree_.counts();
      cache_at_reset_ = tree_.cache().counts();
      stalls_ = 0;
      stall_time_ = Duration(0);
    });
  }

 private:
  void count(sim::NodeStatistics& statistics, std::string name,
             std::uint64_t LsmTree::Counts::*counter) {
    statistics.scalar(std::move(name), [this, counter](Time) {
      return static_cast<double>(tree_.counts().*counter - at_reset_.*counter);
    });
  }

  /// Writes that are slowed down pass one after the other, at the slow rate.
  Task<void> wait_for_slow_turn() {
    const Time now = node_.kernel().now();
    const Time turn = std::max(now, slow_turn_);
    slow_turn_ =
        turn +
        Duration(static_cast<std::int64_t>(static_cast<double>(params_.engine.record_size.count) *
                                           8e9 / params_.slow_rate.bits_per_second));
    if (turn > now) co_await sim::delay(turn - now);
  }

  void full_memtable() {
    marks_.push_back(log_.log().end());
    if (flushing_) return;
    flushing_ = true;
    node_.spawn(flush_memtables());
  }

  Task<void> flush_memtables() {
    while (auto job = tree_.start_flush()) {
      auto writing = disk_.write_on(job->bytes_written);
      co_await writing;
      auto syncing = disk_.sync();
      co_await syncing;
      // Records of it that nobody has synced yet are synced now: what is durable is a stretch of
      // the log without gaps.
      if (marks_.front().position > log_.survives()) {
        auto log_first = log_.flush(marks_.front());
        co_await log_first;
      }
      const std::int64_t waiting = tree_.full_memtables();
      tree_.finish(*job);
      // What is in a file on disk needs no log.
      log_.log().truncate(marks_.front());
      marks_.pop_front();
      if (tree_.full_memtables() == waiting) marks_.push_back(log_.log().end());
      stalled_.wake();
      begin_compactions();
    }
    flushing_ = false;
  }

  void begin_compactions() {
    while (compacting_ < params_.compactions) {
      auto job = tree_.start_compaction();
      if (!job) return;
      ++compacting_;
      node_.spawn(compact(std::move(*job)));
    }
  }

  Task<void> compact(LsmTree::Job first) {
    std::optional<LsmTree::Job> job(std::move(first));
    while (job) {
      auto working = work_on(job->bytes_read, job->bytes_written);
      co_await working;
      tree_.finish(*job);
      stalled_.wake();
      job = tree_.start_compaction();
    }
    --compacting_;
  }

  /// Reads and writes side by side, in pieces, no faster than the limit.
  Task<void> work_on(std::int64_t to_read, std::int64_t to_write) {
    constexpr std::int64_t piece = 1 << 20;
    const Time began = node_.kernel().now();
    double done = 0;
    while (to_read > 0 || to_write > 0) {
      const std::int64_t in = std::min(piece, to_read);
      const std::int64_t out = std::min(piece, to_write);
      auto reading = disk_.read_on(in);
      co_await reading;
      auto writing = disk_.write_on(out);
      co_await writing;
      to_read -= in;
      to_write -= out;
      done += static_cast<double>(in + out);
      if (!params_.compaction_rate) continue;
      const Time due = began + Duration(static_cast<std::int64_t>(
                                   done * 8e9 / params_.compaction_rate->bits_per_second));
      if (due > node_.kernel().now()) co_await sim::delay(due - node_.kernel().now());
    }
    auto syncing = disk_.sync();
    co_await syncing;
  }

  LsmParams params_;
  sim::Node& node_;
  StreamSource random_;
  LsmTree tree_;
  Disk disk_;
  LogWriter log_;
  RecoveryTimes recovery_;
  Gathering stalled_;                      ///< Writes that wait for memory or compactions.
  std::deque<WriteAheadLog::Mark> marks_;  ///< Of the full memtables, the end of their log.
  Time slow_turn_{};                       ///< State.
  bool crashed_ = false;                   ///< There is something to recover from. State.
  bool flushing_ = false;                  ///< A process flushes memtables. State.
  std::int64_t compacting_ = 0;            ///< Processes that compact. State.
  std::uint64_t stalls_ = 0;               ///< Writes that were slowed down or stopped. Statistic.
  Duration stall_time_{};                  ///< Statistic.
  LsmTree::Counts at_reset_;
  PageCache::Counts cache_at_reset_;
};

const sim::Registration<StorageEngine, LsmEngine, LsmParams> registered{
    {.name = "lsm",
     .title = "Log-structured merge tree",
     .summary = "Memtables, sorted runs in levels, Bloom filters and compaction in the background: "
                "writes are cheap at once and paid for later.",
     .source = "O'Neil et al., The Log-Structured Merge-Tree, 1996; Dayan et al., Monkey, SIGMOD "
               "2017; RocksDB wiki, Leveled Compaction",
     .does_not_model = "erasing (tombstones), range reads, compression, the work of a merge beside "
                       "the disk",
     .example =
         R"json({"type": "lsm", "keys": 10000000, "cache": "1GiB", "compaction": "tiered"})json"}};

}  // namespace
}  // namespace faultline::models
