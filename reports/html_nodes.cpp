#include "reports/html_part.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/network/component.hpp"

namespace faultline::reports {
namespace {

constexpr std::size_t node_table_rows_max = 200;
constexpr std::size_t other_series_max = 6;
constexpr std::size_t other_scalars_max = 12;
constexpr double high_utilization = 0.9;

class NodesPart final : HtmlPart {
 public:
  explicit NodesPart(HtmlState& state) : HtmlPart(state) {}

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

 private:
  static const char* load_class(double utilization) {
    return utilization >= high_utilization ? "load high"
           : utilization >= 0.7            ? "load middle"
                                           : "load low";
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

  /// Of a series that only some kinds of nodes have.
  std::string title_of_series(const std::string& name) const {
    static const std::map<std::string, Phrase, std::less<>> titles = {
        {"retries_per_second", Phrase::retries_over_time},
        {"breakers_open", Phrase::open_breakers_over_time},
        {"connections_open", Phrase::open_connections_over_time},
        {"connections_held", Phrase::held_connections_over_time}};
    const auto found = titles.find(name);
    return found == titles.end() ? sim::statistic_text(name, page_.language)
                                 : std::string(page_.say(found->second));
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
    cell(sim::type_title(sim::Component::kind, values.type, page_.language), "text");
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

  /// What else the nodes of each type measured, behind a click. The names of the JSON result, which
  /// claims are made with, show when one points at a heading.
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
      const std::string title = sim::type_title(sim::Component::kind, type, page_.language);
      const auto scroll = scroll_area(title);
      const auto table = markup_.scope("table");
      std::vector<Heading> headings = {{page_.say(Phrase::node), "text"}};
      for (const std::string& name : scalars) {
        headings.push_back({sim::statistic_text(name, page_.language), "", name});
      }
      table_head(title + " · " + window(), headings);
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
};

}  // namespace

void write_nodes(HtmlState& state) { NodesPart(state).nodes(); }

}  // namespace faultline::reports
