/// Poisson: arrivals without memory at a constant rate, as from very many independent users. Gaps
/// are exponential; counts in an interval of length t have mean and variance rate t.
#include "sim/random/arrival_process.hpp"
#include "sim/random/variates.hpp"

namespace faultline::sim {
namespace {

struct PoissonParams {
  Rate rate;

  static void describe(ParamList<PoissonParams>& list) {
    list.add("rate", &PoissonParams::rate, "Mean number of arrivals a second")
        .required()
        .above(Rate{0})
        .at_most(Rate{ArrivalProcess::rate_max});
  }
};

class Poisson final : public ArrivalProcess {
 public:
  Poisson(const PoissonParams& params, const MakeArgs&)
      : rate_(params.rate), mean_gap_(1e9 / params.rate.per_second) {}

  Rate mean_rate() const override { return rate_; }

 private:
  double gap(Stream& stream) override { return mean_gap_ * standard_exponential(stream); }

  Rate rate_;
  double mean_gap_;  ///< Nanoseconds.
};

const Registration<ArrivalProcess, Poisson, PoissonParams> registered{
    {.name = "poisson",
     .title = "Poisson arrivals",
     .summary = "Arrivals without memory at a constant rate, as from very many independent users.",
     .example = "poisson(500/s)"}};

}  // namespace
}  // namespace faultline::sim
