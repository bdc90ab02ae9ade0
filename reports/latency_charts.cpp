#include "reports/latency_charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "reports/node_rows.hpp"

namespace faultline::reports {
namespace {

constexpr double font = 11.5;
constexpr double bins_max = 70;

struct Mark {
  double quantile;
  std::string_view label;
};
constexpr std::array<Mark, 3> distribution_marks = {{{0.5, "p50"}, {0.9, "p90"}, {0.99, "p99"}}};
constexpr std::array<Mark, 4> curve_marks = {
    {{0.5, "p50"}, {0.9, "p90"}, {0.99, "p99"}, {0.999, "p99.9"}}};

double seconds(std::int64_t nanoseconds) {
  return static_cast<double>(std::max<std::int64_t>(nanoseconds, 1)) / 1e9;
}

/// How many requests fall into each of the equal parts of a logarithmic axis.
class LogBins {
 public:
  LogBins(const sim::Histogram& histogram, const Axis& axis) : low_(std::log10(axis.low())) {
    const double decades = std::log10(axis.high()) - low_;
    double per_decade = 3;
    for (const double candidate : {5.0, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0}) {
      if (candidate * decades <= bins_max) per_decade = candidate;
    }
    width_ = 1 / per_decade;
    counts_.assign(static_cast<std::size_t>(std::ceil(decades * per_decade)), 0.0);
    histogram.for_each_bucket([&](std::int64_t low, std::int64_t high, std::uint64_t count) {
      // The ends of the histogram are exact, its outer buckets are not.
      add(seconds(std::max(low, histogram.min())), seconds(std::min(high, histogram.max())),
          static_cast<double>(count));
    });
  }
  const std::vector<double>& counts() const { return counts_; }
  double from(std::size_t bin) const {
    return std::pow(10, low_ + width_ * static_cast<double>(bin));
  }

 private:
  /// Spreads a bucket over the bins it lies in.
  void add(double low, double high, double count) {
    const double begin = (std::log10(low) - low_) / width_;
    const double end = (std::log10(high) - low_) / width_;
    const auto last_bin = static_cast<double>(counts_.size() - 1);
    const double first = std::clamp(std::floor(begin), 0.0, last_bin);
    const double last = std::clamp(std::floor(end), 0.0, last_bin);
    if (first == last || !(end > begin)) {
      counts_[static_cast<std::size_t>(first)] += count;
      return;
    }
    for (double bin = first; bin <= last; ++bin) {
      const double part = std::min(end, bin + 1) - std::max(begin, bin);
      counts_[static_cast<std::size_t>(bin)] += count * std::max(part, 0.0) / (end - begin);
    }
  }

  double low_;        ///< Decimal logarithm of the low end.
  double width_ = 1;  ///< Of a bin, in decades.
  std::vector<double> counts_;
};

Axis latency_axis(const sim::Histogram& histogram, int ticks_max, Language language) {
  return Axis::logarithmic(seconds(histogram.min()), seconds(histogram.max()), Quantity::seconds,
                           ticks_max, language);
}

std::string percentiles_text(const PageWriter& page, const sim::Histogram& histogram) {
  std::string text;
  for (const Mark& mark : curve_marks) {
    text += fmt::format("{} {}, ", mark.label,
                        seconds_text(quantile_seconds(&histogram, mark.quantile), page.language));
  }
  return text + page.say(Phrase::maximum) + ' ' +
         seconds_text(seconds(histogram.max()), page.language);
}

}  // namespace

void draw_distribution(PageWriter& page, const sim::Histogram& histogram,
                       const std::string& window) {
  Markup& markup = page.markup;
  const std::string title = page.say(Phrase::distribution);
  Figure figure(page, title, window);
  if (histogram.empty()) {
    figure.note(page.say(Phrase::no_data));
    return;
  }
  const Axis latency = latency_axis(histogram, 10, page.language);
  const LogBins bins(histogram, latency);
  const auto total = static_cast<double>(histogram.count());
  const double highest = *std::max_element(bins.counts().begin(), bins.counts().end()) / total;
  const Axis share = Axis::linear(highest, Quantity::ratio, 5, page.language);
  const PlotArea area{64, 52, chart_width - 64 - 16, 180};
  {
    const Picture picture(page, chart_width, area.bottom() + 28, title,
                          percentiles_text(page, histogram));
    draw_y_axis(markup, area, share);
    draw_x_axis(markup, area, latency, false);
    std::string bars;
    for (std::size_t i = 0; i < bins.counts().size(); ++i) {
      const double part = bins.counts()[i] / total;
      if (part <= 0) continue;
      const double from = area.x(latency.place(bins.from(i)));
      const double to = area.x(latency.place(bins.from(i + 1)));
      const double top = std::min(area.y(share.place(part)), area.bottom() - 0.6);
      bars += fmt::format("M{} {}V{}H{}V{}z", coordinate(from + 0.4), coordinate(area.bottom()),
                          coordinate(top), coordinate(std::max(to - 0.4, from + 1)),
                          coordinate(area.bottom()));
    }
    markup.empty("path", {{"class", "bar"}, {"d", bars}});
    // Each mark has a row of its own above the bars, so that marks close together stay readable.
    for (std::size_t i = 0; i < distribution_marks.size(); ++i) {
      const Mark& mark = distribution_marks[i];
      const double value = quantile_seconds(&histogram, mark.quantile);
      const double x = area.x(latency.place(std::max(value, 1e-9)));
      const double y = 12 + 15 * static_cast<double>(i);
      markup.empty("path", {{"class", fmt::format("line l{} mark", i)},
                            {"d", fmt::format("M{} {}V{}", coordinate(x), coordinate(y - 9),
                                              coordinate(area.bottom()))}});
      const std::string label =
          fmt::format("{} {}", mark.label, seconds_text(value, page.language));
      const bool left = x + 6 + text_width(label, font) > chart_width;
      draw_text(markup, left ? x - 5 : x + 5, y, label, "tick strong halo", left ? "end" : "start");
    }
  }
  figure.note(page.say(Phrase::distribution_share) + " · " + page.say(Phrase::logarithmic));
}

void draw_percentile_curve(PageWriter& page, const std::vector<PercentileLine>& lines,
                           const std::string& window) {
  Markup& markup = page.markup;
  const std::string title = page.say(Phrase::percentile_curve);
  Figure figure(page, title, window);
  sim::Histogram all;
  std::uint64_t samples = 0;
  std::vector<PercentileLine> drawn;
  std::vector<LegendEntry> legend;
  for (const PercentileLine& line : lines) {
    if (line.nanoseconds->empty()) continue;
    all.merge(*line.nanoseconds);
    samples = std::max(samples, line.nanoseconds->count());
    drawn.push_back(line);
    legend.push_back({line.css_class, line.label});
  }
  if (drawn.empty()) {
    figure.note(page.say(Phrase::no_data));
    return;
  }
  if (drawn.size() > 1) figure.legend(legend);
  const Axis quantiles = Axis::nines(samples, page.language);
  const Axis latency = latency_axis(all, 8, page.language);
  const PlotArea area{64, 14, chart_width - 64 - 30, drawn.size() > 1 ? 196.0 : 218.0};
  {
    const Picture picture(page, chart_width, area.bottom() + 28, title,
                          percentiles_text(page, *drawn.front().nanoseconds));
    draw_y_axis(markup, area, latency);
    draw_x_axis(markup, area, quantiles, true);
    for (const PercentileLine& line : drawn) {
      const double count = static_cast<double>(line.nanoseconds->count());
      // A quantile beyond the last sample is a guess: the line ends at 1 - 1/count.
      const double last = std::min(1 - 1 / count, quantiles.high());
      std::string path;
      for (int i = 0; i <= 160; ++i) {
        const double quantile =
            std::min(1 - std::pow(10, -i / 160.0 * std::log10(1 / (1 - quantiles.high()))), last);
        const double value = seconds(line.nanoseconds->quantile(quantile));
        path += fmt::format("{}{} {}", i == 0 ? "M" : "L",
                            coordinate(area.x(quantiles.place(quantile))),
                            coordinate(area.y(latency.place(value))));
        if (quantile >= last) break;
      }
      markup.empty("path", {{"class", line.css_class}, {"d", path}});
    }
    const sim::Histogram& first = *drawn.front().nanoseconds;
    double taken = 0;  // How far labels just above the axis of x reach.
    for (const Mark& mark : curve_marks) {
      if (static_cast<double>(first.count()) * (1 - mark.quantile) < 1 - 1e-9) continue;
      const double value = quantile_seconds(&first, mark.quantile);
      const double x = area.x(quantiles.place(mark.quantile));
      const double y = area.y(latency.place(std::max(value, 1e-9)));
      markup.empty("circle",
                   {{"cx", coordinate(x)}, {"cy", coordinate(y)}, {"r", "3"}, {"class", "dot"}});
      // Below and to the right of a rising line there is room, but for where it is so low that the
      // label would lie on those of the axis.
      const std::string label = seconds_text(value, page.language);
      const double end = x + 6 + text_width(label, font);
      const bool fits = end < chart_width;
      const bool low = y + 16 > area.bottom();
      if (low && x < taken) continue;
      draw_text(markup, fits ? x + 6 : x - 6, low ? y - 7 : y + 14, label, "tick strong halo",
                fits ? "start" : "end");
      if (low) taken = end + 4;
    }
  }
  figure.note(page.say(Phrase::percentile_axis) + " · " + page.say(Phrase::logarithmic));
}

}  // namespace faultline::reports
