/// Round robin: each answer begins with the address after that of the answer before.
///
/// Rule: the next one by index that may be given out. The turns are those of answers; a cache hands
/// the same answer to many. Source: RFC 1794. Does not model: weights.
#include "models/algorithms/naming/dns_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

class RoundRobinAnswer final : public DnsPolicy {
 public:
  RoundRobinAnswer(const sim::NoParams&, const MakeArgs&) {}
  std::size_t pick(const std::vector<DnsCandidate>& candidates) override {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const std::size_t index = (next_ + i) % candidates.size();
      if (!usable(candidates[index])) continue;
      next_ = index + 1;
      return index;
    }
    return none;
  }

 private:
  std::size_t next_ = 0;  ///< State.
};

const sim::Registration<DnsPolicy, RoundRobinAnswer, sim::NoParams> registered{
    {.name = "round_robin",
     .title = "Round robin",
     .summary = "Each healthy address in turn, one answer after the other.",
     .source = "RFC 1794",
     .does_not_model = "weights; what caches make of the turns"}};

}  // namespace
}  // namespace faultline::models
