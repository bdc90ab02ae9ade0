#include <gtest/gtest.h>

#include "tests/models/serving/queue_scenario.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::run_queue;
using tests::scalar_of;

/// One consumer, 10 ms a message.
const std::string slow = R"json("steps": ["sleep(10ms)"])json";

TEST(CloseQueueStep, AClosedQueueIsDrained) {
  const auto result =
      run_queue(4, slow, R"json("c2": ["close_queue(q)"], "default": ["publish(q)"])json");
  EXPECT_EQ(scalar_of(result, "app", "q:messages_consumed"), 2);
  EXPECT_EQ(scalar_of(result, "app", "q:consumers_now"), 0);
  EXPECT_EQ(errors_of(result.by_class.at("c3").counts, "rejected"), 1u);
}

TEST(CloseQueueStep, CloseWakesWhoWaits) {
  // A publisher that waits for room, and a request that waits for a message.
  const auto result = run_queue(
      4, R"("consumers": 0, "capacity": 1)",
      R"json("c2": ["sleep(10ms)", "close_queue(q)"], "c3": [{"type": "consume", "queue": "q"}],
             "default": ["publish(q)"])json");
  // c0 is in the queue, c1 waits; c3 takes that of c0, and so c1 gets in.
  EXPECT_EQ(result.requests.counts.ok, 4u);
  const auto none =
      run_queue(3, R"("consumers": 0, "capacity": 1)",
                R"json("c2": ["sleep(10ms)", "close_queue(q)"], "default": ["publish(q)"])json");
  EXPECT_EQ(errors_of(none.by_class.at("c1").counts, "rejected"), 1u);
  const auto empty = run_queue(
      2, R"("consumers": 0)",
      R"json("c0": [{"type": "consume", "queue": "q"}], "c1": ["sleep(10ms)", "close_queue(q)"])json");
  EXPECT_EQ(errors_of(empty.by_class.at("c0").counts, "rejected"), 1u);
}

TEST(CloseQueueStep, PoisonEndsConsumersBehindWhatIsThere) {
  // Two consumers, two pills: what was published before is done, what comes later stays.
  const auto result = run_queue(
      6, slow + R"(, "consumers": 2)",
      R"json("c4": [{"type": "close_queue", "queue": "q", "how": "poison"}], "default": ["publish(q)"])json");
  EXPECT_EQ(scalar_of(result, "app", "q:messages_consumed"), 4);
  EXPECT_EQ(scalar_of(result, "app", "q:consumers_now"), 0);
  EXPECT_EQ(scalar_of(result, "app", "q:queue_length_now"), 1) << "nobody is left to take it";
  EXPECT_EQ(result.requests.counts.ok, 6u);
}

}  // namespace
}  // namespace faultline
