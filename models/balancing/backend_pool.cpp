#include "models/balancing/backend_pool.hpp"

#include <algorithm>

#include "models/algorithms/balancing/subset.hpp"
#include "models/algorithms/balancing/zone_split.hpp"
#include "sim/kernel/delay.hpp"

namespace faultline::models {
namespace {

/// A weight that grows does so in this many steps.
constexpr int growth_steps = 50;

/// An answer that speaks against the backend: what a gateway would call a 5xx.
bool is_error(const sim::Reply& reply) {
  return !reply.is_ok() && reply.reason != sim::Reason::throttled &&
         reply.reason != sim::Reason::abandoned && reply.reason != sim::Reason::loop;
}

}  // namespace

BackendPool::BackendPool(const std::vector<sim::NodeRef>& backends,
                         const sim::Choice<BalancingPolicy>& policy,
                         const BackendPoolParams& params, const sim::BuildContext& context,
                         RandomSource& random, RandomSource& spread)
    : node_(context.node()), params_(params), policy_(policy), random_(random), spread_(spread) {
  add_hosts(backends, context);
  for (const Host& host : hosts_) levels_ = std::max(levels_, host.level + 1);
  groups_.resize(levels_);
  for (std::size_t index = 0; index < hosts_.size(); ++index) {
    Group& group = groups_[hosts_[index].level];
    hosts_[index].place = group.hosts.size();
    group.hosts.push_back(index);
  }
  panic_.assign(levels_, false);
  if (params_.zone_aware && node_.zone()) group_by_zone(context);
  if (params_.sticky) {
    sessions_.emplace(params_.sticky->ttl, static_cast<std::size_t>(params_.sticky->entries));
  }
  if (params_.outlier) outliers_.emplace(*params_.outlier, hosts_.size());
  // A single backend is never left out.
  if (hosts_.size() == 1) params_.max_fails = 0;
  simple_ = levels_ == 1 && zone_groups_.empty() && !sessions_ && !params_.slow_start &&
            params_.panic() == 0;
  make_policies();
  update_levels();
}

void BackendPool::add_hosts(const std::vector<sim::NodeRef>& backends,
                            const sim::BuildContext& context) {
  std::vector<sim::Target> targets;
  for (const sim::NodeRef& ref : backends) {
    for (const sim::Target& target : context.port(ref)) targets.push_back(target);
  }
  if (params_.subset) {
    std::vector<sim::Target> own;
    for (const std::size_t index :
         deterministic_subset(targets.size(), static_cast<std::uint64_t>(node_.index()),
                              static_cast<std::size_t>(*params_.subset))) {
      own.push_back(targets[index]);
    }
    targets = std::move(own);
  }
  for (const sim::Target& target : targets) {
    Host host;
    host.target = target;
    host.weight = value_of(params_.weights, *target.node, 1.0);
    host.level =
        static_cast<std::size_t>(value_of(params_.priorities, *target.node, std::int64_t{0}));
    if (target.node->zone()) host.zone = target.node->zone()->index;
    hosts_.push_back(std::move(host));
  }
}

void BackendPool::group_by_zone(const sim::BuildContext& context) {
  std::size_t zones = node_.zone()->index + std::size_t{1};
  std::vector<std::size_t> zones_of_callers;
  const std::string& callers = params_.zone_aware->callers.name;
  for (const sim::Target& caller : context.port({callers.empty() ? node_.group() : callers})) {
    if (!caller.node->zone()) continue;
    zones_of_callers.push_back(caller.node->zone()->index);
    zones = std::max(zones, zones_of_callers.back() + 1);
  }
  for (const Host& host : hosts_) {
    if (host.zone == none) return;  // Where a backend stands nowhere zones cannot be compared.
    zones = std::max(zones, host.zone + 1);
  }
  callers_in_zone_.assign(zones, 0);
  for (const std::size_t zone : zones_of_callers) ++callers_in_zone_[zone];
  if (callers_in_zone_[node_.zone()->index] == 0) ++callers_in_zone_[node_.zone()->index];

  zone_groups_.assign(levels_, std::vector<std::size_t>(zones, none));
  zone_shares_.assign(levels_, {});
  for (std::size_t index = 0; index < hosts_.size(); ++index) {
    Host& host = hosts_[index];
    std::size_t& group = zone_groups_[host.level][host.zone];
    if (group == none) {
      group = groups_.size();
      groups_.emplace_back();
    }
    host.zone_group = group;
    host.zone_place = groups_[group].hosts.size();
    groups_[group].hosts.push_back(index);
  }
}

void BackendPool::make_policies() {
  for (Group& group : groups_) {
    std::vector<double> weights;
    std::vector<std::string> names;
    for (const std::size_t index : group.hosts) {
      weights.push_back(hosts_[index].weight);
      names.push_back(hosts_[index].target.node->name());
    }
    group.policy = policy_.make({std::move(weights), random_, std::move(names)});
  }
}

std::size_t BackendPool::pick_among_many(const sim::Request& request) {
  grow_weights();
  const std::size_t index = sessions_ ? pick_by_session(request) : pick_anew(request);
  if (index != none) SIM_ASSERT(may_be_picked(index));
  return index;
}

std::size_t BackendPool::pick_by_session(const sim::Request& request) {
  const sim::Duration now = node_.kernel().now().time_since_epoch();
  const std::uint64_t whose = params_.sticky->by == "key" ? request.key : request.source;
  std::size_t index = sessions_->find(whose, now);
  if (index == none || !may_be_picked(index) || hosts_[index].weight == 0 ||
      !groups_[hosts_[index].level].policy->can_be_picked(hosts_[index].place)) {
    const bool moves = index != none;
    index = pick_anew(request);
    if (index == none) return none;
    counts_.sessions_moved += moves;
  }
  sessions_->put(whose, index, now);
  return index;
}

std::size_t BackendPool::pick_anew(const sim::Request& request) {
  const std::size_t level = levels_ == 1 ? 0 : draw_level();
  std::size_t index = pick_in_level(level, request);
  // The level drawn may have nobody left: all tried already, or drained.
  for (std::size_t other = 0; index == none && other < levels_; ++other) {
    if (other != level) index = pick_in_level(other, request);
  }
  if (index == none) return none;
  counts_.panic_picks += panic_[hosts_[index].level];
  counts_.overflow += hosts_[index].level > 0;
  return index;
}

std::size_t BackendPool::pick_in_level(std::size_t level, const sim::Request& request) {
  if (!zones_matter(level)) return pick_in(groups_[level], request);
  const std::size_t group = draw_zone_group(level);
  const std::size_t index = group == none ? none : pick_in(groups_[group], request);
  if (index == none) return pick_in(groups_[level], request);
  ++counts_.zone_picks;
  counts_.zone_picks_own += hosts_[index].zone == node_.zone()->index;
  return index;
}

std::size_t BackendPool::draw_level() {
  auto drawn = static_cast<int>(spread_.below(100));
  for (std::size_t level = 0; level < levels_; ++level) {
    drawn -= loads_.load[level];
    if (drawn < 0) return level;
  }
  return 0;
}

bool BackendPool::zones_matter(std::size_t level) const {
  return !zone_groups_.empty() && !panic_[level] && !zone_shares_[level].empty();
}

std::size_t BackendPool::draw_zone_group(std::size_t level) {
  const std::vector<double>& shares = zone_shares_[level];
  const std::size_t own = node_.zone()->index;
  if (shares[own] >= 1) return zone_groups_[level][own];
  double drawn = spread_.uniform();
  for (std::size_t zone = 0; zone < shares.size(); ++zone) {
    drawn -= shares[zone];
    if (drawn < 0) return zone_groups_[level][zone];
  }
  return none;
}

std::size_t BackendPool::pick_other(const sim::Request& request,
                                    const std::vector<std::size_t>& tried) {
  bring_back();
  std::vector<std::size_t> hidden;
  for (const std::size_t index : tried) {
    const Host& host = hosts_[index];
    if (!groups_[host.level].policy->available(host.place)) continue;
    set_available(index, false);
    hidden.push_back(index);
  }
  const std::size_t picked = simple_ ? pick_in(groups_[0], request) : pick_among_many(request);
  for (const std::size_t index : hidden) set_available(index, true);
  return picked;
}

/// What outlier ejection makes of a reply.
void BackendPool::judge(std::size_t index, const sim::Reply& reply) {
  const sim::Duration now = node_.kernel().now().time_since_epoch();
  Host& host = hosts_[index];
  const bool was_healthy = host.healthy();
  if (!outliers_->record(index, is_error(reply), now)) return;
  ++counts_.ejections;
  host.ejected = true;
  health_changed(index, was_healthy);
}

/// It refused or reset a request.
void BackendPool::note_refusal(std::size_t index) {
  Host& host = hosts_[index];
  if (params_.max_fails == 0 || host.left_out) return;
  const sim::Time now = node_.kernel().now();
  if (host.fails == 0 || now - host.first_fail > params_.fail_timeout) {
    host.fails = 0;
    host.first_fail = now;
  }
  if (++host.fails < params_.max_fails) return;
  host.fails = 0;
  host.back_at = now + params_.fail_timeout;
  const bool was_healthy = host.healthy();
  host.left_out = true;
  left_out_.push_back(index);
  health_changed(index, was_healthy);
}

/// Those that were left out long enough.
void BackendPool::bring_back() {
  if (left_out_.empty()) return;
  const sim::Time now = node_.kernel().now();
  while (!left_out_.empty() && hosts_[left_out_.front()].back_at <= now) {
    const std::size_t index = left_out_.front();
    left_out_.erase(left_out_.begin());
    hosts_[index].left_out = false;
    health_changed(index, false);
  }
}

void BackendPool::set_check_failed(std::size_t index, bool failed) {
  const bool was_healthy = hosts_[index].healthy();
  hosts_[index].check_failed = failed;
  health_changed(index, was_healthy);
}

void BackendPool::health_changed(std::size_t index, bool was_healthy) {
  Host& host = hosts_[index];
  if (host.healthy() == was_healthy) return;
  if (host.healthy() && params_.slow_start) {
    host.well_since = node_.kernel().now();
    if (std::find(growing_.begin(), growing_.end(), index) == growing_.end()) {
      growing_.push_back(index);
    }
    next_growth_ = host.well_since;
    grow_weights();
  }
  if (levels_ == 1 && params_.panic() == 0 && zone_groups_.empty()) {
    set_available(index, host.healthy());  // Nobody else is concerned.
  } else {
    update_levels();
  }
}

void BackendPool::update_levels() {
  if (levels_ > 1 || params_.panic() > 0) {
    std::vector<LevelHealth> health(levels_);
    for (const Host& host : hosts_) {
      if (host.weight == 0 || !host.listed) continue;
      ++health[host.level].hosts;
      health[host.level].healthy += host.healthy();
    }
    if (std::any_of(health.begin(), health.end(), [](const auto& one) { return one.hosts > 0; })) {
      loads_ = priority_loads(health, params_.overprovisioning, params_.panic());
      panic_ = loads_.panic;
    } else {
      loads_.load.assign(levels_, 0);  // All drained.
    }
  }
  for (std::size_t index = 0; index < hosts_.size(); ++index) {
    set_available(index, may_be_picked(index));
  }
  for (std::size_t level = 0; level < zone_groups_.size(); ++level) {
    std::vector<ZoneCounts> zones;
    for (const std::size_t callers : callers_in_zone_) zones.push_back({callers, 0});
    std::size_t backends = 0;
    for (const std::size_t index : groups_[level].hosts) {
      if (!hosts_[index].healthy() || hosts_[index].weight == 0) continue;
      ++zones[hosts_[index].zone].backends;
      ++backends;
    }
    zone_shares_[level].clear();
    if (backends >= static_cast<std::size_t>(params_.zone_aware->min_backends)) {
      zone_shares_[level] = zone_split(zones, node_.zone()->index);
    }
  }
}

void BackendPool::set_available(std::size_t index, bool available) {
  const Host& host = hosts_[index];
  groups_[host.level].policy->set_available(host.place, available);
  if (host.zone_group != none) {
    groups_[host.zone_group].policy->set_available(host.zone_place, available);
  }
}

void BackendPool::set_weight(std::size_t index, double weight) {
  const Host& host = hosts_[index];
  groups_[host.level].policy->set_weight(host.place, weight);
  if (host.zone_group != none) groups_[host.zone_group].policy->set_weight(host.zone_place, weight);
}

void BackendPool::grow_weights() {
  if (growing_.empty()) return;
  const sim::Time now = node_.kernel().now();
  if (now < next_growth_) return;
  next_growth_ = now + params_.slow_start->window / growth_steps;
  std::erase_if(growing_, [&](std::size_t index) {
    const double share = slow_start_share(*params_.slow_start, now - hosts_[index].well_since);
    set_weight(index, hosts_[index].weight * share);
    return share >= 1;
  });
}

void BackendPool::watch_listing() {
  watches_listing_ = true;
  for (std::size_t index = 0; index < hosts_.size(); ++index) {
    sim::Node& backend = *hosts_[index].target.node;
    if (!backend.comes_and_goes()) continue;
    backend.on_listed([this, index](bool listed) { set_listed(index, listed); });
    set_listed(index, backend.listed());
  }
}

/// Whoever comes into service is new, and well as far as anybody knows.
void BackendPool::set_listed(std::size_t index, bool listed) {
  Host& host = hosts_[index];
  if (host.listed == listed) return;
  const bool was_healthy = host.healthy();
  host.listed = listed;
  if (listed) {
    host.fails = 0;
    host.left_out = host.check_failed = host.ejected = false;
    std::erase(left_out_, index);
  }
  health_changed(index, was_healthy);
  // Of a level that panics, or is left out as a whole, the others change with it.
  if (levels_ > 1 || params_.panic() > 0 || !zone_groups_.empty()) update_levels();
}

void BackendPool::start() {
  if (!watches_listing_) watch_listing();
  if (outliers_) node_.spawn(sweep_outliers());
}

sim::Task<void> BackendPool::sweep_outliers() {
  for (;;) {
    co_await sim::delay(params_.outlier->interval);
    const auto changes = outliers_->sweep(node_.kernel().now().time_since_epoch());
    for (const std::size_t index : changes.back) {
      const bool was_healthy = hosts_[index].healthy();
      hosts_[index].ejected = false;
      health_changed(index, was_healthy);
    }
    for (const std::size_t index : changes.ejected) {
      const bool was_healthy = hosts_[index].healthy();
      ++counts_.ejections;
      hosts_[index].ejected = true;
      health_changed(index, was_healthy);
    }
  }
}

void BackendPool::forget() {
  for (Host& host : hosts_) {
    host.fails = 0;
    host.left_out = host.check_failed = host.ejected = false;
  }
  left_out_.clear();
  growing_.clear();
  if (sessions_) sessions_->clear();
  if (outliers_) outliers_.emplace(*params_.outlier, hosts_.size());
  make_policies();
  update_levels();
}

std::size_t BackendPool::healthy_count() const {
  return static_cast<std::size_t>(
      std::count_if(hosts_.begin(), hosts_.end(), [](const Host& host) { return host.healthy(); }));
}

}  // namespace faultline::models
