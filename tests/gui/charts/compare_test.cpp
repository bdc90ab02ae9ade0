/// Comparison of two results, and replications and sweeps.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <QAbstractItemModelTester>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "gui/charts/batch_panel.hpp"
#include "gui/charts/compare_panel.hpp"
#include "gui/charts/path_value.hpp"
#include "gui/document/document.hpp"
#include "gui/shell/format.hpp"
#include "sample_run.hpp"

namespace faultline::gui {
namespace {

constexpr auto fatal = QAbstractItemModelTester::FailureReportingMode::Fatal;

TEST(PathValue, ScalarsAreThoseOfTheJson) {
  const sim::Result& result = *shopResult();
  const auto scalars = scalarsOf(result);
  const nlohmann::json json = sim::to_json(result);
  EXPECT_EQ(scalars.at("requests.latency_seconds.p99"),
            json["requests"]["latency_seconds"]["p99"].get<double>());
  EXPECT_EQ(scalars.at("nodes.app[3].utilization"),
            json["nodes"]["app[3]"]["utilization"].get<double>());
  EXPECT_EQ(scalars.at("slos.tight.met"), 0);
  EXPECT_EQ(scalars.at("slos.fast.budget_used"), json["slos"][0]["budget_used"].get<double>());
  for (const auto& [path, value] : scalars) EXPECT_EQ(path.find("series"), std::string::npos);
}

TEST(PathValue, ShowsTheUnitThatThePathNames) {
  EXPECT_EQ(formatPathValue("requests.latency_seconds.p99", 0.0368), formatSeconds(0.0368));
  EXPECT_EQ(formatPathValue("groups.app.utilization", 0.25), formatPercent(0.25));
  EXPECT_EQ(formatPathValue("requests.throughput_per_second", 505), formatRate(505));
  EXPECT_EQ(formatPathValue("requests.latency_seconds.count", 27757).contains("ms"), false);
  EXPECT_EQ(formatPathDifference("requests.latency_seconds.p99", 0.01), "+" + formatSeconds(0.01));
  EXPECT_EQ(formatPathDifference("requests.fail", -3), QString(QChar(0x2212)) + formatCount(3));
}

TEST(Compare, ShowsTheDifferencesOfTwoResults) {
  TimeCursor cursor;
  ChartSource source(cursor);
  ComparePanel panel(source);
  QAbstractItemModelTester tester(&panel.model(), fatal);
  source.setResult(shopResult());
  source.pin();
  panel.refresh();
  EXPECT_EQ(panel.model().rowCount(), 0);  // The same result: nothing to compare.
  const auto other =
      resultOf(scenarioText("library/three_tier.json"),
               {{"run.duration", "30s"}, {"nodes.app.replicas", "3"}, {"expect", "[]"}});
  source.setResult(other);
  panel.refresh();
  ASSERT_GT(panel.model().rowCount(), 5);
  const auto before = scalarsOf(*shopResult());
  const auto after = scalarsOf(*other);
  bool seen = false;
  for (int row = 0; row < panel.model().rowCount(); ++row) {
    if (panel.model().index(row, ComparisonModel::path).data() != "requests.latency_seconds.p99") {
      continue;
    }
    seen = true;
    const std::string path = "requests.latency_seconds.p99";
    EXPECT_EQ(panel.model().rows()[static_cast<std::size_t>(row)].a, before.at(path));
    EXPECT_EQ(panel.model().rows()[static_cast<std::size_t>(row)].b, after.at(path));
    EXPECT_EQ(panel.model().index(row, ComparisonModel::present).data().toString(),
              formatSeconds(after.at(path)));
    EXPECT_EQ(panel.model().index(row, ComparisonModel::interval).data().toString(), "–");
  }
  EXPECT_TRUE(seen);
  panel.filter().setFilterFixedString("latency_seconds.p99");
  EXPECT_GE(panel.filter().rowCount(), 1);
  EXPECT_LT(panel.filter().rowCount(), panel.model().rowCount());
  QTemporaryDir folder;
  QString error;
  ASSERT_TRUE(panel.exportTo(folder.filePath("a.csv"), &error)) << error.toStdString();
  QFile file(folder.filePath("a.csv"));
  ASSERT_TRUE(file.open(QIODevice::ReadOnly));
  EXPECT_EQ(file.readAll(), panel.model().csv());
  EXPECT_FALSE(panel.exportTo(folder.filePath("no/a.csv"), &error));
  EXPECT_FALSE(error.isEmpty());
}

TEST(Sweeps, PathsAreTheSingleValuesOfTheScenario) {
  const auto json = nlohmann::json::parse(R"json({"title": "x", "nodes": {"app": {"type": "a",
      "replicas": 2, "endpoints": {"default": ["cpu(4ms)"]}}}, "layout": {"app": [1, 2]},
      "run": {"duration": "5s"}})json");
  EXPECT_EQ(sweepPathsOf(json),
            QStringList({"nodes.app.endpoints.default[0]", "nodes.app.replicas", "run.duration"}));
}

TEST(Sweeps, ASweepGivesTheNumbersOfItsResults) {
  TimeCursor cursor;
  ChartSource source(cursor);
  Document document;
  std::string text = scenarioText("basics/mm1.json");
  document.createFrom(QByteArray::fromStdString(text));
  document.setValue("run.duration", "5s", "shorter");
  document.setValue("run.warmup", "0s", "shorter");
  for (int i = 0; i < 200 && document.spec() == nullptr; ++i) QTest::qWait(10);
  ASSERT_NE(document.spec(), nullptr);
  BatchPanel panel(document, source);
  QAbstractItemModelTester tester(&panel.model(), fatal);
  panel.setSweep("run.seed", "1, 2", 3);
  panel.start();
  for (int i = 0; i < 1000 && panel.controller().isRunning(); ++i) QTest::qWait(10);
  ASSERT_EQ(panel.model().rowCount(), 2);
  for (int row = 0; row < 2; ++row) {
    const BatchValues* values = panel.model().values(row);
    ASSERT_NE(values, nullptr);
    const sim::Result& result = *panel.model().points()[static_cast<std::size_t>(row)].result;
    EXPECT_EQ(result.replications, 3U);
    EXPECT_EQ(values->scalars, scalarsOf(result));
    const std::string p99 = "requests.latency_seconds.p99";
    EXPECT_EQ(panel.model().index(row, 3).data().toString(),
              formatSeconds(values->scalars.at(p99)) + " ± " +
                  formatSeconds(result.intervals.at(p99).half_width));
  }
  EXPECT_NE(panel.model().index(0, 3).data(), panel.model().index(1, 3).data());
  ASSERT_EQ(panel.chart().series().size(), 3U);  // The value and both ends of its interval.
  EXPECT_EQ(panel.chart().series()[0].from, (std::vector<double>{1, 2}));
  const QList<QByteArray> lines = panel.model().csv().split('\n');
  ASSERT_EQ(lines.size(), 4);
  EXPECT_TRUE(lines[0].startsWith("run.seed,replications,"));
  EXPECT_TRUE(lines[1].startsWith("1,3,"));
}

}  // namespace
}  // namespace faultline::gui
