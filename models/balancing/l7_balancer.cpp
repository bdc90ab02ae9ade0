/// A balancer that picks a backend for each request.
///
///   request --> [ workers, if limited ] --> service time --> pick --> backend --> reply
///
/// Rule: a backend that refuses or resets `max_fails` times within `fail_timeout` is not picked for
/// `fail_timeout`, and a refused request, which certainly had no effect, is tried on another one;
/// both as nginx does it. Source: nginx, ngx_http_upstream_module (max_fails, fail_timeout,
/// proxy_next_upstream). Does not model: active health checks, connections, request bodies.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "models/algorithms/balancing/balancing_policy.hpp"
#include "models/random_adapter.hpp"
#include "models/service_time.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/network/component.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;
using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

struct L7BalancerParams {
  std::vector<sim::NodeRef> backends;
  sim::Choice<BalancingPolicy> policy{"round_robin"};
  std::map<std::string, double> weights;
  sim::RandomDuration service_time{Duration(0)};
  std::optional<std::int64_t> workers;
  std::optional<std::int64_t> queue_limit;
  std::int64_t max_fails = 1;
  Duration fail_timeout = std::chrono::seconds(10);
  std::int64_t tries = 0;

  static void describe(sim::ParamList<L7BalancerParams>& list) {
    list.add("backends", &L7BalancerParams::backends,
             "Nodes or groups that requests are sent on to")
        .required()
        .not_empty();
    list.add("policy", &L7BalancerParams::policy, "How the backend for a request is picked");
    list.add(
        "weights", &L7BalancerParams::weights,
        "Weight of a backend, by the name of its node or group; 1 for those not named, 0 drains");
    list.add("service_time", &L7BalancerParams::service_time,
             "Time the balancer itself works on a request");
    list.add("workers", &L7BalancerParams::workers,
             "Requests it works on at once; without it, any number")
        .at_least(1);
    list.add("queue_limit", &L7BalancerParams::queue_limit,
             "Requests that may wait for a worker; more are rejected; without it, any number")
        .at_least(0);
    list.add("max_fails", &L7BalancerParams::max_fails,
             "Refused or reset requests after which a backend is left out; 0: never")
        .at_least(0);
    list.add("fail_timeout", &L7BalancerParams::fail_timeout,
             "The time in which they are counted, and for which the backend is left out")
        .above(Duration(0));
    list.add("tries", &L7BalancerParams::tries,
             "Backends a request is tried on while they refuse it; 0: each of them once, 1: no "
             "other")
        .at_least(0);
  }
  static void check(const L7BalancerParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    for (const auto& [name, weight] : params.weights) {
      if (!(weight >= 0 && weight <= BalancingPolicy::weight_max)) {
        problems.add(path / "weights" / name, "expected 0 to 1e6");
      }
      const std::string group = name.substr(0, name.find('['));
      const bool known =
          std::any_of(params.backends.begin(), params.backends.end(), [&](const sim::NodeRef& ref) {
            return ref.name == name || ref.name.substr(0, ref.name.find('[')) == group;
          });
      if (!known) problems.add(path / "weights" / name, "is not among the backends");
    }
  }
};

class L7Balancer final : public sim::Component {
 public:
  L7Balancer(const L7BalancerParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        random_(context.stream("policy")),
        service_time_(params.service_time, context, "service_time"),
        workers_(context.kernel(), context.node().id(),
                 {.servers = params.workers.value_or(sim::Resource::unlimited),
                  .queue_limit = params.queue_limit.value_or(sim::Resource::unlimited),
                  .slowness = &context.node().slowness()}),
        policy_choice_(params.policy),
        fail_timeout_(params.fail_timeout) {
    for (const sim::NodeRef& ref : params.backends) {
      for (const sim::Target& target : context.port(ref)) {
        backends_.push_back({target, 0, Time{}, Time{}});
        weights_.push_back(weight_of(params, *target.node));
        names_.push_back(target.node->name());
      }
    }
    policy_ = policy_choice_.make({weights_, random_, names_});
    tries_ = params.tries > 0 ? static_cast<std::size_t>(params.tries) : backends_.size();
    // A single backend is never left out.
    max_fails_ = backends_.size() > 1 ? params.max_fails : 0;
  }

  Task<Reply> handle(const Request& request) override {
    if (workers_.limited()) {
      const ServiceTime::Draw service = service_time_.draw();
      if (!co_await workers_.use(service.duration, service.lane))
        co_return Reply::fail(sim::Reason::rejected);
    } else if (!service_time_.is_zero()) {
      const ServiceTime::Draw service = service_time_.next();
      co_await sim::delay(service.duration, service.lane);
    }
    const std::size_t first = pick(request);
    if (first == BalancingPolicy::none) {
      ++without_backend_;
      co_return Reply::fail(sim::Reason::rejected);
    }
    Reply reply = co_await Attempt(*this, first, request);
    if (!was_refused(reply)) co_return reply;
    std::vector<std::size_t> tried{first};
    while (was_refused(reply) && tried.size() < tries_) {
      const std::size_t next = pick_other(request, tried);
      if (next == BalancingPolicy::none) break;
      tried.push_back(next);
      reply = co_await Attempt(*this, next, request);
    }
    co_return reply;
  }

  /// What it knew of its backends was in memory only.
  void crashed() override {
    for (Backend& backend : backends_) backend.fails = 0;
    left_out_.clear();
    policy_ = policy_choice_.make({weights_, random_, names_});
  }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    statistics.servers(workers_, workers_);
    statistics.scalar("without_backend",
                      [this](Time) { return static_cast<double>(without_backend_); });
    statistics.on_reset([this](Time) { without_backend_ = 0; });
  }

  void certain_calls(sim::NameId endpoint, std::vector<sim::CertainCall>& out) const override {
    out.push_back({backends_.front().target.node, endpoint});
  }

 private:
  struct Backend {
    sim::Target target;
    std::int64_t fails = 0;  ///< Since first_fail.
    Time first_fail{};
    Time back_at{};  ///< When it is picked again; in the past: it is not left out.
  };

  /// One request sent to a backend. Tells the policy of its end however it ends: when the balancer
  /// crashes too.
  class Attempt {
   public:
    Attempt(L7Balancer& balancer, std::size_t index, const Request& request)
        : balancer_(balancer),
          index_(index),
          sent_(balancer.node_.kernel().now()),
          call_(balancer.node_, balancer.backends_[index].target, request, balancer.no_limit_) {
      balancer_.policy_->started(index_);
    }
    ~Attempt() {
      if (!ended_) end(false);
    }
    bool await_ready() noexcept { return call_.await_ready(); }
    void await_suspend(std::coroutine_handle<> frame) { call_.await_suspend(frame); }
    Reply await_resume() {
      const Reply reply = call_.await_resume();
      end(reply.is_ok());
      balancer_.note_health(index_, reply);
      return reply;
    }

   private:
    void end(bool ok) {
      ended_ = true;
      const Time now = balancer_.node_.kernel().now();
      balancer_.policy_->finished(index_, now - sent_, ok, now.time_since_epoch());
    }
    L7Balancer& balancer_;
    std::size_t index_;
    Time sent_;
    sim::RemoteCall call_;
    bool ended_ = false;
  };

  static double weight_of(const L7BalancerParams& params, const sim::Node& node) {
    if (const auto own = params.weights.find(node.name()); own != params.weights.end())
      return own->second;
    if (const auto group = params.weights.find(node.group()); group != params.weights.end())
      return group->second;
    return 1;
  }

  /// True if the backend itself refused, whatever it may pass on of those behind it.
  static bool was_refused(const Reply& reply) {
    return !reply.answered && reply.reason == sim::Reason::refused;
  }

  std::size_t pick(const Request& request) {
    bring_back();
    return policy_->pick({request.key, request.source, node_.kernel().now().time_since_epoch()});
  }

  /// A backend that the request has not been tried on.
  std::size_t pick_other(const Request& request, const std::vector<std::size_t>& tried) {
    bring_back();
    std::vector<std::size_t> hidden;
    for (const std::size_t index : tried) {
      if (!policy_->available(index)) continue;
      policy_->set_available(index, false);
      hidden.push_back(index);
    }
    const std::size_t picked =
        policy_->pick({request.key, request.source, node_.kernel().now().time_since_epoch()});
    for (const std::size_t index : hidden) policy_->set_available(index, true);
    return picked;
  }

  /// Makes those available again that were left out long enough.
  void bring_back() {
    const Time now = node_.kernel().now();
    while (!left_out_.empty() && backends_[left_out_.front()].back_at <= now) {
      policy_->set_available(left_out_.front(), true);
      left_out_.erase(left_out_.begin());
    }
  }

  void note_health(std::size_t index, const Reply& reply) {
    if (reply.answered || max_fails_ == 0 || !policy_->available(index)) return;
    Backend& backend = backends_[index];
    const Time now = node_.kernel().now();
    if (backend.fails == 0 || now - backend.first_fail > fail_timeout_) {
      backend.fails = 0;
      backend.first_fail = now;
    }
    if (++backend.fails < max_fails_) return;
    backend.fails = 0;
    backend.back_at = now + fail_timeout_;
    policy_->set_available(index, false);
    left_out_.push_back(index);
  }

  sim::Node& node_;
  StreamSource random_;
  ServiceTime service_time_;
  sim::Resource workers_;
  std::vector<Backend> backends_;      ///< State.
  std::vector<std::size_t> left_out_;  ///< By the time they come back, soonest first. State.
  sim::Choice<BalancingPolicy> policy_choice_;  ///< Parameter.
  std::vector<double> weights_;                 ///< Of the backends. Parameter.
  std::vector<std::string> names_;              ///< Of the backends.
  std::unique_ptr<BalancingPolicy> policy_;     ///< The algorithm under study.
  sim::Patience no_limit_;
  Duration fail_timeout_;
  std::int64_t max_fails_ = 0;
  std::size_t tries_ = 1;
  std::uint64_t without_backend_ = 0;  ///< Requests for which no backend was left. Statistic.
};

const sim::Registration<sim::Component, L7Balancer, L7BalancerParams> registered{
    {.name = "l7_balancer",
     .title = "L7 balancer",
     .summary = "Picks a backend for each request, by a policy that really picks.",
     .source = "nginx, ngx_http_upstream_module",
     .does_not_model = "active health checks, connections, request bodies",
     .example =
         R"json({"type": "l7_balancer", "policy": "least_connections", "backends": ["app"]})json"}};

}  // namespace
}  // namespace faultline::models
