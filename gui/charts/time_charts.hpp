/// Charts over virtual time: latency, throughput and errors, cache hits, queues.
#pragma once

#include "gui/charts/source_chart.hpp"

namespace faultline::gui {

/// p50, p90, p99 and the maximum of each step, of the requests that ended ok.
class LatencyChart : public SourceChart {
  Q_OBJECT
 public:
  explicit LatencyChart(ChartSource& source, QWidget* parent = nullptr);

 protected:
  void fill() override;
};

/// Requests that ended a second: ok, failed, unknown.
class ThroughputChart : public SourceChart {
  Q_OBJECT
 public:
  explicit ThroughputChart(ChartSource& source, QWidget* parent = nullptr);

 protected:
  void fill() override;
};

/// The share of lookups that each cache answered itself.
class CacheChart : public SourceChart {
  Q_OBJECT
 public:
  explicit CacheChart(ChartSource& source, QWidget* parent = nullptr);

 protected:
  void fill() override;
};

/// The share of the error budget that each objective had spent.
class BudgetChart : public SourceChart {
  Q_OBJECT
 public:
  explicit BudgetChart(ChartSource& source, QWidget* parent = nullptr);

 protected:
  void fill() override;
};

}  // namespace faultline::gui
