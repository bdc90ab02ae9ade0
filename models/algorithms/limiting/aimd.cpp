/// AIMD, additive increase and multiplicative decrease: one more while all goes well, a tenth less
/// when something is lost.
///
/// Rule: a request that was dropped, or took longer than `timeout`, takes the limit to `backoff`
/// times itself, at least one down; any other takes it one up, if at least half of it was in use.
/// It knows of overload only by losses, so it walks up until something times out.
/// Source: Chiu and Jain, "Analysis of the Increase and Decrease Algorithms for Congestion
/// Avoidance", 1989; Netflix concurrency-limits, AIMDLimit.
/// Does not model: Netflix's later upper and lower bounds by default (20 and 200).
#include "models/algorithms/limiting/concurrency_limit.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct AimdParams {
  std::int64_t initial = 10;
  std::int64_t limit_min = 1;
  std::int64_t limit_max = 1000;
  double backoff = 0.9;
  sim::Duration timeout = std::chrono::seconds(5);

  static void describe(sim::ParamList<AimdParams>& list) {
    list.add("timeout", &AimdParams::timeout, "A request that takes longer counts as lost")
        .above(sim::Duration(0));
    list.add("backoff", &AimdParams::backoff, "What a loss leaves of the limit")
        .at_least(0.5)
        .below(1);
    list.add("initial", &AimdParams::initial, "The limit at first")
        .unit("requests")
        .between(1, 1'000'000);
    list.add("limit_min", &AimdParams::limit_min, "The limit is never lower")
        .unit("requests")
        .between(1, 1'000'000);
    list.add("limit_max", &AimdParams::limit_max, "The limit is never higher")
        .unit("requests")
        .between(1, 1'000'000);
  }
  static void check(const AimdParams& params, const sim::Path& path, sim::Problems& problems) {
    if (params.limit_min > params.limit_max)
      problems.add(path / "limit_min", "is above `limit_max`");
  }
};

class Aimd final : public ConcurrencyLimit {
 public:
  Aimd(const AimdParams& params, const MakeArgs&)
      : ConcurrencyLimit(std::clamp(params.initial, params.limit_min, params.limit_max)),
        params_(params) {}

  void ended(const ConcurrencySample& sample) override {
    std::int64_t next = limit();
    if (sample.dropped || sample.latency > params_.timeout) {
      next = std::min(next - 1,
                      static_cast<std::int64_t>(static_cast<double>(next) * params_.backoff));
    } else if (sample.in_flight * 2 >= next) {
      ++next;
    }
    set_limit(static_cast<double>(std::clamp(next, params_.limit_min, params_.limit_max)));
  }

 private:
  AimdParams params_;  ///< Parameters.
};

const sim::Registration<ConcurrencyLimit, Aimd, AimdParams> registered{
    {.name = "aimd",
     .title = "AIMD",
     .summary = "One more while requests end in time, a tenth less when one is lost.",
     .source = "Chiu and Jain, 1989; Netflix concurrency-limits, AIMDLimit",
     .does_not_model = "Netflix's later bounds of 20 and 200 by default",
     .example = R"json({"type": "aimd", "timeout": "200ms"})json"}};

}  // namespace
}  // namespace faultline::models
