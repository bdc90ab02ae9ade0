/// Two results side by side: what is different, by how much, and whether that is more than luck.
#pragma once

#include <limits>
#include <QString>
#include <vector>

#include "sim/scenario/result.hpp"

namespace faultline::gui {

/// One number of the results. NaN: it does not exist.
struct ComparisonRow {
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();
  QString path;              ///< In the result's JSON: "requests.latency_seconds.p99".
  double a = none;           ///< As each result gives it: pooled over its replications.
  double b = none;           ///< The same.
  double difference = none;  ///< b - a.
  double relative = none;    ///< Difference as a share of |a|; none where a is 0.
  /// Where the true difference lies with `confidence`, if both results have replications: around
  /// the difference of the means over replications, which may lie a little beside `difference`.
  double low = none;
  double high = none;
  double confidence = none;
  bool hasInterval() const { return low == low; }
  /// The interval does not hold 0. Without one nobody knows: then it is false.
  bool significant = false;
};

struct ComparisonOptions {
  bool nodes = false;     ///< Each node by itself too, and not only groups.
  bool unchanged = true;  ///< Rows without a difference too.
};

/// Requests first, then objectives, groups (and nodes), load test, consistency; each by path.
std::vector<ComparisonRow> compare(const sim::Result& a, const sim::Result& b,
                                   const ComparisonOptions& options = {});

}  // namespace faultline::gui
