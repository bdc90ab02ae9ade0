/// Stands before a group that may be scaled to zero: a request that finds nobody waits until an
/// instance has been started for it.
///
///   request --> [ queue, while nobody is in service ] --> pick --> backend --> reply
///                  '--> whoever scales the group is told
///
/// Rule: a request is sent on at once if a backend is in service and, with `concurrency`, has less
/// than so many requests of this activator; backends share that room, the one with the fewest
/// first. Else it waits its turn, first come, first served, up to `patience`; beyond `queue_limit`
/// that wait it is rejected. One that a backend refuses is tried again on the next that may be
/// picked, once for each backend.
/// Source: Knative Serving, "Request flow" and the activator's breaker (queue depth 10,000,
/// containerConcurrency); KEDA, HTTP add-on, interceptor.
/// Does not model: several activators that share the room, leaving the way of requests when there
/// are enough instances.
#include <algorithm>
#include <chrono>
#include <deque>
#include <limits>
#include <optional>
#include <vector>

#include "models/balancing/backend_pool.hpp"
#include "models/random_adapter.hpp"
#include "models/scaling/activation.hpp"
#include "models/storage/bell.hpp"
#include "sim/measure/gauge.hpp"
#include "sim/measure/histogram.hpp"
#include "sim/network/component.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

struct ActivatorParams {
  std::vector<sim::NodeRef> backends;
  sim::Choice<BalancingPolicy> policy{"least_connections"};
  std::optional<std::int64_t> concurrency;
  std::int64_t queue_limit = 10'000;
  sim::Duration patience = std::chrono::minutes(5);

  static void describe(sim::ParamList<ActivatorParams>& list) {
    list.add("backends", &ActivatorParams::backends, "Nodes or groups that requests are sent on to")
        .required()
        .not_empty();
    list.add("policy", &ActivatorParams::policy, "How the backend for a request is picked");
    list.add("concurrency", &ActivatorParams::concurrency,
             "Requests that an instance works on at once; more wait here; without it, any number")
        .unit("requests")
        .between(1, 1'000'000);
    list.add("queue_limit", &ActivatorParams::queue_limit,
             "Requests that may wait here; more are rejected")
        .unit("requests")
        .at_least(0);
    list.add("patience", &ActivatorParams::patience,
             "How long a request may wait here; then it is rejected")
        .above(sim::Duration(0));
  }
};

class Activator final : public sim::Component, public Activation {
 public:
  Activator(const ActivatorParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        params_(params),
        random_(context.stream("policy")),
        spread_(context.stream("spread")),
        pool_(params.backends, params.policy, never_leaves_out(), context, random_, spread_) {}

  void start() override {
    pool_.start();
    if (std::exchange(started_, true)) return;
    for (std::size_t i = 0; i < pool_.size(); ++i) {
      pool_.target(i).node->on_listed([this](bool listed) {
        if (listed) let_in();
      });
    }
  }
  void crashed() override { pool_.forget(); }

  Task<Reply> handle(const Request& request) override {
    Place place(*this);
    if (!waiting_.empty() || room() == 0) {
      if (waiting_.size() >= static_cast<std::size_t>(params_.queue_limit)) {
        ++turned_away_;
        co_return Reply::fail(sim::Reason::rejected);
      }
      const Time asked = now();
      place.wait();
      if (waiting_.size() == 1 && told_) told_();
      const Time limit = std::min(request.deadline, asked + params_.patience);
      const bool in_turn = co_await place.bell.until(limit);
      ++waited_;
      wait_.record((now() - asked).count());
      if (!in_turn) {
        ++given_up_;
        co_return Reply::fail(request.deadline <= now() ? sim::Reason::expired
                                                        : sim::Reason::rejected);
      }
    } else {
      place.enter();
    }
    std::vector<std::size_t> tried;
    Reply reply = Reply::fail(sim::Reason::rejected);
    while (tried.size() < pool_.size()) {
      const std::size_t index =
          tried.empty() ? pool_.pick(request) : pool_.pick_other(request, tried);
      if (index == BackendPool::none) break;
      tried.push_back(index);
      pool_.started(index);
      const Sent sent(*this, index);
      reply = co_await sim::call(node_, pool_.target(index), request, no_limit_);
      pool_.note_reply(index, reply);
      if (reply.answered || reply.reason != sim::Reason::refused) break;
    }
    co_return reply;
  }

  bool offers(std::string_view role) const override { return role == "any" || role == "activator"; }
  void certain_calls(sim::NameId endpoint, std::vector<sim::CertainCall>& out) const override {
    out.push_back({pool_.target(0).node, endpoint});
  }

  std::size_t waiting() const override { return waiting_.size(); }
  void on_waiting(std::function<void()> act) override { told_ = std::move(act); }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    statistics.scalar("queue_length_mean", [this](Time time) { return queue_.mean(time); });
    statistics.scalar("queue_length_max",
                      [this](Time) { return static_cast<double>(queue_.maximum()); });
    statistics.series_part("queue_length", [this](Time time) {
      return static_cast<double>(queue_.area(time)) * 1e-9;
    });
    statistics.histogram("activation_wait_seconds", wait_);
    const auto count = [&](const char* name, const std::uint64_t& counter) {
      statistics.scalar(name, [&counter](Time) { return static_cast<double>(counter); });
    };
    count("waited", waited_);
    count("turned_away", turned_away_);
    count("given_up", given_up_);
    statistics.on_reset([this](Time time) {
      queue_.reset(time);
      wait_ = {};
      waited_ = turned_away_ = given_up_ = 0;
    });
  }

 private:
  /// A request here: it waits, or has a part of the backends' room, until this ends.
  class Place {
   public:
    explicit Place(Activator& activator) : bell(activator.node_.kernel()), activator_(activator) {}
    Place(const Place&) = delete;
    ~Place() {
      if (waits_) leave_queue();
      if (!inside_) return;
      --activator_.inside_;
      activator_.let_in();
    }
    void wait() {
      waits_ = true;
      activator_.waiting_.push_back(this);
      activator_.queue_.add(activator_.now(), 1);
    }
    void enter() {
      inside_ = true;
      ++activator_.inside_;
    }
    /// It is the first, and there is room.
    void let_in() {
      leave_queue();
      enter();
      bell.ring();
    }
    Bell bell;

   private:
    void leave_queue() {
      waits_ = false;
      std::erase(activator_.waiting_, this);
      activator_.queue_.add(activator_.now(), -1);
    }
    Activator& activator_;
    bool waits_ = false;
    bool inside_ = false;
  };

  /// A request at a backend, which the pool is told of however it ends.
  class Sent {
   public:
    Sent(Activator& activator, std::size_t index)
        : activator_(activator), index_(index), begun_(activator.now()) {}
    Sent(const Sent&) = delete;
    ~Sent() { activator_.pool_.finished(index_, activator_.now() - begun_, true); }

   private:
    Activator& activator_;
    std::size_t index_;
    Time begun_;
  };

  /// Who refuses is on his way out, and not listed much longer.
  static BackendPoolParams never_leaves_out() {
    BackendPoolParams params;
    params.max_fails = 0;
    return params;
  }

  /// How many more requests may be sent on.
  std::size_t room() const {
    std::size_t listed = 0;
    for (std::size_t i = 0; i < pool_.size(); ++i) listed += pool_.listed(i);
    if (listed == 0) return 0;
    if (!params_.concurrency) return std::numeric_limits<std::size_t>::max();
    const std::size_t all = listed * static_cast<std::size_t>(*params_.concurrency);
    return all > inside_ ? all - inside_ : 0;
  }
  void let_in() {
    if (node_.kernel().ending(node_.id())) return;
    while (!waiting_.empty() && room() > 0) waiting_.front()->let_in();
  }
  Time now() const { return node_.kernel().now(); }

  sim::Node& node_;
  ActivatorParams params_;  ///< Parameters.
  StreamSource random_;
  StreamSource spread_;
  sim::Patience no_limit_;
  std::deque<Place*> waiting_;  ///< State.
  std::size_t inside_ = 0;      ///< Requests at backends. State.
  BackendPool pool_;            ///< State.
  std::function<void()> told_;
  bool started_ = false;
  sim::CountGauge queue_;          ///< Statistic.
  sim::Histogram wait_;            ///< Of those that waited. Statistic.
  std::uint64_t waited_ = 0;       ///< Statistic.
  std::uint64_t turned_away_ = 0;  ///< The queue was full. Statistic.
  std::uint64_t given_up_ = 0;     ///< They waited too long. Statistic.
};

const sim::Registration<sim::Component, Activator, ActivatorParams> registered{
    {.name = "activator",
     .title = "Activator",
     .summary = "Holds requests to a group that is scaled to zero until an instance is there, and "
                "sees to it that one is started.",
     .source = "Knative Serving, request flow; KEDA, HTTP add-on",
     .does_not_model = "several activators that share the room, leaving the way of requests when "
                       "there are enough instances",
     .example = R"json({"type": "activator", "backends": ["app"], "concurrency": 10})json",
     .category = sim::Category::balancing}};

}  // namespace
}  // namespace faultline::models
