#include "reports/node_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

namespace faultline::reports {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// The mean of what is there, step by step.
class SeriesMean {
 public:
  void add(const std::vector<double>& values) {
    sums_.resize(std::max(sums_.size(), values.size()));
    counts_.resize(sums_.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::isnan(values[i])) continue;
      sums_[i] += values[i];
      ++counts_[i];
    }
  }
  std::vector<double> means() const {
    std::vector<double> out(sums_.size(), nan);
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (counts_[i] > 0) out[i] = sums_[i] / counts_[i];
    }
    return out;
  }

 private:
  std::vector<double> sums_;
  std::vector<int> counts_;
};

void add_counts(sim::OutcomeCounts& sum, const sim::OutcomeCounts& counts) {
  sum.sent += counts.sent;
  sum.ok += counts.ok;
  sum.fail += counts.fail;
  sum.unknown += counts.unknown;
  sum.in_flight += counts.in_flight;
  for (const auto& [reason, count] : counts.errors) sum.errors[reason] += count;
}

sim::NodeResult pooled_values(const std::vector<const sim::NodeResult*>& members) {
  sim::NodeResult pooled;
  pooled.name = pooled.group = members.front()->group;
  pooled.type = members.front()->type;
  std::map<std::string, std::pair<double, int>> scalars;
  std::map<std::string, SeriesMean> series;
  for (const sim::NodeResult* node : members) {
    add_counts(pooled.counts, node->counts);
    for (const auto& [name, value] : node->scalars) {
      if (std::isnan(value)) continue;
      scalars[name].first += value;
      ++scalars[name].second;
    }
    for (const auto& [name, histogram] : node->histograms) pooled.histograms[name].merge(histogram);
    for (const auto& [name, values] : node->series) series[name].add(values);
  }
  for (const auto& [name, sum] : scalars) pooled.scalars[name] = sum.first / sum.second;
  for (const auto& [name, mean] : series) pooled.series[name] = mean.means();
  return pooled;
}

}  // namespace

NodeRow::NodeRow(std::vector<const sim::NodeResult*> members, const sim::NodeResult* pooled)
    : values_(pooled), members_(std::move(members)) {
  if (pooled != nullptr) return;
  owned_ = std::make_shared<const sim::NodeResult>(pooled_values(members_));
  values_ = owned_.get();
}

std::string NodeRow::name() const {
  return folded() ? fmt::format("{} ×{}", values_->group, members_.size()) : values_->name;
}

double NodeRow::scalar(const std::string& name) const {
  const auto found = values_->scalars.find(name);
  return found == values_->scalars.end() ? nan : found->second;
}

Range NodeRow::range(const std::string& name) const {
  Range range{nan, nan};
  for (const sim::NodeResult* node : members_) {
    const auto found = node->scalars.find(name);
    if (found == node->scalars.end()) continue;
    range.low = std::fmin(range.low, found->second);
    range.high = std::fmax(range.high, found->second);
  }
  return range;
}

const sim::Histogram* NodeRow::histogram(const std::string& name) const {
  const auto found = values_->histograms.find(name);
  return found == values_->histograms.end() || found->second.empty() ? nullptr : &found->second;
}

std::vector<NodeRow> node_rows(const sim::Result& result) {
  std::vector<NodeRow> rows;
  for (std::size_t begin = 0; begin < result.nodes.size();) {
    const std::string& group = result.nodes[begin].group;
    std::size_t end = begin + 1;
    while (end < result.nodes.size() && !group.empty() && result.nodes[end].group == group) ++end;
    if (end - begin > unfolded_replicas_max) {
      std::vector<const sim::NodeResult*> members;
      for (std::size_t i = begin; i < end; ++i) members.push_back(&result.nodes[i]);
      const auto pooled = result.groups.find(group);
      rows.emplace_back(std::move(members),
                        pooled == result.groups.end() ? nullptr : &pooled->second);
    } else {
      for (std::size_t i = begin; i < end; ++i) rows.emplace_back(result.nodes[i]);
    }
    begin = end;
  }
  return rows;
}

std::vector<NodeRow> highest_rows(std::vector<NodeRow> rows, const std::string& scalar,
                                  std::size_t limit) {
  if (rows.size() <= limit) return rows;
  std::vector<double> values;
  for (const NodeRow& row : rows) {
    const double value = row.scalar(scalar);
    values.push_back(std::isnan(value) ? -1 : value);
  }
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
  order.resize(limit);
  std::sort(order.begin(), order.end());
  std::vector<NodeRow> kept;
  for (const std::size_t index : order) kept.push_back(std::move(rows[index]));
  return kept;
}

double quantile_seconds(const sim::Histogram* nanoseconds, double q) {
  if (nanoseconds == nullptr || nanoseconds->empty()) return nan;
  return static_cast<double>(nanoseconds->quantile(q)) / 1e9;
}

double mean_seconds(const sim::Histogram* nanoseconds) {
  if (nanoseconds == nullptr || nanoseconds->empty()) return nan;
  return nanoseconds->mean() / 1e9;
}

bool is_sender(const sim::NodeResult& node) { return node.type == "clients"; }

bool has_counts(const sim::NodeResult& node) { return !is_sender(node) || node.counts.sent > 0; }

bool has_own_column(std::string_view scalar) {
  return scalar == "utilization" || scalar == "queue_length_mean" || scalar == "hit_ratio" ||
         scalar == "served";
}

}  // namespace faultline::reports
