/// A B+-tree on pages, as far as its cost goes: which pages an operation touches, which of them
/// have to be read from disk, and which are written, when and why.
///
///   root --> inner pages --> leaf        one page of each level, through the page cache
///   a write makes its leaf dirty; dirty pages go to disk when the cache needs room, or by a
///   checkpoint; an insert that finds no room splits a leaf, and now and then an inner page
///
/// The tree is known by its shape, not by its keys: a key stands for a place, each level has so
/// many pages, and the page of a key at each level follows from its place. So a tree of a thousand
/// million keys takes no memory. What is real are the pages and the cache: two operations on one
/// leaf meet the same page.
///
/// Rule: the keys 0 .. keys-1 are there from the start, on pages that are `fill` full; another key
/// is inserted by its first write. A level splits when its pages would be fuller than `fill` on
/// average, one page for one. `scattered`: keys lie in the order of a hash, so neighbours are on
/// different pages; which page splits next is decided as by linear hashing, which keeps all other
/// places as they were. `in_order`: neighbours share a page, and new keys come at the right end.
/// Source: Bayer, McCreight, "Organization and Maintenance of Large Ordered Indexes", 1972; Comer,
/// "The Ubiquitous B-Tree", 1979; Yao, "On Random 2-3 Trees", 1978 (pages are ln 2 = 69 % full
/// after random inserts); Litwin, "Linear Hashing", 1980.
/// Does not model: erasing, merging of pages, records longer than a page, prefix compression, more
/// than one index.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tsl/robin_set.h>

#include "models/algorithms/storage/page_cache.hpp"

namespace faultline::models {

/// Where a key lies among all keys.
enum class KeyOrder : std::uint8_t { scattered, in_order };

/// What keeps a page whole that was half written when the power went.
enum class TornPages : std::uint8_t {
  none,           ///< The disk writes pages as a whole.
  full_page_log,  ///< The first change of a page after a checkpoint logs all of it (PostgreSQL).
  double_write,   ///< Each page is written twice, first beside its place (InnoDB).
};

struct BTreeShape {
  std::uint64_t keys = 1'000'000;    ///< There from the start.
  std::int64_t record_bytes = 1024;  ///< At most a page.
  std::int64_t page_bytes = 16384;
  std::int64_t key_bytes = 16;  ///< Of a key in an inner page; a pointer takes 8 more.
  double fill = 0.69;           ///< How full pages are on average, in (0, 1].
  KeyOrder order = KeyOrder::scattered;
  TornPages torn_pages = TornPages::none;
};

/// The pages of the tree by level; 0: the leaves.
class BTreePages {
 public:
  using Page = PageCache::Page;
  static constexpr std::size_t levels_max = 16;

  /// Requires: the ranges of BTreeShape.
  explicit BTreePages(const BTreeShape& shape);

  std::size_t height() const { return counts_.size(); }  ///< Levels, leaves and root included.
  std::uint64_t pages(std::size_t level) const { return counts_[level]; }
  std::uint64_t pages() const;
  std::uint64_t keys() const { return keys_; }
  std::uint64_t leaf_capacity() const { return leaf_capacity_; }    ///< Records of a full leaf.
  std::uint64_t inner_capacity() const { return inner_capacity_; }  ///< Children, of a full page.
  Page page_of(std::uint64_t key, std::size_t level) const;
  /// Whether `key` is in the tree.
  bool holds(std::uint64_t key) const {
    return key < loaded_keys_ || inserted_.find(key) != inserted_.end();
  }

  /// A page that was split, and the new one beside it.
  struct Split {
    Page old_page;
    Page new_page;
    Page parent;
  };
  /// Adds `key`. The splits this takes, from the leaf on. Requires: not held.
  std::vector<Split> insert(std::uint64_t key);

 private:
  std::uint64_t place(std::uint64_t key, std::size_t level) const;
  static Page number(std::size_t level, std::uint64_t index) {
    return (static_cast<Page>(level) << 56) | index;
  }
  Split split(std::size_t level);

  BTreeShape shape_;           ///< Parameter.
  std::uint64_t loaded_keys_;  ///< Parameter.
  std::uint64_t leaf_capacity_;
  std::uint64_t inner_capacity_;
  double leaf_load_;                        ///< Records of a leaf on average.
  double inner_load_;                       ///< Children of an inner page on average.
  std::uint64_t keys_;                      ///< State.
  std::vector<std::uint64_t> counts_;       ///< Pages by level; the last has one. State.
  tsl::robin_set<std::uint64_t> inserted_;  ///< Never walked. State.
};

class BTree {
 public:
  using Page = PageCache::Page;

  /// Requires: as PageCache; `shape` in its ranges.
  BTree(const BTreeShape& shape, const sim::Choice<EvictionPolicy>& eviction,
        std::int64_t cache_pages, RandomSource& random);

  /// What an operation asks of the disk and the log.
  struct Io {
    std::int64_t reads = 0;      ///< Pages, one after the other.
    std::int64_t writes = 0;     ///< Dirty pages written to make room, before the reads.
    std::int64_t log_bytes = 0;  ///< Beside the record itself: whole pages.
  };
  Io read(std::uint64_t key);
  Io write(std::uint64_t key);

  /// A checkpoint begins: the pages that are dirty now have to be written, and a crash after its
  /// end needs no log from before its beginning.
  void begin_checkpoint();
  /// The next page of the checkpoint is written; false: there was none left.
  bool write_checkpoint_page();
  /// Pages the checkpoint has still to write, at most.
  std::int64_t checkpoint_pages() const { return checkpoint_pages_; }
  void end_checkpoint();

  /// The power goes: what was in memory is lost. The log since the beginning of the last checkpoint
  /// that ended is needed.
  void crash();
  /// Plays the log again: every page changed since then is brought back, in the order of their
  /// places. One that the log has as a whole need not be read.
  Io recover();
  /// Pages that recover() brings back.
  std::int64_t pages_to_recover() const;

  /// Fills the cache as after a long run: inner pages, and the leaves of the keys from 0 on.
  void warm_up();

  struct Counts {
    std::uint64_t reads = 0;   ///< Operations.
    std::uint64_t writes = 0;  ///< Operations.
    std::uint64_t inserts = 0;
    std::uint64_t splits = 0;
    std::uint64_t pages_read = 0;
    std::uint64_t pages_written = 0;  ///< Each of two writes of a page counted.
    std::uint64_t checkpoint_pages = 0;
    std::uint64_t logged_pages = 0;
  };
  const Counts& counts() const { return counts_; }
  const BTreePages& pages() const { return pages_; }
  const PageCache& cache() const { return cache_; }
  const BTreeShape& shape() const { return shape_; }
  /// How often a page that goes to disk is written.
  std::int64_t writes_per_page() const {
    return shape_.torn_pages == TornPages::double_write ? 2 : 1;
  }
  /// Bytes of the tree on disk for each byte of the records in it.
  double space_amplification() const;

 private:
  void descend(std::uint64_t key, Io& io);
  void touch(Page page, Io& io) { count(cache_.read(page), io); }
  void change(Page page, Io& io);
  void log_change(Page page, Io& io);
  void count(const PageCache::Access& access, Io& io);

  BTreeShape shape_;
  BTreePages pages_;
  PageCache cache_;
  std::int64_t checkpoint_pages_ = 0;    ///< State.
  tsl::robin_set<Page> changed_;         ///< Since the last checkpoint began. Never walked.
  tsl::robin_set<Page> changed_before_;  ///< Before it, if it has not ended. Never walked.
  Counts counts_;
};

}  // namespace faultline::models
