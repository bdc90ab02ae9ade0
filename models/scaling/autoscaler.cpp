/// Changes how many nodes of a group are in service, as the load asks for.
///
///   group: samples of each node --every interval--> desired number --> start or stop nodes
///   schedule: the least by the time of day ----------------^
///   forecast: what the load will be when they are there ---^
///
/// Rule: all nodes of the group that may ever run are built; the first `replicas_initial` are in
/// service when the run begins. Every `interval` the values of the nodes over the interval are
/// compared with each target (models/algorithms/scaling/horizontal_scaler.hpp): the largest number
/// that any of them asks for, or the forecast does, is desired, within the windows and limits of
/// Kubernetes' autoscaler and not below the schedule. Nodes that start, or were not ready for the
/// whole interval, count as not ready, those that are down as missing, those that leave not at all.
/// With `replicas_min` 0 the group is switched off after it had nothing to do for `idle_after`;
/// then requests wait at the `activator`, and the first one starts a node at once.
/// scaling_lag_seconds: from when more are desired than are ready to when as many are.
/// Source: Kubernetes, "Horizontal Pod Autoscaling"; KEDA, "Scaling Deployments" (cooldownPeriod
/// 300 s, activation); Knative Serving, autoscaler (targets of concurrency and requests).
/// Does not model: a delay of metrics beyond the interval, machines that have no room, Knative's
/// panic mode.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/algorithms/scaling/forecast.hpp"
#include "models/algorithms/scaling/horizontal_scaler.hpp"
#include "models/algorithms/scaling/scale_schedule.hpp"
#include "models/scaling/activation.hpp"
#include "models/scaling/instance_group.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/kernel/run_error.hpp"
#include "sim/network/component.hpp"
#include "sim/param/described.hpp"
#include "sim/registry/registry.hpp"
#include "sim/scenario/spec.hpp"

namespace faultline::models {
namespace {

using sim::Duration;
using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;
using State = InstanceGroup::State;

/// How fast the number may change in one direction. What is not written is as in Kubernetes.
struct ScaleRules {
  std::optional<Duration> window;
  std::optional<std::int64_t> replicas;
  std::optional<double> share;
  Duration period = std::chrono::seconds(15);

  static void describe(sim::ParamList<ScaleRules>& list) {
    list.add("window", &ScaleRules::window,
             "What was desired in it is heeded too: the least of it upwards, the most downwards; "
             "without it, 0s up and 300s down")
        .at_least(Duration(0));
    list.add("replicas", &ScaleRules::replicas,
             "So many at most in a period; without it, 4 up and no such limit down")
        .unit("nodes")
        .between(1, sim::replicas_max);
    list.add("share", &ScaleRules::share,
             "So many times those there were at most in a period, 1 being as many again; without "
             "it, 1; of both limits the one that allows more holds")
        .between(0.001, 1e6);
    list.add("period", &ScaleRules::period, "Over which these two limits count").above(Duration(0));
  }
  HorizontalScaler::Direction over(HorizontalScaler::Direction usual) const {
    if (window) usual.window = window->count();
    if (replicas || share) usual.limits.clear();
    if (replicas) usual.limits.push_back({*replicas, 0, 0});
    if (share) usual.limits.push_back({0, *share, 0});
    for (auto& limit : usual.limits) limit.period = period.count();
    return usual;
  }
};

struct ScheduleParams {
  Duration at{0};
  std::optional<Duration> every;
  std::int64_t replicas = 0;

  static void describe(sim::ParamList<ScheduleParams>& list) {
    list.add("at", &ScheduleParams::at, "From when on").required().at_least(Duration(0));
    list.add("every", &ScheduleParams::every, "And again after so long: \"24h\"")
        .above(Duration(0));
    list.add("replicas", &ScheduleParams::replicas, "How many there are to be at least")
        .unit("nodes")
        .required()
        .between(0, sim::replicas_max);
  }
};

struct AutoscalerParams {
  sim::NodeRef group;
  std::optional<sim::Probability> cpu;
  std::optional<double> queue;
  std::optional<sim::Rate> requests;
  std::optional<double> concurrency;
  std::int64_t replicas_min = 1;
  std::optional<std::int64_t> replicas_max;
  std::optional<std::int64_t> replicas_initial;
  Duration interval = std::chrono::seconds(15);
  sim::Probability tolerance{0.1};
  ScaleRules up;
  ScaleRules down;
  std::vector<ScheduleParams> schedule;
  sim::Choice<LoadForecast> forecast;
  Duration ahead = std::chrono::seconds(60);
  sim::NodeRef activator;
  Duration idle_after = std::chrono::seconds(300);
  InstanceParams instance;

  static void describe(sim::ParamList<AutoscalerParams>& list) {
    list.add("group", &AutoscalerParams::group, "The nodes that are scaled").required();
    list.add("cpu", &AutoscalerParams::cpu, "Utilization that each node is to have")
        .at_least(sim::Probability{0.001});
    list.add("queue", &AutoscalerParams::queue, "Requests that are to wait at each node")
        .unit("requests")
        .between(0.001, 1e9);
    list.add("requests", &AutoscalerParams::requests, "Requests that each node is to get")
        .at_least(sim::Rate{0.001});
    list.add("concurrency", &AutoscalerParams::concurrency,
             "Requests that are to be at each node at once, waiting ones included")
        .unit("requests")
        .between(0.001, 1e9);
    list.add("replicas_min", &AutoscalerParams::replicas_min,
             "How many there are at least; 0: none when there is nothing to do")
        .unit("nodes")
        .between(0, sim::replicas_max);
    list.add("replicas_max", &AutoscalerParams::replicas_max,
             "How many there are at most; without it, all nodes of the group")
        .unit("nodes")
        .between(1, sim::replicas_max);
    list.add("replicas_initial", &AutoscalerParams::replicas_initial,
             "How many there are when the run begins; without it, replicas_min")
        .unit("nodes")
        .between(0, sim::replicas_max);
    list.add("interval", &AutoscalerParams::interval, "How often it looks")
        .at_least(std::chrono::milliseconds(1));
    list.add("tolerance", &AutoscalerParams::tolerance,
             "How far the ratio of value and target may be from 1 without a change");
    list.add("up", &AutoscalerParams::up, "How fast there may be more");
    list.add("down", &AutoscalerParams::down, "How fast there may be fewer");
    list.add("schedule", &AutoscalerParams::schedule,
             "How many there are to be at least from which time on");
    list.add("forecast", &AutoscalerParams::forecast,
             "What the load will be; without it, only what it is counts");
    list.add("ahead", &AutoscalerParams::ahead, "How far ahead the forecast looks")
        .above(Duration(0));
    list.add("activator", &AutoscalerParams::activator,
             "Where requests wait while there is no node; with replicas_min 0")
        .role("activator");
    list.add("idle_after", &AutoscalerParams::idle_after,
             "How long there must be nothing to do before there is no node at all")
        .at_least(Duration(0));
    list.include(&AutoscalerParams::instance);
  }
  static void check(const AutoscalerParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    if (!params.cpu && !params.queue && !params.requests && !params.concurrency) {
      problems.add(path, "there is no target",
                   "give cpu, queue, requests or concurrency: \"cpu\": \"60%\"");
    }
    if (params.replicas_max && *params.replicas_max < params.replicas_min) {
      problems.add(path / "replicas_max", "expected at least replicas_min");
    }
    if (params.replicas_initial && *params.replicas_initial < params.replicas_min) {
      problems.add(path / "replicas_initial", "expected at least replicas_min");
    }
    if (params.replicas_min == 0 && params.activator.name.empty()) {
      problems.add(path / "replicas_min",
                   "without any node requests fail, and nobody learns that one is wanted",
                   "name an `activator`, or keep one node at least");
    }
    InstanceParams::check(params.instance, path, problems);
  }
};

/// A quantity of one node over the time since it was last asked for, from its integral.
class IntervalMean {
 public:
  IntervalMean(sim::Node& node, std::function<double(Time)> area)
      : area_(std::move(area)), state_(std::make_shared<Base>()) {
    // Statistics begin anew under way: then the integral does too.
    node.statistics().on_reset([state = state_](Time now) { *state = {0, now}; });
  }
  double take(Time now) {
    const double area = area_(now);
    const double seconds = sim::to_seconds(now - state_->at);
    const double mean = seconds > 0 ? (area - state_->area) / seconds : 0;
    *state_ = {area, now};
    return mean;
  }

 private:
  struct Base {
    double area = 0;
    Time at{};
  };
  std::function<double(Time)> area_;
  std::shared_ptr<Base> state_;
};

class Autoscaler final : public sim::Component {
 public:
  Autoscaler(const AutoscalerParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        params_(params),
        group_(params.instance, params.group,
               static_cast<std::size_t>(params.replicas_initial.value_or(params.replicas_min)),
               {{}}, context),
        most_(static_cast<std::int64_t>(group_.size())),
        schedule_(entries_of(params)) {
    if (params.replicas_max && *params.replicas_max > most_) {
      context.problem("replicas_max",
                      fmt::format("expected at most {}, got {}: group \"{}\" has no more nodes",
                                  most_, *params.replicas_max, params.group.name),
                      fmt::format("give \"{}\" more `replicas`: all that may ever run are built",
                                  params.group.name));
    }
    if (most_ > 0 && params.replicas_initial.value_or(params.replicas_min) >
                         params.replicas_max.value_or(most_)) {
      context.problem("replicas_initial", "expected at most replicas_max");
    }
    most_ = std::min(most_, params.replicas_max.value_or(most_));
    if (params.cpu) add_metric("cpu", params.cpu->value);
    if (params.queue) add_metric("queue", *params.queue);
    if (params.requests) add_metric("requests", params.requests->per_second);
    if (params.concurrency) add_metric("concurrency", *params.concurrency);
    if (params.forecast) forecast_ = params.forecast.make({params.interval});
    if (!params.activator.name.empty()) {
      activators_ = context.port(params.activator);
    }
    group_.on_change([this] { note_ready(); });
  }

  void start() override {
    group_.start_processes();
    if (!std::exchange(prepared_, true)) {
      prepare();
      wanted_ = static_cast<std::int64_t>(current());
      desired_ = sim::CountGauge(now(), wanted_);
    }
    busy_since_ = now();
    node_.spawn(look_again_and_again());
  }

  /// Nobody calls it.
  Task<Reply> handle(const Request&) override { co_return Reply::fail(sim::Reason::error); }
  bool offers(std::string_view) const override { return false; }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    group_.describe_statistics(statistics);
    statistics.scalar("replicas_desired_mean", [this](Time time) { return desired_.mean(time); });
    statistics.scalar("replicas_desired_max",
                      [this](Time) { return static_cast<double>(desired_.maximum()); });
    statistics.series_part("replicas_desired", [this](Time time) {
      return static_cast<double>(desired_.area(time)) * 1e-9;
    });
    statistics.scalar("replicas_short_mean", [this](Time time) { return short_.mean(time); });
    statistics.histogram("scaling_lag_seconds", lag_);
    const auto count = [&](const char* name, const std::uint64_t& counter) {
      statistics.scalar(name, [&counter](Time) { return static_cast<double>(counter); });
    };
    count("scale_ups", ups_);
    count("scale_downs", downs_);
    count("activations", activations_);
    statistics.on_reset([this](Time time) {
      desired_.reset(time);
      short_.reset(time);
      lag_ = {};
      ups_ = downs_ = activations_ = 0;
    });
  }

 private:
  struct Metric {
    std::string name;
    double target;
    HorizontalScaler scaler;
    std::vector<IntervalMean> values;  ///< Of the nodes.
    double load = 0;                   ///< Of all of them together in the last interval.
  };

  static std::vector<ScaleSchedule::Entry> entries_of(const AutoscalerParams& params) {
    std::vector<ScaleSchedule::Entry> entries;
    for (const ScheduleParams& each : params.schedule)
      entries.push_back({each.at, each.every, each.replicas});
    return entries;
  }

  void add_metric(const std::string& name, double target) {
    HorizontalScaler::Config config;
    config.target = target;
    config.tolerance = params_.tolerance.value;
    config.replicas_min = std::min(std::max<std::int64_t>(params_.replicas_min, 1), most_);
    config.replicas_max = most_;
    config.up = params_.up.over(config.up);
    config.down = params_.down.over(config.down);
    metrics_.push_back({name, target, HorizontalScaler(config), {}, 0});
  }

  /// All components are there.
  void prepare() {
    for (Metric& metric : metrics_) {
      for (std::size_t i = 0; i < group_.size(); ++i) {
        sim::Node& node = group_.node(i);
        metric.values.emplace_back(node, area_of(metric.name, node));
      }
    }
    for (const sim::Target& target : activators_) {
      auto& activation = dynamic_cast<Activation&>(target.node->component());
      activation.on_waiting([this] { activate(); });
      waits_.push_back(&activation);
    }
  }

  std::function<double(Time)> area_of(const std::string& metric, sim::Node& node) const {
    if (metric == "concurrency") {
      return [&node](Time now) {
        return static_cast<double>(node.in_service_gauge().area(now)) * 1e-9;
      };
    }
    if (metric == "requests")
      return [&node](Time) { return static_cast<double>(node.tally().sent); };
    const std::string name = metric == "cpu" ? "utilization" : "queue_length";
    for (const auto& sampled : node.statistics().sampled()) {
      if (sampled.name == name) return sampled.area;
    }
    throw sim::RunError(
        now(), node_.name(),
        fmt::format("{} has no {} to scale by; give it `workers` or `cores`, or another target",
                    node.name(), name == "utilization" ? "utilization" : "queue"));
  }

  Task<void> look_again_and_again() {
    for (;;) {
      co_await sim::delay(params_.interval);
      look();
    }
  }

  std::size_t current() const { return group_.count(State::starting) + group_.count(State::ready); }

  void look() {
    const auto replicas = static_cast<std::int64_t>(current());
    const std::int64_t least =
        std::min(std::max(schedule_.least(since_start()).value_or(0), params_.replicas_min), most_);
    std::int64_t wanted = replicas;
    std::string why;
    const std::size_t waiting = waiting_now();
    if (replicas > 0) {
      wanted = ask_metrics(waiting, why);
    } else {
      received_ = 0;
      for (Metric& metric : metrics_) take_values(metric);
      if (forecast_) ask_forecast(0);
    }
    if (busy(waiting)) busy_since_ = now();
    if (least == 0 && now() - busy_since_ >= params_.idle_after) {
      wanted = 0;
      why = "nothing to do";
    } else if (replicas == 0 && waiting > 0) {
      wanted = std::max<std::int64_t>(wanted, 1);
      why = "requests wait";
    }
    if (wanted < least) {
      wanted = least;
      why = "schedule";
    }
    want(wanted, why);
  }

  bool busy(std::size_t waiting) const {
    if (waiting > 0) return true;
    for (std::size_t i = 0; i < group_.size(); ++i) {
      if (group_.node(i).in_service() > 0) return true;
    }
    return received_ > 0;
  }

  std::vector<double> take_values(Metric& metric) {
    std::vector<double> values;
    metric.load = 0;
    for (IntervalMean& value : metric.values) {
      values.push_back(value.take(now()));
      metric.load += values.back();
    }
    return values;
  }

  /// The largest number that a target, or the forecast, asks for, within windows and limits.
  std::int64_t ask_metrics(std::size_t waiting, std::string& why) {
    const auto replicas = static_cast<std::int64_t>(current());
    std::int64_t most_wanted = 0;
    received_ = 0;
    for (Metric& metric : metrics_) {
      std::vector<HorizontalScaler::Sample> samples = samples_of(metric, waiting);
      const std::int64_t wanted = metric.scaler.desired(samples);
      if (&metric == &metrics_.front() || wanted > most_wanted) {
        most_wanted = wanted;
        why = text_of(metric, samples);
      }
      if (&metric != &metrics_.front() || !forecast_) continue;
      const std::int64_t foreseen = ask_forecast(metric.load);
      if (foreseen > most_wanted) {
        most_wanted = foreseen;
        why = "forecast";
      }
    }
    return metrics_.front().scaler.decide(since_start().count(), replicas, most_wanted);
  }

  std::int64_t ask_forecast(double load) {
    forecast_->observe(since_start(), load);
    const std::optional<double> later = forecast_->predict(since_start() + params_.ahead);
    if (!later) return 0;
    const double wanted = std::ceil(*later / metrics_.front().target - 1e-9);
    return static_cast<std::int64_t>(std::min(wanted, static_cast<double>(most_)));
  }

  std::vector<HorizontalScaler::Sample> samples_of(Metric& metric, std::size_t waiting) {
    using Sample = HorizontalScaler::Sample;
    const std::vector<double> values = take_values(metric);
    std::vector<Sample> samples;
    std::size_t ready = 0;
    for (std::size_t i = 0; i < group_.size(); ++i) {
      const State state = group_.state(i);
      if (values[i] > 0) ++received_;
      if (state != State::ready && state != State::starting) continue;
      Sample sample{Sample::State::not_ready, 0};
      const bool whole = group_.since(i) <= std::max(now() - params_.interval, Time{});
      if (state == State::ready && !group_.node(i).up()) {
        sample.state = Sample::State::missing;
      } else if (state == State::ready && whole) {
        sample = {Sample::State::ready, values[i]};
        ++ready;
      }
      samples.push_back(sample);
    }
    if (waiting == 0 || ready == 0 || (metric.name != "concurrency" && metric.name != "queue"))
      return samples;
    // Who waits for them at the activator is theirs, too.
    for (Sample& sample : samples) {
      if (sample.state != Sample::State::ready) continue;
      sample.value += static_cast<double>(waiting) / static_cast<double>(ready);
    }
    return samples;
  }

  static std::string text_of(const Metric& metric,
                             const std::vector<HorizontalScaler::Sample>& samples) {
    double sum = 0;
    std::size_t ready = 0;
    for (const auto& sample : samples) {
      if (sample.state != HorizontalScaler::Sample::State::ready) continue;
      sum += sample.value;
      ++ready;
    }
    const double mean = ready > 0 ? sum / static_cast<double>(ready) : 0;
    if (metric.name == "cpu")
      return fmt::format("cpu {:.0f}% of {:.0f}%", mean * 100, metric.target * 100);
    return fmt::format("{} {:.1f} of {:.1f}", metric.name, mean, metric.target);
  }

  /// A request waits, and there is nobody.
  void activate() {
    if (!node_.up() || current() > 0) return;
    ++activations_;
    busy_since_ = now();
    want(1, "a request waits");
  }

  void want(std::int64_t wanted, const std::string& why) {
    const auto replicas = static_cast<std::int64_t>(current());
    if (wanted != wanted_) {
      node_.note(fmt::format("{}: {} -> {} ({})", params_.group.name, wanted_, wanted, why));
      ++(wanted > wanted_ ? ups_ : downs_);
    }
    wanted_ = wanted;
    desired_.set(now(), wanted);
    for (std::int64_t i = replicas; i < wanted; ++i) {
      if (!group_.start()) break;  // Those that leave hold places; it tries again.
    }
    for (std::int64_t i = wanted; i < replicas; ++i) group_.stop_one();
    note_ready();
  }

  /// Statistics of those that are desired and not there.
  void note_ready() {
    const auto ready = static_cast<std::int64_t>(group_.count(State::ready));
    short_.set(now(), std::max<std::int64_t>(wanted_ - ready, 0));
    if (short_.value() > 0 && short_since_ == sim::time_max) short_since_ = now();
    if (short_.value() == 0 && short_since_ != sim::time_max) {
      lag_.record((now() - std::exchange(short_since_, sim::time_max)).count());
    }
  }

  std::size_t waiting_now() const {
    std::size_t all = 0;
    for (const Activation* each : waits_) all += each->waiting();
    return all;
  }
  Time now() const { return node_.kernel().now(); }
  Duration since_start() const { return now().time_since_epoch(); }

  sim::Node& node_;
  AutoscalerParams params_;  ///< Parameters.
  InstanceGroup group_;      ///< State.
  std::int64_t most_;        ///< Parameter: replicas_max, or all.
  ScaleSchedule schedule_;
  std::unique_ptr<LoadForecast> forecast_;  ///< The algorithm under study; null without one.
  std::vector<Metric> metrics_;
  sim::Port activators_;
  std::vector<Activation*> waits_;
  bool prepared_ = false;
  std::int64_t wanted_ = 0;   ///< State.
  std::size_t received_ = 0;  ///< Nodes that had something to do in the last interval.
  Time busy_since_{};         ///< When it last had something to do. State.
  Time short_since_ = sim::time_max;
  sim::CountGauge desired_;        ///< Statistic.
  sim::CountGauge short_;          ///< Statistic.
  sim::Histogram lag_;             ///< Statistic.
  std::uint64_t ups_ = 0;          ///< Statistic.
  std::uint64_t downs_ = 0;        ///< Statistic.
  std::uint64_t activations_ = 0;  ///< From nobody to one, for a request that waits. Statistic.
};

const sim::Registration<sim::Component, Autoscaler, AutoscalerParams> registered{
    {.name = "autoscaler",
     .title = "Autoscaler",
     .summary =
         "Changes how many nodes of a group are in service by the load, by the clock or by a "
         "forecast, as Kubernetes' horizontal pod autoscaler does.",
     .source = "Kubernetes, Horizontal Pod Autoscaling; KEDA; Knative Serving",
     .does_not_model = "a delay of metrics beyond the interval, machines that have no room, "
                       "Knative's panic mode",
     .example =
         R"json({"type": "autoscaler", "group": "app", "cpu": "60%", "replicas_min": 2})json",
     .category = sim::Category::serving}};

}  // namespace
}  // namespace faultline::models
