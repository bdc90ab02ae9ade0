/// A cache's table of entries: a hash table, the entries in slots, and an eviction policy that says
/// who goes when it is full. Plain algorithm: time is a number handed in, chance comes from a
/// source handed in, nothing waits.
///
///   CacheStore store(sim::Choice<EvictionPolicy>("lru"), {.amount = 1000}, random);
///   if (CacheEntry* entry = store.lookup(key, now)) ...       // a hit
///   else store.put({.key = key, .size = 512, .expires_at = now + ttl, .version = 7});
///
/// A lookup costs one hash lookup and, on a hit, one virtual call. An object larger than the whole
/// capacity is not admitted. An admission, if there is one, decides of each new key whether it
/// comes in at all; what is here already is always overwritten. Expired entries leave when they are
/// looked up, or by eviction; nothing sweeps them.
///
/// Memory an entry: 40 bytes, 13 to 26 of hash table, and the policy's own (8 for lru to about 80
/// for lirs with its ghosts).
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>

#include "models/algorithms/caching/cache_admission.hpp"
#include "models/algorithms/eviction/eviction_policy.hpp"

namespace faultline::models {

class CacheStore {
 public:
  /// Makes the policy of this cache; called at the start and by `clear`.
  using MakePolicy =
      std::function<std::unique_ptr<EvictionPolicy>(const EvictionPolicy::MakeArgs&)>;

  /// What happened since the cache was made. Statistic.
  struct Counts {
    std::uint64_t insertions = 0;   ///< New keys taken in.
    std::uint64_t evictions = 0;    ///< Entries the policy gave up.
    std::uint64_t expirations = 0;  ///< Entries found too old.
    std::uint64_t rejections = 0;   ///< Objects larger than the capacity.
    std::uint64_t denials = 0;      ///< New keys that the admission did not let in.
  };

  /// An entry without an end.
  static constexpr std::int64_t no_expiry = CacheEntry::no_expiry;

  /// Requires: `capacity.amount` from 1 to `CacheCapacity::amount_max`; `random` outlives the
  /// cache.
  CacheStore(MakePolicy make_policy, CacheCapacity capacity, RandomSource& random);
  /// Requires: `policy` is a choice.
  CacheStore(const sim::Choice<EvictionPolicy>& policy, CacheCapacity capacity,
             RandomSource& random);
  /// The same with an admission, which may be no choice. Requires: admission_fits(policy,
  /// admission).
  CacheStore(const sim::Choice<EvictionPolicy>& policy,
             const sim::Choice<CacheAdmission>& admission, CacheCapacity capacity,
             RandomSource& random);
  // The policy refers to the entries.
  CacheStore(const CacheStore&) = delete;
  CacheStore& operator=(const CacheStore&) = delete;

  /// The entry of `key` if it is here and does not expire until after `now`; counts as a use. The
  /// pointer holds until the next call that changes the cache. An entry found too old is removed.
  CacheEntry* lookup(CacheKey key, std::int64_t now = std::numeric_limits<std::int64_t>::min());

  /// The entry of `key`, expired or not, without counting as a use.
  const CacheEntry* peek(CacheKey key) const;

  /// Calls `act(entry)` for each entry, expired or not, in the order of their slots. That is no use
  /// of it. Requires: `act` does not change the cache.
  template <class Act>
  void for_each(const Act& act) const {
    for (CacheSlot slot = 0; slot < slots_; ++slot) {
      if (find(table_.key(slot)) == slot) act(table_[slot]);
    }
  }

  /// Takes `entry` in, evicting as many as it needs; an entry of the same key is overwritten, which
  /// counts as a use. False if it is larger than the capacity or was not admitted: then it is not
  /// here afterwards, nor is an older one of its key. Requires: `entry.size` at least 1.
  bool put(const CacheEntry& entry);

  /// Removes `key`; false if it was not here.
  bool erase(CacheKey key);

  /// Loses everything, as a restart does, what the policy had learnt too. The counts stay.
  void clear();

  /// Decides from now on who is let in. Requires: set once, before the first put; admission and
  /// policy go together.
  void set_admission(CacheAdmission::Make make);

  /// From now on it holds so much of its capacity and no more: what is too much is evicted. The
  /// policy keeps the proportions of the whole capacity. Requires: 1 to the capacity.
  void set_limit(std::int64_t limit);

  std::size_t entries() const { return index_.size(); }
  /// What the entries take of the capacity, in its unit. At most the capacity.
  std::int64_t used() const { return used_; }
  const CacheCapacity& capacity() const { return capacity_; }
  const Counts& counts() const { return counts_; }

 private:
  CacheSlot find(CacheKey key) const;
  void remove(CacheSlot slot);  ///< From everywhere but the policy.
  void evict(CacheSlot slot);
  void remove_surplus();
  void overwrite(CacheSlot slot, const CacheEntry& entry);
  bool admits(const CacheEntry& entry, std::int64_t weight);

  CacheCapacity capacity_;                     ///< Parameter.
  std::int64_t limit_;                         ///< State: at most capacity_.amount.
  MakePolicy make_policy_;                     ///< Parameter.
  RandomSource& random_;                       ///< Input.
  CacheEntries table_;                         ///< State.
  KeyIndex index_;                             ///< State.
  std::int64_t used_ = 0;                      ///< State.
  CacheSlot slots_ = 0;                        ///< Slots ever used. State.
  std::unique_ptr<EvictionPolicy> policy_;     ///< State.
  CacheAdmission::Make make_admission_;        ///< Parameter; empty: everything comes in.
  std::unique_ptr<CacheAdmission> admission_;  ///< State.
  Counts counts_;                              ///< Statistic.
};

/// Whether the admission gets from this policy what it needs: some compare who comes with who would
/// have to go.
bool admission_fits(const sim::Choice<EvictionPolicy>& policy,
                    const sim::Choice<CacheAdmission>& admission);

}  // namespace faultline::models
