#include <gtest/gtest.h>

#include "tests/models/algorithms/eviction/policy_fixture.hpp"

namespace faultline::models {
namespace {

/// d: the hand stands at a, spares it, and takes b. e: the hand stands at c, which was asked for
/// since, spares it, and takes a, whose bit was cleared.
TEST(Clock, SparesWhatWasTouchedSinceTheHandPassed) {
  LetterCache cache("clock", 3);
  EXPECT_EQ(cache.ask("abc a d"), "mmmhm");
  EXPECT_EQ(cache.held(), "acd");
  EXPECT_EQ(cache.ask("c e"), "hm");
  EXPECT_EQ(cache.held(), "cde");
}

/// Everybody was touched: the hand goes once round, clearing, and takes the first after all.
TEST(Clock, GoesOnceRoundIfAllWereTouched) {
  LetterCache cache("clock", 3);
  cache.ask("abc abc d");
  EXPECT_EQ(cache.held(), "bcd");
}

/// Two touches are remembered by two bits and outlast two passes of the hand; one bit remembers
/// one.
TEST(Clock, MoreBitsSpareMoreOften) {
  LetterCache one_bit("clock", 2);
  one_bit.ask("aaa b c d");
  EXPECT_EQ(one_bit.held(), "cd");
  LetterCache two_bits("clock(counter_bits=2)", 2);
  two_bits.ask("aaa b c d");
  EXPECT_EQ(two_bits.held(), "ad");
  two_bits.ask("e");
  EXPECT_EQ(two_bits.held(), "de");
}

}  // namespace
}  // namespace faultline::models
