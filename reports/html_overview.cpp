#include "reports/html_part.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include "reports/topology_picture.hpp"
#include "sim/scenario/load_test.hpp"

namespace faultline::reports {
namespace {

constexpr std::size_t pills_max = 12;
constexpr std::size_t other_series_max = 6;

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

class OverviewPart final : HtmlPart {
 public:
  explicit OverviewPart(HtmlState& state) : HtmlPart(state) {}

  void write_top() { top(); }
  void write_main() {
    key_numbers();
    topology();
    over_time();
  }

 private:
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
    const std::string test_title = sim::type_title(sim::LoadTest::kind, test.type, page_.language);
    if (result_.cut_short) {
      pill(true, page_.say(Phrase::cut_short, time(result_.virtual_seconds),
                           time(result_.planned_seconds)));
    }
    if (failed > 0) pill(true, page_.say(Phrase::expectations_failed, failed));
    if (test.broken_runs > 0) {
      pill(true, page_.say(Phrase::load_test_broke, test_title, test.slo,
                           load_text(test.rate_per_second, test.users, page_.language),
                           time(test.broken_at_seconds)));
    } else if (test.runs > 0) {
      pill(false,
           page_.say(Phrase::load_test_kept, test_title, test.slo,
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
    tile(page_.say(Phrase::ended_ok), share_text(counts.ok, counts.sent),
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
};

}  // namespace

void write_top(HtmlState& state) { OverviewPart(state).write_top(); }

void write_overview(HtmlState& state) { OverviewPart(state).write_main(); }

}  // namespace faultline::reports
