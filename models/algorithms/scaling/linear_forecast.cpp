/// Linear: the straight line through what was seen lately goes on.
///
/// Rule: the line of least squares through the observations of the last `lookback`; below 0 it is
/// 0. Does not model: seasons, doubt.
#include <algorithm>
#include <deque>

#include "models/algorithms/scaling/forecast.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

struct LinearParams {
  sim::Duration lookback = std::chrono::minutes(2);

  static void describe(sim::ParamList<LinearParams>& list) {
    list.add("lookback", &LinearParams::lookback, "How far back the line is fitted")
        .above(sim::Duration(0));
  }
};

class LinearForecast final : public LoadForecast {
 public:
  LinearForecast(const LinearParams& params, const MakeArgs&) : lookback_(params.lookback) {}

  void observe(sim::Duration now, double value) override {
    points_.push_back({now, value});
    while (points_.front().at < now - lookback_) points_.pop_front();
    while (points_.size() > points_max) points_.pop_front();
  }
  std::optional<double> predict(sim::Duration at) const override {
    if (points_.size() < 2) return {};
    // Times count from the last one, so that no digits are lost late in a long run.
    const sim::Duration last = points_.back().at;
    double times = 0;
    double values = 0;
    for (const Point& point : points_) {
      times += sim::to_seconds(point.at - last);
      values += point.value;
    }
    const auto count = static_cast<double>(points_.size());
    const double middle = times / count;
    const double mean = values / count;
    double spread = 0;
    double together = 0;
    for (const Point& point : points_) {
      const double off = sim::to_seconds(point.at - last) - middle;
      spread += off * off;
      together += off * (point.value - mean);
    }
    if (spread == 0) return std::max(0.0, mean);
    const double ahead = sim::to_seconds(at - last) - middle;
    return std::max(0.0, mean + together / spread * ahead);
  }

 private:
  static constexpr std::size_t points_max = 10'000;
  struct Point {
    sim::Duration at;
    double value;
  };
  sim::Duration lookback_;    ///< Parameter.
  std::deque<Point> points_;  ///< State.
};

const sim::Registration<LoadForecast, LinearForecast, LinearParams> registered{
    {.name = "linear",
     .title = "Linear",
     .summary = "The straight line of least squares through what was seen lately goes on.",
     .does_not_model = "seasons, doubt",
     .example = "linear(lookback=2min)"}};

}  // namespace
}  // namespace faultline::models
