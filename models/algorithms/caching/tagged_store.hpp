/// A cache's table whose entries can be made to go together: all that carry one tag.
///
///   keys 0 .. 49 --> tag 0,  keys 50 .. 99 --> tag 1, ..     invalidate(7) takes all of tag 0
///
/// Rule: a tag stands for `tag_keys` neighbouring keys (the products of a category, the parts of a
/// page), and for all entries of each. To invalidate a tag its turn is noted, and what was filled
/// before is taken for gone when it is looked up: that costs the same however many entries there
/// are. Until then such entries take up room.
/// Source: Fastly, "Surrogate keys"; Drupal, "Cache tags" (checksums); Varnish, "Bans".
/// Memory: 16 bytes for each tag that was ever invalidated, unless each key has one entry and is a
/// tag of its own.
#pragma once

#include <tsl/robin_map.h>

#include <cstdint>

#include "models/algorithms/eviction/cache_store.hpp"

namespace faultline::models {

class TaggedStore {
 public:
  struct Config {
    CacheCapacity capacity;
    std::int64_t tag_keys = 1;  ///< Keys that carry one tag. Above 0.
    bool many_entries = false;  ///< A key may have several entries.
  };
  /// Requires: what CacheStore requires.
  TaggedStore(const sim::Choice<EvictionPolicy>& policy,
              const sim::Choice<CacheAdmission>& admission, RandomSource& random,
              const Config& config)
      : store_(policy, admission, config.capacity, random),
        tag_keys_(static_cast<std::uint64_t>(config.tag_keys)),
        notes_turns_(config.tag_keys > 1 || config.many_entries) {}

  std::uint64_t tag_of(std::uint64_t key) const { return key / tag_keys_; }

  /// The entry with the name `entry_key` of `key`, as CacheStore::lookup.
  CacheEntry* lookup(CacheKey entry_key, std::uint64_t key, std::int64_t now) {
    CacheEntry* entry = store_.lookup(entry_key, now);
    if (!entry || !notes_turns_) return entry;
    const auto purged = purged_.find(tag_of(key));
    if (purged == purged_.end() || entry->turn > purged->second) return entry;
    store_.erase(entry_key);
    return nullptr;
  }
  bool put(CacheEntry entry) {
    entry.turn = ++turn_;
    return store_.put(entry);
  }
  /// Everything that carries the tag of `key` is gone.
  void invalidate(std::uint64_t key) {
    if (notes_turns_) purged_[tag_of(key)] = turn_;
    store_.erase(key);
  }
  void clear() {
    store_.clear();
    purged_.clear();
  }
  void set_limit(std::int64_t limit) { store_.set_limit(limit); }
  const CacheEntry* peek(CacheKey entry_key) const { return store_.peek(entry_key); }
  std::size_t entries() const { return store_.entries(); }
  std::int64_t used() const { return store_.used(); }
  const CacheCapacity& capacity() const { return store_.capacity(); }
  const CacheStore::Counts& counts() const { return store_.counts(); }

 private:
  CacheStore store_;                                     ///< State.
  std::uint64_t tag_keys_;                               ///< Parameter.
  bool notes_turns_;                                     ///< Parameter.
  std::uint64_t turn_ = 0;                               ///< Entries put so far. State.
  tsl::robin_map<std::uint64_t, std::uint64_t> purged_;  ///< At which turn, by tag. State.
};

}  // namespace faultline::models
