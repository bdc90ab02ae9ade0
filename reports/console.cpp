#include "reports/console.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include "reports/findings_text.hpp"
#include "reports/node_rows.hpp"
#include "reports/plain_text.hpp"
#include "reports/text_table.hpp"
#include "reports/units_text.hpp"
#include "sim/scenario/consistency_spec.hpp"

namespace faultline::reports {
namespace {

constexpr std::size_t node_rows_max = 40;
constexpr std::size_t list_rows_max = 12;  ///< Of faults, classes, intervals.

/// "–" for what is not there, so that a missing number is not mistaken for zero.
std::string or_dash(double value, std::string (*text)(double, Language)) {
  return std::isnan(value) ? "–" : text(value, Language::english);
}

std::string share_text(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "–";
  return ratio_text(static_cast<double>(part) / static_cast<double>(whole));
}

/// Writes the blocks of the page in their order.
class ConsolePage {
 public:
  ConsolePage(const sim::Result& result, const ConsoleOptions& options)
      : result_(result),
        colour_(options.colour),
        width_(static_cast<std::size_t>(std::max(options.width, 60))) {}

  std::string print() {
    heading();
    requests();
    latency();
    nodes();
    consistency();
    findings();
    slos();
    load_test();
    cost();
    log();
    faults();
    expectations();
    intervals();
    digests();
    return std::move(out_);
  }

 private:
  /// One line, cut to the width. Requires: `text` holds no control characters.
  void line(std::string_view text, Emphasis emphasis = Emphasis::none) {
    out_ += emphasized(shortened(text, width_), emphasis, colour_);
    out_ += '\n';
  }
  void block(std::string_view title, std::string_view note = {}) {
    out_ += '\n';
    const std::string rest = note.empty() ? "" : fmt::format(" ({})", note);
    out_ += emphasized(title, Emphasis::heading, colour_);
    out_ += emphasized(shortened(rest, width_ - display_width(title)), Emphasis::faint, colour_);
    out_ += '\n';
  }
  void table(const TextTable& table) { out_ += table.print(width_, colour_); }
  void more(std::size_t count) {
    if (count > 0) {
      line(fmt::format("  and {} more: see the JSON result", count_text(count)), Emphasis::faint);
    }
  }

  /// Parts joined by three spaces, wrapped to the width, each line indented.
  void flow(const std::vector<std::string>& parts) {
    std::string current = " ";
    for (const std::string& part : parts) {
      const bool first = display_width(current) <= 1;
      if (!first && display_width(current) + 3 + display_width(part) > width_) {
        line(current);
        current = " ";
      }
      current += display_width(current) <= 1 ? " " + part : "   " + part;
    }
    line(current);
  }

  void heading() {
    const std::string title = visible_text(result_.title);
    line(title.empty() ? "Untitled scenario" : title, Emphasis::heading);
    const double events = static_cast<double>(result_.events);
    std::string wall;
    if (result_.wall_seconds > 0) {
      wall = fmt::format(" in {} ({} events/s)", seconds_text(result_.wall_seconds),
                         short_count_text(events / result_.wall_seconds));
    }
    const std::string replications =
        result_.replications > 1 ? fmt::format(" · {} replications pooled", result_.replications)
                                 : "";
    line(fmt::format("seed {}{} · {} of virtual time", result_.seed, replications,
                     time_text(result_.virtual_seconds)));
    line(fmt::format("{} events{}", count_text(result_.events), wall));
    line(window());
    if (result_.cut_short) {
      line(fmt::format("CUT SHORT: the run ended at {} of {} planned",
                       time_text(result_.virtual_seconds), time_text(result_.planned_seconds)),
           Emphasis::bad);
    }
  }

  std::string window() const {
    if (!(result_.measured_seconds > 0))
      return "nothing measured: the run ended within its warm-up";
    const std::string each = result_.replications > 1 ? " in each" : "";
    if (!(result_.warmup_seconds > 0))
      return fmt::format("measured: all {}{}", time_text(result_.measured_seconds), each);
    return fmt::format("measured: {} after {} of warm-up{}", time_text(result_.measured_seconds),
                       time_text(result_.warmup_seconds), each);
  }

  void requests() {
    const sim::OutcomeCounts& counts = result_.requests.counts;
    block("REQUESTS", "by arrival after the warm-up");
    TextTable outcomes({{""}, {""}, {""}});
    const auto add = [&](const char* name, std::uint64_t count, Emphasis emphasis) {
      const bool whole = std::string_view(name) == "sent";
      outcomes.add({{name},
                    {count_text(count), count > 0 ? emphasis : Emphasis::none},
                    {whole ? "" : share_text(count, counts.sent)}});
    };
    add("sent", counts.sent, Emphasis::none);
    add("ok", counts.ok, Emphasis::none);
    add("fail", counts.fail, Emphasis::bad);
    add("unknown", counts.unknown, Emphasis::bad);
    add("in flight", counts.in_flight, Emphasis::none);
    table(outcomes);
    flow({fmt::format("throughput {}", rate_text(result_.requests.throughput_per_second))});
    if (counts.errors.empty()) return;
    std::vector<std::string> parts;
    for (const auto& [reason, count] : counts.errors) {
      parts.push_back(fmt::format("{} {}", visible_text(reason), count_text(count)));
    }
    parts.front() = "errors: " + parts.front();
    flow(parts);
  }

  void add_latency(TextTable& rows, const std::string& name, const sim::RequestsResult& requests) {
    const sim::Histogram& latency = requests.latency;
    std::vector<Cell> row = {
        {name}, {count_text(latency.count())}, {or_dash(mean_seconds(&latency), seconds_text)}};
    for (const double q : {0.5, 0.9, 0.95, 0.99, 0.999}) {
      row.push_back({or_dash(quantile_seconds(&latency, q), seconds_text)});
    }
    row.push_back({latency.empty() ? "–" : seconds_text(static_cast<double>(latency.max()) / 1e9)});
    rows.add(std::move(row));
  }

  void latency() {
    block("LATENCY", "of requests that ended ok, all samples");
    if (result_.requests.latency.empty()) {
      line("  no request ended ok");
      return;
    }
    TextTable rows({{"class"},
                    {"count", false, 2},
                    {"mean", false, 4},
                    {"p50", false, 6},
                    {"p90", false, 3},
                    {"p95", false, 1},
                    {"p99", false, 7},
                    {"p99.9", false, 5},
                    {"max", false, 6}});
    add_latency(rows, "all", result_.requests);
    std::size_t shown = 0;
    const bool several = result_.by_class.size() > 1;
    for (const auto& [name, requests] : result_.by_class) {
      if (several && shown++ < list_rows_max) add_latency(rows, name, requests);
    }
    table(rows);
    if (several) more(result_.by_class.size() - std::min(shown, list_rows_max));
  }

  void nodes() {
    const std::vector<NodeRow> all = node_rows(result_);
    if (all.empty()) return;
    const std::vector<NodeRow> rows = highest_rows(all, "utilization", node_rows_max);
    block("NODES", "latency includes the wait in the node's queue");
    TextTable nodes({{"node"},
                     {"type", true, 1},
                     {"util", false, 9},
                     {"of each", false, 4},
                     {"hits", false, 6},
                     {"queue", false, 7},
                     {"wait", false, 5},
                     {"received", false, 3},
                     {"not ok", false, 6},
                     {"p99", false, 8}});
    for (const NodeRow& row : rows) {
      const sim::NodeResult& values = row.values();
      const Range range = row.range("utilization");
      const double utilization = row.scalar("utilization");
      const double hits = row.scalar("hit_ratio");
      const double queue = row.scalar("queue_length_mean");
      const std::uint64_t not_ok = values.counts.fail + values.counts.unknown;
      const bool ranged = row.folded() && !std::isnan(range.low);
      nodes.add(
          {{row.name()},
           {values.type},
           {or_dash(utilization, percent_text), utilization > 0.9 ? Emphasis::bad : Emphasis::none},
           {ranged ? fmt::format("{:.0f}–{:.0f} %", range.low * 100, range.high * 100) : ""},
           {std::isnan(hits) ? "" : percent_text(hits)},
           {or_dash(queue, level_text)},
           {or_dash(mean_seconds(row.histogram("queue_wait_seconds")), seconds_text)},
           {has_counts(values) ? short_count_text(static_cast<double>(values.counts.sent)) : "–"},
           {has_counts(values) ? short_count_text(static_cast<double>(not_ok)) : "–",
            not_ok > 0 ? Emphasis::bad : Emphasis::none},
           {or_dash(quantile_seconds(row.histogram("latency_seconds"), 0.99), seconds_text)}});
    }
    table(nodes);
    if (all.size() > rows.size()) {
      line(fmt::format("  the {} of highest utilisation; and {} more: see the JSON result",
                       rows.size(), count_text(all.size() - rows.size())),
           Emphasis::faint);
    }
  }

  void consistency() {
    const sim::ConsistencyResult& seen = result_.consistency;
    if (seen.histories == 0) return;
    std::string nodes;
    for (const std::string& node : seen.nodes) nodes += (nodes.empty() ? " " : ", ") + node;
    block("CONSISTENCY", fmt::format("boundary: {}{}; {} of the keys", seen.boundary,
                                     visible_text(nodes), ratio_text(seen.keys_ratio)));
    const std::string strongest = seen.strongest();
    const bool only_transactions = seen.operations == 0 && !seen.transactions.empty();
    if (!only_transactions)
      line(fmt::format("  strongest model: {} ({} {}, {} operations on {} keys)",
                       strongest.empty() ? "not decided" : strongest, count_text(seen.histories),
                       seen.histories == 1 ? "history" : "histories",
                       short_count_text(static_cast<double>(seen.operations)),
                       short_count_text(static_cast<double>(seen.keys))),
           Emphasis::heading);
    if (seen.bound_reached > 0) {
      line(fmt::format("  TOO MANY OPERATIONS in {} of {}: keys were given up",
                       count_text(seen.bound_reached), count_text(seen.histories)),
           Emphasis::bad);
    }
    for (const auto verdict :
         {sim::consistency::Verdict::holds, sim::consistency::Verdict::violated,
          sim::consistency::Verdict::unknown}) {
      std::string names;
      for (const std::string_view name : sim::consistency_models) {
        const auto found = seen.models.find(std::string(name));
        if (found == seen.models.end() || found->second.verdict() != verdict) continue;
        names += (names.empty() ? "" : ", ") + std::string(name);
      }
      if (names.empty()) continue;
      list(fmt::format("{:<9}", sim::consistency::to_text(verdict)), names);
    }
    witness(seen);
    for (const auto& [stores, transactions] : seen.transactions) at_stores(stores, transactions);
    if (only_transactions) return;
    flow({fmt::format("stale reads {} of {}", count_text(seen.reads_stale),
                      count_text(seen.reads_judged)),
          fmt::format("lost writes {} of {}", count_text(seen.writes_lost),
                      count_text(seen.writes_judged)),
          "convergence " + span(seen.convergence_seconds), "RPO " + span(seen.rpo_seconds),
          "RTO " + span(seen.rto_seconds)});
    availability(seen);
  }

  void findings() {
    if (result_.findings.empty()) return;
    constexpr std::size_t shown_max = 3;
    constexpr std::size_t parts_max = 6;
    block("FOUND", "the first of each kind");
    for (const auto& [name, kind] : result_.findings.kinds()) {
      line(fmt::format("  {}: {}", finding_kind_text(name, Language::english),
                       count_text(kind.count)),
           Emphasis::bad);
      const std::size_t shown = std::min(kind.kept.size(), shown_max);
      for (std::size_t i = 0; i < shown; ++i) {
        const sim::Finding& finding = kind.kept[i];
        line(fmt::format("    at {}, {} into the run", visible_text(finding.node),
                         time_text(finding.at_seconds)));
        const std::size_t parts = std::min(finding.parts.size(), parts_max);
        for (std::size_t part = 0; part < parts; ++part) {
          line("      " + visible_text(finding_part_text(finding, part, Language::english)));
        }
        if (parts < finding.parts.size())
          line(fmt::format("      and {} more", finding.parts.size() - parts));
      }
      more(kind.count - shown);
    }
  }

  /// Words after a heading, wrapped below each other.
  void list(const std::string& heading, const std::string& words) {
    std::string current = "  " + heading;
    const std::size_t indent = display_width(current);
    std::size_t begin = 0;
    while (begin < words.size()) {
      const std::size_t end = std::min(words.find(' ', begin), words.size());
      const std::string word = words.substr(begin, end - begin);
      if (display_width(current) + 1 + display_width(word) > width_) {
        line(current);
        current = std::string(indent, ' ');
      }
      current += " " + word;
      begin = end + 1;
    }
    line(current);
  }

  static std::string span(double value) {
    return std::isinf(value) ? "never" : or_dash(value, seconds_text);
  }

  /// Why the strongest model that does not hold does not.
  void witness(const sim::ConsistencyResult& seen) {
    for (const std::string_view name : sim::consistency_models) {
      const auto found = seen.models.find(std::string(name));
      if (found == seen.models.end() || found->second.violated == 0) continue;
      const sim::consistency::Witness& witness = found->second.witness;
      list(fmt::format("not {}:", name), visible_text(witness.why));
      for (const auto& operation : witness.operations) {
        const bool open = operation.completed == sim::time_max;
        line(fmt::format("    {} to {}  session {}  {}",
                         fixed_text(sim::to_seconds(operation.invoked), 6),
                         open ? "?" : fixed_text(sim::to_seconds(operation.completed), 6),
                         visible_text(operation.session), visible_text(operation.text)));
      }
      return;
    }
  }

  /// The transactions of one store: the strongest level, and why the weakest that does not hold
  /// does not.
  void at_stores(const std::string& stores, const sim::TransactionVerdicts& seen) {
    const std::string strongest = seen.strongest();
    list(fmt::format("transactions at {}:", visible_text(stores)),
         fmt::format("strongest level: {} ({} committed, {} aborted, {} unknown; {} keys)",
                     strongest.empty() ? "not decided" : strongest,
                     short_count_text(static_cast<double>(seen.committed)),
                     short_count_text(static_cast<double>(seen.aborted)),
                     short_count_text(static_cast<double>(seen.unknown)),
                     short_count_text(static_cast<double>(seen.keys))));
    std::string names;
    for (const auto& [name, runs] : seen.anomalies) names += (names.empty() ? "" : ", ") + name;
    if (!names.empty()) list("  anomalies", names);
    for (auto level = sim::isolation_levels.rbegin(); level != sim::isolation_levels.rend();
         ++level) {
      const auto found = seen.levels.find(std::string(*level));
      if (found == seen.levels.end() || found->second.violated == 0) continue;
      list(fmt::format("  not {}:", *level), visible_text(found->second.witness.why));
      return;
    }
  }

  void availability(const sim::ConsistencyResult& seen) {
    TextTable rows({{"availability"},
                    {"", true},
                    {"before", false, 6},
                    {"during", false, 9},
                    {"after", false, 7},
                    {"failed", false, 4},
                    {"timed out", false, 4},
                    {"outage", false, 8}});
    const auto add = [&rows](const std::string& side, const char* name,
                             const sim::SideAvailability::Kind& kind) {
      std::vector<Cell> row = {{side}, {name}};
      sim::AvailabilityCounts all;
      for (const sim::AvailabilityCounts& counts : kind.phases) {
        row.push_back({or_dash(counts.ratio(), ratio_text),
                       counts.ratio() < 0.99 ? Emphasis::bad : Emphasis::none});
        all.failed += counts.failed;
        all.timed_out += counts.timed_out;
      }
      row.push_back({count_text(all.failed)});
      row.push_back({count_text(all.timed_out)});
      row.push_back({span(kind.outage_seconds)});
      rows.add(std::move(row));
    };
    for (const sim::SideAvailability& side : seen.sides) {
      if (side.is_empty()) continue;
      add(side.name, "reads", side.reads);
      add(side.name, "writes", side.writes);
    }
    table(rows);
  }

  void slos() {
    if (result_.slos.empty()) return;
    block("SLO");
    TextTable rows({{"name"},
                    {"state", true, 9},
                    {"good if", true, 2},
                    {"target", false, 6},
                    {"reached", false, 8},
                    {"budget used", false, 5},
                    {"breaches", false, 4}});
    for (const sim::SloResult& slo : result_.slos) {
      rows.add({{slo.name},
                slo.met ? Cell{"met", Emphasis::good} : Cell{"BREACHED", Emphasis::bad},
                {slo.good},
                {stated_ratio_text(slo.target)},
                {slo.total == 0 ? "–" : ratio_text(slo.ratio)},
                {ratio_text(slo.budget_used)},
                {count_text(slo.breaches.size())}});
    }
    table(rows);
  }

  void load_test() {
    const sim::LoadTestResult& test = result_.load_test;
    if (test.runs == 0) return;
    block(fmt::format("LOAD TEST: {}", visible_text(test.type)),
          fmt::format("watches \"{}\"", visible_text(test.slo)));
    const std::string most = load_text(test.highest_rate_per_second, test.highest_users);
    if (test.broken_runs == 0) {
      line(fmt::format("  kept up to {}", most), Emphasis::good);
      return;
    }
    const std::string often =
        test.runs > 1 ? fmt::format(" in {} of {} runs", test.broken_runs, test.runs) : "";
    line(
        fmt::format("  BROKE at {}, {} into the run{}", load_text(test.rate_per_second, test.users),
                    time_text(test.broken_at_seconds), often),
        Emphasis::bad);
    line(fmt::format("  sent then {}; highest load {}", rate_text(test.sent_per_second), most));
    if (!std::isnan(test.recovered_at_seconds)) {
      line(fmt::format("  recovered {} into the run", time_text(test.recovered_at_seconds)));
    }
  }

  void cost() {
    const sim::CostResult& cost = result_.cost;
    if (cost.runs == 0) return;
    const std::string prices =
        cost.prices.empty() ? cost.currency
                            : fmt::format("{}, prices of {}, {}", visible_text(cost.currency),
                                          visible_text(cost.prices), visible_text(cost.date));
    block("COST", prices);
    line(fmt::format("  {} for {} ok requests: {} a million", number_text(cost.all.total()),
                     number_text(cost.requests_ok),
                     or_dash(cost.per_million_requests(), number_text)));
    line(fmt::format("  {} an hour, {} a month", number_text(cost.per_hour()),
                     number_text(cost.per_month())));
    TextTable rows(
        {{"group"}, {"hours"}, {"machines"}, {"requests"}, {"moved"}, {"stored"}, {"total"}});
    std::size_t shown = 0;
    for (const auto& [name, share] : cost.groups) {
      if (shown++ == list_rows_max) break;
      rows.add({{name},
                {number_text(share.hours)},
                {number_text(share.machines)},
                {number_text(share.requests)},
                {number_text(share.moved)},
                {number_text(share.stored)},
                {number_text(share.total())}});
    }
    table(rows);
    more(cost.groups.size() - std::min(cost.groups.size(), list_rows_max));
  }

  /// What scaled and deployed, the last of it.
  void log() {
    const std::vector<sim::LogEntry>& log = result_.log;
    if (log.empty()) return;
    const std::size_t first = log.size() - std::min(log.size(), list_rows_max);
    block("LOG", first == 0 ? "" : fmt::format("the last {} of {}", list_rows_max, log.size()));
    for (std::size_t i = first; i < log.size(); ++i) {
      line(fmt::format("  {:>9.1f} s  {}: {}", log[i].at_seconds, visible_text(log[i].node),
                       visible_text(log[i].text)));
    }
  }

  void faults() {
    if (result_.faults.empty()) return;
    block("FAULTS");
    TextTable rows({{"fault"}, {"from"}, {"to"}, {"for"}});
    for (std::size_t i = 0; i < std::min(result_.faults.size(), list_rows_max); ++i) {
      const sim::Band& fault = result_.faults[i];
      rows.add({{fault.kind == "phase" ? "[" + fault.name + "]" : fault.name},
                {time_text(fault.from_seconds)},
                {time_text(fault.to_seconds)},
                {time_text(fault.to_seconds - fault.from_seconds)}});
    }
    table(rows);
    more(result_.faults.size() - std::min(result_.faults.size(), list_rows_max));
  }

  void expectations() {
    if (result_.expectations.empty()) return;
    const auto failed = static_cast<std::size_t>(
        std::count_if(result_.expectations.begin(), result_.expectations.end(),
                      [](const sim::ExpectationResult& expectation) { return !expectation.held; }));
    block("EXPECTATIONS", fmt::format("{} of {} held", result_.expectations.size() - failed,
                                      result_.expectations.size()));
    for (const sim::ExpectationResult& expectation : result_.expectations) {
      if (expectation.held) continue;
      const std::string claim = visible_text(expectation.claim);
      const std::string value = !expectation.word.empty() ? "is " + visible_text(expectation.word)
                                : expectation.found ? fmt::format("is {:.6g}", expectation.value)
                                                    : "names no value";
      // The value is what matters: a long claim gives way to it.
      const std::size_t taken = 2 + 8 + 2 + display_width(value);
      const std::string cut = shortened(claim, width_ > taken ? width_ - taken : 1);
      line(fmt::format("  FAILED  {}: {}", cut, value), Emphasis::bad);
    }
    if (failed == 0) line("  all held", Emphasis::good);
  }

  void intervals() {
    if (result_.replications < 2 || result_.intervals.empty()) return;
    const double confidence = result_.intervals.begin()->second.confidence;
    block("INTERVALS", fmt::format("mean of {} replications ± half width at {} confidence",
                                   result_.replications, stated_ratio_text(confidence)));
    TextTable rows({{"value"}, {"mean"}, {"± half width"}, {"relative"}});
    const auto add = [&](const std::string& path, const sim::Interval& interval) {
      const double relative =
          interval.mean == 0 ? std::nan("") : interval.half_width / std::abs(interval.mean);
      rows.add({{path},
                {scalar_text(path, interval.mean)},
                {scalar_text(path, interval.half_width)},
                {or_dash(relative, ratio_text)}});
    };
    std::size_t shown = 0;
    for (const std::string_view path : interval_paths) {
      const auto found = result_.intervals.find(std::string(path));
      if (found == result_.intervals.end()) continue;
      add(found->first, found->second);
      ++shown;
    }
    const std::size_t shown_max = shown + list_rows_max;
    for (const auto& [path, interval] : result_.intervals) {
      const bool is_load = path.starts_with("groups.") && path.ends_with(".utilization");
      if (!is_load || shown == shown_max) continue;
      add(path, interval);
      ++shown;
    }
    table(rows);
    more(result_.intervals.size() - shown);
  }

  void digests() {
    if (result_.order_digest.empty() && result_.results_digest.empty()) return;
    out_ += '\n';
    line(fmt::format("digest of event order {}", visible_text(result_.order_digest)),
         Emphasis::faint);
    line(fmt::format("digest of results     {}", visible_text(result_.results_digest)),
         Emphasis::faint);
  }

  /// What the console shows of the intervals, in this order.
  static constexpr std::array<std::string_view, 9> interval_paths = {
      "requests.throughput_per_second",
      "requests.latency_seconds.mean",
      "requests.latency_seconds.p50",
      "requests.latency_seconds.p90",
      "requests.latency_seconds.p95",
      "requests.latency_seconds.p99",
      "requests.latency_seconds.p999",
      "requests.fail",
      "requests.unknown"};

  const sim::Result& result_;
  bool colour_;
  std::size_t width_;
  std::string out_;
};

}  // namespace

std::string console_report(const sim::Result& result, const ConsoleOptions& options) {
  return ConsolePage(result, options).print();
}

}  // namespace faultline::reports
