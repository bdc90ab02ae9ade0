/// The backends a balancer picks among, and what it knows of each: weight, health, level, zone.
///
///   request --> [ session? ] --> [ level by health ] --> [ zone ] --> [ policy ] --> backend
///
/// Rule: a backend is healthy unless it was left out for refusals (max_fails), failed its health
/// checks, or was ejected as an outlier. Healthy ones can be picked, and in a level that panics
/// all. One that is not in service (models/scaling) is as if it were not there: it counts for
/// nothing. A session goes to its backend as long as that one can be picked; else the level is
/// drawn by the priority loads, the zone by the zone split, and the policy picks among what is
/// left. Does not model: sessions that several balancers share; levels drawn by the hash of a
/// request.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/algorithms/balancing/priority_loads.hpp"
#include "models/algorithms/balancing/sticky_table.hpp"
#include "models/balancing/l7_params.hpp"
#include "models/random_adapter.hpp"
#include "sim/network/call.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

class BackendPool {
 public:
  static constexpr std::size_t none = BalancingPolicy::none;

  /// `random` is the chance of the policies, `spread` that of levels and zones; both outlive it.
  BackendPool(const std::vector<sim::NodeRef>& backends, const sim::Choice<BalancingPolicy>& policy,
              const BackendPoolParams& params, const sim::BuildContext& context,
              RandomSource& random, RandomSource& spread);

  std::size_t size() const { return hosts_.size(); }
  const sim::Target& target(std::size_t index) const { return hosts_[index].target; }

  /// The backend for `request`, or none.
  std::size_t pick(const sim::Request& request) {
    if (!left_out_.empty()) [[unlikely]]
      bring_back();
    return simple_ ? pick_in(groups_[0], request) : pick_among_many(request);
  }
  /// One that is none of `tried`, or none.
  std::size_t pick_other(const sim::Request& request, const std::vector<std::size_t>& tried);

  /// A request was sent to a backend.
  void started(std::size_t index) {
    const Host& host = hosts_[index];
    groups_[host.level].policy->started(host.place);
    if (host.zone_group != none) groups_[host.zone_group].policy->started(host.zone_place);
  }
  /// It ended, `latency` after it was sent, however it ended.
  void finished(std::size_t index, sim::Duration latency, bool ok) {
    const Host& host = hosts_[index];
    const sim::Duration now = node_.kernel().now().time_since_epoch();
    groups_[host.level].policy->finished(host.place, latency, ok, now);
    if (host.zone_group != none) {
      groups_[host.zone_group].policy->finished(host.zone_place, latency, ok, now);
    }
  }
  /// It was answered, or refused, or reset: what that tells of the backend's health.
  void note_reply(std::size_t index, const sim::Reply& reply) {
    if (outliers_) judge(index, reply);
    if (!reply.answered) [[unlikely]]
      note_refusal(index);
  }

  /// The result of the health checks of a backend is another one now.
  void set_check_failed(std::size_t index, bool failed);
  /// Starts what runs beside the requests: the sweeps of outlier ejection. From then on it hears of
  /// backends that come and go. Requires: it stays where it is from now on.
  void start();
  /// What it knew is gone.
  void forget();

  bool healthy(std::size_t index) const { return hosts_[index].healthy(); }
  /// Whether it is in service at all.
  bool listed(std::size_t index) const { return hosts_[index].listed; }
  /// Healthy, or in a level that panics.
  bool may_be_picked(std::size_t index) const {
    return hosts_[index].healthy() || (hosts_[index].listed && panic_[hosts_[index].level]);
  }
  std::size_t healthy_count() const;

  /// Statistics since they began.
  struct Counts {
    std::uint64_t ejections = 0;       ///< By outlier ejection.
    std::uint64_t panic_picks = 0;     ///< Picks in a level that panics.
    std::uint64_t sessions_moved = 0;  ///< Sessions whose backend could not be picked any more.
    std::uint64_t overflow = 0;        ///< Picks outside the first level.
    std::uint64_t zone_picks = 0;      ///< Picks by zone.
    std::uint64_t zone_picks_own = 0;  ///< Of those, in the balancer's own.
  };
  const Counts& counts() const { return counts_; }
  void reset_counts() { counts_ = {}; }

 private:
  struct Host {
    sim::Target target;
    double weight = 1;
    std::size_t level = 0;  ///< Also the number of its level's group.
    std::size_t place = 0;  ///< In that group.
    std::size_t zone = none;
    std::size_t zone_group =
        none;  ///< Its level's backends in its zone; none: zones do not matter.
    std::size_t zone_place = 0;

    std::int64_t fails = 0;  ///< Since first_fail.
    sim::Time first_fail{};
    sim::Time back_at{};     ///< When it is picked again after it was left out.
    sim::Time well_since{};  ///< Since when its weight grows.
    bool listed = true;      ///< In service.
    bool left_out = false;
    bool check_failed = false;
    bool ejected = false;
    bool healthy() const { return listed && !left_out && !check_failed && !ejected; }
  };
  /// Backends with a policy of their own: those of a level, or of a level in a zone.
  struct Group {
    std::unique_ptr<BalancingPolicy> policy;
    std::vector<std::size_t> hosts;
  };

  void add_hosts(const std::vector<sim::NodeRef>& backends, const sim::BuildContext& context);
  void group_by_zone(const sim::BuildContext& context);
  void make_policies();

  BalancingRequest for_policy(const sim::Request& request) const {
    return {request.key, request.source, node_.kernel().now().time_since_epoch()};
  }
  std::size_t pick_in(Group& group, const sim::Request& request) {
    const std::size_t place = group.policy->pick(for_policy(request));
    return place == none ? none : group.hosts[place];
  }
  std::size_t pick_among_many(const sim::Request& request);
  std::size_t pick_by_session(const sim::Request& request);
  std::size_t pick_anew(const sim::Request& request);
  std::size_t pick_in_level(std::size_t level, const sim::Request& request);
  std::size_t draw_level();
  std::size_t draw_zone_group(std::size_t level);
  bool zones_matter(std::size_t level) const;

  void watch_listing();
  void set_listed(std::size_t index, bool listed);
  void judge(std::size_t index, const sim::Reply& reply);
  void note_refusal(std::size_t index);
  void bring_back();
  void health_changed(std::size_t index, bool was_healthy);
  void update_levels();
  void set_available(std::size_t index, bool available);
  void set_weight(std::size_t index, double weight);
  void grow_weights();
  sim::Task<void> sweep_outliers();

  sim::Node& node_;
  BackendPoolParams params_;             ///< Parameters.
  sim::Choice<BalancingPolicy> policy_;  ///< Parameter.
  RandomSource& random_;
  RandomSource& spread_;
  std::vector<Host> hosts_;    ///< State.
  std::vector<Group> groups_;  ///< First those of the levels, then those of zones.
  std::size_t levels_ = 1;     ///< Their number.
  bool simple_ = true;  ///< One level that never panics, no zones, sessions or growing weights.
  std::vector<std::size_t> left_out_;  ///< By the time they come back, soonest first. State.

  std::vector<bool> panic_;  ///< By level. State.
  PriorityLoads loads_;      ///< State.

  std::vector<std::size_t> callers_in_zone_;           ///< By zone.
  std::vector<std::vector<double>> zone_shares_;       ///< By level; empty: not worked out. State.
  std::vector<std::vector<std::size_t>> zone_groups_;  ///< By level and zone; none: nobody there.

  std::optional<StickyTable> sessions_;      ///< State.
  std::optional<OutlierDetector> outliers_;  ///< State.
  std::vector<std::size_t> growing_;         ///< Backends whose weight grows. State.
  sim::Time next_growth_{};                  ///< State.
  bool watches_listing_ = false;
  Counts counts_;  ///< Statistic.
};

}  // namespace faultline::models
