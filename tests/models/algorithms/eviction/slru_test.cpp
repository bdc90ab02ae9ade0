#include <gtest/gtest.h>

#include "tests/models/algorithms/eviction/policy_fixture.hpp"

namespace faultline::models {
namespace {

/// Four segments of one entry. a, b, c, d fill them from the lowest up; e takes the place of a. A
/// hit lifts b, which pushes c down; a hit lifts e, which pushes c to the lowest; f takes the place
/// of c.
TEST(Slru, HitsLiftAndFullSegmentsPassDown) {
  LetterCache cache("slru", 4);
  EXPECT_EQ(cache.ask("abcd e"), "mmmmm");
  EXPECT_EQ(cache.held(), "bcde");
  EXPECT_EQ(cache.ask("b e f"), "hhm");
  EXPECT_EQ(cache.held(), "bdef");
}

/// One segment is LRU.
TEST(Slru, OneSegmentIsLru) {
  LetterCache cache("slru(segments=1)", 3);
  cache.ask("abc a d");
  EXPECT_EQ(cache.held(), "acd");
}

/// Two segments of 50 bytes. b is lifted and pushes nobody; the object of 60 bytes has no room in
/// either, so it stays in the lower one however often it is asked for, and is the first to go
/// there.
TEST(Slru, AnObjectLargerThanASegmentIsNotLifted) {
  LetterCache cache("slru(segments=2)", {100, CacheCapacity::Unit::bytes});
  cache.ask("b", 20);
  cache.ask("b");
  cache.ask("x", 60);
  EXPECT_EQ(cache.ask("xxx"), "hhh");
  cache.ask("c", 30);
  EXPECT_EQ(cache.held(), "bc");
}

}  // namespace
}  // namespace faultline::models
