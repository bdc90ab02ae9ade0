/// Token bucket: permits drip into a bucket at a steady rate, and whoever takes them out may do so
/// in a burst, as far as the bucket is full.
///
///   rate --> [ bucket: at most `burst` ] --> one for each request
///
/// Rule: a request goes on when its permits are there, which with `max_wait` may be later: then it
/// has them already, and the next has to wait behind it. With `pay` = after it goes on as soon as
/// nobody before it is in debt, and its own permits are what the next has to wait for: that is
/// Guava's SmoothBursty, with `start` = empty, a burst of one second and any wait allowed.
/// Source: Turner, "New Directions in Communications", 1986; Guava, RateLimiter and
/// SmoothRateLimiter.SmoothBursty (stored permits, and why the next one pays).
/// Does not model: Guava's SmoothWarmingUp.
#include <algorithm>
#include <optional>
#include <string>

#include "models/algorithms/limiting/rate_limiter.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct TokenBucketParams {
  sim::Rate rate;
  std::optional<std::int64_t> burst;
  sim::Duration max_wait{};
  std::string pay = "before";
  std::string start = "full";

  static void describe(sim::ParamList<TokenBucketParams>& list) {
    list.add("rate", &TokenBucketParams::rate, "Permits that drip in")
        .required()
        .above(sim::Rate{0});
    list.add("burst", &TokenBucketParams::burst,
             "Permits the bucket holds; without it, those of one second, at least one")
        .unit("requests")
        .between(1, 1'000'000'000);
    list.add("max_wait", &TokenBucketParams::max_wait,
             "How long a request may be made to wait for its turn; beyond it, it is refused")
        .at_least(sim::Duration(0));
    list.add("pay", &TokenBucketParams::pay,
             "before: a request waits for its own permits; after: the next one waits for them "
             "(Guava)")
        .one_of({"before", "after"});
    list.add("start", &TokenBucketParams::start, "The bucket at first").one_of({"full", "empty"});
  }
};

class TokenBucket final : public RateLimiter {
 public:
  TokenBucket(const TokenBucketParams& params, const MakeArgs&)
      : rate_(params.rate.per_second),
        burst_(params.burst ? static_cast<double>(*params.burst) : std::max(rate_, 1.0)),
        interval_(permit_interval(params.rate)),
        capacity_(burst_ * interval_),
        max_wait_(static_cast<double>(params.max_wait.count())),
        pay_after_(params.pay == "after"),
        level_(params.start == "full" ? capacity_ : 0) {}

  sim::Duration ask(sim::Duration now, std::uint64_t, std::int64_t permits) override {
    level_ = std::min(capacity_, level_ + static_cast<double>((now - asked_).count()));
    asked_ = now;
    const double cost = static_cast<double>(permits) * interval_;
    const double missing = (pay_after_ ? 0 : cost) - level_;
    if (missing > max_wait_ + limiter_rounding) return refused;
    level_ -= cost;
    return whole_wait(missing);
  }

  double permits_max(sim::Duration length) const override {
    return burst_ + rate_ * sim::to_seconds(length) + (pay_after_ ? 1 : 0);
  }

 private:
  double rate_;            ///< Permits a second. Parameter.
  double burst_;           ///< Permits. Parameter.
  double interval_;        ///< Nanoseconds a permit takes.
  double capacity_;        ///< Of the bucket, in nanoseconds of dripping.
  double max_wait_;        ///< Nanoseconds. Parameter.
  bool pay_after_;         ///< Parameter.
  double level_;           ///< Nanoseconds of dripping in the bucket; below zero: owed. State.
  sim::Duration asked_{};  ///< When the level was this. State.
};

const sim::Registration<RateLimiter, TokenBucket, TokenBucketParams> registered{
    {.name = "token_bucket",
     .title = "Token bucket",
     .summary = "Permits drip into a bucket at a steady rate; bursts may take what it holds.",
     .source = "Turner, New Directions in Communications, 1986; Guava, RateLimiter",
     .does_not_model = "Guava's SmoothWarmingUp",
     .example = R"json({"type": "token_bucket", "rate": "100/s", "burst": 20})json"}};

}  // namespace
}  // namespace faultline::models
