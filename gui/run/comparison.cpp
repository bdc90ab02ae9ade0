#include "gui/run/comparison.hpp"

#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "sim/measure/statistics.hpp"

namespace faultline::gui {
namespace {

using Json = nlohmann::json;
using Numbers = std::map<std::string, double>;

constexpr std::array<std::string_view, 7> sections{"requests",  "slos",        "groups", "nodes",
                                                   "load_test", "consistency", "cost"};

/// All numbers and flags at `path` and below. Members of lists go by their name, others are left
/// out.
void collect(const Json& json, const std::string& path, Numbers& out) {
  if (json.is_number() || json.is_boolean()) {
    out[path] = json.is_boolean() ? (json.get<bool>() ? 1 : 0) : json.get<double>();
  } else if (json.is_object()) {
    for (const auto& [key, value] : json.items()) {
      if (key == "series") continue;
      collect(value, path + "." + key, out);
    }
  } else if (json.is_array()) {
    for (const Json& item : json) {
      if (item.is_object() && item.contains("name") && item["name"].is_string())
        collect(item, path + "." + item["name"].get<std::string>(), out);
    }
  }
}

/// By section, so that those that come first are shown first.
std::array<Numbers, sections.size()> numbersOf(const sim::Result& result,
                                               const ComparisonOptions& options) {
  const Json json = sim::to_json(result);
  std::array<Numbers, sections.size()> numbers;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    if (sections[i] == "nodes" && !options.nodes) continue;
    const auto section = json.find(sections[i]);
    if (section != json.end()) collect(*section, std::string(sections[i]), numbers[i]);
  }
  return numbers;
}

const sim::Interval* intervalOf(const sim::Result& result, const std::string& path) {
  const auto found = result.intervals.find(path);
  return found == result.intervals.end() ? nullptr : &found->second;
}

double valueOf(const Numbers& numbers, const std::string& path) {
  const auto found = numbers.find(path);
  return found == numbers.end() ? ComparisonRow::none : found->second;
}

}  // namespace

std::vector<ComparisonRow> compare(const sim::Result& a, const sim::Result& b,
                                   const ComparisonOptions& options) {
  const auto numbersA = numbersOf(a, options);
  const auto numbersB = numbersOf(b, options);
  std::vector<ComparisonRow> rows;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    Numbers all = numbersA[i];
    all.insert(numbersB[i].begin(), numbersB[i].end());
    for (const auto& entry : all) {
      const std::string& path = entry.first;
      ComparisonRow row;
      row.path = QString::fromStdString(path);
      row.a = valueOf(numbersA[i], path);
      row.b = valueOf(numbersB[i], path);
      row.difference = row.b - row.a;
      if (row.a != 0) row.relative = row.difference / std::abs(row.a);
      const sim::Interval* intervalA = intervalOf(a, path);
      const sim::Interval* intervalB = intervalOf(b, path);
      if (intervalA && intervalB) {
        const sim::Interval difference = sim::difference_of(*intervalA, *intervalB);
        if (!std::isnan(difference.half_width)) {
          row.low = difference.mean - difference.half_width;
          row.high = difference.mean + difference.half_width;
          row.confidence = difference.confidence;
          row.significant = row.low > 0 || row.high < 0;
        }
      }
      if (options.unchanged || !(row.difference == 0)) rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace faultline::gui
