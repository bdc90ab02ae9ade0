/// Spike: the usual load, for a while many times as much, then the usual load again. Does the
/// objective break, and when has the system recovered?
#include "sim/scenario/load_test.hpp"

namespace faultline::models {
namespace {

struct SpikeTestParams {
  double factor = 5;
  sim::Duration at{};
  sim::Duration length{};
  sim::Duration rise{};
  sim::LoadTestWatch watch;

  static void describe(sim::ParamList<SpikeTestParams>& list) {
    list.add("factor", &SpikeTestParams::factor, "How many times the usual load at its height")
        .above(0)
        .at_most(sim::RateCurve::factor_max);
    list.add("at", &SpikeTestParams::at, "When it begins").required().at_least(sim::Duration(0));
    list.add("for", &SpikeTestParams::length, "How long it stays at its height")
        .required()
        .above(sim::Duration(0));
    list.add("rise", &SpikeTestParams::rise, "How long it takes to get there, and back afterwards")
        .at_least(sim::Duration(0));
    list.include(&SpikeTestParams::watch);
  }
};

class SpikeTest final : public sim::LoadTest {
 public:
  SpikeTest(const SpikeTestParams& params, const MakeArgs&) : params_(params) {}
  sim::RateCurve curve() const override {
    const double begin = sim::to_seconds(params_.at);
    const double high = begin + sim::to_seconds(params_.rise);
    const double end = high + sim::to_seconds(params_.length);
    return sim::RateCurve(std::vector<sim::RatePoint>{{0, 1},
                                                      {begin, 1},
                                                      {high, params_.factor},
                                                      {end, params_.factor},
                                                      {end + sim::to_seconds(params_.rise), 1}});
  }
  const sim::LoadTestWatch& watch() const override { return params_.watch; }

 private:
  SpikeTestParams params_;
};

const sim::Registration<sim::LoadTest, SpikeTest, SpikeTestParams> registered{
    {.name = "spike",
     .title = "Spike test",
     .summary =
         "For a while many times the usual load: tells whether the objective breaks, and when "
         "the system has recovered.",
     .example = "spike(factor=5, at=60s, for=30s)"}};

}  // namespace
}  // namespace faultline::models
