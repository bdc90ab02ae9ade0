/// Ramp: from one factor to another along a straight line, then on at the second one.
#include "sim/random/rate_profile.hpp"

namespace faultline::sim {
namespace {

struct RampParams {
  double from = 0;
  double to = 1;
  Duration over{};
  Duration at{};

  static void describe(ParamList<RampParams>& list) {
    list.add("from", &RampParams::from, "Factor before it begins")
        .between(0, RateCurve::factor_max);
    list.add("to", &RampParams::to, "Factor once it has ended").between(0, RateCurve::factor_max);
    list.add("over", &RampParams::over, "How long it takes").required().above(Duration(0));
    list.add("at", &RampParams::at, "When it begins").at_least(Duration(0));
  }
};

class Ramp final : public RateProfile {
 public:
  Ramp(const RampParams& params, const MakeArgs&) : params_(params) {}
  RateCurve curve() const override {
    const double begin = to_seconds(params_.at);
    return RateCurve(std::vector<RatePoint>{{begin, params_.from},
                                            {begin + to_seconds(params_.over), params_.to}});
  }

 private:
  RampParams params_;
};

const Registration<RateProfile, Ramp, RampParams> registered{
    {.name = "ramp",
     .title = "Ramp",
     .summary = "From one factor to another along a straight line, then on at the second one.",
     .example = "ramp(from=1, to=5, over=10min)"}};

}  // namespace
}  // namespace faultline::sim
