#include <gtest/gtest.h>

#include "tests/models/serving/queue_scenario.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::latency_of;
using tests::millisecond;
using tests::run_queue;
using tests::scalar_of;

TEST(ConsumeStep, ARequestMayConsume) {
  // Nobody else does: c0 waits until c1 publishes.
  const auto result = run_queue(
      2, R"("consumers": 0)",
      R"json("c0": [{"type": "consume", "queue": "q", "steps": ["sleep(5ms)"]}], "c1": ["sleep(10ms)", "publish(q)"])json");
  EXPECT_EQ(latency_of(result, "c0"), 15 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 10 * millisecond);
  EXPECT_EQ(scalar_of(result, "app", "q:messages_consumed"), 1);
}

TEST(ConsumeStep, ConsumeGivesUpAndLeavesTheMessageToOthers) {
  const auto result = run_queue(3, R"("consumers": 0)",
                                R"json("c0": [{"type": "consume", "queue": "q", "timeout": "5ms"}],
             "c1": [{"type": "consume", "queue": "q"}], "c2": ["sleep(10ms)", "publish(q)"])json");
  EXPECT_EQ(errors_of(result.by_class.at("c0").counts, "timeout"), 1u);
  EXPECT_EQ(latency_of(result, "c1"), 10 * millisecond);
}

TEST(ConsumeStep, ConsumeWithoutWaitingTakesWhatIsThere) {
  const auto result = run_queue(
      3, R"("consumers": 0)",
      R"json("c0": ["publish(q)"], "default": [{"type": "consume", "queue": "q", "timeout": "0s"}])json");
  EXPECT_EQ(latency_of(result, "c1"), 0);
  EXPECT_EQ(errors_of(result.by_class.at("c2").counts, "timeout"), 1u);
}

}  // namespace
}  // namespace faultline
