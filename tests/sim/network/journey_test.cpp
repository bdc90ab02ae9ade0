#include "sim/network/journey.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/network/network.hpp"
#include "tests/sim/network/network_world.hpp"

namespace faultline::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::int64_t ms(const Arrival& arrival) {
  if (!*arrival) return -1;
  return std::chrono::duration_cast<milliseconds>((*arrival)->time_since_epoch()).count();
}

void expect_conserved(const MessageCounts& counts, std::uint64_t under_way = 0) {
  EXPECT_EQ(counts.sent, counts.arrived + counts.lost + under_way);
}

/// Sends `count` messages one second apart, over a link that loses segments; the mean delay in
/// seconds, its standard error, and how many arrived.
struct Sample {
  double mean = 0;
  double error = 0;
  int arrived = 0;
};
Sample send_many(int count, std::int64_t bytes, double loss,
                 Transport transport = Transport::reliable) {
  NetworkWorld world;
  Node& a = world.add("a");
  Node& b = world.add("b");
  world.link("a", "b", milliseconds(0)).loss = loss;
  world.lay_out();
  std::vector<Arrival> arrivals;
  for (int i = 0; i < count; ++i) {
    world.run_to(seconds(i));
    arrivals.push_back(world.send(a, b, bytes, transport));
  }
  world.run_to(seconds(count + 1000));
  double sum = 0, squares = 0;
  Sample sample;
  for (int i = 0; i < count; ++i) {
    if (!*arrivals[static_cast<std::size_t>(i)]) continue;
    ++sample.arrived;
    const double delay = to_seconds(**arrivals[static_cast<std::size_t>(i)]) - i;
    sum += delay;
    squares += delay * delay;
  }
  expect_conserved(
      world.network.counts(),
      static_cast<std::uint64_t>(transport == Transport::reliable ? count - sample.arrived : 0));
  sample.mean = sum / sample.arrived;
  sample.error = std::sqrt((squares / sample.arrived - sample.mean * sample.mean) / sample.arrived);
  return sample;
}

/// Round k + 1 is needed if any of n segments got lost k times and once more, and begins 200 ms *
/// 2^k, at most a minute, after round k.
double mean_delay(double segments, double loss) {
  double sum = 0, timeout = 0.2;
  for (int k = 0; k < 60; ++k) {
    sum += timeout * (1 - std::pow(1 - std::pow(loss, k + 1), segments));
    timeout = std::min(2 * timeout, 60.0);
  }
  return sum;
}

TEST(Loss, DelaysByTimeOutsThatDouble) {
  // A message of one segment: 0.2 p / (1 - 2 p) s on average, but for the longest time-out. The 95
  // % interval is taken at two and a half standard errors for the six cases together.
  for (const double loss : {0.01, 0.05, 0.1}) {
    for (const int segments : {1, 20}) {
      const Sample sample = send_many(20'000, segments * segment_bytes, loss);
      EXPECT_EQ(sample.arrived, 20'000);
      EXPECT_NEAR(sample.mean, mean_delay(segments, loss), 2.5 * sample.error)
          << loss << " " << segments;
    }
  }
  EXPECT_NEAR(mean_delay(1, 0.1), 0.2 * 0.1 / 0.8, 1e-3);
}

TEST(Loss, LosesDatagrams) {
  // Of ten segments at 2 % all arrive with probability 0.98^10 = 81.7 %; what arrives is not late.
  const Sample sample = send_many(20'000, 14'600, 0.02, Transport::datagram);
  const double share = std::pow(0.98, 10);
  EXPECT_NEAR(sample.arrived, 20'000 * share, 4 * std::sqrt(20'000 * share * (1 - share)));
  EXPECT_EQ(sample.mean, 0);
}

TEST(Loss, TheTimeOutHasABound) {
  // Half of the messages are lost again each time: round k begins at the latest a minute after the
  // one before it, so all have arrived long before the 1000 s that the last one is given.
  const Sample sample = send_many(2'000, 100, 0.5);
  EXPECT_EQ(sample.arrived, 2'000);
}

/// Two nodes 1 ms apart that can be cut from each other.
class Cut : public testing::Test {
 protected:
  Cut() : world(milliseconds(1)), a(world.add("a")), b(world.add("b")) {
    world.lay_out(true);
    both = world.cut({"a"}, {"b"});
  }
  void cut_from_to(Duration from, Duration to) {
    world.run_to(from);
    world.network.begin(both);
    world.run_to(to);
    world.network.end(both);
  }
  NetworkWorld world;
  Node& a;
  Node& b;
  Impairment both;
};

TEST_F(Cut, WithoutOneMessagesArriveAsUsual) {
  const Arrival arrival = world.send(a, b, 100);
  world.run_to(seconds(1));
  EXPECT_EQ(ms(arrival), 1);
}

TEST_F(Cut, AMessageIsSentAgainUntilItIsOver) {
  // Sent at 2 s, and again 0.2, 0.6, 1.4, 3, 6.2 and 12.6 s later; the cut is over at 10 s.
  world.run_to(seconds(1));
  world.network.begin(both);
  world.run_to(seconds(2));
  const Arrival arrival = world.send(a, b, 100);
  world.run_to(seconds(10));
  world.network.end(both);
  EXPECT_EQ(ms(arrival), -1);
  world.run_to(seconds(100));
  EXPECT_EQ(ms(arrival), 14'601);
  expect_conserved(world.network.counts());
}

TEST_F(Cut, AMessageUnderWayWhenItBeginsDoesNotArriveInside) {
  // Sent half a millisecond before; again at 0.9995 + 0.2, + 0.6 and + 1.4 s, which is after 2 s.
  world.run_to(milliseconds(1000) - std::chrono::microseconds(500));
  const Arrival arrival = world.send(a, b, 100);
  cut_from_to(seconds(1), seconds(2));
  EXPECT_EQ(ms(arrival), -1);
  world.run_to(seconds(10));
  ASSERT_TRUE(*arrival);
  EXPECT_EQ(**arrival, Time(std::chrono::microseconds(999'500 + 1'400'000 + 1'000)));
}

TEST_F(Cut, OneThatIsOverBeforeTheMessageArrivesIsNotNoticed) {
  const Arrival arrival = world.send(a, b, 100);
  cut_from_to(std::chrono::microseconds(200), std::chrono::microseconds(800));
  world.run_to(seconds(1));
  EXPECT_EQ(ms(arrival), 1);
}

TEST_F(Cut, OneWayLetsTheOtherWayPass) {
  both.one_way = true;
  world.network.begin(both);
  const Arrival there = world.send(a, b, 100);
  const Arrival back = world.send(b, a, 100);
  world.run_to(seconds(1));
  EXPECT_EQ(ms(there), -1);
  EXPECT_EQ(ms(back), 1);
  world.network.end(both);
}

TEST_F(Cut, LosesDatagrams) {
  world.network.begin(both);
  const Arrival arrival = world.send(a, b, 100, Transport::datagram);
  world.run_to(seconds(1));
  world.network.end(both);
  world.run_to(seconds(100));
  EXPECT_EQ(ms(arrival), -1);
  EXPECT_EQ(world.network.counts().lost, 1u);
}

TEST_F(Cut, ACallerSeesSilenceAndACalleeTheLateRequest) {
  // The caller gives up after 50 ms. Its request is sent again 0.2 s later, when the cut is over,
  // and is served all the same.
  world.network.begin(both);
  const auto answer = world.call_now(a, b, {}, milliseconds(50));
  world.run_to(milliseconds(100));
  ASSERT_TRUE(*answer);
  EXPECT_EQ((*answer)->reply.reason, Reason::timeout);
  EXPECT_EQ((*answer)->at, Time(milliseconds(50)));
  world.network.end(both);
  world.run_to(seconds(1));
  EXPECT_EQ(world.responder(b).answered, 1);
  expect_conserved(world.network.counts());
}

TEST_F(Cut, WhatNobodyWaitsForIsGivenUpAfterFifteenRounds) {
  // 0.2 + 0.4 + ... + 51.2 s and five more minutes: by 10 minutes it is over.
  world.network.begin(both);
  world.call_now(a, b, {}, milliseconds(50));
  const Arrival kept = world.send(a, b, 100);
  world.run_to(std::chrono::minutes(10));
  EXPECT_EQ(world.network.counts().lost, 1u);
  world.network.end(both);
  world.run_to(std::chrono::minutes(20));
  EXPECT_EQ(world.responder(b).answered, 0);
  EXPECT_NE(ms(kept), -1);
}

TEST_F(Cut, AWaiterThatIsEndedTakesItsMessageAlong) {
  world.network.begin(both);
  world.send(a, b, 100);
  world.run_to(seconds(1));
  a.crash();
  EXPECT_EQ(world.network.counts().lost, 1u);
  world.network.end(both);
  world.run_to(seconds(10));
  EXPECT_EQ(world.network.counts().arrived, 0u);
}

TEST_F(Cut, WhatIsUnderWayAtTheEndOfARunIsFreed) {
  world.network.begin(both);
  world.call_now(a, b);
  world.send(a, b, 100);
  world.run_to(seconds(1));
}

/// The same two nodes; the way between them is impaired otherwise.
class Impaired : public Cut {
 protected:
  Impaired() { both.cut = false; }
};

TEST_F(Impaired, SlowAddsToTheLatencyWhileItLasts) {
  both.extra = Duration(milliseconds(30));
  world.network.begin(both);
  const Arrival slow = world.send(a, b, 100);
  world.run_to(seconds(1));
  world.network.end(both);
  const Arrival usual = world.send(a, b, 100);
  world.run_to(seconds(2));
  EXPECT_EQ(ms(slow), 31);
  EXPECT_EQ(ms(usual), 1001);
}

TEST_F(Impaired, LossComesBesideOtherLoss) {
  // 20 % and 50 %: 0.8 * 0.5 = 40 % arrive.
  Impairment more = both;
  both.loss = 0.2;
  more.loss = 0.5;
  world.network.begin(both);
  world.network.begin(more);
  for (int i = 0; i < 10'000; ++i) world.send(a, b, 100, Transport::datagram);
  world.run_to(seconds(1));
  EXPECT_NEAR(static_cast<double>(world.network.counts().arrived), 4000,
              4 * std::sqrt(10'000 * 0.4 * 0.6));
  expect_conserved(world.network.counts());
}

TEST_F(Impaired, DuplicationMakesTheCalleeServeADatagramTwice) {
  both.duplication = 1;
  world.network.begin(both);
  Target target = world.network.target_of(a, b);
  target.transport = Transport::datagram;
  const auto ask = [](Node& from, Target to) -> Task<void> {
    const Request request;
    const Patience patience;
    const Reply reply = co_await call(from, to, request, patience);
    EXPECT_TRUE(reply.is_ok());
  };
  a.spawn(ask(a, target));
  world.run_to(seconds(1));
  EXPECT_EQ(world.responder(b).requests.size(), 2u);
  EXPECT_EQ(world.responder(b).answered, 2);
  EXPECT_EQ(world.network.counts().doubled, 1u);
  expect_conserved(world.network.counts());
  // Reliable messages are not: their transport throws copies away.
  world.call_now(a, b);
  world.run_to(seconds(2));
  EXPECT_EQ(world.responder(b).answered, 3);
}

TEST_F(Impaired, ACallByDatagramsThatGetsLostTimesOut) {
  both.loss = 1 - 1e-12;
  world.network.begin(both);
  Target target = world.network.target_of(a, b);
  target.transport = Transport::datagram;
  Reply got;
  const auto ask = [&got](Node& from, Target to) -> Task<void> {
    const Request request;
    const Patience patience(from.kernel(), milliseconds(20));
    got = co_await call(from, to, request, patience);
  };
  a.spawn(ask(a, target));
  world.run_to(seconds(1));
  EXPECT_EQ(got.reason, Reason::timeout);
}

}  // namespace
}  // namespace faultline::sim
