/// Geographic: an address near who asks.
///
/// Rule: one in the zone of the asker; else one in his region; else the one with the least latency.
/// Equals take turns. The asker is whoever sends the query: behind a resolver its place counts, not
/// that of its users. Source: Amazon Route 53 developer guide, "Geolocation routing" and
/// "Geoproximity routing". Does not model: the client subnet in queries (RFC 7871).
#include "models/algorithms/naming/dns_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

class GeographicAnswer final : public DnsPolicy {
 public:
  GeographicAnswer(const sim::NoParams&, const MakeArgs&) {}
  std::size_t pick(const std::vector<DnsCandidate>& candidates) override {
    std::size_t best = none;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const std::size_t index = (next_ + i) % candidates.size();
      if (!usable(candidates[index])) continue;
      if (best == none || nearer(candidates[index], candidates[best])) best = index;
    }
    if (best != none) next_ = best + 1;
    return best;
  }

 private:
  static bool nearer(const DnsCandidate& a, const DnsCandidate& b) {
    if (a.same_zone != b.same_zone) return a.same_zone;
    if (a.same_region != b.same_region) return a.same_region;
    return !a.same_region && a.latency < b.latency;
  }
  std::size_t next_ = 0;  ///< State.
};

const sim::Registration<DnsPolicy, GeographicAnswer, sim::NoParams> registered{
    {.name = "geographic",
     .title = "Geographic",
     .summary = "The healthy address in the zone of who asks, else in his region, else the "
                "nearest; equals take turns.",
     .source = "Amazon Route 53 developer guide, geolocation and geoproximity routing",
     .does_not_model = "where users stand who ask through a resolver elsewhere"}};

}  // namespace
}  // namespace faultline::models
