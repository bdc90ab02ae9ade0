/// Fixed window: so many requests in each second (minute, hour), counted anew when the next begins.
///
/// Rule: windows begin at multiples of their length; the first `limit` requests of a window go on,
/// the others are refused. So the end of one window and the beginning of the next may let through
/// twice the limit within a moment, which is what sliding windows are for.
/// Source: Redis documentation, INCR, "Pattern: rate limiter".
#include "models/algorithms/limiting/rate_limiter.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct FixedWindowParams {
  std::int64_t limit = 0;
  sim::Duration window = std::chrono::seconds(1);

  static void describe(sim::ParamList<FixedWindowParams>& list) {
    list.add("limit", &FixedWindowParams::limit, "Requests let through in each window")
        .required()
        .unit("requests")
        .between(1, 1'000'000'000);
    list.add("window", &FixedWindowParams::window, "How long a window is").above(sim::Duration(0));
  }
};

class FixedWindow final : public RateLimiter {
 public:
  FixedWindow(const FixedWindowParams& params, const MakeArgs&)
      : limit_(params.limit), window_(params.window) {}

  sim::Duration ask(sim::Duration now, std::uint64_t, std::int64_t permits) override {
    const std::int64_t number = now / window_;
    if (number != number_) {
      number_ = number;
      count_ = 0;
    }
    if (permits > limit_ - count_) return refused;
    count_ += permits;
    return sim::Duration(0);
  }

  /// A stretch shorter than a window touches two of them.
  double permits_max(sim::Duration length) const override {
    return static_cast<double>(limit_) * static_cast<double>(length / window_ + 2);
  }

 private:
  std::int64_t limit_;       ///< Parameter.
  sim::Duration window_;     ///< Parameter.
  std::int64_t number_ = 0;  ///< Of the window. State.
  std::int64_t count_ = 0;   ///< Let through in it. State.
};

const sim::Registration<RateLimiter, FixedWindow, FixedWindowParams> registered{
    {.name = "fixed_window",
     .title = "Fixed window",
     .summary = "So many requests in each window of time; around the boundary of two windows, "
                "twice as many.",
     .source = "Redis documentation, INCR, Pattern: rate limiter",
     .example = R"json({"type": "fixed_window", "limit": 100, "window": "1s"})json"}};

}  // namespace
}  // namespace faultline::models
