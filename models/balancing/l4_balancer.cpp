/// A balancer that picks a backend for each connection, and sees no more of it than addresses.
///
///   proxy:  caller --> [ table: connection -> backend ] --> backend, and back the same way
///   direct: caller --> [ table ] --> backend --> caller
///
/// Rule: a new connection is given a backend by the policy, which knows the caller's address and a
/// hash of the whole connection, but neither key nor endpoint; all that comes by the connection
/// goes there until it is closed. So requests that are multiplexed on few connections that live
/// long are not spread, and a new backend gets nothing of them. A caller without `connections`
/// opens one for each request. A backend that refuses a connection, or does not answer within
/// connect_timeout, has failed to connect: the connection goes to another one, and after
/// `max_fails` such failures within `fail_timeout` the backend gets no new ones for
/// `fail_timeout`. What comes by a connection that the table does not know any more (idle for too
/// long, its backend crashed, cut off at the end of a drain) is answered with a reset. What passes
/// takes `service_time`: there and back, or there alone when the backend answers directly.
/// Source: Linux, ipvs (LVS), NAT and direct routing; Eisenbud et al., "Maglev", NSDI 2016; nginx,
/// ngx_stream_proxy_module (max_fails, fail_timeout, proxy_next_upstream).
/// Does not model: packets, active health checks; a table that several balancers share.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "models/algorithms/balancing/balancing_policy.hpp"
#include "models/balancing/connection_table.hpp"
#include "models/random_adapter.hpp"
#include "models/service_time.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/measure/gauge.hpp"
#include "sim/network/component.hpp"
#include "sim/param/described.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;
using sim::Operation;
using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

/// A backend that is to be taken out of service.
struct Drain {
  sim::NodeRef backend;
  Duration at{0};
  std::optional<Duration> timeout;

  static void describe(sim::ParamList<Drain>& list) {
    list.add("backend", &Drain::backend, "The node or group that gets no new connections")
        .required();
    list.add("at", &Drain::at, "From when on").at_least(Duration(0));
    list.add("timeout", &Drain::timeout,
             "After which its connections are cut; without it, they stay until they are closed")
        .at_least(Duration(0));
  }
};

struct L4BalancerParams {
  std::vector<sim::NodeRef> backends;
  sim::Choice<BalancingPolicy> policy{"round_robin"};
  std::map<std::string, double> weights;
  std::string reply = "proxy";
  sim::RandomDuration service_time{Duration(0)};
  std::optional<std::int64_t> max_connections;
  Duration idle_timeout = std::chrono::seconds(350);
  std::optional<Duration> connect_timeout;
  std::int64_t max_fails = 1;
  Duration fail_timeout = std::chrono::seconds(10);
  std::int64_t tries = 0;
  std::vector<Drain> drain;

  static void describe(sim::ParamList<L4BalancerParams>& list) {
    list.add("backends", &L4BalancerParams::backends,
             "Nodes or groups that connections are passed on to")
        .required()
        .not_empty();
    list.add("policy", &L4BalancerParams::policy, "How the backend for a new connection is picked");
    list.add("weights", &L4BalancerParams::weights,
             "Weight of a backend, by the name of its node or group; 1 for those not named; 0: no "
             "new connections");
    list.add("reply", &L4BalancerParams::reply,
             "Which way answers take: through the balancer, or from the backend straight to the "
             "caller")
        .one_of({"proxy", "direct"});
    list.add("service_time", &L4BalancerParams::service_time,
             "Time that passing something on takes");
    list.add("max_connections", &L4BalancerParams::max_connections,
             "Connections at once; more are rejected; without it, any number")
        .unit("connections")
        .at_least(1);
    list.add("idle_timeout", &L4BalancerParams::idle_timeout,
             "After which a connection that nothing comes by is forgotten")
        .above(Duration(0));
    list.add("connect_timeout", &L4BalancerParams::connect_timeout,
             "How long a backend may take to accept a connection; without it, for ever")
        .above(Duration(0));
    list.add("max_fails", &L4BalancerParams::max_fails,
             "Failures to connect after which a backend gets no new connections; 0: never")
        .unit("failures")
        .at_least(0);
    list.add("fail_timeout", &L4BalancerParams::fail_timeout,
             "The time in which they are counted, and for which it gets none")
        .above(Duration(0));
    list.add("tries", &L4BalancerParams::tries,
             "Backends that a connection is tried on; 0: each of them once, 1: no other")
        .unit("backends")
        .at_least(0);
    list.add("drain", &L4BalancerParams::drain, "Backends that are taken out of service");
  }
  static void check(const L4BalancerParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    for (const auto& [name, weight] : params.weights) {
      if (!(weight >= 0 && weight <= BalancingPolicy::weight_max))
        problems.add(path / "weights" / name, "expected 0 to 1e6");
      if (!is_backend(params, name))
        problems.add(path / "weights" / name, "is not among the backends");
    }
    for (std::size_t i = 0; i < params.drain.size(); ++i) {
      if (!is_backend(params, params.drain[i].backend.name))
        problems.add((path / "drain")[i] / "backend", "is not among the backends");
    }
  }
  static bool is_backend(const L4BalancerParams& params, const std::string& name) {
    const std::string group = name.substr(0, name.find('['));
    return std::any_of(params.backends.begin(), params.backends.end(),
                       [&](const sim::NodeRef& ref) {
                         return ref.name == name || ref.name.substr(0, ref.name.find('[')) == group;
                       });
  }
};

class L4Balancer final : public sim::Component {
 public:
  L4Balancer(const L4BalancerParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        network_(context.network()),
        params_(params),
        random_(context.stream("policy")),
        service_time_(params.service_time, context, "service_time"),
        connect_patience_(context.patience(params.connect_timeout.value_or(Duration(0)))),
        direct_(params.reply == "direct"),
        no_way_(context.kernel(), Duration(0)) {
    for (const sim::NodeRef& ref : params.backends) {
      for (sim::Target& target : context.port(ref)) {
        // An answer that goes straight to the caller takes no way to here.
        if (direct_) target.back = &no_way_;
        backends_.push_back({target});
        weights_.push_back(weight_of(*target.node));
        names_.push_back(target.node->name());
      }
    }
    make_policy();
    tries_ = params.tries > 0 ? static_cast<std::size_t>(params.tries) : backends_.size();
    // A single backend is never left out.
    max_fails_ = backends_.size() > 1 ? params.max_fails : 0;
  }

  bool passes_connections() const override { return true; }

  void start() override {
    if (!watches_listing_) watch_listing();
    for (const Drain& drain : params_.drain) node_.spawn(run_drain(drain));
  }

  Task<Reply> handle(const Request& request) override {
    sim::Call& message = co_await sim::this_call();
    const ConnectionTable::Key key{message.from().id(), request.connection};
    expire();
    if (request.operation == Operation::close) {
      if (Entry* entry = table_.find(key)) forget(*entry);
      co_return Reply::ok();
    }
    if (!service_time_.is_zero()) {
      const ServiceTime::Draw service = service_time_.next();
      co_await sim::delay(service.duration, service.lane);
    }
    Entry* entry = table_.find(key);
    if (entry && broken(*entry)) {
      forget_all_of(entry->backend);
      entry = nullptr;
    }
    Reply reply;
    if (entry) {
      auto passing = pass_on(key, *entry, message, request);
      reply = co_await passing;
    } else if (request.connection != 0 && request.operation != Operation::connect) {
      // It knows no such connection, and says so.
      ++resets_;
      reply = Reply::cut_off(request.is_read(), sim::Reason::reset);
      reply.answered = false;
    } else {
      auto opening = pass_on_new(key, message, request);
      reply = co_await opening;
    }
    if (!direct_ && !service_time_.is_zero()) {
      const ServiceTime::Draw service = service_time_.next();
      co_await sim::delay(service.duration, service.lane);
    }
    co_return reply;
  }

  /// The table was in memory only.
  void crashed() override {
    while (Entry* entry = table_.oldest()) table_.remove(*entry);
    for (Backend& backend : backends_) backend.fails = 0;
    left_out_.clear();
    make_policy();
    open_.add(node_.kernel().now(), -open_.value());
  }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    const auto count = [&statistics](const char* name, const std::uint64_t& counter) {
      statistics.scalar(name, [&counter](Time) { return static_cast<double>(counter); });
    };
    count("connections_accepted", accepted_);
    count("connections_turned_away", turned_away_);
    count("connections_forgotten", forgotten_);
    count("resets", resets_);
    statistics.scalar("connections_held_mean", [this](Time now) { return open_.mean(now); });
    statistics.series_part("connections_held", [this](Time now) {
      return static_cast<double>(open_.area(now)) * 1e-9;
    });
    statistics.on_reset([this](Time now) {
      accepted_ = turned_away_ = forgotten_ = resets_ = 0;
      open_.reset(now);
    });
  }

  void certain_calls(sim::NameId endpoint, std::vector<sim::CertainCall>& out) const override {
    out.push_back({backends_.front().target.node, endpoint});
  }

 private:
  using Entry = ConnectionTable::Entry;

  struct Backend {
    sim::Target target;
    std::uint32_t crashes = 0;  ///< Of its node, when its connections in the table were opened.
    std::int64_t fails = 0;     ///< Since first_fail.
    Time first_fail{};
    Time back_at{};  ///< When it gets new connections again.
  };

  /// A connection that the policy counts as long as this lives, or until it is let go.
  class Counted {
   public:
    Counted(L4Balancer& balancer, std::size_t index)
        : balancer_(&balancer), index_(index), begun_(balancer.now()) {
      balancer.policy_->started(index);
      balancer.open_.add(begun_, 1);
    }
    Counted(const Counted&) = delete;
    ~Counted() {
      if (balancer_) balancer_->finished(index_, begun_, ok);
    }
    void let_go() { balancer_ = nullptr; }
    bool ok = false;

   private:
    L4Balancer* balancer_;
    std::size_t index_;
    Time begun_;
  };

  /// A request that keeps a connection from growing old.
  class InUse {
   public:
    InUse(L4Balancer& balancer, const ConnectionTable::Key& key) : balancer_(balancer), key_(key) {
      if (Entry* entry = balancer_.table_.find(key_)) ++entry->in_use;
    }
    InUse(const InUse&) = delete;
    ~InUse() {
      Entry* entry = balancer_.table_.find(key_);
      if (!entry) return;
      if (entry->in_use > 0) --entry->in_use;
      balancer_.table_.use(*entry, balancer_.now());
    }

   private:
    L4Balancer& balancer_;
    ConnectionTable::Key key_;
  };

  /// On a connection there is.
  Task<Reply> pass_on(ConnectionTable::Key key, Entry& entry, sim::Call& message,
                      const Request& request) {
    const std::size_t index = entry.backend;
    InUse in_use(*this, key);
    answer_directly(message, index);
    if (request.operation == Operation::connect) {
      co_return co_await sim::connect(node_, backends_[index].target, request, connect_patience_);
    }
    const Reply reply = co_await sim::call(node_, backends_[index].target, request, no_limit_);
    if (!reply.answered) {
      if (Entry* here = table_.find(key)) forget(*here);
    }
    co_return reply;
  }

  /// On a new connection: of the backends that the policy picks, the first that accepts it.
  Task<Reply> pass_on_new(ConnectionTable::Key key, sim::Call& message, const Request& request) {
    if (params_.max_connections && open_.value() >= *params_.max_connections) {
      ++turned_away_;
      co_return Reply::fail(sim::Reason::rejected);
    }
    std::vector<std::size_t> tried;
    Reply reply = Reply::fail(sim::Reason::rejected);
    while (tried.size() < tries_) {
      const std::size_t index = pick(key, request, tried);
      if (index == BalancingPolicy::none) break;
      tried.push_back(index);
      Counted counted(*this, index);
      answer_directly(message, index);
      const std::uint32_t crashes = backends_[index].target.node->crashes();
      bool accepted = false;
      if (request.operation == Operation::connect) {
        reply = co_await sim::connect(node_, backends_[index].target, request, connect_patience_);
        accepted = reply.is_ok();
      } else {
        reply = co_await sim::call(node_, backends_[index].target, request, no_limit_);
        accepted = reply.answered || reply.reason != sim::Reason::refused;
      }
      counted.ok = reply.is_ok();
      if (accepted) {
        ++accepted_;
        if (request.operation == Operation::connect) keep(key, index, crashes, counted);
        co_return reply;
      }
      note_failure(index);
    }
    ++turned_away_;
    co_return reply;
  }

  void keep(const ConnectionTable::Key& key, std::size_t index, std::uint32_t crashes,
            Counted& counted) {
    if (table_.find(key)) return;  // Its caller gave up on it, and tried once more.
    Backend& backend = backends_[index];
    if (backend.crashes != crashes) {
      forget_all_of(index);
      backend.crashes = crashes;
    }
    counted.let_go();
    table_.add(key, index, now());
  }

  void answer_directly(sim::Call& message, std::size_t index) {
    if (!direct_) return;
    message.answer_by(*network_.target_of(message.from(), *backends_[index].target.node).back);
  }

  std::size_t pick(const ConnectionTable::Key& key, const Request& request,
                   const std::vector<std::size_t>& tried) {
    bring_back();
    // The first node on a request's way sees the address of its user, any other one that of the
    // node before it.
    const std::uint64_t source = request.hops <= 1 ? request.source : key.caller;
    const std::uint64_t connection = request.connection == 0 ? request.id : request.connection;
    const std::uint64_t hash =
        sim::mix_bits(sim::mix_bits(std::uint64_t{key.caller} << 32 ^ source) ^ connection);
    std::vector<std::size_t> hidden;
    for (const std::size_t index : tried) {
      if (!policy_->available(index)) continue;
      policy_->set_available(index, false);
      hidden.push_back(index);
    }
    const std::size_t picked = policy_->pick({hash, source, now().time_since_epoch()});
    for (const std::size_t index : hidden) policy_->set_available(index, true);
    return picked;
  }

  bool broken(const Entry& entry) const {
    const Backend& backend = backends_[entry.backend];
    return backend.crashes != backend.target.node->crashes();
  }

  void forget(Entry& entry) {
    finished(entry.backend, entry.opened, true);
    table_.remove(entry);
  }
  void forget_all_of(std::size_t backend) {
    for (Entry* entry : table_.of(backend)) forget(*entry);
  }
  void finished(std::size_t index, Time begun, bool ok) {
    // Of a crash, the new policy knows nothing.
    if (node_.kernel().ending(node_.id())) return;
    const Time end = now();
    policy_->finished(index, end - begun, ok, end.time_since_epoch());
    open_.add(end, -1);
  }

  void expire() {
    const Time oldest_kept = now() - params_.idle_timeout;
    while (Entry* entry = table_.oldest()) {
      if (entry->used > oldest_kept) return;
      if (entry->in_use > 0) {
        table_.use(*entry, now());
        continue;
      }
      ++forgotten_;
      forget(*entry);
    }
  }

  void bring_back() {
    while (!left_out_.empty() && backends_[left_out_.front()].back_at <= now()) {
      const std::size_t index = left_out_.front();
      policy_->set_available(index, backends_[index].target.node->listed());
      left_out_.erase(left_out_.begin());
    }
  }
  void note_failure(std::size_t index) {
    Backend& backend = backends_[index];
    if (backend.crashes != backend.target.node->crashes()) forget_all_of(index);
    if (max_fails_ == 0 || !policy_->available(index)) return;
    if (backend.fails == 0 || now() - backend.first_fail > params_.fail_timeout) {
      backend.fails = 0;
      backend.first_fail = now();
    }
    if (++backend.fails < max_fails_) return;
    backend.fails = 0;
    backend.back_at = now() + params_.fail_timeout;
    policy_->set_available(index, false);
    left_out_.push_back(index);
  }

  Task<void> run_drain(const Drain& drain) {
    const Time begin = Time(drain.at);
    if (begin > now()) co_await sim::delay(begin - now());
    const auto is_drained = [&drain](const sim::Node& node) {
      return node.name() == drain.backend.name || node.group() == drain.backend.name;
    };
    for (std::size_t i = 0; i < backends_.size(); ++i) {
      if (is_drained(*backends_[i].target.node)) policy_->set_weight(i, 0);
    }
    if (!drain.timeout) co_return;
    const Time end = begin + *drain.timeout;
    if (end > now()) co_await sim::delay(end - now());
    for (std::size_t i = 0; i < backends_.size(); ++i) {
      if (is_drained(*backends_[i].target.node)) forget_all_of(i);
    }
  }

  double weight_of(const sim::Node& node) const {
    for (const std::string& name : {node.name(), node.group()}) {
      if (const auto found = params_.weights.find(name); found != params_.weights.end())
        return found->second;
    }
    return 1;
  }
  void make_policy() {
    policy_ = params_.policy.make({weights_, random_, names_});
    for (std::size_t i = 0; i < backends_.size(); ++i) {
      if (!backends_[i].target.node->listed()) policy_->set_available(i, false);
    }
  }
  /// Backends that come into service get new connections, those that leave keep what they have.
  void watch_listing() {
    watches_listing_ = true;
    for (std::size_t i = 0; i < backends_.size(); ++i) {
      sim::Node& backend = *backends_[i].target.node;
      if (!backend.comes_and_goes()) continue;
      backend.on_listed([this, i](bool listed) {
        std::erase(left_out_, i);
        backends_[i].fails = 0;
        policy_->set_available(i, listed);
      });
      policy_->set_available(i, backend.listed());
    }
  }
  Time now() const { return node_.kernel().now(); }

  sim::Node& node_;
  sim::Network& network_;
  L4BalancerParams params_;
  StreamSource random_;
  ServiceTime service_time_;
  sim::Patience connect_patience_;
  sim::Patience no_limit_;
  bool direct_;
  sim::Route no_way_;
  std::vector<Backend> backends_;            ///< State.
  std::vector<std::size_t> left_out_;        ///< By the time they come back. State.
  std::vector<double> weights_;              ///< Of the backends. Parameter.
  std::vector<std::string> names_;           ///< Of the backends. Parameter.
  std::unique_ptr<BalancingPolicy> policy_;  ///< The algorithm under study.
  bool watches_listing_ = false;
  std::size_t tries_ = 1;
  std::int64_t max_fails_ = 0;
  ConnectionTable table_;          ///< State.
  sim::CountGauge open_;           ///< Connections, those being opened included. Statistic.
  std::uint64_t accepted_ = 0;     ///< Connections passed on to a backend. Statistic.
  std::uint64_t turned_away_ = 0;  ///< Those without a backend, or beyond the limit. Statistic.
  std::uint64_t forgotten_ = 0;    ///< Idle for too long. Statistic.
  std::uint64_t resets_ = 0;       ///< Answers to what came by unknown connections. Statistic.
};

const sim::Registration<sim::Component, L4Balancer, L4BalancerParams> registered{
    {.name = "l4_balancer",
     .title = "L4 balancer",
     .summary = "Picks a backend for each connection and sees addresses only; what comes by the "
                "connection stays there.",
     .source = "Linux ipvs; Eisenbud et al., Maglev, NSDI 2016; nginx, ngx_stream_proxy_module",
     .does_not_model = "packets, active health checks, a table shared by several balancers",
     .example = R"json({"type": "l4_balancer", "policy": "maglev", "backends": ["edge"]})json",
     .category = sim::Category::balancing}};

}  // namespace
}  // namespace faultline::models
