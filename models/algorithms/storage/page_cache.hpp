/// A cache of pages of a file (a buffer pool): which pages are in memory, which of those differ
/// from what is on disk, and which has to go when another one comes. The order in which pages leave
/// is that of any eviction policy (models/algorithms/eviction).
///
///   read(page)   hit: nothing         miss: one page read; a dirty victim is written first
///   write(page)  as read, then the page is dirty
///   clean()      the page that has been dirty longest is written and stays
///
/// Plain algorithm: it counts page reads and writes, and takes no time.
/// Does not model: pins, read-ahead, the latch of a page that is being read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "models/algorithms/eviction/eviction_policy.hpp"
#include "models/algorithms/eviction/index_lists.hpp"
#include "models/algorithms/eviction/key_index.hpp"

namespace faultline::models {

class PageCache {
 public:
  using Page = std::uint64_t;

  /// What one access did to the disk.
  struct Access {
    std::int64_t reads = 0;         ///< Pages read: 0 for a hit, 1 for a miss.
    std::int64_t written_back = 0;  ///< Dirty pages that had to be written to make room.
    Access& operator+=(const Access& other) {
      reads += other.reads;
      written_back += other.written_back;
      return *this;
    }
  };

  /// Since the cache was made. Statistic.
  struct Counts {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t written_back = 0;  ///< Dirty pages that left.
  };

  /// Requires: a choice; `pages` from 1 on; `random` outlives the cache.
  PageCache(const sim::Choice<EvictionPolicy>& policy, std::int64_t pages, RandomSource& random);
  PageCache(const PageCache&) = delete;
  PageCache& operator=(const PageCache&) = delete;

  Access read(Page page) { return access(page, false); }
  Access write(Page page) { return access(page, true); }
  /// A page that nobody needs to read, because all of it is new. Requires: nothing; one that is
  /// here becomes dirty.
  Access create(Page page);
  /// Whether it is here, without counting as a use.
  bool holds(Page page) const { return find(page) != no_slot; }

  /// Takes the page that has been dirty longest for written; nothing if none is dirty.
  std::optional<Page> clean();
  /// The page `page` is no longer part of the file: it leaves and is not written.
  void forget(Page page);
  std::int64_t dirty() const { return dirty_; }
  std::int64_t held() const { return static_cast<std::int64_t>(index_.size()); }
  std::int64_t capacity() const { return capacity_; }

  /// Loses everything, dirty pages too, as a crash does. The counts stay.
  void clear();
  const Counts& counts() const { return counts_; }

 private:
  Access access(Page page, bool dirties);
  Access take_in(Page page, bool dirty);
  CacheSlot find(Page page) const;
  void mark_dirty(CacheSlot slot);
  void remove(CacheSlot slot);  ///< From everywhere but the policy.
  std::int64_t evict(CacheSlot slot);
  std::int64_t remove_surplus();

  sim::Choice<EvictionPolicy> choice_;      ///< Parameter.
  std::int64_t capacity_;                   ///< Pages. Parameter.
  RandomSource& random_;                    ///< Input.
  CacheEntries table_;                      ///< `version` of an entry: 1 if it is dirty. State.
  KeyIndex index_;                          ///< State.
  IndexLists dirty_pages_{1};               ///< The back has been dirty longest. State.
  std::int64_t dirty_ = 0;                  ///< State.
  std::unique_ptr<EvictionPolicy> policy_;  ///< State.
  Counts counts_;                           ///< Statistic.
};

}  // namespace faultline::models
