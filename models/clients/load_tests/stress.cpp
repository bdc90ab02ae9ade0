/// Stress: more and more load along a straight line, until the objective breaks. The breaking point
/// is a bound from above when the ramp is steep: a system needs its time to feel a load. Choose
/// `over` so that the load hardly changes within a window, and `window` so that it holds many
/// requests: the fewer, the earlier chance breaks it.
#include "sim/scenario/load_test.hpp"

namespace faultline::models {
namespace {

struct StressParams {
  double from = 0;
  double to = 10;
  sim::Duration over{};
  sim::LoadTestWatch watch{.ends_run = true};

  static void describe(sim::ParamList<StressParams>& list) {
    list.add("from", &StressParams::from, "How many times the usual load at first")
        .between(0, sim::RateCurve::factor_max);
    list.add("to", &StressParams::to, "And at last").above(0).at_most(sim::RateCurve::factor_max);
    list.add("over", &StressParams::over, "How long it takes from one to the other")
        .required()
        .above(sim::Duration(0));
    list.include(&StressParams::watch);
  }
  static void check(const StressParams& params, const sim::Path& path, sim::Problems& problems) {
    if (params.to <= params.from) problems.add(path / "to", "expected more than `from`");
  }
};

class Stress final : public sim::LoadTest {
 public:
  Stress(const StressParams& params, const MakeArgs&) : params_(params) {}
  sim::RateCurve curve() const override {
    return sim::RateCurve(std::vector<sim::RatePoint>{{0, params_.from},
                                                      {sim::to_seconds(params_.over), params_.to}});
  }
  const sim::LoadTestWatch& watch() const override { return params_.watch; }

 private:
  StressParams params_;
};

const sim::Registration<sim::LoadTest, Stress, StressParams> registered{
    {.name = "stress",
     .title = "Stress test",
     .summary = "More and more load until the objective breaks; reports at which rate and when.",
     .does_not_model = "the search for the highest load that can be held for ever: a steep ramp "
                       "breaks later than that",
     .example = "stress(from=0.1, to=3, over=10min, slo=fast)"}};

}  // namespace
}  // namespace faultline::models
