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

/// Passes connections, and what comes by them, on to another node; a request as long as there is
/// one, and then straight from there to the caller if `direct`.
class Forwarder final : public Component {
 public:
  Forwarder(NodeWorld& world, Node& node, Node& to, bool direct)
      : world_(world), node_(node), to_(to), direct_(direct) {}
  bool passes_connections() const override { return true; }
  Task<Reply> handle(const Request& request) override {
    operations.push_back(request.operation);
    Call& message = co_await this_call();
    Target target = world_.network.target_of(node_, to_);
    if (direct_) {
      message.answer_by(*world_.network.target_of(message.from(), to_).back);
      target.back = &no_time_;
    }
    if (request.operation == Operation::connect)
      co_return co_await connect(node_, target, request, Patience());
    if (request.operation == Operation::close) co_return Reply::ok();
    co_return co_await call(node_, target, request, Patience());
  }
  std::vector<Operation> operations;

 private:
  NodeWorld& world_;
  Node& node_;
  Node& to_;
  bool direct_;
  Route no_time_{world_.kernel, Duration(0)};
};

Forwarder& forward(NodeWorld& world, Node& by, Node& to, bool direct = false) {
  auto made = std::make_unique<Forwarder>(world, by, to, direct);
  Forwarder& forwarder = *made;
  by.set_component(std::move(made));
  return forwarder;
}

struct Opened {
  Reply reply;
  Time at{};
};

Task<void> open_connection(Node& from, Target target, std::optional<Opened>& opened) {
  const Request request{.operation = Operation::connect, .connection = 1};
  const Patience patience;
  const Reply reply = co_await connect(from, target, request, patience);
  opened.emplace(Opened{reply, from.kernel().now()});
}

TEST(Connect, TakesARoundTripAndIsNoRequest) {
  NodeWorld world(2ms);
  Node& caller = world.add("caller");
  Node& callee = world.add("callee", 10ms);
  std::optional<Opened> opened;
  caller.spawn(open_connection(caller, world.network.target_of(caller, callee), opened));
  world.kernel.run_until(at(1s));
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->reply.is_ok());
  EXPECT_EQ(opened->at, at(4ms));
  EXPECT_TRUE(world.responder(callee).requests.empty());
  EXPECT_EQ(callee.tally().sent, 0u);
}

TEST(Connect, IsRefusedByANodeThatIsDown) {
  NodeWorld world(2ms);
  Node& caller = world.add("caller");
  Node& callee = world.add("callee");
  callee.crash();
  EXPECT_EQ(callee.crashes(), 1u);
  std::optional<Opened> opened;
  caller.spawn(open_connection(caller, world.network.target_of(caller, callee), opened));
  world.kernel.run_until(at(1s));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->reply.reason, Reason::refused);
  EXPECT_FALSE(opened->reply.answered);
  EXPECT_EQ(opened->at, at(4ms));
}

TEST(Connect, GoesThroughAForwarderToTheNodeWhereItEnds) {
  // Two ways of 2 ms there and two back: 8 ms. The forwarder passes on a refusal as it is.
  NodeWorld world(2ms);
  Node& caller = world.add("caller");
  Node& between = world.add("between");
  Node& callee = world.add("callee");
  Forwarder& forwarder = forward(world, between, callee);
  std::optional<Opened> opened;
  const Target target = world.network.target_of(caller, between);
  caller.spawn(open_connection(caller, target, opened));
  world.kernel.run_until(at(1s));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->at, at(8ms));
  callee.crash();
  caller.spawn(open_connection(caller, target, opened));
  world.kernel.run_until(at(2s));
  EXPECT_EQ(opened->reply.reason, Reason::refused);
  EXPECT_FALSE(opened->reply.answered);
  close(caller, target, {.operation = Operation::close});
  world.kernel.run_until(at(3s));
  EXPECT_EQ(forwarder.operations,
            (std::vector{Operation::connect, Operation::connect, Operation::close}));
  EXPECT_EQ(between.tally().sent, 0u);
}

TEST(ThisCall, LetsAReplyTakeTheDirectWay) {
  // There by two ways, back by one: 6 ms instead of 8.
  for (const bool direct : {false, true}) {
    NodeWorld world(2ms);
    Node& caller = world.add("caller");
    Node& between = world.add("between");
    Node& callee = world.add("callee");
    forward(world, between, callee, direct);
    const auto answer = world.call_now(caller, between);
    world.kernel.run_until(at(1s));
    ASSERT_TRUE(answer->has_value());
    EXPECT_EQ((*answer)->at, at(direct ? 6ms : 8ms));
    EXPECT_EQ(between.tally().ok(), 1u);
  }
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
