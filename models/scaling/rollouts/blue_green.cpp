/// `blue_green(watch=60s, keep=5min)`: the new version is started beside the old one, and all
/// traffic goes over to it at once.
///
///   old: listed ------------------|            kept ready --> stopped
///   new:      starting --> ready  |--> listed
///                               switch ... watched: switched back if it is bad
///
/// Rule: when as many new ones as desired are ready they are listed and the old ones are not any
/// more, at the same instant. For `watch` the new version is compared with what the old one did
/// before (models/algorithms/scaling/canary.hpp), every `interval`; if it is bad everything goes
/// back at once. After `keep` the old ones are stopped.
/// Source: Fowler, "BlueGreenDeployment", 2010; Argo Rollouts, "BlueGreen Deployment Strategy"
/// (scaleDownDelaySeconds).
/// Does not model: requests on connections that stay with the old version, tests of the new version
/// before the switch, a schema of the database that both must understand.
#include <fmt/format.h>
#include <algorithm>

#include "models/scaling/rollout.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/param/described.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;
using sim::Task;

struct BlueGreenParams {
  Duration watch = std::chrono::seconds(60);
  Duration interval = std::chrono::seconds(10);
  Duration keep = std::chrono::minutes(5);
  CanaryLimitsParams limits;

  static void describe(sim::ParamList<BlueGreenParams>& list) {
    list.add("watch", &BlueGreenParams::watch,
             "How long after the switch the new version is compared with the old one; 0s: not")
        .at_least(Duration(0));
    list.add("interval", &BlueGreenParams::interval, "How often")
        .at_least(std::chrono::milliseconds(1));
    list.add("keep", &BlueGreenParams::keep,
             "How long after the switch the old ones are there still, to switch back to")
        .at_least(Duration(0));
    list.include(&BlueGreenParams::limits);
  }
  static void check(const BlueGreenParams& params, const sim::Path& path, sim::Problems& problems) {
    CanaryLimitsParams::check(params.limits, path, problems);
    if (params.watch > params.keep) {
      problems.add(path / "watch", "expected no more than `keep`: later there is no way back");
    }
  }
};

class BlueGreen final : public Rollout {
 public:
  BlueGreen(const BlueGreenParams& params, const MakeArgs&) : params_(params) {}

  std::int64_t nodes_needed(std::int64_t desired) const override { return 2 * desired; }

  Task<bool> run(Deploying deploying) override {
    deploying.meter.set_objective(params_.limits.objective());
    deploying.meter.forget(old_version);
    while (deploying.available(new_version, Duration(0)) < deploying.desired) {
      if (deploying.to_be_rolled_back()) {
        deploying.stop_all(new_version);
        co_return false;
      }
      while (deploying.present(new_version) < deploying.desired &&
             deploying.instances.start(new_version, false)) {
      }
      co_await sim::delay(rollout_look);
    }
    const VersionSample before = deploying.meter.sample(old_version);
    deploying.meter.forget(new_version);
    deploying.set_listed(new_version, true);
    deploying.set_listed(old_version, false);
    deploying.node.note("switched to the new version");
    const sim::Time switched = deploying.now();
    std::string why;
    while (deploying.now() - switched < params_.keep) {
      const Duration since = deploying.now() - switched;
      Duration wait = std::min(params_.interval, params_.keep - since);
      if (deploying.roll_back_at && *deploying.roll_back_at > deploying.now())
        wait = std::min(wait, *deploying.roll_back_at - deploying.now());
      co_await sim::delay(wait);
      const bool watched = deploying.now() - switched <= params_.watch;
      const bool bad =
          watched && judge_canary(params_.limits.limits(), deploying.meter.sample(new_version),
                                  before, why) == CanaryVerdict::bad;
      if (!bad && !deploying.to_be_rolled_back()) continue;
      deploying.set_listed(old_version, true);
      deploying.set_listed(new_version, false);
      deploying.node.note(fmt::format("switched back: {}", bad ? why : "asked for"));
      deploying.stop_all(new_version);
      co_return false;
    }
    deploying.stop_all(old_version);
    co_return true;
  }

 private:
  BlueGreenParams params_;  ///< Parameters.
};

const sim::Registration<Rollout, BlueGreen, BlueGreenParams> registered{
    {.name = "blue_green",
     .title = "Blue-green",
     .summary = "The new version is started beside the old one; all traffic goes over to it at "
                "once, and back at once if it is bad.",
     .source = "Fowler, BlueGreenDeployment, 2010; Argo Rollouts",
     .does_not_model = "connections that stay with the old version, tests before the switch",
     .example = "blue_green(watch=60s)"}};

}  // namespace
}  // namespace faultline::models
