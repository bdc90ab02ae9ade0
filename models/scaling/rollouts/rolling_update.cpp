/// `rolling_update(max_surge=25%, max_unavailable=25%)`: the instances are replaced a few at a
/// time.
///
/// Rule: models/algorithms/scaling/rolling_update.hpp, once a second. A roll back is the same the
/// other way round.
/// Source: Kubernetes, "Deployments", RollingUpdate: maxSurge and maxUnavailable 25 %,
/// minReadySeconds 0.
/// Does not model: a deadline for the progress, changes of the number desired under way.
#include "models/algorithms/scaling/rolling_update.hpp"

#include <optional>

#include "models/scaling/rollout.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/param/described.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Task;

struct RollingUpdateParams {
  sim::Probability max_surge{0.25};
  sim::Probability max_unavailable{0.25};
  std::optional<std::int64_t> surge_nodes;
  std::optional<std::int64_t> unavailable_nodes;
  sim::Duration min_ready{0};

  static void describe(sim::ParamList<RollingUpdateParams>& list) {
    list.add("max_surge", &RollingUpdateParams::max_surge,
             "How many more than desired there may be, as a share of them, rounded up");
    list.add("max_unavailable", &RollingUpdateParams::max_unavailable,
             "How many of those desired may be missing, as a share of them, rounded down");
    list.add("surge_nodes", &RollingUpdateParams::surge_nodes, "Instead of max_surge: a number")
        .unit("nodes")
        .between(0, 100'000);
    list.add("unavailable_nodes", &RollingUpdateParams::unavailable_nodes,
             "Instead of max_unavailable: a number")
        .unit("nodes")
        .between(0, 100'000);
    list.add("min_ready", &RollingUpdateParams::min_ready,
             "How long a new one must have been ready before it counts")
        .at_least(sim::Duration(0));
  }
};

class RollingUpdateRollout final : public Rollout {
 public:
  RollingUpdateRollout(const RollingUpdateParams& params, const MakeArgs&) : params_(params) {}

  std::int64_t nodes_needed(std::int64_t desired) const override {
    const RollingUpdate::Config config = config_for(desired);
    return desired + config.surge;
  }

  Task<bool> run(Deploying deploying) override {
    bool there = true;
    {
      auto forward = move(deploying, old_version, new_version);
      there = co_await forward;
    }
    if (!deploying.roll_back_at) co_return true;
    if (there && !deploying.to_be_rolled_back()) {
      co_await sim::delay(*deploying.roll_back_at - deploying.now());
    }
    deploying.roll_back_at.reset();
    auto back = move(deploying, new_version, old_version);
    co_await back;
    co_return false;
  }

 private:
  RollingUpdate::Config config_for(std::int64_t desired) const {
    return {.desired = desired,
            .surge = params_.surge_nodes.value_or(
                RollingUpdate::rounded_up(params_.max_surge.value, desired)),
            .unavailable = params_.unavailable_nodes.value_or(
                RollingUpdate::rounded_down(params_.max_unavailable.value, desired))};
  }

  /// False: it was to be rolled back before all was done.
  Task<bool> move(Deploying deploying, std::size_t from, std::size_t to) {
    const RollingUpdate update(config_for(deploying.desired));
    for (;;) {
      RollingUpdate::Counts counts;
      counts.old_available = deploying.available(from, sim::Duration(0));
      counts.old_unavailable = deploying.present(from) - counts.old_available;
      counts.new_available = deploying.available(to, params_.min_ready);
      counts.new_unavailable = deploying.present(to) - counts.new_available;
      if (update.done(counts)) co_return true;
      if (deploying.to_be_rolled_back()) co_return false;
      const RollingUpdate::Step step = update.next(counts);
      for (std::int64_t i = 0; i < step.start_new; ++i) deploying.instances.start(to);
      const std::int64_t stops = step.stop_old_unavailable + step.stop_old_available;
      for (std::int64_t i = 0; i < stops; ++i) deploying.instances.stop_one(from);
      co_await sim::delay(rollout_look);
    }
  }

  RollingUpdateParams params_;  ///< Parameters.
};

const sim::Registration<Rollout, RollingUpdateRollout, RollingUpdateParams> registered{
    {.name = "rolling_update",
     .title = "Rolling update",
     .summary = "The instances are replaced a few at a time, so that neither too many nor too few "
                "are there.",
     .source = "Kubernetes, Deployments",
     .does_not_model = "a deadline for the progress",
     .example = "rolling_update(max_surge=25%, max_unavailable=0%)"}};

}  // namespace
}  // namespace faultline::models
