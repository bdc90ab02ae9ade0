/// The cache of a database's answers, in its own memory: by query, and gone with every write to the
/// table it asked.
///
///   query --> [ cache ] --hit--> hit time on a connection --> answer
///                 '--miss--> as without a cache, then kept
///   write --> as without a cache, then all queries of its table are forgotten
///
/// Rule: a query is a key; a table is `table_keys` neighbouring keys, or everything. What a query
/// found is not kept if its table was written meanwhile, so that nothing stale is ever answered.
/// Source: MySQL 5.7 Reference Manual, section 8.10.3, "The MySQL Query Cache".
/// Does not model: the one lock that MySQL's had; queries that are not the same to the letter.
#pragma once

#include <tsl/robin_map.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "models/caching/cache_front.hpp"

namespace faultline::models {

struct QueryCacheParams {
  CacheCapacity capacity;
  sim::Choice<EvictionPolicy> eviction{"lru"};
  sim::RandomDuration hit_time{sim::Duration(50'000)};
  std::optional<std::int64_t> table_keys;

  static void describe(sim::ParamList<QueryCacheParams>& list) {
    list.add("capacity", &QueryCacheParams::capacity, "Answers it holds, or bytes").required();
    list.add("eviction", &QueryCacheParams::eviction, "Which answer goes when it is full");
    list.add("hit_time", &QueryCacheParams::hit_time,
             "Time for a query whose answer is here, on a connection all the same");
    list.add("table_keys", &QueryCacheParams::table_keys,
             "Neighbouring keys that make a table; without it, all keys are one table")
        .unit("keys")
        .between(1, 1'000'000'000);
  }
};

class QueryCache {
 public:
  QueryCache(const QueryCacheParams& params, const sim::BuildContext& context)
      : random_(context.stream("query_cache")),
        table_(params.eviction, {}, random_,
               {.capacity = params.capacity,
                .tag_keys = params.table_keys.value_or(std::numeric_limits<std::int64_t>::max())}),
        hit_time_(params.hit_time, context, "query_cache.hit_time") {}

  /// The answer to `request`, if it is here.
  std::optional<sim::Reply> find(const sim::Request& request) {
    const CacheEntry* entry = table_.lookup(request.key, request.key, 0);
    ++(entry ? hits_ : misses_);
    if (!entry) return std::nullopt;
    sim::Reply reply;
    reply.found = entry->version != absent;
    reply.value = reply.found ? entry->version : 0;
    reply.size = reply.found ? entry->size : 0;
    return reply;
  }
  ServiceTime::Draw hit_time() { return hit_time_.draw(); }
  /// How often the table of `key` was written.
  std::uint64_t writes(std::uint64_t key) const {
    const auto found = writes_.find(table_.tag_of(key));
    return found == writes_.end() ? 0 : found->second;
  }
  /// Keeps the answer of a query that began when the table had been written `writes_before` times.
  void keep(const sim::Request& request, const sim::Reply& reply, std::uint64_t writes_before) {
    if (writes(request.key) != writes_before) return;
    table_.put({.key = request.key,
                .size = std::max<std::int64_t>(1, reply.size),
                .version = reply.found ? reply.value : absent});
  }
  void written(std::uint64_t key) {
    ++writes_[table_.tag_of(key)];
    table_.invalidate(key);
    ++invalidations_;
  }
  void clear() { table_.clear(); }

  void describe_statistics(sim::NodeStatistics& statistics) {
    const auto count = [&](const char* name, const std::uint64_t& what) {
      statistics.scalar(name, [&what](sim::Time) { return static_cast<double>(what); });
    };
    count("query_cache_hits", hits_);
    statistics.scalar("query_cache_hit_ratio", [this](sim::Time) {
      const auto lookups = static_cast<double>(hits_ + misses_);
      return lookups > 0 ? static_cast<double>(hits_) / lookups : 0.0;
    });
    count("query_cache_invalidations", invalidations_);
    statistics.on_reset([this](sim::Time) { hits_ = misses_ = invalidations_ = 0; });
  }

 private:
  static constexpr std::uint64_t absent = ~std::uint64_t{0};
  StreamSource random_;
  TaggedStore table_;                                    ///< State.
  tsl::robin_map<std::uint64_t, std::uint64_t> writes_;  ///< By table; never walked. State.
  ServiceTime hit_time_;
  std::uint64_t hits_ = 0;           ///< Statistic.
  std::uint64_t misses_ = 0;         ///< Statistic.
  std::uint64_t invalidations_ = 0;  ///< Statistic.
};

}  // namespace faultline::models
