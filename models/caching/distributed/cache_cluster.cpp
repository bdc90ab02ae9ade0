#include "models/caching/distributed/cache_cluster.hpp"

#include <algorithm>
#include <utility>

#include "models/caching/distributed/cache_client.hpp"
#include "models/caching/distributed/cache_node.hpp"
#include "sim/network/travel.hpp"

namespace faultline::models {

using sim::Duration;
using sim::Task;
using sim::Time;

namespace {

/// For the events of what belongs to no node.
constexpr std::uint32_t nobodys_id = 0xfffff1;
/// Of a message that says no more than a few numbers.
constexpr sim::Bytes short_message{64};
/// How long the network tries to bring a message through a cut, at most.
constexpr Duration network_patience = std::chrono::minutes(20);

}  // namespace

CacheCluster::CacheCluster(const CacheClusterParams& params, const sim::BuildContext& context)
    : params_(params),
      factor_(static_cast<std::size_t>(params.replication_factor)),
      kernel_(context.kernel()),
      network_(context.network()),
      propagation_(context.stream("propagation")),
      hot_(std::make_shared<HotSet>()),
      own_(context.kernel(), nobodys_id) {
  const std::vector<sim::Node*> members = context.group();
  for (std::size_t first = 0; first < members.size(); first += factor_) {
    const sim::Zone* zone = members[first]->zone();
    placement_nodes_.push_back({members[first]->name(), 1, zone ? zone->region : std::string()});
    shards_.push_back({.primary = first});
  }
  seen_.resize(members.size());
  status_.resize(members.size());
  if (params_.hot_keys) {
    hot_keys_.emplace(params_.hot_keys->share.value,
                      static_cast<std::size_t>(params_.hot_keys->counters));
  }
  if (!watches()) return;
  sim::Node* host =
      params_.monitor.name.empty() ? nullptr : context.port(params_.monitor).front().node;
  const Duration interval =
      std::max<Duration>(params_.detection / 10, std::chrono::milliseconds(1));
  monitor_ =
      std::make_unique<GroupMonitor<Status>>(context, host, members, interval, params_.detection);
}

CacheCluster::~CacheCluster() = default;

void CacheCluster::start() {
  if (view_) return;
  view_ = make_view();
  if (hot_keys_) own_.spawn(find_hot_keys());
  if (!monitor_) return;
  monitor_->start({.ask =
                       [this](std::uint32_t node) {
                         return Status{.leading = nodes_[node]->leading(),
                                       .term = nodes_[node]->term(),
                                       .position = nodes_[node]->position()};
                       },
                   .answered = [this](std::uint32_t node, const Status& status,
                                      Duration now) { answered(node, status, now); },
                   .round = [this](Duration now) { round(now); },
                   .began = [this](Duration now) { seen_.assign(seen_.size(), now); }});
}

std::vector<std::size_t> CacheCluster::copies(const CacheView& view, std::uint64_t key) const {
  return copies_of(*view.placement, key, static_cast<std::size_t>(params_.hot_keys->copies));
}

void CacheCluster::join(std::size_t shard) {
  if (shards_[shard].joined) return;
  shards_[shard].joined = true;
  change(true);
}

void CacheCluster::leave(std::size_t shard) {
  if (!shards_[shard].joined) return;
  shards_[shard].joined = false;
  change(true);
  if (params_.migration) return;  // It still has something to do.
  for (std::size_t node = shard * factor_; node < (shard + 1) * factor_; ++node) {
    nodes_[node]->clear();
  }
}

void CacheCluster::missed(std::uint64_t key) {
  if (!moved_.empty() && moved_.erase(key) > 0) ++moved_misses_;
}

void CacheCluster::changed(CacheNode& at, std::uint64_t key) {
  for (CacheClient* client : clients_) {
    if (!client->tracks(key)) continue;
    client->mark_stale(key, kernel_.now());
    if (params_.near_cache && params_.near_cache->invalidation) {
      ++near_.invalidations;
      at.node().spawn(invalidate(at, *client, key));
    }
  }
}

Task<void> CacheCluster::invalidate(CacheNode& at, CacheClient& client, std::uint64_t key) {
  auto bringing = sim::with_timeout(arrive(at.node(), network_.target_of(at.node(), client.node())),
                                    network_patience);
  const std::optional<bool> there = co_await bringing;
  if (there) client.invalidate(key);
}

Task<bool> CacheCluster::arrive(sim::Node& from, sim::Target to) {
  auto there = sim::travel(from, to, short_message);
  co_await there;
  co_return true;
}

void CacheCluster::wrote(std::size_t shard, std::uint64_t term, std::uint64_t position) {
  if (term == shards_[shard].term) {
    shards_[shard].written = position;
  } else {
    ++lost_writes_;  // Another is the primary already, and will not hear of it.
  }
}

void CacheCluster::carried() {
  if (--carrying_ > 0) return;
  for (CacheNode* node : nodes_) {
    node->migration_ended();
    if (!shards_[node->shard()].joined) node->clear();
  }
}

void CacheCluster::add(CacheClient& client) { clients_.push_back(&client); }

std::vector<std::size_t> CacheCluster::serving(std::size_t shard) const {
  std::vector<std::size_t> nodes{shards_[shard].primary};
  if (params_.reads != "any") return nodes;
  const Duration now = kernel_.now().time_since_epoch();
  for (std::size_t node = shard * factor_; node < (shard + 1) * factor_; ++node) {
    if (node != nodes.front() && !silent(node, now)) nodes.push_back(node);
  }
  return nodes;
}

std::shared_ptr<const CacheView> CacheCluster::make_view() {
  auto view = std::make_shared<CacheView>();
  view->version = ++versions_;
  view->placement = params_.placement.make({placement_nodes_});
  for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
    if (!present(shard)) view->placement->set_present(shard, false);
    view->primaries.push_back(shards_[shard].primary);
    view->serving.push_back(serving(shard));
  }
  return view;
}

void CacheCluster::change(bool moves) {
  const std::shared_ptr<const CacheView> before = view_;
  view_ = make_view();
  if (moves) {
    ++changes_;
    measure(*before, *view_);
  }
  tell_clients();
  for (const std::uint64_t key : hot_->keys) spread(key, false);
  if (!moves || !params_.migration) return;
  const double rate = params_.migration->per_second;
  ++carrying_;  // Nobody is through before all have begun.
  for (CacheNode* node : nodes_) {
    if (node->leading()) node->migrate(rate);
  }
  carried();
}

void CacheCluster::measure(const CacheView& before, const CacheView& after) {
  moved_.clear();
  for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
    if (!before.placement->takes_keys(shard)) continue;
    for (const std::uint64_t key : nodes_[before.primaries[shard]]->keys()) {
      if (before.shard_of(key) != shard) continue;  // Left over from an earlier change.
      ++keys_held_;
      const std::size_t owner = after.shard_of(key);
      if (owner == shard) continue;
      ++keys_moved_;
      moved_.insert(key);
      if (after.placement->takes_keys(shard) && owner != KeyPlacement::none &&
          before.placement->takes_keys(owner)) {
        ++keys_moved_needlessly_;
      }
    }
  }
}

void CacheCluster::tell_clients() {
  if (params_.routing == "proxy") return;  // They know nothing of it.
  const bool pushed = params_.routing == "client";
  for (CacheClient* client : clients_) {
    const std::shared_ptr<const CacheView> view = pushed ? view_ : nullptr;
    const Duration delay = params_.propagation.sample(propagation_);
    if (delay == Duration(0)) {
      client->know(view, hot_);
    } else {
      own_.spawn(tell_later(*client, delay, view, hot_));
    }
  }
}

Task<void> CacheCluster::tell_later(CacheClient& client, Duration delay,
                                    std::shared_ptr<const CacheView> view,
                                    std::shared_ptr<const HotSet> hot) {
  co_await sim::delay(delay);
  client.know(view, hot);
}

Task<void> CacheCluster::find_hot_keys() {
  for (;;) {
    co_await sim::delay(params_.hot_keys->window);
    end_window();
  }
}

void CacheCluster::end_window() {
  const HotKeys::Change change = hot_keys_->end_window();
  if (change.risen.empty() && change.cooled.empty()) return;
  for (const std::uint64_t key : change.cooled) spread(key, true);
  auto hot = std::make_shared<HotSet>();
  hot->version = ++versions_;
  hot->keys = hot_keys_->hot();
  hot_ = hot;
  for (const std::uint64_t key : change.risen) spread(key, false);
  tell_clients();
}

void CacheCluster::spread(std::uint64_t key, bool drop) {
  const std::size_t owner = view_->shard_of(key);
  if (owner == KeyPlacement::none) return;
  CacheNode& node = *nodes_[shards_[owner].primary];
  if (node.node().up()) node.spread(key, copies(*view_, key), drop);
}

void CacheCluster::answered(std::uint32_t node, const Status& status, Duration now) {
  seen_[node] = now;
  status_[node] = status;
  const std::size_t shard = node / factor_;
  const std::size_t primary = shards_[shard].primary;
  if (node == primary) {
    if (!status.leading || status.term != shards_[shard].term) order_to_lead(shard);
  } else if (status.leading) {
    monitor_->tell(node, [this, node, shard] {
      if (nodes_[node]->leading()) nodes_[node]->follow(shards_[shard].primary);
    });
  }
}

void CacheCluster::round(Duration now) {
  bool changes = false;
  bool moves = false;
  for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
    if (!shards_[shard].joined) continue;
    const Verdict verdict = judge(shard, now);
    moves = moves || verdict == Verdict::keys_move;
    changes = changes || verdict != Verdict::as_before || serving(shard) != view_->serving[shard];
  }
  if (changes) change(moves);
}

CacheCluster::Verdict CacheCluster::judge(std::size_t place, Duration now) {
  Shard& shard = shards_[place];
  if (!silent(shard.primary, now)) {
    if (!shard.away) return Verdict::as_before;
    shard.away = false;
    return Verdict::keys_move;
  }
  std::optional<std::size_t> best;
  for (std::size_t node = place * factor_; node < (place + 1) * factor_; ++node) {
    if (node == shard.primary || silent(node, now)) continue;
    if (!best || status_[node].position > status_[*best].position) best = node;
  }
  if (!best) {
    if (!params_.eject || shard.away) return Verdict::as_before;
    shard.away = true;
    return Verdict::keys_move;
  }
  ++failovers_;
  shard.primary = *best;
  ++shard.term;
  order_to_lead(place);
  if (!shard.away) return Verdict::other_nodes;
  shard.away = false;
  return Verdict::keys_move;
}

void CacheCluster::order_to_lead(std::size_t place) {
  const std::size_t node = shards_[place].primary;
  const std::uint64_t term = shards_[place].term;
  monitor_->tell(static_cast<std::uint32_t>(node), [this, place, node, term] {
    Shard& shard = shards_[place];
    if (shard.term != term) return;
    if (nodes_[node]->leading() && nodes_[node]->term() == term) return;
    const std::uint64_t known = std::min(shard.written, nodes_[node]->position());
    lost_writes_ += shard.written - known;
    shard.written = 0;
    nodes_[node]->lead(term);
  });
}

void CacheCluster::describe_statistics(sim::NodeStatistics& statistics) {
  const auto count = [&statistics](const char* name, const std::uint64_t& counter) {
    statistics.scalar(name, [&counter](Time) { return static_cast<double>(counter); });
  };
  const auto share = [&statistics](const char* name, const std::uint64_t& part,
                                   const std::uint64_t& whole) {
    statistics.scalar(name, [&part, &whole](Time) {
      return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
    });
  };
  count("cluster_changes", changes_);
  count("moved_keys", keys_moved_);
  share("moved_share", keys_moved_, keys_held_);
  share("moved_needlessly_share", keys_moved_needlessly_, keys_held_);
  count("moved_misses", moved_misses_);
  if (factor_ > 1) {
    count("failovers", failovers_);
    count("lost_writes", lost_writes_);
  }
  if (params_.routing == "redirect") count("redirects", near_.redirects);
  if (hot_keys_) {
    statistics.scalar("hot_keys", [this](Time) { return static_cast<double>(hot_->keys.size()); });
    count("hot_requests", near_.hot_reads);
  }
  if (params_.near_cache) {
    count("near_hits", near_.hits);
    count("near_misses", near_.misses);
    statistics.scalar("near_hit_ratio", [this](Time) {
      const auto look_ups = static_cast<double>(near_.hits + near_.misses);
      return look_ups > 0 ? static_cast<double>(near_.hits) / look_ups : 0.0;
    });
    count("near_stale_hits", near_.stale_hits);
    share("near_stale_share", near_.stale_hits, near_.hits);
    count("near_invalidations", near_.invalidations);
    statistics.histogram("near_stale_age_seconds", stale_age_);
  }
  statistics.on_reset([this](Time) {
    changes_ = keys_held_ = keys_moved_ = keys_moved_needlessly_ = moved_misses_ = 0;
    failovers_ = lost_writes_ = 0;
    near_ = {};
    stale_age_.reset();
  });
}

}  // namespace faultline::models
