/// The nodes of a result as rows of a table or a chart: replicas of a large group folded into one.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/result.hpp"

namespace faultline::reports {

/// Groups with more replicas than this make one row.
inline constexpr std::size_t unfolded_replicas_max = 8;

/// The least and the greatest of a scalar among replicas. NaN if none has it.
struct Range {
  double low = 0;
  double high = 0;
};

/// One node, or all replicas of a group.
class NodeRow {
 public:
  /// One node. Requires: `node` outlives the row.
  explicit NodeRow(const sim::NodeResult& node) : values_(&node), members_{&node} {}
  /// A folded group. `pooled` holds its values; without it they are pooled from the members here.
  NodeRow(std::vector<const sim::NodeResult*> members, const sim::NodeResult* pooled);

  /// "app[0]", or "app ×100".
  std::string name() const;
  bool folded() const { return members_.size() > 1; }
  /// The node's values, or the group's: counts summed, gauges averaged.
  const sim::NodeResult& values() const { return *values_; }
  const std::vector<const sim::NodeResult*>& members() const { return members_; }
  /// A scalar of values(), NaN without it.
  double scalar(const std::string& name) const;
  Range range(const std::string& name) const;
  /// A histogram of values(), or null if there is none or it is empty.
  const sim::Histogram* histogram(const std::string& name) const;

 private:
  std::shared_ptr<const sim::NodeResult>
      owned_;  ///< Where values_ points if nobody else pooled them.
  const sim::NodeResult* values_;
  std::vector<const sim::NodeResult*> members_;
};

/// All rows in the result's order. Requires: `result` outlives them.
std::vector<NodeRow> node_rows(const sim::Result& result);

/// The `limit` rows of the highest `scalar`, in their first order; all of them if there are no more
/// than that.
std::vector<NodeRow> highest_rows(std::vector<NodeRow> rows, const std::string& scalar,
                                  std::size_t limit);

/// Seconds of latency at quantile `q`. Requires: 0 <= q <= 1. NaN if the histogram is null or
/// empty.
double quantile_seconds(const sim::Histogram* nanoseconds, double q);

/// Seconds of mean latency. NaN if the histogram is null or empty.
double mean_seconds(const sim::Histogram* nanoseconds);

/// Whether a node only sends: its counts are of requests sent, not received.
bool is_sender(const sim::NodeResult& node);

/// Whether a node counted requests at all; a sender whose requests are counted elsewhere did not.
bool has_counts(const sim::NodeResult& node);

/// Whether a scalar has a column of its own in the table of nodes.
bool has_own_column(std::string_view scalar);

}  // namespace faultline::reports
