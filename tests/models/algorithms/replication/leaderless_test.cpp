#include "models/algorithms/replication/leaderless.hpp"

#include <gtest/gtest.h>

#include "tests/models/algorithms/replication/leaderless_world.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using End = LeaderlessNode::End;

LeaderlessConfig quorum(std::uint32_t n, std::uint32_t r, std::uint32_t w,
                        VersionRule rule = VersionRule::last_write_wins) {
  return {.members = n, .n = n, .r = r, .w = w, .rule = rule};
}

bool knows(const VersionedValue& value, std::uint64_t written) {
  for (const Version& each : value.versions) {
    if (each.value == written) return true;
  }
  return false;
}

// ---- Without faults -----------------------------------------------------------------------------

/// Random reads and writes of few keys at random members; how many reads that began after the
/// acknowledgement of a write found neither it nor one that replaced it.
std::size_t stale_reads(const LeaderlessConfig& config, std::uint64_t seed) {
  LeaderlessWorld world(config, seed);
  SplitMixSource chance(seed + 1000);
  std::uint64_t next_value = 0;
  for (int step = 0; step < 300; ++step) {
    const auto at = static_cast<std::uint32_t>(chance.below(config.members));
    const std::uint64_t key = chance.below(3);
    if (chance.below(2) == 0) {
      world.write(at, key, ++next_value);
    } else {
      world.read(at, key);
    }
    world.run_for(sim::Duration(static_cast<std::int64_t>(chance.below(600'000))));
  }
  world.run_for(5s);
  std::size_t stale = 0;
  for (const auto& read : world.operations()) {
    if (!read.is_read) continue;
    EXPECT_EQ(read.end, End::ok);
    for (const auto& write : world.operations()) {
      if (write.is_read || write.key != read.key || write.ended > read.began) continue;
      const Version& version =
          *std::find_if(write.value.versions.begin(), write.value.versions.end(),
                        [&](const Version& each) { return each.value == write.written; });
      const bool seen = config.rule == VersionRule::vector_clock
                            ? read.value.context.contains(version.dot)
                            : read.value.latest() && read.value.latest()->stamp >= version.stamp;
      if (!seen) {
        ++stale;
        break;
      }
    }
  }
  return stale;
}

TEST(Leaderless, QuorumsThatIntersectAreFreshWithoutFaults) {
  for (const VersionRule rule : {VersionRule::last_write_wins, VersionRule::vector_clock}) {
    for (const std::uint32_t n : {1u, 2u, 3u, 5u}) {
      for (std::uint32_t r = 1; r <= n; ++r) {
        const LeaderlessConfig config = quorum(n, r, n + 1 - r, rule);
        SCOPED_TRACE(testing::Message() << "n " << n << ", r " << r << ", w " << config.w);
        EXPECT_EQ(stale_reads(config, 10 * n + r), 0u);
      }
    }
  }
}

TEST(Leaderless, QuorumsThatDoNotIntersectAreStaleAtTimes) {
  EXPECT_GT(stale_reads(quorum(3, 1, 1), 1), 0u);
  EXPECT_GT(stale_reads(quorum(3, 1, 2), 2), 0u);
  EXPECT_GT(stale_reads(quorum(5, 2, 1), 3), 0u);
}

TEST(Leaderless, AnyMemberCoordinatesAnyKeyAndOnlyItsReplicasKeepIt) {
  for (const VersionRule rule : {VersionRule::last_write_wins, VersionRule::vector_clock}) {
    LeaderlessConfig config = quorum(3, 2, 2, rule);
    config.members = 7;
    LeaderlessWorld world(config, 3);
    for (std::uint32_t key = 0; key < 70; ++key) {
      ASSERT_EQ(world.finish(world.write(key % 7, key, 1000 + key)).end, End::ok);
    }
    world.run_for(1s);
    for (std::uint32_t key = 0; key < 70; ++key) {
      const auto& read = world.finish(world.read((key + 3) % 7, key));
      EXPECT_EQ(read.read_value(), 1000 + key);
      std::uint32_t copies = 0;
      for (std::uint32_t member = 0; member < 7; ++member) {
        const bool has = knows(world.node(member).local(key), 1000 + key);
        copies += world.node(member).keeps(key) && has ? 1 : 0;
        // By vector clocks the coordinator keeps what it numbered.
        if (!world.node(member).keeps(key) && member != key % 7) {
          EXPECT_FALSE(has);
        }
      }
      EXPECT_EQ(copies, 3u);
    }
  }
}

// ---- Versions -----------------------------------------------------------------------------------

TEST(Leaderless, WithClocks50MsApartTheLaterWriteIsLostAndByVectorClocksItIsNot) {
  // Member 0 is 50 ms ahead. What is written at member 1 within 50 ms of the end of a write at
  // member 0, by one who read that, has the lower stamp.
  for (const VersionRule rule : {VersionRule::last_write_wins, VersionRule::vector_clock}) {
    LeaderlessWorld world(quorum(3, 2, 2, rule), 5);
    world.set_clock(0, 50ms);
    std::size_t lost = 0;
    for (std::uint64_t key = 0; key < 20; ++key) {
      ASSERT_EQ(world.finish(world.write(0, key, 1)).end, End::ok);
      const auto seen = world.finish(world.read(1, key)).value.context;
      ASSERT_EQ(world.finish(world.write(1, key, 2, seen)).end, End::ok);
      world.run_for(1s);
      lost += world.finish(world.read(2, key)).read_value() == 2 ? 0 : 1;
    }
    EXPECT_EQ(lost, rule == VersionRule::last_write_wins ? 20u : 0u);
  }
}

TEST(Leaderless, ConcurrentWritesBecomeSiblingsAndTheNextWriterResolvesThem) {
  LeaderlessWorld world(quorum(3, 2, 2, VersionRule::vector_clock), 5);
  const std::size_t one = world.write(0, 7, 100);
  const std::size_t other = world.write(1, 7, 200);
  world.finish(one);
  world.finish(other);
  world.run_for(1s);
  const auto& read = world.finish(world.read(2, 7));
  EXPECT_TRUE(knows(read.value, 100));
  EXPECT_TRUE(knows(read.value, 200));
  const auto seen = read.value.context;
  world.finish(world.write(2, 7, 300, seen));
  world.run_for(1s);
  const auto& resolved = world.finish(world.read(0, 7));
  ASSERT_EQ(resolved.value.versions.size(), 1u);
  EXPECT_EQ(resolved.read_value(), 300u);
}

TEST(Leaderless, SiblingsAreBoundedByRefusingTheWriteThatWouldAddOne) {
  LeaderlessConfig config = quorum(3, 2, 2, VersionRule::vector_clock);
  config.siblings_max = 4;
  LeaderlessWorld world(config, 5);
  for (std::uint64_t value = 1; value <= 4; ++value) {
    ASSERT_EQ(world.finish(world.write(0, 7, value)).end, End::ok);
  }
  EXPECT_EQ(world.finish(world.write(0, 7, 5)).end, End::too_many_siblings);
  const auto seen = world.finish(world.read(1, 7)).value.context;
  EXPECT_EQ(world.finish(world.write(0, 7, 6, seen)).end, End::ok);
}

TEST(Leaderless, AReplicaThatForgotAWriteDoesNotNumberTheNextOneTheSame) {
  // The coordinator's disk takes 100 ms; the others have the write long before. It crashes, has
  // forgotten the write, and takes another one: that must not pass for the first.
  LeaderlessConfig config = quorum(3, 2, 2, VersionRule::vector_clock);
  config.read_repair = 0;
  config.anti_entropy_interval.reset();
  LeaderlessWorld world(config, 5, 100ms);
  world.write(0, 7, 100);
  world.run_for(50ms);
  EXPECT_TRUE(knows(world.node(1).local(7), 100));
  world.crash(0);
  EXPECT_FALSE(knows(world.node(0).local(7), 100));
  world.restart(0);
  world.write(0, 7, 200);
  world.run_for(2s);
  EXPECT_TRUE(knows(world.node(1).local(7), 100));
  EXPECT_TRUE(knows(world.node(1).local(7), 200));
}

// ---- Partitions ---------------------------------------------------------------------------------

void split(LeaderlessWorld& world, const std::vector<std::uint32_t>& side, std::uint32_t members) {
  for (const std::uint32_t one : side) {
    for (std::uint32_t other = 0; other < members; ++other) {
      if (std::find(side.begin(), side.end(), other) == side.end()) world.cut(one, other);
    }
  }
}

TEST(Leaderless, AStrictMinorityIsUnavailableAndKnowsItSoon) {
  LeaderlessWorld world(quorum(5, 3, 3), 5);
  split(world, {0, 1}, 5);
  // Nobody is suspected yet: it waits, and it cannot know whether the write took effect.
  EXPECT_EQ(world.finish(world.write(0, 7, 1)).end, End::timeout);
  const auto& refused = world.finish(world.write(0, 8, 2));
  EXPECT_EQ(refused.end, End::unavailable);
  EXPECT_EQ(refused.ended, refused.began);
  EXPECT_EQ(world.finish(world.write(2, 9, 3)).end, End::ok);
  EXPECT_EQ(world.finish(world.read(1, 9)).end, End::timeout);
  world.heal();
  world.run_for(3s);  // Probes find out.
  EXPECT_EQ(world.finish(world.read(1, 9)).read_value(), 3u);
  EXPECT_EQ(world.finish(world.write(0, 8, 4)).end, End::ok);
}

TEST(Leaderless, ASloppyQuorumTakesWritesOnBothSidesAndTheyAllComeTogether) {
  LeaderlessConfig config = quorum(3, 2, 2, VersionRule::vector_clock);
  config.members = 6;
  config.sloppy = true;
  config.anti_entropy_interval.reset();
  config.read_repair = 0;
  LeaderlessWorld world(config, 5);
  split(world, {0, 1, 2}, 6);
  std::uint64_t taken = 0;
  for (std::uint64_t key = 0; key < 30; ++key) {
    for (const std::uint32_t at : {0u, 5u}) {
      const auto& write = world.finish(world.write(at, key, 1000 * (at + 1) + key));
      EXPECT_EQ(write.end, End::ok);
      ++taken;
    }
  }
  EXPECT_EQ(taken, 60u);
  EXPECT_GT(world.counts().fallback_writes, 0u);
  world.heal();
  world.run_for(20s);
  // By hinted handoff alone every replica has both.
  for (std::uint64_t key = 0; key < 30; ++key) {
    for (std::uint32_t rank = 0; rank < 3; ++rank) {
      const VersionedValue* held = world.node(world.node(0).replica(key, rank)).table().find(key);
      ASSERT_TRUE(held);
      EXPECT_TRUE(knows(*held, 1000 + key)) << key;
      EXPECT_TRUE(knows(*held, 6000 + key)) << key;
    }
  }
  EXPECT_GT(world.counts().hints_delivered, 0u);
  for (std::uint32_t member = 0; member < 6; ++member) EXPECT_EQ(world.node(member).hints(), 0u);
}

TEST(Leaderless, ACrashLosesHintsThatWereInMemoryOnly) {
  for (const bool persisted : {true, false}) {
    LeaderlessConfig config = quorum(3, 2, 2);
    config.anti_entropy_interval.reset();
    config.read_repair = 0;
    config.hints_persisted = persisted;
    LeaderlessWorld world(config, 5);
    world.crash(2);
    for (std::uint64_t key = 0; key < 10; ++key) world.finish(world.write(0, key, 100 + key));
    world.run_for(1s);
    EXPECT_EQ(world.node(0).hints(), 10u);
    world.crash(0);
    world.restart(0);
    world.restart(2);
    world.run_for(5s);
    for (std::uint64_t key = 0; key < 10; ++key) {
      EXPECT_EQ(knows(world.node(2).local(key), 100 + key), persisted) << key;
    }
    EXPECT_EQ(world.counts().hints_lost, persisted ? 0u : 10u);
  }
}

TEST(Leaderless, HintsAreHandedOffNoFasterThanTheirRate) {
  LeaderlessConfig config = quorum(3, 2, 2);
  config.anti_entropy_interval.reset();
  config.handoff_pause = 20ms;
  LeaderlessWorld world(config, 5);
  world.crash(2);
  for (std::uint64_t key = 0; key < 200; ++key) world.finish(world.write(0, key, 100 + key));
  world.run_for(1s);
  world.restart(2);
  world.run_for(1s);  // The probe.
  const std::uint64_t before = world.counts().hints_delivered;
  world.run_for(2s);
  EXPECT_NEAR(static_cast<double>(world.counts().hints_delivered - before), 100, 2);
}

TEST(Leaderless, AReadRepairsTheReplicasThatAreBehind) {
  LeaderlessConfig config = quorum(3, 2, 2);
  config.anti_entropy_interval.reset();
  config.hinted_handoff = false;
  LeaderlessWorld world(config, 5);
  world.crash(2);
  world.finish(world.write(0, 7, 100));
  world.run_for(500ms);
  world.restart(2);
  world.run_for(3s);
  EXPECT_FALSE(knows(world.node(2).local(7), 100));
  world.finish(world.read(0, 7));
  world.run_for(1s);
  EXPECT_TRUE(knows(world.node(2).local(7), 100));
  EXPECT_EQ(world.counts().repairs_made, 1u);
}

TEST(Leaderless, AntiEntropySendsTheKeysThatDifferAndNoOthers) {
  LeaderlessConfig config = quorum(3, 2, 2);
  config.anti_entropy_interval = 1s;
  config.hinted_handoff = false;
  config.read_repair = 0;
  LeaderlessWorld world(config, 5);
  for (std::uint64_t key = 0; key < 2000; ++key) world.finish(world.write(0, key, 1));
  world.run_for(1s);
  EXPECT_EQ(world.counts().keys_sent, 0u);
  world.crash(2);
  for (std::uint64_t key = 0; key < 20; ++key) world.finish(world.write(0, 100 * key, 2));
  world.restart(2);
  world.run_for(30s);
  for (std::uint64_t key = 0; key < 20; ++key) {
    EXPECT_TRUE(knows(world.node(2).local(100 * key), 2));
  }
  EXPECT_EQ(world.counts().keys_repaired, 20u);
  // Two members have them and one has not; each of them may send them once, with the value it has
  // there answered by that one.
  EXPECT_LE(world.counts().keys_sent, 80u);
}

/// Whatever happened, when it is over the replicas come to hold the same.
void random_faults_then_convergence(LeaderlessConfig config, std::uint64_t seed) {
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  LeaderlessWorld world(config, seed, 2ms);
  SplitMixSource chance(seed * 7919);
  std::map<std::uint64_t, VersionVector> sessions;
  std::uint64_t next_value = 0;
  std::vector<std::size_t> writes;
  for (int step = 0; step < 250; ++step) {
    const auto at = static_cast<std::uint32_t>(chance.below(config.members));
    switch (chance.below(14)) {
      case 0:
        world.cut(at, static_cast<std::uint32_t>(chance.below(config.members)));
        break;
      case 1: {
        std::vector<std::uint32_t> side;
        for (std::uint32_t member = 0; member < config.members; ++member) {
          if (chance.below(2) == 0) side.push_back(member);
        }
        split(world, side, config.members);
        break;
      }
      case 2:
        world.heal();
        break;
      case 3:
        world.crash(at);
        break;
      case 4:
      case 5:
        for (std::uint32_t member = 0; member < config.members; ++member) world.restart(member);
        break;
      default: {
        if (!world.up(at)) break;
        const std::uint64_t key = chance.below(40);
        if (chance.below(3) == 0) {
          sessions[key] = world.finish(world.read(at, key)).value.context;
        } else {
          writes.push_back(world.write(at, key, ++next_value, sessions[key]));
        }
      }
    }
    world.run_for(sim::Duration(static_cast<std::int64_t>(chance.below(100'000'000))));
  }
  world.heal();
  for (std::uint32_t member = 0; member < config.members; ++member) world.restart(member);
  world.run_for(60s);
  for (std::uint64_t key = 0; key < 40; ++key) {
    const auto held_by = [&](std::uint32_t rank) {
      const VersionedValue* found = world.node(world.node(0).replica(key, rank)).table().find(key);
      return found ? *found : VersionedValue{};
    };
    const VersionedValue first = held_by(0);
    for (std::uint32_t rank = 1; rank < config.n; ++rank) {
      ASSERT_EQ(held_by(rank), first) << "key " << key << ", rank " << rank;
    }
    if (config.rule != VersionRule::vector_clock) continue;
    // No acknowledged write is gone: it is there, or its reader replaced it.
    for (const std::size_t write : writes) {
      const auto& operation = world.operation(write);
      if (operation.key != key || operation.end != End::ok || !operation.over) continue;
      const auto written =
          std::find_if(operation.value.versions.begin(), operation.value.versions.end(),
                       [&](const Version& each) { return each.value == operation.written; });
      ASSERT_TRUE(first.context.contains(written->dot))
          << "key " << key << " value " << operation.written;
    }
  }
  for (std::uint32_t member = 0; member < config.members; ++member) {
    ASSERT_EQ(world.node(member).hints(), 0u);
  }
}

void all_ways_of_converging(std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    LeaderlessConfig config = quorum(3, 2, 2, VersionRule::vector_clock);
    config.members = 3 + static_cast<std::uint32_t>(seed % 4);
    config.sloppy = seed % 2 == 0;
    config.anti_entropy_interval = 300ms;
    config.merkle_depth = static_cast<int>(seed % 7);
    random_faults_then_convergence(config, seed);
    if (testing::Test::HasFatalFailure()) return;
  }
}
/// With w = 1 a write that only the coordinator's own disk had is not lost either.
void anti_entropy_alone(std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    LeaderlessConfig config =
        quorum(3, 1, 1, seed % 2 ? VersionRule::vector_clock : VersionRule::last_write_wins);
    config.members = 3 + static_cast<std::uint32_t>(seed % 3);
    config.hinted_handoff = false;
    config.read_repair = 0;
    config.anti_entropy_interval = 300ms;
    random_faults_then_convergence(config, seed);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(Leaderless, AfterRandomFaultsAllReplicasHoldTheSameAndNoAcknowledgedWriteIsGone) {
  all_ways_of_converging(1, 16);
}
TEST(Leaderless, AntiEntropyAloneConverges) { anti_entropy_alone(101, 114); }
TEST(SlowLeaderless, AfterManyRandomFaultsAllReplicasHoldTheSame) {
  all_ways_of_converging(1001, 1500);
}
TEST(SlowLeaderless, AntiEntropyAloneConvergesInManySchedules) { anti_entropy_alone(2001, 2400); }

}  // namespace
}  // namespace faultline::models
