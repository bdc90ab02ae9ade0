#include <gtest/gtest.h>

#include <vector>

#include "tests/models/algorithms/eviction/policy_fixture.hpp"

namespace faultline::models {
namespace {

constexpr auto bytes = CacheCapacity::Unit::bytes;

/// Priorities: a (10 bytes) 0.1, b (5 bytes) 0.2, c (4 bytes) 0.25. 20 bytes hold 19; d (3 bytes)
/// needs two more, and a goes: the largest of those asked for once.
TEST(Gdsf, OfThoseAskedForOnceTheLargestGoes) {
  LetterCache cache("gdsf", {20, bytes});
  cache.ask("a", 10);
  cache.ask("b", 5);
  cache.ask("c", 4);
  cache.ask("d", 3);
  EXPECT_EQ(cache.held(), "bcd");
}

/// a (10 bytes) asked for three times: 0.3, above b's 0.2 and c's 0.25. b goes.
TEST(Gdsf, UsesMakeUpForSize) {
  LetterCache cache("gdsf", {20, bytes});
  cache.ask("aaa", 10);
  cache.ask("b", 5);
  cache.ask("c", 4);
  cache.ask("d", 3);
  EXPECT_EQ(cache.held(), "acd");
}

/// Room for two objects of one byte. a is asked for four times: 4. b comes (1), c drives b out:
/// L = 1, c has 1 + 1 = 2; d drives c out: L = 2, d has 3; e drives d out: L = 3, e has 4 and got
/// it after a did: f drives out a, though a was used more often than all the others.
TEST(Gdsf, WhatIsNotAskedForAnyMoreGrowsOld) {
  LetterCache cache("gdsf", {2, bytes});
  cache.ask("aaaa b c d e");
  EXPECT_EQ(cache.held(), "ae");
  cache.ask("f");
  EXPECT_EQ(cache.held(), "ef");
}

/// 536 bytes cost 3 packets, 3/536 = 0.0056 a byte; 5360 bytes cost 12, 12/5360 = 0.0022. By hits
/// it is 1/536 = 0.0019 against 1/5360 = 0.0002. Asked for three times, the large one has 0.0067 by
/// packets and stays, and 0.0006 by hits and goes.
TEST(Gdsf, PacketsFavourLargeObjectsMoreThanHitsDo) {
  for (const auto& [policy, held] : {std::pair{"gdsf(packets)", "ac"}, {"gdsf(hit)", "bc"}}) {
    LetterCache cache(policy, {6000, bytes});
    cache.ask("aaa", 5360);
    cache.ask("b", 536);
    cache.ask("c", 200);
    EXPECT_EQ(cache.held(), held) << policy;
  }
}

TEST(Gdsf, ErasingFromTheMiddleKeepsTheOrder) {
  LetterCache cache("gdsf", {100, bytes});
  const std::vector<std::pair<std::string, std::int64_t>> sizes{{"a", 30}, {"b", 20}, {"c", 15},
                                                                {"d", 12}, {"e", 10}, {"f", 9}};
  for (const auto& [letter, size] : sizes) cache.ask(letter, size);
  ASSERT_EQ(cache.held(), "abcdef");
  cache.erase('b');
  cache.ask("g", 60);  // a, c and d go in this order: 96 - 20 + 60 - 30 - 15 = 91.
  EXPECT_EQ(cache.held(), "defg");
}

}  // namespace
}  // namespace faultline::models
