/// The instances of a group as somebody who scales or deploys it handles them: takes one into
/// service, takes one out, and knows what has become of each.
///
///   off --start--> starting: image pull, boot, readiness --> ready --stop--> leaving --> off
///                     '------------------stop: at once-----------------------------------^
///
/// Rule: an instance is paid for from its start on. It is ready at the first check of readiness
/// after it has booted; checks come every `readiness_interval` from when its container starts. Then
/// it is listed: balancers, names and callers that pick among the group's nodes know it. It begins
/// with nothing in memory, and takes `cold_factor` times as long for everything at first, less and
/// less until `warmup` is over.
/// One that is stopped is not listed any more `delist_after` later, closes its door `pre_stop`
/// later, and is off when it has finished what it had, or after `grace`: then what is left is
/// reset. Where the door closes before everybody has heard of it, requests are refused.
/// Source: Kubernetes, "Pod Lifecycle" (readiness probes; Termination of Pods: preStop,
/// terminationGracePeriodSeconds 30 s, removal from the endpoints at the same time).
/// Does not model: places on machines that run out, images that are there already, instances that
/// never become ready; an address of who is off answers with a refusal, not with silence.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "models/warmup.hpp"
#include "sim/kernel/task.hpp"
#include "sim/measure/gauge.hpp"
#include "sim/measure/histogram.hpp"
#include "sim/network/node.hpp"
#include "sim/param/param.hpp"
#include "sim/random/distribution.hpp"
#include "sim/random/stream.hpp"
#include "sim/scenario/build_context.hpp"

namespace faultline::models {

struct InstanceParams {
  sim::RandomDuration image_pull{sim::Duration(0)};
  sim::RandomDuration boot{std::chrono::seconds(10)};
  sim::Duration readiness_interval = std::chrono::seconds(10);
  sim::Duration warmup{0};
  double cold_factor = 1;
  sim::Duration grace = std::chrono::seconds(30);
  sim::Duration pre_stop{0};
  sim::Duration delist_after{0};

  static void describe(sim::ParamList<InstanceParams>& list);
  static void check(const InstanceParams& params, const sim::Path& path, sim::Problems& problems);
};

class InstanceGroup {
 public:
  enum class State : std::uint8_t { off, starting, ready, leaving };
  /// What a version does to the nodes that run it.
  struct Version {
    double factor = 1;  ///< Times as long for everything.
    double errors = 0;  ///< Probability that a request fails after the work for it.
  };

  /// The nodes that `ref` names, of which the first `serving` are in service when the run begins.
  /// `versions`: what can be started; not empty, the first is what they run then.
  InstanceGroup(const InstanceParams& params, const sim::NodeRef& ref, std::size_t serving,
                std::vector<Version> versions, const sim::BuildContext& context);

  /// The run begins, or who handles them is back after a crash: what was under way begins anew.
  void start_processes();

  std::size_t size() const { return instances_.size(); }
  sim::Node& node(std::size_t index) const { return *instances_[index]->node; }
  State state(std::size_t index) const { return instances_[index]->state; }
  std::size_t version(std::size_t index) const { return instances_[index]->version; }
  /// Since when it is in this state.
  sim::Time since(std::size_t index) const { return instances_[index]->since; }
  std::size_t count(State state) const;
  std::size_t count(State state, std::size_t version) const;

  /// Starts one that is off, the first; it is to be listed when it is ready, unless `listed` is
  /// false. False if there is none.
  bool start(std::size_t version = 0, bool listed = true);
  /// Requires: starting or ready.
  void stop(std::size_t index);
  /// Stops one of this version: one that starts rather than one that is ready, then the youngest.
  /// Requires: there is one.
  void stop_one(std::size_t version = 0);
  /// Requires: ready.
  void set_listed(std::size_t index, bool listed);

  /// What to do whenever an instance has another state.
  void on_change(std::function<void()> act) { changed_ = std::move(act); }

  void describe_statistics(sim::NodeStatistics& statistics);
  std::uint64_t starts() const { return starts_; }

 private:
  struct Instance {
    sim::Node* node = nullptr;
    State state = State::off;
    std::size_t version = 0;
    bool to_be_listed = true;
    sim::Time since{};
    std::uint32_t generation = 0;  ///< Of its state: a process of an older one has nothing to do.
    std::unique_ptr<Warmup> warmup;
    std::unique_ptr<sim::Stream> errors;
    bool door_closed = false;
    bool affected = false;  ///< By its version.
  };

  void become(Instance& instance, State state);
  void become_ready(Instance& instance);
  void become_off(Instance& instance);
  void affect(Instance& instance, bool affected);
  sim::Task<void> run_start(Instance& instance, std::uint32_t generation);
  sim::Task<void> run_stop(Instance& instance, std::uint32_t generation);

  sim::Node& owner_;  ///< Whose processes they are.
  InstanceParams params_;
  std::vector<Version> versions_;  ///< Parameter.
  sim::Stream random_;
  std::vector<std::unique_ptr<Instance>> instances_;  ///< State.
  std::function<void()> changed_;
  sim::CountGauge ready_;      ///< Statistic.
  sim::CountGauge starting_;   ///< Statistic.
  sim::Histogram start_time_;  ///< Statistic.
  std::uint64_t starts_ = 0;   ///< Statistic.
  std::uint64_t stops_ = 0;    ///< Statistic.
  std::uint64_t cut_off_ = 0;  ///< Requests that were reset at the end of the grace. Statistic.
  sim::Duration without_{0};   ///< Time without any that is ready. Statistic.
  sim::Time without_since_ = sim::time_max;
};

}  // namespace faultline::models
