#include <gtest/gtest.h>

#include "tests/models/algorithms/eviction/policy_fixture.hpp"

namespace faultline::models {
namespace {

/// Capacity 4: two LIR (a, b), two HIR. e evicts c from the queue; its ghost stays in the stack. c
/// comes back and becomes LIR, which demotes a to the queue and evicts d; d comes back likewise and
/// evicts e. By then e has left the stack with the last LIR below it, so e comes back as HIR and
/// evicts a.
TEST(Lirs, GhostsInTheStackBecomeLir) {
  LetterCache cache("lirs", 4);
  cache.ask("ab cd e");
  EXPECT_EQ(cache.held(), "abde");
  cache.ask("c");
  EXPECT_EQ(cache.held(), "abce");
  cache.ask("d");
  EXPECT_EQ(cache.held(), "abcd");
  cache.ask("e");
  EXPECT_EQ(cache.held(), "bcde");
}

/// The authors' program passes over an immediate repeat: c stays HIR, and e evicts it. Where
/// repeats count, c becomes LIR and the demoted a goes.
TEST(Lirs, AnImmediateRepeatMovesNothing) {
  LetterCache authors("lirs", 4);
  authors.ask("ab cc de");
  EXPECT_EQ(authors.held(), "abde");
  LetterCache sized("lirs(variant=sized)", 4);
  sized.ask("ab cc de");
  EXPECT_EQ(sized.held(), "bcde");
}

/// A loop one larger than the cache: LRU never hits, LIRS keeps its LIR entries.
TEST(Lirs, HitsInALoopLargerThanTheCache) {
  std::vector<CacheKey> loop;
  for (int round = 0; round < 100; ++round) {
    for (CacheKey key = 0; key < 101; ++key) loop.push_back(key);
  }
  EXPECT_EQ(misses("lru", 100, loop), 10100);
  EXPECT_LT(misses("lirs", 100, loop), 101 + 99 * 4);
}

/// In bytes the queue of passing entries has 1 % of the capacity; a larger object is taken in all
/// the same.
TEST(Lirs, TakesObjectsLargerThanItsQueue) {
  LetterCache cache("lirs", {1000, CacheCapacity::Unit::bytes});
  EXPECT_EQ(cache.ask("abcd", 300), "mmmm");
  EXPECT_EQ(cache.ask("d"), "h");
  EXPECT_LE(cache.store().used(), 1000);
  EXPECT_TRUE(cache.put('e', 1000));
  EXPECT_EQ(cache.held(), "e");
}

/// With a stack of one capacity hardly any ghost is kept, so the loop does worse.
TEST(Lirs, TheStackLimitBoundsTheGhosts) {
  std::vector<CacheKey> loop;
  for (int round = 0; round < 20; ++round) {
    for (CacheKey key = 0; key < 30; ++key) {
      loop.push_back(key);
      loop.push_back(1000 + static_cast<CacheKey>(round) * 30 + key);  // Never again.
    }
  }
  EXPECT_LT(misses("lirs", 20, loop), misses("lirs(stack_limit=1)", 20, loop));
}

}  // namespace
}  // namespace faultline::models
