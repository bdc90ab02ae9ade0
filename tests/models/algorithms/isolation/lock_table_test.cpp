#include "models/algorithms/isolation/lock_table.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

using Mode = LockTable::Mode;
using Outcome = LockTable::Outcome;
using Victim = LockTable::Victim;
using Transactions = std::vector<LockTable::Transaction>;

TEST(LockTable, SharedLocksGoTogetherAndAnExclusiveOneAlone) {
  LockTable locks(Victim::youngest);
  EXPECT_EQ(locks.lock(1, 7, Mode::shared).outcome, Outcome::held);
  EXPECT_EQ(locks.lock(2, 7, Mode::shared).outcome, Outcome::held);
  EXPECT_EQ(locks.lock(3, 7, Mode::exclusive).outcome, Outcome::waits);
  EXPECT_EQ(locks.release(1), Transactions{});
  EXPECT_EQ(locks.release(2), Transactions{3});
  EXPECT_TRUE(locks.holds(3, 7, Mode::exclusive));
  EXPECT_EQ(locks.lock(4, 7, Mode::shared).outcome, Outcome::waits);
  EXPECT_EQ(locks.lock(5, 7, Mode::shared).outcome, Outcome::waits);
  EXPECT_EQ(locks.release(3), (Transactions{4, 5}));
}

/// Who comes to share does not pass one who waits to have it alone.
TEST(LockTable, NobodyOvertakes) {
  LockTable locks(Victim::youngest);
  locks.lock(1, 7, Mode::shared);
  locks.lock(2, 7, Mode::exclusive);
  EXPECT_EQ(locks.lock(3, 7, Mode::shared).outcome, Outcome::waits);
  EXPECT_EQ(locks.release(1), Transactions{2});
  EXPECT_EQ(locks.release(2), Transactions{3});
}

TEST(LockTable, AnUpgradeStandsInFront) {
  LockTable locks(Victim::youngest);
  locks.lock(1, 7, Mode::shared);
  locks.lock(2, 7, Mode::shared);
  locks.lock(3, 7, Mode::exclusive);
  EXPECT_EQ(locks.lock(1, 7, Mode::exclusive).outcome, Outcome::waits);
  EXPECT_EQ(locks.release(2), Transactions{1});
  EXPECT_EQ(locks.release(1), Transactions{3});
  EXPECT_EQ(locks.lock(3, 7, Mode::shared).outcome, Outcome::held);
  locks.release(3);
  EXPECT_EQ(locks.keys(), 0u);
}

TEST(LockTable, WhoStopsWaitingLetsTheOthersThrough) {
  LockTable locks(Victim::youngest);
  locks.lock(1, 7, Mode::shared);
  locks.lock(2, 7, Mode::exclusive);
  locks.lock(3, 7, Mode::shared);
  EXPECT_EQ(locks.stop_waiting(2), Transactions{3});
  EXPECT_FALSE(locks.is_waiting(2));
}

/// 1 holds a and waits for b, 2 holds b and wants c, 3 holds c and closes the ring: wants a. The
/// locks of 2 and 3 are one each, of 1 two.
TEST(LockTable, TheVictimOfARingIsChosenByTheRule) {
  const auto victim_of = [](Victim rule) {
    LockTable locks(rule);
    locks.lock(1, 'a', Mode::exclusive);
    locks.lock(1, 'd', Mode::exclusive);
    locks.lock(2, 'b', Mode::exclusive);
    locks.lock(3, 'c', Mode::exclusive);
    locks.lock(2, 'c', Mode::exclusive);
    locks.lock(3, 'a', Mode::exclusive);
    const LockTable::Result result = locks.lock(1, 'b', Mode::shared);
    EXPECT_EQ(result.victims.size(), 1u);
    EXPECT_EQ(result.outcome, result.victims[0] == 1 ? Outcome::deadlock : Outcome::waits);
    EXPECT_EQ(locks.deadlocks(), 1u);
    return result.victims.at(0);
  };
  EXPECT_EQ(victim_of(Victim::youngest), 3u);
  EXPECT_EQ(victim_of(Victim::oldest), 1u);
  EXPECT_EQ(victim_of(Victim::requester), 1u);
  EXPECT_EQ(victim_of(Victim::fewest_locks), 3u);
}

/// One request may close two rings at once: both have to be broken.
TEST(LockTable, OneRequestMayCloseTwoRings) {
  LockTable locks(Victim::youngest);
  locks.lock(1, 'a', Mode::exclusive);
  locks.lock(2, 'b', Mode::shared);
  locks.lock(3, 'b', Mode::shared);
  locks.lock(2, 'a', Mode::exclusive);
  locks.lock(3, 'a', Mode::exclusive);
  const LockTable::Result result = locks.lock(1, 'b', Mode::exclusive);
  EXPECT_EQ(result.outcome, Outcome::waits);
  EXPECT_EQ(std::set(result.victims.begin(), result.victims.end()),
            (std::set<LockTable::Transaction>{2, 3}));
  locks.release(2);
  EXPECT_EQ(locks.release(3), Transactions{1});
}

/// Whatever is asked for: no two hold a key against each other, everybody who waits is in the way
/// of nobody's end, and in the end nothing is left.
TEST(LockTable, RandomLocksNeverConflictAndNeverStick) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SplitMixSource random(seed);
    LockTable locks(static_cast<Victim>(seed % 4));
    std::map<LockTable::Transaction, std::map<LockTable::Key, Mode>> held;
    std::map<LockTable::Transaction, std::pair<LockTable::Key, Mode>> waits;
    LockTable::Transaction next = 1;
    std::set<LockTable::Transaction> live;
    const auto grant = [&](LockTable::Transaction who, LockTable::Key key, Mode mode) {
      Mode& now = held[who][key];
      now = std::max(now, mode);
      for (const auto& [other, keys] : held) {
        if (other == who || keys.count(key) == 0) continue;
        ASSERT_EQ(now, Mode::shared) << seed;
        ASSERT_EQ(keys.at(key), Mode::shared) << seed;
      }
    };
    const auto end = [&](LockTable::Transaction who) {
      live.erase(who);
      held.erase(who);
      waits.erase(who);
      for (const LockTable::Transaction woken : locks.release(who)) {
        ASSERT_EQ(waits.count(woken), 1u);
        const auto [key, mode] = waits[woken];
        waits.erase(woken);
        grant(woken, key, mode);
      }
    };
    for (int step = 0; step < 400; ++step) {
      while (live.size() < 6) live.insert(next++);
      std::vector<LockTable::Transaction> ready;
      for (const LockTable::Transaction each : live)
        if (waits.count(each) == 0) ready.push_back(each);
      ASSERT_FALSE(ready.empty()) << "all wait, seed " << seed;
      const LockTable::Transaction who = ready[random.below(ready.size())];
      if (random.below(5) == 0) {
        end(who);
        continue;
      }
      const LockTable::Key key = random.below(4);
      const Mode mode = random.below(2) == 0 ? Mode::shared : Mode::exclusive;
      const LockTable::Result result = locks.lock(who, key, mode);
      if (result.outcome == Outcome::held) grant(who, key, mode);
      if (result.outcome == Outcome::waits) waits[who] = {key, mode};
      for (const LockTable::Transaction victim : result.victims) end(victim);
    }
    while (!live.empty()) end(*live.begin());
    EXPECT_EQ(locks.keys(), 0u);
  }
}

}  // namespace
}  // namespace faultline::models
