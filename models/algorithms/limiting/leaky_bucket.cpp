/// Leaky bucket: requests pour into a bucket that leaks at a steady rate, and what would make it
/// overflow is turned away.
///
/// Rule: as a `meter`, what fits goes on at once: bursts of `capacity` pass, the mirror image of a
/// token bucket. As a `queue`, the bucket is a queue: requests leave it one after the other, 1 /
/// rate apart, never in a burst, and `capacity` of them may wait.
/// Source: ITU-T I.371, annex A (continuous-state leaky bucket); Tanenbaum, "Computer Networks",
/// leaky bucket; nginx, ngx_http_limit_req_module (the queue; `nodelay` is the meter).
#include <algorithm>
#include <string>

#include "models/algorithms/limiting/rate_limiter.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct LeakyBucketParams {
  sim::Rate rate;
  std::int64_t capacity = 1;
  std::string mode = "meter";

  static void describe(sim::ParamList<LeakyBucketParams>& list) {
    list.add("rate", &LeakyBucketParams::rate, "At which it leaks").required().above(sim::Rate{0});
    list.add("capacity", &LeakyBucketParams::capacity,
             "As a meter, the largest burst; as a queue, how many may wait")
        .unit("requests")
        .between(1, 1'000'000'000);
    list.add("mode", &LeakyBucketParams::mode,
             "meter: what fits goes on at once; queue: it leaves in its turn, evenly spaced")
        .one_of({"meter", "queue"});
  }
};

class LeakyBucket final : public RateLimiter {
 public:
  LeakyBucket(const LeakyBucketParams& params, const MakeArgs&)
      : rate_(params.rate.per_second),
        capacity_(static_cast<double>(params.capacity)),
        interval_(permit_interval(params.rate)),
        queue_(params.mode == "queue") {}

  sim::Duration ask(sim::Duration now, std::uint64_t, std::int64_t permits) override {
    level_ = std::max(0.0, level_ - static_cast<double>((now - asked_).count()));
    asked_ = now;
    const double more = static_cast<double>(permits) * interval_;
    // In a queue the one whose turn it is waits no longer, and takes no room.
    const double room = capacity_ * interval_ + limiter_rounding;
    if ((queue_ ? level_ : level_ + more) > room) return refused;
    const double wait = queue_ ? level_ : 0;
    level_ += more;
    return whole_wait(wait);
  }

  double permits_max(sim::Duration length) const override {
    return (queue_ ? 1 : capacity_) + rate_ * sim::to_seconds(length);
  }

 private:
  double rate_;            ///< Permits a second. Parameter.
  double capacity_;        ///< Permits. Parameter.
  double interval_;        ///< Nanoseconds a permit takes to leak.
  bool queue_;             ///< Parameter.
  double level_ = 0;       ///< What is in it, in nanoseconds of leaking. State.
  sim::Duration asked_{};  ///< When the level was this. State.
};

const sim::Registration<RateLimiter, LeakyBucket, LeakyBucketParams> registered{
    {.name = "leaky_bucket",
     .title = "Leaky bucket",
     .summary = "Requests pour into a bucket that leaks at a steady rate: as a meter, bursts pass "
                "as far as they fit; as a queue, requests leave evenly spaced.",
     .source = "ITU-T I.371, annex A; nginx, ngx_http_limit_req_module",
     .example = R"json({"type": "leaky_bucket", "rate": "100/s", "capacity": 20})json"}};

}  // namespace
}  // namespace faultline::models
