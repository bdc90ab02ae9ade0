#include "models/algorithms/replication/chain.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <set>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using End = ChainNode::End;

/// A chain, its master, and the messages between the replicas, without the engine.
class World {
 public:
  struct Log final : ReplicaLog {
    std::uint64_t append(std::int64_t) override { return ++last; }
    std::uint64_t last = 0;
    std::uint64_t synced = 0;
  };
  struct Operation {
    bool is_read = false;
    std::uint32_t at = 0;
    std::uint64_t key = 0;
    std::uint64_t value = 0;
    bool over = false;
    End end = End::unknown;
    sim::Duration began{};
    sim::Duration ended{};
  };

  World(std::uint32_t members, std::uint64_t seed, bool apportioned = false,
        sim::Duration sync_time = {})
      : chance_(seed), sync_time_(sync_time), members_(members), master_(members, 1s) {
    master_.began(now_);
    for (std::uint32_t member = 0; member < members; ++member) {
      ChainConfig config;
      config.members = members;
      config.self = member;
      config.apportioned = apportioned;
      Member& made = members_[member];
      made.node =
          std::make_unique<ChainNode>(config, sync_time == sim::Duration(0) ? nullptr : &made.log);
      tick(member);
      made.node->start(now_);
      settle(member);
    }
    ask();
  }

  ChainNode& node(std::uint32_t member) { return *members_[member].node; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(members_.size()); }
  sim::Duration now() const { return now_; }
  bool up(std::uint32_t member) const { return members_[member].up; }
  void set_latency(sim::Duration least, sim::Duration spread) {
    least_ = least;
    spread_ = spread;
  }
  void set_drift(std::uint32_t member, double rate) { members_[member].rate = rate; }
  /// The master and `member` do not hear of each other.
  void cut_off(std::uint32_t member) { away_.insert(member); }
  void heal() { away_.clear(); }
  void crash(std::uint32_t member) {
    Member& down = members_[member];
    if (!down.up) return;
    down.up = false;
    ++down.crashes;
    down.syncing = false;
    down.log.last = down.log.synced;
    down.node->crashed(down.log.synced);
    for (Operation& each : operations_) {
      if (each.at == member && !each.over) end(each, End::unknown, 0);
    }
  }
  void restart(std::uint32_t member) {
    if (up(member)) return;
    members_[member].up = true;
    members_[member].alarm = sim::Duration::max();
    tick(member);
    node(member).start(now_);
    settle(member);
  }

  std::size_t write(std::uint32_t at, std::uint64_t key, std::uint64_t value) {
    operations_.push_back({.at = at, .key = key, .value = value, .began = now_});
    tick(at);
    node(at).begin_write(operations_.size() - 1, key, value, 100, now_);
    settle(at);
    return operations_.size() - 1;
  }
  std::size_t read(std::uint32_t at, std::uint64_t key) {
    operations_.push_back({.is_read = true, .at = at, .key = key, .began = now_});
    tick(at);
    node(at).begin_read(operations_.size() - 1, key);
    settle(at);
    return operations_.size() - 1;
  }
  const Operation& finish(std::size_t operation, sim::Duration patience = 60s) {
    const sim::Duration until = now_ + patience;
    while (!operations_[operation].over && step(until)) {
    }
    return operations_[operation];
  }
  const std::vector<Operation>& operations() const { return operations_; }
  void run_for(sim::Duration span) {
    const sim::Duration until = now_ + span;
    while (step(until)) {
    }
    now_ = until;
  }
  const ChainConfiguration& configuration() const { return master_.configuration(); }

 private:
  struct Member {
    std::unique_ptr<ChainNode> node;
    Log log;
    bool up = true;
    std::uint32_t crashes = 0;
    bool syncing = false;
    double rate = 1;
    sim::Duration alarm = sim::Duration::max();
  };
  struct Event {
    sim::Duration at;
    std::uint64_t number;
    std::function<void()> act;
    bool operator<(const Event& other) const {
      return at != other.at ? at > other.at : number > other.number;
    }
  };
  void end(Operation& operation, End how, std::uint64_t value) {
    operation.over = true;
    operation.end = how;
    operation.ended = now_;
    if (operation.is_read) operation.value = value;
  }
  void tick(std::uint32_t member) {
    const double local = static_cast<double>(now_.count()) * members_[member].rate;
    node(member).set_clock(sim::Duration(static_cast<std::int64_t>(local)));
  }
  void schedule(sim::Duration at, std::function<void()> act) {
    events_.push({at, ++event_count_, std::move(act)});
  }
  bool step(sim::Duration until) {
    if (events_.empty() || events_.top().at > until) return false;
    const Event event = events_.top();
    events_.pop();
    now_ = event.at;
    event.act();
    return true;
  }
  sim::Duration latency() {
    return least_ + sim::Duration(static_cast<std::int64_t>(
                        chance_.below(static_cast<std::uint64_t>(spread_.count()) + 1)));
  }
  /// The master asks every 100 ms, and tells those that do not know its configuration.
  void ask() {
    for (std::uint32_t member = 0; member < size(); ++member) {
      if (!up(member) || away_.contains(member)) continue;
      tick(member);
      master_.answered(member, node(member).asked(master_.question(member)), now_);
    }
    schedule(now_ + 100ms, [this] {
      master_.decide(now_);
      for (std::uint32_t member = 0; member < size(); ++member) {
        if (!master_.is_behind(member)) continue;
        schedule(now_ + latency(), [this, member, told = master_.configuration()] {
          if (!up(member) || away_.contains(member)) return;
          tick(member);
          node(member).configure(told, now_);
          settle(member);
        });
      }
      ask();
    });
  }
  void settle(std::uint32_t member) {
    Member& of = members_[member];
    auto outgoing = std::move(of.node->outgoing);
    of.node->outgoing.clear();
    for (const auto& each : of.node->finished) end(operations_[each.token], each.end, each.value);
    of.node->finished.clear();
    for (auto& each : outgoing) {
      schedule(now_ + latency(), [this, member, to = each.to, crashes = members_[each.to].crashes,
                                  message = std::move(each.message)] {
        if (!up(to) || members_[to].crashes != crashes) return;
        tick(to);
        node(to).receive(member, message, now_);
        settle(to);
      });
    }
    const auto position = of.node->unsynced();
    if (!of.syncing && position) {
      of.syncing = true;
      schedule(now_ + sync_time_, [this, member, position = *position, crashes = of.crashes] {
        Member& then = members_[member];
        if (then.crashes != crashes) return;
        then.syncing = false;
        then.log.synced = std::max(then.log.synced, position);
        tick(member);
        then.node->synced(position, now_);
        settle(member);
      });
    }
    const sim::Duration alarm = of.node->next_alarm();
    if (alarm == of.alarm || alarm == sim::Duration::max()) return;
    of.alarm = alarm;
    schedule(std::max(alarm, now_), [this, member, alarm, crashes = of.crashes] {
      Member& then = members_[member];
      if (then.crashes != crashes || then.alarm != alarm) return;
      then.alarm = sim::Duration::max();
      tick(member);
      then.node->wake(now_);
      settle(member);
    });
  }

  SplitMixSource chance_;
  sim::Duration sync_time_;
  sim::Duration now_{};
  sim::Duration least_ = 1ms;
  sim::Duration spread_{};
  std::vector<Member> members_;
  ChainMaster master_;
  std::set<std::uint32_t> away_;
  std::priority_queue<Event> events_;
  std::uint64_t event_count_ = 0;
  std::vector<Operation> operations_;
};

TEST(Chain, AWritePassesAlongTheChainAndTheTailTellsTheHead) {
  // 1 ms a hop: alone 0; of two there and back; of five four hops there, one back.
  for (const auto& [members, expected] :
       {std::pair{1u, 0ms}, std::pair{2u, 2ms}, std::pair{3u, 3ms}, std::pair{5u, 5ms}}) {
    World world(members, 1);
    const auto& write = world.finish(world.write(0, 7, 100));
    EXPECT_EQ(write.end, End::ok);
    EXPECT_EQ(write.ended - write.began, expected) << members;
    EXPECT_EQ(world.finish(world.read(members - 1, 7)).value, 100u);
    world.run_for(50ms);
    for (std::uint32_t member = 0; member < members; ++member) {
      EXPECT_EQ(world.node(member).pending(), 0u);
    }
  }
}

TEST(Chain, EachPutsItOnDiskBeforeItPassesItOn) {
  World world(3, 1, false, 10ms);
  const auto& write = world.finish(world.write(0, 7, 100));
  EXPECT_EQ(write.ended - write.began, 33ms);
}

TEST(Chain, OnlyTheTailReadsUnlessReadsAreApportioned) {
  World plain(3, 1);
  EXPECT_EQ(plain.finish(plain.read(0, 7)).end, End::not_here);
  EXPECT_EQ(plain.finish(plain.write(1, 7, 100)).end, End::not_here);
  World craq(3, 1, true);
  craq.finish(craq.write(0, 7, 100));
  craq.run_for(10ms);
  const auto clean = craq.finish(craq.read(0, 7));
  EXPECT_EQ(clean.value, 100u);
  EXPECT_EQ(clean.ended, clean.began);
  // On its way: the head has it, the tail not yet, so it asks and answers with the old one.
  craq.write(0, 7, 200);
  const auto dirty = craq.finish(craq.read(0, 7));
  EXPECT_EQ(dirty.value, 100u);
  EXPECT_EQ(dirty.ended - dirty.began, 2ms);
  // When the question reaches the tail after the update did, the new one.
  craq.run_for(10ms);
  craq.write(0, 7, 300);
  craq.run_for(1500us);
  EXPECT_EQ(craq.finish(craq.read(0, 7)).value, 300u);
  EXPECT_EQ(craq.node(0).counts().dirty_reads, 2u);
}

TEST(Chain, WritesWaitWhileTheChainIsBrokenAndAreDoneWhenItIsMended) {
  for (const std::uint32_t gone : {1u, 2u}) {
    World world(3, 1);
    world.run_for(500ms);
    world.crash(gone);
    const auto& write = world.finish(world.write(0, 7, 100));
    EXPECT_EQ(write.end, End::ok) << gone;
    // It was last asked at most 100 ms before; then the detection time, and a round.
    EXPECT_GE(write.ended - write.began, 900ms);
    EXPECT_LE(write.ended - write.began, 1200ms);
    EXPECT_EQ(world.configuration().chain.size(), 2u);
    EXPECT_EQ(world.finish(world.read(world.configuration().chain.back(), 7)).value, 100u);
  }
}

TEST(Chain, TheSuccessorOfAHeadThatIsGoneIsTheHeadAndLosesNothingThatWasAnswered) {
  World world(3, 1);
  for (std::uint64_t key = 0; key < 20; ++key) world.finish(world.write(0, key, 100 + key));
  world.write(0, 30, 500);
  world.crash(0);
  world.run_for(2s);
  EXPECT_EQ(world.configuration().chain, (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(world.finish(world.write(1, 31, 600)).end, End::ok);
  for (std::uint64_t key = 0; key < 20; ++key) {
    EXPECT_EQ(world.finish(world.read(2, key)).value, 100 + key);
  }
}

TEST(Chain, WhoComesBackGetsACopyAndBecomesTheTail) {
  World world(3, 1);
  for (std::uint64_t key = 0; key < 20; ++key) world.finish(world.write(0, key, 100 + key));
  world.crash(0);
  world.run_for(2s);
  world.finish(world.write(1, 3, 200));
  world.restart(0);
  world.run_for(2s);
  EXPECT_EQ(world.configuration().chain, (std::vector<std::uint32_t>{1, 2, 0}));
  EXPECT_EQ(world.finish(world.read(0, 3)).value, 200u);
  EXPECT_EQ(world.finish(world.read(0, 4)).value, 104u);
  EXPECT_EQ(world.finish(world.write(1, 5, 300)).end, End::ok);
  EXPECT_EQ(world.finish(world.read(0, 5)).value, 300u);
}

TEST(Chain, AfterAllWereDownWhoeverOfTheLastChainIsBackHasEverything) {
  World world(3, 1, false, 5ms);
  for (std::uint64_t key = 0; key < 20; ++key) world.finish(world.write(0, key, 100 + key));
  world.crash(2);
  world.run_for(2s);  // The chain is 0, 1.
  world.finish(world.write(0, 3, 200));
  world.crash(0);
  world.crash(1);
  world.run_for(2s);
  world.restart(2);  // It missed a write, and is not to be the chain.
  world.run_for(2s);
  EXPECT_FALSE(world.node(2).in_chain());
  world.restart(1);
  world.run_for(3s);
  EXPECT_EQ(world.configuration().chain, (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(world.finish(world.read(2, 3)).value, 200u);
}

TEST(Chain, ATailTakenOutWithoutKnowingStopsReadingBeforeOthersWrite) {
  World world(3, 1);
  world.run_for(500ms);
  world.cut_off(2);  // From the master only: it could still read.
  bool stale = false;
  std::uint64_t written = 0;
  for (int step = 0; step < 300; ++step) {
    const auto& write = world.finish(world.write(0, 7, ++written), 5s);
    ASSERT_EQ(write.end, End::ok);
    const auto& read = world.finish(world.read(2, 7));
    stale |= read.end == End::ok && read.value != written;
    world.run_for(10ms);
  }
  EXPECT_FALSE(stale);
  EXPECT_EQ(world.configuration().chain.size(), 2u);
}

TEST(Chain, AClockThatRunsSlowLetsATailReadTooLong) {
  World world(3, 1);
  world.set_drift(2, 0.3);
  world.run_for(500ms);
  world.cut_off(2);
  bool stale = false;
  std::uint64_t written = 0;
  for (int step = 0; step < 300; ++step) {
    world.finish(world.write(0, 7, ++written), 5s);
    const auto& read = world.finish(world.read(2, 7));
    stale |= read.end == End::ok && read.value != written;
    world.run_for(10ms);
  }
  EXPECT_TRUE(stale);
}

/// Each key has one writer, one write after the other, so that values are ordered. Then reads are
/// linearizable if and only if each finds no less than what was acknowledged, or read, before it
/// began, and nothing that was not begun when it ended.
void expect_linearizable(const World& world) {
  for (const auto& read : world.operations()) {
    if (!read.is_read || read.end != End::ok) continue;
    std::uint64_t least = 0;
    std::uint64_t most = 0;
    for (const auto& other : world.operations()) {
      if (other.key != read.key) continue;
      if (other.end == End::ok && other.over && other.ended < read.began) {
        least = std::max(least, other.value);
      }
      if (!other.is_read && other.began <= read.ended) most = std::max(most, other.value);
    }
    ASSERT_GE(read.value, least) << "key " << read.key << " at " << read.began.count();
    ASSERT_LE(read.value, most) << "key " << read.key << " at " << read.began.count();
  }
}

void random_faults(std::uint64_t seed, bool faults, bool apportioned) {
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  SplitMixSource chance(seed);
  const auto members = 2 + static_cast<std::uint32_t>(chance.below(4));
  World world(members, seed, apportioned, seed % 2 == 0 ? 0ms : 2ms);
  world.set_latency(100us, sim::Duration(static_cast<std::int64_t>(1 + chance.below(20'000'000))));
  std::map<std::uint64_t, std::size_t> last_write;
  std::uint64_t next_value = 0;
  for (int step = 0; step < 400; ++step) {
    const auto at = static_cast<std::uint32_t>(chance.below(members));
    const std::uint64_t what = chance.below(40);
    if (faults && what == 0) {
      world.crash(at);
    } else if (faults && what < 3) {
      for (std::uint32_t member = 0; member < members; ++member) world.restart(member);
    } else if (faults && what == 3) {
      world.cut_off(at);
    } else if (faults && what == 4) {
      world.heal();
    } else if (world.up(at)) {
      const std::uint64_t key = chance.below(5);
      if (chance.below(2) == 0) {
        world.read(apportioned ? at : world.node(at).tail(), key);
      } else if (!last_write.contains(key) || world.operations()[last_write[key]].over) {
        const std::uint32_t head = world.node(at).head();
        if (world.up(head)) last_write[key] = world.write(head, key, ++next_value);
      }
    }
    world.run_for(sim::Duration(static_cast<std::int64_t>(chance.below(30'000'000))));
  }
  world.heal();
  for (std::uint32_t member = 0; member < members; ++member) world.restart(member);
  world.run_for(30s);
  ASSERT_EQ(world.configuration().chain.size(), members);
  for (const auto& operation : world.operations()) {
    if (!operation.is_read) {
      ASSERT_TRUE(operation.over) << "value " << operation.value;
    }
  }
  const std::uint32_t tail = world.configuration().chain.back();
  for (std::uint64_t key = 0; key < 5; ++key) {
    ASSERT_EQ(world.finish(world.read(tail, key)).end, End::ok);
  }
  expect_linearizable(world);
}

TEST(Chain, IsLinearizableWithoutFaults) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    random_faults(seed, false, seed % 2 == 0);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(Chain, IsLinearizableWhoeverCrashesAndComesBack) {
  for (std::uint64_t seed = 101; seed <= 130; ++seed) {
    random_faults(seed, true, false);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(Chain, ApportionedReadsAreLinearizableToo) {
  for (std::uint64_t seed = 201; seed <= 230; ++seed) {
    random_faults(seed, true, true);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(SlowChain, IsLinearizableInThousandsOfSchedules) {
  for (std::uint64_t seed = 301; seed <= 3300; ++seed) {
    random_faults(seed, true, seed % 2 == 0);
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace faultline::models
