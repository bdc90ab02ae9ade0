#include "reports/figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "reports/plain_text.hpp"

namespace faultline::reports {
namespace {

constexpr double label_size = 11.5;  ///< Font size of axis labels, as in page_style.cpp.
constexpr double strip_height = 6;

struct Span {
  double from;
  double to;
};

/// The bands as spans of the picture, joined where less than a unit lies between them, none
/// narrower than 1.5 units.
std::vector<Span> spans_of(const std::vector<sim::Band>& bands, const PlotArea& area,
                           const Axis& time) {
  std::vector<Span> spans;
  for (const sim::Band& band : bands) {
    if (std::isnan(band.from_seconds) || std::isnan(band.to_seconds)) continue;
    if (band.to_seconds < time.low() || band.from_seconds > time.high()) continue;
    const double from = area.x(time.place(band.from_seconds));
    const double to = std::max(area.x(time.place(band.to_seconds)), from + 1.5);
    spans.push_back({from, std::min(to, area.right())});
  }
  std::sort(spans.begin(), spans.end(),
            [](const Span& a, const Span& b) { return a.from < b.from; });
  std::vector<Span> joined;
  for (const Span& span : spans) {
    if (!joined.empty() && span.from < joined.back().to + 1) {
      joined.back().to = std::max(joined.back().to, span.to);
    } else {
      joined.push_back(span);
    }
  }
  return joined;
}

void draw_rectangle(Markup& markup, double x, double y, double width, double height,
                    std::string_view css_class) {
  markup.empty("rect", {{"x", coordinate(x)},
                        {"y", coordinate(y)},
                        {"width", coordinate(std::max(width, 0.0))},
                        {"height", coordinate(height)},
                        {"class", std::string(css_class)}});
}

/// Where phases begin and end inside the picture, those nearer than a unit as one.
std::vector<double> phase_edges(const std::vector<sim::Band>& phases, const PlotArea& area,
                                const Axis& time) {
  std::vector<double> edges;
  for (const sim::Band& phase : phases) {
    for (const double seconds : {phase.from_seconds, phase.to_seconds}) {
      if (seconds >= time.low() && seconds <= time.high())
        edges.push_back(area.x(time.place(seconds)));
    }
  }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end(), [](double a, double b) { return b - a < 1; }),
              edges.end());
  return edges;
}

bool any_visible(const std::vector<sim::Band>& bands, const Axis& time) {
  return std::any_of(bands.begin(), bands.end(), [&](const sim::Band& band) {
    return band.to_seconds >= time.low() && band.from_seconds <= time.high();
  });
}

}  // namespace

Figure::Figure(PageWriter& page, const std::string& title, const std::string& window, bool wide)
    : page_(page), scope_(page.markup.scope("figure", {{"class", wide ? "card wide" : "card"}})) {
  const auto caption = page_.markup.scope("figcaption");
  page_.markup.element("h3", {}, title);
  page_.markup.element("p", {{"class", "window"}}, window);
}

void Figure::legend(const std::vector<LegendEntry>& entries) {
  if (entries.empty()) return;
  Markup& markup = page_.markup;
  const auto list = markup.scope("div", {{"class", "legend"}});
  for (const LegendEntry& entry : entries) {
    const auto item = markup.scope("span");
    {
      const auto sample =
          markup.scope("svg", {{"width", "22"}, {"height", "10"}, {"aria-hidden", "true"}});
      if (entry.area) {
        draw_rectangle(markup, 0, 0, 22, 10, entry.css_class);
      } else {
        markup.empty("path", {{"class", entry.css_class}, {"d", "M1 5H21"}});
      }
    }
    markup.text(entry.label);
  }
}

void Figure::note(const std::string& text) { page_.markup.element("p", {{"class", "note"}}, text); }

Picture::Picture(PageWriter& page, double width, double height, const std::string& title,
                 const std::string& description, const std::string& style)
    : scope_(page.markup.scope(
          "svg", {{"viewBox", fmt::format("0 0 {} {}", coordinate(width), coordinate(height))},
                  {"role", "img"},
                  {"aria-labelledby", fmt::format("t{0} d{0}", page.pictures + 1)},
                  {"style", style}})) {
  const int number = ++page.pictures;
  page.markup.element("title", {{"id", fmt::format("t{}", number)}}, title);
  page.markup.element("desc", {{"id", fmt::format("d{}", number)}}, description);
}

void draw_x_axis(Markup& markup, const PlotArea& area, const Axis& axis, bool grid) {
  double taken = -1e9;
  for (const Tick& tick : axis.ticks()) {
    const double x = area.x(tick.place);
    const double top = grid ? area.top : area.bottom();
    markup.empty("path", {{"class", "grid"},
                          {"d", fmt::format("M{} {}V{}", coordinate(x), coordinate(top),
                                            coordinate(area.bottom() + 4))}});
    const double half = text_width(tick.label, label_size) / 2;
    const double middle = std::min(x, area.right() + 14 - half);
    if (middle - half < taken + 4) continue;
    draw_text(markup, middle, area.bottom() + 17, tick.label, "tick", "middle");
    taken = middle + half;
  }
}

void draw_y_axis(Markup& markup, const PlotArea& area, const Axis& axis) {
  double taken = 1e9;
  for (const Tick& tick : axis.ticks()) {
    const double y = area.y(tick.place);
    markup.empty("path", {{"class", "grid"},
                          {"d", fmt::format("M{} {}H{}", coordinate(area.left), coordinate(y),
                                            coordinate(area.right()))}});
    if (y + label_size > taken) continue;
    draw_text(markup, area.left - 6, y + 4, tick.label, "tick", "end");
    taken = y;
  }
}

void draw_text(Markup& markup, double x, double y, std::string_view text,
               std::string_view css_class, std::string_view anchor) {
  if (anchor == "start") {
    markup.element("text",
                   {{"x", coordinate(x)}, {"y", coordinate(y)}, {"class", std::string(css_class)}},
                   text);
  } else {
    markup.element("text",
                   {{"x", coordinate(x)},
                    {"y", coordinate(y)},
                    {"class", std::string(css_class)},
                    {"text-anchor", std::string(anchor)}},
                   text);
  }
}

double text_width(std::string_view text, double font_size) {
  return 0.6 * font_size * static_cast<double>(display_width(text));
}

std::string fitted(std::string_view text, double width, double font_size) {
  const std::string visible = visible_text(text);
  const double columns = std::floor(width / (0.6 * font_size));
  return shortened(visible, static_cast<std::size_t>(std::max(columns, 1.0)));
}

void draw_spans(Markup& markup, const PlotArea& area, const Axis& time,
                const std::vector<sim::Band>& bands, std::string_view css_class) {
  for (const Span& span : spans_of(bands, area, time)) {
    draw_rectangle(markup, span.from, area.top, span.to - span.from, area.height, css_class);
  }
}

void draw_bands(Markup& markup, const PlotArea& area, const Axis& time, const Bands& bands) {
  if (bands.warmup_end > time.low()) {
    draw_rectangle(markup, area.left, area.top, area.x(time.place(bands.warmup_end)) - area.left,
                   area.height, "band warmup");
  }
  draw_spans(markup, area, time, bands.faults, "band fault");
  for (const double x : phase_edges(bands.phases, area, time)) {
    markup.empty("line", {{"x1", coordinate(x)},
                          {"y1", coordinate(area.top)},
                          {"x2", coordinate(x)},
                          {"y2", coordinate(area.top + area.height)},
                          {"class", "phase"}});
  }
  const PlotArea strip{area.left, area.top - strip_height - 1, area.width, strip_height};
  draw_spans(markup, strip, time, bands.breaches, "band breach");
}

std::vector<LegendEntry> band_legend(const PageWriter& page, const Bands& bands, const Axis& time) {
  std::vector<LegendEntry> entries;
  if (any_visible(bands.faults, time))
    entries.push_back({"band fault", page.say(Phrase::fault), true});
  if (any_visible(bands.phases, time))
    entries.push_back({"band phase", page.say(Phrase::phase), true});
  if (any_visible(bands.breaches, time))
    entries.push_back({"band breach", page.say(Phrase::breach), true});
  if (bands.warmup_end > time.low())
    entries.push_back({"band warmup", page.say(Phrase::warmup), true});
  return entries;
}

}  // namespace faultline::reports
