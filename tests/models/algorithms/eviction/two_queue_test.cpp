#include <gtest/gtest.h>

#include "tests/models/algorithms/eviction/policy_fixture.hpp"

namespace faultline::models {
namespace {

/// Capacity 4: one for newcomers, two ghosts, three for the main queue. e, f, g push a, b, c out;
/// only b and c are still remembered. b comes back and enters the main queue; room is made among
/// the newcomers, so d goes. A hit on the newcomer e does not save it from h.
TEST(TwoQueue, WhoComesBackInTimeEntersTheMainQueue) {
  LetterCache cache("two_queue", 4);
  cache.ask("abcd efg");
  EXPECT_EQ(cache.held(), "defg");
  cache.ask("b");
  EXPECT_EQ(cache.held(), "befg");
  EXPECT_EQ(cache.ask("e h"), "hm");
  EXPECT_EQ(cache.held(), "bfgh");
}

/// a was forgotten by the ghosts, so it comes back as a newcomer and leaves with the newcomers,
/// before b.
TEST(TwoQueue, WhoComesBackTooLateIsANewcomer) {
  LetterCache cache("two_queue", 4);
  cache.ask("abcd efg a b");
  EXPECT_EQ(cache.held(), "abfg");
  cache.ask("hij");
  EXPECT_EQ(cache.held(), "bhij");
}

/// An invalidated entry leaves no ghost.
TEST(TwoQueue, AnErasedEntryIsNotRemembered) {
  LetterCache cache("two_queue", 4);
  cache.ask("abcd");
  cache.erase('a');
  cache.ask("a efgh");
  EXPECT_EQ(cache.held(), "efgh");
}

}  // namespace
}  // namespace faultline::models
