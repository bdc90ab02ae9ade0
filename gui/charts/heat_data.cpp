#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "gui/charts/heat_map.hpp"

namespace faultline::gui {
namespace {

constexpr float none = std::numeric_limits<float>::quiet_NaN();
constexpr int unfolded_max = 8;  ///< Larger groups begin folded, as in reports.

float valueOf(const sim::NodeSample& sample, HeatQuantity quantity) {
  switch (quantity) {
    case HeatQuantity::utilization:
      return sample.utilization;
    case HeatQuantity::queue:
      return sample.queue_length;
    case HeatQuantity::latency:
      return sample.latency_p99_seconds;
    case HeatQuantity::failures:
      return sample.fail_per_second;
  }
  return none;
}

const char* seriesName(HeatQuantity quantity) {
  return quantity == HeatQuantity::utilization ? "utilization"
         : quantity == HeatQuantity::queue     ? "queue_length"
                                               : "";
}

/// The nodes of a run as rows that are not folded.
HeatData plainRows(const ChartSource& source, HeatQuantity quantity) {
  HeatData data;
  const SnapshotPtr& snapshot = source.snapshot();
  if (snapshot != nullptr && snapshot->history != nullptr && snapshot->legend != nullptr &&
      !snapshot->history->empty()) {
    const auto& frames = *snapshot->history;
    for (const auto& frame : frames) {
      data.from.push_back(frame->from_seconds);
      data.to.push_back(frame->to_seconds);
    }
    for (std::size_t node = 0; node < snapshot->legend->nodes.size(); ++node) {
      HeatRow row;
      row.name = QString::fromStdString(snapshot->legend->nodes[node].name);
      row.group = QString::fromStdString(snapshot->legend->nodes[node].group);
      row.values.reserve(frames.size());
      row.down.reserve(frames.size());
      for (const auto& frame : frames) {
        const bool known = node < frame->nodes.size();
        row.values.push_back(known ? valueOf(frame->nodes[node], quantity) : none);
        row.down.push_back(known && frame->nodes[node].condition.down);
      }
      data.rows.push_back(std::move(row));
    }
    return data;
  }
  const ResultPtr& result = source.result();
  if (result == nullptr) return data;
  std::size_t steps = 0;
  for (const sim::NodeResult& node : result->nodes) {
    HeatRow row;
    row.name = QString::fromStdString(node.name);
    row.group = QString::fromStdString(node.group);
    const auto found = node.series.find(seriesName(quantity));
    if (found != node.series.end()) {
      for (const double value : found->second) row.values.push_back(static_cast<float>(value));
    }
    steps = std::max(steps, row.values.size());
    data.rows.push_back(std::move(row));
  }
  for (HeatRow& row : data.rows) {
    row.values.resize(steps, none);
    row.down.resize(steps, false);
  }
  for (std::size_t i = 0; i < steps; ++i) {
    const double step = result->series_step_seconds;
    data.from.push_back(result->series_start_seconds + static_cast<double>(i) * step);
    data.to.push_back(std::min(result->series_start_seconds + static_cast<double>(i + 1) * step,
                               result->virtual_seconds));
  }
  return data;
}

HeatRow foldedRow(const std::vector<HeatRow>& members, std::size_t steps) {
  HeatRow row;
  row.name = members.front().group;
  row.group = row.name;
  row.replicas = static_cast<int>(members.size());
  row.foldable = true;
  row.values.assign(steps, none);
  row.down.assign(steps, false);
  for (std::size_t i = 0; i < steps; ++i) {
    double sum = 0;
    int count = 0;
    bool all_down = true;
    for (const HeatRow& member : members) {
      all_down = all_down && member.down[i];
      if (std::isnan(member.values[i])) continue;
      sum += static_cast<double>(member.values[i]);
      ++count;
    }
    if (count > 0) row.values[i] = static_cast<float>(sum / count);
    row.down[i] = all_down;
  }
  return row;
}

bool hasValues(const HeatRow& row) {
  return std::any_of(row.values.begin(), row.values.end(),
                     [](float value) { return !std::isnan(value); });
}

float highestOf(const HeatRow& row) {
  float highest = -1;
  for (const float value : row.values) {
    if (value > highest) highest = value;
  }
  return highest;
}

/// "app[2]" before "app[10]".
bool nameBefore(const HeatRow& a, const HeatRow& b) {
  if (a.group != b.group) return a.group < b.group;
  if (a.name.size() != b.name.size()) return a.name.size() < b.name.size();
  return a.name < b.name;
}

}  // namespace

HeatData heatDataOf(const ChartSource& source, HeatQuantity quantity,
                    const std::set<QString>& unfolded, const std::set<QString>& folded) {
  HeatData data = plainRows(source, quantity);
  const std::size_t steps = data.from.size();
  std::map<QString, std::vector<HeatRow>> groups;
  for (HeatRow& row : data.rows) {
    if (hasValues(row)) groups[row.group].push_back(std::move(row));
  }
  data.rows.clear();
  for (auto& [group, members] : groups) {
    const bool several = members.size() > 1;
    const bool fold = several && (members.size() > unfolded_max ? !unfolded.contains(group)
                                                                : folded.contains(group));
    if (fold) {
      data.rows.push_back(foldedRow(members, steps));
      continue;
    }
    for (HeatRow& row : members) {
      row.foldable = several;
      data.rows.push_back(std::move(row));
    }
  }
  for (const HeatRow& row : data.rows) data.highest = std::max(data.highest, highestOf(row));
  sortRows(data, HeatOrder::name, -1);
  return data;
}

void sortRows(HeatData& data, HeatOrder order, int at) {
  std::stable_sort(data.rows.begin(), data.rows.end(), nameBefore);
  if (order == HeatOrder::name) return;
  const auto key = [&](const HeatRow& row) {
    if (order == HeatOrder::highest) return highestOf(row);
    if (at < 0 || at >= static_cast<int>(row.values.size())) return -1.F;
    const float value = row.values[static_cast<std::size_t>(at)];
    return std::isnan(value) ? -1.F : value;
  };
  std::stable_sort(data.rows.begin(), data.rows.end(),
                   [&](const HeatRow& a, const HeatRow& b) { return key(a) > key(b); });
}

}  // namespace faultline::gui
