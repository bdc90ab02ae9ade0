/// GCRA, the generic cell rate algorithm: one time per source instead of a bucket.
///
/// Rule: each request has a theoretical arrival time, one interval (1 / rate) after the last one's
/// or after now, whichever is later. A request is in time if it comes at most (burst - 1) intervals
/// before its theoretical arrival time; else it waits until it is, or is refused if that takes
/// longer than `max_wait`. The same decisions as a full token bucket, from one number.
/// Source: ITU-T I.371, annex A (virtual scheduling); ATM Forum, Traffic Management 4.0.
#include <algorithm>

#include "models/algorithms/limiting/rate_limiter.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct GcraParams {
  sim::Rate rate;
  std::int64_t burst = 1;
  sim::Duration max_wait{};

  static void describe(sim::ParamList<GcraParams>& list) {
    list.add("rate", &GcraParams::rate, "Of requests in the long run")
        .required()
        .above(sim::Rate{0});
    list.add("burst", &GcraParams::burst, "Requests that may come at once")
        .unit("requests")
        .between(1, 1'000'000'000);
    list.add("max_wait", &GcraParams::max_wait,
             "How long a request that is too early may wait; beyond it, it is refused")
        .at_least(sim::Duration(0));
  }
};

class Gcra final : public RateLimiter {
 public:
  Gcra(const GcraParams& params, const MakeArgs&)
      : rate_(params.rate.per_second),
        burst_(static_cast<double>(params.burst)),
        interval_(permit_interval(params.rate)),
        max_wait_(static_cast<double>(params.max_wait.count())) {}

  sim::Duration ask(sim::Duration now, std::uint64_t, std::int64_t permits) override {
    const double due = std::max(0.0, ahead_ - static_cast<double>((now - asked_).count()));
    const double next = due + static_cast<double>(permits) * interval_;
    const double early = next - burst_ * interval_;
    if (early > max_wait_ + limiter_rounding) return refused;
    ahead_ = next;
    asked_ = now;
    return whole_wait(early);
  }

  double permits_max(sim::Duration length) const override {
    return burst_ + rate_ * sim::to_seconds(length);
  }

 private:
  double rate_;            ///< Permits a second. Parameter.
  double burst_;           ///< Permits. Parameter.
  double interval_;        ///< Nanoseconds between theoretical arrivals.
  double max_wait_;        ///< Nanoseconds. Parameter.
  double ahead_ = 0;       ///< The next theoretical arrival, in nanoseconds after asked_. State.
  sim::Duration asked_{};  ///< When a request was last let through. State.
};

const sim::Registration<RateLimiter, Gcra, GcraParams> registered{
    {.name = "gcra",
     .title = "GCRA",
     .summary = "Compares each request with the time at which it should have come: a token bucket "
                "kept as one time.",
     .source = "ITU-T I.371, annex A",
     .example = R"json({"type": "gcra", "rate": "100/s", "burst": 20})json"}};

}  // namespace
}  // namespace faultline::models
