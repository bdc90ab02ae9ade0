#include "sim/network/node.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim/network/node_world.hpp"

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;

Time at(Duration time) { return Time(time); }

TEST(Node, CountsWhatComesByHowItEnds) {
  NodeWorld world;
  Node& caller = world.add("caller");
  Node& good = world.add("good", 10ms);
  Node& bad = world.add("bad", 20ms, Reply::fail(Reason::error));
  world.call_now(caller, good);
  world.call_now(caller, bad);
  world.kernel.run_until(at(5ms));
  EXPECT_EQ(good.in_service(), 1u);
  world.kernel.run_until(at(1s));
  EXPECT_EQ(good.tally().sent, 1u);
  EXPECT_EQ(good.tally().ok(), 1u);
  EXPECT_EQ(good.latency().max(), 10'000'000);
  EXPECT_EQ(bad.tally().ended[static_cast<std::size_t>(Outcome::fail)], 1u);
  EXPECT_EQ(bad.tally().reasons[static_cast<std::size_t>(Reason::error)], 1u);
  EXPECT_TRUE(bad.latency().empty());
  EXPECT_EQ(good.in_service(), 0u);
  // 10 ms of one second.
  EXPECT_DOUBLE_EQ(good.in_service_gauge().mean(at(1s)), 0.010);
}

TEST(Node, AfterAResetOnlyLaterArrivalsCount) {
  NodeWorld world;
  Node& caller = world.add("caller");
  Node& callee = world.add("callee", 10ms);
  world.call_now(caller, callee);
  world.kernel.run_until(at(5ms));
  callee.reset_statistics(world.kernel.now());
  world.call_now(caller, callee);
  world.kernel.run_until(at(1s));
  EXPECT_EQ(callee.tally().sent, 1u);
  EXPECT_EQ(callee.tally().finished(), 1u);
  EXPECT_EQ(callee.latency().count(), 1u);
  callee.assert_conservation();
}

TEST(Node, ACrashEndsItsWorkAndARestartBeginsAnew) {
  NodeWorld world;
  Node& caller = world.add("caller");
  Node& callee = world.add("callee", 10ms);
  world.call_now(caller, callee);
  world.kernel.run_until(at(5ms));
  callee.crash();
  EXPECT_FALSE(callee.up());
  EXPECT_EQ(callee.in_service(), 0u);
  EXPECT_EQ(world.responder(callee).crashes, 1);
  callee.restart();
  EXPECT_TRUE(callee.up());
  EXPECT_EQ(world.responder(callee).starts, 1);
  const auto answer = world.call_now(caller, callee);
  world.kernel.run_until(at(1s));
  EXPECT_TRUE((*answer)->reply.is_ok());
}

TEST(Node, IsUpWhenEveryCauseToBeDownIsOver) {
  NodeWorld world;
  Node& node = world.add("node");
  node.crash();
  node.crash();
  EXPECT_EQ(world.responder(node).crashes, 1);
  node.restart();
  EXPECT_FALSE(node.up());
  EXPECT_EQ(world.responder(node).starts, 0);
  node.restart();
  EXPECT_TRUE(node.up());
  EXPECT_EQ(world.responder(node).starts, 1);
}

TEST(Node, SlownessMultipliesAndGoesAway) {
  NodeWorld world;
  Node& node = world.add("node");
  int first = 0;
  int second = 0;
  EXPECT_EQ(node.slowed(10ms), Duration(10ms));
  node.add_slowness(&first, 3);
  EXPECT_EQ(node.slowed(10ms), Duration(30ms));
  node.add_slowness(&second, 0.1);
  EXPECT_EQ(node.slowed(10ms), Duration(3ms));
  node.remove_slowness(&first);
  EXPECT_EQ(node.slowed(10ms), Duration(1ms));
  node.remove_slowness(&second);
  EXPECT_EQ(node.slowness(), 1.0);  // Exactly.
  // To the nearest nanosecond, and never beyond the end of time.
  node.add_slowness(&first, 1.5);
  EXPECT_EQ(node.slowed(1ns), Duration(2ns));
  EXPECT_EQ(node.slowed(3ns), Duration(5ns));
  node.remove_slowness(&first);
  node.add_slowness(&first, 1e6);
  EXPECT_GT(node.slowed(1'000'000h), Duration(1'000'000h));
}

TEST(Node, CountsItsCrashes) {
  NodeWorld world;
  Node& node = world.add("node");
  EXPECT_EQ(node.crashes(), 0u);
  node.crash();
  node.crash();  // Another cause: it is down already.
  EXPECT_EQ(node.crashes(), 1u);
  node.restart();
  node.restart();
  node.crash();
  EXPECT_EQ(node.crashes(), 2u);
  node.restart();
}

TEST(NodeStatistics, PartsOfOneNameAddUp) {
  NodeStatistics statistics;
  EXPECT_TRUE(std::isnan(statistics.value("retries", at(0s))));
  for (const double each : {1.0, 2.0, 4.0}) {
    statistics.scalar_part("retries", [each](Time) { return each; });
    statistics.series_part("retries_per_second", [each](Time now) {
      return each * static_cast<double>(now.time_since_epoch().count());
    });
  }
  statistics.scalar("other", [](Time) { return 100.0; });
  EXPECT_EQ(statistics.value("retries", at(0s)), 7);
  EXPECT_EQ(statistics.scalars().size(), 2u);
  ASSERT_EQ(statistics.sampled().size(), 1u);
  EXPECT_EQ(statistics.sampled()[0].area(at(3ns)), 21);
}

TEST(NodeDeathTest, AnUnknownCauseOfSlownessStopsTheProgram) {
  NodeWorld world;
  Node& node = world.add("node");
  int cause = 0;
  EXPECT_DEATH(node.remove_slowness(&cause), "");
}

}  // namespace
}  // namespace faultline::sim
