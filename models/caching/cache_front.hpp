/// A cache in front of an origin, whatever it is part of: the same code serves the cache inside an
/// application, a cache server before a database, and a proxy.
///
///   read  --> keeper: find --hit--> judge: serve | serve, refresh behind | load
///                 '--miss--> [ single flight | lease ] --> origin --> keeper: put --> answer
///   write --> origin --> keeper: erase | put | nothing --> answer
///         --> keeper: put, buffer --> answer  ..later, in batches..>  origin
///
/// The pattern (models/algorithms/caching/cache_pattern.hpp) says which of these; the keeper holds
/// the entries, here or on another node; the origin is whoever knows better.
/// Rule: entries age by the clock of the node that holds them. A load of a cache that loads for
/// itself is not kept if a write of the key, or of its tag, was done meanwhile. With
/// `single_flight` one of those who miss a key asks, and the others wait for its answer. Does not
/// model: serialisation cost.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "models/algorithms/caching/cache_pattern.hpp"
#include "models/algorithms/caching/tagged_store.hpp"
#include "models/caching/capacity.hpp"
#include "models/caching/staleness.hpp"
#include "models/random_adapter.hpp"
#include "models/service_time.hpp"
#include "models/serving/single_flight.hpp"
#include "sim/kernel/task.hpp"
#include "sim/network/call.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

/// What can be written of any cache in front of an origin: `list.include(&P::caching)`.
struct CachingParams {
  sim::Choice<CachePattern> pattern{"read_through"};
  std::optional<sim::Duration> ttl;
  sim::Probability ttl_jitter{0};
  std::optional<sim::Duration> negative_ttl;
  std::optional<sim::Duration> stale_if_error;
  bool single_flight = false;
  std::optional<double> early_expiry;
  sim::NodeRef publish;
  sim::NodeRef staleness_of;

  static void describe(sim::ParamList<CachingParams>& list);
  static void check(const CachingParams& params, const sim::Path& path, sim::Problems& problems);
  /// Whether it matters how old an entry is that was found.
  bool needs_age() const;
};

/// The table of a cache in the memory of the node itself.
struct CacheTableParams {
  CacheCapacity capacity;
  sim::Choice<EvictionPolicy> eviction{"lru"};
  sim::Choice<CacheAdmission> admission;
  std::int64_t tag_keys = 1;

  static void describe(sim::ParamList<CacheTableParams>& list);
  static void check(const CacheTableParams& params, const sim::Path& path, sim::Problems& problems);
};

/// What a keeper found.
struct CacheFind {
  static constexpr std::int64_t for_ever = CacheEntry::no_expiry;
  bool hit = false;
  bool come_again = false;       ///< Another one holds the lease of the key.
  std::uint64_t value = 0;       ///< Of a hit.
  std::int64_t size = 0;         ///< Of a hit, bytes.
  std::int64_t left = for_ever;  ///< Nanoseconds until the keeper forgets it, if it is known.
};

/// Who holds the entries.
class CacheKeeper {
 public:
  virtual ~CacheKeeper() = default;
  /// What it knows for `request`, a read. Requires: `request` outlives the task.
  virtual sim::Task<CacheFind> find(const sim::Request& request) = 0;
  /// Keeps `entry`, a write with what it is to hold and how long, and waits until that is so.
  virtual sim::Task<void> put(const sim::Request& entry) = 0;
  /// The same without waiting.
  virtual void put_later(const sim::Request& entry) = 0;
  virtual sim::Task<void> erase(const sim::Request& request) = 0;
  virtual void erase_later(const sim::Request& request) = 0;
  /// What goes when `key` goes: keys of one tag have one number.
  virtual std::uint64_t tag_of(std::uint64_t key) const { return key; }
  /// The name of the entry that `request` is about.
  virtual std::uint64_t entry_of(const sim::Request& request) const { return request.key; }
  /// Whether a key may have several entries, one an endpoint.
  virtual bool has_many_entries() const { return false; }
};

/// Who knows better.
class CacheOrigin {
 public:
  virtual ~CacheOrigin() = default;
  /// Requires: `request` outlives the task.
  virtual sim::Task<sim::Reply> ask(const sim::Request& request) = 0;
};

/// A keeper in the memory of the node: found in nanoseconds, gone with a crash.
class LocalKeeper final : public CacheKeeper {
 public:
  /// `purpose` names its random streams within the node. With `by_endpoint` the answers of
  /// different endpoints are entries of their own, which go together.
  LocalKeeper(const CacheTableParams& params, const sim::RandomDuration& lookup_time,
              const sim::BuildContext& context, const std::string& purpose,
              bool by_endpoint = false);

  sim::Task<CacheFind> find(const sim::Request& request) override;
  sim::Task<void> put(const sim::Request& entry) override;
  void put_later(const sim::Request& entry) override { keep(entry); }
  sim::Task<void> erase(const sim::Request& request) override;
  void erase_later(const sim::Request& request) override { invalidate(request.key); }
  std::uint64_t tag_of(std::uint64_t key) const override { return table_.tag_of(key); }
  std::uint64_t entry_of(const sim::Request& request) const override;
  bool has_many_entries() const override { return by_endpoint_; }

  void invalidate(std::uint64_t key) { table_.invalidate(key); }
  void clear() { table_.clear(); }
  TaggedStore& table() { return table_; }
  void describe_statistics(sim::NodeStatistics& statistics, const std::string& prefix);

 private:
  std::int64_t local_now() const;
  void keep(const sim::Request& entry);

  sim::Node& node_;
  bool by_endpoint_;
  sim::NameId default_endpoint_;
  StreamSource random_;
  TaggedStore table_;
  ServiceTime lookup_time_;
  CacheStore::Counts at_reset_;
};

class CacheFront {
 public:
  /// Whom it works with; all of them outlive it.
  struct Parts {
    CacheKeeper& keeper;
    CacheOrigin& background;  ///< The origin for what nobody waits for.
    StalenessMeter& staleness;
  };
  /// `purpose` names its random streams within the node.
  CacheFront(const CachingParams& params, const sim::BuildContext& context,
             const std::string& purpose, const Parts& parts);
  CacheFront(const CacheFront&) = delete;

  /// Serves a read or a write. Requires: `request` and `origin` outlive the task.
  sim::Task<sim::Reply> serve(const sim::Request& request, CacheOrigin& origin);
  /// The key was written by somebody else: what is being loaded of it is not to be kept.
  void written_elsewhere(std::uint64_t key) { note_written(key); }
  /// The processes of the node are gone, and what was in memory.
  void crashed();
  /// `prefix` is empty, or what the cache is called within its node; caches of one node with one
  /// prefix are counted together.
  void describe_statistics(sim::NodeStatistics& statistics, const std::string& prefix);

 private:
  struct Counts {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t absent_hits = 0;  ///< Answered that there is no such thing.
    std::uint64_t loads = 0;        ///< Asked of the origin because of a read.
    std::uint64_t refreshes = 0;    ///< Of these, in the background.
    std::uint64_t early_loads = 0;  ///< Of these, before their time.
    std::uint64_t joined = 0;       ///< Waited for another one's load.
    std::uint64_t stale_on_error = 0;
    std::uint64_t not_kept = 0;  ///< Loads that a write overtook.
    std::uint64_t flushed = 0;   ///< Buffered writes that the origin took.
    std::uint64_t flush_failures = 0;
    std::uint64_t writes_lost = 0;  ///< Acknowledged, and never stored.
  };
  /// A load under way, so that a write can tell it that it comes too late.
  class Loading;

  sim::Time now() const { return node_.kernel().now(); }
  sim::Task<sim::Reply> read(const sim::Request& request, CacheOrigin& origin);
  sim::Task<sim::Reply> load(const sim::Request& request, CacheOrigin& origin);
  sim::Task<void> refresh(sim::Request request);
  sim::Task<sim::Reply> write(const sim::Request& request, CacheOrigin& origin);
  sim::Task<sim::Reply> buffer_write(const sim::Request& request);
  sim::Task<void> flush_in_time();
  sim::Task<void> flush(bool all);
  sim::Task<sim::Reply> store(WriteBuffer::Write write);
  CachePattern::Found judge(const CacheFind& found);
  sim::Reply answer(const sim::Request& request, const CacheFind& found, sim::Time asked);
  sim::Duration time_to_live();
  sim::Request filled(const sim::Request& request, const sim::Reply& reply);
  void note_written(std::uint64_t key);
  void publish(const sim::Request& request);

  sim::Node& node_;
  CacheKeeper& keeper_;
  CacheOrigin& background_;
  CachingParams params_;
  std::unique_ptr<CachePattern> pattern_;  ///< The algorithm under study.
  sim::Duration kept_longer_;              ///< After its time to live, for whatever reason.
  sim::Stream jitter_;
  sim::Stream early_;
  sim::Port channel_;  ///< Where writes are published; empty: nowhere.
  SingleFlight flights_;
  std::set<std::uint64_t> refreshing_;            ///< Entries. State.
  std::multimap<std::uint64_t, Loading*> loads_;  ///< By tag. State.
  double load_seconds_ = 0;                       ///< Smoothed, for early expiry. State.
  std::optional<WriteBuffer> buffer_;             ///< Of write-behind. State.
  sim::NameId endpoint_ = 0;                      ///< Of the last write. State.
  bool timer_runs_ = false;                       ///< State.
  bool flushing_ = false;                         ///< State.
  Counts counts_;
  StalenessMeter& staleness_;
};

}  // namespace faultline::models
