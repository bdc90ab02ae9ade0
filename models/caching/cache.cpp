/// A cache with real keys and a real eviction policy, as a server beside the others (Redis,
/// Memcached).
///
///   get --> { service time } --> hit or miss          an entry older than its time to live is a miss
///   put --> { service time } --> kept, another one evicted if need be
///   erase -> { service time } --> gone
///
/// Rule: a crash or a flush empties it; with less memory it evicts down to what is left.
/// Does not model: memory fragmentation, serialisation cost, replication.
#include <memory>
#include <optional>

#include "models/algorithms/eviction/cache_store.hpp"
#include "models/caching/capacity.hpp"
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
  CacheCapacity capacity;
  sim::Choice<EvictionPolicy> eviction{"lru"};
  sim::RandomDuration service_time{Duration(0)};
  std::optional<Duration> ttl;
  std::optional<std::int64_t> workers;
  std::optional<std::int64_t> queue_limit;

  static void describe(sim::ParamList<CacheParams>& list) {
    list.add("capacity", &CacheParams::capacity, "Entries it holds, or bytes").required();
    list.add("eviction", &CacheParams::eviction, "Which entry goes when it is full");
    list.add("service_time", &CacheParams::service_time, "Time for one operation");
    list.add(
            "ttl", &CacheParams::ttl,
            "How long an entry is good for, unless the caller says otherwise; without it, for ever")
        .above(Duration(0));
    list.add("workers", &CacheParams::workers,
             "Operations it works on at once; without it, any number")
        .at_least(1);
    list.add("queue_limit", &CacheParams::queue_limit,
             "Operations that may wait for a worker; more are rejected; without it, any number")
        .at_least(0);
  }
  static void check(const CacheParams& params, const sim::Path& path, sim::Problems& problems) {
    if (params.queue_limit && !params.workers) {
      problems.add(path / "queue_limit", "has no effect without `workers`: nobody waits");
    }
  }
};

class Cache final : public sim::Component {
 public:
  Cache(const CacheParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        random_(context.stream("eviction")),
        store_(params.eviction, params.capacity, random_),
        service_time_(params.service_time, context, "service_time"),
        ttl_(params.ttl.value_or(Duration(0))),
        workers_(context.kernel(), context.node().id(),
                 {.servers = params.workers.value_or(Resource::unlimited),
                  .queue_limit = params.queue_limit.value_or(Resource::unlimited),
                  .slowness = &context.node().slowness()}) {}

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

  void crashed() override { store_.clear(); }
  bool suffers(sim::Disturbance what) const override {
    return what == sim::Disturbance::flush || what == sim::Disturbance::memory ||
           (what == sim::Disturbance::connections &&
            workers_.config().servers != Resource::unlimited);
  }
  void disturbed(sim::Disturbance what, double level) override {
    const auto amount = static_cast<double>(store_.capacity().amount);
    if (what == sim::Disturbance::flush) store_.clear();
    if (what == sim::Disturbance::memory)
      store_.set_limit(std::max<std::int64_t>(1, static_cast<std::int64_t>(amount * level)));
    if (what == sim::Disturbance::connections) limit_servers(workers_, level);
  }
  bool offers(std::string_view role) const override { return role == "any" || role == "cache"; }

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
    statistics.on_reset([this](Time) {
      hits_ = misses_ = 0;
      at_reset_ = store_.counts();
    });
  }

 private:
  Reply apply(const Request& request) {
    // Entries age by the clock of this node, right or wrong.
    const std::int64_t now = node_.local_time(node_.kernel().now()).time_since_epoch().count();
    switch (request.operation) {
      case sim::Operation::read: {
        const CacheEntry* entry = store_.lookup(request.key, now);
        ++(entry ? hits_ : misses_);
        Reply reply;
        reply.found = entry != nullptr;
        if (entry) {
          reply.size = entry->size;
          reply.value = entry->version;
        }
        return reply;
      }
      case sim::Operation::write:
        store_.put({.key = request.key,
                    .size = std::max<std::int64_t>(1, request.size),
                    .expires_at = expiry(request, now),
                    .version = request.value});
        break;
      case sim::Operation::erase:
        store_.erase(request.key);
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
  CacheStore store_;
  ServiceTime service_time_;
  Duration ttl_;  ///< Zero: entries do not age.
  Resource workers_;
  std::uint64_t hits_ = 0;    ///< Lookups answered here. Statistic.
  std::uint64_t misses_ = 0;  ///< Statistic.
  CacheStore::Counts at_reset_;
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
