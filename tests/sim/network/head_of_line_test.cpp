#include <gtest/gtest.h>

#include "sim/network/network.hpp"
#include "tests/sim/network/network_world.hpp"

namespace faultline::sim {
namespace {

using std::chrono::milliseconds;

using Answered = std::shared_ptr<std::optional<Time>>;

/// Two nodes 1 ms apart; calls take 2 ms.
class HeadOfLine : public testing::Test {
 protected:
  HeadOfLine() : world(milliseconds(1)), a(world.add("a")), b(world.add("b")) {
    world.lay_out(true);
    cut = world.cut({"a"}, {"b"});
  }
  void cut_for(std::int64_t from, std::int64_t to) {
    world.run_to(milliseconds(from));
    world.network.begin(cut);
    world.run_to(milliseconds(to));
    world.network.end(cut);
  }
  /// Calls b at `at`, in ms; when the answer came is in the result.
  Answered call_at(std::int64_t at, std::uint32_t connection,
                   Transport transport = Transport::in_order, Duration patience = Duration(0)) {
    auto answered = std::make_shared<std::optional<Time>>();
    Target target = world.network.target_of(a, b);
    target.transport = transport;
    a.spawn(ask(a, target, at, connection, Patience(world.kernel, patience), answered));
    return answered;
  }
  static std::int64_t ms(const Answered& answered) {
    if (!*answered) return -1;
    return std::chrono::duration_cast<milliseconds>((*answered)->time_since_epoch()).count();
  }

  NetworkWorld world;
  Node& a;
  Node& b;
  Impairment cut;

 private:
  static Task<void> ask(Node& from, Target target, std::int64_t at, std::uint32_t connection,
                        Patience patience, Answered answered) {
    co_await delay(milliseconds(at));
    Request request;
    request.connection = connection;
    request.id = static_cast<std::uint64_t>(at);
    co_await call(from, target, request, patience);
    answered->emplace(from.kernel().now());
  }
};

TEST_F(HeadOfLine, WhatIsSentAgainHoldsUpItsConnectionAndNoOther) {
  // The first request, at 5 ms, gets lost, is sent again 200 ms later and is there at 206 ms. What
  // follows it on connection 7 arrives in time and is handed over then, in the order of sending.
  const Answered first = call_at(5, 7);
  const Answered second = call_at(20, 7);
  const Answered third = call_at(30, 7);
  const Answered other = call_at(20, 8);
  const Answered bare = call_at(20, 7, Transport::reliable);
  const Answered after = call_at(220, 7);
  cut_for(1, 10);
  world.run_to(milliseconds(300));
  EXPECT_EQ(ms(first), 207);
  EXPECT_EQ(ms(second), 207);
  EXPECT_EQ(ms(third), 207);
  EXPECT_EQ(ms(other), 22);
  EXPECT_EQ(ms(bare), 22);
  EXPECT_EQ(ms(after), 222);
  std::vector<std::uint64_t> order;
  for (const Request& request : world.responder(b).requests) order.push_back(request.id);
  EXPECT_EQ(order, (std::vector<std::uint64_t>{20, 20, 5, 20, 30, 220}));
}

TEST_F(HeadOfLine, RepliesHoldUpReplies) {
  // The first request arrives at 6 ms, its reply is lost in a cut of the way back alone, and is
  // sent again at 206 ms. Requests behind it are served in time, at 21 ms.
  cut = world.cut({"b"}, {"a"});
  cut.one_way = true;
  const Answered first = call_at(5, 7);
  const Answered second = call_at(20, 7);
  const Answered other = call_at(20, 8);
  cut_for(1, 10);
  world.run_to(milliseconds(100));
  EXPECT_EQ(world.responder(b).answered, 3);
  EXPECT_EQ(ms(other), 22);
  world.run_to(milliseconds(300));
  EXPECT_EQ(ms(first), 207);
  EXPECT_EQ(ms(second), 207);
}

TEST_F(HeadOfLine, ARequestSentAgainInTimeWaitsForAnEarlierOne) {
  // Sent at 1 ms, again at 201 ms, into a second cut, and at 601 ms: answered at 603 ms. The second
  // one, sent at 5 ms, is there at 206 ms and waits, and so does the third.
  const Answered first = call_at(1, 7);
  const Answered second = call_at(5, 7);
  const Answered third = call_at(300, 7);
  cut_for(0, 10);
  cut_for(200, 203);
  world.run_to(milliseconds(602));
  EXPECT_EQ(ms(second), -1);
  world.run_to(milliseconds(700));
  EXPECT_EQ(ms(first), 603);
  EXPECT_EQ(ms(second), 603);
  EXPECT_EQ(ms(third), 603);
}

TEST_F(HeadOfLine, OneThatNobodyWaitsForHoldsUpTheOthersAllTheSame) {
  const Answered first = call_at(5, 7, Transport::in_order, milliseconds(50));
  const Answered second = call_at(20, 7);
  cut_for(1, 10);
  world.run_to(milliseconds(300));
  EXPECT_EQ(ms(first), 55);
  EXPECT_EQ(ms(second), 207);
}

TEST_F(HeadOfLine, WhenTheNetworkGivesItUpTheOthersGoOn) {
  // Cut for ten minutes: the first request, which nobody wants any more, ends with its fifteenth
  // round. The second is wanted, and is there at last.
  const Answered first = call_at(5, 7, Transport::in_order, milliseconds(50));
  const Answered second = call_at(20, 7);
  cut_for(1, 600'000);
  world.run_to(std::chrono::minutes(20));
  EXPECT_EQ(ms(first), 55);
  EXPECT_GT(ms(second), 600'000);
  EXPECT_EQ(world.network.counts().lost, 1u);
  EXPECT_EQ(world.responder(b).answered, 1);
}

TEST_F(HeadOfLine, TheRunMayEndWhileMessagesAreHeldUp) {
  const Answered first = call_at(5, 7);
  const Answered second = call_at(20, 7);
  const Answered third = call_at(30, 7);
  cut_for(1, 10);
  world.run_to(milliseconds(100));
  EXPECT_EQ(ms(third), -1);
}

}  // namespace
}  // namespace faultline::sim
