/// Renewal: the times between arrivals are independent draws of any distribution. The rate is 1 /
/// mean; counts in a long interval have an index of dispersion of variance / mean^2 of a gap.
/// Source: Cox, "Renewal Theory", 1962, chapter 4.
#include "sim/random/arrival_process.hpp"
#include "sim/random/distribution.hpp"

namespace faultline::sim {
namespace {

struct RenewalParams {
  RandomDuration interarrival;

  static void describe(ParamList<RenewalParams>& list) {
    // A mean of 0 would be arrivals without end at one time.
    list.add("interarrival", &RenewalParams::interarrival, "Time between arrivals")
        .required()
        .above(Duration{0});
  }
};

class Renewal final : public ArrivalProcess {
 public:
  Renewal(const RenewalParams& params, const MakeArgs&) : interarrival_(params.interarrival) {}

  Rate mean_rate() const override { return {1e9 / interarrival_.mean()}; }

 private:
  double gap(Stream& stream) override {
    const double gap = interarrival_.sample_base(stream);
    return gap > 0 ? gap : 0;
  }

  RandomDuration interarrival_;
};

const Registration<ArrivalProcess, Renewal, RenewalParams> registered{
    {.name = "renewal",
     .title = "Renewal arrivals",
     .summary = "The times between arrivals are independent draws of any distribution.",
     .source = "Cox, Renewal Theory, 1962",
     .example = "renewal(lognormal(2ms, 0.8))"}};

}  // namespace
}  // namespace faultline::sim
