/// Load: up to a load and on it to the end of the run; does the system keep its objective there?
#include "sim/scenario/load_test.hpp"

namespace faultline::models {
namespace {

struct LoadParams {
  double factor = 1;
  sim::Duration rise{};
  sim::LoadTestWatch watch;

  static void describe(sim::ParamList<LoadParams>& list) {
    list.add("factor", &LoadParams::factor, "How many times the usual load is held")
        .above(0)
        .at_most(sim::RateCurve::factor_max);
    list.add("rise", &LoadParams::rise, "How long it takes to get there, from nothing")
        .at_least(sim::Duration(0));
    list.include(&LoadParams::watch);
  }
};

class Load final : public sim::LoadTest {
 public:
  Load(const LoadParams& params, const MakeArgs&) : params_(params) {}
  sim::RateCurve curve() const override {
    std::vector<sim::RatePoint> points{{0, 0}, {sim::to_seconds(params_.rise), params_.factor}};
    if (params_.rise == sim::Duration(0)) points.erase(points.begin());
    return sim::RateCurve(std::move(points));
  }
  const sim::LoadTestWatch& watch() const override { return params_.watch; }

 private:
  LoadParams params_;
};

const sim::Registration<sim::LoadTest, Load, LoadParams> registered{
    {.name = "load",
     .title = "Load test",
     .summary = "Up to a load, and on it to the end of the run: tells whether the objective is "
                "kept there.",
     .example = "load(factor=1.2, rise=60s)"}};

}  // namespace
}  // namespace faultline::models
