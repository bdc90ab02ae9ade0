#include "reports/time_charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "reports/plain_text.hpp"

namespace faultline::reports {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double small_font = 11.5;
constexpr std::size_t area_rows_max = 12;
constexpr std::size_t shade_rows_max = 40;
constexpr std::size_t event_rows_max = 16;
constexpr int shades = 10;
constexpr const char* fault_bar = "band fault solid";

/// Smallest and greatest number of some values, NaN without one.
struct Extent {
  double low = nan;
  double high = nan;

  void add(double value) {
    if (!std::isfinite(value)) return;
    low = std::fmin(low, value);
    high = std::fmax(high, value);
  }
};

double time_of(std::size_t index, const TimeSteps& steps) {
  return steps.start + (static_cast<double>(index) + 0.5) * steps.step;
}

/// Builds the path of a line. Where there are more values than `columns`, each column keeps its
/// lowest and its highest in the order in which they come, so that no peak is lost.
template <class PointOf>
std::string line_path(const std::vector<double>& values, std::size_t columns,
                      const PointOf& point_of) {
  std::string path;
  bool pen_down = false;
  double last_y = 0;
  const auto add = [&](std::size_t index) {
    const auto [x, y] = point_of(index);
    path += fmt::format("{}{} {}", pen_down ? "L" : "M", coordinate(x), coordinate(y));
    pen_down = true;
    last_y = y;
  };
  const std::size_t bin = std::max<std::size_t>(1, (values.size() + columns - 1) / columns);
  bool lone =
      false;  // A point between two gaps: drawn as a dot, by a line of no length with round ends.
  const auto lift = [&] {
    if (pen_down && lone) path += fmt::format("V{}", coordinate(last_y));
    pen_down = false;
  };
  for (std::size_t begin = 0; begin < values.size(); begin += bin) {
    const std::size_t end = std::min(begin + bin, values.size());
    std::size_t lowest = values.size();
    std::size_t highest = values.size();
    for (std::size_t i = begin; i < end; ++i) {
      if (!std::isfinite(values[i])) continue;
      if (lowest == values.size() || values[i] < values[lowest]) lowest = i;
      if (highest == values.size() || values[i] > values[highest]) highest = i;
    }
    if (lowest == values.size()) {
      lift();
      continue;
    }
    lone = !pen_down && lowest == highest;
    add(std::min(lowest, highest));
    if (lowest != highest) add(std::max(lowest, highest));
  }
  lift();
  return path;
}

/// The mean of the numbers in each of `columns` equal parts.
std::vector<double> binned(const std::vector<double>& values, std::size_t columns) {
  if (values.size() <= columns) return values;
  std::vector<double> out;
  for (std::size_t column = 0; column < columns; ++column) {
    const std::size_t begin = column * values.size() / columns;
    const std::size_t end = (column + 1) * values.size() / columns;
    double sum = 0;
    int count = 0;
    for (std::size_t i = begin; i < end; ++i) {
      if (!std::isfinite(values[i])) continue;
      sum += values[i];
      ++count;
    }
    out.push_back(count == 0 ? nan : sum / count);
  }
  return out;
}

std::string amount_text(double value, Quantity quantity, Language language) {
  switch (quantity) {
    case Quantity::seconds:
      return seconds_text(value, language);
    case Quantity::ratio:
      return percent_text(value, language);
    case Quantity::rate:
      return rate_text(value, language);
    case Quantity::count:
      break;
  }
  return level_text(value, language);
}

double last_number(const std::vector<double>& values) {
  const auto found = std::find_if(values.rbegin(), values.rend(),
                                  [](double value) { return std::isfinite(value); });
  return found == values.rend() ? nan : *found;
}

/// Draws the line of `values`, and if `fill_to` is a number the area down to that height.
void draw_line(Markup& markup, const std::string& css_class, const std::string& path) {
  if (!path.empty()) markup.empty("path", {{"class", css_class}, {"d", path}});
}

/// All bands of one name.
struct EventRow {
  std::string name;
  std::string css_class;
  std::vector<sim::Band> bands;
};

/// A breach is named after its objective, in words that a result has in English only.
std::string shown_name(const PageWriter& page, const sim::Band& band) {
  constexpr std::string_view ending = ": breach";
  if (band.kind != "breach" || !band.name.ends_with(ending)) return band.name;
  return page.say(Phrase::breach_of, band.name.substr(0, band.name.size() - ending.size()));
}

std::vector<EventRow> event_rows(const PageWriter& page, const Bands& bands) {
  std::vector<EventRow> rows;
  std::map<std::pair<std::string, std::string>, std::size_t> index;
  const auto add = [&](const std::vector<sim::Band>& list, const std::string& css_class) {
    for (const sim::Band& band : list) {
      const auto [at, is_new] = index.try_emplace({css_class, band.name}, rows.size());
      if (is_new) rows.push_back({shown_name(page, band), css_class, {}});
      rows[at->second].bands.push_back(band);
    }
  };
  add(bands.phases, "band phase");
  add(bands.faults, fault_bar);
  add(bands.breaches, "band breach");
  return rows;
}

std::string event_label(const PageWriter& page, const EventRow& row) {
  const std::string name = fitted(row.name, 250, small_font);
  if (row.bands.size() == 1) {
    const sim::Band& band = row.bands.front();
    return page.say(Phrase::event_span, name, time_text(band.from_seconds, page.language),
                    time_text(band.to_seconds, page.language));
  }
  double total = 0;
  for (const sim::Band& band : row.bands) total += band.to_seconds - band.from_seconds;
  return page.say(Phrase::event_times, name, count_text(row.bands.size(), page.language),
                  seconds_text(total, page.language));
}

const std::vector<double>* series_of(const sim::NodeResult& node, const std::string& key) {
  const auto found = node.series.find(key);
  return found == node.series.end() || !has_numbers(found->second) ? nullptr : &found->second;
}

/// Whether all numbers of a series are 0.
bool is_zero(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(),
                     [](double value) { return std::isnan(value) || value == 0; });
}

/// Up to six names: "a, b, c", "a, b, c, d, e, f, …".
std::string names_text(const std::vector<std::string>& names) {
  constexpr std::size_t names_max = 6;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), names_max); ++i)
    text += (i > 0 ? ", " : "") + names[i];
  return names.size() > names_max ? text + ", …" : text;
}

/// One row of a chart of nodes.
struct SeriesRow {
  std::string name;
  std::vector<double> values;
  std::vector<double> low;  ///< Of the replicas; empty for a single node.
  std::vector<double> high;
  double mean = nan;
  double maximum = nan;
};

SeriesRow series_row(const NodeRow& node, const std::string& key,
                     const std::vector<double>& values) {
  SeriesRow row;
  row.name = node.name();
  row.values = values;
  if (node.folded()) {
    row.low.assign(values.size(), nan);
    row.high.assign(values.size(), nan);
    for (const sim::NodeResult* member : node.members()) {
      const std::vector<double>* each = series_of(*member, key);
      if (each == nullptr) continue;
      for (std::size_t i = 0; i < std::min(each->size(), values.size()); ++i) {
        row.low[i] = std::fmin(row.low[i], (*each)[i]);
        row.high[i] = std::fmax(row.high[i], (*each)[i]);
      }
    }
  }
  double sum = 0;
  int count = 0;
  Extent extent;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    sum += value;
    ++count;
    extent.add(value);
  }
  for (const double value : row.high) extent.add(value);
  row.mean = sum / count;
  row.maximum = extent.high;
  return row;
}

/// Draws the rows of one figure.
class NodeSeriesChart {
 public:
  NodeSeriesChart(PageWriter& page, const NodeSeries& series, std::vector<SeriesRow> rows,
                  const TimeSteps& steps, const Bands& bands)
      : page_(page),
        markup_(page.markup),
        series_(series),
        rows_(std::move(rows)),
        steps_(steps),
        bands_(bands) {}

  void draw(const std::string& note) {
    const bool shaded = rows_.size() > area_rows_max;
    const double row_height = shaded ? 14 : 34;
    const double height = top + row_height * static_cast<double>(rows_.size()) + 26;
    Figure figure(page_, series_.title, series_.window);
    const PlotArea all{left, top, chart_width - left - right,
                       row_height * static_cast<double>(rows_.size())};
    const Axis time = Axis::time(steps_.start, steps_.end, 5, page_.language);
    std::vector<LegendEntry> legend = band_legend(page_, bands_, time);
    figure.legend(legend);
    if (shaded) shade_scale();
    {
      const Picture picture(page_, chart_width, height, series_.title, description());
      if (!shaded) draw_bands(markup_, all, time, bands_);
      for (std::size_t i = 0; i < rows_.size(); ++i) {
        const double y = top + row_height * static_cast<double>(i);
        if (shaded) {
          draw_shades(rows_[i], {left, y, all.width, row_height - 2}, time);
        } else {
          draw_area(rows_[i], {left, y + 5, all.width, row_height - 8}, time);
        }
      }
      if (shaded) {
        draw_bands(markup_, {left, top, all.width, 0}, time, bands_);
      }
      draw_x_axis(markup_, all, time, false);
    }
    if (!note.empty()) figure.note(note);
  }

 private:
  static constexpr double left = 112;
  static constexpr double right = 90;
  static constexpr double top = 12;

  std::string text_of(double value) const {
    return series_.ratio ? percent_text(value, page_.language) : level_text(value, page_.language);
  }

  std::string description() const {
    std::string text;
    for (std::size_t i = 0; i < std::min<std::size_t>(rows_.size(), area_rows_max); ++i) {
      if (i > 0) text += "; ";
      text += fmt::format("{}: {}, {}", visible_text(rows_[i].name),
                          page_.say(Phrase::row_mean, text_of(rows_[i].mean)),
                          page_.say(Phrase::row_max, text_of(rows_[i].maximum)));
    }
    return text + (rows_.size() > area_rows_max ? "; …" : ".");
  }

  double highest() const {
    if (series_.ratio) return 1;
    Extent extent;
    for (const SeriesRow& row : rows_) extent.add(row.maximum);
    return extent.high > 0 ? extent.high : 1;
  }

  void shade_scale() {
    const auto legend = markup_.scope("div", {{"class", "legend"}});
    const auto item = markup_.scope("span");
    {
      const auto scale =
          markup_.scope("svg", {{"width", "100"}, {"height", "10"}, {"aria-hidden", "true"}});
      for (int shade = 0; shade < shades; ++shade) {
        markup_.empty("rect", {{"x", std::to_string(shade * 10)},
                               {"width", "10"},
                               {"height", "10"},
                               {"class", fmt::format("shade s{}", shade)}});
      }
    }
    if (series_.ratio) {
      markup_.text(page_.say(Phrase::scale_from_to, "0 %", "100 %"));
    } else {
      markup_.text(page_.say(Phrase::scale_root, text_of(highest())));
    }
  }

  void row_name(const SeriesRow& row, double y) {
    const auto group = markup_.scope("g");
    markup_.element("title", {}, row.name);
    draw_text(markup_, left - 8, y, fitted(row.name, left - 10, small_font), "tick", "end");
  }

  void draw_area(const SeriesRow& row, const PlotArea& area, const Axis& time) {
    const double scale = series_.ratio ? 1 : row.maximum > 0 ? row.maximum : 1;
    const auto y_of = [&](double value) { return area.y(std::clamp(value / scale, 0.0, 1.0)); };
    const auto point_of = [&](const std::vector<double>& values) {
      return [&](std::size_t index) {
        return std::pair(area.x(time.place(time_of(index, steps_))), y_of(values[index]));
      };
    };
    const std::string line = line_path(row.values, 260, point_of(row.values));
    markup_.empty("path",
                  {{"class", "grid"},
                   {"d", fmt::format("M{} {}H{}", coordinate(area.left), coordinate(area.bottom()),
                                     coordinate(area.right()))}});
    if (row.high.empty()) {
      draw_columns(row.values, std::vector<double>(row.values.size(), 0.0), area, time, y_of);
    } else {
      draw_columns(row.high, row.low, area, time, y_of);
    }
    draw_line(markup_, "line row", line);
    row_name(row, area.top + area.height / 2 + 4);
    const double x = area.right() + 6;
    draw_text(markup_, x, area.top + area.height / 2 - 2,
              page_.say(Phrase::row_mean, text_of(row.mean)), "tick");
    draw_text(markup_, x, area.top + area.height / 2 + 11,
              page_.say(Phrase::row_max, text_of(row.maximum)), "tick faint");
  }

  /// The area between two lines, one column a step, as far as both are there.
  template <class YOf>
  void draw_columns(const std::vector<double>& high, const std::vector<double>& low,
                    const PlotArea& area, const Axis& time, const YOf& y_of) {
    const std::vector<double> tops = binned(high, 200);
    const std::vector<double> bottoms = binned(low, 200);
    if (tops.empty()) return;
    const double span =
        steps_.step * static_cast<double>(high.size()) / static_cast<double>(tops.size());
    std::string path;
    for (std::size_t i = 0; i < tops.size(); ++i) {
      if (!std::isfinite(tops[i]) || !std::isfinite(bottoms[i])) continue;
      const double from = area.x(time.place(steps_.start + span * static_cast<double>(i)));
      const double to = area.x(time.place(steps_.start + span * static_cast<double>(i + 1)));
      path += fmt::format("M{} {}H{}V{}H{}z", coordinate(from), coordinate(y_of(tops[i])),
                          coordinate(to), coordinate(y_of(bottoms[i])), coordinate(from));
    }
    draw_line(markup_, "fill", path);
  }

  void draw_shades(const SeriesRow& row, const PlotArea& area, const Axis& time) {
    const std::vector<double> values = binned(row.values, 80);
    const double span =
        steps_.step * static_cast<double>(row.values.size()) / static_cast<double>(values.size());
    std::array<std::string, shades> paths;
    const double scale = highest();
    for (std::size_t begin = 0; begin < values.size();) {
      const int shade = shade_of(values[begin], scale);
      std::size_t end = begin + 1;
      while (end < values.size() && shade_of(values[end], scale) == shade) ++end;
      if (shade >= 0) {
        const double from = area.x(time.place(steps_.start + span * static_cast<double>(begin)));
        const double to = area.x(time.place(steps_.start + span * static_cast<double>(end)));
        paths[static_cast<std::size_t>(shade)] +=
            fmt::format("M{} {}H{}V{}H{}z", coordinate(from), coordinate(area.top), coordinate(to),
                        coordinate(area.bottom()), coordinate(from));
      }
      begin = end;
    }
    for (std::size_t shade = 0; shade < paths.size(); ++shade) {
      draw_line(markup_, fmt::format("shade s{}", shade), paths[shade]);
    }
    row_name(row, area.bottom() - 2);
    draw_text(markup_, area.right() + 6, area.bottom() - 2,
              page_.say(Phrase::row_mean, text_of(row.mean)), "tick");
  }

  int shade_of(double value, double scale) const {
    if (!std::isfinite(value)) return -1;
    // Queues differ by orders of magnitude: the square root keeps short ones visible beside long.
    const double part = series_.ratio ? value / scale : std::sqrt(std::max(value, 0.0) / scale);
    return std::min(static_cast<int>(std::clamp(part, 0.0, 1.0) * shades), shades - 1);
  }

  PageWriter& page_;
  Markup& markup_;
  const NodeSeries& series_;
  std::vector<SeriesRow> rows_;
  const TimeSteps& steps_;
  const Bands& bands_;
};

}  // namespace

bool has_numbers(const std::vector<double>& values) {
  return std::any_of(values.begin(), values.end(),
                     [](double value) { return std::isfinite(value); });
}

void draw_time_chart(PageWriter& page, const TimeChart& chart, const TimeSteps& steps,
                     const Bands& bands) {
  Markup& markup = page.markup;
  Extent extent;
  double least_positive = nan;
  for (const TimeLine& line : chart.lines) {
    for (const double value : *line.values) {
      extent.add(value);
      if (value > 0 && std::isfinite(value)) least_positive = std::fmin(least_positive, value);
    }
  }
  const bool logarithmic = chart.may_be_logarithmic && extent.high > 30 * least_positive;
  Figure figure(page, chart.title,
                logarithmic ? chart.window + " · " + page.say(Phrase::logarithmic) : chart.window,
                chart.wide);
  if (std::isnan(extent.high)) {
    figure.note(page.say(Phrase::no_data));
    return;
  }
  const double width = chart.wide ? chart_width_wide : chart_width;
  const PlotArea area{64, 14, width - 64 - 16, 180};
  const Axis time = Axis::time(steps.start, steps.end, chart.wide ? 12 : 6, page.language);
  const Axis level =
      logarithmic ? Axis::logarithmic(least_positive, extent.high, chart.quantity, 8, page.language)
                  : Axis::linear(extent.high, chart.quantity, 5, page.language);
  std::vector<LegendEntry> legend;
  std::string description;
  for (const TimeLine& line : chart.lines) {
    legend.push_back({line.css_class, line.label});
    Extent of_line;
    for (const double value : *line.values) of_line.add(value);
    if (!description.empty()) description += ' ';
    description += page.say(Phrase::chart_description, line.label,
                            amount_text(of_line.high, chart.quantity, page.language),
                            amount_text(last_number(*line.values), chart.quantity, page.language));
  }
  for (LegendEntry& entry : band_legend(page, bands, time)) legend.push_back(std::move(entry));
  figure.legend(legend);
  const auto scroll = markup.scope("div", {{"class", chart.wide ? "scroll" : "plain"}});
  const Picture picture(page, width, area.bottom() + 28, chart.title, description);
  draw_bands(markup, area, time, bands);
  draw_y_axis(markup, area, level);
  draw_x_axis(markup, area, time, false);
  for (const TimeLine& line : chart.lines) {
    const auto point_of = [&](std::size_t index) {
      return std::pair(area.x(time.place(time_of(index, steps))),
                       area.y(level.place((*line.values)[index])));
    };
    draw_line(markup, line.css_class,
              line_path(*line.values, static_cast<std::size_t>(area.width), point_of));
  }
}

void draw_events(PageWriter& page, const std::string& window, const TimeSteps& steps,
                 const Bands& bands, bool wide) {
  Markup& markup = page.markup;
  std::vector<EventRow> rows = event_rows(page, bands);
  if (rows.empty()) return;
  const std::size_t all = rows.size();
  if (all > event_rows_max) rows.resize(event_rows_max);
  Figure figure(page, page.say(Phrase::events_over_time), window, wide);
  const double width = wide ? chart_width_wide : chart_width;
  const Axis time = Axis::time(steps.start, steps.end, wide ? 12 : 6, page.language);
  std::vector<LegendEntry> legend =
      band_legend(page, {bands.faults, bands.phases, bands.breaches, 0}, time);
  for (LegendEntry& entry : legend) {
    if (entry.css_class == "band fault") entry.css_class = fault_bar;
  }
  figure.legend(legend);
  constexpr double row_height = 32;
  const PlotArea area{16, 4, width - 32, row_height * static_cast<double>(rows.size())};
  std::string description;
  for (const EventRow& row : rows) description += event_label(page, row) + ". ";
  {
    const auto scroll = markup.scope("div", {{"class", wide ? "scroll" : "plain"}});
    const Picture picture(page, width, area.bottom() + 26, page.say(Phrase::events_over_time),
                          description);
    draw_x_axis(markup, area, time, true);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double y = area.top + row_height * static_cast<double>(i);
      draw_text(markup, area.left, y + 12, event_label(page, rows[i]), "tick strong halo");
      markup.empty("path", {{"class", "track"},
                            {"d", fmt::format("M{} {}H{}", coordinate(area.left),
                                              coordinate(y + 22), coordinate(area.right()))}});
      const PlotArea bar{area.left, y + 17, area.width, 10};
      draw_spans(markup, bar, time, rows[i].bands, rows[i].css_class);
    }
  }
  if (all > rows.size())
    figure.note(page.say(Phrase::events_more, count_text(all - rows.size(), page.language)));
}

void draw_node_series(PageWriter& page, const NodeSeries& series, const std::vector<NodeRow>& rows,
                      const TimeSteps& steps, const Bands& bands) {
  std::vector<NodeRow> with_series;
  std::vector<std::string> always_zero;
  for (const NodeRow& row : rows) {
    const std::vector<double>* values = series_of(row.values(), series.key);
    if (values == nullptr) continue;
    if (series.ratio || !is_zero(*values)) {
      with_series.push_back(row);
    } else {
      always_zero.push_back(row.name());
    }
  }
  if (with_series.empty() && always_zero.empty()) return;
  std::vector<std::string> notes;
  if (!always_zero.empty()) notes.push_back(page.say(Phrase::rows_zero, names_text(always_zero)));
  if (with_series.empty()) {
    Figure figure(page, series.title, series.window);
    figure.note(notes.front());
    return;
  }
  const std::size_t all = with_series.size();
  std::vector<SeriesRow> drawn;
  bool folded = false;
  for (const NodeRow& row : highest_rows(std::move(with_series), series.scalar, shade_rows_max)) {
    drawn.push_back(series_row(row, series.key, *series_of(row.values(), series.key)));
    folded = folded || row.folded();
  }
  const bool shaded = drawn.size() > area_rows_max;
  if (!series.ratio && !shaded) notes.push_back(page.say(Phrase::rows_own_scale));
  if (folded) notes.push_back(page.say(Phrase::rows_mean_of_replicas));
  if (all > drawn.size()) {
    notes.push_back(page.say(Phrase::rows_highest, drawn.size(), count_text(all, page.language)));
  }
  NodeSeriesChart(page, series, std::move(drawn), steps, bands)
      .draw(fmt::format("{}", fmt::join(notes, "; ")));
}

}  // namespace faultline::reports
