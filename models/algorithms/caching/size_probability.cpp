/// Admission by size and chance: an object of s bytes comes in with probability exp(-s / c), each
/// time it is missed. What is large has to be asked for often before it comes in.
///
/// Source: Berger, Sitaraman, Harchol-Balter, "AdaptSize: Orchestrating the Hot Object Memory Cache
/// in a Content Delivery Network", NSDI 2017, section 4. Does not model: AdaptSize's tuning of c by
/// a model of the cache; c is what the file says.
#include "models/algorithms/caching/cache_admission.hpp"
#include "models/algorithms/portable_powers.hpp"

namespace faultline::models {
namespace {

struct SizeProbabilityParams {
  sim::Bytes scale{64 * 1024};

  static void describe(sim::ParamList<SizeProbabilityParams>& list) {
    list.add("scale", &SizeProbabilityParams::scale,
             "c of exp(-size / c): the size at which 37 % come in")
        .at_least(sim::Bytes{1});
  }
};

class SizeProbability final : public CacheAdmission {
 public:
  SizeProbability(const SizeProbabilityParams& params, const MakeArgs& args)
      : scale_(static_cast<double>(params.scale.count)), random_(args.random) {}
  bool admits(CacheKey, std::int64_t size) override {
    constexpr double log2_of_e = 1.44269504088896340736;
    const double scales = static_cast<double>(size) / scale_;
    const double drawn = random_.uniform();
    return scales < 600 && drawn < power_of_two(-scales * log2_of_e);
  }

 private:
  double scale_;          ///< Parameter, bytes.
  RandomSource& random_;  ///< Input.
};

const sim::Registration<CacheAdmission, SizeProbability, SizeProbabilityParams> registered{
    {.name = "size_probability",
     .title = "By size and chance",
     .summary = "Lets an object in with probability exp(-size / c) each time it is missed.",
     .source = "Berger, Sitaraman, Harchol-Balter, AdaptSize, NSDI 2017, section 4",
     .does_not_model = "the tuning of c by a model of the cache"}};

}  // namespace
}  // namespace faultline::models
