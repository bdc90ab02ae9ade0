#include "gui/shell/condition_values.hpp"

#include <nlohmann/json.hpp>

#include "sim/scenario/snapshot.hpp"

namespace faultline::gui {

namespace {

constexpr int nodes_max = 300;

/// Every number and flag below `json`.
void collect(const nlohmann::json& json, const QString& path, QStringList& paths) {
  if (json.is_number() || json.is_boolean()) {
    paths << path;
  } else if (json.is_object()) {
    for (const auto& [key, value] : json.items()) {
      if (key == "series") continue;  // Not a value but many; known at the end only.
      const QString name = QString::fromStdString(key);
      collect(value, path.isEmpty() ? name : path + '.' + name, paths);
    }
  } else if (json.is_array()) {
    for (const auto& element : json) {
      if (!element.is_object() || !element.contains("name")) continue;
      collect(element, path + '.' + QString::fromStdString(element.at("name").get<std::string>()),
              paths);
    }
  }
}

}  // namespace

QStringList conditionValues(const sim::Snapshot* snapshot, const sim::Result* result) {
  QStringList paths;
  for (const char* name :
       {"window.requests.latency_seconds.p99", "window.requests.latency_seconds.p50",
        "window.requests.fail_ratio", "window.requests.throughput_per_second"}) {
    paths << QString::fromLatin1(name);
  }
  if (snapshot && snapshot->legend) {
    int count = 0;
    for (const auto& node : snapshot->legend->nodes) {
      if (++count > nodes_max) break;
      const QString at = "window.nodes." + QString::fromStdString(node.name) + '.';
      for (const char* name : {"utilization", "queue_length", "latency_seconds.p99",
                               "received_per_second", "fail_per_second", "hit_ratio", "down"}) {
        paths << at + QString::fromLatin1(name);
      }
    }
  }
  if (result) {
    nlohmann::json json = sim::to_json(*result);
    QStringList whole;
    for (const char* part :
         {"requests", "slos", "groups", "nodes", "consistency", "load_test", "cost"}) {
      if (json.contains(part)) {
        if (json[part].size() > nodes_max) continue;
        collect(json[part], QString::fromLatin1(part), whole);
      }
    }
    paths += whole;
  } else if (snapshot) {
    for (const char* name :
         {"requests.latency_seconds.p50", "requests.latency_seconds.p90",
          "requests.latency_seconds.p99", "requests.latency_seconds.max", "requests.sent",
          "requests.ok", "requests.fail", "requests.unknown", "requests.throughput_per_second"}) {
      paths << QString::fromLatin1(name);
    }
    for (const auto& slo : snapshot->slos) {
      for (const char* name : {"ratio", "budget_used", "met"}) {
        paths << "slos." + QString::fromStdString(slo.name) + '.' + QString::fromLatin1(name);
      }
    }
  }
  paths.removeDuplicates();
  return paths;
}

}  // namespace faultline::gui
