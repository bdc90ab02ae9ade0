/// Users of the system, of three kinds.
///
///   open     arrivals --> { visit } --> gone           whether or not earlier ones were answered
///   closed   user: think --> { visit } --> think ..    a slow system gets fewer requests
///   trace    requests that were recorded, at their own times or by an arrival process
///
///   visit    request --> answer [ --> pause --> request --> answer ]..
///   request  { class by weight, key by popularity, read or write } --> browser cache --> target
///
/// Each request is counted once: ok, fail (certainly no effect) or unknown (a write that was cut
/// off). With a session, open arrivals are a partly open system: visits come whatever happens, and
/// within a visit a user waits for each answer.
/// Rule of profiles: the rate of arrivals is the declared one times the factor, exactly, for any
/// arrival process. Of closed users, `users` times the factor are there, rounded down; one who is
/// to go ends his visit first.
/// Source: Schroeder, Wierman and Harchol-Balter, "Open Versus Closed: A Cautionary Tale", NSDI
/// 2006.
/// Memory: 350 bytes for a closed user who thinks, and what a request costs while he waits for one.
/// Does not model: a page's requests side by side.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include "models/clients/clients_params.hpp"
#include "models/clients/request_maker.hpp"
#include "models/clients/sender.hpp"
#include "models/clients/trace_replay.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/kernel/run_error.hpp"
#include "sim/network/component.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;
using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

class Clients final : public sim::Component {
 public:
  Clients(const ClientsParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        requests_(params, context),
        sender_(params, context),
        arrival_stream_(context.stream("arrivals")),
        think_time_(params.think_time),
        think_stream_(context.stream("think_time")),
        session_(params.session),
        session_stream_(context.stream("session")),
        pause_stream_(context.stream("pause")),
        browsers_on_(params.browser_cache.has_value()) {
    if (params.profile) curve_ = params.profile.make({})->curve();
    take_load_test(params, context);
    take_population(params, context);
    if (params.arrivals) make_arrivals(params.arrivals);
    if (params.trace) {
      trace_ = std::make_unique<TraceReplay>(*params.trace);
      if (params.trace->arrivals) make_arrivals(params.trace->arrivals);
    }
    if (params.users) make_users(params, context);
    if (browsers_on_ && !params.users && !session_) browsers_.resize(requests_.addresses());
  }

  void start() override {
    if (profiled_) profiled_->resume_at(node_.kernel().now().time_since_epoch());
    const bool plain = sender_.is_plain() && !session_;
    if (trace_) {
      node_.spawn(replay());
      return;
    }
    if (arrivals_) node_.spawn(plain ? generate() : generate_visits());
    for (std::uint64_t user = 0; user < users_; ++user) node_.spawn(live(user));
  }
  void crashed() override {
    for (BrowserCache& browser : browsers_) browser = {};
  }
  Task<Reply> handle(const Request&) override { co_return Reply::fail(sim::Reason::refused); }
  bool offers(std::string_view) const override { return false; }
  void describe_statistics(sim::NodeStatistics& statistics) override {
    sender_.describe_statistics(statistics);
    if (session_) {
      statistics.scalar("visits", [this](Time) { return static_cast<double>(visits_); });
      statistics.on_reset([this](Time) { visits_ = 0; });
    }
  }

 private:
  /// One who makes requests in an order of his own.
  struct User {
    std::uint64_t number;
    std::uint64_t address;
  };

  /// A load test takes the place of the profile.
  void take_load_test(const ClientsParams& params, const sim::BuildContext& context) {
    const sim::RateCurve* curve = context.load_test_curve();
    const sim::Choice<sim::ArrivalProcess>& arrivals =
        params.trace ? params.trace->arrivals : params.arrivals;
    if (!curve || (!arrivals && !params.users)) return;
    curve_ = *curve;
    const double share = population_share(params, context);
    context.add_load(arrivals ? share * arrivals.make({})->mean_rate().per_second : 0,
                     params.users ? share * static_cast<double>(*params.users) : 0);
  }
  /// Of several nodes over zones, each stands for its part of its zone's population.
  void take_population(const ClientsParams& params, const sim::BuildContext& context) {
    if (params.populations.empty()) return;
    check_populations(params, context);
    const double share = population_share(params, context);
    curve_ =
        curve_ ? curve_->scaled(share) : sim::RateCurve(std::vector<sim::RatePoint>{{0, share}});
    sender_.watch_population();
  }

  static double population_share(const ClientsParams& params, const sim::BuildContext& context) {
    if (params.populations.empty()) return 1;
    const auto own = params.populations.find(zone_of(context.node()));
    if (own == params.populations.end()) return 0;
    double total = 0;
    for (const auto& [zone, weight] : params.populations) total += weight;
    double nodes = 0;
    for (const sim::Node* node : context.group()) nodes += zone_of(*node) == own->first ? 1 : 0;
    return own->second / total / nodes;
  }
  static void check_populations(const ClientsParams& params, const sim::BuildContext& context) {
    std::vector<std::string> zones;
    for (const sim::Node* node : context.group()) zones.push_back(zone_of(*node));
    for (const auto& [zone, weight] : params.populations) {
      if (std::find(zones.begin(), zones.end(), zone) != zones.end()) continue;
      context.problem("populations",
                      fmt::format("none of these clients stands in zone \"{}\"", zone),
                      "give them `zones`, and `replicas` enough for one in each");
    }
    const std::string own = zone_of(context.node());
    if (!params.populations.contains(own)) {
      context.problem("populations", own.empty() ? "these clients stand in no zone"
                                                 : fmt::format("zone \"{}\" is missing", own));
    }
  }
  static std::string zone_of(const sim::Node& node) {
    return node.zone() ? node.zone()->name : std::string();
  }

  void make_arrivals(const sim::Choice<sim::ArrivalProcess>& arrivals) {
    arrivals_ = arrivals.make({});
    if (!curve_) return;
    auto profiled = std::make_unique<sim::ProfiledArrivals>(std::move(arrivals_), *curve_);
    profiled_ = profiled.get();
    arrivals_ = std::move(profiled);
  }
  void make_users(const ClientsParams& params, const sim::BuildContext& context) {
    users_usual_ = static_cast<double>(*params.users);
    users_ = static_cast<std::uint64_t>(
        std::floor(users_usual_ * (curve_ ? curve_->maximum() : 1) + rounding));
    requests_.number_users(context, users_);
    if (browsers_on_) browsers_.resize(users_);
  }

  Task<void> generate() {
    for (;;) {
      co_await sim::delay(arrivals_->next(arrival_stream_));
      node_.spawn(sender_.send(next_request()));
    }
  }
  Task<void> generate_visits() {
    for (;;) {
      co_await sim::delay(arrivals_->next(arrival_stream_));
      node_.spawn(session_ ? visit_once(visitors_++) : ask_once(next_request()));
    }
  }
  Request next_request() {
    const Request request = requests_.next(node_.kernel().now());
    sender_.sent(request);
    return request;
  }

  Task<void> replay() {
    const Time begin = node_.kernel().now();
    while (const TraceReplay::Item* item = next_recorded()) {
      if (arrivals_) {
        co_await sim::delay(arrivals_->next(arrival_stream_));
      } else {
        if (Time(item->due) < begin) continue;  // The users' node was down then.
        const Duration wait = Time(item->due) - node_.kernel().now();
        if (wait > Duration(0)) co_await sim::delay(wait);
      }
      const Request request = requests_.recorded(*item, node_.kernel().now());
      sender_.sent(request);
      node_.spawn(sender_.is_plain() ? sender_.send(request) : ask_once(request));
    }
  }
  const TraceReplay::Item* next_recorded() {
    sim::Problems problems;
    const TraceReplay::Item* item = trace_->next(problems);
    if (problems.empty()) return item;
    throw sim::RunError(node_.kernel().now(), node_.name(), problems.sorted().front().to_text());
  }

  /// An open arrival that is one request.
  Task<void> ask_once(Request request) {
    return ask_alone(request, browsers_on_ ? &browsers_[request.source] : nullptr);
  }
  Task<void> ask_alone(Request request, BrowserCache* browser) {
    auto asking = sender_.ask(request, browser);
    co_await asking;
  }
  /// An open arrival that is a user, who is gone after his visit.
  Task<void> visit_once(std::uint64_t number) {
    BrowserCache browser;
    auto visiting = visit({.number = number, .address = requests_.address_of(number)},
                          browsers_on_ ? &browser : nullptr);
    co_await visiting;
  }

  /// The life of a closed user. What is held here is what each of many users costs.
  Task<void> live(std::uint64_t number) {
    const User user{.number = number, .address = requests_.address_of(number)};
    for (;;) {
      const Duration wait = absence(number);
      if (wait == Duration::max()) co_return;
      co_await sim::delay(wait > Duration(0) ? wait : think_time_.sample(think_stream_));
      if (absence(number) > Duration(0) || wait > Duration(0)) continue;
      auto visiting = visit_of(user, browsers_on_ ? &browsers_[number] : nullptr);
      co_await visiting;
      assert_time_passes();
    }
  }
  /// How long it is until this user is there: 0 if he is, Duration::max() if he will never be.
  Duration absence(std::uint64_t number) const {
    if (!curve_) return Duration(0);
    const double now = sim::to_seconds(node_.kernel().now());
    const double level = (static_cast<double>(number + 1) - rounding) / users_usual_;
    const double then = curve_->time_at_least(level, now);
    if (then <= now) return Duration(0);
    constexpr double longest = 9e9;  // Almost three centuries.
    if (!(then < longest)) return Duration::max();
    // Upwards, so that he is there when it is over.
    return Duration(static_cast<std::int64_t>(std::ceil((then - now) * 1e9)) + 1);
  }

  /// A closed user's visit; of one plain request it costs no more than an open one.
  Task<void> visit_of(User user, BrowserCache* browser) {
    if (session_) return visit(user, browser);
    const Request request = next_request_of(user);
    sender_.sent(request);
    return sender_.is_plain() ? sender_.send(request) : ask_alone(request, browser);
  }
  Request next_request_of(User user) {
    Request request = requests_.next(node_.kernel().now());
    request.source = user.address;
    request.session = requests_.session_of(user.number);
    return request;
  }
  Task<void> visit(User user, BrowserCache* browser) {
    const std::int64_t requests = requests_of_visit();
    for (std::int64_t i = 0; i < requests; ++i) {
      if (i > 0) co_await sim::delay(session_->pause.sample(pause_stream_));
      const Request request = next_request_of(user);
      sender_.sent(request);
      auto asking = sender_.ask(request, browser);
      const Reply reply = co_await asking;
      if (reply.reason == sim::Reason::abandoned) break;
    }
    ++visits_;
  }
  /// Users who neither think nor wait would go round for ever without a step of time.
  void assert_time_passes() {
    const std::uint64_t visits_at_once_max = 1'000'000 + 3 * users_;
    const Time now = node_.kernel().now();
    visits_at_once_ = now == last_visit_ ? visits_at_once_ + 1 : 0;
    last_visit_ = now;
    if (visits_at_once_ < visits_at_once_max) return;
    throw sim::RunError(now, node_.name(),
                        "users neither think nor wait for answers: give `think_time`, or a target "
                        "that takes time");
  }
  std::int64_t requests_of_visit() {
    if (!session_) return 1;
    const double drawn = std::floor(session_->requests.sample(session_stream_) + 0.5);
    constexpr double most = SessionParams::requests_max;
    return static_cast<std::int64_t>(std::min(std::max(drawn, 1.0), most));
  }

  /// A user is there although a factor such as 0.3 comes out a little less than it should.
  static constexpr double rounding = 1e-6;

  sim::Node& node_;
  RequestMaker requests_;
  Sender sender_;
  std::unique_ptr<sim::ArrivalProcess> arrivals_;  ///< Null: closed users, or a trace's own times.
  sim::ProfiledArrivals* profiled_ = nullptr;      ///< The same, if a profile shapes them.
  std::unique_ptr<TraceReplay> trace_;             ///< Null: requests are made up.
  std::optional<sim::RateCurve> curve_;            ///< The profile.
  sim::Stream arrival_stream_;
  std::uint64_t visitors_ = 0;  ///< Open visits so far. State.
  std::uint64_t users_ = 0;     ///< Closed users at most.
  double users_usual_ = 0;      ///< And at factor 1.
  sim::RandomDuration think_time_;
  sim::Stream think_stream_;
  std::optional<SessionParams> session_;
  sim::Stream session_stream_;
  sim::Stream pause_stream_;
  bool browsers_on_;
  std::vector<BrowserCache> browsers_;  ///< By closed user, or by address. State.
  std::uint64_t visits_ = 0;            ///< Ended. Statistic.
  Time last_visit_{};                   ///< When a closed user's visit ended last. State.
  std::uint64_t visits_at_once_ = 0;    ///< How many more ended just then. State.
};

const sim::Registration<sim::Component, Clients, ClientsParams> registered{
    {.name = "clients",
     .title = "Clients",
     .summary = "Users who send requests: by an arrival process, whether or not earlier ones were "
                "answered, or so many who wait for their answers and think in between.",
     .source = "Schroeder, Wierman and Harchol-Balter, Open Versus Closed: A Cautionary Tale, NSDI "
               "2006",
     .does_not_model = "a page's requests side by side",
     .example = R"json({"type": "clients", "arrivals": "poisson(500/s)", "target": "edge"})json",
     .category = sim::Category::traffic}};

}  // namespace
}  // namespace faultline::models
