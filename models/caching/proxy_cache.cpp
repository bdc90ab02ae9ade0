/// A node that answers from its own memory or passes on: a reverse proxy before servers, and the
/// points of presence of a content delivery network.
///
///   request --> [ workers, if limited ] --> service time --> [ table ] --hit--> answer
///                                                  '--miss, write--> upstream --> answer
///
/// Rule: answers are kept by key and endpoint; a write that passes invalidates all endpoints of its
/// key, as the pattern has it. Writes that go another way are not seen: copies live for their time,
/// or until a channel brings the news. A request to erase a key is for this cache alone and goes no
/// further. What is not `cacheable` is passed on. Connections end here.
/// Of a `cdn` each replica is a point of presence, and they share one address: clients and other
/// networks reach the nearest (models/nearest_port.hpp). Its upstream may be another `cdn`, or a
/// `proxy_cache` that shields the origin.
/// Source: RFC 9111; nginx, ngx_http_proxy_module; Nygren, Sitaraman, Sun, "The Akamai Network: A
/// Platform for High-Performance Internet Applications", 2010.
/// Does not model: request bodies, cache-control headers of each answer, ranges, what differs from
/// user to user.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/caching/cache_front.hpp"
#include "models/caching/invalidation.hpp"
#include "models/nearest_port.hpp"
#include "models/resilience/caller.hpp"
#include "models/service_time.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/kernel/resource.hpp"
#include "sim/network/component.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Reply;
using sim::Request;
using sim::Resource;
using sim::Task;
using sim::Time;

struct ProxyCacheParams {
  sim::NodeRef upstream;
  CacheTableParams table;
  CachingParams caching;
  std::vector<std::string> cacheable;
  sim::RandomDuration service_time{sim::Duration(0)};
  std::optional<std::int64_t> workers;
  std::optional<std::int64_t> queue_limit;
  sim::Choice<KeyPlacement> placement;
  CallerParams caller;

  static void describe(sim::ParamList<ProxyCacheParams>& list) {
    list.add("upstream", &ProxyCacheParams::upstream,
             "Who is asked for what is not here; of several replicas, each in turn")
        .required();
    list.include(&ProxyCacheParams::table);
    list.include(&ProxyCacheParams::caching);
    list.add("cacheable", &ProxyCacheParams::cacheable,
             "Endpoints whose answers are kept; without it, all");
    list.add("service_time", &ProxyCacheParams::service_time, "Time it works on a request");
    list.add("workers", &ProxyCacheParams::workers,
             "Requests it works on at once, not those that wait for the upstream; without it, any "
             "number")
        .unit("requests")
        .at_least(1);
    list.add("queue_limit", &ProxyCacheParams::queue_limit,
             "Requests that may wait for a worker; more are rejected; without it, any number")
        .unit("requests")
        .at_least(0);
    list.add("placement", &ProxyCacheParams::placement,
             "How a key finds its replica of the upstream; without it, each in turn");
    list.include(&ProxyCacheParams::caller);
  }
  static void check(const ProxyCacheParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    CacheTableParams::check(params.table, path, problems);
    CachingParams::check(params.caching, path, problems);
    CallerParams::check(params.caller, path, problems);
    if (params.queue_limit && !params.workers) {
      problems.add(path / "queue_limit", "has no effect without `workers`: nobody waits");
    }
  }
};

/// Those it passes on to.
class Upstream final : public CacheOrigin {
 public:
  Upstream(const ProxyCacheParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        nearest_(params.upstream, context),
        port_(context.port(params.upstream)),
        caller_(params.caller, context, "caller", {.targets = {params.upstream}}) {
    if (params.placement) by_key_.emplace(port_, params.placement);
  }

  Task<Reply> ask(const Request& request) override {
    if (caller_.is_plain()) {
      co_return co_await sim::call(node_, target_for(request), request, caller_.patience());
    }
    auto calling =
        caller_.call(request, [this](const Request& each, const sim::Patience& patience) {
          return caller_.exchange(target_for(each), each, patience);
        });
    co_return co_await calling;
  }
  bool offers(std::string_view role) const {
    return std::all_of(port_.begin(), port_.end(), [role](const sim::Target& each) {
      return each.node->component().offers(role);
    });
  }

 private:
  const sim::Target& target_for(const Request& request) {
    return by_key_ ? by_key_->for_key(request.key) : nearest_.next();
  }

  sim::Node& node_;
  NearestPort nearest_;
  sim::Port port_;
  std::optional<KeyedPort> by_key_;
  Caller caller_;
};

class ProxyCache : public sim::Component {
 public:
  ProxyCache(const ProxyCacheParams& params, const sim::BuildContext& context)
      : service_time_(params.service_time, context, "service_time"),
        workers_(context.kernel(), context.node().id(),
                 {.servers = params.workers.value_or(Resource::unlimited),
                  .queue_limit = params.queue_limit.value_or(Resource::unlimited),
                  .slowness = &context.node().slowness()}),
        keeper_(params.table, sim::RandomDuration(sim::Duration(0)), context, "cache", true),
        upstream_(params, context),
        staleness_(params.caching.staleness_of, context),
        front_(params.caching, context, "cache",
               CacheFront::Parts{keeper_, upstream_, staleness_}) {
    for (const std::string& name : params.cacheable) cacheable_.push_back(context.name(name));
  }

  Task<Reply> handle(const Request& request) override {
    if (workers_.limited()) {
      const ServiceTime::Draw service = service_time_.draw();
      const Resource::Served served =
          co_await workers_.use(service.duration, service.lane, 0, request.deadline);
      if (!served) co_return Reply::fail(sim::Reason::rejected);
    } else if (!service_time_.is_zero()) {
      const ServiceTime::Draw service = service_time_.next();
      co_await sim::delay(service.duration, service.lane);
    }
    if (request.operation == sim::Operation::erase) {
      forget(request.key);
      co_return Reply::done(request);
    }
    Request inner = request;
    inner.attempt = 0;
    auto serving = is_cacheable(request) ? front_.serve(inner, upstream_) : upstream_.ask(inner);
    co_return co_await serving;
  }

  void receive(sim::Node&, sim::Message& message) override {
    if (const auto* news = dynamic_cast<const Invalidation*>(&message)) forget(news->key);
  }
  void crashed() override {
    front_.crashed();
    keeper_.clear();
  }
  bool suffers(sim::Disturbance what) const override {
    return what == sim::Disturbance::flush || what == sim::Disturbance::memory;
  }
  void disturbed(sim::Disturbance what, double level) override {
    TaggedStore& table = keeper_.table();
    if (what == sim::Disturbance::flush) table.clear();
    if (what != sim::Disturbance::memory) return;
    const auto amount = static_cast<double>(table.capacity().amount);
    table.set_limit(std::max<std::int64_t>(1, static_cast<std::int64_t>(amount * level)));
  }
  /// Before a store it is as good as a store.
  bool offers(std::string_view role) const override {
    if (role == "any" || role == invalidation_role) return true;
    if (role != "store" || asking_) return false;
    asking_ = true;
    const bool all = upstream_.offers(role);
    asking_ = false;
    return all;
  }
  void describe_statistics(sim::NodeStatistics& statistics) override {
    statistics.servers(workers_, workers_);
    front_.describe_statistics(statistics, "");
    keeper_.describe_statistics(statistics, "");
    staleness_.describe_statistics(statistics, "");
  }

 private:
  void forget(std::uint64_t key) {
    front_.written_elsewhere(key);
    keeper_.invalidate(key);
  }
  bool is_cacheable(const Request& request) const {
    const bool is_query = request.is_read() || request.operation == sim::Operation::write;
    if (!is_query || request.in_transaction()) return false;
    // A write to another endpoint may change what is kept.
    if (cacheable_.empty() || !request.is_read()) return true;
    return std::find(cacheable_.begin(), cacheable_.end(), request.endpoint) != cacheable_.end();
  }

  ServiceTime service_time_;
  Resource workers_;
  LocalKeeper keeper_;
  Upstream upstream_;
  StalenessMeter staleness_;
  CacheFront front_;
  std::vector<sim::NameId> cacheable_;  ///< Empty: all.
  mutable bool asking_ = false;         ///< Its upstream what it offers.
};

const sim::Registration<sim::Component, ProxyCache, ProxyCacheParams> proxy_cache{
    {.name = "proxy_cache",
     .title = "Caching proxy",
     .summary = "A reverse proxy that answers from its memory or passes on to what is behind it, "
                "by any pattern of caching.",
     .source = "RFC 9111; nginx, ngx_http_proxy_module",
     .does_not_model = "request bodies, cache-control headers of each answer, what differs from "
                       "user to user",
     .example =
         R"json({"type": "proxy_cache", "upstream": "app", "capacity": "64MiB", "ttl": "10s"})json",
     .category = sim::Category::caching}};

/// The same as points of presence, which share one address.
class Cdn final : public ProxyCache {
 public:
  using ProxyCache::ProxyCache;
};

const sim::Registration<sim::Component, Cdn, ProxyCacheParams> cdn{
    {.name = "cdn",
     .title = "CDN (content delivery network)",
     .summary = "Points of presence, one a replica, each with a cache of its own; a client reaches "
                "the nearest.",
     .source = "Nygren, Sitaraman, Sun, The Akamai Network, 2010; RFC 4786 (anycast)",
     .does_not_model = "how long routes take to change; cache-control headers of each answer",
     .example = R"json({"type": "cdn", "upstream": "app", "capacity": 10000, "ttl": "1min"})json",
     .category = sim::Category::caching}};

}  // namespace
}  // namespace faultline::models
