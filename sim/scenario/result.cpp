#include "sim/scenario/result.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "sim/measure/digest.hpp"

namespace faultline::sim {
namespace {

using nlohmann::json;

/// A number, or null where there is none: JSON knows neither NaN nor infinity.
json number(double value) {
  if (!std::isfinite(value)) return nullptr;
  return value == 0 ? 0.0 : value;  // Without the sign of a negative zero.
}

json numbers(const std::vector<double>& values) {
  json out = json::array();
  for (const double value : values) out.push_back(number(value));
  return out;
}

json series_of(const std::map<std::string, std::vector<double>>& series) {
  json out = json::object();
  for (const auto& [name, values] : series) out[name] = numbers(values);
  return out;
}

/// The two readings of `sent`: what clients sent, and what a node received.
void add_counts(json& out, const OutcomeCounts& counts, const char* sent_name) {
  out[sent_name] = counts.sent;
  out["ok"] = counts.ok;
  out["fail"] = counts.fail;
  out["unknown"] = counts.unknown;
  out["in_flight"] = counts.in_flight;
  out["errors"] = counts.errors;
}

json requests_json(const RequestsResult& requests) {
  json out = json::object();
  add_counts(out, requests.counts, "sent");
  out["throughput_per_second"] = number(requests.throughput_per_second);
  out["latency_seconds"] = to_json(requests.latency);
  return out;
}

json node_json(const NodeResult& node) {
  json out = json::object();
  out["group"] = node.group;
  out["type"] = node.type;
  for (const auto& [name, value] : node.scalars) out[name] = number(value);
  // Counts come last: they are summed over replicas, where a scalar of the same name is averaged.
  add_counts(out, node.counts, "received");
  out["served"] = node.counts.ok;
  for (const auto& [name, histogram] : node.histograms) out[name] = to_json(histogram);
  out["series"] = series_of(node.series);
  return out;
}

json band_json(const Band& band) {
  return {{"name", band.name},
          {"kind", band.kind},
          {"from_seconds", number(band.from_seconds)},
          {"to_seconds", number(band.to_seconds)}};
}

json bands_json(const std::vector<Band>& bands) {
  json out = json::array();
  for (const Band& band : bands) out.push_back(band_json(band));
  return out;
}

json slo_json(const SloResult& slo) {
  return {{"name", slo.name},
          {"indicator", slo.good},
          {"window", slo.window},
          {"good", slo.good_count},
          {"total", slo.total},
          {"ratio", number(slo.ratio)},
          {"target", number(slo.target)},
          {"met", slo.met},
          {"budget_used", number(slo.budget_used)},
          {"breaches", bands_json(slo.breaches)}};
}

json load_test_json(const LoadTestResult& test) {
  return {{"type", test.type},
          {"slo", test.slo},
          {"broken", test.broken_runs > 0},
          {"broken_runs", test.broken_runs},
          {"broken_at_seconds", number(test.broken_at_seconds)},
          {"rate_per_second", number(test.rate_per_second)},
          {"users", number(test.users)},
          {"factor", number(test.factor)},
          {"sent_per_second", number(test.sent_per_second)},
          {"recovered_at_seconds", number(test.recovered_at_seconds)},
          {"highest_rate_per_second", number(test.highest_rate_per_second)},
          {"highest_users", number(test.highest_users)}};
}

json log_json(const std::vector<LogEntry>& log) {
  json out = json::array();
  for (const LogEntry& entry : log) {
    out.push_back(
        {{"at_seconds", number(entry.at_seconds)}, {"node", entry.node}, {"text", entry.text}});
  }
  return out;
}

json findings_json(const Findings& findings) {
  json out = json::object();
  for (const auto& [name, kind] : findings.kinds()) {
    json kept = json::array();
    for (const Finding& finding : kind.kept) {
      json parts = json::array();
      for (const FindingPart& part : finding.parts) {
        parts.push_back({{"process", part.process},
                         {"has", part.has},
                         {"wants", part.wants},
                         {"since_seconds", number(part.since_seconds)}});
      }
      kept.push_back({{"node", finding.node},
                      {"at_seconds", number(finding.at_seconds)},
                      {"replication", finding.replication},
                      {"parts", std::move(parts)}});
    }
    out[name] = {{"count", kind.count}, {"kept", std::move(kept)}};
  }
  return out;
}

json expectation_json(const ExpectationResult& expectation) {
  return {{"claim", expectation.claim},
          {"value", !expectation.found          ? json(nullptr)
                    : !expectation.word.empty() ? json(expectation.word)
                                                : number(expectation.value)},
          {"held", expectation.held},
          {"found", expectation.found}};
}

json interval_json(const Interval& interval) {
  return {{"mean", number(interval.mean)},
          {"stddev", number(interval.stddev)},
          {"half_width", number(interval.half_width)},
          {"confidence", number(interval.confidence)},
          {"count", interval.count}};
}

/// What was measured, without what names the program, the file or the machine: what `digest_of`
/// covers.
json measured_json(const Result& result) {
  json out = json::object();
  out["faultline"] = 1;
  out["seed"] = result.seed;
  out["replications"] = result.replications;
  out["virtual_seconds"] = number(result.virtual_seconds);
  out["planned_seconds"] = number(result.planned_seconds);
  out["warmup_seconds"] = number(result.warmup_seconds);
  out["measured_seconds"] = number(result.measured_seconds);
  out["cut_short"] = result.cut_short;
  out["events"] = result.events;

  json requests = requests_json(result.requests);
  json& by_class = requests["by_class"] = json::object();
  for (const auto& [name, part] : result.by_class) by_class[name] = requests_json(part);
  out["requests"] = std::move(requests);

  json& nodes = out["nodes"] = json::object();
  for (const NodeResult& node : result.nodes) nodes[node.name] = node_json(node);
  json& groups = out["groups"] = json::object();
  for (const auto& [name, group] : result.groups) groups[name] = node_json(group);

  json& slos = out["slos"] = json::array();
  for (const SloResult& slo : result.slos) slos.push_back(slo_json(slo));
  if (result.load_test.runs > 0) out["load_test"] = load_test_json(result.load_test);
  if (!result.log.empty()) out["log"] = log_json(result.log);
  if (result.cost.runs > 0) out["cost"] = to_json(result.cost);
  out["faults"] = bands_json(result.faults);
  if (!result.findings.empty()) out["findings"] = findings_json(result.findings);
  json& expectations = out["expectations"] = json::array();
  for (const ExpectationResult& expectation : result.expectations) {
    expectations.push_back(expectation_json(expectation));
  }
  out["consistency"] = to_json(result.consistency);

  json series = series_of(result.series);
  series["start_seconds"] = number(result.series_start_seconds);
  series["step_seconds"] = number(result.series_step_seconds);
  out["series"] = std::move(series);
  json& intervals = out["intervals"] = json::object();
  for (const auto& [path, interval] : result.intervals) intervals[path] = interval_json(interval);
  return out;
}

}  // namespace

json to_json(const Histogram& histogram) {
  json out = {{"count", histogram.count()}};
  // Without a sample there is no latency, and a claim such as "p99 < 0.05" must not hold.
  const auto put = [&](const char* name, double nanoseconds) {
    out[name] = histogram.empty() ? json(nullptr) : json(nanoseconds / 1e9);
  };
  const auto quantile = [&](double q) {
    return histogram.empty() ? 0.0 : static_cast<double>(histogram.quantile(q));
  };
  put("mean", histogram.mean());
  put("min", static_cast<double>(histogram.min()));
  put("p50", quantile(0.5));
  put("p90", quantile(0.9));
  put("p95", quantile(0.95));
  put("p99", quantile(0.99));
  put("p999", quantile(0.999));
  put("max", static_cast<double>(histogram.max()));
  return out;
}

json to_json(const Result& result) {
  json out = measured_json(result);
  out["version"] = result.version;
  out["scenario"] = {{"title", result.title}, {"sha256", result.scenario_sha256}};
  out["wall_seconds"] = number(result.wall_seconds);
  out["digest"] = {{"order", result.order_digest}, {"results", result.results_digest}};
  return out;
}

std::string digest_of(const Result& result) {
  // Object keys are sorted and numbers written in their shortest exact form, so equal results are
  // equal text.
  const std::string text =
      measured_json(result).dump(-1, ' ', false, json::error_handler_t::replace);
  ContentDigest digest;
  digest.add_text(text);
  return digest.finish();
}

}  // namespace faultline::sim
