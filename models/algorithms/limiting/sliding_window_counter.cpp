/// Sliding window from two counters: what a log would say, nearly, from two numbers.
///
/// Rule: the window that ends now covers all of the current fixed window so far and the end of the
/// one before it. As if the former one's requests had been spread evenly over it, they count by the
/// share that is still covered:
///
///   estimate = former * (window - elapsed) / window + current
///
/// A request goes on if the estimate leaves room for it. Source: Cloudflare, "How we built rate
/// limiting capable of scaling to millions of domains", 2017.
#include "models/algorithms/limiting/rate_limiter.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct SlidingWindowCounterParams {
  std::int64_t limit = 0;
  sim::Duration window = std::chrono::seconds(1);

  static void describe(sim::ParamList<SlidingWindowCounterParams>& list) {
    list.add("limit", &SlidingWindowCounterParams::limit, "Requests let through in a window")
        .required()
        .unit("requests")
        .between(1, 1'000'000'000);
    list.add("window", &SlidingWindowCounterParams::window, "How long a window is")
        .above(sim::Duration(0));
  }
};

class SlidingWindowCounter final : public RateLimiter {
 public:
  SlidingWindowCounter(const SlidingWindowCounterParams& params, const MakeArgs&)
      : limit_(params.limit), window_(params.window) {}

  sim::Duration ask(sim::Duration now, std::uint64_t, std::int64_t permits) override {
    const std::int64_t number = now / window_;
    if (number != number_) {
      former_ = number == number_ + 1 ? current_ : 0;
      current_ = 0;
      number_ = number;
    }
    const double left = static_cast<double>((window_ - now % window_).count());
    const double covered = left / static_cast<double>(window_.count());
    const double estimate = static_cast<double>(former_) * covered + static_cast<double>(current_);
    if (estimate + static_cast<double>(permits) > static_cast<double>(limit_) + rounding)
      return refused;
    current_ += permits;
    return sim::Duration(0);
  }

  /// Each fixed window holds at most the limit; a stretch shorter than a window touches two.
  double permits_max(sim::Duration length) const override {
    return static_cast<double>(limit_) * static_cast<double>(length / window_ + 2);
  }

 private:
  static constexpr double rounding = 1e-6;  ///< Of the share, times the limit.

  std::int64_t limit_;        ///< Parameter.
  sim::Duration window_;      ///< Parameter.
  std::int64_t number_ = 0;   ///< Of the current window. State.
  std::int64_t former_ = 0;   ///< Let through in the window before it. State.
  std::int64_t current_ = 0;  ///< Let through in it so far. State.
};

const sim::Registration<RateLimiter, SlidingWindowCounter, SlidingWindowCounterParams> registered{
    {.name = "sliding_window_counter",
     .title = "Sliding window (counters)",
     .summary = "Nearly a sliding window, from the counts of two fixed ones: the former counts by "
                "the share that is still covered.",
     .source = "Cloudflare, How we built rate limiting capable of scaling to millions of domains, "
               "2017",
     .example = R"json({"type": "sliding_window_counter", "limit": 100, "window": "1s"})json"}};

}  // namespace
}  // namespace faultline::models
