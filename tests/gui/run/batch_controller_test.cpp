#include "gui/run/batch_controller.hpp"

#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QTest>

#include "tests/scenario_runner.hpp"

namespace faultline::gui {
namespace {

const char* const server = R"json({"faultline": 1, "nodes": {
    "users": {"type": "clients", "arrivals": "poisson(100/s)",
                  "target" : "app"
}
, "app" : {
  "type" : "app_server", "workers" : 2, "endpoints" : { "default" : ["cpu(exponential(5ms))"] }
}
}
, "run" : { "duration" : "20s", "seed" : 4 }
})json";
constexpr int patience = 60'000;

TEST(BatchController, ReplicationsAreThoseOfTheCommandLine) {
  BatchController batch;
  QSignalSpy finished(&batch, &BatchController::finished);
  QSignalSpy ready(&batch, &BatchController::pointReady);
  batch.start({.text = server, .baseDirectory = QStringLiteral("."), .replications = 5, .jobs = 2});
  EXPECT_TRUE(batch.isRunning());
  ASSERT_TRUE(QTest::qWaitFor([&] { return finished.count() == 1; }, patience));
  EXPECT_FALSE(batch.isRunning());
  EXPECT_TRUE(finished[0][0].toBool());
  EXPECT_EQ(ready.count(), 1);
  ASSERT_EQ(batch.points().size(), 1U);
  const sim::Result alone = tests::run_text(server, 5);
  EXPECT_EQ(batch.points()[0].result->results_digest, alone.results_digest);
  EXPECT_EQ(batch.points()[0].result->intervals.at("requests.throughput_per_second").count, 5U);
  EXPECT_DOUBLE_EQ(batch.progress().share, 1);
  EXPECT_EQ(batch.progress().runsDone, 5U);
}

TEST(BatchController, SweepsGiveAPointForEachValue) {
  BatchController batch;
  QSignalSpy finished(&batch, &BatchController::finished);
  batch.start({.text = server,
               .baseDirectory = QStringLiteral("."),
               .replications = 2,
               .path = QStringLiteral("nodes.app.workers"),
               .values = BatchController::valuesOf(QStringLiteral("1..3"))});
  ASSERT_TRUE(QTest::qWaitFor([&] { return finished.count() == 1; }, patience));
  ASSERT_EQ(batch.points().size(), 3U);
  double before = 1;
  for (const BatchPoint& point : batch.points()) {
    ASSERT_TRUE(point.result);
    // 100/s of 5 ms each: 0.5, 0.25, 0.17 of the workers are busy.
    const double busy = point.result->groups.at("app").scalars.at("utilization");
    EXPECT_NEAR(busy, 0.5 / point.value.toDouble(), 0.03);
    EXPECT_LT(busy, before);
    before = busy;
  }
}

TEST(BatchController, AWrongValueIsToldBeforeAnythingRuns) {
  BatchController batch;
  QSignalSpy failed(&batch, &BatchController::failed);
  QSignalSpy ready(&batch, &BatchController::pointReady);
  batch.start({.text = server,
               .baseDirectory = QStringLiteral("."),
               .path = QStringLiteral("nodes.app.workers"),
               .values = {QStringLiteral("1"), QStringLiteral("0")}});
  ASSERT_TRUE(QTest::qWaitFor([&] { return failed.count() == 1; }, patience));
  EXPECT_TRUE(failed[0][0].toString().startsWith(QStringLiteral("nodes.app.workers: ")));
  EXPECT_EQ(ready.count(), 0);
  EXPECT_TRUE(QTest::qWaitFor([&] { return !batch.isRunning(); }, patience));
}

TEST(BatchController, CanBeCancelled) {
  BatchController batch;
  QSignalSpy finished(&batch, &BatchController::finished);
  BatchRequest request{
      .text = server, .baseDirectory = QStringLiteral("."), .replications = 100'000};
  batch.start(request);
  QTest::qWait(50);
  batch.cancel();
  ASSERT_TRUE(QTest::qWaitFor([&] { return finished.count() == 1; }, patience));
  EXPECT_FALSE(finished[0][0].toBool());
  // A new one takes its place at once, and only that is heard of.
  batch.start(request);
  request.replications = 2;
  batch.start(request);
  ASSERT_TRUE(QTest::qWaitFor([&] { return finished.count() == 2; }, patience));
  EXPECT_TRUE(finished[1][0].toBool());
  EXPECT_EQ(batch.points()[0].result->replications, 2U);
}

TEST(BatchController, ListsOfValuesAreRead) {
  const auto values = [](const char* text) {
    return BatchController::valuesOf(QLatin1String(text)).join(QLatin1Char('|'));
  };
  EXPECT_EQ(values("1, 2,4"), QStringLiteral("1|2|4"));
  EXPECT_EQ(values("4..32 step 14"), QStringLiteral("4|18|32"));
  EXPECT_EQ(values("-1..1, 7"), QStringLiteral("-1|0|1|7"));
  EXPECT_EQ(values("poisson(10/s), mmpp2(rate1=1/s, rate2=2/s)"),
            QStringLiteral("poisson(10/s)|mmpp2(rate1=1/s, rate2=2/s)"));
  EXPECT_EQ(values(R"json({"type": "lru", "a": 1}, lfu)json"),
            QStringLiteral(R"json({"type": "lru", "a": 1}|lfu)json"));
  EXPECT_EQ(values("3..1"), QString());
  EXPECT_EQ(values(""), QString());
}

}  // namespace
}  // namespace faultline::gui
