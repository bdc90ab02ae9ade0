/// `multi_get`: asks a distributed cache for many keys at once, and the store for what is missing.
///
///   keys --by their nodes--> [ node ] [ node ] [ node ]   side by side; the slowest decides
///             missing ones --> store, then --put--> cache
///
/// Rule: the keys that live on one node are one request to it. With n nodes and m keys that are
/// spread evenly, n (1 - (1 - 1/n)^m) nodes are asked in the mean, and the answer takes as long as
/// the slowest of them: of k independent exponential times of mean t, t (1 + 1/2 + .. + 1/k). More
/// nodes mean more requests for the same keys, so that beyond some number they do not help
/// (the multiget hole). Keys that neither cache nor store bring are left out: the answer is
/// partial, and fails when nothing has come. Source: Nishtala et al., "Scaling Memcache at
/// Facebook", NSDI 2013, section 3.1; Rothschild, "High Performance at Massive Scale: Lessons
/// learned at Facebook", 2009 (the multiget hole). Does not model: serialisation cost; a store that
/// is asked for several keys at once.
#include <algorithm>
#include <optional>

#include "models/caching/distributed/cache_client.hpp"
#include "models/caching/distributed/cache_node.hpp"
#include "models/keyed_port.hpp"
#include "models/serving/step.hpp"
#include "sim/kernel/combinators.hpp"
#include "sim/random/key_popularity.hpp"

namespace faultline::models {
namespace {

using sim::Reply;
using sim::Request;
using sim::Task;

constexpr std::int64_t keys_max = 10'000;

struct CacheCaller : CallerParams {
  static void describe(sim::ParamList<CacheCaller>& list) { describe_as(list, "cache_"); }
};
struct StoreCaller : CallerParams {
  static void describe(sim::ParamList<StoreCaller>& list) { describe_as(list, "store_"); }
};

struct MultiGetParams {
  sim::NodeRef cache;
  sim::NodeRef store;
  std::int64_t count = 10;
  sim::Choice<sim::KeyPopularity> keys;
  std::optional<sim::Duration> ttl;
  std::string endpoint = "default";
  sim::Choice<KeyPlacement> placement;
  CacheCaller cache_caller;
  StoreCaller store_caller;

  static void describe(sim::ParamList<MultiGetParams>& list) {
    list.add("cache", &MultiGetParams::cache, "The distributed cache")
        .required()
        .role("distributed cache");
    list.add("store", &MultiGetParams::store,
             "Who is asked for what the cache does not have, key by key and side by side; without "
             "it, that is left out")
        .role("store");
    list.add("count", &MultiGetParams::count, "Keys of one request, all different")
        .unit("keys")
        .between(1, keys_max);
    list.add("keys", &MultiGetParams::keys,
             "Which keys; without it, that of the request and those that follow it");
    list.add("ttl", &MultiGetParams::ttl,
             "How long an entry is good for; without it, as the cache says")
        .above(sim::Duration(0));
    list.add("endpoint", &MultiGetParams::endpoint, "What is asked for at the store");
    list.add("placement", &MultiGetParams::placement,
             "How a key finds its replica of the store; without it, the key modulo their number");
    list.include(&MultiGetParams::cache_caller);
    list.include(&MultiGetParams::store_caller);
  }
  static void check(const MultiGetParams& params, const sim::Path& path, sim::Problems& problems) {
    CallerParams::check(params.cache_caller, path, problems, "cache_");
    CallerParams::check(params.store_caller, path, problems, "store_");
    if (params.keys &&
        params.keys.make({})->key_count() < static_cast<std::uint64_t>(params.count)) {
      problems.add(path / "count", "more keys than `keys` has");
    }
  }
};

class MultiGetStep final : public Step {
 public:
  MultiGetStep(const MultiGetParams& params, const StepContext& context)
      : node_(context.build.node()),
        count_(static_cast<std::size_t>(params.count)),
        keys_(params.keys ? params.keys.make({}) : nullptr),
        stream_(context.build.stream(context.path + ".keys")),
        ttl_(params.ttl.value_or(sim::Duration(0))),
        endpoint_(context.build.name(params.endpoint)),
        cache_caller_(params.cache_caller, context.build, context.path + ".cache"),
        store_caller_(params.store_caller, context.build, context.path + ".store"),
        client_(CacheClient::of(params.cache, context.build, cache_caller_, context.path)) {
    if (!client_) {
      context.build.problem("cache", "a single node of a distributed cache",
                            "name the whole group");
    }
    if (!params.store.name.empty()) {
      store_.emplace(context.build.port(params.store), params.placement);
    }
    sim::NodeStatistics& statistics = node_.statistics();
    statistics.scalar_part("multi_gets",
                           [this](sim::Time) { return static_cast<double>(requests_); });
    statistics.scalar_part("multi_get_nodes",
                           [this](sim::Time) { return static_cast<double>(asked_); });
    statistics.scalar_part("multi_get_keys_missing",
                           [this](sim::Time) { return static_cast<double>(missing_); });
    statistics.on_reset([this](sim::Time) { requests_ = asked_ = missing_ = 0; });
  }

  Task<Reply> run(Job&, const Request& request) override {
    Request inner = request;
    inner.operation = sim::Operation::read;
    inner.endpoint = endpoint_;
    inner.attempt = 0;
    CacheBatch batch = draw(request.key);
    auto getting = client_->get_all(batch, inner);
    const std::size_t asked = co_await getting;
    ++requests_;
    asked_ += asked;
    std::vector<Task<Reply>> missing;
    std::vector<std::size_t> which;
    for (std::size_t i = 0; i < batch.items.size(); ++i) {
      if (batch.items[i].found) continue;
      ++missing_;
      if (!store_) continue;
      which.push_back(i);
      missing.push_back(read_store(inner, batch.items[i].key));
    }
    sim::Reason failure = sim::Reason::error;
    if (!missing.empty()) {
      auto reading = sim::when_all(std::move(missing));
      const std::vector<Reply> replies = co_await reading;
      for (std::size_t i = 0; i < replies.size(); ++i) {
        CacheBatch::Item& item = batch.items[which[i]];
        item.found = replies[i].is_ok();
        item.size = replies[i].size;
        if (!item.found) failure = replies[i].reason;
      }
    }
    Reply all;
    std::size_t found = 0;
    for (const CacheBatch::Item& item : batch.items) {
      found += item.found;
      all.size += item.size;
    }
    if (found == 0 && store_) co_return Reply::fail(failure);
    all.partial = found < batch.items.size();
    co_return all;
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

  CacheBatch draw(std::uint64_t first) {
    CacheBatch batch;
    batch.items.resize(count_);
    std::vector<std::uint64_t> seen;
    for (std::size_t i = 0; i < count_; ++i) {
      std::uint64_t key = first + i;
      if (keys_) {
        key = keys_->sample(stream_);
        // What is drawn again and again when nearly all are wanted gives way to a neighbour.
        auto at = std::lower_bound(seen.begin(), seen.end(), key);
        while (at != seen.end() && *at == key) {
          key = (key + 1) % keys_->key_count();
          at = std::lower_bound(seen.begin(), seen.end(), key);
        }
        seen.insert(at, key);
      }
      batch.items[i].key = key;
    }
    return batch;
  }

  Task<Reply> read_store(Request request, std::uint64_t key) {
    request.key = key;
    const Sender to_store{store_caller_, store_->for_key(key)};
    auto calling = store_caller_.call(request, to_store);
    const Reply reply = co_await calling;
    if (reply.is_ok()) {
      Request put = request;
      put.operation = sim::Operation::write;
      put.time_to_live = ttl_;
      put.size = reply.size;
      put.value = reply.value;
      client_->tell(put);
    }
    co_return reply;
  }

  sim::Node& node_;
  std::size_t count_;
  std::unique_ptr<sim::KeyPopularity> keys_;  ///< Null: those that follow the request's.
  sim::Stream stream_;
  std::optional<KeyedPort> store_;
  sim::Duration ttl_;
  sim::NameId endpoint_;
  Caller cache_caller_;
  Caller store_caller_;
  std::unique_ptr<CacheClient> client_;
  std::uint64_t requests_ = 0;  ///< Statistic.
  std::uint64_t asked_ = 0;     ///< Nodes, over all requests. Statistic.
  std::uint64_t missing_ = 0;   ///< Keys that the cache did not have. Statistic.
};

const sim::Registration<Step, MultiGetStep, MultiGetParams> registered{
    {.name = "multi_get",
     .title = "Multi-get",
     .summary = "Asks a distributed cache for many keys at once, one request to each node that has "
                "some of them, and waits for the slowest; what is missing is read from the store.",
     .source = "Nishtala et al., Scaling Memcache at Facebook, NSDI 2013, section 3.1",
     .does_not_model = "serialisation cost; a store that is asked for several keys at once",
     .example =
         R"json({"type": "multi_get", "cache": "cache", "store": "db", "count": 20, "keys": "zipf(n=100000, s=0.9)"})json"}};

}  // namespace
}  // namespace faultline::models
