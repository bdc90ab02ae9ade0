/// Refresh-ahead: a read of an entry that is about to expire is answered from it and has it loaded
/// anew in the background.
///
/// Rule: about to expire is the last `window` of its time to live. What is read at least once in
/// that window is never missed; what is not expires as usual.
///
///   Poisson reads of rate l, loads that take no time: misses a read
///     exp(-l w) / (1 + l (ttl - w)),   w = window * ttl,   and 1 / (1 / l + ttl - w) loads a second
///
/// Source: Oracle Coherence, "Refresh-ahead caching" (refresh-ahead factor). The formula is a
/// renewal argument: a period lasts ttl - w and then until the next read.
#include "models/algorithms/caching/cache_pattern.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct RefreshAheadParams {
  sim::Probability window{0.2};

  static void describe(sim::ParamList<RefreshAheadParams>& list) {
    list.add("window", &RefreshAheadParams::window,
             "The last share of its time to live in which a read has an entry loaded anew");
  }
};

class RefreshAhead final : public CachePattern {
 public:
  RefreshAhead(const RefreshAheadParams& params, const MakeArgs&) : window_(params.window.value) {}
  Found judge(sim::Duration left, sim::Duration ttl) const override {
    if (left <= sim::Duration(0)) return Found::load;
    const bool soon =
        static_cast<double>(left.count()) <= window_ * static_cast<double>(ttl.count());
    return soon ? Found::serve_and_refresh : Found::serve;
  }
  bool needs_ttl() const override { return true; }

 private:
  double window_;  ///< Parameter.
};

const sim::Registration<CachePattern, RefreshAhead, RefreshAheadParams> registered{
    {.name = "refresh_ahead",
     .title = "Refresh-ahead",
     .summary = "A read of an entry that is about to expire is answered from it, and the entry is "
                "loaded anew in the background.",
     .source = "Oracle Coherence, Refresh-ahead caching"}};

}  // namespace
}  // namespace faultline::models
