#include "reports/cap_chart.hpp"

#include <cmath>

#include "reports/html_part.hpp"
#include "reports/plain_text.hpp"
#include "reports/text_table.hpp"

namespace faultline::reports {
namespace {

class CapPage final : HtmlPart {
 public:
  CapPage(HtmlState& state, const std::vector<CapPoint>& points)
      : HtmlPart(state), points_(points) {}

  void write() {
    {
      const auto header = markup_.scope("header", {{"class", "top"}});
      markup_.element("h1", {}, title());
    }
    const auto main = markup_.scope("main");
    draw_cap_chart(page_, points_);
    const auto card = markup_.scope("div", {{"class", "card flow"}, {"style", "margin-top:16px"}});
    const auto scroll = scroll_area(page_.say(Phrase::cap_chart));
    const auto table = markup_.scope("table");
    table_head(page_.say(Phrase::cap_note), {{page_.say(Phrase::configuration), "text"},
                                             {page_.say(Phrase::strongest_model), "text"},
                                             {page_.say(Phrase::history_count)},
                                             {page_.say(Phrase::cap_latency)},
                                             {page_.say(Phrase::cap_availability)}});
    const auto body = markup_.scope("tbody");
    for (const CapPoint& point : points_) {
      const auto row = markup_.scope("tr");
      row_head(point.name);
      cell(model_name(page_, point.strongest), "text");
      cell(count(point.histories));
      cell(seconds(point.latency_p99_seconds));
      const auto part = markup_.scope("td");
      meter(point.availability, "load low");
      beside_meter(std::isnan(point.availability) ? "–"
                                                  : ratio_text(point.availability, page_.language));
    }
  }

 private:
  const std::vector<CapPoint>& points_;
};

}  // namespace

std::string cap_chart_page(const std::vector<CapPoint>& points, const HtmlOptions& options) {
  sim::Result frame;
  frame.version = FAULTLINE_VERSION;
  frame.title = phrase(language_of(options.language), Phrase::cap_chart);
  HtmlState state(frame, options);
  return html_page(state, [&] { CapPage(state, points).write(); });
}

std::string cap_chart_table(const std::vector<CapPoint>& points, std::size_t width, bool colour) {
  TextTable rows({{"configuration"},
                  {"strongest model", true, 9},
                  {"histories", false, 3},
                  {"p99 if calm", false, 8},
                  {"ok in fault", false, 8}});
  for (const CapPoint& point : points) {
    rows.add({{point.name},
              {point.strongest.empty() ? "not decided" : point.strongest},
              {count_text(point.histories)},
              {seconds_text(point.latency_p99_seconds)},
              {ratio_text(point.availability)}});
  }
  return rows.print(width, colour);
}

}  // namespace faultline::reports
