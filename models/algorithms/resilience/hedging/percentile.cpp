/// Hedging at a percentile of the latencies seen.
/// Rule: a call that takes longer than the share `p` of the last `window` calls did is sent once
/// more, so that hedges add a share of 1 - p to the load while the callee is well. Nothing is
/// hedged before `min_calls` were seen. A call whose hedge is answered first counts with the time
/// it was waited for: that is above the percentile, and no more has to be known of it. The
/// percentile is that of a bucket, at most 1/32 above the exact one. Source: Dean and Barroso, "The
/// Tail at Scale", CACM 56(2), 2013, "Hedged requests"; Finagle, BackupRequestFilter (maxExtraLoad
/// = 1 - p). Does not model: telling the loser to stop; it works to the end.
#include "models/algorithms/resilience/hedging/hedge_policy.hpp"
#include "models/algorithms/resilience/hedging/sliding_quantile.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct PercentileParams {
  sim::Probability p{0.95};
  std::int64_t hedges = 1;
  std::int64_t window = 1000;
  std::int64_t min_calls = 100;

  static void describe(sim::ParamList<PercentileParams>& list) {
    list.add("p", &PercentileParams::p, "Share of calls that are answered before they are hedged")
        .between(sim::Probability{0.01}, sim::Probability{0.9999});
    list.add("hedges", &PercentileParams::hedges, "How often it sends one call again")
        .unit("hedges")
        .between(1, HedgePolicy::hedges_max);
    list.add("window", &PercentileParams::window, "Calls it looks back at")
        .unit("calls")
        .between(1, 1'000'000);
    list.add("min_calls", &PercentileParams::min_calls, "Calls it must have seen before it hedges")
        .unit("calls")
        .between(1, 1'000'000);
  }
  static void check(const PercentileParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    if (params.min_calls > params.window) {
      problems.add(path / "min_calls", "is above `window`: it would never hedge");
    }
  }
};

class Percentile final : public HedgePolicy {
 public:
  Percentile(const PercentileParams& params, const MakeArgs&)
      : HedgePolicy(params.hedges),
        min_calls_(static_cast<std::size_t>(params.min_calls)),
        latencies_(params.p.value, static_cast<std::size_t>(params.window)) {}

  std::optional<sim::Duration> delay() const override {
    if (latencies_.count() < min_calls_) return std::nullopt;
    return sim::Duration(latencies_.quantile());
  }
  void observed(sim::Duration latency) override { latencies_.add(latency.count()); }

 private:
  std::size_t min_calls_;      ///< Parameter.
  SlidingQuantile latencies_;  ///< State.
};

const sim::Registration<HedgePolicy, Percentile, PercentileParams> registered{
    {.name = "percentile",
     .title = "Hedge at a percentile",
     .summary = "Sends a call again when it takes longer than most of the last calls did.",
     .source = "Dean and Barroso, The Tail at Scale, 2013; Finagle, BackupRequestFilter",
     .does_not_model = "telling the loser to stop: it works to the end"}};

}  // namespace
}  // namespace faultline::models
