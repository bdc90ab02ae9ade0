/// The other docks: heat map, objectives, log, next events, followed requests,
/// consistency.
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QTableView>
#include <QTest>

#include "gui/charts/chart_data.hpp"
#include "gui/charts/consistency_panel.hpp"
#include "gui/charts/event_log.hpp"
#include "gui/charts/heat_map.hpp"
#include "gui/charts/request_panel.hpp"
#include "gui/charts/slo_panel.hpp"
#include "gui/charts/time_charts.hpp"
#include "gui/shell/format.hpp"
#include "sample_run.hpp"
#include "sim/scenario/live_run.hpp"

namespace faultline::gui {
namespace {

class Panels : public testing::Test {
 protected:
  Panels() : source(cursor) {}
  void showShop() {
    source.setSnapshot(shopSnapshot());
    source.setResult(shopResult());
  }
  TimeCursor cursor;
  ChartSource source;
};

const HeatRow* rowOf(const HeatData& data, const QString& name) {
  for (const HeatRow& row : data.rows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

TEST_F(Panels, TheHeatMapShowsTheSeriesOfEachNode) {
  showShop();
  const HeatData data = heatDataOf(source, HeatQuantity::utilization, {}, {});
  const HeatRow* app = rowOf(data, "app[3]");
  ASSERT_NE(app, nullptr);
  for (const sim::NodeResult& node : shopResult()->nodes) {
    if (node.name != "app[3]") continue;
    const auto& series = node.series.at("utilization");
    ASSERT_EQ(app->values.size(), series.size());
    for (std::size_t i = 0; i < series.size(); ++i) {
      EXPECT_EQ(app->values[i], static_cast<float>(series[i]));
    }
  }
  EXPECT_EQ(rowOf(data, "users"), nullptr);  // Clients are not busy.
  // The crash shows where it was.
  const HeatRow* crashed = rowOf(data, "app[0]");
  ASSERT_NE(crashed, nullptr);
  EXPECT_FALSE(crashed->down[100]);
  EXPECT_TRUE(crashed->down[250]);
}

TEST_F(Panels, WithoutFramesTheHeatMapReadsTheResult) {
  source.setResult(shopResult());
  const HeatData data = heatDataOf(source, HeatQuantity::queue, {}, {});
  const HeatRow* db = rowOf(data, "db");
  ASSERT_NE(db, nullptr);
  EXPECT_EQ(db->values.size(), data.from.size());
}

TEST_F(Panels, AFoldedGroupIsTheMeanOfItsReplicas) {
  showShop();
  const HeatData plain = heatDataOf(source, HeatQuantity::utilization, {}, {});
  const HeatData folded = heatDataOf(source, HeatQuantity::utilization, {}, {"app"});
  const HeatRow* group = rowOf(folded, "app");
  ASSERT_NE(group, nullptr);
  EXPECT_EQ(group->replicas, 8);
  EXPECT_EQ(rowOf(folded, "app[0]"), nullptr);
  double sum = 0;
  for (int i = 0; i < 8; ++i) {
    sum += static_cast<double>(rowOf(plain, QString("app[%1]").arg(i))->values[120]);
  }
  EXPECT_NEAR(static_cast<double>(group->values[120]), sum / 8, 1e-6);
}

TEST_F(Panels, RowsOfTheHeatMapAreSorted) {
  HeatData data;
  data.from = {0, 1};
  data.to = {1, 2};
  const float none = sim::NodeSample::none;
  data.rows = {{"app[10]", "app", 1, true, {0.2F, 0.9F}, {false, false}},
               {"app[2]", "app", 1, true, {0.8F, 0.1F}, {false, false}},
               {"a", "a", 1, false, {none, none}, {false, false}}};
  const auto names = [&] {
    QStringList all;
    for (const HeatRow& row : data.rows) all << row.name;
    return all.join(" ");
  };
  sortRows(data, HeatOrder::name, -1);
  EXPECT_EQ(names(), "a app[2] app[10]");
  sortRows(data, HeatOrder::newest, 0);
  EXPECT_EQ(names(), "app[2] app[10] a");
  sortRows(data, HeatOrder::highest, -1);
  EXPECT_EQ(names(), "app[10] app[2] a");
}

TEST_F(Panels, TheHeatMapScrubsAndTellsItsNumbers) {
  showShop();
  HeatMapPanel panel(source);
  panel.resize(640, 300);
  panel.show();
  QTest::qWait(20);
  ASSERT_FALSE(panel.isEmpty());
  HeatMap& map = panel.map();
  QTest::mouseClick(map.viewport(), Qt::LeftButton, {}, QPoint(map.viewport()->width() / 2, 60));
  EXPECT_FALSE(cursor.isLive());
  EXPECT_GT(cursor.position(), 0);
  EXPECT_LT(cursor.position(), 30);
  EXPECT_EQ(map.valueText(0.5F), formatPercent(0.5));
  const QList<QByteArray> lines = panel.csv().split('\n');
  EXPECT_TRUE(lines.first().startsWith("from_seconds,to_seconds,app[0],"))
      << lines.first().toStdString();
  EXPECT_EQ(lines.size(), static_cast<qsizetype>(map.data().from.size()) + 2);
}

TEST_F(Panels, ObjectivesTellTheirBudget) {
  showShop();
  SloPanel panel(source);
  ASSERT_EQ(panel.cards().size(), 2U);
  const sim::SloResult& fast = shopResult()->slos[0];
  EXPECT_EQ(panel.cards()[0]->stateText(), "met");
  EXPECT_EQ(panel.cards()[0]->budgetText(),
            formatPercent(fast.budget_used) + " of the error budget spent");
  EXPECT_EQ(panel.cards()[1]->stateText(), "breached");
  // The chart ends where the figure stands.
  panel.chart().refresh();
  ASSERT_EQ(panel.chart().series().size(), 2U);
  EXPECT_EQ(panel.chart().series()[0].y.back(), static_cast<float>(fast.budget_used));
}

std::vector<sim::LogLine> logLines(int from, int to) {
  std::vector<sim::LogLine> log;
  for (int i = from; i < to; ++i) {
    log.push_back({static_cast<double>(i), i % 3 == 0 ? "slo" : "fault",
                   "app[" + std::to_string(i) + "]", "event " + std::to_string(i), i % 2 == 1});
  }
  return log;
}

TEST_F(Panels, TheLogGrowsWithoutForgettingItsRows) {
  LogModel model;
  QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
  LogFilter filter;
  filter.setSourceModel(&model);
  QAbstractItemModelTester filterTester(&filter,
                                        QAbstractItemModelTester::FailureReportingMode::Fatal);
  model.setLog(logLines(0, 10));
  const QPersistentModelIndex kept = model.index(7, LogModel::what);
  model.setLog(logLines(0, 15));
  EXPECT_EQ(model.rowCount(), 15);
  model.setLog(logLines(5, 20));  // Only the newest lines are kept.
  EXPECT_EQ(model.rowCount(), 15);
  ASSERT_TRUE(kept.isValid());
  EXPECT_EQ(kept.row(), 2);
  EXPECT_EQ(kept.data().toString(), "event 7");
  model.setLog(logLines(100, 104));  // Another run.
  EXPECT_EQ(model.rowCount(), 4);
  EXPECT_EQ(model.index(0, LogModel::what).data().toString(), "event 100");
  model.setLog({});
  EXPECT_EQ(model.rowCount(), 0);
}

TEST_F(Panels, TheLogIsFilteredByKindAndText) {
  LogModel model;
  LogFilter filter;
  filter.setSourceModel(&model);
  model.setLog(logLines(0, 30));
  filter.setKind("slo");
  EXPECT_EQ(filter.rowCount(), 10);
  filter.setText("EVENT 2");
  EXPECT_EQ(filter.rowCount(), 3);  // 21, 24, 27
  filter.setKind({});
  filter.setText("app[7]");
  ASSERT_EQ(filter.rowCount(), 1);
  EXPECT_EQ(filter.index(0, LogModel::time).data(LogModel::seconds_role).toDouble(), 7);
}

TEST_F(Panels, AClickOnALineMovesTheCursor) {
  showShop();
  EventLogPanel panel(source);
  panel.resize(500, 300);
  panel.show();
  QTest::qWait(20);
  ASSERT_GE(panel.filter().rowCount(), 1);
  const QRect cell = panel.view().visualRect(panel.filter().index(0, LogModel::what));
  QTest::mouseClick(panel.view().viewport(), Qt::LeftButton, {}, cell.center());
  EXPECT_EQ(cursor.position(), 20);
}

TEST_F(Panels, NextEventsTellHowSoon) {
  NextEventsModel model;
  QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
  model.setEvents({{1.002, "db", "work is done"}, {2, "network", "message arrives"}}, 1);
  EXPECT_EQ(model.rowCount(), 2);
  EXPECT_EQ(model.index(0, NextEventsModel::time).data().toString(), "in " + formatSeconds(0.002));
  EXPECT_EQ(model.index(1, NextEventsModel::what).data().toString(), "message arrives");
  model.setEvents({}, 2);
  EXPECT_EQ(model.rowCount(), 0);
}

/// A request: 1 ms to the app, 2 ms in its queue, 3 ms of work, 4 ms at the database (of which 1 ms
/// on the way there and back, 3 ms at work), 2 ms of work, 1 ms back.
sim::RequestTrace traceOfTwoHops() {
  sim::RequestTrace trace;
  trace.id = 42;
  trace.endpoint = "search";
  trace.born_seconds = 10;
  trace.latency_seconds = 0.013;
  trace.outcome = "ok";
  sim::HopSpan app;
  app.node = "app[0]";
  app.what = "search";
  app.sent_seconds = 10;
  app.arrived_seconds = 10.001;
  app.started_seconds = 10.003;
  app.answered_seconds = 10.012;
  app.ended_seconds = 10.013;
  app.working_seconds = 0.005;
  using Doing = sim::HopStretch::Doing;
  app.stretches = {{Doing::queueing, 10.001, 10.003},
                   {Doing::working, 10.003, 10.006},
                   {Doing::awaiting, 10.006, 10.010},
                   {Doing::working, 10.010, 10.012}};
  app.outcome = "ok";
  sim::HopSpan db;
  db.parent = 0;
  db.node = "db";
  db.what = "read";
  db.sent_seconds = 10.006;
  db.arrived_seconds = 10.0065;
  db.started_seconds = 10.0065;
  db.answered_seconds = 10.0095;
  db.ended_seconds = 10.010;
  db.working_seconds = 0.003;
  db.stretches = {{Doing::working, 10.0065, 10.0095}};
  db.outcome = "ok";
  trace.hops = {app, db};
  return trace;
}

TEST_F(Panels, BarsOfARequestAreItsWholeTime) {
  const std::vector<HopBar> bars = hopBarsOf(traceOfTwoHops());
  ASSERT_EQ(bars.size(), 2U);
  const HopBar& app = bars[0];
  EXPECT_EQ(app.depth, 0);
  EXPECT_NEAR(app.seconds(HopPart::network), 0.001, 1e-9);
  EXPECT_NEAR(app.seconds(HopPart::queue), 0.002, 1e-9);
  EXPECT_NEAR(app.seconds(HopPart::work), 0.005, 1e-9);
  EXPECT_NEAR(app.seconds(HopPart::others), 0.004, 1e-9);
  EXPECT_NEAR(app.seconds(HopPart::back), 0.001, 1e-9);
  double sum = 0;
  double at = 10;
  for (const HopStretch& stretch : app.stretches) {
    EXPECT_EQ(stretch.from, at);  // Without gaps.
    at = stretch.to;
    sum += stretch.to - stretch.from;
  }
  EXPECT_NEAR(sum, 0.013, 1e-9);
  EXPECT_EQ(bars[1].depth, 1);
  EXPECT_EQ(bars[1].name, "db: read");
  EXPECT_EQ(bars[1].seconds(HopPart::queue), 0);
}

TEST_F(Panels, BarsOfARunAreWhatTheServersDid) {
  // 4 ms of work; a call that is hedged after 5 ms and answered after 22 ms; a branch that works 3
  // ms while another waits 12 ms for an answer. Hedges and branches are not work of the one that
  // waits.
  sim::LiveRun live({.text = R"json({"faultline": 1, "nodes": {
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
      "app": {"type": "app_server", "endpoints": {"default": [
          "cpu(4ms)", {"type": "call", "target": "back", "hedge": "fixed_delay(5ms)"},
          {"type": "gather", "steps": ["cpu(3ms)", "call(other)"]}]}},
      "back": {"type": "app_server", "replicas": 2, "endpoints": {"default": ["cpu(20ms)"]}},
      "other": {"type": "app_server", "endpoints": {"default": ["cpu(10ms)"]}}},
    "network": {"default_latency": "1ms"}, "run": {"duration": "1s"}})json"});
  live.follow_requests(1);
  while (live.advance(sim::time_max) != sim::LiveRun::Stop::end) {
  }
  const auto snapshot = live.snapshot(true);
  ASSERT_GE(snapshot->traces.size(), 4U);
  const std::vector<HopBar> bars = hopBarsOf(snapshot->traces[3]);
  ASSERT_EQ(bars.size(), 4U);
  const HopBar& app = bars[0];
  EXPECT_NEAR(app.seconds(HopPart::network), 0.001, 1e-9);
  EXPECT_NEAR(app.seconds(HopPart::queue), 0, 1e-9);
  EXPECT_NEAR(app.seconds(HopPart::work), 0.007, 1e-9);
  EXPECT_NEAR(app.seconds(HopPart::others), 0.031, 1e-9);
  EXPECT_NEAR(app.seconds(HopPart::back), 0.001, 1e-9);
  double at = app.stretches.front().from;
  for (const HopStretch& stretch : app.stretches) {
    EXPECT_NEAR(stretch.from, at, 1e-12);
    at = stretch.to;
  }
  EXPECT_NEAR(at - app.stretches.front().from, snapshot->traces[3].latency_seconds, 1e-9);
  for (std::size_t i = 1; i < bars.size(); ++i) EXPECT_EQ(bars[i].depth, 1);
}

TEST_F(Panels, FollowedRequestsAreListedNewestFirst) {
  TraceModel model;
  QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
  sim::RequestTrace first = traceOfTwoHops();
  sim::RequestTrace second = first;
  second.id = 43;
  second.outcome = "timeout";
  model.setTraces({first, second});
  ASSERT_EQ(model.rowCount(), 2);
  EXPECT_EQ(model.traceAt(0)->id, 43U);
  EXPECT_EQ(model.rowOf(42), 1);
  EXPECT_EQ(model.index(0, TraceModel::outcome).data().toString(), "timeout");
  EXPECT_EQ(model.index(1, TraceModel::latency).data().toString(), formatSeconds(0.013));
  auto snapshot = std::make_shared<sim::Snapshot>(*shopSnapshot());
  snapshot->traces = {first, second};
  source.setSnapshot(snapshot);
  RequestPanel panel(source, nullptr);
  EXPECT_EQ(panel.model().rowCount(), 2);
  EXPECT_EQ(panel.bars().bars().size(), 2U);
}

TEST_F(Panels, ConsistencyReadsTheVerdictsOfTheResult) {
  const ResultPtr result = resultOf(scenarioText("library/cap/primary_async.json"));
  source.setSnapshot(snapshotOf(*result));
  source.setResult(result);
  ConsistencyPanel panel(source);
  QAbstractItemModelTester verdictTester(&panel.verdicts(),
                                         QAbstractItemModelTester::FailureReportingMode::Fatal);
  QAbstractItemModelTester sideTester(&panel.availability(),
                                      QAbstractItemModelTester::FailureReportingMode::Fatal);
  ASSERT_EQ(panel.verdicts().rowCount(), static_cast<int>(result->consistency.models.size()));
  const QModelIndex linearizable = panel.verdicts().index(0, VerdictModel::name);
  EXPECT_EQ(linearizable.data().toString(), "linearizable");
  EXPECT_EQ(panel.verdicts().index(0, VerdictModel::verdict).data().toString(), "✕ violated");
  ASSERT_GT(panel.verdicts().rowCount(linearizable), 1);
  EXPECT_EQ(panel.verdicts().index(0, 0, linearizable).data().toString().toStdString(),
            result->consistency.models.at("linearizable").witness.why);
  ASSERT_EQ(result->consistency.sides.size(), 3U);
  const int east = 4;  // All together, west, east; reads and writes of each.
  EXPECT_EQ(panel.availability().index(east, AvailabilityModel::side).data().toString(),
            "zone:east");
  EXPECT_EQ(panel.availability().index(east + 1, AvailabilityModel::during).data().toString(),
            formatPercent(result->consistency.sides[2].writes.phases[1].ratio()));
  EXPECT_TRUE(
      panel.summary().contains("Lost acknowledged writes: " +
                               formatCount(static_cast<double>(result->consistency.writes_lost))))
      << panel.summary().toStdString();
  source.clear();
  panel.refresh();
  EXPECT_EQ(panel.verdicts().rowCount(), 0);
}

/// After the models of operations stand the levels of each store's transactions.
TEST_F(Panels, ConsistencyShowsTheLevelsOfTransactions) {
  const ResultPtr result = resultOf(scenarioText("basics/saga_isolation.json"),
                                    {{"run.duration", "20s"}, {"faults[0].for", "20s"}});
  source.setSnapshot(snapshotOf(*result));
  source.setResult(result);
  ConsistencyPanel panel(source);
  QAbstractItemModelTester tester(&panel.verdicts(),
                                  QAbstractItemModelTester::FailureReportingMode::Fatal);
  const int first = static_cast<int>(result->consistency.models.size());
  ASSERT_EQ(result->consistency.transactions.size(), 2U);
  ASSERT_EQ(panel.verdicts().rowCount(), first + 2 * 7);
  const int weakest = first + 6;  // Of the sagas, whose stores come first.
  EXPECT_EQ(panel.verdicts().index(weakest, VerdictModel::name).data().toString(),
            "flights+hotels: read committed");
  EXPECT_EQ(panel.verdicts().index(weakest, VerdictModel::verdict).data().toString(), "✕ violated");
  EXPECT_GT(panel.verdicts().rowCount(panel.verdicts().index(weakest, 0)), 2);
  EXPECT_EQ(panel.verdicts().index(weakest + 1, VerdictModel::name).data().toString(),
            "router: strict serializable");
  EXPECT_TRUE(panel.summary().contains("G1a")) << panel.summary().toStdString();
}

TEST(TimeCursor, IsLiveUntilItIsMoved) {
  TimeCursor cursor;
  EXPECT_TRUE(cursor.isLive());
  EXPECT_TRUE(cursor.showsAll());
  cursor.setPosition(-3);
  EXPECT_EQ(cursor.position(), 0);
  cursor.setRange(5, 5);
  EXPECT_TRUE(cursor.showsAll());
  cursor.setRange(-1, 5);
  EXPECT_EQ(cursor.rangeFrom(), 0);
  cursor.goLive();
  EXPECT_TRUE(cursor.isLive());
}

TEST(TimeCursor, FindsTheFrameOfAMoment) {
  const SnapshotPtr snapshot = shopSnapshot();
  EXPECT_EQ(frameAt(*snapshot, 0), snapshot->history->front());
  EXPECT_EQ(frameAt(*snapshot, 12.55), (*snapshot->history)[125]);
  EXPECT_EQ(frameAt(*snapshot, std::nan("")), snapshot->frame);
  EXPECT_EQ(frameAt(*snapshot, 99), snapshot->frame);
}

}  // namespace
}  // namespace faultline::gui
