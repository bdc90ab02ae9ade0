/// The phi accrual failure detector: how long a silence has to be to mean something depends on how
/// regularly heartbeats came before.
///
/// Rule: phi(t) = -log10 P(the next heartbeat comes later than t after the last), from the last
/// `window` intervals, taken as normal with their mean and deviation (the paper's), or as
/// exponential with their mean (Cassandra's). It suspects from phi = `threshold` on, `pause` later.
/// Until it has seen intervals it takes them as the declared one, give or take a quarter (Akka's).
/// An interval above `longest_interval` was an outage and is not remembered (Cassandra's rule;
/// Akka's, to leave out whatever was suspected, makes low thresholds ever more impatient).
/// Source: Hayashibara, Defago, Yared, Katayama, "The phi Accrual Failure Detector", SRDS 2004;
/// Akka, PhiAccrualFailureDetector (pause, least deviation, first guess); Cassandra,
/// FailureDetector.
/// Does not model: Akka's logistic approximation of the normal tail (this is the tail itself).
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "models/algorithms/membership/accrual.hpp"
#include "models/algorithms/membership/failure_detector.hpp"
#include "sim/param/assert.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct PhiAccrualParams {
  double threshold = 8;
  std::int64_t window = 1000;
  sim::Duration min_deviation = std::chrono::milliseconds(100);
  sim::Duration pause{};
  std::string distribution = "normal";
  std::optional<sim::Duration> longest_interval;

  static void describe(sim::ParamList<PhiAccrualParams>& list) {
    list.add("threshold", &PhiAccrualParams::threshold,
             "Phi from which on it suspects: 1 is wrong once in ten times, 2 once in a hundred")
        .between(0.01, 1000);
    list.add("window", &PhiAccrualParams::window, "Intervals remembered")
        .unit("intervals")
        .between(2, 10'000);
    list.add("min_deviation", &PhiAccrualParams::min_deviation,
             "Deviation of intervals assumed at least, where they were very regular")
        .at_least(sim::Duration(0));
    list.add("pause", &PhiAccrualParams::pause,
             "Silence more than usual that is accepted without suspicion, as of garbage collection")
        .at_least(sim::Duration(0));
    list.add("distribution", &PhiAccrualParams::distribution,
             "What intervals are taken for: normal (the paper), exponential (Cassandra)")
        .one_of({"normal", "exponential"});
    list.add(
            "longest_interval", &PhiAccrualParams::longest_interval,
            "A longer one was an outage and is not remembered; without it, ten heartbeat intervals")
        .above(sim::Duration(0));
  }
};

class PhiAccrual final : public FailureDetector {
 public:
  PhiAccrual(const PhiAccrualParams& params, const MakeArgs& args)
      : window_(static_cast<std::size_t>(params.window)),
        min_deviation_(static_cast<double>(params.min_deviation.count())),
        pause_(static_cast<double>(params.pause.count())),
        exponential_(params.distribution == "exponential"),
        // Exponential: phi = t / mean * log10(e).
        factor_(exponential_ ? params.threshold * 2.30258509299404568402
                             : normal_phi_inverse(params.threshold)),
        longest_(params.longest_interval.value_or(10 * args.interval)),
        heard_(args.now) {
    SIM_ASSERT(args.interval > sim::Duration(0));
    window_.add(args.interval - args.interval / 4);
    window_.add(args.interval + args.interval / 4);
  }

  void heartbeat(sim::Duration now) override {
    SIM_ASSERT(now >= heard_);
    if (now - heard_ <= longest_) window_.add(now - heard_);
    heard_ = now;
  }

  sim::Duration suspected_at() const override {
    const double mean = window_.mean();
    const double silence = exponential_
                               ? factor_ * mean
                               : mean + factor_ * std::max(window_.deviation(), min_deviation_);
    const double at = static_cast<double>(heard_.count()) + pause_ + std::max(silence, 0.0);
    constexpr double latest = 9.0e18;
    return at >= latest ? sim::Duration::max()
                        : sim::Duration(static_cast<std::int64_t>(std::ceil(at)));
  }

 private:
  IntervalWindow window_;  ///< State.
  double min_deviation_;   ///< Nanoseconds. Parameter.
  double pause_;           ///< Nanoseconds. Parameter.
  bool exponential_;       ///< Parameter.
  double factor_;          ///< Means, or deviations above the mean, at the threshold.
  sim::Duration longest_;  ///< Parameter.
  sim::Duration heard_;    ///< When the last sign of life came. State.
};

const sim::Registration<FailureDetector, PhiAccrual, PhiAccrualParams> registered{
    {.name = "phi_accrual",
     .title = "Phi accrual",
     .summary = "Suspects when the silence is too unlikely, by how regularly heartbeats came.",
     .source = "Hayashibara et al., The phi Accrual Failure Detector, SRDS 2004",
     .does_not_model = "Akka's logistic approximation of the normal tail",
     .example = R"json({"type": "phi_accrual", "threshold": 8})json"}};

}  // namespace
}  // namespace faultline::models
