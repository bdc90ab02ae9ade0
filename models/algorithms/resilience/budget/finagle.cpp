/// Finagle's retry budget: a share of the calls of the last seconds, and a few a second in any
/// case.
///
/// Rule: a call pays in 1, a retry takes out 1 / percent. A retry is allowed if what was paid in
/// within the last `ttl`, less what was taken out within it, plus a reserve that is good for
/// `retries_min` * ttl retries, covers it. With percent 0 there is the reserve alone. So
/// in any `ttl`, about, retries <= percent * calls + retries_min * ttl. Amounts are whole
/// thousandths of a call. The last `ttl` is a window of ten slices, of which nine are kept when a
/// new one begins; a slice begins with the first use after the last one's end. Source: Finagle,
/// com.twitter.finagle.service.RetryBudget; com.twitter.util, TokenBucket (newLeakyBucket) and
/// WindowedAdder.
#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>

#include "models/algorithms/resilience/budget/retry_budget.hpp"
#include "sim/param/param.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct FinagleParams {
  sim::Probability percent{0.2};
  sim::Rate retries_min{10};
  sim::Duration ttl = std::chrono::seconds(10);

  static void describe(sim::ParamList<FinagleParams>& list) {
    list.add("percent", &FinagleParams::percent, "Retries for each call")
        .between(sim::Probability{0}, sim::Probability{1});
    list.add("retries_min", &FinagleParams::retries_min, "Retries allowed in any case")
        .between(sim::Rate{0}, sim::Rate{100'000});
    list.add("ttl", &FinagleParams::ttl, "How long a call gives credit")
        .between(std::chrono::seconds(1), std::chrono::seconds(60));
  }
};

/// The sum of what was added within the last `range`, in slices.
class WindowedAdder {
 public:
  explicit WindowedAdder(sim::Duration range) : slice_(range / slices) {}

  void add(sim::Duration now, std::int64_t amount) {
    move_to(now);
    current_ += amount;
  }
  std::int64_t sum(sim::Duration now) {
    move_to(now);
    return std::accumulate(past_.begin(), past_.end(), current_);
  }

 private:
  static constexpr std::int64_t slices = 10;

  void move_to(sim::Duration now) {
    if (now - begun_ < slice_) return;
    past_[at_] = current_;
    current_ = 0;
    at_ = (at_ + 1) % past_.size();
    // Slices in which nothing was done.
    const std::int64_t skipped = (now - begun_) / slice_ - 1;
    for (std::int64_t i = 0; i < skipped && i < slices - 1; ++i) {
      past_[at_] = 0;
      at_ = (at_ + 1) % past_.size();
    }
    begun_ = now;
  }

  sim::Duration slice_;                          ///< Parameter.
  sim::Duration begun_{};                        ///< Of the current slice. State.
  std::int64_t current_ = 0;                     ///< State.
  std::array<std::int64_t, slices - 1> past_{};  ///< State.
  std::size_t at_ = 0;                           ///< The oldest. State.
};

class Finagle final : public RetryBudget {
 public:
  Finagle(const FinagleParams& params, const MakeArgs&)
      : deposit_(params.percent.value > 0 ? scale : 0),
        withdrawal_(cost_of(params.percent.value)),
        reserve_(
            static_cast<std::int64_t>(params.retries_min.per_second * sim::to_seconds(params.ttl)) *
            withdrawal_),
        balance_(params.ttl) {}

  void started(sim::Duration now) override { balance_.add(now, deposit_); }
  bool may_retry(sim::Duration now) override {
    if (balance_.sum(now) + reserve_ < withdrawal_) return false;
    balance_.add(now, -withdrawal_);
    return true;
  }

 private:
  static constexpr std::int64_t scale = 1000;
  /// What a retry takes out.
  static std::int64_t cost_of(double percent) {
    if (percent <= 0) return 1;
    return static_cast<std::int64_t>(std::min(scale / percent, 1e9));
  }
  std::int64_t deposit_;     ///< Parameter.
  std::int64_t withdrawal_;  ///< Parameter.
  std::int64_t reserve_;     ///< Parameter.
  WindowedAdder balance_;    ///< State.
};

const sim::Registration<RetryBudget, Finagle, FinagleParams> registered{
    {.name = "finagle",
     .title = "Share of the calls (Finagle)",
     .summary = "Retries may be a share of the calls of the last seconds, and a few a second in "
                "any case.",
     .source = "Finagle, com.twitter.finagle.service.RetryBudget",
     .does_not_model = "budgets shared by several callers"}};

}  // namespace
}  // namespace faultline::models
