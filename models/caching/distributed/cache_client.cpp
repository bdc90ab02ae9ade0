#include "models/caching/distributed/cache_client.hpp"

#include <algorithm>

#include "models/caching/distributed/cache_node.hpp"
#include "sim/kernel/combinators.hpp"

namespace faultline::models {

using sim::Duration;
using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

namespace {

/// How often a request is sent on to where its key is. Source: Jedis, `maxAttempts`.
constexpr int redirects_max = 5;
/// A key in a list of keys.
constexpr std::int64_t key_bytes = 8;
/// No ticket at all: who is there?
constexpr std::uint64_t no_ticket = ~std::uint64_t{0};

bool could_not_be_reached(const Reply& reply) {
  return reply.reason == sim::Reason::refused || reply.reason == sim::Reason::reset ||
         reply.reason == sim::Reason::timeout;
}

}  // namespace

class CacheClient::Flying {
 public:
  Flying(CacheClient& client, std::uint64_t key)
      : client_(client), flight_(client.flights_[key]), key_(key) {
    ++flight_.count;
  }
  Flying(const Flying&) = delete;
  ~Flying() {
    if (--flight_.count == 0) client_.flights_.erase(key_);
  }
  const Flight& flight() const { return flight_; }

 private:
  CacheClient& client_;
  Flight& flight_;
  std::uint64_t key_;
};

std::unique_ptr<CacheClient> CacheClient::of(const sim::NodeRef& cache,
                                             const sim::BuildContext& context, Caller& caller,
                                             std::string_view purpose) {
  if (context.type_of(cache) != "distributed_cache") return nullptr;
  sim::Port port = context.port(cache);
  // One that names a single node of several means that node.
  if (port.front().node->group() != cache.name) return nullptr;
  return std::make_unique<CacheClient>(std::move(port), context, caller, purpose);
}

CacheClient::CacheClient(sim::Port port, const sim::BuildContext& context, Caller& caller,
                         std::string_view purpose)
    : node_(context.node()),
      port_(std::move(port)),
      caller_(caller),
      random_(context.stream(std::string(purpose) + ".near_eviction")) {
  node_.on_restart([this] {
    if (near_) near_->clear();
    stale_.clear();
  });
}

/// The components of the cache may be built after this one.
void CacheClient::attach() {
  if (cluster_) return;
  cluster_ = &dynamic_cast<CacheNode&>(port_.front().node->component()).cluster();
  cluster_->add(*this);
  view_ = cluster_->view();
  hot_ = cluster_->hot();
  if (const auto& near = cluster_->params().near_cache) {
    near_ = std::make_unique<CacheStore>(near->eviction, near->capacity, random_);
  }
}

Task<Reply> CacheClient::ask(const Request& request) {
  attach();
  if (!near_ || !request.is_read()) {
    if (near_) near_forget(request.key);
    auto sending = send(request);
    co_return co_await sending;
  }
  if (const std::optional<Reply> near = near_look_up(request.key)) co_return *near;
  const Flying flying(*this, request.key);
  auto sending = send(request);
  const Reply reply = co_await sending;
  if (reply.is_ok() && reply.found && !flying.flight().invalidated) {
    near_keep(request.key, reply.size, reply.value, flying.flight().stale_since);
  }
  co_return reply;
}

void CacheClient::tell(const Request& request) {
  attach();
  if (near_) {
    if (request.operation == sim::Operation::write) {
      near_keep(request.key, request.size, request.value, std::nullopt);
    } else {
      near_forget(request.key);
    }
  }
  if (cluster_->params().routing == "redirect") {
    node_.spawn(route_alone(request));
    return;
  }
  const std::size_t to = pick(request);
  if (to != KeyPlacement::none) sim::send(node_, port_[to], request);
}

Task<void> CacheClient::route_alone(Request request) {
  auto routing = route(request);
  co_await routing;
}

/// With all that the caller does: retries, hedges, a breaker.
Task<Reply> CacheClient::send(const Request& request) {
  if (caller_.is_plain()) return route(request);
  return caller_.call(request,
                      [this](const Request& each, const sim::Patience&) { return route(each); });
}

std::size_t CacheClient::pick(const Request& request) {
  if (cluster_->params().routing == "proxy") return turn_++ % port_.size();
  const std::size_t shard = view_->shard_of(request.key);
  if (shard == KeyPlacement::none) return KeyPlacement::none;
  if (!request.is_read()) return view_->primaries[shard];
  if (hot_->has(request.key)) {
    ++cluster_->near().hot_reads;
    const std::vector<std::size_t> copies = cluster_->copies(*view_, request.key);
    const std::size_t turn = hot_turn_++ % (copies.size() + 1);
    if (turn > 0) return view_->primaries[copies[turn - 1]];
  }
  const std::vector<std::size_t>& nodes = view_->serving[shard];
  return nodes.size() == 1 ? nodes.front() : nodes[turn_++ % nodes.size()];
}

Task<Reply> CacheClient::route(const Request& request) {
  const bool redirects = cluster_->params().routing == "redirect";
  for (int tries = 0;; ++tries) {
    const std::size_t to = pick(request);
    if (to == KeyPlacement::none) co_return Reply::fail(sim::Reason::rejected);
    auto sent = caller_.exchange(port_[to], request, caller_.patience());
    const Reply reply = co_await sent;
    if (reply.is_ok() && !reply.found && request.is_read() && hot_->has(request.key)) {
      // A copy that is not there, or not yet. Another turn may be a copy again; the owner knows.
      const std::size_t shard = view_->shard_of(request.key);
      if (shard == KeyPlacement::none || to / cluster_->factor() == shard) co_return reply;
      auto asked = caller_.exchange(port_[view_->primaries[shard]], request, caller_.patience());
      co_return co_await asked;
    }
    if (!redirects || reply.is_ok() || tries == redirects_max) co_return reply;
    if (reply.reason == sim::Reason::moved) {
      ++cluster_->near().redirects;
      view_ = cluster_->view();
      continue;
    }
    // Of a write that may have taken effect nobody may make two.
    if (tries > 0 || !could_not_be_reached(reply)) co_return reply;
    const std::uint64_t version = view_->version;
    auto looking = look_who_is_there(to);
    co_await looking;
    if (view_->version == version || reply.outcome != sim::Outcome::fail) co_return reply;
  }
}

/// Asks one of the other nodes for what it knows of the cluster.
Task<void> CacheClient::look_who_is_there(std::size_t unreachable) {
  if (port_.size() == 1) co_return;
  const std::size_t other = (unreachable + 1 + turn_++ % (port_.size() - 1)) % port_.size();
  Request question{.key = no_ticket};
  question.operation = sim::Operation::control;
  question.born = node_.kernel().now();
  auto asked = caller_.exchange(port_[other], question, caller_.patience());
  const Reply reply = co_await asked;
  if (reply.is_ok()) view_ = cluster_->view();
}

Task<std::size_t> CacheClient::get_all(CacheBatch& batch, const Request& request) {
  attach();
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < batch.items.size(); ++i) {
    CacheBatch::Item& item = batch.items[i];
    const std::optional<Reply> near = near_ ? near_look_up(item.key) : std::nullopt;
    if (near) {
      item.found = true;
      item.size = near->size;
      item.value = near->value;
    } else {
      open.push_back(i);
    }
  }
  std::size_t asked = 0;
  Request each = request;
  each.operation = sim::Operation::read;
  for (int tries = 0; !open.empty() && tries <= redirects_max; ++tries) {
    std::map<std::size_t, std::vector<std::size_t>> by_node;
    std::size_t proxy = KeyPlacement::none;
    for (const std::size_t i : open) {
      each.key = batch.items[i].key;
      const bool asks_one = cluster_->params().routing == "proxy" && proxy != KeyPlacement::none;
      const std::size_t to = asks_one ? proxy : pick(each);
      proxy = to;
      if (to != KeyPlacement::none) by_node[to].push_back(i);
    }
    std::vector<CacheBatch> parts;
    for (const auto& [to, items] : by_node) {
      parts.emplace_back();
      for (const std::size_t i : items) parts.back().items.push_back({.key = batch.items[i].key});
    }
    std::vector<Task<bool>> tasks;
    std::size_t part = 0;
    for (const auto& [to, items] : by_node) tasks.push_back(get_part(to, parts[part++], request));
    asked += tasks.size();
    auto all = sim::when_all(std::move(tasks));
    co_await all;
    open.clear();
    part = 0;
    for (const auto& [to, items] : by_node) {
      for (std::size_t j = 0; j < items.size(); ++j) {
        const CacheBatch::Item& answer = parts[part].items[j];
        batch.items[items[j]] = answer;
        batch.items[items[j]].moved = false;
        if (answer.moved) open.push_back(items[j]);
        if (answer.found && near_) near_keep(answer.key, answer.size, answer.value, std::nullopt);
      }
      ++part;
    }
    if (open.empty() || cluster_->params().routing != "redirect") break;
    ++cluster_->near().redirects;
    view_ = cluster_->view();
  }
  co_return asked;
}

Task<bool> CacheClient::get_part(std::size_t node, CacheBatch& part, const Request& request) {
  CacheNode& desk = cluster_->node(node);
  const CacheNode::Open open(desk, part);
  Request question = request;
  question.operation = sim::Operation::control;
  question.key = open.ticket();
  question.size = key_bytes * static_cast<std::int64_t>(part.items.size());
  if (caller_.is_plain()) {
    auto sent = caller_.exchange(port_[node], question, caller_.patience());
    const Reply reply = co_await sent;
    co_return reply.is_ok();
  }
  auto calling =
      caller_.call(question, [this, node](const Request& each, const sim::Patience& patience) {
        return caller_.exchange(port_[node], each, patience);
      });
  const Reply reply = co_await calling;
  co_return reply.is_ok();
}

const sim::Node* CacheClient::holder(std::uint64_t key) {
  attach();
  const std::size_t shard = view_->shard_of(key);
  return shard == KeyPlacement::none ? nullptr : port_[view_->primaries[shard]].node;
}

void CacheClient::know(const std::shared_ptr<const CacheView>& view,
                       const std::shared_ptr<const HotSet>& hot) {
  if (view && view->version > view_->version) view_ = view;
  if (hot->version > hot_->version) hot_ = hot;
}

bool CacheClient::tracks(std::uint64_t key) const {
  return near_ && (near_->peek(key) || flights_.contains(key));
}

void CacheClient::mark_stale(std::uint64_t key, Time now) {
  if (near_->peek(key)) stale_.emplace(key, now);
  const auto flight = flights_.find(key);
  if (flight != flights_.end() && !flight->second.stale_since) flight->second.stale_since = now;
  // Marks of what was evicted are of no use any more.
  if (stale_.size() > 2 * near_->entries() + 64) {
    std::erase_if(stale_, [this](const auto& mark) { return !near_->peek(mark.first); });
  }
}

void CacheClient::invalidate(std::uint64_t key) {
  if (!near_) return;
  near_forget(key);
  const auto flight = flights_.find(key);
  if (flight != flights_.end()) flight->second.invalidated = true;
}

std::optional<Reply> CacheClient::near_look_up(std::uint64_t key) {
  const Time now = node_.kernel().now();
  const CacheEntry* entry = near_->lookup(key, node_.local_time(now).time_since_epoch().count());
  CacheCluster::NearCounts& counts = cluster_->near();
  if (!entry) {
    ++counts.misses;
    stale_.erase(key);
    return std::nullopt;
  }
  ++counts.hits;
  if (const auto stale = stale_.find(key); stale != stale_.end()) {
    ++counts.stale_hits;
    cluster_->stale_age().record((now - stale->second).count());
  }
  Reply reply;
  reply.size = entry->size;
  reply.value = entry->version;
  return reply;
}

void CacheClient::near_keep(std::uint64_t key, std::int64_t size, std::uint64_t value,
                            std::optional<Time> stale_since) {
  const std::int64_t now = node_.local_time(node_.kernel().now()).time_since_epoch().count();
  std::int64_t expires_at;
  if (__builtin_add_overflow(now, cluster_->params().near_cache->ttl.count(), &expires_at)) {
    expires_at = CacheEntry::no_expiry;
  }
  near_->put({.key = key,
              .size = std::max<std::int64_t>(1, size),
              .expires_at = expires_at,
              .version = value});
  if (stale_since) {
    stale_[key] = *stale_since;
  } else {
    stale_.erase(key);
  }
}

void CacheClient::near_forget(std::uint64_t key) {
  near_->erase(key);
  stale_.erase(key);
}

}  // namespace faultline::models
