#include "gui/charts/path_value.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <QStringList>

#include "gui/shell/format.hpp"

namespace faultline::gui {
namespace {

void collect(const nlohmann::json& value, const std::string& path,
             std::map<std::string, double>& out) {
  if (value.is_boolean()) {
    out[path] = value.get<bool>() ? 1 : 0;
  } else if (value.is_number()) {
    out[path] = value.get<double>();
  } else if (value.is_object()) {
    for (const auto& [key, child] : value.items()) {
      if (key == "series" || key == "intervals" || key == "digest" || key == "freshness") continue;
      collect(child, path.empty() ? key : path + "." + key, out);
    }
  } else if (value.is_array()) {
    // Objects of a list are named, as in claims: "slos.fast.ratio".
    for (const nlohmann::json& child : value) {
      if (!child.is_object() || !child.contains("name") || !child.at("name").is_string()) continue;
      collect(child, path + "." + child.at("name").get<std::string>(), out);
    }
  }
}

}  // namespace

QString formatPathValue(const QString& path, double value) {
  const QStringList names = path.split('.');
  const QString& last = names.back();
  if (last == "count" || last == "behind_versions") return formatNumber(value, 4);
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    if (name->endsWith("_seconds") || name->endsWith("_per_second") || name->endsWith("_bytes") ||
        name->endsWith("ratio") || *name == "utilization") {
      return formatValue(*name, value);
    }
    if (*name == "budget_used" || *name == "target") return formatPercent(value);
  }
  return value == std::round(value) && std::abs(value) < 1e15 ? formatCount(value)
                                                              : formatNumber(value, 4);
}

QString formatPathDifference(const QString& path, double difference) {
  if (std::isnan(difference)) return formatPathValue(path, difference);
  const QString size = formatPathValue(path, std::abs(difference));
  if (difference > 0) return "+" + size;
  return difference < 0 ? QString(QChar(0x2212)) + size : size;
}

std::map<std::string, double> scalarsOf(const sim::Result& result) {
  std::map<std::string, double> out;
  collect(sim::to_json(result), {}, out);
  return out;
}

}  // namespace faultline::gui
