/// Which entry of a full cache has to go. An eviction policy keeps the entries of one cache in an
/// order of its own and names the next victim; the cache itself (cache_store.hpp) holds keys, sizes
/// and data, and asks.
///
///   lookup hits         -> touched(slot)
///   lookup misses       -> nothing: the policy learns of a key when it is put
///   put of a new key    -> arriving(key, weight), victim() until there is room, inserted(slot)
///   invalidated, expired-> erased(slot)
///
/// Entries are named by slots, small numbers that the cache gives out and uses again, so a policy
/// keeps its data in arrays and needs no hash table for what is resident. Weight is what an entry
/// takes of the capacity: 1 where the capacity counts entries, its size where it counts bytes.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "models/algorithms/eviction/key_index.hpp"
#include "models/algorithms/random_source.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {

/// A place of the cache's table of entries: 0, 1, 2 ... and used again after an entry left.
using CacheSlot = std::uint32_t;
inline constexpr CacheSlot no_slot = KeyIndex::none;

/// How much a cache holds: so many entries of whatever size, or so many bytes. 1 to `amount_max`.
struct CacheCapacity {
  enum class Unit : std::uint8_t { entries, bytes };
  static constexpr std::int64_t amount_max = std::int64_t{1} << 60;
  std::int64_t amount = 1;
  Unit unit = Unit::entries;
  bool operator==(const CacheCapacity&) const = default;
};

/// One entry of a cache.
struct CacheEntry {
  static constexpr std::int64_t no_expiry = std::numeric_limits<std::int64_t>::max();

  CacheKey key = 0;
  std::int64_t size = 1;  ///< Bytes, at least 1.
  /// The first moment at which the entry counts as gone, in the caller's nanoseconds.
  std::int64_t expires_at = no_expiry;
  std::uint64_t version = 0;  ///< The caller's: which write this value comes from.
  std::uint64_t turn = 0;     ///< The caller's: when it was filled, counted in its own turns.
};

/// The entries of one cache by slot, as its policy sees them. Filled by the cache before `inserted`
/// is called and kept until after `erased` or `victim`.
class CacheEntries {
 public:
  explicit CacheEntries(CacheCapacity::Unit unit)
      : counts_bytes_(unit == CacheCapacity::Unit::bytes) {}

  const CacheEntry& operator[](CacheSlot slot) const { return entries_[slot]; }
  CacheEntry& operator[](CacheSlot slot) { return entries_[slot]; }
  CacheKey key(CacheSlot slot) const { return entries_[slot].key; }
  std::int64_t weight(CacheSlot slot) const { return weight_of(entries_[slot].size); }
  std::int64_t weight_of(std::int64_t size) const { return counts_bytes_ ? size : 1; }

  /// A free slot, filled with `entry`.
  CacheSlot take(const CacheEntry& entry);
  void give_back(CacheSlot slot) { free_.push_back(slot); }

 private:
  std::vector<CacheEntry> entries_;  ///< State.
  std::vector<CacheSlot> free_;      ///< State.
  bool counts_bytes_;                ///< Parameter.
};

/// The interface of the kind "eviction": one policy serves one cache.
class EvictionPolicy {
 public:
  static constexpr std::string_view kind = "eviction";
  /// What a policy is handed. Entries and random source outlive it.
  struct MakeArgs {
    CacheCapacity capacity;
    const CacheEntries& entries;
    RandomSource& random;
  };

  virtual ~EvictionPolicy() = default;

  /// A key that is not resident is about to be inserted. The place to look for its ghost.
  /// Followed by any number of `victim()` and one `inserted()`, with nothing else between.
  virtual void arriving(CacheKey, std::int64_t weight) { static_cast<void>(weight); }
  /// The entry in `slot` is resident from now on.
  virtual void inserted(CacheSlot slot) = 0;
  /// The entry in `slot` was asked for or written again. It is never among those given up by this
  /// call.
  virtual void touched(CacheSlot slot) = 0;
  /// The entry in `slot`, still resident, weighed `weight_before` and now weighs
  /// `entries.weight(slot)`.
  virtual void resized(CacheSlot slot, std::int64_t weight_before) {
    static_cast<void>(slot + weight_before);
  }
  /// The entry in `slot` was invalidated or has expired: forgotten, and no ghost of it is kept.
  virtual void erased(CacheSlot slot) = 0;
  /// Forgets the entry that should go first and returns its slot. Requires: at least one resident
  /// entry.
  virtual CacheSlot victim() = 0;
  /// Whether candidate() is known.
  virtual bool tells_candidate() const { return false; }
  /// What victim() would return now, without forgetting it; for an admission that compares the two.
  /// Requires: tells_candidate(), and at least one resident entry.
  virtual CacheSlot candidate() const { return no_slot; }

  /// Entries the policy gave up on its own during the last call, because one of its parts was over
  /// its share while the cache as a whole was not. The cache removes them at once.
  bool has_surplus() const { return !surplus_.empty(); }
  CacheSlot take_surplus() {
    const CacheSlot slot = surplus_.back();
    surplus_.pop_back();
    return slot;
  }

 protected:
  /// For `has_surplus`. Requires: the policy has already forgotten `slot`.
  void give_up(CacheSlot slot) { surplus_.push_back(slot); }

 private:
  std::vector<CacheSlot> surplus_;  ///< State; empty between calls of the cache.
};

/// The kind of the policies that must know the future, which only a recorded trace has. They have
/// their own registry so that no scenario can name one; a scenario that tries is told why.
class OfflineEvictionPolicy : public EvictionPolicy {
 public:
  static constexpr std::string_view kind = "offline_eviction";
  /// What lies ahead of the request being served; the driver of the trace keeps it up to date.
  struct Future {
    static constexpr std::uint64_t never = ~std::uint64_t{0};
    std::uint64_t next_use =
        never;  ///< Number of the next request of this request's key, or `never`.
  };
  struct MakeArgs : EvictionPolicy::MakeArgs {
    const Future& future;
  };
};

}  // namespace faultline::models

namespace faultline::sim {

/// A choice of eviction policy as a parameter: as any choice, but one that needs the future is
/// refused with the reason.
template <>
struct ValueType<Choice<models::EvictionPolicy>> {
  static constexpr std::string_view choice_kind = models::EvictionPolicy::kind;

  static void read(const Json& json, Choice<models::EvictionPolicy>& out,
                   const ParamOptions& options, const Path& path, ReadContext& context);
  static void write(const Choice<models::EvictionPolicy>& value, Json& out);
  static void schema(const ParamOptions& options, SchemaContext& context, Json& out);
  static std::string type_text(const ParamOptions& options);
  static void collect_refs(const Choice<models::EvictionPolicy>& value, const ParamOptions& options,
                           const Path& path, std::vector<FoundRef>& out);
};

}  // namespace faultline::sim
