#include <gtest/gtest.h>

#include "tests/models/algorithms/eviction/policy_fixture.hpp"

namespace faultline::models {
namespace {

/// Capacity 2, target 0. a is used twice and goes to T2. c evicts b from T1, which is over its
/// target, to B1. b comes back: the target rises to 1, T1 is not over it, so a goes to B2. a comes
/// back: the target falls to 0, so c goes.
TEST(Arc, GhostsMoveTheTarget) {
  LetterCache cache("arc", 2);
  EXPECT_EQ(cache.ask("ab a c"), "mmhm");
  EXPECT_EQ(cache.held(), "ac");
  cache.ask("b");
  EXPECT_EQ(cache.held(), "bc");
  cache.ask("a");
  EXPECT_EQ(cache.held(), "ab");
}

/// Two entries used twice survive any scan: the scan's entries are seen once and evict each other.
TEST(Arc, AScanLeavesWhatWasUsedTwice) {
  LetterCache cache("arc", 4);
  cache.ask("ab ab cdefghijklmnop");
  EXPECT_EQ(cache.held().substr(0, 2), "ab");
}

/// Without a second use ARC is LRU: T1 fills the cache and its oldest goes without a ghost.
TEST(Arc, OnFirstUsesItIsLru) {
  LetterCache cache("arc", 3);
  cache.ask("abcde");
  EXPECT_EQ(cache.held(), "cde");
}

}  // namespace
}  // namespace faultline::models
