/// Holt-Winters, additive: a level, a trend, and what is usual at this place of the season, each
/// smoothed exponentially.
///
///   level'  = alpha (x - s[t - m]) + (1 - alpha) (level + trend)
///   trend'  = beta (level' - level) + (1 - beta) trend
///   s[t]    = gamma (x - level') + (1 - gamma) s[t - m]
///   forecast of h periods ahead = level + h trend + s[t + h, a season or more ago]
///
/// Rule: m observations are a season. The first season only teaches: its mean is the first level,
/// the differences to it the first seasonal parts, the trend 0. Until then nothing is forecast.
/// Source: Winters, "Forecasting Sales by Exponentially Weighted Moving Averages", Management
/// Science 6 (1960); Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 8.3.
/// Does not model: multiplicative seasons, several seasons at once, choosing the parameters.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "models/algorithms/scaling/forecast.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct HoltWintersParams {
  sim::Duration season = std::chrono::hours(24);
  double alpha = 0.3;
  double beta = 0.05;
  double gamma = 0.3;

  static void describe(sim::ParamList<HoltWintersParams>& list) {
    list.add("season", &HoltWintersParams::season, "After which the load repeats itself")
        .above(sim::Duration(0));
    list.add("alpha", &HoltWintersParams::alpha, "How much of the level is new with each look")
        .between(0, 1);
    list.add("beta", &HoltWintersParams::beta, "How much of the trend is new with each look")
        .between(0, 1);
    list.add("gamma", &HoltWintersParams::gamma,
             "How much of the seasonal part is new with each season")
        .between(0, 1);
  }
};

class HoltWinters final : public LoadForecast {
 public:
  HoltWinters(const HoltWintersParams& params, const MakeArgs& args)
      : params_(params), period_(args.period) {
    const double periods = sim::to_seconds(params.season) / sim::to_seconds(period_);
    length_ = static_cast<std::size_t>(std::clamp(std::round(periods), 1.0, 1e6));
  }

  void observe(sim::Duration now, double value) override {
    last_ = now;
    if (seasonal_.size() < length_) {
      seasonal_.push_back(value);
      if (seasonal_.size() == length_) learn();
      return;
    }
    const double before = level_;
    double& usual = seasonal_[turn_];
    level_ = params_.alpha * (value - usual) + (1 - params_.alpha) * (level_ + trend_);
    trend_ = params_.beta * (level_ - before) + (1 - params_.beta) * trend_;
    usual = params_.gamma * (value - level_) + (1 - params_.gamma) * usual;
    turn_ = (turn_ + 1) % length_;
  }
  std::optional<double> predict(sim::Duration at) const override {
    if (seasonal_.size() < length_) return {};
    const double periods = sim::to_seconds(at - last_) / sim::to_seconds(period_);
    const auto ahead = static_cast<std::size_t>(std::clamp(std::round(periods), 1.0, 1e9));
    const double usual = seasonal_[(turn_ + ahead - 1) % length_];
    return std::max(0.0, level_ + static_cast<double>(ahead) * trend_ + usual);
  }

 private:
  void learn() {
    const double sum = std::accumulate(seasonal_.begin(), seasonal_.end(), 0.0);
    level_ = sum / static_cast<double>(length_);
    for (double& each : seasonal_) each -= level_;
  }

  HoltWintersParams params_;  ///< Parameters.
  sim::Duration period_;      ///< Parameter.
  std::size_t length_ = 1;    ///< Of a season, in periods.
  sim::Duration last_{};      ///< State.
  double level_ = 0;          ///< State.
  double trend_ = 0;          ///< A period. State.
  std::size_t turn_ = 0;      ///< Place of the next observation in the season. State.
  /// While it learns: the first season as it was. State.
  std::vector<double> seasonal_;
};

const sim::Registration<LoadForecast, HoltWinters, HoltWintersParams> registered{
    {.name = "holt_winters",
     .title = "Holt-Winters",
     .summary = "A level, a trend and what is usual at this time of the season, each smoothed "
                "exponentially; the first season only teaches.",
     .source = "Winters, Management Science 6 (1960); Hyndman and Athanasopoulos, Forecasting: "
               "Principles and Practice, 8.3",
     .does_not_model = "multiplicative seasons, several seasons at once",
     .example = "holt_winters(season=24h)"}};

}  // namespace
}  // namespace faultline::models
