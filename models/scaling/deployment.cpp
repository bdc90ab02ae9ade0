/// Brings a new version of a group's software into service while it works.
///
///   old version: `replicas_desired` nodes --at--> rollout (rolling update, blue-green, canary) --> new one
///
/// Rule: the first `replicas_desired` nodes of the group run the old version when the run begins;
/// the others are there for the rollout and off until it needs them. What the new version is like
/// is said by its effects: everything takes `factor` times as long, and a share of requests fails
/// after the work for them. What callers see is counted by version, and the time without any
/// replica that is ready.
/// Source: Kubernetes, "Deployments"; Argo Rollouts.
/// Does not model: an autoscaler on the same group, versions that do not understand each other,
/// migrations of data.
#include <fmt/format.h>

#include <chrono>
#include <limits>
#include <memory>
#include <optional>

#include "models/scaling/instance_group.hpp"
#include "models/scaling/rollout.hpp"
#include "models/scaling/version_meter.hpp"
#include "sim/kernel/delay.hpp"
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

struct NewVersionParams {
  double factor = 1;
  sim::Probability errors{0};

  static void describe(sim::ParamList<NewVersionParams>& list) {
    list.add("factor", &NewVersionParams::factor, "How many times as long everything takes in it")
        .between(0.001, 1e6);
    list.add("errors", &NewVersionParams::errors,
             "Probability that a request fails in it, after the work for it");
  }
};

struct DeploymentParams {
  sim::NodeRef group;
  std::int64_t replicas_desired = 1;
  Duration at = std::chrono::seconds(60);
  NewVersionParams version;
  sim::Choice<Rollout> rollout{"rolling_update"};
  std::optional<Duration> roll_back_at;
  InstanceParams instance;

  static void describe(sim::ParamList<DeploymentParams>& list) {
    list.add("group", &DeploymentParams::group,
             "The nodes that run it: those in service and those that the rollout needs besides")
        .required();
    list.add("replicas_desired", &DeploymentParams::replicas_desired,
             "How many are to be in service")
        .unit("nodes")
        .required()
        .between(1, sim::replicas_max);
    list.add("at", &DeploymentParams::at, "When the new version is brought out")
        .at_least(Duration(0));
    list.add("version", &DeploymentParams::version, "What the new version is like");
    list.add("rollout", &DeploymentParams::rollout, "How it takes the place of the old one");
    list.add("roll_back_at", &DeploymentParams::roll_back_at,
             "When somebody rolls it back; without it, nobody does")
        .above(Duration(0));
    list.include(&DeploymentParams::instance);
  }
  static void check(const DeploymentParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    if (params.roll_back_at && *params.roll_back_at <= params.at) {
      problems.add(path / "roll_back_at",
                   "expected later than `at`: there is nothing to roll back");
    }
    InstanceParams::check(params.instance, path, problems);
  }
};

class Deployment final : public sim::Component {
 public:
  Deployment(const DeploymentParams& params, const sim::BuildContext& context)
      : node_(context.node()),
        params_(params),
        rollout_(params.rollout.make({})),
        instances_(params.instance, params.group, static_cast<std::size_t>(params.replicas_desired),
                   {{}, {params.version.factor, params.version.errors.value}}, context),
        meter_(instances_) {
    const std::int64_t needed = rollout_->nodes_needed(params.replicas_desired);
    if (static_cast<std::int64_t>(instances_.size()) < needed) {
      context.problem(
          "replicas_desired",
          fmt::format("{} of {} needs {} nodes, group \"{}\" has {}", params.rollout.name(),
                      params.replicas_desired, needed, params.group.name, instances_.size()),
          fmt::format("give \"{}\" {} `replicas`", params.group.name, needed));
    }
  }

  /// A deployment that crashed goes on where it was, but not with a rollout that was under way.
  void start() override {
    instances_.start_processes();
    if (!std::exchange(begun_, true)) node_.spawn(deploy());
  }

  /// Nobody calls it.
  Task<Reply> handle(const Request&) override { co_return Reply::fail(sim::Reason::error); }
  bool offers(std::string_view) const override { return false; }

  void describe_statistics(sim::NodeStatistics& statistics) override {
    instances_.describe_statistics(statistics);
    meter_.describe_statistics(statistics);
    statistics.scalar("rolled_back", [this](Time) { return rolled_back_ ? 1.0 : 0.0; });
    statistics.scalar("new_replicas", [this](Time) {
      return static_cast<double>(instances_.count(InstanceGroup::State::ready, new_version));
    });
    // Without an end there is no length.
    statistics.scalar("rollout_seconds", [this](Time) {
      return ended_ ? sim::to_seconds(*ended_ - Time(params_.at))
                    : std::numeric_limits<double>::quiet_NaN();
    });
  }

 private:
  Task<void> deploy() {
    co_await sim::delay(params_.at);
    node_.note(fmt::format("{}: a new version, by {}", params_.group.name, params_.rollout.name()));
    Deploying deploying{.node = node_,
                        .instances = instances_,
                        .meter = meter_,
                        .desired = params_.replicas_desired,
                        .roll_back_at = {}};
    if (params_.roll_back_at) deploying.roll_back_at = Time(*params_.roll_back_at);
    auto running = rollout_->run(deploying);
    rolled_back_ = !co_await running;
    ended_ = node_.kernel().now();
    node_.note(rolled_back_ ? "rolled back" : "the new version is in service");
  }

  sim::Node& node_;
  DeploymentParams params_;           ///< Parameters.
  std::unique_ptr<Rollout> rollout_;  ///< The algorithm under study.
  InstanceGroup instances_;           ///< State.
  VersionMeter meter_;                ///< Statistic.
  bool begun_ = false;                ///< State.
  bool rolled_back_ = false;          ///< State.
  std::optional<Time> ended_;         ///< When the rollout was over. State.
};

const sim::Registration<sim::Component, Deployment, DeploymentParams> registered{
    {.name = "deployment",
     .title = "Deployment",
     .summary = "Brings a new version of a group's software into service while it works: by a "
                "rolling update, blue-green, or a canary with roll back.",
     .source = "Kubernetes, Deployments; Argo Rollouts",
     .does_not_model = "an autoscaler on the same group, versions that do not understand each "
                       "other, migrations of data",
     .example =
         R"json({"type": "deployment", "group": "app", "replicas_desired": 4, "at": "60s"})json",
     .category = sim::Category::serving}};

}  // namespace
}  // namespace faultline::models
