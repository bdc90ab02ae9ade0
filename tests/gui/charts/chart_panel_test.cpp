#include "gui/charts/chart_panel.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <QAbstractButton>
#include <QFile>
#include <QImage>
#include <QMenu>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QWheelEvent>
#include <QXmlStreamReader>

#include "gui/charts/chart_data.hpp"
#include "gui/charts/distribution_chart.hpp"
#include "gui/charts/time_charts.hpp"
#include "gui/shell/format.hpp"
#include "sample_run.hpp"

namespace faultline::gui {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// A source with the shop of three tiers, and a chart in a window of its own.
class Charts : public testing::Test {
 protected:
  Charts() : source(cursor) {}
  void showShop() {
    source.setSnapshot(shopSnapshot());
    source.setResult(shopResult());
  }
  template <class Chart>
  void open(Chart& chart, QSize size = {640, 360}) {
    chart.resize(size);
    chart.show();
    QTest::qWait(20);
  }
  QString file(const QString& name) const { return folder.filePath(name); }
  static QByteArray read(const QString& name) {
    QFile file(name);
    EXPECT_TRUE(file.open(QIODevice::ReadOnly)) << name.toStdString();
    return file.readAll();
  }

  TimeCursor cursor;
  ChartSource source;
  QTemporaryDir folder;
};

bool sameValues(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && !(std::isnan(a[i]) && std::isnan(b[i]))) return false;
  }
  return true;
}

const ChartSeries* find(const ChartPanel& chart, const QString& id) {
  for (const ChartSeries& series : chart.series()) {
    if (series.id == id) return &series;
  }
  return nullptr;
}

TEST_F(Charts, LatencyShowsTheSeriesOfTheResult) {
  LatencyChart chart(source);
  EXPECT_TRUE(chart.isEmpty());
  showShop();
  chart.refresh();
  ASSERT_EQ(chart.series().size(), 4U);
  for (const char* key : {"latency_p50_seconds", "latency_p90_seconds", "latency_p99_seconds",
                          "latency_max_seconds"}) {
    const ChartSeries* series = find(chart, key);
    ASSERT_NE(series, nullptr) << key;
    EXPECT_TRUE(sameValues(series->y, shopResult()->series.at(key))) << key;
    EXPECT_EQ(series->from.front(), 0);
    EXPECT_EQ(series->to.back(), 30);
  }
}

TEST_F(Charts, ThroughputAndErrorsShowTheSeriesOfTheResult) {
  ThroughputChart chart(source);
  showShop();
  chart.refresh();
  for (const char* key : {"throughput_per_second", "fail_per_second", "unknown_per_second"}) {
    ASSERT_NE(find(chart, key), nullptr) << key;
    EXPECT_TRUE(sameValues(find(chart, key)->y, shopResult()->series.at(key))) << key;
  }
}

TEST_F(Charts, ARunningRunShowsItsSnapshot) {
  LatencyChart chart(source);
  auto half = std::make_shared<sim::Snapshot>(*shopSnapshot());
  half->now_seconds = 10.05;
  for (auto& [key, values] : half->series) values.resize(101);
  source.setSnapshot(half);
  chart.refresh();
  const ChartSeries* p99 = find(chart, "latency_p99_seconds");
  ASSERT_NE(p99, nullptr);
  EXPECT_EQ(p99->size(), 101U);
  EXPECT_DOUBLE_EQ(p99->to.back(), 10.05);  // The last step is not over.
  EXPECT_EQ(chart.visibleTo(), 30);         // The axis shows what is planned.
}

TEST_F(Charts, BandsAreFaultsAndBreaches) {
  LatencyChart chart(source);
  showShop();
  chart.refresh();
  int faults = 0;
  int breaches = 0;
  for (const sim::Band& band : chart.bands()) {
    if (band.kind == "breach") ++breaches;
    if (band.kind == "fault") {
      ++faults;
      EXPECT_EQ(band.name, "crash(app[0])");
      EXPECT_EQ(band.from_seconds, 20);
      EXPECT_EQ(band.to_seconds, 30);
    }
  }
  EXPECT_EQ(faults, 1);
  EXPECT_EQ(breaches, static_cast<int>(shopResult()->slos[0].breaches.size() +
                                       shopResult()->slos[1].breaches.size()));
  EXPECT_GT(breaches, 0);
}

TEST_F(Charts, ARightClickIntoThePlotOpensTheMenu) {
  LatencyChart chart(source);
  showShop();
  open(chart);
  QStringList entries;
  QTimer::singleShot(200, &chart, [&] {
    if (auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget())) {
      for (QAction* action : menu->actions()) entries << action->text();
      menu->close();
    }
  });
  QWidget* plot = nullptr;
  for (QWidget* child : chart.findChildren<QWidget*>()) {
    if (child->inherits("QCustomPlot")) plot = child;
  }
  ASSERT_NE(plot, nullptr);
  const QPoint middle = plot->rect().center();
  QContextMenuEvent event(QContextMenuEvent::Mouse, middle, plot->mapToGlobal(middle));
  QApplication::sendEvent(plot, &event);
  QTest::qWait(250);
  EXPECT_TRUE(entries.contains(QStringLiteral("Export…"))) << entries.join(' ').toStdString();
}

TEST_F(Charts, FaultsAtTheSameTimeDoNotHideTheCurves) {
  // The ground of a moment with one fault and with six is the same.
  const auto groundWith = [this](int faults) {
    sim::Result result = *shopResult();
    result.faults.clear();
    for (int i = 0; i < faults; ++i) {
      result.faults.push_back({"crash(app[0])", "fault", 10.0 + i * 0.01, 50});
    }
    for (sim::SloResult& slo : result.slos) slo.breaches.clear();
    source.setSnapshot(nullptr);
    source.setResult(std::make_shared<const sim::Result>(result));
    ThroughputChart chart(source);
    chart.resize(640, 360);
    chart.show();
    QTest::qWait(50);
    chart.refresh();
    const QImage image = chart.grab().toImage();
    // In the middle of the fault, above the line of zero and below the curve.
    return image.pixelColor(int(image.width() * 0.62), int(image.height() * 0.75)).name();
  };
  EXPECT_EQ(groundWith(6), groundWith(1));
  EXPECT_NE(groundWith(1), groundWith(0));
}

TEST_F(Charts, AClickOnTheLegendHidesASeriesEverywhere) {
  LatencyChart chart(source);
  showShop();
  open(chart);
  auto* entry = chart.findChild<QAbstractButton*>("legend.latency_p99_seconds");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->text(), "p99");
  EXPECT_TRUE(chart.csv().split('\n').first().contains("latency_p99_seconds"));
  QTest::mouseClick(entry, Qt::LeftButton);
  EXPECT_TRUE(chart.isSeriesHidden("latency_p99_seconds"));
  EXPECT_FALSE(chart.csv().split('\n').first().contains("latency_p99_seconds"));
  EXPECT_TRUE(chart.valuesAt(25).filter("p99").isEmpty());
  chart.refresh();  // The next snapshot does not bring it back.
  EXPECT_TRUE(chart.isSeriesHidden("latency_p99_seconds"));
  QTest::keyClick(entry, Qt::Key_Space);
  EXPECT_FALSE(chart.isSeriesHidden("latency_p99_seconds"));
}

TEST_F(Charts, TheBoxUnderTheMouseTellsTheValuesOfThatStep) {
  LatencyChart chart(source);
  showShop();
  chart.refresh();
  const double value = shopResult()->series.at("latency_p99_seconds")[125];  // 12.5 s to 12.6 s
  EXPECT_TRUE(chart.valuesAt(12.55).contains("p99: " + formatSeconds(value)))
      << chart.valuesAt(12.55).join("|").toStdString();
  EXPECT_TRUE(chart.valuesAt(12.501).contains("p99: " + formatSeconds(value)));
  EXPECT_TRUE(chart.valuesAt(31).isEmpty());
}

TEST_F(Charts, CsvHoldsTheExactNumbers) {
  LatencyChart chart(source);
  showShop();
  chart.refresh();
  const QList<QByteArray> lines = chart.csv().split('\n');
  EXPECT_EQ(lines.first(),
            "from_seconds,to_seconds,latency_p50_seconds,latency_p90_seconds,latency_p99_seconds");
  const auto& p99 = shopResult()->series.at("latency_p99_seconds");
  ASSERT_EQ(lines.size(), static_cast<qsizetype>(p99.size()) + 2);
  for (std::size_t i = 0; i < p99.size(); ++i) {
    const QList<QByteArray> fields = lines[static_cast<qsizetype>(i) + 1].split(',');
    ASSERT_EQ(fields.size(), 5);
    if (std::isnan(p99[i])) {
      EXPECT_TRUE(fields[4].isEmpty());
    } else {
      EXPECT_EQ(fields[4].toDouble(), p99[i]);
    }
  }
}

TEST_F(Charts, ExportsFilesThatOtherProgramsRead) {
  LatencyChart chart(source);
  showShop();
  open(chart);
  QString error;
  ASSERT_TRUE(chart.exportTo(file("a.png"), &error)) << error.toStdString();
  const QImage image(file("a.png"));
  EXPECT_EQ(image.width(), 1280);
  ASSERT_TRUE(chart.exportTo(file("a.svg"), &error)) << error.toStdString();
  QXmlStreamReader xml(read(file("a.svg")));
  QString texts;
  int paths = 0;
  while (!xml.atEnd()) {
    xml.readNext();
    if (xml.isCharacters()) texts += xml.text();
    if (xml.isStartElement() && (xml.name() == u"path" || xml.name() == u"polyline")) ++paths;
  }
  EXPECT_FALSE(xml.hasError()) << xml.errorString().toStdString();
  EXPECT_GT(paths, 3);  // Lines as lines, not as a picture.
  for (const char* expected : {"Latency", "p99", "crash(app[0])"}) {
    EXPECT_TRUE(texts.contains(expected)) << expected;
  }
  ASSERT_TRUE(chart.exportTo(file("a.pdf"), &error)) << error.toStdString();
  EXPECT_TRUE(read(file("a.pdf")).startsWith("%PDF-"));
  ASSERT_TRUE(chart.exportTo(file("a.csv"), &error)) << error.toStdString();
  EXPECT_EQ(read(file("a.csv")), chart.csv());
  const QString tool = QStandardPaths::findExecutable("pdftotext");
  if (!tool.isEmpty()) {
    QProcess process;
    process.start(tool, {file("a.pdf"), "-"});
    ASSERT_TRUE(process.waitForFinished());
    const QString text = QString::fromUtf8(process.readAllStandardOutput());
    EXPECT_TRUE(text.contains("Latency")) << text.toStdString();
    EXPECT_TRUE(text.contains("crash(app[0])")) << text.toStdString();
  }
}

TEST_F(Charts, AnExportThatCannotBeWrittenSaysSo) {
  LatencyChart chart(source);
  showShop();
  chart.refresh();
  QString error;
  EXPECT_FALSE(chart.exportTo(file("a.doc"), &error));
  EXPECT_EQ(error, "The name must end in .png, .svg, .pdf or .csv: " + file("a.doc"));
  error.clear();
  EXPECT_FALSE(chart.exportTo(file("no/such/folder/a.png"), &error));
  EXPECT_TRUE(error.startsWith("Cannot write ")) << error.toStdString();
  EXPECT_FALSE(QFile::exists(file("a.doc")));
}

TEST_F(Charts, ZoomIsLinkedAndADoubleClickShowsAll) {
  LatencyChart latency(source);
  ThroughputChart throughput(source);
  showShop();
  open(latency);
  open(throughput);
  EXPECT_EQ(latency.visibleTo(), 30);
  QWidget* plot = latency.plotWidget();
  const int y = plot->height() / 2;
  const QPoint from(static_cast<int>(latency.pixelOf(10)), y);
  const QPoint to(static_cast<int>(latency.pixelOf(20)), y);
  QTest::mousePress(plot, Qt::LeftButton, {}, from);
  QTest::mouseMove(plot, (from + to) / 2);
  QTest::mouseMove(plot, to);
  QTest::mouseRelease(plot, Qt::LeftButton, {}, to);
  EXPECT_FALSE(cursor.showsAll());
  EXPECT_NEAR(throughput.visibleFrom(), 10, 0.1);
  EXPECT_NEAR(throughput.visibleTo(), 20, 0.1);
  EXPECT_TRUE(cursor.isLive());  // A drag does not scrub.
  // Shift and drag moves what is shown.
  const double before = latency.visibleFrom();
  QTest::mousePress(plot, Qt::LeftButton, Qt::ShiftModifier, to);
  QTest::mouseMove(plot, from);
  QTest::mouseRelease(plot, Qt::LeftButton, Qt::ShiftModifier, from);
  EXPECT_GT(latency.visibleFrom(), before + 1);
  QTest::mouseDClick(plot, Qt::LeftButton, {}, to);
  EXPECT_TRUE(cursor.showsAll());
  EXPECT_EQ(throughput.visibleTo(), 30);
}

TEST_F(Charts, AClickScrubsAndEscapeGoesBack) {
  LatencyChart chart(source);
  showShop();
  open(chart);
  QWidget* plot = chart.plotWidget();
  QTest::mouseClick(plot, Qt::LeftButton, {},
                    QPoint(static_cast<int>(chart.pixelOf(12)), plot->height() / 2));
  EXPECT_NEAR(cursor.position(), 12, 0.1);
  const double scrubbed = cursor.position();
  QTest::keyClick(&chart, Qt::Key_Right);
  EXPECT_NEAR(cursor.position(), scrubbed + 0.1, 1e-9);  // One step of the series.
  QTest::keyClick(&chart, Qt::Key_Escape);
  EXPECT_TRUE(cursor.isLive());
}

TEST_F(Charts, TheMouseOverOneChartIsToldToTheOthers) {
  LatencyChart latency(source);
  showShop();
  open(latency);
  QWidget* plot = latency.plotWidget();
  QTest::mouseMove(plot, QPoint(static_cast<int>(latency.pixelOf(7)), plot->height() / 2));
  EXPECT_NEAR(cursor.hover(), 7, 0.1);
}

TEST_F(Charts, APinnedResultIsDrawnBesideThePresentOne) {
  LatencyChart chart(source);
  showShop();
  source.pin();
  const auto slower =
      resultOf(scenarioText("library/three_tier.json"),
               {{"run.duration", "30s"}, {"nodes.app.replicas", "3"}, {"expect", "[]"}});
  source.setSnapshot(snapshotOf(*slower));
  source.setResult(slower);
  chart.refresh();
  const ChartSeries* present = find(chart, "latency_p99_seconds");
  const ChartSeries* pinned = find(chart, "pinned.latency_p99_seconds");
  ASSERT_NE(present, nullptr);
  ASSERT_NE(pinned, nullptr);
  EXPECT_FALSE(present->dashed);
  EXPECT_TRUE(pinned->dashed);
  EXPECT_TRUE(sameValues(present->y, slower->series.at("latency_p99_seconds")));
  EXPECT_TRUE(sameValues(pinned->y, shopResult()->series.at("latency_p99_seconds")));
  source.unpin();
  chart.refresh();
  EXPECT_EQ(find(chart, "pinned.latency_p99_seconds"), nullptr);
}

TEST_F(Charts, GapsAndSinglePointsAreDrawn) {
  ChartPanel chart(&cursor);
  chart.setQuantities(Quantity::time, Quantity::seconds);
  open(chart);
  ChartSeries series = steppedSeries(0, 1, 5, {nan, 0.2, nan, nan, nan});
  series.id = "one";
  series.tone = {Tone::Kind::bad, 0};
  chart.setEnd(5);
  chart.setSeries({series});
  QTest::qWait(20);
  EXPECT_FALSE(chart.isEmpty());
  const QImage image = chart.plotWidget()->grab().toImage();
  // The one point is a dot in its colour, at its place.
  const QColor color = "#d55e00";
  bool seen = false;
  const int x = static_cast<int>(chart.pixelOf(1.5));
  for (int y = 0; y < image.height(); ++y) {
    const QColor pixel = image.pixelColor(x, y);
    seen = seen || (std::abs(pixel.red() - color.red()) < 12 &&
                    std::abs(pixel.green() - color.green()) < 12);
  }
  EXPECT_TRUE(seen);
  series.y = std::vector<double>(5, nan);
  chart.setSeries({series});
  EXPECT_TRUE(chart.isEmpty());
}

TEST(ChartSeries, TheStepOfATime) {
  const ChartSeries steps = steppedSeries(0, 0.5, 1.25, {1, 2, 3});
  EXPECT_EQ(indexAt(steps, -0.1), -1);
  EXPECT_EQ(indexAt(steps, 0), 0);
  EXPECT_EQ(indexAt(steps, 0.5), 1);
  EXPECT_EQ(indexAt(steps, 1.25), 2);
  EXPECT_EQ(indexAt(steps, 1.3), -1);
  ChartSeries points;
  points.from = {1, 2, 4};
  points.y = {1, 2, 3};
  EXPECT_EQ(indexAt(points, 2.9), 1);
  EXPECT_EQ(indexAt(points, 3.1), 2);
  EXPECT_EQ(indexAt(points, 0.9), -1);
}

TEST(ChartSeries, CsvOfDifferentStepsStandsSideBySide) {
  ChartSeries a = steppedSeries(0, 1, 2, {0.1, nan});
  a.id = "a";
  ChartSeries b = steppedSeries(0, 2, 2, {7});
  b.id = "b, \"quoted\"";
  EXPECT_EQ(toCsv({a, b}, "seconds"),
            "from_seconds,to_seconds,a,\"b, \"\"quoted\"\"\"\n0,1,0.1,\n0,2,,7\n1,2,,\n");
}

TEST(Distribution, BarsAddUpAndCurvesMeetTheQuantiles) {
  const sim::Histogram& latency = shopResult()->requests.latency;
  for (const bool log : {false, true}) {
    const ChartSeries bars = distributionSeries(latency, DistributionForm::histogram, log);
    double sum = 0;
    for (const double share : bars.y) sum += share;
    EXPECT_NEAR(sum, 1, 1e-9);
    EXPECT_NEAR(bars.from.front() * 1e9 / static_cast<double>(latency.min()), 1, 1e-12);
  }
  const ChartSeries below = distributionSeries(latency, DistributionForm::cumulative, true);
  EXPECT_DOUBLE_EQ(below.y.back(), 1);
  EXPECT_DOUBLE_EQ(below.from.back(), static_cast<double>(latency.max()) / 1e9);
  EXPECT_TRUE(std::is_sorted(below.y.begin(), below.y.end()));
  const double p99 = static_cast<double>(latency.quantile(0.99)) / 1e9;
  // The first point with 99 % below it lies within a bucket of the quantile.
  const auto at = std::lower_bound(below.y.begin(), below.y.end(), 0.99) - below.y.begin();
  EXPECT_NEAR(below.from[static_cast<std::size_t>(at)] / p99, 1, 1.0 / 128);
  const ChartSeries above = distributionSeries(latency, DistributionForm::complementary, true);
  for (std::size_t i = 0; i < above.size(); ++i) EXPECT_NEAR(above.y[i], 1 - below.y[i], 1e-12);
}

TEST_F(Charts, TheDistributionHasTheAxesOfItsForm) {
  DistributionChart chart(source);
  showShop();
  open(chart);
  EXPECT_TRUE(chart.isLogX());
  EXPECT_FALSE(chart.isLogY());
  chart.setForm(DistributionForm::complementary);
  EXPECT_TRUE(chart.isLogX());
  EXPECT_TRUE(chart.isLogY());
  ASSERT_EQ(chart.series().size(), 1U);
  EXPECT_EQ(chart.series().front().id, "share_above");
  chart.setSubject("db");
  EXPECT_TRUE(chart.covers().contains("db")) << chart.covers().toStdString();
  const auto& at_db = shopResult()->groups.at("db").histograms.at("latency_seconds");
  EXPECT_DOUBLE_EQ(chart.series().front().from.back(), static_cast<double>(at_db.max()) / 1e9);
}

TEST_F(Charts, AHiddenChartWaitsUntilItIsShown) {
  LatencyChart chart(source);
  showShop();
  EXPECT_TRUE(chart.isEmpty());  // Nobody sees it yet.
  open(chart);
  EXPECT_FALSE(chart.isEmpty());
}

}  // namespace
}  // namespace faultline::gui
