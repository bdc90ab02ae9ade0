/// Soak: up to a load, on it for hours to see what leaks, and down to nothing.
#include "sim/random/rate_profile.hpp"

namespace faultline::sim {
namespace {

struct SoakParams {
  double factor = 1;
  Duration rise = std::chrono::minutes(1);
  Duration length{};
  Duration fall{};

  static void describe(ParamList<SoakParams>& list) {
    list.add("factor", &SoakParams::factor, "Factor that is held")
        .between(0, RateCurve::factor_max);
    list.add("rise", &SoakParams::rise, "How long it takes to get there, from nothing")
        .at_least(Duration(0));
    list.add("for", &SoakParams::length, "How long it is held").required().above(Duration(0));
    list.add("fall", &SoakParams::fall, "How long it takes to go back to nothing")
        .at_least(Duration(0));
  }
};

class Soak final : public RateProfile {
 public:
  Soak(const SoakParams& params, const MakeArgs&) : params_(params) {}
  RateCurve curve() const override {
    const double up = to_seconds(params_.rise);
    const double end = up + to_seconds(params_.length);
    return RateCurve(std::vector<RatePoint>{
        {0, 0}, {up, params_.factor}, {end, params_.factor}, {end + to_seconds(params_.fall), 0}});
  }

 private:
  SoakParams params_;
};

const Registration<RateProfile, Soak, SoakParams> registered{
    {.name = "soak",
     .title = "Soak",
     .summary = "Up to a load, on it for a long time, and down to nothing.",
     .example = "soak(for=8h, rise=5min, fall=5min)"}};

}  // namespace
}  // namespace faultline::sim
