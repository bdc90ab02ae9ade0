/// Gradient2: compares the latency now with its long average, and gives way by as much as it has
/// grown.
///
///   gradient = long average / latency now, between 0.5 and 1
///   next     = limit * gradient + queue
///   limit    = (1 - smoothing) * limit + smoothing * next
///
/// Rule: while latency stays at its average the limit grows by `smoothing` * `queue` with every
/// sample; when it rises, the limit shrinks in proportion. The long average is an exponential one
/// (over the first ten samples, a plain one); when it is more than twice the latency now, after a
/// long overload, it is cut by a tenth at once. The limit stays while less than half of it is used.
/// A long average drifts towards a lasting overload and then no longer sees it: that is its price
/// for needing no idea of the latency without load.
/// Source: Netflix concurrency-limits, Gradient2Limit, whose defaults these are.
#include "models/algorithms/limiting/concurrency_limit.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct Gradient2Params {
  std::int64_t initial = 20;
  std::int64_t limit_min = 20;
  std::int64_t limit_max = 200;
  double smoothing = 0.2;
  std::int64_t queue = 4;
  std::int64_t long_window = 600;
  sim::Duration window{};

  static void describe(sim::ParamList<Gradient2Params>& list) {
    list.add("initial", &Gradient2Params::initial, "The limit at first")
        .unit("requests")
        .between(1, 1'000'000);
    list.add("limit_min", &Gradient2Params::limit_min, "The limit is never lower")
        .unit("requests")
        .between(1, 1'000'000);
    list.add("limit_max", &Gradient2Params::limit_max, "The limit is never higher")
        .unit("requests")
        .between(1, 1'000'000);
    list.add("smoothing", &Gradient2Params::smoothing, "Share of a new estimate in the limit")
        .above(0)
        .at_most(1);
    list.add("queue", &Gradient2Params::queue, "Requests that may wait, and room to grow into")
        .unit("requests")
        .between(0, 1'000'000);
    list.add("long_window", &Gradient2Params::long_window,
             "Samples in the long average: each new one has a share of 2 in this plus 1")
        .unit("samples")
        .between(1, 1'000'000'000);
    list.add("window", &Gradient2Params::window,
             "Over which samples are averaged before the rule sees them; 0: it sees each")
        .at_least(sim::Duration(0));
  }
  static void check(const Gradient2Params& params, const sim::Path& path, sim::Problems& problems) {
    if (params.limit_min > params.limit_max)
      problems.add(path / "limit_min", "is above `limit_max`");
  }
};

class Gradient2 final : public ConcurrencyLimit {
 public:
  Gradient2(const Gradient2Params& params, const MakeArgs&)
      : ConcurrencyLimit(std::clamp(params.initial, params.limit_min, params.limit_max)),
        params_(params),
        window_(params.window),
        estimate_(static_cast<double>(limit())) {}

  void ended(const ConcurrencySample& one) override {
    ConcurrencySample sample = one;
    if (!window_.ends_with(sample)) return;
    const auto latency = static_cast<double>(std::max<std::int64_t>(sample.latency.count(), 1));
    const double average = add_to_average(latency);
    if (average > 2 * latency) average_ *= 0.9;
    if (static_cast<double>(sample.in_flight) < estimate_ / 2) return;
    const double gradient = std::clamp(average / latency, 0.5, 1.0);
    const double next = estimate_ * gradient + static_cast<double>(params_.queue);
    const double mixed = (1 - params_.smoothing) * estimate_ + params_.smoothing * next;
    estimate_ = std::clamp(mixed, static_cast<double>(params_.limit_min),
                           static_cast<double>(params_.limit_max));
    set_limit(estimate_);
  }

 private:
  double add_to_average(double latency) {
    if (warm_up_ < warm_up_samples) {
      ++warm_up_;
      sum_ += latency;
      return average_ = sum_ / static_cast<double>(warm_up_);
    }
    const double share = 2.0 / (static_cast<double>(params_.long_window) + 1);
    return average_ = average_ * (1 - share) + latency * share;
  }

  static constexpr std::int64_t warm_up_samples = 10;

  Gradient2Params params_;    ///< Parameters.
  SampleWindow window_;       ///< State.
  double estimate_;           ///< The limit before it is cut to a whole number. State.
  double average_ = 0;        ///< Long average of latency, nanoseconds. State.
  double sum_ = 0;            ///< Of the first samples. State.
  std::int64_t warm_up_ = 0;  ///< Samples of the plain average so far. State.
};

const sim::Registration<ConcurrencyLimit, Gradient2, Gradient2Params> registered{
    {.name = "gradient2",
     .title = "Gradient2",
     .summary = "Compares the latency now with its long average, and gives way by as much as it "
                "has grown.",
     .source = "Netflix concurrency-limits, Gradient2Limit",
     .example = R"json({"type": "gradient2"})json"}};

}  // namespace
}  // namespace faultline::models
