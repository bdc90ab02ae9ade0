/// By chance: a newcomer comes in with one probability, whatever it is. What is asked for often
/// comes in all the same, a little later.
///
/// Source: Berg et al., "The CacheLib Caching Engine", OSDI 2020, section 4 (random admission in
/// front of flash, whose writes wear it out).
#include "models/algorithms/caching/cache_admission.hpp"

namespace faultline::models {
namespace {

struct CoinParams {
  sim::Probability probability{0.5};

  static void describe(sim::ParamList<CoinParams>& list) {
    list.add("probability", &CoinParams::probability, "How likely a newcomer comes in");
  }
};

class Coin final : public CacheAdmission {
 public:
  Coin(const CoinParams& params, const MakeArgs& args)
      : probability_(params.probability.value), random_(args.random) {}
  bool admits(CacheKey, std::int64_t) override { return random_.uniform() < probability_; }

 private:
  double probability_;    ///< Parameter.
  RandomSource& random_;  ///< Input.
};

const sim::Registration<CacheAdmission, Coin, CoinParams> registered{
    {.name = "coin",
     .title = "By chance",
     .summary = "Lets a newcomer in with one probability, whatever it is.",
     .source = "Berg et al., The CacheLib Caching Engine, OSDI 2020, section 4"}};

}  // namespace
}  // namespace faultline::models
