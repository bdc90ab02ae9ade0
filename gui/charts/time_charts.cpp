#include "gui/charts/time_charts.hpp"

#include "gui/charts/chart_data.hpp"
#include "gui/shell/format.hpp"

namespace faultline::gui {

LatencyChart::LatencyChart(ChartSource& source, QWidget* parent)
    : SourceChart(source, true, parent) {
  setObjectName("LatencyChart");
  setQuantities(Quantity::time, Quantity::seconds);
  // The maximum dwarfs the rest; one click on its name shows it.
  setSeriesHidden("latency_max_seconds", true);
  setSeriesHidden("pinned.latency_max_seconds", true);
  refresh();
}

void LatencyChart::fill() {
  setTitle(tr("Latency"));
  setEmpty(tr("Run the scenario to see latency here."), tr("No request has ended ok yet."));
  setCovers(tr("%1 · requests that ended ok, by step of their end").arg(seriesCovers(source())));
  setSeries(timeSeries(source(), {{"latency_p50_seconds", tr("p50"), {Tone::Kind::series, 5}},
                                  {"latency_p90_seconds", tr("p90"), {Tone::Kind::series, 0}},
                                  {"latency_p99_seconds", tr("p99"), {Tone::Kind::series, 1}},
                                  {"latency_max_seconds", tr("max"), {Tone::Kind::series, 6}}}));
}

ThroughputChart::ThroughputChart(ChartSource& source, QWidget* parent)
    : SourceChart(source, true, parent) {
  setObjectName("ThroughputChart");
  setQuantities(Quantity::time, Quantity::rate);
  refresh();
}

void ThroughputChart::fill() {
  setTitle(tr("Throughput and errors"));
  setEmpty(tr("Run the scenario to see throughput and errors here."),
           tr("No request has ended yet."));
  setCovers(tr("%1 · requests of all clients").arg(seriesCovers(source())));
  setSeries(timeSeries(source(), {{"throughput_per_second", tr("ok"), {Tone::Kind::good, 0}},
                                  {"fail_per_second", tr("failed"), {Tone::Kind::bad, 0}},
                                  {"unknown_per_second", tr("unknown"), {Tone::Kind::series, 3}}}));
}

CacheChart::CacheChart(ChartSource& source, QWidget* parent) : SourceChart(source, true, parent) {
  setObjectName("CacheChart");
  setQuantities(Quantity::time, Quantity::ratio);
  setValueRange(0, 1.04);
  refresh();
}

void CacheChart::fill() {
  setTitle(tr("Cache hits"));
  setEmpty(tr("Run the scenario to see the hit ratio of its caches here."),
           tr("No cache was asked in this run."));
  setCovers(tr("%1 · share of lookups answered by each cache itself").arg(seriesCovers(source())));
  setSeries(frameSeries(source(), &sim::NodeSample::hit_ratio, "hit_ratio"));
}

BudgetChart::BudgetChart(ChartSource& source, QWidget* parent) : SourceChart(source, true, parent) {
  setObjectName("BudgetChart");
  setQuantities(Quantity::time, Quantity::ratio);
  refresh();
}

void BudgetChart::fill() {
  setTitle(tr("Error budget spent"));
  setEmpty(tr("Run a scenario with objectives (\"slos\") to see their budgets here."),
           tr("No objective (\"slos\") has judged a request yet."));
  std::vector<ChartSeries> all;
  const auto add = [&](const SnapshotPtr& snapshot, bool pinned) {
    if (snapshot == nullptr || snapshot->history == nullptr) return;
    for (std::size_t index = 0; index < snapshot->slos.size(); ++index) {
      ChartSeries series;
      for (const auto& frame : *snapshot->history) {
        if (index >= frame->budgets_used.size()) continue;
        // A budget stands at the end of its step.
        series.from.push_back(frame->to_seconds);
        series.y.push_back(static_cast<double>(frame->budgets_used[index]));
      }
      const QString name = QString::fromStdString(snapshot->slos[index].name);
      series.id = (pinned ? "pinned.budget_used." : "budget_used.") + name;
      series.name = pinned ? tr("%1 (pinned)").arg(name) : name;
      series.tone = {Tone::Kind::series, static_cast<int>(index)};
      series.dashed = pinned;
      all.push_back(std::move(series));
    }
  };
  add(source().snapshot(), false);
  if (pinnedSeries(source())) add(source().pinned().snapshot, true);
  QString covers = tr("of the budget of the requests so far, %1; 100 % is all of it")
                       .arg(statisticsCovers(source()));
  const QString pinned = pinnedCovers(source());
  if (!pinned.isEmpty()) covers += " · " + pinned;
  setCovers(covers);
  setSeries(std::move(all));
}

}  // namespace faultline::gui
