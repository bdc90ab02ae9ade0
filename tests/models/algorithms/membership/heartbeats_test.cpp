#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "tests/models/algorithms/membership/membership_world.hpp"

namespace faultline::models {
namespace {

using membership_test::World;
using namespace std::chrono_literals;
using sim::Duration;
using sim::to_seconds;
using State = MemberState;

/// The last heartbeat was up to 1 s before the crash; three seconds after it all know.
TEST(AllToAll, FindsOutByTheDetector) {
  World world("all_to_all(interval=1s, detector=fixed_timeout(3s))", 10, 1);
  world.run_until(20s);
  EXPECT_TRUE(world.events.empty());
  world.crash(5);
  world.run_until(21999ms);
  EXPECT_TRUE(world.events.empty());
  world.run_until(23002ms);
  EXPECT_EQ(world.believers(5, State::dead), 9u);
  world.restart(5);
  world.run_for(1100ms);
  EXPECT_EQ(world.believers(5, State::alive), 9u);
}

/// Each tells each: n - 1 messages a member and interval.
TEST(AllToAll, LoadGrowsWithTheGroup) {
  World world("all_to_all", 30, 1);
  world.run_until(1s);
  const auto before = world.messages;
  world.run_until(11s);
  EXPECT_EQ(world.messages - before, 30u * 29u * 10u);
}

/// With 10 % of the heartbeats lost, an accrual detector of exponential intervals at threshold 8
/// waits 18 means; a fixed time-out of 1.5 intervals is wrong at every loss: 9 others, 100 s.
TEST(AllToAll, WhatIsTakenForDeathDependsOnTheDetector) {
  World hasty("all_to_all(detector=fixed_timeout(1500ms))", 10, 1);
  hasty.loss = 0.1;
  hasty.run_until(100s);
  EXPECT_NEAR(static_cast<double>(hasty.count(State::dead)), 90 * 100 * 0.1 * 0.9, 120);
  World patient("all_to_all(detector=phi_accrual(distribution=exponential))", 10, 1);
  patient.loss = 0.1;
  patient.run_until(100s);
  EXPECT_EQ(patient.count(State::dead), 0u);
}

/// Counters get around through others: with `fanout` 1 in a group of 20 nobody is suspected
/// wrongly by a patient detector, and a crash is found out by all.
TEST(Gossip, CountersGetAround) {
  World world("gossip(interval=1s, fanout=2, detector=fixed_timeout(15s))", 20, 1);
  world.run_until(100s);
  EXPECT_TRUE(world.events.empty());
  const auto before = world.messages;
  const auto bytes_before = world.bytes;
  world.run_until(110s);
  EXPECT_EQ(world.messages - before, 20u * 2u * 10u);
  EXPECT_EQ(world.bytes - bytes_before, 20 * 2 * 10 * (39 + 8 * 20));
  world.crash(5);
  world.run_until(140s);
  EXPECT_EQ(world.believers(5, State::dead), 19u);
  world.restart(5);
  world.run_until(160s);
  EXPECT_EQ(world.believers(5, State::alive), 19u);
}

/// A cut between two members shows to nobody: their heartbeats go around it.
TEST(Gossip, GoesAroundACut) {
  const auto cut = [](std::size_t a, std::size_t b) {
    return std::min(a, b) == 0 && std::max(a, b) == 1;
  };
  World gossip("gossip(fanout=2, detector=fixed_timeout(15s))", 10, 1);
  gossip.cut = cut;
  gossip.run_until(100s);
  EXPECT_TRUE(gossip.events.empty());
  World direct("all_to_all(detector=fixed_timeout(3s))", 10, 1);
  direct.cut = cut;
  direct.run_until(100s);
  EXPECT_EQ(direct.count(State::dead), 2u);
}

/// Every protocol: nobody is wrongly dead while nothing is wrong; a crash is found out by all; who
/// comes back is alive to all; two runs are the same.
TEST(MembershipProtocols, KeepTheirPromises) {
  for (const std::string& name : sim::TypeCatalogue::instance().names("membership")) {
    SCOPED_TRACE(name);
    std::vector<std::size_t> events;
    for (int run = 0; run < 2; ++run) {
      World world(name, 8, 1);
      world.run_until(60s);
      EXPECT_TRUE(world.events.empty());
      world.crash(3);
      world.run_until(120s);
      EXPECT_EQ(world.believers(3, State::dead), 7u);
      EXPECT_EQ(world.count(State::dead), 7u);
      world.restart(3);
      world.run_until(180s);
      EXPECT_EQ(world.believers(3, State::alive), 7u);
      events.push_back(world.messages);
    }
    EXPECT_EQ(events[0], events[1]);
  }
}

}  // namespace
}  // namespace faultline::models
