/// A balancer that picks a backend for each request.
///
///   request --> [ workers, if limited ] --> service time --> route --> pick --> backend --> reply
///
/// Rule: a backend that refuses or resets `max_fails` times within `fail_timeout` is not picked for
/// `fail_timeout`, and a refused request, which certainly had no effect, is tried on another one;
/// both as nginx does it. Health checks, outlier ejection, panic, priorities and zones are Envoy's.
/// What a caller can do against failures (timeout, retry, ..) is done around all that: each try
/// picks anew. Source: nginx, ngx_http_upstream_module (max_fails, fail_timeout,
/// proxy_next_upstream); Envoy documentation, "Load balancing". Does not model: connections,
/// request bodies.
#include <algorithm>
#include <memory>
#include <type_traits>
#include <vector>

#include "models/algorithms/hashing/key_hash.hpp"
#include "models/balancing/backend_pool.hpp"
#include "models/balancing/health_checker.hpp"
#include "models/resilience/caller.hpp"
#include "models/service_time.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/network/component.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

/// Which requests a route takes.
class RouteMatch {
 public:
  RouteMatch(const L7RouteParams& params, const sim::BuildContext& context)
      : from_(static_cast<std::uint64_t>(params.keys_from.value_or(0))),
        last_(params.keys_below ? static_cast<std::uint64_t>(*params.keys_below) - 1
                                : ~std::uint64_t{0}),
        share_(params.share ? params.share->value : 1),
        by_key_(params.keys_from || params.keys_below || params.share) {
    for (const std::string& name : params.endpoints) endpoints_.push_back(context.name(name));
  }

  bool fits(const Request& request) const {
    if (!fits_endpoint(request.endpoint)) return false;
    if (!by_key_) return true;
    if (request.key < from_ || request.key > last_) return false;
    return static_cast<double>(hash_of_word(request.key) >> 11) * 0x1.0p-53 < share_;
  }
  bool fits_endpoint(sim::NameId endpoint) const {
    return endpoints_.empty() ||
           std::find(endpoints_.begin(), endpoints_.end(), endpoint) != endpoints_.end();
  }
  /// Whether the endpoint alone decides.
  bool by_endpoint() const { return !by_key_; }

 private:
  std::vector<sim::NameId> endpoints_;
  std::uint64_t from_;
  std::uint64_t last_;
  double share_;
  bool by_key_;
};

class L7Balancer final : public sim::Component {
 public:
  L7Balancer(const L7BalancerParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        random_(context.stream("policy")),
        spread_(context.stream("spread")),
        service_time_(params.service_time, context, "service_time"),
        admission_(params.admission, context),
        workers_(context.kernel(), context.node().id(),
                 {.servers = params.workers.value_or(sim::Resource::unlimited),
                  .queue_limit = params.queue_limit.value_or(sim::Resource::unlimited),
                  .slowness = &context.node().slowness(),
                  .drop_expired = admission_.drops_expired(),
                  .rule = admission_.queue_rule()}),
        caller_(params.caller, context, "caller", {.targets = all_backends(params)}),
        params_(params.pool),
        tries_(static_cast<std::size_t>(params.tries)),
        pool_(params.backends, params.policy, params.pool, context, random_, spread_) {
    for (const L7RouteParams& route : params.routes) {
      routes_.push_back(std::make_unique<Route>(
          RouteMatch(route, context),
          BackendPool(route.backends, route.policy ? route.policy : params.policy, params.pool,
                      context, random_, spread_)));
    }
    if (params_.health_check) {
      for_each_pool([&](BackendPool& pool) {
        checkers_.push_back(
            std::make_unique<HealthChecker>(*params_.health_check, pool, context,
                                            "health_check" + std::to_string(checkers_.size())));
      });
    }
  }

  void start() override {
    for_each_pool([](BackendPool& pool) { pool.start(); });
    for (const auto& checker : checkers_) checker->start();
  }

  Task<Reply> handle(const Request& request) override {
    if (admission_.is_open()) return pass_on(request);
    return admission_.guard(request, [this](const Request& let_in) { return pass_on(let_in); });
  }

  Task<Reply> pass_on(const Request& request) {
    if (workers_.limited()) {
      const ServiceTime::Draw service = service_time_.draw();
      const sim::Resource::Served served =
          co_await workers_.use(service.duration, service.lane, 0, request.deadline);
      if (!served) co_return Reply::fail(reason_of(served.denial));
    } else if (!service_time_.is_zero()) {
      const ServiceTime::Draw service = service_time_.next();
      co_await sim::delay(service.duration, service.lane);
    }
    BackendPool& pool = routes_.empty() ? pool_ : pool_for(request);
    if (!caller_.is_plain()) {
      auto called = caller_.call(request, [this, &pool](const Request& each, const sim::Patience&) {
        return send_on(pool, each);
      });
      co_return co_await called;
    }
    // The same as send_on, without a frame of its own.
    const std::size_t first = pool.pick(request);
    if (first == BackendPool::none) {
      ++without_backend_;
      co_return Reply::fail(sim::Reason::rejected);
    }
    Reply reply;
    {
      Attempt attempt(*this, pool, first, [&] {
        return sim::call(node_, pool.target(first), request, caller_.patience());
      });
      reply = co_await attempt;
    }
    if (!was_refused(reply)) [[likely]]
      co_return reply;
    auto others = try_others(pool, request, first, reply);
    co_return co_await others;
  }

  /// What it knew of its backends was in memory only.
  void crashed() override {
    for_each_pool([](BackendPool& pool) { pool.forget(); });
    admission_.crashed();
  }

  void describe_statistics(sim::NodeStatistics& statistics) override;

  /// A balancer before caches is as good as a cache: twemproxy and mcrouter are such.
  bool offers(std::string_view role) const override {
    if (role == "any") return true;
    if (asking_) return false;  // Balancers in a circle.
    asking_ = true;
    bool all = offers(pool_, role);
    for (const auto& route : routes_) all = all && offers(route->pool, role);
    asking_ = false;
    return all;
  }

  void certain_calls(sim::NameId endpoint, std::vector<sim::CertainCall>& out) const override {
    const BackendPool* pool = &pool_;
    for (const auto& route : routes_) {
      if (!route->match.fits_endpoint(endpoint)) continue;
      if (!route->match.by_endpoint()) return;  // The key decides.
      pool = &route->pool;
      break;
    }
    out.push_back({pool->target(0).node, endpoint});
  }

 private:
  struct Route {
    Route(RouteMatch match_, BackendPool pool_)
        : match(std::move(match_)), pool(std::move(pool_)) {}
    RouteMatch match;
    BackendPool pool;
  };

  /// One request sent to a backend by `send`, which gives what to await for the reply. Tells the
  /// pool of its end however it ends: when the balancer crashes too.
  template <class Send>
  class Attempt {
    using Sent = std::invoke_result_t<Send>;

   public:
    Attempt(L7Balancer& balancer, BackendPool& pool, std::size_t index, const Send& send)
        : pool_(pool),
          kernel_(balancer.node_.kernel()),
          index_(index),
          sent_(kernel_.now()),
          call_(send()) {
      pool_.started(index_);
    }
    ~Attempt() {
      if (!ended_) end(false);
    }
    bool await_ready() noexcept { return call_.await_ready(); }
    template <class Promise>
    auto await_suspend(std::coroutine_handle<Promise> frame)
        -> decltype(std::declval<Sent&>().await_suspend(frame)) {
      return call_.await_suspend(frame);
    }
    Reply await_resume() {
      const Reply reply = call_.await_resume();
      end(reply.is_ok());
      pool_.note_reply(index_, reply);
      return reply;
    }

   private:
    void end(bool ok) {
      ended_ = true;
      pool_.finished(index_, kernel_.now() - sent_, ok);
    }
    BackendPool& pool_;
    sim::Kernel& kernel_;
    std::size_t index_;
    Time sent_;
    Sent call_;
    bool ended_ = false;
  };

  static std::vector<sim::NodeRef> all_backends(const L7BalancerParams& params) {
    std::vector<sim::NodeRef> all = params.backends;
    for (const L7RouteParams& route : params.routes) {
      all.insert(all.end(), route.backends.begin(), route.backends.end());
    }
    return all;
  }

  /// True if the backend itself refused, whatever it may pass on of those behind it.
  static bool was_refused(const Reply& reply) {
    return !reply.answered && reply.reason == sim::Reason::refused;
  }

  static bool offers(const BackendPool& pool, std::string_view role) {
    for (std::size_t index = 0; index < pool.size(); ++index) {
      if (!pool.target(index).node->component().offers(role)) return false;
    }
    return true;
  }

  template <class Use>
  void for_each_pool(const Use& use) {
    use(pool_);
    for (const auto& route : routes_) use(route->pool);
  }

  BackendPool& pool_for(const Request& request) {
    for (const auto& route : routes_) {
      if (route->match.fits(request)) return route->pool;
    }
    return pool_;
  }

  /// Requires: `request` outlives the task.
  Task<Reply> send_on(BackendPool& pool, const Request& request) {
    const std::size_t first = pool.pick(request);
    if (first == BackendPool::none) {
      ++without_backend_;
      co_return Reply::fail(sim::Reason::rejected);
    }
    Reply reply;
    {
      Attempt attempt(*this, pool, first, [&] {
        return caller_.exchange(pool.target(first), request, caller_.patience());
      });
      reply = co_await attempt;
    }
    if (!was_refused(reply)) co_return reply;
    auto others = try_others(pool, request, first, reply);
    co_return co_await others;
  }

  /// Requires: `request` outlives the task.
  Task<Reply> try_others(BackendPool& pool, const Request& request, std::size_t first,
                         Reply reply) {
    const std::size_t tries = tries_ > 0 ? tries_ : pool.size();
    std::vector<std::size_t> tried{first};
    while (was_refused(reply) && tried.size() < tries) {
      const std::size_t next = pool.pick_other(request, tried);
      if (next == BackendPool::none) break;
      tried.push_back(next);
      Attempt attempt(*this, pool, next, [&] {
        return caller_.exchange(pool.target(next), request, caller_.patience());
      });
      reply = co_await attempt;
    }
    co_return reply;
  }

  /// A number of all pools together.
  std::uint64_t sum(std::uint64_t BackendPool::Counts::*count) {
    std::uint64_t all = 0;
    for_each_pool([&](const BackendPool& pool) { all += pool.counts().*count; });
    return all;
  }

  sim::Node& node_;
  StreamSource random_;
  StreamSource spread_;
  ServiceTime service_time_;
  Admission admission_;
  sim::Resource workers_;
  Caller caller_;
  BackendPoolParams params_;                              ///< Parameters.
  std::size_t tries_;                                     ///< Parameter; 0: as many as there are.
  BackendPool pool_;                                      ///< State.
  std::vector<std::unique_ptr<Route>> routes_;            ///< State.
  std::vector<std::unique_ptr<HealthChecker>> checkers_;  ///< One for each pool.
  mutable bool asking_ = false;                           ///< Its backends what they offer.
  std::uint64_t without_backend_ = 0;  ///< Requests for which no backend was left. Statistic.
};

void L7Balancer::describe_statistics(sim::NodeStatistics& statistics) {
  statistics.servers(workers_, workers_);
  admission_.describe_statistics(statistics, workers_);
  statistics.scalar("without_backend",
                    [this](Time) { return static_cast<double>(without_backend_); });
  const auto count = [&](std::string name, std::uint64_t BackendPool::Counts::*what) {
    statistics.scalar(std::move(name),
                      [this, what](Time) { return static_cast<double>(sum(what)); });
  };
  if (params_.outlier) count("ejections", &BackendPool::Counts::ejections);
  if (params_.panic() > 0) count("panic_picks", &BackendPool::Counts::panic_picks);
  if (params_.sticky) count("sessions_moved", &BackendPool::Counts::sessions_moved);
  if (!params_.priorities.empty()) count("overflow", &BackendPool::Counts::overflow);
  if (params_.zone_aware) {
    statistics.scalar("own_zone_share", [this](Time) {
      const auto picks = static_cast<double>(sum(&BackendPool::Counts::zone_picks));
      return picks == 0 ? 0
                        : static_cast<double>(sum(&BackendPool::Counts::zone_picks_own)) / picks;
    });
  }
  if (!checkers_.empty()) {
    statistics.scalar("failed_checks", [this](Time) {
      double all = 0;
      for (const auto& checker : checkers_) all += static_cast<double>(checker->failed_checks());
      return all;
    });
  }
  statistics.on_reset([this](Time) {
    without_backend_ = 0;
    for_each_pool([](BackendPool& pool) { pool.reset_counts(); });
    for (const auto& checker : checkers_) checker->reset_counts();
  });
}

const sim::Registration<sim::Component, L7Balancer, L7BalancerParams> registered{
    {.name = "l7_balancer",
     .title = "L7 balancer",
     .summary = "Picks a backend for each request, by a policy that really picks; knows who is "
                "well by refusals, health checks and outlier ejection.",
     .source = "nginx, ngx_http_upstream_module; Envoy documentation, Load balancing",
     .does_not_model = "connections, request bodies",
     .example =
         R"json({"type": "l7_balancer", "policy": "least_connections", "backends": ["app"]})json",
     .category = sim::Category::balancing}};

}  // namespace
}  // namespace faultline::models
