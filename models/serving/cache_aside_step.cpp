/// Cache-aside: the application looks into the cache first and keeps it filled.
///
///   read:  app --get--> [ cache ] --hit--> done
///                           '---miss----> app --read--> store, then --put--> [ cache ]
///   write: app --write--> store, then --erase--> [ cache ]
///
/// Rule: a cache that does not answer counts as a miss; the application does not wait for put and
/// erase to be answered. Source: Microsoft, Cloud design patterns, "Cache-Aside"; Nishtala et al.,
/// "Scaling Memcache at Facebook", NSDI 2013, section 3. Does not model: serialisation cost;
/// single flight across servers.
#include <optional>

#include "models/caching/cache_way.hpp"
#include "models/keyed_port.hpp"
#include "models/resilience/caller.hpp"
#include "models/serving/single_flight.hpp"
#include "models/serving/step.hpp"
#include "sim/network/call.hpp"

namespace faultline::models {
namespace {

using sim::Operation;
using sim::Reply;
using sim::Request;

struct CacheCaller : CallerParams {
  static void describe(sim::ParamList<CacheCaller>& list) { describe_as(list, "cache_"); }
};
struct StoreCaller : CallerParams {
  static void describe(sim::ParamList<StoreCaller>& list) { describe_as(list, "store_"); }
};

struct CacheAsideParams {
  sim::NodeRef cache;
  sim::NodeRef store;
  std::optional<sim::Duration> ttl;
  std::string endpoint = "default";
  sim::Choice<KeyPlacement> placement;
  bool single_flight = false;
  CacheCaller cache_caller;
  StoreCaller store_caller;

  static void describe(sim::ParamList<CacheAsideParams>& list) {
    list.add("cache", &CacheAsideParams::cache,
             "The cache; of several replicas, the one of the key")
        .required()
        .role("cache");
    list.add("store", &CacheAsideParams::store,
             "The store behind it; of several replicas, the one of the key")
        .required()
        .role("store");
    list.add("ttl", &CacheAsideParams::ttl,
             "How long an entry is good for; without it, as the cache says")
        .above(sim::Duration(0));
    list.add("endpoint", &CacheAsideParams::endpoint, "What is asked for at the store");
    list.add("placement", &CacheAsideParams::placement,
             "How a key finds its replica of cache and store, as a client library does it; without "
             "it, the key modulo their number");
    list.add(
        "single_flight", &CacheAsideParams::single_flight,
        "Whether of concurrent misses on one key only the first asks the store, and the others "
        "wait for its answer; each server sees only its own");
    list.include(&CacheAsideParams::cache_caller);
    list.include(&CacheAsideParams::store_caller);
  }
  static void check(const CacheAsideParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    CallerParams::check(params.cache_caller, path, problems, "cache_");
    CallerParams::check(params.store_caller, path, problems, "store_");
  }
};

class CacheAsideStep final : public Step {
 public:
  CacheAsideStep(const CacheAsideParams& params, const StepContext& context)
      : node_(context.build.node()),
        cache_(params.cache, params.placement, params.cache_caller, context.build,
               context.path + ".cache"),
        store_(context.build.port(params.store), params.placement),
        ttl_(params.ttl.value_or(sim::Duration(0))),
        endpoint_(context.build.name(params.endpoint)),
        single_flight_(params.single_flight),
        flights_(context.build.kernel()),
        store_caller_(params.store_caller, context.build, context.path + ".store") {}

  sim::Task<Reply> run(Job&, const Request& request) override {
    Request inner = request;
    inner.endpoint = endpoint_;
    inner.attempt = 0;
    if (request.is_read()) {
      Reply cached;
      if (cache_.is_plain()) {
        cached = co_await sim::call(node_, cache_.target(request.key), inner, cache_.patience());
      } else {
        auto asking = cache_.ask(inner);
        cached = co_await asking;
      }
      if (cached.is_ok() && cached.found) co_return cached;
    }
    std::optional<SingleFlight::Lead> lead;
    if (single_flight_ && request.is_read()) {
      if (flights_.has(request.key)) {
        SingleFlight::Follower follower(flights_, request.key);
        auto answer = follower.answer();
        co_return co_await answer;
      }
      lead.emplace(flights_, request.key);
    }
    const sim::Target& store = store_.for_key(request.key);
    Reply stored;
    if (store_caller_.is_plain()) {
      stored = co_await sim::call(node_, store, inner, store_caller_.patience());
    } else {
      const Sender to_store{store_caller_, store};
      auto calling = store_caller_.call(inner, to_store);
      stored = co_await calling;
    }
    if (lead) lead->tell(stored);
    if (!stored.is_ok() && request.is_read()) co_return stored;
    // A write that was cut off may have taken effect, so the entry has to go then too.
    Request update = inner;
    update.operation = request.is_read() ? Operation::write : Operation::erase;
    update.time_to_live = ttl_;
    if (request.is_read()) {
      update.size = stored.size;
      update.value = stored.value;
    }
    cache_.tell(update);
    co_return stored;
  }

  void certain_calls(std::vector<sim::CertainCall>& out) const override {
    out.push_back({cache_.first_node(), endpoint_});
  }

 private:
  /// Sends one try, always to the replica of the key.
  struct Sender {
    Caller& caller;
    const sim::Target& target;
    Exchange operator()(const Request& each, const sim::Patience& patience) const {
      return caller.exchange(target, each, patience);
    }
  };

  sim::Node& node_;
  CacheWay cache_;
  KeyedPort store_;
  sim::Duration ttl_;
  sim::NameId endpoint_;
  bool single_flight_;
  SingleFlight flights_;
  Caller store_caller_;
};

const sim::Registration<Step, CacheAsideStep, CacheAsideParams> registered{
    {.name = "cache_aside",
     .title = "Cache-aside",
     .summary = "Looks into the cache, on a miss reads the store and fills the cache; writes go to "
                "the store and erase the entry. "
                "Put and erase are sent without waiting for their answer.",
     .source = "Microsoft, Cloud design patterns, Cache-Aside; Nishtala et al., Scaling Memcache "
               "at Facebook, NSDI 2013",
     .does_not_model = "serialisation cost; single flight across servers"}};

}  // namespace
}  // namespace faultline::models
