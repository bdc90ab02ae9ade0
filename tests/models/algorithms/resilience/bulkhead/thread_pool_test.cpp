#include <gtest/gtest.h>

#include "models/algorithms/resilience/bulkhead/bulkhead_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using Answer = BulkheadGate::Answer;

TEST(ThreadPoolBulkhead, RejectsWhatFindsItsQueueFull) {
  BulkheadGate gate(sim::Choice<BulkheadPolicy>("thread_pool(2, queue=1)").make({})->limits());
  EXPECT_EQ(gate.enter(), Answer::go);
  EXPECT_EQ(gate.enter(), Answer::go);
  EXPECT_EQ(gate.enter(), Answer::wait);
  EXPECT_EQ(gate.enter(), Answer::rejected);
  EXPECT_TRUE(gate.leave());
  EXPECT_EQ(gate.enter(), Answer::wait);
}

TEST(ThreadPoolBulkhead, HasTenThreadsAndRoomForAHundred) {
  const BulkheadLimits limits = sim::Choice<BulkheadPolicy>("thread_pool").make({})->limits();
  EXPECT_EQ(limits.concurrent, 10);
  EXPECT_EQ(limits.queue, 100);
  EXPECT_EQ(limits.wait, sim::Duration::max());
}

}  // namespace
}  // namespace faultline::models
