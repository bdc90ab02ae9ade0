#include "reports/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/figure.hpp"
#include "reports/latency_charts.hpp"
#include "reports/node_rows.hpp"
#include "reports/page_style.hpp"
#include "reports/time_charts.hpp"
#include "reports/topology_picture.hpp"

namespace faultline::reports {
namespace {

constexpr std::size_t node_table_rows_max = 200;
constexpr std::size_t list_rows_max = 100;  ///< Of SLOs, expectations, intervals, classes, reasons.
constexpr std::size_t interval_rows_max = 40;
constexpr std::size_t pills_max = 12;
constexpr std::size_t other_series_max = 6;
constexpr std::size_t other_scalars_max = 12;
constexpr std::size_t class_lines_max = 5;
constexpr std::size_t scenario_bytes_max = 256 * 1024;
constexpr double high_utilization = 0.9;

/// A share with its denominator, or "–" without one.
std::string share_text(std::uint64_t part, std::uint64_t whole, Language language) {
  if (whole == 0) return "–";
  return ratio_text(static_cast<double>(part) / static_cast<double>(whole), language);
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? std::nan("") : static_cast<double>(part) / static_cast<double>(whole);
}

/// A line of "latency_p99_seconds" and its like: the percentile in its name.
struct PercentileSeries {
  std::string_view key;
  std::string_view label;
  std::string_view css_class;
};
constexpr std::array<PercentileSeries, 4> percentile_series = {
    {{"latency_p50_seconds", "p50", "line l0"},
     {"latency_p90_seconds", "p90", "line l1"},
     {"latency_p99_seconds", "p99", "line l2"},
     {"latency_p999_seconds", "p99.9", "line l3"}}};

/// Series that have a place of their own in the charts over time. Those of latency do too.
constexpr std::array<std::string_view, 4> known_series = {
    "throughput_per_second", "sent_per_second", "fail_per_second", "unknown_per_second"};

/// How wide a column of a table is aligned.
struct Heading {
  std::string text;
  const char* css_class = "";  ///< "text": aligned at the start.
};

/// Writes the page part by part.
class HtmlPage {
 public:
  HtmlPage(const sim::Result& result, const HtmlOptions& options)
      : result_(result), options_(options), rows_(node_rows(result)) {
    page_.language = language_of(options.language);
    steps_ = steps();
    bands_ = bands();
  }

  std::string write() {
    markup_.raw("<!DOCTYPE html>\n");
    const std::string theme =
        options_.theme == "light" || options_.theme == "dark" ? options_.theme : "auto";
    {
      const auto html = markup_.scope(
          "html",
          {{"lang", page_.language == Language::russian ? "ru" : "en"}, {"data-theme", theme}});
      head();
      const auto body = markup_.scope("body");
      hatching();
      top();
      {
        const auto main = markup_.scope("main");
        key_numbers();
        topology();
        over_time();
        latency();
        slos();
        nodes();
        expectations();
        intervals();
        repeat();
      }
      markup_.element("footer", {}, page_.say(Phrase::made_by, result_.version));
    }
    return markup_.str();
  }

 private:
  // --- What all parts use.

  TimeSteps steps() const {
    TimeSteps steps;
    const bool usable =
        std::isfinite(result_.series_step_seconds) && result_.series_step_seconds > 0;
    steps.step = usable ? result_.series_step_seconds : 1;
    steps.start = std::isfinite(result_.series_start_seconds) ? result_.series_start_seconds : 0;
    std::size_t length = 0;
    for (const auto& [name, values] : result_.series) length = std::max(length, values.size());
    for (const NodeRow& row : rows_) {
      for (const auto& [name, values] : row.values().series)
        length = std::max(length, values.size());
    }
    const double last = steps.start + steps.step * static_cast<double>(length);
    // The last step may reach beyond the end of the run.
    steps.end =
        result_.virtual_seconds > steps.start ? std::min(last, result_.virtual_seconds) : last;
    if (!(steps.end > steps.start)) {
      steps.end = std::max(result_.virtual_seconds, steps.start + steps.step);
    }
    return steps;
  }

  Bands bands() const {
    Bands bands;
    for (const sim::Band& band : result_.faults) {
      (band.kind == "phase" ? bands.phases : bands.faults).push_back(band);
    }
    for (const sim::SloResult& slo : result_.slos) {
      bands.breaches.insert(bands.breaches.end(), slo.breaches.begin(), slo.breaches.end());
    }
    bands.warmup_end = result_.warmup_seconds;
    return bands;
  }

  std::string time(double seconds) const { return time_text(seconds, page_.language); }
  std::string seconds(double value) const {
    return std::isnan(value) ? "–" : seconds_text(value, page_.language);
  }
  std::string count(std::uint64_t value) const { return count_text(value, page_.language); }

  /// Which stretch of virtual time the statistics cover.
  std::string window() const {
    if (!(result_.measured_seconds > 0)) return page_.say(Phrase::window_empty);
    const double from = result_.warmup_seconds;
    const double to = from + result_.measured_seconds;
    const std::string stretch =
        from > 0 ? page_.say(Phrase::window_after_warmup, time(from), time(from), time(to))
                 : page_.say(Phrase::window_all, time(from), time(to));
    if (result_.replications < 2) return stretch;
    return page_.say(Phrase::window_pooled, stretch, result_.replications);
  }
  std::string series_window() const {
    return page_.say(Phrase::window_series, time(steps_.start), time(steps_.end),
                     time(steps_.step));
  }
  std::string latency_window() const { return window() + " · " + page_.say(Phrase::latency_of_ok); }

  void heading(Phrase title) { markup_.element("h2", {}, page_.say(title)); }

  /// What is wider than the page scrolls by itself, by keyboard too.
  Markup::Scope scroll_area(const std::string& label) {
    return markup_.scope(
        "div", {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", label}});
  }

  void table_head(const std::string& caption, const std::vector<Heading>& headings) {
    {
      const auto element = markup_.scope("caption");
      markup_.element("span", {}, caption);
    }
    const auto head = markup_.scope("thead");
    const auto row = markup_.scope("tr");
    for (const Heading& heading : headings) {
      markup_.element("th", {{"scope", "col"}, {"class", heading.css_class}}, heading.text);
    }
  }
  void row_head(std::string_view text) {
    markup_.element("th", {{"scope", "row"}, {"class", "name"}}, text);
  }
  void cell(std::string_view text, const char* css_class = "") {
    markup_.element("td", {{"class", css_class}}, text);
  }
  void more(std::size_t all, std::size_t shown) {
    if (all > shown)
      markup_.element("p", {{"class", "note"}},
                      page_.say(Phrase::more_in_json, count(all - shown)));
  }
  /// A small bar, `ratio` of its width filled. The number stands beside it as text.
  void meter(double ratio, const char* css_class) {
    if (!std::isfinite(ratio)) return;
    const auto svg = markup_.scope(
        "svg", {{"class", "meter"}, {"width", "64"}, {"height", "8"}, {"aria-hidden", "true"}});
    markup_.empty("rect", {{"class", "track"}, {"width", "64"}, {"height", "8"}, {"rx", "4"}});
    const double width = 64 * std::clamp(ratio, 0.0, 1.0);
    if (width < 0.5) return;
    markup_.empty(
        "rect", {{"class", css_class}, {"width", coordinate(width)}, {"height", "8"}, {"rx", "4"}});
  }
  /// The number at a bar's side, in a width of its own so that the bars of a column stand in line.
  void beside_meter(const std::string& text) {
    markup_.element("span", {{"class", "amount"}}, text);
  }
  static const char* load_class(double utilization) {
    return utilization >= high_utilization ? "load high"
           : utilization >= 0.7            ? "load middle"
                                           : "load low";
  }

  // --- The parts, from top to bottom.

  void head() {
    const auto head = markup_.scope("head");
    markup_.empty("meta", {{"charset", "utf-8"}});
    markup_.empty("meta", {{"http-equiv", "Content-Security-Policy"},
                           {"content",
                            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                            "form-action 'none'"}});
    markup_.empty("meta",
                  {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
    markup_.empty(
        "meta", {{"name", "generator"}, {"content", page_.say(Phrase::made_by, result_.version)}});
    markup_.element("title", {}, title() + " · Faultline");
    const auto style = markup_.scope("style");
    markup_.raw(page_style());
  }

  std::string title() const {
    return result_.title.empty() ? page_.say(Phrase::untitled) : result_.title;
  }

  /// The pattern that marks the warm-up, defined once for all charts.
  void hatching() {
    const auto svg = markup_.scope(
        "svg",
        {{"width", "0"}, {"height", "0"}, {"aria-hidden", "true"}, {"style", "position:absolute"}});
    const auto pattern = markup_.scope("pattern", {{"id", "hatch"},
                                                   {"width", "6"},
                                                   {"height", "6"},
                                                   {"patternUnits", "userSpaceOnUse"},
                                                   {"patternTransform", "rotate(45)"}});
    markup_.empty("path", {{"class", "hatching"}, {"d", "M0 0V6"}});
  }

  void top() {
    const auto header = markup_.scope("header", {{"class", "top"}});
    markup_.element("h1", {}, title());
    std::string run = page_.say(Phrase::heading_run, result_.seed, time(result_.virtual_seconds),
                                count(result_.events));
    if (result_.replications > 1)
      run += " · " + page_.say(Phrase::heading_replications, result_.replications);
    if (result_.wall_seconds > 0) {
      const double events = static_cast<double>(result_.events);
      run += " · " + page_.say(Phrase::heading_wall, seconds(result_.wall_seconds),
                               short_count_text(events / result_.wall_seconds, page_.language));
    }
    markup_.element("p", {{"class", "faint"}}, run);
    pills();
  }

  void pills() {
    const auto failed = std::count_if(result_.expectations.begin(), result_.expectations.end(),
                                      [](const auto& expectation) { return !expectation.held; });
    const sim::LoadTestResult& test = result_.load_test;
    if (!result_.cut_short && failed == 0 && result_.slos.empty() && test.runs == 0) return;
    const auto list = markup_.scope("ul", {{"class", "pills"}});
    const auto pill = [&](bool bad, const std::string& text) {
      markup_.element("li", {{"class", bad ? "pill-bad" : "pill-good"}}, text);
    };
    if (result_.cut_short) {
      pill(true, page_.say(Phrase::cut_short, time(result_.virtual_seconds),
                           time(result_.planned_seconds)));
    }
    if (failed > 0) pill(true, page_.say(Phrase::expectations_failed, failed));
    if (test.broken_runs > 0) {
      pill(true, page_.say(Phrase::load_test_broke, test.type, test.slo,
                           load_text(test.rate_per_second, test.users, page_.language),
                           time(test.broken_at_seconds)));
    } else if (test.runs > 0) {
      pill(false,
           page_.say(Phrase::load_test_kept, test.type, test.slo,
                     load_text(test.highest_rate_per_second, test.highest_users, page_.language)));
    }
    std::size_t shown = 0;
    for (const bool met : {false, true}) {
      for (const sim::SloResult& slo : result_.slos) {
        if (slo.met != met || shown == pills_max) continue;
        pill(!met, page_.say(met ? Phrase::slo_met : Phrase::slo_breached, slo.name));
        ++shown;
      }
    }
  }

  void tile(const std::string& name, const std::string& value, const std::string& sub = {}) {
    const auto tile = markup_.scope("div");
    markup_.element("dt", {}, name);
    markup_.element("dd", {}, value);
    if (!sub.empty()) markup_.element("dd", {{"class", "sub"}}, sub);
  }

  void key_numbers() {
    heading(Phrase::key_numbers);
    const sim::OutcomeCounts& counts = result_.requests.counts;
    const sim::Histogram& latency = result_.requests.latency;
    markup_.element("p", {{"class", "window"}}, window());
    const auto tiles = markup_.scope("dl", {{"class", "tiles"}});
    tile(page_.say(Phrase::throughput),
         rate_text(result_.requests.throughput_per_second, page_.language),
         page_.say(Phrase::latency_of_ok));
    tile(page_.say(Phrase::ended_ok), share_text(counts.ok, counts.sent, page_.language),
         fmt::format("{} / {}", count(counts.ok), count(counts.sent)));
    tile(page_.say(Phrase::not_ok), count(counts.fail + counts.unknown),
         fmt::format("{}: {} · {}: {}", page_.say(Phrase::fail), count(counts.fail),
                     page_.say(Phrase::unknown), count(counts.unknown)));
    tile("p50", seconds(quantile_seconds(&latency, 0.5)),
         page_.say(Phrase::mean) + ' ' + seconds(mean_seconds(&latency)));
    tile("p99", seconds(quantile_seconds(&latency, 0.99)),
         "p90 " + seconds(quantile_seconds(&latency, 0.9)));
    tile(page_.language == Language::russian ? "p99,9" : "p99.9",
         seconds(quantile_seconds(&latency, 0.999)),
         page_.say(Phrase::maximum) + ' ' +
             seconds(latency.empty() ? std::nan("") : static_cast<double>(latency.max()) / 1e9));
  }

  void topology() {
    if (result_.topology_nodes.empty()) return;
    draw_topology(page_, result_, window());
  }

  const std::vector<double>* series(std::string_view key) const {
    const auto found = result_.series.find(std::string(key));
    return found == result_.series.end() ? nullptr : &found->second;
  }

  /// The charts over time that there is something for.
  std::vector<TimeChart> time_charts() const {
    std::vector<TimeChart> charts;
    TimeChart latency{page_.say(Phrase::latency_over_time),
                      series_window() + " · " + page_.say(Phrase::latency_of_ok),
                      Quantity::seconds,
                      {},
                      true};
    for (const PercentileSeries& percentile : percentile_series) {
      if (const auto* values = series(percentile.key)) {
        latency.lines.push_back(
            {std::string(percentile.label), std::string(percentile.css_class), values});
      }
    }
    if (!latency.lines.empty()) charts.push_back(std::move(latency));
    TimeChart throughput{
        page_.say(Phrase::throughput_over_time), series_window(), Quantity::rate, {}};
    if (const auto* values = series("sent_per_second")) {
      throughput.lines.push_back({page_.say(Phrase::sent), "line offered", values});
    }
    if (const auto* values = series("throughput_per_second")) {
      throughput.lines.push_back({page_.say(Phrase::ok), "line ok", values});
    }
    if (!throughput.lines.empty()) charts.push_back(std::move(throughput));
    TimeChart errors{page_.say(Phrase::errors_over_time), series_window(), Quantity::rate, {}};
    bool any = false;
    const auto add_errors = [&](std::string_view key, Phrase label, const char* css_class) {
      const auto* values = series(key);
      if (values == nullptr) return;
      errors.lines.push_back({page_.say(label), css_class, values});
      any = any ||
            std::any_of(values->begin(), values->end(), [](double value) { return value > 0; });
    };
    add_errors("fail_per_second", Phrase::fail, "line fail");
    add_errors("unknown_per_second", Phrase::unknown, "line unknown");
    if (any) charts.push_back(std::move(errors));
    std::size_t others = 0;
    for (const auto& [name, values] : result_.series) {
      if (is_charted(name) || !has_numbers(values) || others == other_series_max) continue;
      charts.push_back({name, series_window(), quantity_of(name), {{name, "line row", &values}}});
      ++others;
    }
    return charts;
  }

  static bool is_charted(std::string_view name) {
    return name.starts_with("latency_") ||
           std::find(known_series.begin(), known_series.end(), name) != known_series.end();
  }

  static Quantity quantity_of(std::string_view name) {
    if (name.ends_with("_seconds")) return Quantity::seconds;
    if (name.ends_with("_per_second")) return Quantity::rate;
    if (name.ends_with("ratio") || name.ends_with("utilization")) return Quantity::ratio;
    return Quantity::count;
  }

  void over_time() {
    std::vector<TimeChart> charts = time_charts();
    const bool events =
        !bands_.faults.empty() || !bands_.phases.empty() || !bands_.breaches.empty();
    if (charts.empty() && !events) return;
    heading(Phrase::over_time);
    const auto grid = markup_.scope("div", {{"class", "charts"}});
    // Two columns: with an odd number the first chart takes both.
    const std::size_t cards = charts.size() + (events ? 1 : 0);
    const bool odd = cards % 2 == 1;
    if (odd && !charts.empty()) charts.front().wide = true;
    for (const TimeChart& chart : charts) draw_time_chart(page_, chart, steps_, bands_);
    if (events) {
      const std::string whole = page_.say(Phrase::window_all, time(steps_.start), time(steps_.end));
      draw_events(page_, whole, steps_, bands_, charts.empty());
    }
  }

  void latency() {
    heading(Phrase::latency);
    {
      const auto grid = markup_.scope("div", {{"class", "charts"}});
      draw_distribution(page_, result_.requests.latency, latency_window());
      static constexpr std::array<const char*, class_lines_max> styles = {
          "line l1", "line l2", "line l3", "line l4", "line l5"};
      std::vector<PercentileLine> lines = {
          {page_.say(Phrase::all_requests), "line all", &result_.requests.latency}};
      if (result_.by_class.size() > 1 && result_.by_class.size() <= class_lines_max) {
        for (const auto& [name, part] : result_.by_class) {
          lines.push_back({name, styles[lines.size() - 1], &part.latency});
        }
      }
      draw_percentile_curve(page_, lines, latency_window());
    }
    requests_table();
    outcomes();
  }

  void requests_table() {
    const auto card = markup_.scope("div", {{"class", "card flow"}, {"style", "margin-top:16px"}});
    {
      const auto scroll = scroll_area(page_.say(Phrase::requests));
      const auto table = markup_.scope("table");
      table_head(latency_window(), {{page_.say(Phrase::class_of_request), "text"},
                                    {page_.say(Phrase::sent)},
                                    {page_.say(Phrase::ended_ok)},
                                    {page_.say(Phrase::throughput)},
                                    {page_.say(Phrase::mean)},
                                    {"p50"},
                                    {"p90"},
                                    {"p95"},
                                    {"p99"},
                                    {page_.language == Language::russian ? "p99,9" : "p99.9"},
                                    {page_.say(Phrase::maximum)}});
      const auto body = markup_.scope("tbody");
      requests_row(page_.say(Phrase::all_requests), result_.requests);
      if (result_.by_class.size() > 1) {
        std::size_t shown = 0;
        for (const auto& [name, part] : result_.by_class) {
          if (shown++ < list_rows_max) requests_row(name, part);
        }
      }
    }
    more(result_.by_class.size(), list_rows_max);
  }

  void requests_row(const std::string& name, const sim::RequestsResult& part) {
    const auto row = markup_.scope("tr");
    row_head(name);
    cell(count(part.counts.sent));
    cell(share_text(part.counts.ok, part.counts.sent, page_.language));
    cell(rate_text(part.throughput_per_second, page_.language));
    cell(seconds(mean_seconds(&part.latency)));
    for (const double q : {0.5, 0.9, 0.95, 0.99, 0.999})
      cell(seconds(quantile_seconds(&part.latency, q)));
    cell(part.latency.empty() ? "–" : seconds(static_cast<double>(part.latency.max()) / 1e9));
  }

  void outcomes() {
    const sim::OutcomeCounts& counts = result_.requests.counts;
    const auto grid = markup_.scope("div", {{"class", "charts"}, {"style", "margin-top:16px"}});
    {
      const auto card = markup_.scope("div", {{"class", "card"}});
      markup_.element("h3", {}, page_.say(Phrase::outcomes));
      const auto table = markup_.scope("table");
      table_head(window(), {{page_.say(Phrase::outcome), "text"},
                            {page_.say(Phrase::requests)},
                            {page_.say(Phrase::share)}});
      const auto body = markup_.scope("tbody");
      outcome_row(page_.say(Phrase::ok), counts.ok, counts.sent, "load low");
      outcome_row(page_.say(Phrase::fail), counts.fail, counts.sent, "load high");
      outcome_row(page_.say(Phrase::unknown), counts.unknown, counts.sent, "load high");
      outcome_row(page_.say(Phrase::in_flight), counts.in_flight, counts.sent, "load none");
    }
    const auto card = markup_.scope("div", {{"class", "card"}});
    markup_.element("h3", {}, page_.say(Phrase::errors_by_reason));
    if (counts.errors.empty()) {
      markup_.element("p", {{"class", "window"}}, window());
      markup_.element("p", {{"class", "note"}},
                      page_.say(counts.sent == 0 ? Phrase::no_data : Phrase::errors_none));
      return;
    }
    {
      const auto table = markup_.scope("table");
      table_head(window(), {{page_.say(Phrase::reason), "text"},
                            {page_.say(Phrase::requests)},
                            {page_.say(Phrase::share)}});
      const auto body = markup_.scope("tbody");
      std::size_t shown = 0;
      for (const auto& [reason, number] : counts.errors) {
        if (shown++ < list_rows_max) outcome_row(reason, number, counts.sent, "load high");
      }
    }
    more(counts.errors.size(), list_rows_max);
  }

  void outcome_row(const std::string& name, std::uint64_t part, std::uint64_t whole,
                   const char* css_class) {
    const auto row = markup_.scope("tr");
    row_head(name);
    cell(count(part));
    const auto bar = markup_.scope("td");
    meter(share(part, whole), css_class);
    beside_meter(share_text(part, whole, page_.language));
  }

  void slos() {
    if (result_.slos.empty()) return;
    heading(Phrase::slo);
    const auto card = markup_.scope("div", {{"class", "card flow"}});
    {
      const auto scroll = scroll_area(page_.say(Phrase::slo));
      const auto table = markup_.scope("table");
      table_head(window(), {{page_.say(Phrase::name), "text"},
                            {page_.say(Phrase::state), "text"},
                            {page_.say(Phrase::good_if), "text"},
                            {page_.say(Phrase::target)},
                            {page_.say(Phrase::reached)},
                            {page_.say(Phrase::budget_used)},
                            {page_.say(Phrase::breaches)}});
      const auto body = markup_.scope("tbody");
      for (std::size_t i = 0; i < std::min(result_.slos.size(), list_rows_max); ++i)
        slo_row(result_.slos[i]);
    }
    more(result_.slos.size(), list_rows_max);
  }

  void slo_row(const sim::SloResult& slo) {
    const auto row = markup_.scope("tr");
    row_head(slo.name);
    cell(page_.say(slo.met ? Phrase::met : Phrase::breached), slo.met ? "text good" : "text bad");
    {
      const auto indicator = markup_.scope("td", {{"class", "long"}});
      markup_.element("code", {}, slo.good);
    }
    cell(stated_ratio_text(slo.target, page_.language));
    cell(slo.total == 0 ? "–" : ratio_text(slo.ratio, page_.language));
    {
      const auto budget = markup_.scope("td");
      meter(slo.budget_used, slo.budget_used >= 1     ? "load high"
                             : slo.budget_used >= 0.7 ? "load middle"
                                                      : "load low");
      beside_meter(ratio_text(slo.budget_used, page_.language));
    }
    double breached = 0;
    for (const sim::Band& breach : slo.breaches)
      breached += breach.to_seconds - breach.from_seconds;
    cell(slo.breaches.empty()
             ? "0"
             : page_.say(Phrase::breach_count, count(slo.breaches.size()), seconds(breached)));
  }

  void nodes() {
    if (rows_.empty()) return;
    heading(Phrase::nodes);
    {
      const auto grid = markup_.scope("div", {{"class", "charts"}});
      for (const NodeSeries& series : node_series())
        draw_node_series(page_, series, rows_, steps_, bands_);
    }
    const std::vector<NodeRow> shown = highest_rows(rows_, "utilization", node_table_rows_max);
    const auto card = markup_.scope("div", {{"class", "card flow"}, {"style", "margin-top:16px"}});
    {
      const auto scroll = scroll_area(page_.say(Phrase::nodes));
      const auto table = markup_.scope("table");
      node_table(shown);
    }
    other_values(shown);
    if (rows_.size() > shown.size()) {
      markup_.element(
          "p", {{"class", "note"}},
          page_.say(Phrase::rows_more, count(shown.size()), count(rows_.size() - shown.size())));
    }
  }

  /// The series of nodes: utilisation and queue first, then whatever else there is.
  std::vector<NodeSeries> node_series() const {
    const std::string window = series_window();
    std::vector<NodeSeries> list = {
        {"utilization", "utilization", page_.say(Phrase::utilization_over_time), window, true},
        {"queue_length", "queue_length_mean", page_.say(Phrase::queue_over_time), window, false},
        {"hit_ratio", "hit_ratio", page_.say(Phrase::hits_over_time), window, true}};
    for (const NodeRow& row : rows_) {
      for (const auto& [name, values] : row.values().series) {
        const auto is_named = [&key = name](const NodeSeries& series) { return series.key == key; };
        if (std::any_of(list.begin(), list.end(), is_named)) continue;
        if (list.size() == 3 + other_series_max) continue;
        list.push_back(
            {name, name, title_of_series(name), window, quantity_of(name) == Quantity::ratio});
      }
    }
    return list;
  }

  /// Of a series that only some kinds of nodes have; one that is not known here keeps its name.
  std::string title_of_series(const std::string& name) const {
    static const std::map<std::string, Phrase, std::less<>> titles = {
        {"retries_per_second", Phrase::retries_over_time},
        {"breakers_open", Phrase::open_breakers_over_time},
        {"connections_open", Phrase::open_connections_over_time},
        {"connections_held", Phrase::held_connections_over_time}};
    const auto found = titles.find(name);
    return found == titles.end() ? name : std::string(page_.say(found->second));
  }

  void node_table(const std::vector<NodeRow>& rows) {
    bool folded = false;
    bool hits = false;
    for (const NodeRow& row : rows) {
      folded = folded || row.folded();
      hits = hits || !std::isnan(row.scalar("hit_ratio"));
    }
    std::vector<Heading> headings = {{page_.say(Phrase::node), "text"},
                                     {page_.say(Phrase::type), "text"},
                                     {page_.say(Phrase::utilization)}};
    if (folded) headings.push_back({page_.say(Phrase::of_each)});
    if (hits) headings.push_back({page_.say(Phrase::hit_ratio)});
    for (const Phrase id : {Phrase::queue_mean, Phrase::queue_wait, Phrase::received, Phrase::fail,
                            Phrase::unknown, Phrase::in_flight}) {
      headings.push_back({page_.say(id)});
    }
    headings.push_back({"p50"});
    headings.push_back({"p99"});
    table_head(window() + " · " + page_.say(Phrase::nodes_note), headings);
    const auto body = markup_.scope("tbody");
    for (const NodeRow& row : rows) node_row(row, folded, hits);
  }

  void node_row(const NodeRow& row, bool folded, bool hits) {
    const auto line = markup_.scope("tr");
    const sim::NodeResult& values = row.values();
    row_head(row.name());
    cell(values.type, "text");
    {
      const auto utilization_cell = markup_.scope("td");
      const double utilization = row.scalar("utilization");
      meter(utilization, load_class(utilization));
      beside_meter(std::isnan(utilization) ? "–" : percent_text(utilization, page_.language));
    }
    if (folded) {
      const Range range = row.range("utilization");
      const bool is_range = row.folded() && !std::isnan(range.low);
      cell(!is_range ? ""
                     : fmt::format("{}–{} %", fixed_text(range.low * 100, 0, page_.language),
                                   fixed_text(range.high * 100, 0, page_.language)));
    }
    if (hits) {
      const double ratio = row.scalar("hit_ratio");
      cell(std::isnan(ratio) ? "" : percent_text(ratio, page_.language));
    }
    const double queue = row.scalar("queue_length_mean");
    cell(std::isnan(queue) ? "–" : level_text(queue, page_.language));
    cell(seconds(mean_seconds(row.histogram("queue_wait_seconds"))));
    if (has_counts(values)) {
      cell(count(values.counts.sent));
      cell(count(values.counts.fail), values.counts.fail > 0 ? "bad" : "");
      cell(count(values.counts.unknown), values.counts.unknown > 0 ? "bad" : "");
      cell(count(values.counts.in_flight));
    } else {
      for (int i = 0; i < 4; ++i) cell("–");
    }
    cell(seconds(quantile_seconds(row.histogram("latency_seconds"), 0.5)));
    cell(seconds(quantile_seconds(row.histogram("latency_seconds"), 0.99)));
  }

  /// What else the nodes of each type measured, behind a click: the names are those of the JSON
  /// result.
  void other_values(const std::vector<NodeRow>& rows) {
    std::map<std::string, std::vector<const NodeRow*>> by_type;
    for (const NodeRow& row : rows) {
      std::vector<const NodeRow*>& list = by_type[row.values().type];
      if (list.size() < list_rows_max) list.push_back(&row);
    }
    const auto details = markup_.scope("details");
    markup_.element("summary", {}, page_.say(Phrase::other_values));
    for (const auto& [type, list] : by_type) {
      std::set<std::string> scalars;
      for (const NodeRow* row : list) {
        for (const auto& [name, value] : row->values().scalars) {
          if (!has_own_column(name) && scalars.size() < other_scalars_max) scalars.insert(name);
        }
      }
      if (scalars.empty()) continue;
      const auto scroll = scroll_area(type);
      const auto table = markup_.scope("table");
      std::vector<Heading> headings = {{page_.say(Phrase::node), "text"}};
      for (const std::string& name : scalars) headings.push_back({name});
      table_head(type + " · " + window(), headings);
      const auto body = markup_.scope("tbody");
      for (const NodeRow* row : list) {
        const auto line = markup_.scope("tr");
        row_head(row->name());
        for (const std::string& name : scalars) {
          const double value = row->scalar(name);
          cell(std::isnan(value) ? "–" : scalar_text(name, value, page_.language));
        }
      }
    }
  }

  void expectations() {
    if (result_.expectations.empty()) return;
    heading(Phrase::expectations);
    const auto card = markup_.scope("div", {{"class", "card flow"}});
    {
      const auto scroll = scroll_area(page_.say(Phrase::expectations));
      const auto table = markup_.scope("table");
      table_head(window(), {{page_.say(Phrase::claim), "text"},
                            {page_.say(Phrase::value)},
                            {page_.say(Phrase::state), "text"}});
      const auto body = markup_.scope("tbody");
      std::size_t shown = 0;
      for (const bool held : {false, true}) {
        for (const sim::ExpectationResult& expectation : result_.expectations) {
          if (expectation.held == held && shown++ < list_rows_max) expectation_row(expectation);
        }
      }
    }
    more(result_.expectations.size(), list_rows_max);
  }

  /// Six digits, in base units as the claim itself.
  std::string claim_value(double value) const {
    std::string text = std::isnan(value) ? "–" : fmt::format("{:.6g}", value);
    if (page_.language == Language::russian) std::replace(text.begin(), text.end(), '.', ',');
    return text;
  }

  void expectation_row(const sim::ExpectationResult& expectation) {
    const auto row = markup_.scope("tr");
    {
      const auto claim = markup_.scope("th", {{"scope", "row"}, {"class", "name path"}});
      markup_.element("code", {}, expectation.claim);
    }
    cell(expectation.found ? claim_value(expectation.value) : page_.say(Phrase::names_no_value));
    cell(page_.say(expectation.held ? Phrase::held : Phrase::failed),
         expectation.held ? "text good" : "text bad");
  }

  void intervals() {
    if (result_.intervals.empty()) return;
    heading(Phrase::intervals);
    const double confidence = result_.intervals.begin()->second.confidence;
    const std::string note = page_.say(Phrase::intervals_note, result_.replications,
                                       stated_ratio_text(confidence, page_.language));
    const auto card = markup_.scope("div", {{"class", "card flow"}});
    {
      const auto scroll = scroll_area(page_.say(Phrase::intervals));
      const auto table = markup_.scope("table");
      table_head(note + " · " + window(), {{page_.say(Phrase::value), "text"},
                                           {page_.say(Phrase::mean)},
                                           {"± " + page_.say(Phrase::half_width)},
                                           {page_.say(Phrase::relative)},
                                           {page_.say(Phrase::deviation)}});
      const auto body = markup_.scope("tbody");
      // What all clients saw comes first, then SLOs and load; the rest follows in the order of the
      // paths.
      std::size_t shown = 0;
      for (const int rank : {0, 1, 2}) {
        for (const auto& [path, interval] : result_.intervals) {
          if (rank_of_interval(path) == rank && shown++ < interval_rows_max)
            interval_row(path, interval);
        }
      }
    }
    more(result_.intervals.size(), interval_rows_max);
  }

  static int rank_of_interval(std::string_view path) {
    if (path.starts_with("requests.by_class")) return 2;
    if (path.starts_with("requests.")) return 0;
    const bool is_load = path.ends_with(".utilization") || path.ends_with(".queue_length_mean") ||
                         path.ends_with(".hit_ratio");
    return path.starts_with("slos.") || (path.starts_with("groups.") && is_load) ? 1 : 2;
  }

  void interval_row(const std::string& path, const sim::Interval& interval) {
    const auto row = markup_.scope("tr");
    {
      const auto name = markup_.scope("th", {{"scope", "row"}, {"class", "name path"}});
      markup_.element("code", {}, path);
    }
    cell(scalar_text(path, interval.mean, page_.language));
    cell(std::isnan(interval.half_width)
             ? "–"
             : "± " + scalar_text(path, interval.half_width, page_.language));
    cell(interval.mean == 0
             ? "–"
             : ratio_text(interval.half_width / std::abs(interval.mean), page_.language));
    cell(scalar_text(path, interval.stddev, page_.language));
  }

  void repeat() {
    heading(Phrase::repeat);
    const auto card = markup_.scope("div", {{"class", "card flow"}});
    markup_.element("p", {}, page_.say(Phrase::repeat_note));
    std::string command = fmt::format("faultline run scenario.json --seed {}", result_.seed);
    if (result_.replications > 1)
      command += fmt::format(" --replications {}", result_.replications);
    markup_.element("pre", {}, command);
    {
      const auto facts = markup_.scope("dl", {{"class", "facts"}});
      const auto fact = [&](Phrase name, const std::string& value) {
        if (value.empty()) return;
        markup_.element("dt", {}, page_.say(name));
        const auto description = markup_.scope("dd");
        markup_.element("code", {}, value);
      };
      fact(Phrase::seed, std::to_string(result_.seed));
      fact(Phrase::version, result_.version);
      fact(Phrase::digest_order, result_.order_digest);
      fact(Phrase::digest_results, result_.results_digest);
      fact(Phrase::scenario_digest, result_.scenario_sha256);
    }
    if (result_.scenario_text.empty()) return;
    const auto details = markup_.scope("details");
    markup_.element("summary", {}, page_.say(Phrase::scenario_text));
    const std::string_view text = result_.scenario_text;
    std::size_t shown = std::min(text.size(), scenario_bytes_max);
    // Cut between characters, not inside one.
    while (shown < text.size() && shown > 0 &&
           (static_cast<unsigned char>(text[shown]) & 0xC0) == 0x80)
      --shown;
    {
      const auto pre = markup_.scope("pre");
      markup_.text(text.substr(0, shown), LineBreaks::keep);
    }
    if (shown < text.size()) {
      markup_.element(
          "p", {{"class", "note"}},
          page_.say(Phrase::scenario_cut, bytes_text(static_cast<double>(shown), page_.language),
                    bytes_text(static_cast<double>(text.size()), page_.language)));
    }
  }

  const sim::Result& result_;
  const HtmlOptions& options_;
  std::vector<NodeRow> rows_;
  PageWriter page_;
  Markup& markup_ = page_.markup;
  TimeSteps steps_;
  Bands bands_;
};

}  // namespace

std::string html_report(const sim::Result& result, const HtmlOptions& options) {
  return HtmlPage(result, options).write();
}

}  // namespace faultline::reports
