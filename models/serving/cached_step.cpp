/// `cached`: looks into a cache, and does what is behind it only on a miss; by any pattern.
///
///   {"type": "cached", "local": {"capacity": 1000}, "ttl": "1s",          the cache of this process
///    "steps": [{"type": "cached", "cache": "redis", "store": "db"}]}      then one that is shared
///
/// Rule: the cache is a table in the memory of the server (`local`: each replica has its own, found
/// in nanoseconds, gone with a crash), or a cache server (`cache`). Behind it is a store, or
/// whatever `steps` do. What they do and in which order is the pattern's affair
/// (models/caching/cache_front.hpp). A cache server that does not answer counts as a miss.
/// A buffer of write-behind is in the memory of this server, whoever holds the entries.
/// Does not model: serialisation cost; single flight across servers (a cache with `leases` does
/// it).
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/caching/cache_contents.hpp"
#include "models/caching/cache_front.hpp"
#include "models/caching/cache_way.hpp"
#include "models/caching/invalidation.hpp"
#include "models/keyed_port.hpp"
#include "models/resilience/caller.hpp"
#include "models/serving/step.hpp"
#include "sim/network/call.hpp"
#include "sim/param/described.hpp"

namespace faultline::models {
namespace {

using sim::Duration;
using sim::Reply;
using sim::Request;
using sim::Task;

struct LocalCacheParams {
  CacheTableParams table;
  sim::RandomDuration lookup_time{Duration(100)};

  static void describe(sim::ParamList<LocalCacheParams>& list) {
    list.include(&LocalCacheParams::table);
    list.add("lookup_time", &LocalCacheParams::lookup_time, "Time to look a key up");
  }
  static void check(const LocalCacheParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    CacheTableParams::check(params.table, path, problems);
  }
};

struct CacheSide : CallerParams {
  static void describe(sim::ParamList<CacheSide>& list) { describe_as(list, "cache_"); }
};
struct StoreSide : CallerParams {
  static void describe(sim::ParamList<StoreSide>& list) { describe_as(list, "store_"); }
};

struct CachedParams {
  CachingParams caching{.pattern = sim::Choice<CachePattern>("cache_aside")};
  std::optional<LocalCacheParams> local;
  sim::NodeRef cache;
  sim::NodeRef store;
  std::vector<StepChoice> steps;
  std::string layer = "l1";
  bool leases = false;
  std::string endpoint = "default";
  sim::Choice<KeyPlacement> placement;
  CacheSide cache_caller;
  StoreSide store_caller;

  static void describe(sim::ParamList<CachedParams>& list) {
    list.include(&CachedParams::caching);
    list.add("local", &CachedParams::local,
             "A cache in the memory of the server itself: each replica has one of its own");
    list.add("cache", &CachedParams::cache,
             "A cache server instead; of several replicas, the one of the key")
        .role("cache");
    list.add("store", &CachedParams::store,
             "The store behind it; of several replicas, the one of the key")
        .role("store");
    list.add("steps", &CachedParams::steps,
             "Steps behind it, instead of a store: what is cached is what the last one brings");
    list.add("layer", &CachedParams::layer,
             "What its statistics are called by; the same for several is counted together")
        .one_of({"l1", "l2", "l3"});
    list.add("leases", &CachedParams::leases,
             "Whether it heeds the leases of the cache: of all servers only the one that holds the "
             "lease of a missed key loads it, and the others come again");
    list.add("endpoint", &CachedParams::endpoint, "What is asked for at the store");
    list.add("placement", &CachedParams::placement,
             "How a key finds its replica of cache and store, as a client library does it; without "
             "it, the key modulo their number");
    list.include(&CachedParams::cache_caller);
    list.include(&CachedParams::store_caller);
  }
  static void check(const CachedParams& params, const sim::Path& path, sim::Problems& problems) {
    CachingParams::check(params.caching, path, problems);
    CallerParams::check(params.cache_caller, path, problems, "cache_");
    CallerParams::check(params.store_caller, path, problems, "store_");
    if (params.local.has_value() == !params.cache.name.empty()) {
      problems.add(path / "cache", "expected either `local` or `cache`",
                   "such as \"local\": {\"capacity\": 1000}");
    }
    if (params.steps.empty() == params.store.name.empty()) {
      problems.add(path / "store", "expected either `store` or `steps`");
    }
    if (params.leases && params.local) {
      problems.add(path / "leases", "only a cache server gives leases",
                   "take `single_flight` for a cache of the server itself");
    }
  }
};

/// Another node, by a caller.
class Wire {
 public:
  Wire(const sim::NodeRef& ref, const sim::Choice<KeyPlacement>& placement,
       const CallerParams& params, const sim::BuildContext& context, const std::string& purpose)
      : node_(context.node()),
        port_(context.port(ref), placement),
        caller_(params, context, purpose) {}

  const sim::Node* first() const { return port_.port().front().node; }
  Task<Reply> call(const Request& request) {
    const sim::Target& target = port_.for_key(request.key);
    if (caller_.is_plain()) {
      co_return co_await sim::call(node_, target, request, caller_.patience());
    }
    auto calling =
        caller_.call(request, [this, &target](const Request& each, const sim::Patience& patience) {
          return caller_.exchange(target, each, patience);
        });
    co_return co_await calling;
  }

 private:
  sim::Node& node_;
  KeyedPort port_;
  Caller caller_;
};

/// Entries on a cache server.
class RemoteKeeper final : public CacheKeeper {
 public:
  RemoteKeeper(const CachedParams& params, const sim::BuildContext& context,
               const std::string& purpose)
      : way_(params.cache, params.placement, params.cache_caller, context, purpose + ".cache"),
        leases_(params.leases),
        asks_age_(params.caching.needs_age()) {}

  const sim::Node* first() const { return way_.first_node(); }
  Task<CacheFind> find(const Request& request) override {
    auto calling = way_.ask(request);
    const Reply reply = co_await calling;
    CacheFind found;
    if (!reply.is_ok()) co_return found;
    found.hit = reply.found;
    found.value = reply.value;
    found.size = reply.size;
    found.come_again = leases_ && !reply.found && reply.value == 0;
    if (found.hit && asks_age_) found.left = left_of(request.key, reply.value);
    co_return found;
  }
  Task<void> put(const Request& entry) override {
    auto calling = way_.ask(entry);
    co_await calling;
  }
  void put_later(const Request& entry) override { way_.tell(entry); }
  Task<void> erase(const Request& request) override { return put(request); }
  void erase_later(const Request& request) override { put_later(request); }

 private:
  std::int64_t left_of(std::uint64_t key, std::uint64_t value) {
    const sim::Node* holder = way_.holder(key);
    const auto* contents =
        holder ? dynamic_cast<const CacheContents*>(&holder->component()) : nullptr;
    if (!contents) return CacheFind::for_ever;
    return contents->time_left(key, value).value_or(CacheFind::for_ever);
  }

  CacheWay way_;
  bool leases_;
  bool asks_age_;
};

/// What is behind the cache: a store, or steps.
class Behind final : public CacheOrigin {
 public:
  Behind(const CachedParams& params, const StepContext& context)
      : host_(context.host),
        steps_(params.steps, {context.build, context.host, context.path + ".steps"}) {
    if (!params.store.name.empty()) {
      store_.emplace(params.store, params.placement, params.store_caller, context.build,
                     context.path + ".store");
    }
  }
  Task<Reply> ask_as(Job& job, const Request& request) {
    if (store_) return store_->call(request);
    return steps_.run(job, request);
  }
  /// In the background, as a job of its own.
  Task<Reply> ask(const Request& request) override {
    Job job(host_, "refresh");
    auto asking = ask_as(job, request);
    co_return co_await asking;
  }
  void certain_calls(std::vector<sim::CertainCall>& out) const { steps_.certain_calls(out); }

 private:
  Host& host_;
  std::optional<Wire> store_;
  StepList steps_;
};

/// The same on behalf of a job.
class BehindForJob final : public CacheOrigin {
 public:
  BehindForJob(Behind& behind, Job& job) : behind_(behind), job_(job) {}
  Task<Reply> ask(const Request& request) override { return behind_.ask_as(job_, request); }

 private:
  Behind& behind_;
  Job& job_;
};

/// All caches of one server.
class CachesOfServer final : public HostPart {
 public:
  explicit CachesOfServer(Host&) {}
  struct Cache {
    std::string prefix;
    CacheFront& front;
    LocalKeeper* local;  ///< Null: the entries are elsewhere.
  };
  void add(const Cache& cache) { caches_.push_back(cache); }
  /// The meter of a layer, made for the first cache that asks for it.
  StalenessMeter& staleness(const std::string& layer, const sim::NodeRef& of,
                            const sim::BuildContext& context) {
    for (const auto& each : layers_) {
      if (each->layer == layer && each->of == of) return each->meter;
    }
    layers_.push_back(std::make_unique<Layer>(layer, of, context));
    return layers_.back()->meter;
  }
  /// The store against which a layer measures its staleness already, if any.
  const sim::NodeRef* measured_against(const std::string& layer) const {
    for (const auto& each : layers_) {
      if (each->layer == layer && each->meter.is_on()) return &each->of;
    }
    return nullptr;
  }

  void crashed() override {
    for (const Cache& each : caches_) {
      each.front.crashed();
      if (each.local) each.local->clear();
    }
  }
  void receive(sim::Message& message) override {
    const auto* news = dynamic_cast<const Invalidation*>(&message);
    if (!news) return;
    for (const Cache& each : caches_) {
      each.front.written_elsewhere(news->key);
      if (each.local) each.local->invalidate(news->key);
    }
  }
  void describe_statistics(sim::NodeStatistics& statistics) override {
    for (const Cache& each : caches_) {
      each.front.describe_statistics(statistics, each.prefix);
      if (each.local) each.local->describe_statistics(statistics, each.prefix);
    }
    for (const auto& each : layers_) each->meter.describe_statistics(statistics, each->layer + "_");
  }

 private:
  struct Layer {
    Layer(std::string layer_, sim::NodeRef of_, const sim::BuildContext& context)
        : layer(std::move(layer_)), of(std::move(of_)), meter(of, context) {}
    std::string layer;
    sim::NodeRef of;
    StalenessMeter meter;
  };
  std::vector<Cache> caches_;
  std::vector<std::unique_ptr<Layer>> layers_;
};

class CachedStep final : public Step {
 public:
  CachedStep(const CachedParams& params, const StepContext& context)
      : endpoint_(params.store.name.empty() ? std::optional<sim::NameId>()
                                            : context.build.name(params.endpoint)),
        behind_(params, context) {
    if (params.local) {
      local_ = std::make_unique<LocalKeeper>(params.local->table, params.local->lookup_time,
                                             context.build, context.path);
    } else {
      remote_ = std::make_unique<RemoteKeeper>(params, context.build, context.path);
      check_cache(params, context);
    }
    auto& caches = context.host.part<CachesOfServer>();
    const sim::NodeRef* other = caches.measured_against(params.layer);
    if (other && !params.caching.staleness_of.name.empty() &&
        *other != params.caching.staleness_of) {
      context.build.problem("endpoints", "caches of one `layer` measure against different stores",
                            "give them different layers");
    }
    CacheKeeper& keeper = local_ ? static_cast<CacheKeeper&>(*local_) : *remote_;
    front_ = std::make_unique<CacheFront>(
        params.caching, context.build, context.path,
        CacheFront::Parts{
            keeper, behind_,
            caches.staleness(params.layer, params.caching.staleness_of, context.build)});
    caches.add({params.layer + "_", *front_, local_.get()});
  }

  Task<Reply> run(Job& job, const Request& request) override {
    Request inner = request;
    if (endpoint_) inner.endpoint = *endpoint_;
    inner.attempt = 0;
    BehindForJob behind(behind_, job);
    auto serving = front_->serve(inner, behind);
    co_return co_await serving;
  }
  void certain_calls(std::vector<sim::CertainCall>& out) const override {
    if (remote_) out.push_back({remote_->first(), endpoint_.value_or(0)});
  }

 private:
  static void check_cache(const CachedParams& params, const StepContext& context) {
    if (params.leases && context.build.type_of(params.cache) == "distributed_cache") {
      context.build.problem("endpoints", "a distributed cache gives no leases",
                            "take `single_flight`, or name a `cache`");
    }
    const bool tells = CacheContents::is_type(context.build.type_of(params.cache));
    if (!tells && params.caching.needs_age()) {
      context.build.problem("endpoints",
                            "this pattern must know how old an entry is, which \"" +
                                params.cache.name + "\" does not tell",
                            "name a cache directly, without a balancer in between");
    }
  }

  std::optional<sim::NameId> endpoint_;  ///< Of the store; without one, that of the request.
  Behind behind_;
  std::unique_ptr<LocalKeeper> local_;
  std::unique_ptr<RemoteKeeper> remote_;
  std::unique_ptr<CacheFront> front_;
};

const sim::Registration<Step, CachedStep, CachedParams> registered{
    {.name = "cached",
     .title = "Cached",
     .summary = "Looks into a cache, of the server itself or on another node, and asks what is "
                "behind it on a miss; by any pattern of caching.",
     .source = "The sources of the patterns",
     .does_not_model = "serialisation cost; single flight across servers, but by leases",
     .example =
         R"json({"type": "cached", "local": {"capacity": 1000}, "store": "db", "ttl": "10s"})json"}};

}  // namespace
}  // namespace faultline::models
