/// Spike: the usual load, then for a while many times as much, then the usual load again.
#include "sim/random/rate_profile.hpp"

namespace faultline::sim {
namespace {

struct SpikeParams {
  double factor = 5;
  Duration at{};
  Duration length{};
  Duration rise{};
  double base = 1;

  static void describe(ParamList<SpikeParams>& list) {
    list.add("factor", &SpikeParams::factor, "Factor at its height")
        .between(0, RateCurve::factor_max);
    list.add("at", &SpikeParams::at, "When it begins").required().at_least(Duration(0));
    list.add("for", &SpikeParams::length, "How long it stays at its height")
        .required()
        .above(Duration(0));
    list.add("rise", &SpikeParams::rise, "How long it takes to get there, and back afterwards")
        .at_least(Duration(0));
    list.add("base", &SpikeParams::base, "Factor before and after")
        .between(0, RateCurve::factor_max);
  }
};

class Spike final : public RateProfile {
 public:
  Spike(const SpikeParams& params, const MakeArgs&) : params_(params) {}
  RateCurve curve() const override {
    const double rise = to_seconds(params_.rise);
    const double begin = to_seconds(params_.at);
    const double end = begin + rise + to_seconds(params_.length);
    return RateCurve(std::vector<RatePoint>{{0, params_.base},
                                            {begin, params_.base},
                                            {begin + rise, params_.factor},
                                            {end, params_.factor},
                                            {end + rise, params_.base}});
  }

 private:
  SpikeParams params_;
};

const Registration<RateProfile, Spike, SpikeParams> registered{
    {.name = "spike",
     .title = "Spike",
     .summary = "The usual load, for a while many times as much, then the usual load again.",
     .example = "spike(factor=5, at=60s, for=30s)"}};

}  // namespace
}  // namespace faultline::sim
