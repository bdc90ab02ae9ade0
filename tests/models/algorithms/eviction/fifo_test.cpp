#include <gtest/gtest.h>

#include "tests/models/algorithms/eviction/policy_fixture.hpp"

namespace faultline::models {
namespace {

/// Being asked for does not help a.
TEST(Fifo, EvictsTheOldest) {
  LetterCache cache("fifo", 3);
  EXPECT_EQ(cache.ask("abc a d"), "mmmhm");
  EXPECT_EQ(cache.held(), "bcd");
}

/// Belady's anomaly: one place more, one miss more.
TEST(Fifo, HasBeladysAnomaly) {
  const auto trace = keys_of("abcd abe abcde");
  EXPECT_EQ(misses("fifo", 3, trace), 9);
  EXPECT_EQ(misses("fifo", 4, trace), 10);
}

}  // namespace
}  // namespace faultline::models
