/// Storage in a B+-tree of pages with a page cache, a write-ahead log and checkpoints, as in
/// PostgreSQL and InnoDB.
///
///   read:   root --> ... --> leaf: a page that is not in the cache is read from disk
///   write:  the same, then the leaf is dirty; the log has the record
///   checkpoint, now and then: dirty pages go to disk, spread over time; the log before it is not
///   needed any more
///
/// Rule: a crash loses the cache and what of the log was not synced. A recovery reads the log since
/// the beginning of the last checkpoint that ended and every page that it changes, and does its
/// records again; the database refuses queries until then.
/// Source: Mohan et al., "ARIES", ACM TODS 17(1), 1992; PostgreSQL, WAL Configuration
/// (checkpoint_timeout, max_wal_size, checkpoint_completion_target, full_page_writes).
/// Does not model: what models/algorithms/storage/b_tree.hpp does not; waiting for a page that
/// another query is reading already; a background writer beside checkpoints; undo of transactions.
#include <memory>

#include "models/random_adapter.hpp"
#include "models/storage/engines/engine_params.hpp"
#include "models/storage/storage_engine.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;
using sim::Task;
using sim::Time;

struct BTreeParams {
  EngineParams engine;
  sim::Bytes page_size{16384};
  std::string torn_pages = "full_page_log";
  Duration checkpoint_every{300'000'000'000};
  sim::Bytes checkpoint_log_size{std::int64_t{1} << 30};
  sim::Probability checkpoint_spread{0.9};

  static void describe(sim::ParamList<BTreeParams>& list) {
    list.include(&BTreeParams::engine);
    list.add("page_size", &BTreeParams::page_size, "Of a page")
        .between(sim::Bytes{64}, sim::Bytes{1 << 24});
    list.add("torn_pages", &BTreeParams::torn_pages,
             "What guards pages that are half written when the power goes. full_page_log: the "
             "first change of a page after a checkpoint logs all of it; double_write: each page is "
             "written twice; none: the disk writes pages as a whole")
        .one_of({"full_page_log", "double_write", "none"});
    list.add("checkpoint_every", &BTreeParams::checkpoint_every,
             "From the beginning of a checkpoint to that of the next")
        .at_least(Duration(1'000'000));
    list.add("checkpoint_log_size", &BTreeParams::checkpoint_log_size,
             "Log since the last checkpoint that begins one; looked at ten times a second")
        .at_least(sim::Bytes{1});
    list.add("checkpoint_spread", &BTreeParams::checkpoint_spread,
             "Share of `checkpoint_every` over which the pages of a checkpoint are written");
  }
  static void check(const BTreeParams& params, const sim::Path& path, sim::Problems& problems) {
    if (params.engine.record_size > params.page_size) {
      problems.add(path / "record_size", "a record must fit on a page (page_size)");
    }
  }
  BTreeShape shape() const {
    return {.keys = static_cast<std::uint64_t>(engine.keys),
            .record_bytes = engine.record_size.count,
            .page_bytes = page_size.count,
            .order = engine.order(),
            .torn_pages = torn_pages == "full_page_log"  ? TornPages::full_page_log
                          : torn_pages == "double_write" ? TornPages::double_write
                                                         : TornPages::none};
  }
};

class BTreeEngine final : public StorageEngine {
 public:
  BTreeEngine(const BTreeParams& params, const sim::BuildContext& context)
      : params_(params),
        node_(context.node()),
        random_(context.stream("eviction")),
        tree_(params.shape(), params.engine.eviction, params.engine.cache_pieces(params.page_size),
              random_),
        disk_(params.engine.disk, context),
        log_(params.engine.log, context, disk_) {
    if (params.engine.start == "settled") tree_.warm_up();
    at_reset_ = tree_.counts();
    cache_at_reset_ = tree_.cache().counts();
  }

  Task<void> read(std::uint64_t key, std::int64_t) override { return pages(tree_.read(key)); }
  Task<void> write(std::uint64_t key, std::int64_t) override {
    const BTree::Io io = tree_.write(key);
    if (io.log_bytes > 0) {
      log_.log().add_bytes(io.log_bytes);
      page_log_bytes_ += static_cast<std::uint64_t>(io.log_bytes);
    }
    return pages(io);
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
      auto bringing_back = pages(tree_.recover());
      co_await bringing_back;
      recovery_.add(node_.kernel().now() - began);
    }
    crashed_ = false;
    log_.start();
    node_.spawn(checkpoints());
  }
  void crashed() override {
    crashed_ = true;
    log_.crashed();
    tree_.crash();
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
    count(statistics, "pages_read", &BTree::Counts::pages_read);
    count(statistics, "pages_written", &BTree::Counts::pages_written);
    count(statistics, "page_splits", &BTree::Counts::splits);
    statistics.scalar("dirty_pages",
                      [this](Time) { return static_cast<double>(tree_.cache().dirty()); });
    statistics.scalar("checkpoints", [this](Time) { return static_cast<double>(checkpoints_); });
    statistics.scalar("tree_height",
                      [this](Time) { return static_cast<double>(tree_.pages().height()); });
    statistics.scalar("read_amplification", [this](Time) {
      const BTree::Counts& now = tree_.counts();
      const auto operations =
          static_cast<double>(now.reads + now.writes - at_reset_.reads - at_reset_.writes);
      return operations > 0
                 ? static_cast<double>(now.pages_read - at_reset_.pages_read) / operations
                 : 0.0;
    });
    statistics.scalar("write_amplification", [this](Time) {
      const BTree::Counts& now = tree_.counts();
      const double user = static_cast<double>(now.writes - at_reset_.writes) *
                          static_cast<double>(params_.engine.record_size.count);
      const double pages = static_cast<double>(now.pages_written - at_reset_.pages_written) *
                           static_cast<double>(params_.page_size.count);
      return user > 0 ? (pages + static_cast<double>(log_.bytes() + page_log_bytes_)) / user : 0.0;
    });
    statistics.scalar("space_amplification", [this](Time) { return tree_.space_amplification(); });
    statistics.on_reset([this](Time) {
      at_reset_ = tree_.counts();
      cache_at_reset_ = tree_.cache().counts();
      page_log_bytes_ = checkpoints_ = 0;
    });
  }

 private:
  void count(sim::NodeStatistics& statistics, std::string name,
             std::uint64_t BTree::Counts::*counter) {
    statistics.scalar(std::move(name), [this, counter](Time) {
      return static_cast<double>(tree_.counts().*counter - at_reset_.*counter);
    });
  }

  /// Takes the time of the pages that an operation reads, and of those written to make room.
  Task<void> pages(BTree::Io io) {
    for (std::int64_t i = 0; i < io.writes; ++i) {
      auto writing = disk_.write(params_.page_size.count);
      co_await writing;
    }
    for (std::int64_t i = 0; i < io.reads; ++i) {
      auto reading = disk_.read(params_.page_size.count);
      co_await reading;
    }
  }

  Task<void> checkpoints() {
    constexpr Duration look{100'000'000};
    Time next = node_.kernel().now() + params_.checkpoint_every;
    for (;;) {
      const Duration left = next - node_.kernel().now();
      if (left > Duration(0) && log_.log().bytes_to_recover() < params_.checkpoint_log_size.count) {
        co_await sim::delay(std::min(left, look));
        continue;
      }
      next = node_.kernel().now() + params_.checkpoint_every;
      auto checkpoint = make_checkpoint();
      co_await checkpoint;
    }
  }

  /// The log goes first, then the pages, evenly spread; only when all is safe the log is cut.
  Task<void> make_checkpoint() {
    const WriteAheadLog::Mark mark = log_.log().end();
    tree_.begin_checkpoint();
    auto log_first = log_.flush(mark);
    co_await log_first;
    const std::int64_t in_all = tree_.checkpoint_pages();
    const Duration span = sim::scaled(params_.checkpoint_every, params_.checkpoint_spread.value);
    const Time began = node_.kernel().now();
    for (std::int64_t done = 0; tree_.write_checkpoint_page(); ++done) {
      const Time due = began + span / in_all * done;
      // Log that has to be kept presses more than the clock.
      const bool pressed = log_.log().bytes_to_recover() >= params_.checkpoint_log_size.count;
      if (due > node_.kernel().now() && !pressed) {
        co_await sim::delay(due - node_.kernel().now());
      }
      for (std::int64_t copy = 0; copy < tree_.writes_per_page(); ++copy) {
        auto writing = disk_.write(params_.page_size.count);
        co_await writing;
      }
    }
    auto syncing = disk_.sync();
    co_await syncing;
    tree_.end_checkpoint();
    log_.log().truncate(mark);
    ++checkpoints_;
  }

  BTreeParams params_;
  sim::Node& node_;
  StreamSource random_;
  BTree tree_;
  Disk disk_;
  LogWriter log_;
  RecoveryTimes recovery_;
  bool crashed_ = false;  ///< There is something to recover from. State.
  std::uint64_t page_log_bytes_ = 0;
  std::uint64_t checkpoints_ = 0;
  BTree::Counts at_reset_;
  PageCache::Counts cache_at_reset_;
};

const sim::Registration<StorageEngine, BTreeEngine, BTreeParams> registered{
    {.name = "b_tree",
     .title = "B-tree",
     .summary = "Pages in a tree, a page cache, a write-ahead log and checkpoints: a read costs "
                "what is not in the cache, a write a page sooner or later.",
     .source = "Mohan et al., ARIES, ACM TODS 17(1), 1992; PostgreSQL, WAL Configuration; Comer, "
               "The Ubiquitous B-Tree, 1979",
     .does_not_model = "erasing, range reads, secondary indexes, read-ahead, a background writer "
                       "beside checkpoints",
     .example =
         R"json({"type": "b_tree", "keys": 10000000, "cache": "1GiB", "sync": "group"})json"}};

}  // namespace
}  // namespace faultline::models
