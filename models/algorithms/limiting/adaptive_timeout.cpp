/// CoDel for servers: a request may wait long in a queue that was empty a moment ago, and only
/// briefly in one that has been standing.
///
/// Rule: a request that has to wait may do so for `interval`, if the queue was empty some time in
/// the last `interval`; else for `target`. Whoever has waited longer is dropped when the next one
/// is taken from the queue. So bursts pass, and in a lasting overload the wait stays near `target`
/// from one moment to the next, without any estimate of load. Goes well with `adaptive_lifo`.
/// Source: Maurer, "Fail at Scale", ACM Queue 13(8), 2015, "Controlled Delay" (M = 5 ms, N = 100
/// ms).
/// Does not model: a timer; who has waited too long is told so when the next one is taken.
#include "models/algorithms/limiting/load_shedder.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using sim::Duration;

struct AdaptiveTimeoutParams {
  Duration target = std::chrono::milliseconds(5);
  Duration interval = std::chrono::milliseconds(100);

  static void describe(sim::ParamList<AdaptiveTimeoutParams>& list) {
    list.add("target", &AdaptiveTimeoutParams::target,
             "How long a request may wait in a queue that has been standing (M)")
        .above(Duration(0));
    list.add("interval", &AdaptiveTimeoutParams::interval,
             "How long otherwise; a queue has been standing when it was not empty for as long (N)")
        .above(Duration(0));
  }
  static void check(const AdaptiveTimeoutParams& params, const sim::Path& path,
                    sim::Problems& problems) {
    if (params.target > params.interval) problems.add(path / "target", "is above `interval`");
  }
};

class AdaptiveTimeout final : public LoadShedder {
 public:
  AdaptiveTimeout(const AdaptiveTimeoutParams& params, const MakeArgs&) : params_(params) {}

  Duration patience(Duration now, std::int64_t waiting) override {
    if (waiting == 0) last_empty_ = now;
    return now - last_empty_ > params_.interval ? params_.target : params_.interval;
  }

 private:
  AdaptiveTimeoutParams params_;  ///< Parameters.
  Duration last_empty_{};         ///< The queue was, just before somebody came. State.
};

const sim::Registration<LoadShedder, AdaptiveTimeout, AdaptiveTimeoutParams> registered{
    {.name = "adaptive_timeout",
     .title = "Adaptive timeout (CoDel for servers)",
     .summary = "A request may wait for `interval` in a queue that was empty lately, and only for "
                "`target` in one that has been standing.",
     .source = "Maurer, Fail at Scale, ACM Queue 13(8), 2015",
     .does_not_model = "a timer: who has waited too long is told so when the next one is taken",
     .example = R"json({"type": "adaptive_timeout", "target": "5ms", "interval": "100ms"})json"}};

}  // namespace
}  // namespace faultline::models
