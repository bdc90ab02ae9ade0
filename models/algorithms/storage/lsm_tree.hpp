/// A log-structured merge tree, as far as its cost goes: which runs a read asks, how many blocks it
/// fetches, and what is rewritten by compaction.
///
///   write --> [ memtable ] --full--> [ immutable memtables ] --flush--> level 0: runs
///                                                      --compaction--> level 1 --> ... --> last
///   read: memtables, then runs from the newest to the oldest, each behind a Bloom filter
///
/// The runs are real: each knows which keys it holds, so overwritten records disappear in a merge,
/// a read finds its key where the last write of it is, and a key order or a popularity shows in
/// what compaction costs. The keys 0 .. keys-1 are there from the start in the last level, where
/// they take no memory; a key in another level takes 8 bytes.
///
/// Rule: level i has room for memtable * ratio^i. `leveled`: level 0 has runs that overlap, all
/// others have one run of files. When level 0 has `level0_runs`, they are merged into level 1; when
/// another level is over its room, its next file (in turn) is merged with the files of the next
/// level that it overlaps; a file that overlaps none just moves. `tiered`: when a level has `ratio`
/// runs, they are merged into one run, which goes to the next level unless it is too small for it.
/// Source: O'Neil et al., "The Log-Structured Merge-Tree", 1996; Dayan, Athanassoulis, Idreos,
/// "Monkey: Optimal Navigable Key-Value Store", SIGMOD 2017; RocksDB wiki, Leveled Compaction and
/// Write Stalls; Cassandra, SizeTieredCompactionStrategy.
/// Does not model: erasing (tombstones), range reads, compression, index and filter blocks that are
/// not in memory, records of different sizes.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include <tsl/robin_set.h>

#include "models/algorithms/storage/b_tree.hpp"
#include "models/algorithms/storage/page_cache.hpp"

namespace faultline::models {

enum class Compaction : std::uint8_t { leveled, tiered };

struct LsmShape {
  std::uint64_t keys = 1'000'000;  ///< There from the start.
  std::int64_t record_bytes = 1024;
  std::int64_t memtable_bytes = 64 << 20;
  std::int64_t memtables_max = 2;  ///< The one written to included.
  double size_ratio = 10;          ///< Between one level and the next, from 2 on.
  Compaction compaction = Compaction::leveled;
  std::int64_t file_bytes = 64 << 20;
  std::int64_t block_bytes = 4096;
  std::int64_t level0_runs = 4;       ///< That start a compaction of level 0.
  std::int64_t level0_slowdown = 20;  ///< Runs in level 0 that slow writes down.
  std::int64_t level0_stop = 36;      ///< Runs in level 0 that stop writes.
  double filter_bits = 10;            ///< Of Bloom filter for each key; 0: no filter.
  /// More bits for the smaller levels, so that all filters together let the fewest reads through.
  bool monkey = false;
  KeyOrder order = KeyOrder::scattered;
  bool settled = true;  ///< The levels are filled as after a long run; else all is in the last.
};

/// The share of keys it does not hold that a Bloom filter lets through, with the best number of
/// hash functions: e^(-bits (ln 2)^2). Source: Bloom, 1970; Monkey, equation 2.
double bloom_false_positives(double bits_per_key);

class LsmTree {
 public:
  /// Requires: the ranges of LsmShape; as PageCache.
  LsmTree(const LsmShape& shape, const sim::Choice<EvictionPolicy>& eviction,
          std::int64_t cache_blocks, RandomSource& random);

  struct Lookup {
    std::int64_t block_reads = 0;  ///< From disk, one after the other.
    std::int64_t runs = 0;         ///< Whose key range covers the key, until it was found.
    std::int64_t probes = 0;       ///< Runs whose filter let it through.
    bool found = false;
  };
  Lookup read(std::uint64_t key);

  enum class Gate : std::uint8_t { open, slow, stopped };
  /// What a write has to expect now.
  Gate gate() const;
  /// Requires: gate() is not stopped. True if its memtable is full with it, and another one is
  /// begun.
  bool write(std::uint64_t key);

  struct Entries;
  struct File;
  using Run = std::vector<File>;
  /// Work in the background. Nothing changes for readers until finish().
  struct Job {
    bool is_flush = false;
    std::size_t from = 0;  ///< Level. Of a flush: 0, as `to`.
    std::size_t to = 0;
    std::int64_t bytes_read = 0;
    std::int64_t bytes_written = 0;
    std::vector<std::uint64_t> inputs;  ///< Numbers of the files that go.
    std::shared_ptr<const Run> output;  ///< Files that come.
    std::size_t runs = 0;               ///< Oldest runs of `from` that go.
  };
  /// The oldest full memtable to disk; nothing if there is none, or one is under way.
  std::optional<Job> start_flush();
  /// The most urgent compaction whose levels are free; nothing if none is needed.
  std::optional<Job> start_compaction();
  void finish(const Job& job);
  /// Begins a memtable even if this one is not full. False if it is empty.
  bool rotate();
  /// Full memtables that wait to be flushed.
  std::int64_t full_memtables() const { return static_cast<std::int64_t>(full_.size()); }

  /// The power goes: jobs under way never were; what was in memory is there again from the log.
  void crash();
  /// Fills the block cache with the blocks of the keys from 0 on.
  void warm_up();

  struct Counts {
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
    std::uint64_t memtable_hits = 0;
    std::uint64_t runs = 0;    ///< Runs that covered the key of a read.
    std::uint64_t probes = 0;  ///< Runs whose filter let a read through.
    std::uint64_t false_positives = 0;
    std::uint64_t blocks_read = 0;
    std::uint64_t bytes_flushed = 0;
    std::uint64_t compactions = 0;
    std::uint64_t moves = 0;  ///< Files that went a level down as they were.
    std::uint64_t compaction_bytes_read = 0;
    std::uint64_t compaction_bytes_written = 0;
  };
  const Counts& counts() const { return counts_; }
  const LsmShape& shape() const { return shape_; }
  const PageCache& cache() const { return cache_; }
  std::size_t levels() const;
  std::size_t runs(std::size_t level) const;
  std::size_t runs() const;
  std::int64_t bytes(std::size_t level) const;
  std::int64_t bytes() const;  ///< On disk.
  /// Room of a level, in bytes.
  double room(std::size_t level) const;
  double false_positive_rate(std::size_t level) const;
  /// Bytes on disk for each byte of the records alive.
  double space_amplification() const;

  struct Level;
  ~LsmTree();

 private:
  std::uint64_t position(std::uint64_t key) const;
  std::uint64_t key_at(std::uint64_t position) const;
  std::int64_t record() const { return shape_.record_bytes; }
  void load();
  void settle();
  Run cut(std::vector<std::uint64_t> positions);
  /// Merges files, newest first, into files of the usual size.
  Run merge(const std::vector<const File*>& inputs);
  std::optional<Job> compact_level0();
  std::optional<Job> compact_file(std::size_t level);
  std::optional<Job> compact_tier(std::size_t level);
  Job job_of(std::size_t from, std::size_t to, const std::vector<const File*>& inputs);
  void probe(const File& file, std::size_t level, std::uint64_t key, std::uint64_t position,
             Lookup& lookup);
  void add_level();
  /// Size and filters of a level, after its files have changed.
  void measure(std::size_t level);
  void share_filter_memory();

  LsmShape shape_;
  PageCache cache_;
  std::vector<Level> levels_;
  struct Memtable {
    tsl::robin_set<std::uint64_t> positions;  ///< Sorted before anything comes of their order.
    std::int64_t writes = 0;
  };
  Memtable active_;
  std::deque<Memtable> full_;  ///< The oldest first.
  bool flushing_ = false;
  std::uint64_t next_file_ = 1;
  std::uint64_t keys_alive_;
  tsl::robin_set<std::uint64_t> inserted_;  ///< Keys beyond those loaded. Never walked.
  Counts counts_;
};

/// Keys of a file: some by name, and a stretch of the loaded ones.
struct LsmTree::File {
  std::uint64_t number = 0;
  std::uint64_t low = 0;                 ///< Positions from here
  std::uint64_t high = 0;                ///< to here.
  std::vector<std::uint64_t> positions;  ///< Of keys by name, sorted.
  std::uint64_t loaded = 0;              ///< How many of the loaded keys, spread over
  std::uint64_t loaded_low = 0;          ///< the positions from here
  std::uint64_t loaded_high = 0;         ///< to here.
  std::uint64_t entries() const { return loaded + positions.size(); }
};

struct LsmTree::Level {
  std::vector<Run> runs;     ///< The oldest first; of a leveled one that is not level 0: one.
  bool busy = false;         ///< A compaction reads from it or writes to it.
  std::uint64_t cursor = 0;  ///< Position behind the file that was compacted last.
  std::int64_t bytes = 0;
  double false_positives = 1;  ///< Of its filters.
};

inline std::size_t LsmTree::levels() const { return levels_.size(); }
inline std::size_t LsmTree::runs(std::size_t level) const { return levels_[level].runs.size(); }
inline std::int64_t LsmTree::bytes(std::size_t level) const { return levels_[level].bytes; }
inline double LsmTree::false_positive_rate(std::size_t level) const {
  return levels_[level].false_positives;
}

}  // namespace faultline::models
