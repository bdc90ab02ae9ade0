#include "models/scaling/instance_group.hpp"

#include <algorithm>

#include "sim/kernel/delay.hpp"
#include "sim/kernel/kernel.hpp"
#include "sim/param/described.hpp"

namespace faultline::models {

using sim::Duration;
using sim::Presence;
using sim::Task;
using sim::Time;

namespace {

/// How often somebody looks whether one that leaves has finished.
constexpr Duration look_interval = std::chrono::milliseconds(100);

}  // namespace

void InstanceParams::describe(sim::ParamList<InstanceParams>& list) {
  list.add("image_pull", &InstanceParams::image_pull, "Time until its image is there");
  list.add("boot", &InstanceParams::boot, "Time from then on until it could serve");
  list.add("readiness_interval", &InstanceParams::readiness_interval,
           "How often it is asked whether it is ready; 0s: it says so itself")
      .at_least(Duration(0));
  list.add("warmup", &InstanceParams::warmup, "Time until a new one is as fast as the others")
      .at_least(Duration(0));
  list.add("cold_factor", &InstanceParams::cold_factor,
           "How many times as long everything takes at first on a new one")
      .between(1, 1e6);
  list.add("grace", &InstanceParams::grace,
           "How long one that is stopped may finish what it has; what is left then is reset")
      .at_least(Duration(0));
  list.add("pre_stop", &InstanceParams::pre_stop,
           "How long one that is stopped goes on to take requests before it closes its door")
      .at_least(Duration(0));
  list.add("delist_after", &InstanceParams::delist_after,
           "How long after its stop balancers and names still know it")
      .at_least(Duration(0));
}

void InstanceParams::check(const InstanceParams& params, const sim::Path& path,
                           sim::Problems& problems) {
  if (params.cold_factor > 1 && params.warmup == Duration(0)) {
    problems.add(path / "cold_factor", "has no effect without `warmup`: it is warm at once");
  }
  if (params.pre_stop > params.grace) {
    problems.add(path / "pre_stop", "expected no more than `grace`: both begin with the stop");
  }
}

InstanceGroup::InstanceGroup(const InstanceParams& params, const sim::NodeRef& ref,
                             std::size_t serving, std::vector<Version> versions,
                             const sim::BuildContext& context)
    : owner_(context.node()),
      params_(params),
      versions_(std::move(versions)),
      random_(context.stream("start")) {
  for (const sim::Target& target : context.port(ref)) {
    auto instance = std::make_unique<Instance>();
    instance->node = target.node;
    const bool in_service = instances_.size() < serving;
    if (target.node->comes_and_goes()) {
      context.problem("group",
                      "\"" + ref.name + "\" is scaled or deployed by somebody else already",
                      "let one node do it");
      break;
    }
    target.node->set_comes_and_goes();
    if (in_service) {
      instance->state = State::ready;
    } else if (!target.node->absent()) {
      target.node->begin_absent();
    }
    if (params_.warmup > Duration(0)) {
      const Warmup::Config config{params_.warmup, params_.cold_factor};
      instance->warmup = std::make_unique<Warmup>(*target.node, config, owner_.id());
    }
    if (std::any_of(versions_.begin(), versions_.end(),
                    [](const Version& version) { return version.errors > 0; })) {
      instance->errors =
          std::make_unique<sim::Stream>(context.stream("errors of " + target.node->name()));
    }
    instances_.push_back(std::move(instance));
  }
  const auto ready = static_cast<std::int64_t>(count(State::ready));
  ready_ = sim::CountGauge(sim::time_zero, ready);
  if (ready == 0) without_since_ = sim::time_zero;
}

void InstanceGroup::start_processes() {
  for (const auto& instance : instances_) {
    if (instance->state == State::ready && !instance->affected) affect(*instance, true);
    if (instance->state == State::starting)
      owner_.spawn(run_start(*instance, instance->generation));
    if (instance->state == State::leaving) owner_.spawn(run_stop(*instance, instance->generation));
  }
}

std::size_t InstanceGroup::count(State state) const {
  return static_cast<std::size_t>(
      std::count_if(instances_.begin(), instances_.end(),
                    [state](const auto& instance) { return instance->state == state; }));
}

std::size_t InstanceGroup::count(State state, std::size_t version) const {
  return static_cast<std::size_t>(
      std::count_if(instances_.begin(), instances_.end(), [&](const auto& instance) {
        return instance->state == state && instance->version == version;
      }));
}

bool InstanceGroup::start(std::size_t version, bool listed) {
  for (const auto& instance : instances_) {
    if (instance->state != State::off) continue;
    instance->version = version;
    instance->to_be_listed = listed;
    ++starts_;
    instance->node->set_presence(Presence::starting);
    become(*instance, State::starting);
    owner_.spawn(run_start(*instance, instance->generation));
    return true;
  }
  return false;
}

void InstanceGroup::stop(std::size_t index) {
  Instance& instance = *instances_[index];
  ++stops_;
  if (instance.state == State::starting) return become_off(instance);
  SIM_ASSERT(instance.state == State::ready);
  instance.node->set_presence(Presence::leaving);
  become(instance, State::leaving);
  owner_.spawn(run_stop(instance, instance.generation));
}

void InstanceGroup::stop_one(std::size_t version) {
  std::size_t chosen = size();
  for (std::size_t i = 0; i < size(); ++i) {
    const Instance& each = *instances_[i];
    if (each.version != version) continue;
    if (each.state != State::starting && each.state != State::ready) continue;
    if (chosen == size()) {
      chosen = i;
      continue;
    }
    const Instance& best = *instances_[chosen];
    const bool starts = each.state == State::starting;
    const bool best_starts = best.state == State::starting;
    if (starts != best_starts ? starts : each.since >= best.since) chosen = i;
  }
  SIM_ASSERT(chosen < size());
  stop(chosen);
}

void InstanceGroup::set_listed(std::size_t index, bool listed) {
  SIM_ASSERT(instances_[index]->state == State::ready);
  instances_[index]->node->set_listed(listed);
}

Task<void> InstanceGroup::run_start(Instance& instance, std::uint32_t generation) {
  const Duration pull = params_.image_pull.sample(random_);
  Duration boot = params_.boot.sample(random_);
  if (const Duration interval = params_.readiness_interval; interval > Duration(0)) {
    // The first check after it has booted, one that comes at that very moment included.
    boot = (boot + interval - Duration(1)) / interval * interval;
  }
  co_await sim::delay(pull);
  co_await sim::delay(boot);
  if (instance.generation == generation) become_ready(instance);
}

Task<void> InstanceGroup::run_stop(Instance& instance, std::uint32_t generation) {
  sim::Node& node = *instance.node;
  const Time begun = owner_.kernel().now();
  const auto close_door = [&] {
    if (instance.door_closed) return;
    instance.door_closed = true;
    node.add_disturbance(sim::Disturbance::drain, &instance, 1);
  };
  const Duration first = std::min(params_.delist_after, params_.pre_stop);
  const Duration second = std::max(params_.delist_after, params_.pre_stop) - first;
  if (first > Duration(0)) co_await sim::delay(first);
  const bool delist_first = params_.delist_after <= params_.pre_stop;
  if (delist_first) node.set_listed(false);
  if (!delist_first || second == Duration(0)) close_door();
  if (second > Duration(0)) co_await sim::delay(second);
  node.set_listed(false);
  close_door();
  const Time end = begun + std::max(params_.grace, first + second);
  while (node.in_service() > 0 && owner_.kernel().now() < end) {
    const Duration wait = std::min(look_interval, end - owner_.kernel().now());
    co_await sim::delay(wait);
  }
  if (instance.generation == generation) become_off(instance);
}

void InstanceGroup::become(Instance& instance, State state) {
  const Time now = owner_.kernel().now();
  instance.state = state;
  instance.since = now;
  ++instance.generation;
  ready_.set(now, static_cast<std::int64_t>(count(State::ready)));
  starting_.set(now, static_cast<std::int64_t>(count(State::starting)));
  if (ready_.value() == 0 && without_since_ == sim::time_max) without_since_ = now;
  if (ready_.value() > 0 && without_since_ != sim::time_max) {
    without_ += now - std::exchange(without_since_, sim::time_max);
  }
  if (changed_) changed_();
}

void InstanceGroup::become_ready(Instance& instance) {
  start_time_.record((owner_.kernel().now() - instance.since).count());
  sim::Node& node = *instance.node;
  affect(instance, true);
  node.set_presence(Presence::serving);
  if (instance.warmup) instance.warmup->begin();
  if (instance.to_be_listed) node.set_listed(true);
  become(instance, State::ready);
}

void InstanceGroup::become_off(Instance& instance) {
  sim::Node& node = *instance.node;
  cut_off_ += node.in_service();
  node.set_listed(false);
  node.set_presence(Presence::off);
  if (std::exchange(instance.door_closed, false))
    node.remove_disturbance(sim::Disturbance::drain, &instance);
  if (instance.warmup) instance.warmup->end();
  if (instance.affected) affect(instance, false);
  become(instance, State::off);
}

void InstanceGroup::affect(Instance& instance, bool affected) {
  const Version& version = versions_[instance.version];
  sim::Node& node = *instance.node;
  instance.affected = affected;
  if (version.factor != 1) {
    affected ? node.add_slowness(&instance, version.factor) : node.remove_slowness(&instance);
  }
  if (version.errors == 0) return;
  if (affected) {
    node.add_errors({.cause = &instance,
                     .stream = instance.errors.get(),
                     .before = 0,
                     .after = version.errors});
  } else {
    node.remove_errors(&instance);
  }
}

void InstanceGroup::describe_statistics(sim::NodeStatistics& statistics) {
  const auto gauge = [&](const std::string& name, const sim::CountGauge& counted) {
    statistics.scalar(name + "_mean", [&counted](Time now) { return counted.mean(now); });
    statistics.scalar(name + "_max",
                      [&counted](Time) { return static_cast<double>(counted.maximum()); });
    statistics.series_part(
        name, [&counted](Time now) { return static_cast<double>(counted.area(now)) * 1e-9; });
  };
  gauge("replicas_ready", ready_);
  gauge("replicas_starting", starting_);
  statistics.histogram("start_seconds", start_time_);
  const auto count_of = [&](const char* name, const std::uint64_t& counter) {
    statistics.scalar(name, [&counter](Time) { return static_cast<double>(counter); });
  };
  count_of("starts", starts_);
  count_of("stops", stops_);
  count_of("cut_off", cut_off_);
  statistics.scalar("without_replica_seconds", [this](Time now) {
    const Duration open = without_since_ == sim::time_max ? Duration(0) : now - without_since_;
    return sim::to_seconds(without_ + open);
  });
  statistics.on_reset([this](Time now) {
    ready_.reset(now);
    starting_.reset(now);
    start_time_ = {};
    starts_ = stops_ = cut_off_ = 0;
    without_ = Duration(0);
    if (without_since_ != sim::time_max) without_since_ = now;
  });
}

}  // namespace faultline::models
