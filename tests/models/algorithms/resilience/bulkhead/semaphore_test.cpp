#include <gtest/gtest.h>

#include "models/algorithms/random_source.hpp"
#include "models/algorithms/resilience/bulkhead/bulkhead_policy.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using Answer = BulkheadGate::Answer;

BulkheadLimits limits_of(const std::string& text) {
  return sim::Choice<BulkheadPolicy>(text).make({})->limits();
}

TEST(SemaphoreBulkhead, HasTheDefaultsOfResilience4j) {
  const BulkheadLimits limits = limits_of("semaphore");
  EXPECT_EQ(limits.concurrent, 25);
  EXPECT_EQ(limits.wait, 0s);
}

TEST(SemaphoreBulkhead, WithoutAWaitTheNextIsRejected) {
  BulkheadGate gate(limits_of("semaphore(2)"));
  EXPECT_EQ(gate.enter(), Answer::go);
  EXPECT_EQ(gate.enter(), Answer::go);
  EXPECT_EQ(gate.enter(), Answer::rejected);
  EXPECT_FALSE(gate.leave());
  EXPECT_EQ(gate.enter(), Answer::go);
}

TEST(SemaphoreBulkhead, WithAWaitAnyNumberWaits) {
  BulkheadGate gate(limits_of("semaphore(1, wait=10ms)"));
  EXPECT_EQ(gate.enter(), Answer::go);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(gate.enter(), Answer::wait);
  EXPECT_EQ(gate.waiting(), 1000);
  gate.stop_waiting();
  EXPECT_TRUE(gate.leave());
  EXPECT_EQ(gate.waiting(), 998);
  EXPECT_EQ(gate.under_way(), 1);
}

TEST(BulkheadGate, NeverHasMoreThanItsLimitsUnderWayOrWaiting) {
  SplitMixSource random(4);
  for (int round = 0; round < 50; ++round) {
    const BulkheadLimits limits{.concurrent = static_cast<std::int64_t>(1 + random.below(5)),
                                .queue = static_cast<std::int64_t>(random.below(5)),
                                .wait = 1s};
    BulkheadGate gate(limits);
    std::int64_t inside = 0, waiting = 0;
    for (int step = 0; step < 2'000; ++step) {
      switch (random.below(4)) {
        case 0:
        case 1: {
          const Answer answer = gate.enter();
          // It lets in whom it can, and has somebody wait only if it must.
          const Answer expected = inside < limits.concurrent ? Answer::go
                                  : waiting < limits.queue   ? Answer::wait
                                                             : Answer::rejected;
          ASSERT_EQ(answer, expected);
          inside += answer == Answer::go ? 1 : 0;
          waiting += answer == Answer::wait ? 1 : 0;
          break;
        }
        case 2:
          if (waiting == 0) break;
          gate.stop_waiting();
          --waiting;
          break;
        default:
          if (inside == 0) break;
          ASSERT_EQ(gate.leave(), waiting > 0);
          if (waiting > 0) {
            --waiting;
          } else {
            --inside;
          }
      }
      ASSERT_EQ(gate.under_way(), inside);
      ASSERT_EQ(gate.waiting(), waiting);
      ASSERT_LE(inside, limits.concurrent);
      ASSERT_LE(waiting, limits.queue);
    }
  }
}

}  // namespace
}  // namespace faultline::models
