/// Constant: the same factor all the time.
#include "sim/random/rate_profile.hpp"

namespace faultline::sim {
namespace {

struct ConstantProfileParams {
  double factor = 1;

  static void describe(ParamList<ConstantProfileParams>& list) {
    list.add("factor", &ConstantProfileParams::factor, "How many times the usual load")
        .between(0, RateCurve::factor_max);
  }
};

class ConstantProfile final : public RateProfile {
 public:
  ConstantProfile(const ConstantProfileParams& params, const MakeArgs&) : params_(params) {}
  RateCurve curve() const override {
    return RateCurve(std::vector<RatePoint>{{0, params_.factor}});
  }

 private:
  ConstantProfileParams params_;
};

const Registration<RateProfile, ConstantProfile, ConstantProfileParams> registered{
    {.name = "constant",
     .title = "Constant load",
     .summary = "The same factor all the time.",
     .example = "constant(1.5)"}};

}  // namespace
}  // namespace faultline::sim
