/// The values that a condition of a run can be about, as they are written.
#pragma once

#include <QStringList>

namespace faultline::sim {
struct Result;
struct Snapshot;
}  // namespace faultline::sim

namespace faultline::gui {

/// Paths of the newest window ("window.nodes.app[0].utilization") and of the whole run
/// ("requests.latency_seconds.p99"). With a result its own paths are among them. Either may be
/// null. Of more than a few hundred nodes only the first are named.
QStringList conditionValues(const sim::Snapshot* snapshot, const sim::Result* result);

}  // namespace faultline::gui
