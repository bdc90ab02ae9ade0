/// A cache with real keys and a real eviction policy, as a server beside the others (Redis,
/// Memcached).
///
///   get --> { service time } --> hit or miss          an entry older than its time to live is a miss
///   put --> { service time } --> kept, another one evicted if need be
///   erase -> { service time } --> gone, and with it what carries the same tag
///
/// Rule: a crash or a flush empties it; with less memory it evicts down to what is left. With
/// `leases`, of all who miss a key one is given the lease to load it: his reply holds the number of
/// his request instead of a value, those of the others nothing.
/// Does not model: memory fragmentation, serialisation cost, replication.
#include <memory>
#include <optional>

#include "models/algorithms/caching/lease_table.hpp"
#include "models/caching/cache_contents.hpp"
#include "models/caching/cache_front.hpp"
#include "models/caching/capacity.hpp"
#include "models/caching/invalidation.hpp"
#include "models/limit_servers.hpp"
#include "models/random_adapter.hpp"
#include "models/service_time.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/network/component.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;
using sim::Reply;
using sim::Request;
using sim::Resource;
using sim::Task;
using sim::Time;

struct CacheParams {
  CacheTableParams table;
  sim::RandomDuration service_time{Duration(0)};
  std::optional<Duration> ttl;
  std::optional<Duration> leases;
  sim::NodeRef staleness_of;
  std::optional<std::int64_t> workers;
  std::optional<std::int64_t> queue_limit;

  static void describe(sim::ParamList<CacheParams>& list) {
    list.include(&CacheParams::table);
    list.add("service_time", &CacheParams::service_time, "Time for one operation");
    list.add(
            "ttl", &CacheParams::ttl,
            "How long an entry is good for, unless the caller says otherwise; without it, for ever")
        .above(Duration(0));
    list.add("leases", &CacheParams::leases,
             "How long the lease to load a missed key lasts, for callers that heed it (`cached`); "
             "without it, there are none")
        .between(Duration(1), std::chrono::hours(24));
    list.add("staleness_of", &CacheParams::staleness_of, staleness_help).role("store");
    list.add("workers", &CacheParams::workers,
             "Operations it works on at once; without it, any number")
        .unit("operations")
        .at_least(1);
    list.add("queue_limit", &CacheParams::queue_limit,
             "Operations that may wait for a worker; more are rejected; without it, any number")
        .unit("operations")
        .at_least(0);
  }
  static void check(const CacheParams& params, const sim::Path& path, sim::Problems& problems) {
    CacheTableParams::check(params.table, path, problems);
    if (params.queue_limit && !params.workers) {
      problems.add(path / "queue_limit", "has no effect without `workers`: nobody waits");
    }
  }
};

class Cache final : public sim::Component, public CacheContents {
 public:
  Cache(const CacheParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        random_(context.stream("eviction")),
        store_(params.table.eviction, params.table.admission, random_,
               {.capacity = params.table.capacity, .tag_keys = params.table.tag_keys}),
        counts_denials_(params.table.admission),
        service_time_(params.service_time, context, "service_time"),
        ttl_(params.ttl.value_or(Duration(0))),
        workers_(context.kernel(), context.node().id(),
                 {.servers = params.workers.value_or(Resource::unlimited),
                  .queue_limit = params.queue_limit.value_or(Resource::unlimited),
                  .slowness = &context.node().slowness()}),
        staleness_(params.staleness_of, context) {
    if (params.leases) leases_.emplace(params.leases->count());
  }

  Task<Reply> handle(const Request& request) override {
    if (workers_.limited()) {
      const ServiceTime::Draw service = service_time_.draw();
      if (!co_await workers_.use(service.duration, service.lane))
        co_return Reply::fail(sim::Reason::rejected);
    } else if (!service_time_.is_zero()) {
      const ServiceTime::Draw service = service_time_.next();
      co_await sim::delay(service.duration, service.lane);
    }
    co_return apply(request);
  }

  void receive(sim::Node&, sim::Message& message) override {
    if (const auto* news = dynamic_cast<const Invalidation*>(&message)) erase(news->key);
  }
  std::optional<std::int64_t> time_left(std::uint64_t key, std::uint64_t value) const override {
    const CacheEntry* entry = store_.peek(key);
    if (!entry || entry->version != value || entry->expires_at == CacheEntry::no_expiry) return {};
    return entry->expires_at - local_now();
  }

  void crashed() override { empty(); }
  bool suffers(sim::Disturbance what) const override {
    return what == sim::Disturbance::flush || what == sim::Disturbance::memory ||
           (what == sim::Disturbance::connections &&
            workers_.config().servers != Resource::unlimited);
  }
  void disturbed(sim::Disturbance what, double level) override {
    const auto amount = static_cast<double>(store_.capacity().amount);
    if (what == sim::Disturbance::flush) empty();
    if (what == sim::Disturbance::memory)
      store_.set_limit(std::max<std::int64_t>(1, static_cast<std::int64_t>(amount * level)));
    if (what == sim::Disturbance::connections) limit_servers(workers_, level);
  }
  bool offers(std::string_view role) const override {
    return role == "any" || role == "cache" || role == invalidation_role;
  }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    statistics.servers(workers_, workers_);
    statistics.scalar("hits", [this](Time) { return static_cast<double>(hits_); });
    statistics.scalar("misses", [this](Time) { return static_cast<double>(misses_); });
    statistics.scalar("hit_ratio", [this](Time) {
      const auto lookups = static_cast<double>(hits_ + misses_);
      return lookups > 0 ? static_cast<double>(hits_) / lookups : 0.0;
    });
    statistics.scalar("evictions", [this](Time) {
      return static_cast<double>(store_.counts().evictions - at_reset_.evictions);
    });
    statistics.scalar("expirations", [this](Time) {
      return static_cast<double>(store_.counts().expirations - at_reset_.expirations);
    });
    statistics.scalar("entries", [this](Time) { return static_cast<double>(store_.entries()); });
    if (store_.capacity().unit == CacheCapacity::Unit::bytes) {
      statistics.scalar("used_bytes", [this](Time) { return static_cast<double>(store_.used()); });
    }
    if (counts_denials_) {
      statistics.scalar("denials", [this](Time) {
        return static_cast<double>(store_.counts().denials - at_reset_.denials);
      });
    }
    if (leases_) {
      statistics.scalar("leases_given", [this](Time) { return static_cast<double>(given_); });
      statistics.scalar("lease_waits", [this](Time) { return static_cast<double>(put_off_); });
      statistics.scalar("puts_refused", [this](Time) { return static_cast<double>(refused_); });
    }
    staleness_.describe_statistics(statistics, "");
    statistics.on_reset([this](Time) {
      hits_ = misses_ = given_ = put_off_ = refused_ = 0;
      at_reset_ = store_.counts();
    });
  }

 private:
  /// Entries age by the clock of this node, right or wrong.
  std::int64_t local_now() const {
    return node_.local_time(node_.kernel().now()).time_since_epoch().count();
  }
  void empty() {
    store_.clear();
    if (leases_) leases_->clear();
  }
  void erase(std::uint64_t key) {
    store_.invalidate(key);
    if (leases_) leases_->revoke(key, local_now());
  }

  Reply apply(const Request& request) {
    const std::int64_t now = local_now();
    switch (request.operation) {
      case sim::Operation::read: {
        const CacheEntry* entry = store_.lookup(request.key, request.key, now);
        ++(entry ? hits_ : misses_);
        Reply reply;
        reply.found = entry != nullptr;
        if (entry) {
          reply.size = entry->size;
          reply.value = entry->version;
          staleness_.served(request.key, entry->version, node_.kernel().now());
        } else if (leases_) {
          const bool given = leases_->ask(request.key, request.id, now);
          ++(given ? given_ : put_off_);
          reply.value = given ? request.id : 0;
        }
        return reply;
      }
      case sim::Operation::write:
        if (leases_ && !leases_->may_put(request.key, request.id, now)) {
          ++refused_;
          break;
        }
        store_.put({.key = request.key,
                    .size = std::max<std::int64_t>(1, request.size),
                    .expires_at = expiry(request, now),
                    .version = request.value});
        break;
      case sim::Operation::erase:
        erase(request.key);
        break;
      case sim::Operation::connect:
      case sim::Operation::close:
        break;  // Never come to a component that passes no connections on.
      case sim::Operation::begin:
      case sim::Operation::prepare:
      case sim::Operation::commit:
      case sim::Operation::abort:
      case sim::Operation::inquire:
      case sim::Operation::control:
        return Reply::fail(sim::Reason::error);  // A cache is no store.
    }
    return Reply::done(request);
  }

  std::int64_t expiry(const Request& request, std::int64_t now) const {
    const std::int64_t ttl =
        (request.time_to_live != Duration(0) ? request.time_to_live : ttl_).count();
    std::int64_t at;
    if (ttl == 0 || __builtin_add_overflow(now, ttl, &at)) return CacheStore::no_expiry;
    return at;
  }

  sim::Node& node_;
  StreamSource random_;
  TaggedStore store_;
  bool counts_denials_;
  ServiceTime service_time_;
  Duration ttl_;  ///< Zero: entries do not age.
  Resource workers_;
  std::uint64_t hits_ = 0;    ///< Lookups answered here. Statistic.
  std::uint64_t misses_ = 0;  ///< Statistic.
  CacheStore::Counts at_reset_;
  std::optional<LeaseTable> leases_;  ///< State.
  std::uint64_t given_ = 0;           ///< Leases. Statistic.
  std::uint64_t put_off_ = 0;         ///< Told that another one holds the lease. Statistic.
  std::uint64_t refused_ = 0;         ///< Puts whose lease was over. Statistic.
  StalenessMeter staleness_;
};

const sim::Registration<sim::Component, Cache, CacheParams> registered{
    {.name = "cache",
     .title = "Cache",
     .summary = "A cache server with real keys and a real eviction policy; a crash empties it.",
     .does_not_model = "memory fragmentation, serialisation cost, replication",
     .example =
         R"json({"type": "cache", "capacity": 20000, "eviction": "lru", "service_time": "200us"})json",
     .category = sim::Category::caching}};

}  // namespace
}  // namespace faultline::models
