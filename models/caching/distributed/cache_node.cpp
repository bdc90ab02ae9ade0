/// `distributed_cache`: the nodes of a cluster of caches (memcached, Redis Cluster, mcrouter). The
/// replicas `cache[0]`, `cache[1]` .. are its nodes; with a `replication_factor` each so many
/// consecutive ones hold one shard.
///
///   library in the caller --key's node--> [ node ] --updates, not waited for--> [ replica ]
///        | near cache           '- moved / asks the right node itself, by `routing`
///
/// Rule: a node is a cache as `cache` is one, with a service time for each request and `key_time`
/// for each further key of a multi-get. Writes go to the primary of the key's shard, which answers
/// before its replicas have heard of it. A replica evicts by what it has seen, which is the writes.
/// A primary that is back before anybody missed it is empty, and soon its replicas are too.
/// A hot key is copied to the shards of further keys that are derived from it; its owner tells them
/// of every change. A read that finds nothing at a copy goes on to the owner.
/// What belongs to the cluster as a whole is in cache_cluster.hpp, what the caller's library does
/// in cache_client.hpp.
/// Source: Fitzpatrick, "Distributed Caching with Memcached", Linux Journal, 2004; Redis Cluster
/// specification; Redis documentation, "Redis replication"; Nishtala et al., "Scaling Memcache at
/// Facebook", NSDI 2013.
/// Does not model: memory fragmentation, serialisation cost, partial resynchronisation, the time a
/// replica takes for an update, slots that are moved by hand.
#include "models/caching/distributed/cache_node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "models/letter.hpp"
#include "models/limit_servers.hpp"
#include "sim/kernel/combinators.hpp"
#include "sim/network/message.hpp"

namespace faultline::models {

using sim::Duration;
using sim::Reply;
using sim::Request;
using sim::Resource;
using sim::Task;
using sim::Time;

namespace {

/// By this connection come requests that a node has passed on: whoever gets one serves it.
constexpr std::uint32_t passed_on = ~Request::transaction_bit;
/// Updates that may wait at a replica for their turn.
constexpr std::size_t stream_backlog = 10'000;
/// How often a node that carries entries sends some.
constexpr Duration carry_interval = std::chrono::milliseconds(10);
constexpr std::int64_t head_bytes = 64;

using NewsLetter = Letter<CacheNews>;

}  // namespace

void DistributedCacheParams::describe(sim::ParamList<DistributedCacheParams>& list) {
  list.add("capacity", &DistributedCacheParams::capacity, "Entries each node holds, or bytes")
      .required();
  list.add("eviction", &DistributedCacheParams::eviction, "Which entry goes when it is full");
  list.add("service_time", &DistributedCacheParams::service_time, "Time for one request");
  list.add("key_time", &DistributedCacheParams::key_time,
           "Time for each key of a multi-get beyond the first")
      .at_least(Duration(0));
  list.add("ttl", &DistributedCacheParams::ttl,
           "How long an entry is good for, unless the caller says otherwise; without it, for ever")
      .above(Duration(0));
  list.add("workers", &DistributedCacheParams::workers,
           "Requests a node works on at once; without it, any number")
      .unit("requests")
      .at_least(1);
  list.add("queue_limit", &DistributedCacheParams::queue_limit,
           "Requests that may wait for a worker; more are rejected; without it, any number")
      .unit("requests")
      .at_least(0);
  list.include(&DistributedCacheParams::cluster);
}

void DistributedCacheParams::check(const DistributedCacheParams& params, const sim::Path& path,
                                   sim::Problems& problems) {
  if (params.queue_limit && !params.workers) {
    problems.add(path / "queue_limit", "has no effect without `workers`: nobody waits");
  }
  CacheClusterParams::check(params.cluster, path, problems);
}

CacheNode::CacheNode(const DistributedCacheParams& params, const sim::BuildContext& context)
    : node_(context.node()),
      members_(context.group()),
      random_(context.stream("eviction")),
      store_(params.eviction, params.capacity, random_),
      service_time_(params.service_time, context, "service_time"),
      key_time_(params.key_time),
      ttl_(params.ttl.value_or(Duration(0))),
      workers_(context.kernel(), context.node().id(),
               {.servers = params.workers.value_or(Resource::unlimited),
                .queue_limit = params.queue_limit.value_or(Resource::unlimited),
                .slowness = &context.node().slowness()}),
      self_(static_cast<std::size_t>(node_.index())),
      shard_(self_ / static_cast<std::size_t>(params.cluster.replication_factor)),
      stream_(stream_backlog) {
  const auto factor = static_cast<std::size_t>(params.cluster.replication_factor);
  if (self_ == 0) {
    if (members_.size() % factor != 0) {
      context.problem("replication_factor",
                      fmt::format("{} nodes do not make shards of {}", members_.size(), factor),
                      fmt::format("give `replicas` a multiple of {}", factor));
    }
    cluster_ = std::make_shared<CacheCluster>(params.cluster, context);
  } else {
    cluster_ = dynamic_cast<CacheNode&>(members_.front()->component()).cluster_;
  }
  cluster_->add(*this);
  for (sim::Node* member : members_) {
    targets_.push_back(context.network().target_of(node_, *member));
  }
}

CacheNode::~CacheNode() { cluster_->node_gone(); }

void CacheNode::start() {
  if (self_ == 0) cluster_->start();
  keys_at_crash_.clear();
  ++lives_;
  if (cluster_->primary_of(shard_) == self_) {
    if (lives_ > 1 && cluster_->factor() > 1) cluster_->wrote(shard_, cluster_->term_of(shard_), 0);
    lead(cluster_->term_of(shard_));
  } else if (lives_ == 1) {
    stream_.lead({cluster_->term_of(shard_), 1});  // Everybody is empty.
  } else {
    follow(cluster_->primary_of(shard_));
  }
}

void CacheNode::crashed() {
  keys_at_crash_ = keys();
  store_.clear();
  leading_ = false;
  stream_.forget();
  erased_.clear();
}

bool CacheNode::suffers(sim::Disturbance what) const {
  return what == sim::Disturbance::flush || what == sim::Disturbance::memory ||
         (what == sim::Disturbance::connections &&
          workers_.config().servers != Resource::unlimited);
}

void CacheNode::disturbed(sim::Disturbance what, double level) {
  const auto amount = static_cast<double>(store_.capacity().amount);
  if (what == sim::Disturbance::flush) store_.clear();
  if (what == sim::Disturbance::memory)
    store_.set_limit(std::max<std::int64_t>(1, static_cast<std::int64_t>(amount * level)));
  if (what == sim::Disturbance::connections) limit_servers(workers_, level);
}

bool CacheNode::offers(std::string_view role) const {
  return role == "any" || role == "cache" || role == "distributed cache";
}

std::string_view CacheNode::role() const {
  if (cluster_->factor() == 1) return {};
  return leading_ ? "leader" : "follower";
}

CacheNode::Decision CacheNode::decide(const Request& request) {
  if (request.connection == passed_on) return {};
  if (!cluster_->joined(shard_)) return {Way::refuse};  // Its process has ended.
  const CacheClusterParams& params = cluster_->params();
  const bool is_read = request.is_read();
  const bool serves = leading_ || (is_read && params.reads == "any");
  if (params.routing == "client") return {serves ? Way::serve : Way::redirect};
  const CacheView& view = *cluster_->view();
  const std::size_t owner = view.shard_of(request.key);
  if (owner == KeyPlacement::none) return {Way::refuse};
  if (owner == shard_ && serves) return {};
  const bool is_hot = is_read && cluster_->hot()->has(request.key);
  std::vector<std::size_t> copies;
  if (is_hot) {
    copies = cluster_->copies(view, request.key);
    const bool has_copy = std::find(copies.begin(), copies.end(), shard_) != copies.end();
    if (has_copy && serves && (params.routing == "redirect" || holds(request.key))) return {};
  }
  if (params.routing == "redirect") return {Way::redirect};
  const std::vector<std::size_t>& nodes = view.serving[owner];
  const std::size_t at_owner = is_read ? nodes[turn_++ % nodes.size()] : view.primaries[owner];
  if (!copies.empty()) {
    const std::size_t pick = hot_turn_++ % (copies.size() + 1);
    const std::size_t at_copy = pick == 0 ? at_owner : view.primaries[copies[pick - 1]];
    if (at_copy != at_owner && at_copy != self_) return {Way::forward, at_copy, at_owner};
  }
  // It is the primary in the eyes of the others, and has not heard of it.
  if (at_owner == self_) return {serves ? Way::serve : Way::refuse};
  return {Way::forward, at_owner, at_owner};
}

Task<Reply> CacheNode::handle(const Request& request) {
  std::int64_t further_keys = 0;
  const bool is_batch = request.operation == sim::Operation::control;
  if (is_batch) {
    const CacheBatch* batch = find(request.key);
    if (batch) further_keys = static_cast<std::int64_t>(batch->items.size()) - 1;
  }
  if (workers_.limited()) {
    ServiceTime::Draw service = service_time_.draw();
    if (further_keys > 0 && key_time_ != Duration(0)) {
      service = {service.duration + further_keys * key_time_, sim::EventQueue::no_lane};
    }
    if (!co_await workers_.use(service.duration, service.lane))
      co_return Reply::fail(sim::Reason::rejected);
  } else {
    if (!service_time_.is_zero()) {
      const ServiceTime::Draw service = service_time_.next();
      co_await sim::delay(service.duration, service.lane);
    }
    if (further_keys > 0 && key_time_ != Duration(0)) {
      co_await sim::delay(node_.slowed(further_keys * key_time_));
    }
  }
  if (is_batch) {
    auto serving = serve_batch(request);
    co_await serving;
    Reply reply;
    const CacheBatch* batch = find(request.key);
    for (std::size_t i = 0; batch && i < batch->items.size(); ++i) {
      reply.size += batch->items[i].size;
    }
    co_return reply;
  }
  const Decision decision = decide(request);
  switch (decision.way) {
    case Way::serve:
      break;
    case Way::refuse:
      co_return Reply::fail(sim::Reason::refused);
    case Way::redirect:
      ++redirected_;
      co_return Reply::fail(sim::Reason::moved);
    case Way::forward: {
      auto forwarding = forward(request, decision.node);
      const Reply reply = co_await forwarding;
      if (decision.node == decision.owner || (reply.is_ok() && reply.found)) co_return reply;
      auto asking_owner = forward(request, decision.owner);
      co_return co_await asking_owner;
    }
  }
  co_return apply(request);
}

Task<Reply> CacheNode::forward(const Request& request, std::size_t to) {
  ++forwarded_;
  Request passed = request;
  passed.connection = passed_on;
  co_return co_await sim::call(node_, targets_[to], passed, unlimited_);
}

Task<void> CacheNode::serve_batch(const Request& request) {
  CacheBatch* batch = find(request.key);
  if (!batch) co_return;  // Nobody waits for it, or it only asked who is there.
  Request each = request;
  each.operation = sim::Operation::read;
  std::map<std::size_t, CacheBatch> elsewhere;
  for (CacheBatch::Item& item : batch->items) {
    each.key = item.key;
    const Decision decision = decide(each);
    if (decision.way == Way::forward) {
      elsewhere[decision.owner].items.push_back(item);
    } else if (decision.way == Way::redirect) {
      item.moved = true;
    } else if (decision.way == Way::serve) {
      const Reply reply = apply(each);
      item.found = reply.found;
      item.size = reply.size;
      item.value = reply.value;
    }
  }
  if (elsewhere.empty()) {
    batch->served = true;
    co_return;
  }
  std::vector<Task<bool>> parts;
  for (auto& [to, part] : elsewhere) parts.push_back(forward_batch(to, part, request));
  auto all = sim::when_all(std::move(parts));
  co_await all;
  batch = find(request.key);
  if (!batch) co_return;
  std::map<std::uint64_t, CacheBatch::Item> brought;
  for (const auto& [to, part] : elsewhere) {
    for (const CacheBatch::Item& item : part.items) brought[item.key] = item;
  }
  for (CacheBatch::Item& item : batch->items) {
    const auto found = brought.find(item.key);
    if (found != brought.end()) item = found->second;
  }
  batch->served = true;
}

Task<bool> CacheNode::forward_batch(std::size_t to, CacheBatch& part, const Request& request) {
  ++forwarded_;
  CacheNode& owner = cluster_->node(to);
  const Open open(owner, part);
  Request passed = request;
  passed.connection = passed_on;
  passed.key = open.ticket();
  const Reply reply = co_await sim::call(node_, targets_[to], passed, unlimited_);
  co_return reply.is_ok();
}

Reply CacheNode::apply(const Request& request) {
  const std::int64_t now = local_now();
  switch (request.operation) {
    case sim::Operation::read: {
      cluster_->read(request.key);
      const CacheEntry* entry = store_.lookup(request.key, now);
      ++(entry ? hits_ : misses_);
      if (!entry) cluster_->missed(request.key);
      Reply reply;
      reply.found = entry != nullptr;
      if (entry) {
        reply.size = entry->size;
        reply.value = entry->version;
      }
      return reply;
    }
    case sim::Operation::write:
      update({.entry = {.key = request.key,
                        .size = std::max<std::int64_t>(1, request.size),
                        .expires_at = expiry(request, now),
                        .version = request.value}});
      break;
    case sim::Operation::erase:
      update({.entry = {.key = request.key}, .erase = true});
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

void CacheNode::update(const CacheUpdate& update) {
  const std::uint64_t key = update.entry.key;
  const CacheEntry* before = store_.peek(key);
  const bool changes = update.erase || (before && before->version != update.entry.version);
  if (update.erase && cluster_->params().migration) erased_.insert(key);
  make(update);
  if (cluster_->factor() > 1) {
    const std::uint64_t position = stream_.append();
    for (std::size_t to = shard_ * cluster_->factor(); to < (shard_ + 1) * cluster_->factor();
         ++to) {
      if (to == self_) continue;
      post(to, {.kind = CacheNews::Kind::update,
                .stream = stream_.name(),
                .position = position,
                .update = update});
    }
    cluster_->wrote(shard_, term_, position);
  }
  if (cluster_->hot()->has(key)) spread(key, cluster_->copies(*cluster_->view(), key), false);
  if (changes) cluster_->changed(*this, key);
}

void CacheNode::make(const CacheUpdate& update) {
  if (update.erase) {
    store_.erase(update.entry.key);
  } else {
    store_.put(update.entry);
  }
}

void CacheNode::lead(std::uint64_t term) {
  leading_ = true;
  term_ = term;
  stream_.lead({term, lives_});
  for (std::size_t to = shard_ * cluster_->factor(); to < (shard_ + 1) * cluster_->factor(); ++to) {
    if (to == self_ || (lives_ == 1 && term == 1)) continue;
    post(to, {.kind = CacheNews::Kind::hello, .stream = stream_.name()});
  }
}

void CacheNode::follow(std::size_t primary) {
  leading_ = false;
  stream_.forget();
  post(primary, {.kind = CacheNews::Kind::copy_wanted});
}

void CacheNode::receive(sim::Node& from, sim::Message& message) {
  const auto* letter = dynamic_cast<const NewsLetter*>(&message);
  if (!letter) return;
  const CacheNews& news = letter->content;
  const auto sender = static_cast<std::size_t>(from.index());
  switch (news.kind) {
    case CacheNews::Kind::hello:
      if (leading_ && news.stream.term > term_) {
        follow(sender);  // Another was promoted meanwhile.
      } else if (!leading_ && stream_.hello(news.stream).copy) {
        post(sender, {.kind = CacheNews::Kind::copy_wanted});
      }
      break;
    case CacheNews::Kind::update: {
      if (leading_) break;
      take(stream_.receive(news.stream, news.position, news.update), sender);
      break;
    }
    case CacheNews::Kind::copy_wanted: {
      if (!leading_) break;
      CacheNews copy{
          .kind = CacheNews::Kind::copy, .stream = stream_.name(), .position = stream_.position()};
      store_.for_each([&copy](const CacheEntry& entry) { copy.entries.push_back(entry); });
      post(sender, std::move(copy));
      break;
    }
    case CacheNews::Kind::copy: {
      if (leading_ || !stream_.takes_copy(news.stream)) break;
      store_.clear();
      for (const CacheEntry& entry : news.entries) store_.put(entry);
      take(stream_.copied(news.stream, news.position), sender);
      break;
    }
    case CacheNews::Kind::spread:
      make(news.update);
      break;
    case CacheNews::Kind::carry: {
      const std::uint64_t key = news.update.entry.key;
      if (!leading_ || holds(key) || erased_.contains(key)) break;
      update(news.update);
      break;
    }
  }
}

void CacheNode::take(const UpdateStream<CacheUpdate>::Due& due, std::size_t primary) {
  for (const CacheUpdate& update : due.updates) make(update);
  if (due.copy) post(primary, {.kind = CacheNews::Kind::copy_wanted});
}

void CacheNode::post(std::size_t to, CacheNews news) {
  std::int64_t bytes = head_bytes;
  if (!news.update.erase) bytes += news.update.entry.size;
  for (const CacheEntry& entry : news.entries) bytes += entry.size;
  sim::post(node_, targets_[to], std::make_unique<NewsLetter>(std::move(news)), sim::Bytes{bytes});
}

std::vector<std::uint64_t> CacheNode::keys() const {
  if (!keys_at_crash_.empty()) return keys_at_crash_;
  std::vector<std::uint64_t> keys;
  keys.reserve(store_.entries());
  store_.for_each([&keys](const CacheEntry& entry) { keys.push_back(entry.key); });
  return keys;
}

void CacheNode::clear() {
  store_.clear();
  erased_.clear();
}

void CacheNode::spread(std::uint64_t key, const std::vector<std::size_t>& to, bool drop) {
  const CacheEntry* entry = store_.peek(key);
  CacheNews news{.kind = CacheNews::Kind::spread};
  news.update.erase = drop || !entry;
  news.update.entry.key = key;
  if (entry) news.update.entry = *entry;
  for (const std::size_t shard : to) {
    for (const std::size_t node : cluster_->view()->serving[shard]) {
      if (node != self_) post(node, news);
    }
  }
}

void CacheNode::migrate(double per_second) {
  ++migrations_;
  cluster_->carries();
  node_.spawn(carry(per_second, migrations_));
}

Task<void> CacheNode::carry(double per_second, std::uint64_t turn) {
  const Carrying carrying(*cluster_);
  const std::shared_ptr<const CacheView> view = cluster_->view();
  double allowed = 0;
  const std::vector<std::uint64_t> here = keys();
  for (const std::uint64_t key : here) {
    const std::size_t owner = view->shard_of(key);
    if (owner == shard_ || owner == KeyPlacement::none) continue;
    while (allowed < 1) {
      co_await sim::delay(carry_interval);
      if (turn != migrations_) co_return;  // The nodes have changed again.
      allowed += per_second * std::chrono::duration<double>(carry_interval).count();
    }
    const CacheEntry* entry = store_.peek(key);
    if (!entry) continue;
    allowed -= 1;
    ++carried_;
    post(view->primaries[owner], {.kind = CacheNews::Kind::carry, .update = {.entry = *entry}});
    store_.erase(key);
  }
}

std::optional<std::int64_t> CacheNode::time_left(std::uint64_t key, std::uint64_t value) const {
  const CacheEntry* entry = store_.peek(key);
  if (!entry || entry->version != value || entry->expires_at == CacheEntry::no_expiry) return {};
  return entry->expires_at - local_now();
}

std::int64_t CacheNode::local_now() const {
  // Entries age by the clock of this node, right or wrong.
  return node_.local_time(node_.kernel().now()).time_since_epoch().count();
}

std::int64_t CacheNode::expiry(const Request& request, std::int64_t now) const {
  const std::int64_t ttl =
      (request.time_to_live != Duration(0) ? request.time_to_live : ttl_).count();
  std::int64_t at;
  if (ttl == 0 || __builtin_add_overflow(now, ttl, &at)) return CacheStore::no_expiry;
  return at;
}

void CacheNode::describe_statistics(sim::NodeStatistics& statistics) {
  const auto count = [&statistics](const char* name, const std::uint64_t& counter) {
    statistics.scalar(name, [&counter](Time) { return static_cast<double>(counter); });
  };
  statistics.servers(workers_, workers_);
  count("hits", hits_);
  count("misses", misses_);
  statistics.scalar("hit_ratio", [this](Time) {
    const auto lookups = static_cast<double>(hits_ + misses_);
    return lookups > 0 ? static_cast<double>(hits_) / lookups : 0.0;
  });
  statistics.series_part("hits_per_second", [this](Time) { return static_cast<double>(hits_); });
  statistics.series_part("misses_per_second",
                         [this](Time) { return static_cast<double>(misses_); });
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
  if (cluster_->params().routing != "client" || cluster_->factor() > 1) {
    count("redirected", redirected_);
  }
  if (cluster_->params().routing == "proxy") count("forwarded", forwarded_);
  if (cluster_->params().migration) count("carried_entries", carried_);
  if (self_ == 0) cluster_->describe_statistics(statistics);
  statistics.on_reset([this](Time) {
    hits_ = misses_ = redirected_ = forwarded_ = carried_ = 0;
    at_reset_ = store_.counts();
  });
}

namespace {

const sim::Registration<sim::Component, CacheNode, DistributedCacheParams> registered{
    {.name = "distributed_cache",
     .title = "Distributed cache",
     .summary =
         "A cluster of cache nodes: keys are placed on shards, shards have replicas that their "
         "primary does not wait for, nodes come and go, hot keys are copied, and callers may have "
         "a near cache.",
     .source =
         "Fitzpatrick, Distributed Caching with Memcached, Linux Journal, 2004; Redis Cluster "
         "specification; Nishtala et al., Scaling Memcache at Facebook, NSDI 2013",
     .does_not_model = "memory fragmentation, serialisation cost, partial resynchronisation, the "
                       "time a replica takes for an update, slots that are moved by hand",
     .example =
         R"json({"type": "distributed_cache", "capacity": 2000, "placement": "ring", "service_time": "200us"})json",
     .category = sim::Category::caching}};

}  // namespace
}  // namespace faultline::models
