/// Piecewise: what was measured, or drawn by hand: corners of the curve in the scenario, or in a
/// CSV file with one row a corner, time and factor, with or without a header row:
///
///   0s, 1
///   60s, 1
///   60s, 3          two corners at one time: the factor jumps
///   90s, 1
///
/// A time without a unit is in seconds. Times may not go back.
#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "sim/random/data_file.hpp"
#include "sim/random/rate_profile.hpp"

namespace faultline::sim {
namespace {

struct PiecewiseParams {
  std::optional<DataFile> file;
  std::vector<Duration> times;
  std::vector<double> factors;
  std::optional<Duration> period;

  static void describe(ParamList<PiecewiseParams>& list) {
    list.add("file", &PiecewiseParams::file, "CSV file of times and factors");
    list.add("times", &PiecewiseParams::times, "Instead of `file`: the times of the corners")
        .at_least(Duration(0));
    list.add("factors", &PiecewiseParams::factors, "And the factor at each")
        .between(0, RateCurve::factor_max);
    list.add("period", &PiecewiseParams::period,
             "After it all begins anew; without it the last factor holds")
        .above(Duration(0));
  }
  static void check(const PiecewiseParams& params, const Path& path, Problems& problems);
};

/// Seconds and factor of each row; nothing and what is wrong in `error`.
std::optional<std::vector<RatePoint>> rows_of(const DataFile& file, std::string& error) {
  const auto refuse = [&](std::size_t line, std::string_view message) {
    error = fmt::format("file {}, line {}: {}", in_quotes(file.name), line, message);
    return std::nullopt;
  };
  const auto number_of = [](std::string_view text) -> std::optional<double> {
    double number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || end != text.data() + text.size()) return {};
    return number;
  };
  std::vector<RatePoint> points;
  CsvRows rows(*file.contents);
  bool first = true;
  while (rows.next()) {
    if (rows.cells().size() != 2) {
      return refuse(rows.line(), fmt::format("expected 2 columns, time and factor, got {}",
                                             rows.cells().size()));
    }
    std::string why;
    std::optional<double> seconds = number_of(rows.cells()[0]);
    if (!seconds) {
      if (const auto time = parse_duration(rows.cells()[0], why)) seconds = to_seconds(*time);
    }
    const std::optional<double> factor = number_of(rows.cells()[1]);
    const bool header = std::exchange(first, false) && !seconds && !factor;
    if (header) continue;
    if (!seconds) return refuse(rows.line(), why);
    constexpr double longest = 4e9;  // More than a century.
    if (!(*seconds >= 0) || !(*seconds <= longest)) {
      return refuse(rows.line(), fmt::format("expected a time from 0 to {} s, got {}", longest,
                                             rows.cells()[0]));
    }
    if (!factor || !(*factor >= 0) || !(*factor <= RateCurve::factor_max)) {
      return refuse(rows.line(), fmt::format("expected a factor from 0 to 1e9, got {}",
                                             in_quotes(rows.cells()[1])));
    }
    if (!points.empty() && *seconds < points.back().seconds) {
      return refuse(rows.line(), "expected a time not before that of the row before");
    }
    if (points.size() == RateCurve::points_max) {
      return refuse(rows.line(), fmt::format("expected at most {} rows", RateCurve::points_max));
    }
    points.push_back({*seconds, *factor});
  }
  if (points.empty()) {
    error = fmt::format("file {}: expected at least one row, found none", in_quotes(file.name));
    return std::nullopt;
  }
  return points;
}

std::vector<RatePoint> corners_of(const PiecewiseParams& params) {
  if (params.file) {
    std::string error;
    return rows_of(*params.file, error).value_or(std::vector<RatePoint>{{0, 1}});
  }
  std::vector<RatePoint> points;
  for (std::size_t i = 0; i < params.times.size(); ++i) {
    points.push_back({to_seconds(params.times[i]), params.factors[i]});
  }
  return points;
}

void PiecewiseParams::check(const PiecewiseParams& params, const Path& path, Problems& problems) {
  if (params.file.has_value() == !params.times.empty()) {
    problems.add(path, params.file ? "both `file` and `times` are given"
                                   : "neither `file` nor `times` is given");
    return;
  }
  if (params.file) {
    std::string error;
    if (!rows_of(*params.file, error)) {
      problems.add(path / "file", std::move(error));
      return;
    }
  }
  if (params.times.size() != params.factors.size()) {
    problems.add(path / "factors", fmt::format("expected {}, one for each time, got {}",
                                               params.times.size(), params.factors.size()));
    return;
  }
  for (std::size_t i = 1; i < params.times.size(); ++i) {
    if (params.times[i] < params.times[i - 1]) {
      problems.add((path / "times")[i], "expected a time not before that of the one before");
      return;
    }
  }
  if (!params.period) return;
  const std::vector<RatePoint> points = corners_of(params);
  if (points.back().seconds > to_seconds(*params.period)) {
    problems.add(path / "period", fmt::format("expected at least the last time, {:g} s, got {}",
                                              points.back().seconds, to_text(*params.period)));
  }
}

class Piecewise final : public RateProfile {
 public:
  Piecewise(const PiecewiseParams& params, const MakeArgs&)
      : curve_(corners_of(params), params.period ? to_seconds(*params.period) : 0) {}
  RateCurve curve() const override { return curve_; }

 private:
  RateCurve curve_;
};

const Registration<RateProfile, Piecewise, PiecewiseParams> registered{
    {.name = "piecewise",
     .title = "Piecewise linear",
     .summary = "What was measured or drawn by hand: corners with straight lines between them, "
                "from the scenario or from a CSV file of times and factors.",
     .example = "piecewise(times=[0s, 60s, 90s], factors=[1, 3, 1], period=2min)"}};

}  // namespace
}  // namespace faultline::sim
