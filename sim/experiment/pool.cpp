#include "sim/experiment/pool.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "sim/measure/slo.hpp"
#include "sim/param/problem.hpp"

namespace faultline::sim {

namespace {

using Json = nlohmann::json;

/// Calls visit(path, value) for every number of a result that can differ between replications.
template <class Visit>
void visit_scalars(const Json& json, const Path& path, Visit& visit) {
  static const std::set<std::string> left_out{"faultline",
                                              "seed",
                                              "wall_seconds",
                                              "planned_seconds",
                                              "warmup_seconds",
                                              "series",
                                              "faults",
                                              "intervals",
                                              "replications",
                                              "breaches",
                                              "virtual_seconds",
                                              "measured_seconds",
                                              "target",
                                              "log",
                                              "kept"};
  if (json.is_number()) return visit(path, json.get<double>());
  if (json.is_object()) {
    for (const auto& [key, value] : json.items()) {
      if (!left_out.contains(key)) visit_scalars(value, path / key, visit);
    }
  }
  if (json.is_array()) {
    for (std::size_t i = 0; i < json.size(); ++i) {
      // Objects with a name are addressed by it, as `expect` does.
      const Json& item = json[i];
      if (item.is_object() && item.contains("name") && item["name"].is_string()) {
        visit_scalars(item, path / item["name"].get<std::string>(), visit);
      } else {
        visit_scalars(item, path[i], visit);
      }
    }
  }
}

void add_counts(OutcomeCounts& sum, const OutcomeCounts& counts) {
  sum.sent += counts.sent;
  sum.ok += counts.ok;
  sum.fail += counts.fail;
  sum.unknown += counts.unknown;
  sum.in_flight += counts.in_flight;
  for (const auto& [reason, count] : counts.errors) sum.errors[reason] += count;
}

void add_requests(RequestsResult& sum, const RequestsResult& requests) {
  add_counts(sum.counts, requests.counts);
  sum.throughput_per_second += requests.throughput_per_second;
  sum.latency.merge(requests.latency);
}

/// Calls visit(key, values) for every series of a result; the key says whose it is and which.
template <class AnyResult, class Visit>
void visit_series(AnyResult& result, Visit visit) {
  for (auto& [name, values] : result.series) visit("requests " + name, values);
  for (auto& node : result.nodes) {
    for (auto& [name, values] : node.series) visit("node " + node.name + " " + name, values);
  }
  for (auto& [group, pool] : result.groups) {
    for (auto& [name, values] : pool.series) visit("group " + group + " " + name, values);
  }
}

void add_node(NodeResult& sum, const NodeResult& node) {
  add_counts(sum.counts, node.counts);
  for (const auto& [name, value] : node.scalars) sum.scalars[name] += value;
  for (const auto& [name, histogram] : node.histograms) sum.histograms[name].merge(histogram);
}

/// Adds what a run has of a value that not all have.
void add_value(double& sum, double value) {
  if (std::isnan(value)) return;
  sum = std::isnan(sum) ? value : sum + value;
}

void divide(std::map<std::string, double>& values, double count) {
  for (auto& entry : values) entry.second /= count;
}

/// True of "requests.errors.timeout" and the like: a count that a result leaves out when it is
/// zero.
bool is_error_count(const Path& path) {
  const std::string text = path.text();
  return text.find(".errors.") != std::string::npos || text.starts_with("findings.");
}

}  // namespace

void ResultPool::add(const Result& result) {
  order_.add_text(result.order_digest);
  results_.add_text(result.results_digest);
  Json json = to_json(result);
  if (Json& consistency = json["consistency"]; !consistency.empty()) {
    consistency.erase("models");  // What they say in numbers stands beside them.
    consistency["staleness"].erase("fresh_after");
  }
  auto visit = [this](const Path& path, double value) {
    Scalar& scalar = scalars_[path.text()];
    scalar.counts_errors = is_error_count(path);
    scalar.moments.add(value);
  };
  visit_scalars(json, Path(), visit);
  visit_series(result, [this](const std::string& key, const std::vector<double>& values) {
    SeriesSum& series = series_[key];
    series.sum.resize(std::max(series.sum.size(), values.size()));
    series.count.resize(series.sum.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::isnan(values[i])) continue;
      series.sum[i] += values[i];
      ++series.count[i];
    }
  });
  ++count_;
  for (auto& [path, scalar] : scalars_) {
    while (scalar.counts_errors && scalar.moments.count() < count_) scalar.moments.add(0);
  }
  if (count_ == 1) {
    sum_ = result;
    recovered_runs_ = std::isnan(result.load_test.recovered_at_seconds) ? 0 : 1;
    return;
  }
  sum_.events += result.events;
  sum_.cut_short = sum_.cut_short || result.cut_short;
  add_requests(sum_.requests, result.requests);
  for (const auto& [name, requests] : result.by_class) add_requests(sum_.by_class[name], requests);
  for (std::size_t i = 0; i < result.nodes.size(); ++i) add_node(sum_.nodes[i], result.nodes[i]);
  for (const auto& [name, group] : result.groups) add_node(sum_.groups[name], group);
  add_load_test(result.load_test);
  sum_.consistency.add(result.consistency);
  sum_.cost.add(result.cost);
  sum_.findings.merge(result.findings, count_ - 1);
  for (std::size_t i = 0; i < result.slos.size(); ++i) {
    sum_.slos[i].good_count += result.slos[i].good_count;
    sum_.slos[i].total += result.slos[i].total;
  }
}

void ResultPool::add_load_test(const LoadTestResult& test) {
  LoadTestResult& sum = sum_.load_test;
  sum.runs += test.runs;
  sum.broken_runs += test.broken_runs;
  // Means over the runs that broke are made of their counts at the end; until then: sums.
  add_value(sum.broken_at_seconds, test.broken_at_seconds);
  add_value(sum.rate_per_second, test.rate_per_second);
  add_value(sum.users, test.users);
  add_value(sum.factor, test.factor);
  add_value(sum.sent_per_second, test.sent_per_second);
  if (!std::isnan(test.recovered_at_seconds)) ++recovered_runs_;
  add_value(sum.recovered_at_seconds, test.recovered_at_seconds);
  add_value(sum.highest_rate_per_second, test.highest_rate_per_second);
  add_value(sum.highest_users, test.highest_users);
}

Result ResultPool::pooled() const {
  Result pooled = sum_;
  pooled.replications = count_;
  if (count_ < 2) return pooled;
  const double count = static_cast<double>(count_);
  pooled.requests.throughput_per_second /= count;
  for (auto& entry : pooled.by_class) entry.second.throughput_per_second /= count;
  for (NodeResult& node : pooled.nodes) divide(node.scalars, count);
  for (auto& entry : pooled.groups) divide(entry.second.scalars, count);
  visit_series(pooled, [this](const std::string& key, std::vector<double>& values) {
    const SeriesSum& series = series_.at(key);
    values.resize(series.sum.size());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = series.sum[i] / series.count[i];
  });
  for (SloResult& slo : pooled.slos) complete(slo);
  LoadTestResult& test = pooled.load_test;
  const auto broken = static_cast<double>(test.broken_runs);
  for (double* value : {&test.broken_at_seconds, &test.rate_per_second, &test.users, &test.factor,
                        &test.sent_per_second}) {
    *value /= broken;
  }
  pooled.cost.divide();
  test.recovered_at_seconds /= static_cast<double>(recovered_runs_);
  test.highest_rate_per_second /= count;
  test.highest_users /= count;
  pooled.order_digest = order_.finish();
  pooled.results_digest = results_.finish();
  for (const auto& [path, scalar] : scalars_) {
    pooled.intervals[path] = interval_from(scalar.moments);
  }
  return pooled;
}

}  // namespace faultline::sim
