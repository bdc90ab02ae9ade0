/// Latency-based: the address with the least mean latency from who asks; equals take turns.
///
/// Source: Amazon Route 53 developer guide, "Latency-based routing". Does not model: measurements
/// that are old or wrong; the load there.
#include "models/algorithms/naming/dns_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

class LatencyAnswer final : public DnsPolicy {
 public:
  LatencyAnswer(const sim::NoParams&, const MakeArgs&) {}
  std::size_t pick(const std::vector<DnsCandidate>& candidates) override {
    std::size_t best = none;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const std::size_t index = (next_ + i) % candidates.size();
      if (!usable(candidates[index])) continue;
      if (best == none || candidates[index].latency < candidates[best].latency) best = index;
    }
    if (best != none) next_ = best + 1;
    return best;
  }

 private:
  std::size_t next_ = 0;  ///< State.
};

const sim::Registration<DnsPolicy, LatencyAnswer, sim::NoParams> registered{
    {.name = "latency",
     .title = "Latency-based",
     .summary = "The healthy address with the least latency from who asks; equals take turns.",
     .source = "Amazon Route 53 developer guide, latency-based routing",
     .does_not_model = "measurements that are old or wrong"}};

}  // namespace
}  // namespace faultline::models
