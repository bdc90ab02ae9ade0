/// Step: a staircase. The factor is `first`, and after every `every` it is `by` more (or less), as
/// often as `count` says; it never goes below 0. Then it stays.
#include <algorithm>
#include <vector>

#include "sim/random/rate_profile.hpp"

namespace faultline::sim {
namespace {

struct StepParams {
  Duration every{};
  double by = 1;
  std::int64_t count = 1;
  double first = 1;

  static void describe(ParamList<StepParams>& list) {
    list.add("every", &StepParams::every, "How long each step lasts").required().above(Duration(0));
    list.add("by", &StepParams::by, "How much the factor grows at each step; less than 0: shrinks")
        .between(-RateCurve::factor_max, RateCurve::factor_max);
    list.add("count", &StepParams::count, "How many steps up or down").between(1, 100'000);
    list.add("first", &StepParams::first, "Factor before the first of them")
        .between(0, RateCurve::factor_max);
  }
};

class Step final : public RateProfile {
 public:
  Step(const StepParams& params, const MakeArgs&) : params_(params) {}
  RateCurve curve() const override {
    std::vector<RatePoint> points{{0, params_.first}};
    for (std::int64_t i = 1; i <= params_.count; ++i) {
      const double time = to_seconds(params_.every) * static_cast<double>(i);
      points.push_back({time, points.back().factor});
      points.push_back({time, std::max(0.0, params_.first + params_.by * static_cast<double>(i))});
    }
    return RateCurve(std::move(points));
  }

 private:
  StepParams params_;
};

const Registration<RateProfile, Step, StepParams> registered{
    {.name = "step",
     .title = "Staircase",
     .summary = "The factor changes by the same amount again and again, and stays in between.",
     .example = "step(every=5min, by=0.5, count=8)"}};

}  // namespace
}  // namespace faultline::sim
