/// Constant: one arrival every 1 / rate, as from a load generator with a fixed pace. The first
/// comes after one period.
#include "sim/random/arrival_process.hpp"

namespace faultline::sim {
namespace {

struct ConstantArrivalsParams {
  Rate rate;

  static void describe(ParamList<ConstantArrivalsParams>& list) {
    list.add("rate", &ConstantArrivalsParams::rate, "Number of arrivals a second")
        .required()
        .above(Rate{0})
        .at_most(Rate{ArrivalProcess::rate_max});
  }
};

class ConstantArrivals final : public ArrivalProcess {
 public:
  ConstantArrivals(const ConstantArrivalsParams& params, const MakeArgs&)
      : rate_(params.rate), period_(1e9 / params.rate.per_second) {}

  Rate mean_rate() const override { return rate_; }

 private:
  double gap(Stream&) override { return period_; }

  Rate rate_;
  double period_;  ///< Nanoseconds.
};

const Registration<ArrivalProcess, ConstantArrivals, ConstantArrivalsParams> registered{
    {.name = "constant",
     .title = "Constant arrivals",
     .summary = "One arrival every 1 / rate, as from a load generator with a fixed pace.",
     .example = "constant(500/s)"}};

}  // namespace
}  // namespace faultline::sim
