/// Weighted: an address by lot, each with the probability weight / sum of weights.
///
/// Source: Amazon Route 53 developer guide, "Weighted routing". Does not model: how much traffic
/// stands behind an answer.
#include "models/algorithms/naming/dns_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

class WeightedAnswer final : public DnsPolicy {
 public:
  WeightedAnswer(const sim::NoParams&, const MakeArgs& args) : random_(args.random) {}
  std::size_t pick(const std::vector<DnsCandidate>& candidates) override {
    double total = 0;
    for (const DnsCandidate& each : candidates) total += usable(each) ? each.weight : 0;
    double left = static_cast<double>(random_.next() >> 11) * 0x1p-53 * total;
    std::size_t last = none;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (!usable(candidates[i])) continue;
      last = i;
      left -= candidates[i].weight;
      if (left < 0) break;
    }
    return last;
  }

 private:
  RandomSource& random_;
};

const sim::Registration<DnsPolicy, WeightedAnswer, sim::NoParams> registered{
    {.name = "weighted",
     .title = "Weighted",
     .summary = "A healthy address by lot, in proportion to the weights.",
     .source = "Amazon Route 53 developer guide, weighted routing",
     .does_not_model = "how much traffic an answer stands for: a big cache counts as a small one"}};

}  // namespace
}  // namespace faultline::models
