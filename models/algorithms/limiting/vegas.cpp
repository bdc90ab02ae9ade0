/// Vegas: from how much slower a request is than the fastest one, work out how many of those in
/// flight are only waiting, and keep that number small.
///
///   queue = limit * (1 - latency without load / latency)
///
/// Rule: with q queued and L the decimal logarithm of the limit (at least 1, a whole number):
/// q <= L: the limit grows by 6 L; q < 3 L: by L; q > 6 L, or a drop: it shrinks by L; else it
/// stays. It stays too while less than half of it is used. The latency without load is the least
/// seen; it is measured anew (from whatever comes next) every 0.5 to 1 times `probe` times the
/// limit samples, so that a server that became slower is not held to its past.
/// Source: Brakmo and Peterson, "TCP Vegas", 1995; Netflix concurrency-limits, VegasLimit, whose
/// defaults these are.
/// Does not model: Netflix's registry of measurements.
#include <cmath>

#include "models/algorithms/limiting/concurrency_limit.hpp"
#include "models/algorithms/portable_powers.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct VegasParams {
  std::int64_t initial = 20;
  std::int64_t limit_max = 1000;
  double smoothing = 1;
  std::int64_t probe = 30;
  sim::Duration window{};

  static void describe(sim::ParamList<VegasParams>& list) {
    list.add("initial", &VegasParams::initial, "The limit at first")
        .unit("requests")
        .between(1, 1'000'000);
    list.add("limit_max", &VegasParams::limit_max, "The limit is never higher")
        .unit("requests")
        .between(1, 1'000'000);
    list.add("smoothing", &VegasParams::smoothing, "Share of a new estimate in the limit")
        .above(0)
        .at_most(1);
    list.add("probe", &VegasParams::probe,
             "Samples, times the limit, after which the latency without load is measured anew")
        .between(1, 1'000'000);
    list.add("window", &VegasParams::window,
             "Over which samples are averaged before the rule sees them; 0: it sees each")
        .at_least(sim::Duration(0));
  }
};

class Vegas final : public ConcurrencyLimit {
 public:
  Vegas(const VegasParams& params, const MakeArgs& args)
      : ConcurrencyLimit(std::min(params.initial, params.limit_max)),
        params_(params),
        random_(args.random),
        window_(params.window),
        estimate_(static_cast<double>(limit())) {
    put_off_probe();
  }

  void ended(const ConcurrencySample& one) override {
    ConcurrencySample sample = one;
    if (!window_.ends_with(sample)) return;
    const auto latency = static_cast<double>(std::max<std::int64_t>(sample.latency.count(), 1));
    if (static_cast<double>(++samples_) >=
        probe_share_ * static_cast<double>(params_.probe) * estimate_) {
      put_off_probe();
      unloaded_ = latency;
      return;
    }
    if (unloaded_ == 0 || latency < unloaded_) {
      unloaded_ = latency;
      return;
    }
    follow(std::ceil(estimate_ * (1 - unloaded_ / latency)), sample);
  }

 private:
  void put_off_probe() {
    samples_ = 0;
    probe_share_ = 0.5 + random_.uniform() / 2;
  }

  void follow(double queued, const ConcurrencySample& sample) {
    const double step = step_of(estimate_);
    double next = estimate_;
    if (sample.dropped) {
      next -= step;
    } else if (static_cast<double>(sample.in_flight) * 2 < estimate_) {
      return;
    } else if (queued <= step) {
      next += 6 * step;
    } else if (queued < 3 * step) {
      next += step;
    } else if (queued > 6 * step) {
      next -= step;
    } else {
      return;
    }
    next = std::max(1.0, std::min(static_cast<double>(params_.limit_max), next));
    estimate_ = (1 - params_.smoothing) * estimate_ + params_.smoothing * next;
    set_limit(estimate_);
  }

  static double step_of(double limit) {
    constexpr double log10_of_2 = 0.30102999566398119521;
    // A power of ten must not fall below its own logarithm by rounding.
    return std::max(1.0, std::floor(log_of_two(std::floor(limit)) * log10_of_2 + 1e-9));
  }

  VegasParams params_;  ///< Parameters.
  RandomSource& random_;
  SampleWindow window_;       ///< State.
  double estimate_;           ///< The limit before it is cut to a whole number. State.
  double unloaded_ = 0;       ///< Latency without load, nanoseconds; 0: not known. State.
  double probe_share_ = 1;    ///< State.
  std::int64_t samples_ = 0;  ///< Since the last probe. State.
};

const sim::Registration<ConcurrencyLimit, Vegas, VegasParams> registered{
    {.name = "vegas",
     .title = "Vegas",
     .summary = "Works out from latencies how many requests in flight only wait, and keeps that "
                "number small.",
     .source = "Brakmo and Peterson, TCP Vegas, 1995; Netflix concurrency-limits, VegasLimit",
     .example = R"json({"type": "vegas"})json"}};

}  // namespace
}  // namespace faultline::models
