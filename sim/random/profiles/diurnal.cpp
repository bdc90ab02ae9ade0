/// Diurnal: the load of a day, again and again: a cosine between `low` and `high` with its top at
/// `peak`. The cosine is drawn with 96 straight pieces (one for every quarter of an hour of a day),
/// which leave it by at most 0.03 % of its height.
#include <algorithm>
#include <vector>

#include "sim/random/rate_profile.hpp"

namespace faultline::sim {
namespace {

struct DiurnalParams {
  double low = 0.5;
  double high = 1.5;
  Duration period = std::chrono::hours(24);
  Duration peak{};

  static void describe(ParamList<DiurnalParams>& list) {
    list.add("low", &DiurnalParams::low, "Factor at the quietest time")
        .between(0, RateCurve::factor_max);
    list.add("high", &DiurnalParams::high, "Factor at the busiest time")
        .between(0, RateCurve::factor_max);
    list.add("period", &DiurnalParams::period, "Length of a day").above(Duration(0));
    list.add("peak", &DiurnalParams::peak, "The busiest time, counted from the start of the run")
        .at_least(Duration(0));
  }
  static void check(const DiurnalParams& params, const Path& path, Problems& problems) {
    if (params.high < params.low) {
      problems.add(path, "expected `high` to be at least `low`");
    } else if (params.high == 0) {
      problems.add(path / "high", "expected a factor above 0 at some time of the day");
    }
    if (params.peak > params.period) {
      problems.add(path / "peak", "expected a time within the first period");
    }
  }
};

/// The cosine of each 96th of a turn, the first one at 0. By turning on and on, since a library's
/// cosine differs between machines.
std::vector<double> cosines(std::size_t pieces) {
  constexpr double step_cosine = 0x1.fee75d62a9c46p-1;  // Of a 96th of a turn.
  constexpr double step_sine = 0x1.0be426d197a8bp-4;
  std::vector<double> found;
  double cosine = 1;
  double sine = 0;
  for (std::size_t i = 0; i < pieces; ++i) {
    found.push_back(cosine);
    const double turned = cosine * step_cosine - sine * step_sine;
    sine = sine * step_cosine + cosine * step_sine;
    cosine = turned;
  }
  return found;
}

class Diurnal final : public RateProfile {
 public:
  Diurnal(const DiurnalParams& params, const MakeArgs&) : params_(params) {}
  RateCurve curve() const override {
    constexpr std::size_t pieces = 96;
    const std::vector<double> cosine = cosines(pieces);
    const double period = to_seconds(params_.period);
    const double middle = 0.5 * (params_.low + params_.high);
    const double half = 0.5 * (params_.high - params_.low);
    const auto factor_of = [&](std::size_t i) {
      return std::max(0.0, middle + half * cosine[i % pieces]);
    };
    // Corners counted from the peak; those before the start of the run go to its end.
    const double piece = period / static_cast<double>(pieces);
    const double peak = to_seconds(params_.peak);
    std::vector<RatePoint> points;
    for (std::size_t i = 0; i <= pieces; ++i) {
      double time = peak + piece * static_cast<double>(i);
      if (time >= period) time -= period;
      if (i < pieces) points.push_back({time, factor_of(i)});
    }
    std::sort(points.begin(), points.end(),
              [](const RatePoint& a, const RatePoint& b) { return a.seconds < b.seconds; });
    // The factor where one day ends and the next begins lies between the last and the first corner.
    const RatePoint first = points.front();
    const RatePoint last = points.back();
    const double seam = last.factor + (first.factor - last.factor) * (period - last.seconds) /
                                          (first.seconds + period - last.seconds);
    if (first.seconds > 0) points.insert(points.begin(), {0, seam});
    points.push_back({period, first.seconds > 0 ? seam : first.factor});
    return RateCurve(std::move(points), period);
  }

 private:
  DiurnalParams params_;
};

const Registration<RateProfile, Diurnal, DiurnalParams> registered{
    {.name = "diurnal",
     .title = "Day and night",
     .summary = "The load of a day, again and again: a cosine between a low and a high factor, "
                "drawn with 96 straight pieces.",
     .example = "diurnal(low=0.3, high=1.7, peak=20h)"}};

}  // namespace
}  // namespace faultline::sim
