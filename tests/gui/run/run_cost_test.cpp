/// What it costs a run at full speed that a window watches it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <QTest>
#include <string>
#include <vector>

#include "gui/run/run_controller.hpp"
#include "tests/scenario_runner.hpp"

namespace faultline::gui {
namespace {

/// Processor time of all threads: how busy the machine is otherwise matters little to it.
double processorSeconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// A thousand nodes, each of which has something to do all the time.
std::string thousandNodes() {
  return R"json({
    "faultline": 1,
    "nodes": {
      "users": {"type": "clients", "arrivals": "poisson(20000/s)", "target": "edge", "timeout": "1s"},
      "edge": {"type": "l7_balancer", "policy": "round_robin", "backends": ["app"]},
      "app": {"type": "app_server", "replicas": 600, "workers": 4,
              "endpoints": {"default": ["cpu(exponential(4ms))", "call(store)"]}},
      "store": {"type": "l7_balancer", "policy": "round_robin", "backends": ["db"]},
      "db": {"type": "database", "replicas": 397, "connections": 4, "service_time": "exponential(2ms)"}
    },
    "run": {"duration": "30s", "warmup": "1s", "seed": 1}
  })json";
}

struct Case {
  std::string name;
  std::string text;
  std::vector<sim::Override> overrides;
};

std::string textOf(const char* file) {
  std::ifstream stream(std::string(FAULTLINE_SOURCE_DIR) + "/scenarios/library/" + file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

class SlowRunCost : public testing::TestWithParam<Case> {};

TEST_P(SlowRunCost, AWindowCostsLittle) {
  // The same run, as often alone as in the window, in turns; the least of each is compared. Aimed
  // at are 15 per cent, which are printed; on a busy machine processor time is uncertain by as much
  // and more, so that only what is plainly wrong fails.
  sim::Problems problems;
  const auto spec = sim::read_spec(GetParam().text, ".", GetParam().overrides, problems);
  ASSERT_TRUE(spec) << problems.sorted().front().to_text();
  double alone = 1e9;
  double watched = 1e9;
  int snapshots = 0;
  for (int round = 0; round < 5; ++round) {
    double begin = processorSeconds();
    const sim::Result result = tests::run_spec(*spec, 1, 1);
    alone = std::min(alone, processorSeconds() - begin);

    RunController controller;
    QObject::connect(&controller, &RunController::snapshotReady, [&] { ++snapshots; });
    begin = processorSeconds();
    controller.start({QByteArray::fromStdString(spec->text), QStringLiteral("."), 0});
    ASSERT_TRUE(QTest::qWaitFor(
        [&] { return controller.state() == RunController::State::finished; }, 120'000));
    watched = std::min(watched, processorSeconds() - begin);
    EXPECT_EQ(controller.result()->order_digest, result.order_digest);
  }
  const double loss = watched / alone - 1;
  std::printf("%s: alone %.3f s, watched %.3f s: %.1f %% more, %d snapshots in 5 runs\n",
              GetParam().name.c_str(), alone, watched, 100 * loss, snapshots);
  RecordProperty("loss_percent", static_cast<int>(100 * loss));
  EXPECT_LT(loss, 0.6);
}

INSTANTIATE_TEST_SUITE_P(
    Runs, SlowRunCost,
    testing::Values(Case{"three_tier", textOf("three_tier.json"), {{"run.duration", "600s"}}},
                    Case{"multi_layer", textOf("multi_layer.json"), {}},
                    Case{"thousand_nodes", thousandNodes(), {}}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace faultline::gui
