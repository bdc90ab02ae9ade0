/// `canary`: the new version gets a small share first, then larger ones, as long as it does well.
///
///   10 %, watched --> 50 %, watched --> 100 %
///        '-- bad: the old version everywhere --'
///
/// Rule: a share is made by numbers of instances (models/algorithms/scaling/canary.hpp), so that it
/// is as fine as there are many of them. When those of a step are ready the old ones that are too
/// many are stopped; for `hold` the new version is compared with the old one beside it, every
/// `interval`. After `failures` checks in a row that find it bad the new ones are stopped at once
/// and old ones are started in their place.
/// Source: Argo Rollouts, "Canary Deployment Strategy" and "Analysis"; Flagger, "Deployment
/// Strategies" (threshold of failed checks).
/// Does not model: shares by weights of a balancer, traffic that is doubled (mirroring).
#include <fmt/format.h>
#include <algorithm>
#include <vector>

#include "models/scaling/rollout.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/param/described.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;
using sim::Task;

struct CanaryStepParams {
  sim::Probability share{0.1};
  Duration hold = std::chrono::seconds(60);

  static void describe(sim::ParamList<CanaryStepParams>& list) {
    list.add("share", &CanaryStepParams::share, "Of instances that run the new version")
        .required()
        .above(sim::Probability{0});
    list.add("hold", &CanaryStepParams::hold, "How long it is watched").at_least(Duration(0));
  }
};

struct CanaryParams {
  std::vector<CanaryStepParams> steps;
  Duration interval = std::chrono::seconds(10);
  std::int64_t failures = 1;
  CanaryLimitsParams limits;

  static void describe(sim::ParamList<CanaryParams>& list) {
    list.add("steps", &CanaryParams::steps,
             "The shares, one after the other; the whole comes after the last by itself")
        .required()
        .not_empty();
    list.add("interval", &CanaryParams::interval, "How often it is judged")
        .at_least(std::chrono::milliseconds(1));
    list.add("failures", &CanaryParams::failures,
             "So many times in a row it must be found bad to be rolled back")
        .unit("checks")
        .at_least(1);
    list.include(&CanaryParams::limits);
  }
  static void check(const CanaryParams& params, const sim::Path& path, sim::Problems& problems) {
    CanaryLimitsParams::check(params.limits, path, problems);
    for (std::size_t i = 1; i < params.steps.size(); ++i) {
      if (params.steps[i].share.value > params.steps[i - 1].share.value) continue;
      problems.add((path / "steps")[i] / "share", "expected more than in the step before");
    }
  }
};

class Canary final : public Rollout {
 public:
  Canary(const CanaryParams& params, const MakeArgs&) : params_(params) {}

  /// Both sides are rounded up: one more than desired.
  std::int64_t nodes_needed(std::int64_t desired) const override { return desired + 1; }

  Task<bool> run(Deploying deploying) override {
    deploying.meter.set_objective(params_.limits.objective());
    for (const CanaryStepParams& step : params_.steps) {
      auto shifting = shift(deploying, step.share.value);
      bool good = co_await shifting;
      if (good) {
        deploying.node.note(fmt::format("{:.0f}% run the new version", step.share.value * 100));
        auto watching = watch(deploying, step.hold);
        good = co_await watching;
      }
      if (good) continue;
      auto undoing = undo(deploying);
      co_await undoing;
      co_return false;
    }
    auto last = shift(deploying, 1);
    if (co_await last) co_return true;
    auto undoing = undo(deploying);
    co_await undoing;
    co_return false;
  }

 private:
  /// False: it is to be rolled back.
  Task<bool> shift(Deploying deploying, double share) {
    const CanaryCounts counts = canary_counts(share, deploying.desired);
    for (;;) {
      // New ones take the places of old ones that are too many by then, a few at a time.
      while (deploying.present(new_version) < counts.fresh &&
             deploying.instances.start(new_version)) {
      }
      const std::int64_t ready = deploying.available(new_version, Duration(0));
      const std::int64_t needed = std::max(deploying.desired - ready, counts.old);
      while (deploying.present(old_version) > needed) deploying.instances.stop_one(old_version);
      if (ready == counts.fresh && deploying.present(old_version) == counts.old) co_return true;
      if (deploying.to_be_rolled_back()) co_return false;
      co_await sim::delay(rollout_look);
    }
  }

  Task<bool> watch(Deploying deploying, Duration hold) {
    deploying.meter.forget(old_version);
    deploying.meter.forget(new_version);
    const sim::Time end = deploying.now() + hold;
    std::int64_t failures = 0;
    while (deploying.now() < end) {
      const Duration wait = std::min(params_.interval, end - deploying.now());
      co_await sim::delay(wait);
      if (deploying.to_be_rolled_back()) co_return false;
      std::string why;
      const CanaryVerdict verdict =
          judge_canary(params_.limits.limits(), deploying.meter.sample(new_version),
                       deploying.meter.sample(old_version), why);
      failures = verdict == CanaryVerdict::bad ? failures + 1 : 0;
      if (failures < params_.failures) continue;
      deploying.node.note(fmt::format("the new version is bad: {}", why));
      co_return false;
    }
    co_return true;
  }

  Task<void> undo(Deploying deploying) {
    deploying.stop_all(new_version);
    while (deploying.available(old_version, Duration(0)) < deploying.desired) {
      while (deploying.present(old_version) < deploying.desired &&
             deploying.instances.start(old_version)) {
      }
      co_await sim::delay(rollout_look);
    }
  }

  CanaryParams params_;  ///< Parameters.
};

const sim::Registration<Rollout, Canary, CanaryParams> registered{
    {.name = "canary",
     .title = "Canary",
     .summary = "The new version gets a small share first and larger ones as long as it does as "
                "well as the old one; else it is rolled back.",
     .source = "Argo Rollouts, Canary Deployment Strategy; Flagger",
     .does_not_model = "shares by weights of a balancer, mirrored traffic",
     .example = R"json({"type": "canary", "steps": [{"share": "10%", "hold": "60s"}]})json"}};

}  // namespace
}  // namespace faultline::models
