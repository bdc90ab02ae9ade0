#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/consistency_charts.hpp"
#include "reports/html_part.hpp"
#include "sim/scenario/consistency_spec.hpp"

namespace faultline::reports {
namespace {

constexpr std::size_t witnesses_max = 3;

class ConsistencyPart final : HtmlPart {
 public:
  explicit ConsistencyPart(HtmlState& state)
      : HtmlPart(state), consistency_(state.result.consistency) {}

  void write() {
    if (consistency_.histories == 0) return;
    heading(Phrase::consistency);
    markup_.element("p", {{"class", "window"}}, watched());
    if (consistency_.bound_reached > 0) {
      markup_.element("p", {{"class", "bad"}},
                      page_.say(Phrase::bound_reached, count(consistency_.bound_reached),
                                count(consistency_.histories)));
    }
    if (!only_transactions()) key_numbers();
    models();
    witnesses();
    for (const auto& [stores, seen] : consistency_.transactions) transactions(stores, seen);
    if (only_transactions()) return;
    staleness();
    availability();
    store();
  }

 private:
  /// Where all there is are transactions, nothing is said of operations.
  bool only_transactions() const {
    return consistency_.operations == 0 && !consistency_.transactions.empty();
  }
  /// Where it was watched, and when.
  std::string watched() const {
    std::string nodes;
    for (const std::string& node : consistency_.nodes) nodes += (nodes.empty() ? "" : ", ") + node;
    const Phrase boundary = consistency_.boundary == "clients"   ? Phrase::seen_by_clients
                            : consistency_.boundary == "callers" ? Phrase::seen_by_callers
                                                                 : Phrase::seen_by_nodes;
    return page_.say(boundary, nodes) + " · " + window();
  }
  /// A time that may be none, or for ever.
  std::string span(double value) const {
    return std::isinf(value) ? page_.say(Phrase::never) : seconds(value);
  }

  void tile(const std::string& name, const std::string& value, const std::string& sub = {}) {
    const auto tile = markup_.scope("div");
    markup_.element("dt", {}, name);
    markup_.element("dd", {{"class", value.size() > 10 ? "words" : ""}}, value);
    if (!sub.empty()) markup_.element("dd", {{"class", "sub"}}, sub);
  }

  void key_numbers() {
    const sim::ConsistencyResult& seen = consistency_;
    const auto tiles = markup_.scope("dl", {{"class", "tiles"}});
    tile(page_.say(Phrase::strongest_model), model_name(page_, seen.strongest()),
         page_.say(Phrase::histories, count(seen.histories)));
    tile(page_.say(Phrase::watched_operations), count(seen.operations),
         page_.say(Phrase::watched_keys, count(seen.keys),
                   ratio_text(seen.keys_ratio, page_.language)));
    tile(page_.say(Phrase::stale_reads), share_text(seen.reads_stale, seen.reads_judged),
         page_.say(Phrase::part_of, count(seen.reads_stale), count(seen.reads_judged)));
    tile(page_.say(Phrase::lost_writes), count(seen.writes_lost),
         page_.say(Phrase::part_of, count(seen.writes_lost), count(seen.writes_judged)));
    if (!std::isnan(seen.rto_seconds) || !std::isnan(seen.rpo_seconds)) {
      tile(page_.say(Phrase::rpo_rto),
           fmt::format("{} / {}", span(seen.rpo_seconds), span(seen.rto_seconds)),
           page_.say(Phrase::rpo_rto_note));
    }
    if (!std::isnan(seen.convergence_seconds))
      tile(page_.say(Phrase::convergence), span(seen.convergence_seconds));
    if (!std::isnan(seen.leaderless_seconds))
      tile(page_.say(Phrase::leaderless), span(seen.leaderless_seconds));
  }

  void models() {
    if (consistency_.models.empty()) return;
    const auto card = markup_.scope("div", {{"class", "card flow"}, {"style", "margin-top:16px"}});
    verdicts(page_.say(Phrase::consistency), sim::consistency_models, consistency_.models);
  }

  /// A row for each of `names` that was checked.
  void verdicts(const std::string& title, std::span<const std::string_view> names,
                const std::map<std::string, sim::ModelVerdicts>& found_by_name) {
    const auto scroll = scroll_area(title);
    const auto table = markup_.scope("table");
    table_head(page_.say(Phrase::histories, count(consistency_.histories)),
               {{page_.say(Phrase::model), "text"},
                {page_.say(Phrase::verdict), "text"},
                {page_.say(Phrase::histories_held)},
                {page_.say(Phrase::histories_violated)},
                {page_.say(Phrase::histories_unknown)},
                {page_.say(Phrase::remark), "text"}});
    const auto body = markup_.scope("tbody");
    for (const std::string_view name : names) {
      const auto found = found_by_name.find(std::string(name));
      if (found != found_by_name.end()) model_row(std::string(name), found->second);
    }
  }

  void transactions(const std::string& stores, const sim::TransactionVerdicts& seen) {
    const std::string title = page_.say(Phrase::transactions_at, stores);
    {
      const auto card =
          markup_.scope("div", {{"class", "card flow"}, {"style", "margin-top:16px"}});
      markup_.element("h3", {}, title);
      markup_.element("p", {},
                      page_.say(Phrase::strongest_level, model_name(page_, seen.strongest())));
      markup_.element(
          "p", {{"class", "note"}},
          page_.say(Phrase::transactions_seen, count(seen.committed), count(seen.aborted),
                    count(seen.unknown), count(seen.single), count(seen.keys)));
      if (!seen.anomalies.empty()) {
        std::string names;
        for (const auto& [name, runs] : seen.anomalies) names += (names.empty() ? "" : ", ") + name;
        markup_.element("p", {{"class", "bad"}}, page_.say(Phrase::anomalies) + ": " + names);
      }
      verdicts(title, sim::isolation_levels, seen.levels);
    }
    // The weakest level first: what it forbids, all others do.
    std::vector<std::string_view> rising(sim::isolation_levels.rbegin(),
                                         sim::isolation_levels.rend());
    draw_witnesses(rising, seen.levels);
  }

  void model_row(const std::string& name, const sim::ModelVerdicts& model) {
    const auto row = markup_.scope("tr");
    markup_.element("th", {{"scope", "row"}, {"class", "text"}}, model_name(page_, name));
    switch (model.verdict()) {
      case sim::consistency::Verdict::holds:
        cell(page_.say(Phrase::verdict_holds), "text good");
        break;
      case sim::consistency::Verdict::violated:
        cell(page_.say(Phrase::verdict_violated), "text bad");
        break;
      case sim::consistency::Verdict::unknown:
        cell(page_.say(Phrase::verdict_unknown), "text");
        break;
    }
    cell(count(model.held));
    cell(count(model.violated), model.violated > 0 ? "bad" : "");
    cell(count(model.unknown));
    const auto remark = markup_.scope("td", {{"class", "long"}});
    const std::string& text = model.violated > 0 ? model.witness.why : model.reason;
    if (!text.empty()) write_checker_sentence(page_, "span", text);
  }

  void witnesses() { draw_witnesses(sim::consistency_models, consistency_.models); }

  /// Of those of `names` that were violated, in this order; one that shows the same as the one
  /// before says nothing new.
  void draw_witnesses(std::span<const std::string_view> names,
                      const std::map<std::string, sim::ModelVerdicts>& found_by_name) {
    std::size_t shown = 0;
    const sim::ModelVerdicts* before = nullptr;
    for (const std::string_view name : names) {
      const auto found = found_by_name.find(std::string(name));
      if (found == found_by_name.end() || found->second.violated == 0) continue;
      const sim::ModelVerdicts& model = found->second;
      const bool same = before && same_witness(*before, model);
      before = &model;
      if (same || shown == witnesses_max) continue;
      const auto room = markup_.scope("div", {{"style", "margin-top:16px"}});
      draw_witness(page_, std::string(name), model);
      ++shown;
    }
  }
  static bool same_witness(const sim::ModelVerdicts& a, const sim::ModelVerdicts& b) {
    return a.witness_replication == b.witness_replication &&
           std::equal(a.witness.operations.begin(), a.witness.operations.end(),
                      b.witness.operations.begin(), b.witness.operations.end(),
                      [](const auto& x, const auto& y) { return x.index == y.index; });
  }

  void staleness() {
    if (consistency_.reads_judged == 0) return;
    const auto grid = markup_.scope("div", {{"class", "charts"}, {"style", "margin-top:16px"}});
    draw_freshness(page_, consistency_, window());
    const auto card = markup_.scope("div", {{"class", "card"}});
    markup_.element("h3", {}, page_.say(Phrase::behind));
    const auto table = markup_.scope("table");
    table_head(window(), {{"", "text"}, {"p50"}, {"p90"}, {"p99"}, {page_.say(Phrase::maximum)}});
    const auto body = markup_.scope("tbody");
    {
      const auto row = markup_.scope("tr");
      row_head(page_.say(Phrase::behind_time));
      const sim::Histogram& behind = consistency_.stale_for;
      for (const double q : {0.5, 0.9, 0.99}) cell(seconds(quantile_seconds(&behind, q)));
      cell(behind.empty() ? "–" : seconds(static_cast<double>(behind.max()) / 1e9));
    }
    const auto row = markup_.scope("tr");
    row_head(page_.say(Phrase::behind_versions));
    const sim::Histogram& versions = consistency_.stale_versions;
    const auto number = [&](std::int64_t value) {
      return versions.empty() ? "–" : count(static_cast<std::uint64_t>(value));
    };
    for (const double q : {0.5, 0.9, 0.99}) cell(number(versions.quantile(q)));
    cell(number(versions.max()));
  }

  void availability() {
    const auto card = markup_.scope("div", {{"class", "card flow"}, {"style", "margin-top:16px"}});
    markup_.element("h3", {}, page_.say(Phrase::availability));
    {
      const auto scroll = scroll_area(page_.say(Phrase::availability));
      const auto table = markup_.scope("table");
      table_head(window(), {{page_.say(Phrase::side), "text"},
                            {page_.say(Phrase::operations), "text"},
                            {page_.say(Phrase::before_fault)},
                            {page_.say(Phrase::during_fault)},
                            {page_.say(Phrase::after_fault)},
                            {page_.say(Phrase::longest_outage)}});
      const auto body = markup_.scope("tbody");
      for (const sim::SideAvailability& side : consistency_.sides) {
        if (side.is_empty()) continue;
        const std::string name = side.name == "all" ? page_.say(Phrase::all_sides) : side.name;
        kind_row(name, Phrase::reads, side.reads);
        kind_row(name, Phrase::writes, side.writes);
      }
    }
    markup_.element("p", {{"class", "note"}}, page_.say(Phrase::availability_note));
  }

  void kind_row(const std::string& side, Phrase name, const sim::SideAvailability::Kind& kind) {
    const auto row = markup_.scope("tr");
    row_head(side);
    cell(page_.say(name), "text");
    for (const sim::AvailabilityCounts& counts : kind.phases) {
      const auto part = markup_.scope("td");
      if (counts.all() == 0) {
        markup_.text("–");
        continue;
      }
      const double ratio = counts.ratio();
      meter(ratio, ratio >= 0.99 ? "load low" : ratio >= 0.5 ? "load middle" : "load high");
      beside_meter(ratio_text(ratio, page_.language));
      if (counts.ok < counts.all()) {
        markup_.empty("br");
        markup_.element("span", {{"class", "window"}},
                        fmt::format("{} + {}", count(counts.failed), count(counts.timed_out)));
      }
    }
    cell(kind.outage_seconds == 0 ? "0" : span(kind.outage_seconds));
  }

  void store() {
    if (consistency_.store.empty()) return;
    const auto card = markup_.scope("div", {{"class", "card flow"}, {"style", "margin-top:16px"}});
    markup_.element("h3", {}, page_.say(Phrase::store_counts));
    const auto facts = markup_.scope("dl", {{"class", "facts"}});
    for (const auto& [name, value] : consistency_.store) {
      {
        const auto term = markup_.scope("dt");
        markup_.element("span", {{"title", name}}, sim::statistic_text(name, page_.language));
      }
      markup_.element("dd", {}, scalar_text(name, value, page_.language));
    }
  }

  const sim::ConsistencyResult& consistency_;
};

}  // namespace

void write_consistency(HtmlState& state) { ConsistencyPart(state).write(); }

}  // namespace faultline::reports
