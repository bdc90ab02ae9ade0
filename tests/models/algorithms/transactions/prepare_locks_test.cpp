#include "models/algorithms/transactions/prepare_locks.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

using Answer = PrepareLocks::Answer;

TEST(PrepareLocks, FirstComeFirstServed) {
  PrepareLocks locks(LockConflict::wait);
  EXPECT_EQ(locks.acquire({1, 10}, 7), Answer::granted);
  EXPECT_EQ(locks.acquire({1, 10}, 7), Answer::granted);
  EXPECT_EQ(locks.acquire({2, 5}, 7), Answer::waits);
  EXPECT_EQ(locks.acquire({3, 1}, 7), Answer::waits);
  EXPECT_EQ(locks.acquire({3, 1}, 8), Answer::granted);
  EXPECT_EQ(locks.waiting(7), 2u);
  EXPECT_EQ(locks.held(), 2u);
  const auto next = locks.release(1, 7);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->id, 2u);
  EXPECT_EQ(locks.holder(7)->id, 2u);
  EXPECT_FALSE(locks.release(3, 7));  // Leaves the queue.
  EXPECT_FALSE(locks.release(2, 7));
  EXPECT_FALSE(locks.holder(7));
}

TEST(PrepareLocks, NobodyWaitsWhoIsNotTo) {
  PrepareLocks locks(LockConflict::no_wait);
  EXPECT_EQ(locks.acquire({1, 10}, 7), Answer::granted);
  EXPECT_EQ(locks.acquire({2, 5}, 7), Answer::refused);
  EXPECT_FALSE(locks.release(2, 7));
  EXPECT_EQ(locks.holder(7)->id, 1u);
}

TEST(PrepareLocks, TheYoungerDies) {
  PrepareLocks locks(LockConflict::wait_die);
  EXPECT_EQ(locks.acquire({1, 10}, 7), Answer::granted);
  EXPECT_EQ(locks.acquire({2, 11}, 7), Answer::refused);
  EXPECT_EQ(locks.acquire({3, 5}, 7), Answer::waits);
  EXPECT_EQ(locks.acquire({4, 8}, 7), Answer::refused);  // Older than the holder, not than 3.
  EXPECT_EQ(locks.acquire({5, 4}, 7), Answer::waits);
  // Of equal age, by number.
  EXPECT_EQ(locks.acquire({6, 4}, 7), Answer::refused);
}

/// Random transactions on few keys: under wait_die the graph of who waits for whom never has a
/// circle, and under wait it does; a key never has two holders.
TEST(PrepareLocks, WaitDieHasNoDeadlocks) {
  int circles = 0;
  for (const LockConflict conflict : {LockConflict::wait_die, LockConflict::wait}) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      SplitMixSource chance(seed);
      PrepareLocks locks(conflict);
      std::map<std::uint64_t, std::set<std::uint64_t>> holds;
      std::map<std::uint64_t, std::uint64_t> waits_for_key;
      for (int step = 0; step < 200; ++step) {
        const std::uint64_t who = 1 + chance.below(6);
        if (waits_for_key.contains(who)) continue;
        if (chance.below(5) == 0) {
          for (const std::uint64_t key : holds[who]) {
            if (const auto next = locks.release(who, key)) {
              holds[next->id].insert(key);
              waits_for_key.erase(next->id);
            }
          }
          holds[who].clear();
          continue;
        }
        const std::uint64_t key = chance.below(4);
        const Answer answer = locks.acquire({who, static_cast<std::int64_t>(who)}, key);
        if (answer == Answer::granted) holds[who].insert(key);
        if (answer == Answer::waits) waits_for_key[who] = key;
        for (std::uint64_t other = 1; other <= 6; ++other) {
          for (const std::uint64_t held : holds[other]) ASSERT_EQ(locks.holder(held)->id, other);
        }
        std::uint64_t at = who;
        for (int hops = 0; hops < 7 && waits_for_key.contains(at); ++hops) {
          at = locks.holder(waits_for_key[at])->id;
          if (at != who) continue;
          ASSERT_EQ(conflict, LockConflict::wait);
          ++circles;
          break;
        }
      }
    }
  }
  EXPECT_GT(circles, 20);
}

}  // namespace
}  // namespace faultline::models
