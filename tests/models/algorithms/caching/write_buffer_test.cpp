#include "models/algorithms/caching/write_buffer.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

WriteBuffer buffer(std::int64_t batch, std::int64_t limit = 100) {
  return WriteBuffer({.flush_interval = sim::Duration(1), .batch = batch, .limit = limit});
}

TEST(WriteBuffer, GivesBatchesInTheOrderOfTheFirstWrites) {
  WriteBuffer it = buffer(2);
  for (const std::uint64_t key : {5, 3, 4}) it.add({.key = key, .value = key * 10, .size = 1});
  it.add({.key = 5, .value = 99, .size = 1});  // Keeps its place.
  EXPECT_EQ(it.coalesced(), 1u);
  const auto first = it.take();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].key, 5u);
  EXPECT_EQ(first[0].value, 99u);
  EXPECT_EQ(first[1].key, 3u);
  const auto second = it.take();
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].key, 4u);
  EXPECT_TRUE(it.take().empty());
  EXPECT_EQ(it.size(), 3u);  // Until they are stored.
}

TEST(WriteBuffer, FindsTheNewestValueUntilItIsStored) {
  WriteBuffer it = buffer(10);
  it.add({.key = 1, .value = 10, .size = 1});
  EXPECT_EQ(it.find(1)->value, 10u);
  it.take();
  EXPECT_EQ(it.find(1)->value, 10u);
  it.stored(1);
  EXPECT_FALSE(it.find(1).has_value());
}

TEST(WriteBuffer, AWriteDuringTheFlushWaitsForTheNextOne) {
  WriteBuffer it = buffer(10);
  it.add({.key = 1, .value = 10, .size = 1});
  it.take();
  it.add({.key = 1, .value = 20, .size = 1});
  it.add({.key = 1, .value = 30, .size = 1});  // Replaces 20, which never went.
  EXPECT_EQ(it.coalesced(), 1u);
  EXPECT_TRUE(it.take().empty());  // 10 is on the way: 30 must not overtake it.
  it.stored(1);
  const auto next = it.take();
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].value, 30u);
}

TEST(WriteBuffer, WhatFailedGoesAgainWithItsNewestValue) {
  WriteBuffer it = buffer(10);
  it.add({.key = 1, .value = 10, .size = 1});
  it.take();
  it.failed(1);
  EXPECT_EQ(it.take().at(0).value, 10u);
  it.add({.key = 1, .value = 20, .size = 1});
  it.failed(1);
  EXPECT_EQ(it.take().at(0).value, 20u);
}

TEST(WriteBuffer, IsFullOfKeysNotOfWrites) {
  WriteBuffer it = buffer(10, 2);
  it.add({.key = 1, .value = 10, .size = 1});
  it.add({.key = 1, .value = 11, .size = 1});
  EXPECT_FALSE(it.is_full());
  it.add({.key = 2, .value = 20, .size = 1});
  EXPECT_TRUE(it.is_full());
  EXPECT_TRUE(it.holds(1));
}

TEST(WriteBuffer, LosesWhatWaitsAndWhatIsOnTheWay) {
  WriteBuffer it = buffer(1);
  it.add({.key = 1, .value = 10, .size = 1});
  it.add({.key = 2, .value = 20, .size = 1});
  it.add({.key = 2, .value = 21, .size = 1});
  it.take();
  EXPECT_EQ(it.lose(), 2u);
  EXPECT_EQ(it.size(), 0u);
  it.stored(1);  // News of a time before: nothing happens.
  EXPECT_TRUE(it.take().empty());
}

}  // namespace
}  // namespace faultline::models
