#include <gtest/gtest.h>

#include "tests/models/algorithms/eviction/policy_fixture.hpp"

namespace faultline::models {
namespace {

TEST(Lfu, EvictsTheOneUsedLeast) {
  LetterCache cache("lfu", 3);
  cache.ask("aa bb c d");
  EXPECT_EQ(cache.held(), "abd");
  cache.ask("e");
  EXPECT_EQ(cache.held(), "abe");
}

/// b is older, but a reached two uses first.
TEST(Lfu, AmongEqualsEvictsWhoReachedTheCountFirst) {
  LetterCache cache("lfu", 3);
  cache.ask("ba ab ccc d");
  EXPECT_EQ(cache.held(), "bcd");
}

/// a had three uses, is evicted by force of four for the others, and comes back with one.
TEST(Lfu, ForgetsTheCountOnEviction) {
  LetterCache cache("lfu", 2);
  cache.ask("aaa bbbb cccc");
  EXPECT_EQ(cache.held(), "bc");
  cache.ask("a");
  EXPECT_EQ(cache.held(), "ac");
  cache.ask("d");
  EXPECT_EQ(cache.held(), "cd");
}

TEST(Lfu, ErasingTheOnlyOneOfItsCountKeepsTheOrder) {
  LetterCache cache("lfu", 3);
  cache.ask("a bb ccc");
  cache.erase('b');
  cache.ask("dd");
  cache.ask("e");
  EXPECT_EQ(cache.held(), "cde");
}

}  // namespace
}  // namespace faultline::models
