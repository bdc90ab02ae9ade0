#include "sim/kernel/processor_sharing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tests/sim/kernel/process_world.hpp"

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class ProcessorSharingTest : public testing::Test, public ProcessWorld {
 protected:
  void job(ProcessorSharing& cores, const std::string& name, Duration time, Duration work) {
    spawn(run_job(*this, cores, name, time, work));
  }
  static Task<void> run_job(ProcessWorld& world, ProcessorSharing& cores, std::string name,
                            Duration time, Duration work) {
    co_await delay(time);
    co_await cores.use(work);
    world.note(name);
  }
};

TEST_F(ProcessorSharingTest, EqualJobsShareEqually) {
  // Two jobs of 10 ms at half speed each.
  ProcessorSharing cores(kernel, 1, 1);
  job(cores, "a", 0ms, 10ms);
  job(cores, "b", 0ms, 10ms);
  run();
  EXPECT_THAT(diary, ElementsAre("20: a", "20: b"));
}

TEST_F(ProcessorSharingTest, AShortJobOvertakesALongOne) {
  // a alone to 4 (6 left); with b at half speed: b's 2 ms take until 8 (a has 4 left); a ends
  // at 12.
  ProcessorSharing cores(kernel, 1, 1);
  job(cores, "a", 0ms, 10ms);
  job(cores, "b", 4ms, 2ms);
  run();
  EXPECT_THAT(diary, ElementsAre("8: b", "12: a"));
}

TEST_F(ProcessorSharingTest, NoJobRunsFasterThanOneCore) {
  // Two on three cores do not notice each other; six share three.
  ProcessorSharing cores(kernel, 1, 3);
  job(cores, "a", 0ms, 10ms);
  job(cores, "b", 0ms, 4ms);
  run();
  EXPECT_THAT(diary, ElementsAre("4: b", "10: a"));
  diary.clear();
  for (int i = 0; i < 6; ++i) job(cores, "c", 0ms, 10ms);
  run();
  EXPECT_EQ(diary.front(), "30: c");
  EXPECT_EQ(diary.back(), "30: c");
}

TEST_F(ProcessorSharingTest, WorkOfNoTimeTakesNone) {
  ProcessorSharing cores(kernel, 1, 1);
  job(cores, "long", 0ms, 10ms);
  job(cores, "none", 5ms, 0ms);
  run();
  EXPECT_THAT(diary, ElementsAre("5: none", "10: long"));
}

TEST_F(ProcessorSharingTest, WhoIsEndedLeavesItsShareToTheOthers) {
  ProcessorSharing cores(kernel, 1, 1);
  ProcessOwner other(kernel, 2);
  other.spawn(run_job(*this, cores, "ended", 0ms, 10ms));
  job(cores, "a", 0ms, 10ms);
  run_until(8ms);  // Each has had 4.
  other.end_processes();
  EXPECT_EQ(cores.jobs(), 1u);
  run();
  EXPECT_THAT(diary, ElementsAre("14: a"));
}

TEST_F(ProcessorSharingTest, ItsStatisticsAreAveragesOverTime) {
  // Two cores: one job for 10 ms, two for 10, idle for 20.
  ProcessorSharing cores(kernel, 1, 2);
  job(cores, "a", 0ms, 20ms);
  job(cores, "b", 10ms, 10ms);
  run_until(40ms);
  EXPECT_DOUBLE_EQ(cores.utilization(kernel.now()), 30.0 / 80);
  EXPECT_DOUBLE_EQ(cores.jobs_gauge().mean(kernel.now()), 30.0 / 40);
  cores.reset_statistics(kernel.now());
  run_until(50ms);
  EXPECT_DOUBLE_EQ(cores.utilization(kernel.now()), 0);
}

TEST_F(ProcessorSharingTest, WorkIsNeitherLostNorMade) {
  // One core is at work exactly as long as there is any: it falls idle when a queue of the same
  // jobs would, to within a nanosecond of rounding a job.
  std::mt19937_64 random(4);
  ProcessorSharing cores(kernel, 1, 1);
  std::int64_t time = 0;
  std::int64_t idle = 0;
  for (int i = 0; i < 2000; ++i) {
    time += static_cast<std::int64_t>(random() % 20'000'000);
    const auto work = static_cast<std::int64_t>(random() % 19'000'000);
    idle = std::max(idle, time) + work;
    spawn(run_job(*this, cores, "", Duration(time), Duration(work)));
  }
  run();
  EXPECT_EQ(diary.size(), 2000u);
  EXPECT_GE(kernel.now(), Time(Duration(idle)));
  EXPECT_LE(kernel.now(), Time(Duration(idle + 2000)));
}

}  // namespace
}  // namespace faultline::sim
