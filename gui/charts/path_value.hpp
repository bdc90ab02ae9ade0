/// Values of a result by the path that names them in its JSON, as claims and comparisons do.
#pragma once

#include <map>
#include <QString>
#include <string>

#include "sim/scenario/result.hpp"

namespace faultline::gui {

/// "requests.latency_seconds.p99" as a time, "groups.app.utilization" as a percentage, and so on:
/// by the unit that a name of the path ends with.
QString formatPathValue(const QString& path, double value);
/// The same with a sign before it, of a difference.
QString formatPathDifference(const QString& path, double difference);

/// All numbers of the result's JSON by path, series left out: exactly what the headless program
/// writes. true is 1, false 0; null is left out.
std::map<std::string, double> scalarsOf(const sim::Result& result);

}  // namespace faultline::gui
