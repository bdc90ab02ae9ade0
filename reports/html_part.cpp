#include "reports/html_part.hpp"

#include <algorithm>
#include <cmath>

namespace faultline::reports {
namespace {

TimeSteps steps_of(const sim::Result& result, const std::vector<NodeRow>& rows) {
  TimeSteps steps;
  const bool usable = std::isfinite(result.series_step_seconds) && result.series_step_seconds > 0;
  steps.step = usable ? result.series_step_seconds : 1;
  steps.start = std::isfinite(result.series_start_seconds) ? result.series_start_seconds : 0;
  std::size_t length = 0;
  for (const auto& [name, values] : result.series) length = std::max(length, values.size());
  for (const NodeRow& row : rows) {
    for (const auto& [name, values] : row.values().series) length = std::max(length, values.size());
  }
  const double last = steps.start + steps.step * static_cast<double>(length);
  // The last step may reach beyond the end of the run.
  steps.end = result.virtual_seconds > steps.start ? std::min(last, result.virtual_seconds) : last;
  if (!(steps.end > steps.start)) {
    steps.end = std::max(result.virtual_seconds, steps.start + steps.step);
  }
  return steps;
}

Bands bands_of(const sim::Result& result) {
  Bands bands;
  for (const sim::Band& band : result.faults) {
    (band.kind == "phase" ? bands.phases : bands.faults).push_back(band);
  }
  for (const sim::SloResult& slo : result.slos) {
    bands.breaches.insert(bands.breaches.end(), slo.breaches.begin(), slo.breaches.end());
  }
  bands.warmup_end = result.warmup_seconds;
  return bands;
}

}  // namespace

HtmlState::HtmlState(const sim::Result& result_shown, const HtmlOptions& options_given)
    : result(result_shown),
      options(options_given),
      rows(node_rows(result)),
      steps(steps_of(result, rows)),
      bands(bands_of(result)) {
  page.language = language_of(options.language);
}

HtmlPart::HtmlPart(HtmlState& state)
    : result_(state.result),
      options_(state.options),
      rows_(state.rows),
      page_(state.page),
      markup_(state.page.markup),
      steps_(state.steps),
      bands_(state.bands) {}

std::string HtmlPart::share_text(std::uint64_t part, std::uint64_t whole) const {
  if (whole == 0) return "–";
  return ratio_text(static_cast<double>(part) / static_cast<double>(whole), page_.language);
}

std::string HtmlPart::seconds(double value) const {
  return std::isnan(value) ? "–" : seconds_text(value, page_.language);
}

std::string HtmlPart::window() const {
  if (!(result_.measured_seconds > 0)) return page_.say(Phrase::window_empty);
  const double from = result_.warmup_seconds;
  const double to = from + result_.measured_seconds;
  const std::string stretch =
      from > 0 ? page_.say(Phrase::window_after_warmup, time(from), time(from), time(to))
               : page_.say(Phrase::window_all, time(from), time(to));
  if (result_.replications < 2) return stretch;
  return page_.say(Phrase::window_pooled, stretch, result_.replications);
}

std::string HtmlPart::series_window() const {
  return page_.say(Phrase::window_series, time(steps_.start), time(steps_.end), time(steps_.step));
}

Markup::Scope HtmlPart::scroll_area(const std::string& label) {
  return markup_.scope(
      "div", {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", label}});
}

void HtmlPart::table_head(const std::string& caption, const std::vector<Heading>& headings) {
  {
    const auto element = markup_.scope("caption");
    markup_.element("span", {}, caption);
  }
  const auto head = markup_.scope("thead");
  const auto row = markup_.scope("tr");
  for (const Heading& heading : headings) {
    markup_.element("th", {{"scope", "col"}, {"class", heading.css_class}, {"title", heading.name}},
                    heading.text);
  }
}

void HtmlPart::row_head(std::string_view text) {
  markup_.element("th", {{"scope", "row"}, {"class", "name"}}, text);
}

void HtmlPart::cell(std::string_view text, const char* css_class) {
  markup_.element("td", {{"class", css_class}}, text);
}

void HtmlPart::more(std::size_t all, std::size_t shown) {
  if (all > shown)
    markup_.element("p", {{"class", "note"}}, page_.say(Phrase::more_in_json, count(all - shown)));
}

void HtmlPart::meter(double ratio, const char* css_class) {
  if (!std::isfinite(ratio)) return;
  const auto svg = markup_.scope(
      "svg", {{"class", "meter"}, {"width", "64"}, {"height", "8"}, {"aria-hidden", "true"}});
  markup_.empty("rect", {{"class", "track"}, {"width", "64"}, {"height", "8"}, {"rx", "4"}});
  const double width = 64 * std::clamp(ratio, 0.0, 1.0);
  if (width < 0.5) return;
  markup_.empty("rect",
                {{"class", css_class}, {"width", coordinate(width)}, {"height", "8"}, {"rx", "4"}});
}

void HtmlPart::beside_meter(const std::string& text) {
  markup_.element("span", {{"class", "amount"}}, text);
}

Quantity quantity_of(std::string_view name) {
  if (name.ends_with("_seconds")) return Quantity::seconds;
  if (name.ends_with("_per_second")) return Quantity::rate;
  if (name.ends_with("ratio") || name.ends_with("utilization")) return Quantity::ratio;
  return Quantity::count;
}

}  // namespace faultline::reports
