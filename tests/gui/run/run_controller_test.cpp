/// The run behind the window: it goes on in its own thread, says what it does in the window's, and
/// ends with the result of the command line.
#include "gui/run/run_controller.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include "sim/param/value_types.hpp"
#include "tests/scenario_runner.hpp"

namespace faultline::gui {
namespace {

using State = RunController::State;
using tests::run_spec;
using tests::spec_of;

const char* const shop = R"json({
  "faultline": 1,
  "nodes": {
    "users": {"type": "clients", "arrivals": "poisson(500/s)", "target": "app", "keys": "zipf(n=10000, s=0.99)"},
    "app": {"type": "app_server", "replicas": 3, "workers": 8, "endpoints": {"default": ["cpu(exponential(4ms))",
                {"type": "cache_aside", "cache": "cache", "store": "db", "ttl": "10s"}]}},
    "cache": {"type": "cache", "capacity": 2000, "service_time": "200us"},
    "db": {"type": "database", "connections": 8, "service_time": "exponential(6ms)"}
  },
  "faults": [{"at": "10s", "for": "5s", "fault": "crash(app[0])"}],
  "slos": [{"name": "fast", "good": "latency < 50ms", "target": "99%"}],
  "run": {"duration": "40s", "warmup": "2s", "seed": 3}
})json";

class RunControllerTest : public testing::Test {
 protected:
  static constexpr int patience = 60'000;

  RunControllerTest() : states_(&controller_, &RunController::stateChanged) {}
  bool waitFor(State state) {
    return QTest::qWaitFor([&] { return controller_.state() == state; }, patience);
  }
  void start(const char* text, bool paused = false) {
    const RunRequest request{text, QStringLiteral(FAULTLINE_SOURCE_DIR), 0};
    paused ? controller_.startPaused(request) : controller_.start(request);
  }

  RunController controller_;
  QSignalSpy states_;
};

TEST_F(RunControllerTest, EndsWithTheResultOfTheCommandLine) {
  QSignalSpy snapshots(&controller_, &RunController::snapshotReady);
  QSignalSpy finished(&controller_, &RunController::finished);
  EXPECT_EQ(controller_.state(), State::idle);
  EXPECT_FALSE(controller_.hasRun());
  controller_.setSpeed(100);  // At full speed a busy machine may show nothing before the end.
  start(shop);
  EXPECT_EQ(controller_.state(), State::building);
  ASSERT_TRUE(waitFor(State::finished));
  ASSERT_TRUE(controller_.result());
  const sim::Result alone = run_spec(spec_of(shop));
  EXPECT_EQ(controller_.result()->results_digest, alone.results_digest);
  EXPECT_EQ(controller_.result()->order_digest, alone.order_digest);
  EXPECT_EQ(finished.count(), 1);
  EXPECT_GE(snapshots.count(), 2);
  // The last snapshot is of the end.
  ASSERT_TRUE(controller_.snapshot());
  EXPECT_DOUBLE_EQ(controller_.snapshot()->now_seconds, 40);
  EXPECT_DOUBLE_EQ(controller_.snapshot()->frame->to_seconds, 40);
  EXPECT_EQ(controller_.snapshot()->latency, alone.requests.latency);
  EXPECT_EQ(controller_.snapshot()->slos.front().good_count, alone.slos.front().good_count);
}

TEST_F(RunControllerTest, SameSeedSameRunOtherSeedOtherRun) {
  controller_.start({shop, QStringLiteral("."), 5});
  ASSERT_TRUE(waitFor(State::finished));
  const std::string first = controller_.result()->order_digest;
  EXPECT_EQ(controller_.result()->seed, 5U);
  controller_.start({shop, QStringLiteral("."), 5});
  ASSERT_TRUE(waitFor(State::finished));
  EXPECT_EQ(controller_.result()->order_digest, first);
  controller_.start({shop, QStringLiteral("."), 6});
  ASSERT_TRUE(waitFor(State::finished));
  EXPECT_NE(controller_.result()->order_digest, first);
}

TEST_F(RunControllerTest, PausesStepsAndGoesOnWithoutAChange) {
  start(shop, true);
  ASSERT_TRUE(waitFor(State::paused));
  EXPECT_DOUBLE_EQ(controller_.snapshot()->now_seconds, 0);
  controller_.stepEvent();
  controller_.stepEvent();
  ASSERT_TRUE(QTest::qWaitFor([&] { return controller_.snapshot()->events == 2; }, patience));
  EXPECT_FALSE(controller_.snapshot()->next.empty());
  controller_.stepSeries();
  ASSERT_TRUE(QTest::qWaitFor(
      [&] {
        return controller_.state() == State::paused && controller_.snapshot()->history->size() == 1;
      },
      patience));
  EXPECT_DOUBLE_EQ(controller_.snapshot()->now_seconds,
                   controller_.snapshot()->series_step_seconds);
  controller_.runUntil(20);
  ASSERT_TRUE(QTest::qWaitFor([&] { return controller_.snapshot()->now_seconds == 20; }, patience));
  ASSERT_TRUE(waitFor(State::paused));
  for (int i = 0; i < 5; ++i) {
    controller_.resume();
    controller_.pause();
    QTest::qWait(1);
  }
  controller_.resume();
  ASSERT_TRUE(waitFor(State::finished));
  EXPECT_EQ(controller_.result()->order_digest, run_spec(spec_of(shop)).order_digest);
  EXPECT_EQ(controller_.result()->results_digest, run_spec(spec_of(shop)).results_digest);
}

TEST_F(RunControllerTest, FaultsByHandAreThoseOfAFile) {
  QSignalSpy faults(&controller_, &RunController::handFaultsChanged);
  start(shop, true);
  ASSERT_TRUE(waitFor(State::paused));
  controller_.runUntil(5);
  ASSERT_TRUE(QTest::qWaitFor([&] { return controller_.snapshot()->now_seconds == 5; }, patience));
  ASSERT_TRUE(waitFor(State::paused));
  QString error;
  EXPECT_FALSE(controller_.inject(QStringLiteral("crash(nobody)"), 0, &error));
  EXPECT_TRUE(error.startsWith(QStringLiteral("there is no node \"nobody\""))) << qPrintable(error);
  ASSERT_TRUE(controller_.inject(QStringLiteral("crash(app[1])"), 2, &error));
  ASSERT_EQ(controller_.handFaults().size(), 1U);
  EXPECT_DOUBLE_EQ(controller_.handFaults()[0].atSeconds, 5.000000001);
  EXPECT_DOUBLE_EQ(controller_.handFaults()[0].forSeconds, 2);
  // It has struck although the run stands.
  ASSERT_TRUE(QTest::qWaitFor(
      [&] {
        return controller_.snapshot()->log.size() > 1 && controller_.snapshot()->bands.size() == 1;
      },
      patience));
  // The first of the network: all is played anew, and stands again.
  ASSERT_TRUE(controller_.inject(QStringLiteral("link_down(app, db)"), 0, &error))
      << qPrintable(error);
  ASSERT_TRUE(QTest::qWaitFor(
      [&] {
        return controller_.state() == State::paused && controller_.snapshot()->bands.size() == 2;
      },
      patience));
  EXPECT_NEAR(controller_.snapshot()->now_seconds, 5, 1e-6);
  controller_.runUntil(7);
  ASSERT_TRUE(QTest::qWaitFor([&] { return controller_.snapshot()->now_seconds == 7; }, patience));
  controller_.heal(QStringLiteral("app -> db"));
  ASSERT_TRUE(
      QTest::qWaitFor([&] { return controller_.handFaults()[1].forSeconds > 0; }, patience));
  controller_.resume();
  ASSERT_TRUE(waitFor(State::finished));
  EXPECT_GE(faults.count(), 3);

  auto json = nlohmann::json::parse(shop);
  for (const HandFault& each : controller_.handFaults()) {
    const auto time = [](double seconds) {
      return sim::to_text(sim::Duration(std::llround(seconds * 1e9)));
    };
    json["faults"].push_back({{"at", time(each.atSeconds)},
                              {"for", time(each.forSeconds)},
                              {"fault", each.text.toStdString()}});
  }
  const sim::Result written = run_spec(spec_of(json.dump()));
  EXPECT_EQ(controller_.result()->order_digest, written.order_digest);
  EXPECT_EQ(controller_.result()->results_digest, written.results_digest);
}

TEST_F(RunControllerTest, PlaysAgainToAMoment) {
  start(shop);
  ASSERT_TRUE(waitFor(State::finished));
  controller_.replayTo(12.25);
  ASSERT_TRUE(QTest::qWaitFor(
      [&] {
        return controller_.state() == State::paused && controller_.snapshot()->now_seconds == 12.25;
      },
      patience));
  controller_.resume();
  ASSERT_TRUE(waitFor(State::finished));
  EXPECT_EQ(controller_.result()->order_digest, run_spec(spec_of(shop)).order_digest);
}

TEST_F(RunControllerTest, RunsUntilSomethingHappens) {
  start(shop, true);
  ASSERT_TRUE(waitFor(State::paused));
  controller_.runUntilNextFault();
  ASSERT_TRUE(QTest::qWaitFor([&] { return controller_.snapshot()->now_seconds == 10; }, patience));
  ASSERT_TRUE(waitFor(State::paused));
  QString error;
  EXPECT_FALSE(controller_.runUntilCondition(QStringLiteral("window.nodes.x.y > 1"), &error));
  EXPECT_FALSE(error.isEmpty());
  ASSERT_TRUE(controller_.runUntilCondition(QStringLiteral("requests.sent > 10000"), &error));
  ASSERT_TRUE(QTest::qWaitFor(
      [&] {
        return controller_.state() == State::paused && controller_.snapshot()->now_seconds > 20;
      },
      patience));
  EXPECT_LT(controller_.snapshot()->now_seconds, 26);
}

TEST_F(RunControllerTest, StopsInOrder) {
  controller_.setSpeed(1);
  start(shop);
  ASSERT_TRUE(waitFor(State::running));
  controller_.stop();
  ASSERT_TRUE(waitFor(State::finished));
  EXPECT_TRUE(controller_.result()->cut_short);
  EXPECT_LT(controller_.result()->virtual_seconds, 40);
}

TEST_F(RunControllerTest, KeepsToItsSpeed) {
  // 10 virtual seconds a second: after a good second of wall time about as many have passed. A busy
  // machine makes it later, never sooner.
  controller_.setSpeed(10);
  QElapsedTimer wall;
  start(shop);
  ASSERT_TRUE(waitFor(State::running));
  wall.start();
  QTest::qWait(1000);
  controller_.pause();
  ASSERT_TRUE(waitFor(State::paused));
  const double passed = static_cast<double>(wall.elapsed()) / 1000;
  EXPECT_LE(controller_.snapshot()->now_seconds, 10 * (passed + 0.2));
  EXPECT_GE(controller_.snapshot()->now_seconds, 2);
}

TEST_F(RunControllerTest, TheRunDoesNotWaitForTheWindow) {
  // The window does nothing for as long as the run takes; then it hears of the end at once, and of
  // one snapshot only.
  QSignalSpy snapshots(&controller_, &RunController::snapshotReady);
  start(shop);
  QThread::msleep(3000);
  EXPECT_EQ(snapshots.count(), 0);
  ASSERT_TRUE(waitFor(State::finished));
  EXPECT_LE(snapshots.count(), 2);
}

TEST_F(RunControllerTest, AScenarioWithProblemsFailsAndTheNextOneRuns) {
  QSignalSpy failed(&controller_, &RunController::failed);
  start(R"json({"faultline": 1, "nodes": {"a": {"type": "clints"}}})json");
  ASSERT_TRUE(waitFor(State::failed));
  ASSERT_EQ(failed.count(), 1);
  EXPECT_EQ(
      failed[0][0].toString(),
      QStringLiteral("nodes.a.type: unknown node type \"clints\"; did you mean \"clients\"?"));
  start(shop);
  ASSERT_TRUE(waitFor(State::finished));
}

TEST_F(RunControllerTest, ARunThatCannotGoOnSaysWhereAndWhen) {
  QSignalSpy failed(&controller_, &RunController::failed);
  start(R"json({"faultline": 1, "nodes": {
      "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "app"
}
, "app" : {
  "type" : "app_server", "workers" : 1, "endpoints" : { "default" : ["cpu(1s)"] }
}
}
, "run" : { "duration" : "60s", "in_service_limit" : 500 }
})json");
  ASSERT_TRUE(waitFor(State::failed));
  ASSERT_EQ(failed.count(), 1);
  EXPECT_TRUE(failed[0][0].toString().contains(QStringLiteral("500 requests are here")));
  EXPECT_EQ(failed[0][1].toString(), QStringLiteral("app"));
  EXPECT_NEAR(failed[0][2].toDouble(), 0.5, 0.01);
  EXPECT_NEAR(controller_.snapshot()->now_seconds, 0.5, 0.01);
  // What was seen stays, and nothing more happens to it.
  controller_.resume();
  controller_.stepEvent();
  QString error;
  EXPECT_FALSE(controller_.inject(QStringLiteral("crash(app)"), 0, &error));
  EXPECT_EQ(controller_.state(), State::failed);
}

TEST_F(RunControllerTest, CanBeLeftAtAnyTime) {
  for (int i = 0; i < 20; ++i) {
    RunController controller;
    controller.start({shop, QStringLiteral("."), 0});
    QTest::qWait(i);
    if (i % 3 == 0) controller.start({shop, QStringLiteral("."), 0});
    if (i % 4 == 0) controller.stop();
  }
}

TEST_F(RunControllerTest, ANewRunDoesNotWaitForTheOldOne) {
  // Ten thousand servers take a while to build: the window starts another run meanwhile.
  const char* const large = R"json({"faultline": 1, "nodes": {
      "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "app"},
      "app": {"type": "app_server", "replicas": 50000, "workers": 1, "endpoints": {"default": ["cpu(1ms)"]}}},
      "run": {"duration": "60s"}})json";
  QSignalSpy finished(&controller_, &RunController::finished);
  start(large);
  QElapsedTimer wall;
  wall.start();
  start(shop);
  EXPECT_LT(wall.elapsed(), 200);
  ASSERT_TRUE(waitFor(State::finished));
  EXPECT_EQ(finished.count(), 1);
  EXPECT_EQ(controller_.result()->order_digest, run_spec(spec_of(shop)).order_digest);
}

TEST_F(RunControllerTest, FollowsRequests) {
  controller_.followRequests(100);
  start(shop);
  ASSERT_TRUE(waitFor(State::finished));
  const auto& traces = controller_.snapshot()->traces;
  EXPECT_GT(traces.size(), 100U);
  for (const sim::RequestTrace& trace : traces) ASSERT_FALSE(trace.hops.empty());
}

class LibraryInTheWindow : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(LibraryInTheWindow, HasTheDigestsOfTheCommandLine) {
  const std::filesystem::path& file = GetParam();
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  sim::Problems problems;
  const auto spec = sim::read_spec_file(file, {}, problems);
  ASSERT_TRUE(spec);
  const sim::Result alone = run_spec(*spec);
  RunController controller;
  controller.start(
      {QByteArray::fromStdString(text), QString::fromStdString(file.parent_path().string()), 0});
  ASSERT_TRUE(QTest::qWaitFor([&] { return controller.state() == State::finished; }, 300'000));
  EXPECT_EQ(controller.result()->order_digest, alone.order_digest);
  EXPECT_EQ(controller.result()->results_digest, alone.results_digest);
}

/// The scenarios of the library: those that take seconds are checked in full by the suite "Slow".
std::vector<std::filesystem::path> libraryFiles(bool large) {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path folder =
      std::filesystem::path(FAULTLINE_SOURCE_DIR) / "scenarios" / "library";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    const bool isLarge = entry.path().stem() == "chat_1m";
    if (isLarge == large) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string testName(const testing::TestParamInfo<std::filesystem::path>& info) {
  return info.param.stem().string();
}

INSTANTIATE_TEST_SUITE_P(Library, LibraryInTheWindow, testing::ValuesIn(libraryFiles(false)),
                         testName);
INSTANTIATE_TEST_SUITE_P(SlowLibrary, LibraryInTheWindow, testing::ValuesIn(libraryFiles(true)),
                         testName);

}  // namespace
}  // namespace faultline::gui
