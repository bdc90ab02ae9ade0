/// What storage engines that keep records on a disk take in the same way.
#pragma once

#include <cstdint>
#include <string>

#include "models/algorithms/storage/b_tree.hpp"
#include "models/storage/engines/disk.hpp"
#include "models/storage/engines/log_writer.hpp"
#include "sim/param/described.hpp"

namespace faultline::models {

struct EngineParams {
  std::int64_t keys = 1'000'000;
  sim::Bytes record_size{1024};
  sim::Bytes cache{128 << 20};
  sim::Choice<EvictionPolicy> eviction{"lru"};
  std::string key_order = "scattered";
  std::string start = "settled";
  LogParams log;
  DiskParams disk;

  static void describe(sim::ParamList<EngineParams>& list) {
    list.add("keys", &EngineParams::keys, "Keys that are there from the start: 0 to keys - 1")
        .between(0, 10'000'000'000);
    list.add("record_size", &EngineParams::record_size, "Of a record in the tables, key included")
        .between(sim::Bytes{1}, sim::Bytes{1 << 30});
    list.add("cache", &EngineParams::cache, "Memory for what was read from the tables")
        .at_least(sim::Bytes{1});
    list.add("eviction", &EngineParams::eviction, "What leaves the cache when it is full");
    list.add("key_order", &EngineParams::key_order,
             "scattered: neighbouring keys lie far from each other, as by a hash; in_order: beside "
             "each other")
        .one_of({"scattered", "in_order"});
    list.add("start", &EngineParams::start,
             "settled: caches and levels are filled as after a long run, with key 0 asked for "
             "most; empty: caches are empty and all records where loading puts them")
        .one_of({"settled", "empty"});
    list.include(&EngineParams::log);
    list.add("disk", &EngineParams::disk, "The disk it is on");
  }

  KeyOrder order() const {
    return key_order == "in_order" ? KeyOrder::in_order : KeyOrder::scattered;
  }
  /// Pieces of `size` that the cache holds.
  std::int64_t cache_pieces(sim::Bytes size) const {
    return std::max<std::int64_t>(1, cache.count / size.count);
  }
};

/// What a record takes in the log: what was asked to be written, or a record of the usual size, and
/// its header.
inline std::int64_t log_record_bytes(std::int64_t bytes, const EngineParams& params) {
  constexpr std::int64_t header = 32;
  return (bytes > 0 ? bytes : params.record_size.count) + header;
}

/// Recoveries of one engine and the time they took.
class RecoveryTimes {
 public:
  void add(sim::Duration time) {
    ++count_;
    last_ = time;
    total_ += time;
  }
  void describe_statistics(sim::NodeStatistics& statistics) {
    statistics.scalar("recoveries", [this](sim::Time) { return static_cast<double>(count_); });
    statistics.scalar("recovery_seconds", [this](sim::Time) { return sim::to_seconds(total_); });
    statistics.on_reset([this](sim::Time) {
      count_ = 0;
      total_ = last_ = sim::Duration(0);
    });
  }

 private:
  std::uint64_t count_ = 0;
  sim::Duration total_{};
  sim::Duration last_{};
};

}  // namespace faultline::models
