/// Sliding window with a log: never more than so many requests in any window of this length,
/// exactly.
///
/// Rule: a request goes on if fewer than `limit` did so in the window that ends with it (and does
/// not hold its own beginning: what happened exactly one window ago is over). Exact, and paid for
/// in memory: 8 bytes for each request of the limit.
/// Source: Redis documentation, "Sliding window log" with a sorted set; Kong, "How to Design a
/// Scalable Rate Limiting Algorithm", 2017.
#include <vector>

#include "models/algorithms/limiting/rate_limiter.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct SlidingWindowLogParams {
  std::int64_t limit = 0;
  sim::Duration window = std::chrono::seconds(1);

  static void describe(sim::ParamList<SlidingWindowLogParams>& list) {
    list.add("limit", &SlidingWindowLogParams::limit, "Requests let through in any window")
        .required()
        .unit("requests")
        .between(1, 1'000'000);
    list.add("window", &SlidingWindowLogParams::window, "How long a window is")
        .above(sim::Duration(0));
  }
};

class SlidingWindowLog final : public RateLimiter {
 public:
  SlidingWindowLog(const SlidingWindowLogParams& params, const MakeArgs&)
      : limit_(static_cast<std::size_t>(params.limit)), window_(params.window) {}

  sim::Duration ask(sim::Duration now, std::uint64_t, std::int64_t permits) override {
    const auto wanted = static_cast<std::size_t>(permits);
    if (wanted > limit_) return refused;
    // Those that must be over: the ring holds the last `limit_`, the oldest at next_.
    if (times_.size() + wanted > limit_) {
      const std::size_t over = times_.size() + wanted - limit_ - 1;
      if (times_[(next_ + over) % times_.size()] > now - window_) return refused;
    }
    for (std::size_t i = 0; i < wanted; ++i) remember(now);
    return sim::Duration(0);
  }

  double permits_max(sim::Duration length) const override {
    return static_cast<double>(limit_) * static_cast<double>(length / window_ + 1);
  }

 private:
  /// Grows up to the limit, then goes round.
  void remember(sim::Duration now) {
    if (times_.size() < limit_) {
      times_.push_back(now);
      return;
    }
    times_[next_] = now;
    if (++next_ == limit_) next_ = 0;
  }

  std::size_t limit_;                 ///< Parameter.
  sim::Duration window_;              ///< Parameter.
  std::vector<sim::Duration> times_;  ///< Of the last `limit_` let through. State.
  std::size_t next_ = 0;              ///< The oldest of them. State.
};

const sim::Registration<RateLimiter, SlidingWindowLog, SlidingWindowLogParams> registered{
    {.name = "sliding_window_log",
     .title = "Sliding window (log)",
     .summary = "Never more than so many requests in any window of this length; remembers the time "
                "of each.",
     .source = "Redis documentation, sliding window log",
     .example = R"json({"type": "sliding_window_log", "limit": 100, "window": "1s"})json"}};

}  // namespace
}  // namespace faultline::models
