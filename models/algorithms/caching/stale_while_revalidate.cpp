/// Stale-while-revalidate: for a while after its time to live an entry is still answered from, and
/// the first such read has it loaded anew in the background.
///
/// Rule: nobody waits for a load but the reads that come more than ttl + `window` after the last
/// one.
///
///   Poisson reads of rate l, loads that take no time: misses a read exp(-l window) / (1 + l ttl)
///
/// Source: RFC 5861, section 3.
#include "models/algorithms/caching/cache_pattern.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct StaleWhileRevalidateParams {
  sim::Duration window = std::chrono::seconds(60);

  static void describe(sim::ParamList<StaleWhileRevalidateParams>& list) {
    list.add("window", &StaleWhileRevalidateParams::window,
             "How long after its time to live an entry may be served while it is loaded anew")
        .above(sim::Duration(0));
  }
};

class StaleWhileRevalidate final : public CachePattern {
 public:
  StaleWhileRevalidate(const StaleWhileRevalidateParams& params, const MakeArgs&)
      : window_(params.window) {}
  Found judge(sim::Duration left, sim::Duration) const override {
    if (left > sim::Duration(0)) return Found::serve;
    return left > -window_ ? Found::serve_and_refresh : Found::load;
  }
  sim::Duration kept_longer() const override { return window_; }
  bool needs_ttl() const override { return true; }

 private:
  sim::Duration window_;  ///< Parameter.
};

const sim::Registration<CachePattern, StaleWhileRevalidate, StaleWhileRevalidateParams> registered{
    {.name = "stale_while_revalidate",
     .title = "Stale while revalidate",
     .summary = "For a while after its time an entry is still served, and loaded anew in the "
                "background.",
     .source = "RFC 5861, section 3"}};

}  // namespace
}  // namespace faultline::models
