/// Static: the name stands for its first address, and nothing else is looked at.
///
/// Source: RFC 1034, section 3.6. Does not model: health; a dead address is given out until a
/// person changes the record.
#include "models/algorithms/naming/dns_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

class StaticAnswer final : public DnsPolicy {
 public:
  StaticAnswer(const sim::NoParams&, const MakeArgs&) {}
  std::size_t pick(const std::vector<DnsCandidate>& candidates) override {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (candidates[i].weight > 0) return i;
    }
    return none;
  }
};

const sim::Registration<DnsPolicy, StaticAnswer, sim::NoParams> registered{
    {.name = "static",
     .title = "Static",
     .summary = "Always the first address, whether it is healthy or not.",
     .source = "RFC 1034, section 3.6",
     .does_not_model = "health: it gives out an address that is dead"}};

}  // namespace
}  // namespace faultline::models
