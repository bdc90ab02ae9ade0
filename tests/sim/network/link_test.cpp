#include "sim/network/link.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim/network/network_world.hpp"

namespace faultline::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t megabyte = 1'000'000;
constexpr Bandwidth megabyte_a_second{8e6};

/// When it arrived, in milliseconds; -1: not yet.
std::int64_t ms(const Arrival& arrival) {
  if (!*arrival) return -1;
  return std::chrono::duration_cast<milliseconds>((*arrival)->time_since_epoch()).count();
}

TEST(Link, TwoMessagesOfAMegabyteAtEightMegabitArriveOneAndTwoSecondsLater) {
  NetworkWorld world;
  Node& a = world.add("a");
  Node& b = world.add("b");
  world.link("a", "b", milliseconds(10)).bandwidth = megabyte_a_second;
  world.lay_out();
  const Arrival first = world.send(a, b, megabyte);
  const Arrival second = world.send(a, b, megabyte);
  const Arrival small = world.send(a, b, 1000);  // 1 ms, behind the others.
  world.run_to(seconds(10));
  EXPECT_EQ(ms(first), 1010);
  EXPECT_EQ(ms(second), 2010);
  EXPECT_EQ(ms(small), 2011);
}

TEST(Link, IsFreeAgainWhenAllHasBeenSent) {
  NetworkWorld world;
  Node& a = world.add("a");
  Node& b = world.add("b");
  world.link("a", "b", milliseconds(10)).bandwidth = megabyte_a_second;
  world.lay_out();
  world.send(a, b, megabyte);
  world.run_to(milliseconds(1500));
  const Arrival later = world.send(a, b, megabyte / 2);
  world.run_to(seconds(10));
  EXPECT_EQ(ms(later), 1500 + 500 + 10);
}

TEST(Link, SendsInBothDirectionsAtOnce) {
  NetworkWorld world;
  Node& a = world.add("a");
  Node& b = world.add("b");
  world.link("a", "b", milliseconds(10)).bandwidth = megabyte_a_second;
  world.lay_out();
  const Arrival there = world.send(a, b, megabyte);
  const Arrival back = world.send(b, a, megabyte);
  world.run_to(seconds(10));
  EXPECT_EQ(ms(there), 1010);
  EXPECT_EQ(ms(back), 1010);
}

TEST(Link, OfZonesIsSharedByAllWhoStandThere) {
  // Two pairs of nodes; and two pairs with links of their own, which are not in each other's way.
  NetworkWorld world;
  world.add_zone("x", "x", 0);
  world.add_zone("y", "y", 1);
  Node& a = world.add_in("a", "x");
  Node& b = world.add_in("b", "x");
  Node& c = world.add_in("c", "y");
  Node& d = world.add_in("d", "y");
  Node& e = world.add("e");
  Node& f = world.add("f");
  world.link("zone:x", "zone:y", milliseconds(10)).bandwidth = megabyte_a_second;
  world.link("e", "c", milliseconds(10)).bandwidth = megabyte_a_second;
  world.link("f", "c", milliseconds(10)).bandwidth = megabyte_a_second;
  world.lay_out();
  const Arrival a_c = world.send(a, c, megabyte);
  const Arrival b_d = world.send(b, d, megabyte);
  const Arrival d_a = world.send(d, a, megabyte);
  const Arrival e_c = world.send(e, c, megabyte);
  const Arrival f_c = world.send(f, c, megabyte);
  world.run_to(seconds(10));
  EXPECT_EQ(ms(a_c), 1010);
  EXPECT_EQ(ms(b_d), 2010);
  EXPECT_EQ(ms(d_a), 1010);
  EXPECT_EQ(ms(e_c), 1010);
  EXPECT_EQ(ms(f_c), 1010);
}

TEST(Link, OfSeveralEachSendsInTheOrderOfArrivalThere) {
  // The first message is sent earlier but comes to the second link later: after 1 s of its own
  // link and 500 ms of latency. The other one comes there at 200 ms and is sent until 1.2 s.
  NetworkWorld world;
  Node& far = world.add("far");
  Node& near = world.add("near");
  Node& hub = world.add("hub");
  Node& to = world.add("to");
  world.link("far", "hub", milliseconds(500)).bandwidth = megabyte_a_second;
  world.link("near", "hub", milliseconds(200));
  world.link("hub", "to", milliseconds(0)).bandwidth = megabyte_a_second;
  world.lay_out();
  (void)hub;
  const Arrival from_far = world.send(far, to, megabyte);
  const Arrival from_near = world.send(near, to, megabyte);
  world.run_to(milliseconds(600));
  const Arrival late = world.send(near, to, megabyte);  // Comes to the hub at 800 ms.
  world.run_to(seconds(10));
  EXPECT_EQ(ms(from_near), 1200);
  EXPECT_EQ(ms(late), 2200);
  EXPECT_EQ(ms(from_far), 3200);
}

TEST(Link, JitterComesOnTopAndLeavesTheLatenciesDraws) {
  LinkLaw plain;
  plain.latency = RandomDuration("exponential(10ms)");
  LinkLaw jittery = plain;
  jittery.jitter = RandomDuration("exponential(3ms)");
  LinkDirection one(plain, "a->b", 1, 0);
  LinkDirection other(jittery, "a->b", 1, 0);
  // 10,000 draws of mean 3 ms: standard error 0.03 ms.
  Duration sum{};
  for (int i = 0; i < 10'000; ++i) {
    const Duration latency = one.sample();
    const Duration both = other.sample();
    ASSERT_GE(both, latency);
    sum += both - latency;
  }
  EXPECT_NEAR(to_seconds(sum) / 10, 3, 4 * 0.03);
}

TEST(Link, LosesSegmentsIndependently) {
  // Binomial: mean n p, variance n p (1 - p); over 20,000 messages of 100 segments at 3 %.
  LinkDirection link({}, "a->b", 1, 0);
  constexpr int messages = 20'000;
  double sum = 0, squares = 0;
  for (int i = 0; i < messages; ++i) {
    const auto lost = static_cast<double>(link.lost_of(100, 0.03));
    sum += lost;
    squares += lost * lost;
  }
  const double mean = sum / messages;
  const double variance = squares / messages - mean * mean;
  const double exact = 100 * 0.03 * 0.97;
  EXPECT_NEAR(mean, 3, 4 * std::sqrt(exact / messages));
  // The fourth central moment is about 3 sigma^4 + sigma^2.
  EXPECT_NEAR(variance, exact, 4 * std::sqrt((2 * exact * exact + exact) / messages));
  EXPECT_EQ(link.lost_of(100, 0), 0);
  EXPECT_EQ(link.lost_of(100, 1), 100);
}

TEST(Link, AMessageHasASegmentForEvery1460Bytes) {
  EXPECT_EQ(segments_of(0), 1);
  EXPECT_EQ(segments_of(1460), 1);
  EXPECT_EQ(segments_of(1461), 2);
  EXPECT_EQ(segments_of(14600), 10);
}

}  // namespace
}  // namespace faultline::sim
