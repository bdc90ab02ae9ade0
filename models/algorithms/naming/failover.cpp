/// Failover: the first address that is healthy, in the order of the records.
///
/// It needs health checks, without which none is known to be dead. Source: Amazon Route 53
/// developer guide, "Failover routing". Does not model: holding the stand-in for a time after the
/// primary is back.
#include "models/algorithms/naming/dns_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

class FailoverAnswer final : public DnsPolicy {
 public:
  FailoverAnswer(const sim::NoParams&, const MakeArgs&) {}
  std::size_t pick(const std::vector<DnsCandidate>& candidates) override {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (usable(candidates[i])) return i;
    }
    return none;
  }
};

const sim::Registration<DnsPolicy, FailoverAnswer, sim::NoParams> registered{
    {.name = "failover",
     .title = "Failover",
     .summary =
         "The first healthy address in the order of the records: a primary and its stand-ins.",
     .source = "Amazon Route 53 developer guide, failover routing",
     .does_not_model = "a way back that is held for a time"}};

}  // namespace
}  // namespace faultline::models
