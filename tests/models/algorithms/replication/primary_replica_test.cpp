#include "models/algorithms/replication/primary_replica.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "models/algorithms/replication/promotion.hpp"
#include "sim/registry/registry.hpp"
#include "tests/models/algorithms/replication/primary_replica_world.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using End = PrimaryReplicaNode::End;
using Role = PrimaryReplicaNode::Role;
using World = PrimaryReplicaWorld;

PrimaryReplicaConfig group(std::uint32_t members, std::uint32_t acks) {
  PrimaryReplicaConfig config;
  config.members = members;
  config.acks = acks;
  return config;
}

TEST(PrimaryReplica, ShipsItsLogInOrderWhateverTheWayDoesToMessages) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    World world(group(3, 0), seed);
    world.set_latency(0ms, 20ms);  // Overtaking is the rule.
    for (std::uint64_t value = 1; value <= 300; ++value) {
      world.begin_write(0, value % 10, value);
      world.run_for(100us);
    }
    world.run_for(3s);
    for (std::uint32_t member = 0; member < 3; ++member) {
      ASSERT_EQ(world.node(member).last(), 300u);
      for (std::uint64_t key = 0; key < 10; ++key) {
        ASSERT_EQ(world.node(member).read(key), key == 0 ? 300 : 290 + key);
      }
    }
    EXPECT_EQ(world.node(0).lag(1, world.now()).entries, 0u);
  }
}

TEST(PrimaryReplica, AWriteWaitsForAsManyLogsAsItIsTo) {
  // 1 ms a way, 3 ms a disk: alone 3 ms; with a replica 1 + 3 + 1, since it is shipped at once.
  for (const std::uint32_t acks : {0u, 1u, 2u}) {
    World world(group(3, acks), 1, 3ms);
    world.set_latency(1ms, 0ms);
    world.run_for(500ms);
    const auto& write = world.write(0, 7, 100);
    EXPECT_EQ(write.end, End::ok);
    EXPECT_EQ(write.ended - write.began, acks == 0 ? 3ms : 5ms) << acks;
  }
}

TEST(PrimaryReplica, OneReplicaAwayHoldsUpASynchronousPrimaryAndNoOther) {
  for (const std::uint32_t acks : {0u, 1u, 2u}) {
    World world(group(3, acks), 1);
    world.crash(2);
    const std::size_t write = world.begin_write(0, 7, 100);
    world.run_for(2s);
    EXPECT_EQ(world.writes()[write].over, acks < 2) << acks;
    // What is not answered is not seen.
    EXPECT_EQ(world.node(0).read(7), acks < 2 ? 100u : 0u);
    world.restart(2);
    EXPECT_EQ(world.finish(write).end, End::ok);
  }
}

TEST(PrimaryReplica, AfterAWhileItGoesOnWithoutAcksUntilTheReplicasHaveCaughtUp) {
  PrimaryReplicaConfig config = group(2, 1);
  config.elects = false;
  config.degrade_after = 500ms;
  World world(config, 1);
  world.crash(1);
  const auto& late = world.write(0, 1, 100);
  EXPECT_EQ(late.end, End::ok);
  EXPECT_GE(late.ended - late.began, 500ms);
  const auto& soon = world.write(0, 1, 200);
  EXPECT_LT(soon.ended - soon.began, 1ms);
  EXPECT_EQ(world.node(0).counts().degraded_writes, 2u);
  world.restart(1);
  world.run_for(2s);
  const auto& normal = world.write(0, 1, 300);
  EXPECT_GT(normal.ended - normal.began, 500us);
  EXPECT_EQ(world.node(0).counts().degraded_writes, 2u);
}

TEST(PrimaryReplica, FailOverTakesTheDetectionTimeAndAtMostHalfAsMuchAgain) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    World world(group(3, 0), seed);
    world.run_for(1s);
    world.crash(0);
    const sim::Duration crashed = world.now();
    while (world.primaries().empty() && world.now() < crashed + 10s) world.run_for(1ms);
    ASSERT_EQ(world.primaries().size(), 1u);
    EXPECT_GE(world.now() - crashed, 900ms) << seed;  // The last heartbeat is up to 100 ms old.
    EXPECT_LE(world.now() - crashed, 1600ms) << seed;
  }
}

/// Writes until the primary crashes before some are shipped; then how many of the answered ones the
/// next primary does not have. (What it has sent arrives.)
std::uint64_t lost_by_fail_over(std::uint32_t acks, std::uint64_t seed) {
  PrimaryReplicaConfig config = group(3, acks);
  config.batch_delay = 30ms;
  World world(config, seed);
  world.run_for(1s);
  for (std::uint64_t value = 1; value <= 100 + seed; ++value) {
    world.begin_write(0, value, value);
    world.run_for(1ms);
  }
  world.crash(0);
  world.run_for(5s);
  const auto primaries = world.primaries();
  EXPECT_EQ(primaries.size(), 1u);
  std::uint64_t lost = 0;
  for (const auto& write : world.writes()) {
    if (write.end != End::ok) continue;
    lost += world.node(primaries.front()).read(write.key) == write.value ? 0 : 1;
  }
  // Who was primary comes back, and what only it had is cut off.
  const std::uint64_t answered = world.node(0).committed();
  world.restart(0);
  world.run_for(5s);
  EXPECT_EQ(world.node(0).role(), Role::replica);
  EXPECT_EQ(world.node(0).last(), world.node(primaries.front()).last());
  EXPECT_EQ(world.node(0).counts().cut_off_answered, lost);
  EXPECT_GE(answered, lost);
  return lost;
}

TEST(PrimaryReplica, AsynchronousFailOverLosesAnsweredWritesAndSynchronousDoesNot) {
  std::uint64_t lost = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    lost += lost_by_fail_over(0, seed);
    EXPECT_EQ(lost_by_fail_over(1, seed), 0u) << seed;  // A majority of 3 has it: 2.
    EXPECT_EQ(lost_by_fail_over(2, seed), 0u) << seed;
  }
  // A write a millisecond, shipped every 30 ms: some of the last 30 in each of ten runs.
  EXPECT_GE(lost, 50u);
  EXPECT_LE(lost, 300u);
}

TEST(PrimaryReplica, ThePrimaryIsWhoseLogIsLongestAmongThoseReachable) {
  World world(group(5, 0), 3);
  world.run_for(500ms);
  world.cut(0, 1);
  world.cut(0, 2);
  world.cut(0, 3);
  for (std::uint64_t value = 1; value <= 10; ++value) world.write(0, value, value);
  world.run_for(100ms);
  world.crash(0);
  world.heal();
  world.run_for(8s);
  EXPECT_EQ(world.primaries(), std::vector<std::uint32_t>{4});
  for (std::uint32_t member = 1; member < 5; ++member) EXPECT_EQ(world.node(member).last(), 10u);
}

TEST(PrimaryReplica, WithoutFencingThereAreTwoPrimariesAndTheyStay) {
  for (const Fencing fencing : {Fencing::none, Fencing::epoch, Fencing::lease}) {
    PrimaryReplicaConfig config = group(3, 0);
    config.fencing = fencing;
    World world(config, 5);
    world.run_for(1s);
    std::size_t most = 0;
    world.after_each = [&] { most = std::max(most, world.primaries().size()); };
    world.isolate(0);
    world.run_for(5s);
    const bool split_in_cut = world.primaries().size() == 2;
    EXPECT_EQ(split_in_cut, fencing != Fencing::lease);
    EXPECT_EQ(world.write(0, 7, 100).end, split_in_cut ? End::ok : End::not_primary);
    world.heal();
    world.run_for(5s);
    EXPECT_EQ(world.primaries().size(), fencing == Fencing::none ? 2u : 1u);
    EXPECT_EQ(most, fencing == Fencing::lease ? 1u : 2u);
    if (fencing == Fencing::epoch) {
      EXPECT_EQ(world.node(0).counts().cut_off_answered, 1u);
    }
  }
}

/// A primary is confirmed by answers to its own heartbeats, not by how many its predecessor had
/// sent: after a fail-over a long reign before must not keep a lease alive that nobody renews.
TEST(PrimaryReplica, ALeaseIsNotRenewedByHeartbeatsOfAPredecessor) {
  PrimaryReplicaConfig config = group(3, 0);
  config.fencing = Fencing::lease;
  World world(config, 5);
  world.run_for(30s);  // 300 heartbeats.
  world.crash(0);
  world.run_for(5s);
  ASSERT_EQ(world.primaries().size(), 1u);
  const std::uint32_t second = world.primaries().front();
  world.restart(0);
  world.run_for(1s);
  std::size_t most = 0;
  world.after_each = [&] { most = std::max(most, world.primaries().size()); };
  world.isolate(second);
  world.run_for(5s);
  EXPECT_EQ(most, 1u);
  ASSERT_EQ(world.primaries().size(), 1u);
  EXPECT_NE(world.primaries().front(), second);
}

/// A silence that the detector is to take for the end, whatever was before.
MakeDetector suspects_after(sim::Duration silence) {
  return [silence](sim::Duration now) {
    return sim::Choice<FailureDetector>(
               fmt::format("fixed_timeout(timeout={})", sim::to_text(silence)))
        .make({.now = now, .interval = 100ms});
  };
}

/// The detection time is that of the detector, and half as much again at most.
TEST(PrimaryReplica, ADetectorSaysHowLongASilenceHasToBe) {
  for (const sim::Duration silence : {300ms, 4000ms}) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      World world(group(3, 0), seed, {}, suspects_after(silence));
      world.run_for(1s);
      world.crash(0);
      const sim::Duration crashed = world.now();
      while (world.primaries().empty() && world.now() < crashed + 10s) world.run_for(1ms);
      ASSERT_EQ(world.primaries().size(), 1u);
      EXPECT_GE(world.now() - crashed, silence - 100ms) << seed;
      EXPECT_LE(world.now() - crashed, silence + std::min(silence, sim::Duration(1s)) / 2 + 100ms)
          << seed;
    }
  }
}

/// With a lease nobody votes before it is over: a hasty detector makes no second primary.
TEST(PrimaryReplica, AHastyDetectorDoesNotBreakALease) {
  PrimaryReplicaConfig config = group(3, 0);
  config.fencing = Fencing::lease;
  World world(config, 5, {}, suspects_after(200ms));
  world.run_for(1s);
  std::size_t most = 0;
  world.after_each = [&] { most = std::max(most, world.primaries().size()); };
  world.isolate(0);
  const sim::Duration cut = world.now();
  while (world.primaries() != std::vector<std::uint32_t>{1} &&
         world.primaries() != std::vector<std::uint32_t>{2} && world.now() < cut + 10s) {
    world.run_for(1ms);
  }
  EXPECT_GE(world.now() - cut, 900ms);
  EXPECT_LE(world.now() - cut, 3s);
  EXPECT_EQ(most, 1u);
}

/// Writes are signs of life too: one that suspects at once stays quiet while they come.
TEST(PrimaryReplica, WhileEntriesComeNobodySuspects) {
  PrimaryReplicaConfig config = group(3, 0);
  config.heartbeat = 1s;  // Each of them far apart, entries 10 ms.
  config.detection_time = 5s;
  World world(config, 5, {}, suspects_after(300ms));
  for (std::uint64_t value = 1; value <= 1000; ++value) {
    world.begin_write(0, value, value);
    world.run_for(10ms);
  }
  EXPECT_EQ(world.node(1).counts().elections + world.node(2).counts().elections, 0u);
}

TEST(PromotionMonitor, ADetectorSaysWhenAPrimaryIsGone) {
  PromotionMonitor monitor(2, 1s, suspects_after(300ms));
  monitor.began(0s);
  for (const sim::Duration now : {100ms, 200ms, 300ms}) {
    monitor.answered(0, {.primary = true, .epoch = 2}, now);
    monitor.answered(1, {.epoch = 2}, now);
    EXPECT_FALSE(monitor.decide(now));
  }
  monitor.answered(1, {.epoch = 2}, 590ms);
  EXPECT_FALSE(monitor.decide(599ms));
  const auto promotion = monitor.decide(600ms);
  ASSERT_TRUE(promotion);
  EXPECT_EQ(promotion->above, 2u);
  // Who was chosen has the detection time, and what the former one says counts no more.
  monitor.answered(0, {.primary = true, .epoch = 2}, 700ms);
  monitor.answered(1, {.epoch = 2}, 1500ms);
  EXPECT_FALSE(monitor.decide(1599ms));
  EXPECT_TRUE(monitor.decide(1600ms));
}

TEST(PrimaryReplica, AClockThatRunsSlowKeepsALeaseTooLong) {
  PrimaryReplicaConfig config = group(3, 0);
  config.fencing = Fencing::lease;
  World world(config, 5);
  world.set_drift(0, 0.5);
  world.run_for(1s);
  world.isolate(0);
  std::size_t most = 0;
  world.after_each = [&] { most = std::max(most, world.primaries().size()); };
  world.run_for(5s);
  EXPECT_EQ(most, 2u);
}

TEST(PrimaryReplica, WhoIsNotToBeRewoundStaysApart) {
  PrimaryReplicaConfig config = group(3, 0);
  config.rewinds = false;
  World world(config, 5);
  world.run_for(1s);
  world.isolate(0);
  world.write(0, 7, 100);
  world.run_for(3s);
  const auto primaries = world.primaries();
  for (const std::uint32_t member : primaries) {
    if (member != 0) world.write(member, 7, 200);
  }
  world.heal();
  world.run_for(3s);
  EXPECT_EQ(world.node(0).role(), Role::apart);
  EXPECT_EQ(world.node(0).read(7), 100u);
  EXPECT_EQ(world.node(1).read(7), 200u);
}

TEST(PrimaryReplica, APrimaryThatComesBackByItselfIsOneOfANewEpoch) {
  // Its disk takes 50 ms; a replica's too, but that one got what the primary's crash undid.
  PrimaryReplicaConfig config = group(2, 0);
  config.elects = false;
  config.resumes = true;
  World world(config, 5, 50ms);
  world.write(0, 1, 100);
  world.run_for(40ms);
  world.begin_write(0, 2, 200);
  world.run_for(20ms);
  world.crash(0);
  world.run_for(200ms);
  EXPECT_EQ(world.node(1).read(2), 200u);
  world.restart(0);
  EXPECT_EQ(world.node(0).role(), Role::primary);
  EXPECT_EQ(world.node(0).read(2), 0u);
  EXPECT_EQ(world.node(0).counts().undone_by_crashes, 1u);
  world.write(0, 3, 300);
  world.run_for(1s);
  EXPECT_EQ(world.node(1).read(1), 100u);
  EXPECT_EQ(world.node(1).read(2), 0u);
  EXPECT_EQ(world.node(1).read(3), 300u);
}

TEST(PrimaryReplica, AReplicaFurtherBehindThanTheLogGetsACopyOfAll) {
  PrimaryReplicaConfig config = group(3, 0);
  config.log_retention = 50;
  World world(config, 5);
  world.crash(2);
  for (std::uint64_t value = 1; value <= 500; ++value) world.write(0, value % 70, value);
  world.restart(2);
  world.run_for(2s);
  EXPECT_GE(world.node(0).counts().snapshots, 1u);
  EXPECT_EQ(world.node(2).last(), 500u);
  for (std::uint64_t key = 0; key < 70; ++key) {
    EXPECT_EQ(world.node(2).read(key), world.node(0).read(key));
  }
}

TEST(PrimaryReplica, BatchesWaitForEachOther) {
  PrimaryReplicaConfig config = group(2, 1);
  config.batch_delay = 10ms;
  World world(config, 5);
  world.set_latency(1ms, 0ms);
  world.run_for(510ms);
  const std::size_t first = world.begin_write(0, 1, 100);
  world.run_for(9ms);
  const std::size_t second = world.begin_write(0, 2, 200);
  EXPECT_EQ(world.finish(first).ended - world.finish(first).began, 12ms);
  EXPECT_EQ(world.finish(second).ended - world.finish(second).began, 3ms);
}

/// Random crashes, cuts and promotions. Always: logs that agree on an epoch at an index agree on
/// all before it. In the end: one primary, and all logs are its log.
void random_faults(PrimaryReplicaConfig config, std::uint64_t seed, bool no_loss) {
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  World world(config, seed, seed % 3 == 0 ? 0ms : 2ms);
  SplitMixSource chance(seed * 31);
  world.set_latency(100us, sim::Duration(static_cast<std::int64_t>(1 + chance.below(30'000'000))));
  std::uint64_t next_value = 0;
  for (int step = 0; step < 150; ++step) {
    const auto at = static_cast<std::uint32_t>(chance.below(config.members));
    switch (chance.below(16)) {
      case 0:
        world.isolate(at);
        break;
      case 1:
        world.cut(at, static_cast<std::uint32_t>(chance.below(config.members)));
        break;
      case 2:
        world.heal();
        break;
      case 3:
        world.crash(at);
        break;
      case 4:
        for (std::uint32_t member = 0; member < config.members; ++member) world.restart(member);
        break;
      default:
        for (const std::uint32_t primary : world.primaries()) {
          for (std::uint64_t count = chance.below(4); count > 0; --count) {
            ++next_value;
            world.begin_write(primary, next_value, next_value);
          }
        }
    }
    world.run_for(sim::Duration(static_cast<std::int64_t>(chance.below(400'000'000))));
    for (std::uint32_t one = 0; one < config.members; ++one) {
      for (std::uint32_t other = 0; other < one; ++other) {
        const auto& a = world.node(one);
        const auto& b = world.node(other);
        std::uint64_t index = std::min(a.last(), b.last());
        while (index > 0 && a.entry(index).epoch != b.entry(index).epoch) --index;
        for (; index > 0; --index) {
          ASSERT_EQ(a.entry(index).value, b.entry(index).value) << "index " << index;
        }
      }
    }
  }
  world.heal();
  for (std::uint32_t member = 0; member < config.members; ++member) world.restart(member);
  world.run_for(15s);
  const auto primaries = world.primaries();
  ASSERT_EQ(primaries.size(), 1u);
  const auto& primary = world.node(primaries.front());
  for (std::uint32_t member = 0; member < config.members; ++member) {
    ASSERT_EQ(world.node(member).last(), primary.last()) << "member " << member;
    for (std::uint64_t key = 1; key <= next_value; ++key) {
      ASSERT_EQ(world.node(member).read(key), primary.read(key));
    }
  }
  if (!no_loss) return;
  for (const auto& write : world.writes()) {
    if (write.end == End::ok) {
      ASSERT_EQ(primary.read(write.key), write.value);
    }
  }
}

void asynchronous_faults(std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    PrimaryReplicaConfig config = group(3 + static_cast<std::uint32_t>(seed % 3), 0);
    config.fencing = seed % 2 == 0 ? Fencing::epoch : Fencing::lease;
    random_faults(config, seed, false);
    if (testing::Test::HasFatalFailure()) return;
  }
}
void synchronous_faults(std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const auto members = 3 + static_cast<std::uint32_t>(seed % 3);
    random_faults(group(members, members - 1), seed, true);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(PrimaryReplica, AfterRandomFaultsThereIsOnePrimaryAndAllLogsAreItsLog) {
  asynchronous_faults(1, 18);
}
TEST(PrimaryReplica, SynchronousInAllLogsIsNeverLost) { synchronous_faults(101, 118); }
TEST(SlowPrimaryReplica, AfterManyRandomFaultsThereIsOnePrimary) {
  asynchronous_faults(1001, 1600);
}
TEST(SlowPrimaryReplica, SynchronousInAllLogsIsNeverLost) { synchronous_faults(2001, 2600); }

}  // namespace
}  // namespace faultline::models
