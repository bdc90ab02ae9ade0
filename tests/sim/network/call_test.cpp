#include "sim/network/call.hpp"

#include <gtest/gtest.h>

#include "sim/kernel/run_error.hpp"
#include "tests/sim/network/node_world.hpp"

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;

Time at(Duration time) { return Time(time); }

Request write_request() {
  Request request;
  request.operation = Operation::write;
  return request;
}

TEST(Call, BringsTheReplyBackAfterBothWaysAndTheWork) {
  NodeWorld world(2ms);
  Node& caller = world.add("caller");
  Node& callee = world.add("callee", 10ms);
  Request request;
  request.key = 42;
  const auto answer = world.call_now(caller, callee, request);
  world.kernel.run_until(at(14ms - 1ns));
  EXPECT_FALSE(answer->has_value());
  world.kernel.run_until(at(1s));
  ASSERT_TRUE(answer->has_value());
  EXPECT_TRUE((*answer)->reply.is_ok());
  EXPECT_EQ((*answer)->at, at(14ms));
  ASSERT_EQ(world.responder(callee).requests.size(), 1u);
  EXPECT_EQ(world.responder(callee).requests[0].key, 42u);
  EXPECT_EQ(world.responder(callee).requests[0].hops, 1);
}

TEST(Call, TimesOutAtItsPatience) {
  NodeWorld world(2ms);
  Node& caller = world.add("caller");
  Node& callee = world.add("callee", 10ms);
  const auto read = world.call_now(caller, callee, {}, 13ms);
  const auto write = world.call_now(caller, callee, write_request(), 13ms);
  world.kernel.run_until(at(1s));
  EXPECT_EQ((*read)->at, at(13ms));
  EXPECT_EQ((*read)->reply.outcome, Outcome::fail);
  EXPECT_EQ((*read)->reply.reason, Reason::timeout);
  EXPECT_EQ((*write)->reply.outcome, Outcome::unknown);
  EXPECT_EQ((*write)->reply.reason, Reason::timeout);
  // The callee finished both.
  EXPECT_EQ(world.responder(callee).answered, 2);
  EXPECT_EQ(callee.tally().ok(), 2u);
}

TEST(Call, ThatTimesOutAtTheTimeOfItsReplyHasTimedOut) {
  // The time-out was scheduled first.
  NodeWorld world(2ms);
  Node& caller = world.add("caller");
  Node& callee = world.add("callee", 10ms);
  const auto answer = world.call_now(caller, callee, {}, 14ms);
  const auto patient = world.call_now(caller, callee, {}, 14ms + 1ns);
  world.kernel.run_until(at(1s));
  EXPECT_EQ((*answer)->reply.reason, Reason::timeout);
  EXPECT_TRUE((*patient)->reply.is_ok());
}

TEST(Call, MayTimeOutBeforeTheRequestHasArrived) {
  NodeWorld world(5ms);
  Node& caller = world.add("caller");
  Node& callee = world.add("callee", 1ms);
  const auto answer = world.call_now(caller, callee, write_request(), 2ms);
  world.kernel.run_until(at(3ms));
  EXPECT_EQ((*answer)->reply.outcome, Outcome::unknown);
  EXPECT_EQ(world.responder(callee).requests.size(), 0u);
  world.kernel.run_until(at(1s));
  EXPECT_EQ(world.responder(callee).answered, 1);
}

TEST(Call, WaitsNoLongerThanTheDeadlineOfItsRequest) {
  NodeWorld world(2ms);
  Node& caller = world.add("caller");
  Node& callee = world.add("callee", 10ms);
  Request soon = write_request();
  soon.deadline = at(5ms);
  Request later;
  later.deadline = at(50ms);
  const auto cut_off = world.call_now(caller, callee, soon, 13ms);
  const auto without_patience = world.call_now(caller, callee, soon);
  const auto impatient = world.call_now(caller, callee, later, 13ms);
  const auto answered = world.call_now(caller, callee, later);
  world.kernel.run_until(at(1s));
  EXPECT_EQ((*cut_off)->at, at(5ms));
  EXPECT_EQ((*cut_off)->reply.outcome, Outcome::unknown);
  EXPECT_EQ((*cut_off)->reply.reason, Reason::timeout);
  EXPECT_EQ((*without_patience)->at, at(5ms));
  EXPECT_EQ((*impatient)->at, at(13ms));
  EXPECT_EQ((*answered)->at, at(14ms));
  // The callee is told.
  EXPECT_EQ(world.responder(callee).requests[0].deadline, at(5ms));
}

TEST(Call, IsNotSentAfterTheDeadlineOfItsRequest) {
  NodeWorld world(2ms);
  Node& caller = world.add("caller");
  Node& callee = world.add("callee", 10ms);
  world.kernel.run_until(at(7ms));
  Request late = write_request();
  late.deadline = at(7ms);
  const auto answer = world.call_now(caller, callee, late);
  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ((*answer)->at, at(7ms));
  EXPECT_EQ((*answer)->reply.outcome, Outcome::fail);
  EXPECT_EQ((*answer)->reply.reason, Reason::expired);
  world.kernel.run_until(at(1s));
  EXPECT_TRUE(world.responder(callee).requests.empty());
}

TEST(Call, ToANodeThatIsDownIsRefusedAfterBothWays) {
  NodeWorld world(2ms);
  Node& caller = world.add("caller");
  Node& callee = world.add("callee", 10ms);
  callee.crash();
  const auto answer = world.call_now(caller, callee, write_request());
  world.kernel.run_until(at(1s));
  EXPECT_EQ((*answer)->at, at(4ms));
  EXPECT_EQ((*answer)->reply.outcome, Outcome::fail);
  EXPECT_EQ((*answer)->reply.reason, Reason::refused);
  EXPECT_TRUE(world.responder(callee).requests.empty());
  EXPECT_EQ(callee.tally().sent, 1u);
}

TEST(Call, IsResetWhenTheCalleeCrashes) {
  // The crash at 7 ms is known to the caller one way later.
  NodeWorld world(2ms);
  Node& caller = world.add("caller");
  Node& callee = world.add("callee", 10ms);
  const auto read = world.call_now(caller, callee);
  const auto write = world.call_now(caller, callee, write_request());
  world.kernel.run_until(at(7ms));
  callee.crash();
  EXPECT_EQ(callee.in_service(), 0u);
  world.kernel.run_until(at(1s));
  EXPECT_EQ((*read)->at, at(9ms));
  EXPECT_EQ((*read)->reply.outcome, Outcome::fail);
  EXPECT_EQ((*read)->reply.reason, Reason::reset);
  EXPECT_EQ((*write)->reply.outcome, Outcome::unknown);
  EXPECT_EQ((*write)->reply.reason, Reason::reset);
  EXPECT_EQ(world.responder(callee).answered, 0);
}

TEST(Call, AReplyOnItsWayOutlivesTheCrashOfItsSender) {
  NodeWorld world(2ms);
  Node& caller = world.add("caller");
  Node& callee = world.add("callee", 10ms);
  const auto answer = world.call_now(caller, callee);
  world.kernel.run_until(at(13ms));  // Sent at 12 ms, to arrive at 14 ms.
  callee.crash();
  world.kernel.run_until(at(1s));
  EXPECT_TRUE((*answer)->reply.is_ok());
  EXPECT_EQ((*answer)->at, at(14ms));
}

TEST(Call, TheCalleeWorksOnWhenTheCallerCrashes) {
  // In each stretch of the call's life: on the way there, in work, on the way back.
  for (const Duration crash_at : {Duration(1ms), Duration(7ms), Duration(13ms)}) {
    NodeWorld world(2ms);
    Node& caller = world.add("caller");
    Node& callee = world.add("callee", 10ms);
    const auto answer = world.call_now(caller, callee, {}, 1s);
    world.kernel.run_until(at(crash_at));
    caller.crash();
    world.kernel.run_until(at(10s));
    EXPECT_FALSE(answer->has_value());
    EXPECT_EQ(world.responder(callee).answered, 1);
    EXPECT_EQ(callee.tally().ok(), 1u);
  }
}

TEST(Call, SendDoesNotWait) {
  NodeWorld world(2ms);
  Node& caller = world.add("caller");
  Node& callee = world.add("callee", 10ms);
  const Target target = world.network.target_of(caller, callee);
  send(caller, target, write_request());
  world.kernel.run_until(at(1s));
  EXPECT_EQ(world.responder(callee).answered, 1);
  callee.crash();
  send(caller, target, write_request());
  world.kernel.run_until(at(2s));
  EXPECT_EQ(callee.tally().sent, 2u);
  EXPECT_EQ(callee.tally().finished(), 2u);
}

TEST(Call, EndsARunWithTooManyRequestsAtANode) {
  NodeWorld world;
  Node& caller = world.add("caller");
  Node& callee = world.add("callee", 10s);
  callee.set_in_service_limit(3);
  for (int i = 0; i < 5; ++i) world.call_now(caller, callee);
  try {
    world.kernel.run_until(at(1s));
    FAIL() << "no RunError";
  } catch (const RunError& error) {
    EXPECT_EQ(error.where(), "callee");
    EXPECT_EQ(std::string(error.what()),
              "at 0 s, callee: 3 requests are here, waiting or in work, and more arrive than it "
              "can serve; give it a queue_limit, "
              "more servers or fewer requests, or raise run.in_service_limit");
  }
}

TEST(Call, MessagesOnTheirWayAreFreedWithTheRun) {
  // Under the address sanitizer a message that is left over is a leak.
  NodeWorld world(2ms);
  Node& caller = world.add("caller");
  Node& callee = world.add("callee", 1ms);
  world.call_now(caller, callee, {}, 1s);
  world.kernel.run_until(at(1ms));
  world.call_now(caller, callee);
  send(caller, world.network.target_of(caller, callee), {});
  world.kernel.run_until(at(4ms));
}

}  // namespace
}  // namespace faultline::sim
