#include "reports/html_part.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "reports/latency_charts.hpp"

namespace faultline::reports {
namespace {

constexpr std::size_t class_lines_max = 5;

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? std::nan("") : static_cast<double>(part) / static_cast<double>(whole);
}

class LatencyPart final : HtmlPart {
 public:
  explicit LatencyPart(HtmlState& state) : HtmlPart(state) {}

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

 private:
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
    cell(share_text(part.counts.ok, part.counts.sent));
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
        if (shown++ < list_rows_max) {
          outcome_row(sim::reason_text(reason, page_.language), number, counts.sent, "load high");
        }
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
    beside_meter(share_text(part, whole));
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
};

}  // namespace

void write_latency(HtmlState& state) { LatencyPart(state).latency(); }

void write_slos(HtmlState& state) { LatencyPart(state).slos(); }

}  // namespace faultline::reports
