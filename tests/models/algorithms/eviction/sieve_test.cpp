#include <gtest/gtest.h>

#include "tests/models/algorithms/eviction/policy_fixture.hpp"

namespace faultline::models {
namespace {

/// d: the hand clears a and takes b. e: it goes on at c and takes it. f: it takes d, which came
/// later than a. The untouched a survives because the hand is past it: a queue that moved a to its
/// front would have evicted in another order.
TEST(Sieve, LeavesSurvivorsInPlaceAndGoesOn) {
  LetterCache cache("sieve", 3);
  EXPECT_EQ(cache.ask("abc a d"), "mmmhm");
  EXPECT_EQ(cache.held(), "acd");
  cache.ask("e");
  EXPECT_EQ(cache.held(), "ade");
  cache.ask("f");
  EXPECT_EQ(cache.held(), "aef");
}

/// After f the hand stands at e, which is touched, so g takes f, the newest; h starts again at the
/// oldest and takes a.
TEST(Sieve, StartsAgainAtTheOldest) {
  LetterCache cache("sieve", 3);
  cache.ask("abc a d e f e g");
  EXPECT_EQ(cache.held(), "aeg");
  cache.ask("h");
  EXPECT_EQ(cache.held(), "egh");
}

/// The hand stands at c when c is invalidated; it goes on with d.
TEST(Sieve, TheHandMovesOnWhenItsEntryIsErased) {
  LetterCache cache("sieve", 3);
  cache.ask("abc a d");
  EXPECT_TRUE(cache.erase('c'));
  cache.ask("e f");
  EXPECT_EQ(cache.held(), "aef");
}

}  // namespace
}  // namespace faultline::models
