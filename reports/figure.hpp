/// What every picture of the page is made of: a framed figure with title, window and legend, and a
/// plot with two axes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/axis.hpp"
#include "reports/markup.hpp"
#include "reports/phrases.hpp"
#include "sim/scenario/result.hpp"

namespace faultline::reports {

/// The page as far as it is written.
struct PageWriter {
  Markup markup;
  Language language = Language::english;
  int pictures = 0;  ///< So far: numbers the ids of titles and descriptions.

  template <class... Values>
  std::string say(Phrase id, const Values&... values) const {
    return phrase(language, id, values...);
  }
};

/// One entry of a legend: a sample drawn in `css_class`, and a word beside it.
struct LegendEntry {
  std::string css_class;  ///< Of page_style.cpp: "line ok", "band fault" ...
  std::string label;
  bool area = false;  ///< A filled patch instead of a stroke.
};

/// A framed figure, closed when it goes out of scope.
class Figure {
 public:
  /// `window` says which virtual time and which requests the figure shows.
  Figure(PageWriter& page, const std::string& title, const std::string& window, bool wide = false);
  void legend(const std::vector<LegendEntry>& entries);
  void note(const std::string& text);

 private:
  PageWriter& page_;
  Markup::Scope scope_;
};

/// An SVG picture of `width` by `height` units that scales with the page, closed when it goes out
/// of scope.
class Picture {
 public:
  Picture(PageWriter& page, double width, double height, const std::string& title,
          const std::string& description, const std::string& style = {});

 private:
  Markup::Scope scope_;
};

/// Units of a chart of one column, and of one over two columns.
inline constexpr double chart_width = 460;
inline constexpr double chart_width_wide = 960;

/// Where the data of a chart are drawn.
struct PlotArea {
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;

  double right() const { return left + width; }
  double bottom() const { return top + height; }
  double x(double place) const { return left + place * width; }
  double y(double place) const { return bottom() - place * height; }
};

/// Lines and labels of the marks of a horizontal axis (below the area) and of a vertical one (left
/// of it).
void draw_x_axis(Markup& markup, const PlotArea& area, const Axis& axis, bool grid);
void draw_y_axis(Markup& markup, const PlotArea& area, const Axis& axis);

/// Text in a picture. `anchor` is "start", "middle" or "end".
void draw_text(Markup& markup, double x, double y, std::string_view text,
               std::string_view css_class, std::string_view anchor = "start");

/// Units that `text` takes at `font_size`, from above for all but the widest letters.
double text_width(std::string_view text, double font_size);

/// As much of `text` as fits into `width` units at `font_size`, with "…" if that is not all.
std::string fitted(std::string_view text, double width, double font_size);

/// Stretches of virtual time to be marked in a chart, overlapping ones joined.
struct Bands {
  std::vector<sim::Band> faults;
  std::vector<sim::Band> phases;  ///< Of incidents.
  std::vector<sim::Band> breaches;
  double warmup_end = 0;  ///< Seconds.
};

/// Draws faults and the warm-up as patches behind the data, phases of incidents by a line where
/// each begins and ends, and breaches as a strip of 7 units above the area. Joins what is nearer
/// than a unit, so that a thousand faults cost no more than the picture has room for.
void draw_bands(Markup& markup, const PlotArea& area, const Axis& time, const Bands& bands);

/// Draws `bands` alone, over the whole height of the area.
void draw_spans(Markup& markup, const PlotArea& area, const Axis& time,
                const std::vector<sim::Band>& bands, std::string_view css_class);

/// Legend entries of the bands that are there.
std::vector<LegendEntry> band_legend(const PageWriter& page, const Bands& bands, const Axis& time);

}  // namespace faultline::reports
