#include "models/algorithms/eviction/cache_store.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

class CacheStoreTest : public testing::Test {
 protected:
  static CacheEntry entry(CacheKey key, std::int64_t size = 1,
                          std::int64_t expires_at = CacheStore::no_expiry) {
    return {.key = key, .size = size, .expires_at = expires_at};
  }
  SplitMixSource random_{1};
  CacheStore entries_{
      sim::Choice<EvictionPolicy>("lru"), {2, CacheCapacity::Unit::entries}, random_};
  CacheStore bytes_{sim::Choice<EvictionPolicy>("lru"), {100, CacheCapacity::Unit::bytes}, random_};
};

TEST_F(CacheStoreTest, KeepsWhatTheCallerStored) {
  entries_.put({.key = 1, .size = 512, .expires_at = 99, .version = 7});
  const CacheEntry* found = entries_.lookup(1, 98);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->size, 512);
  EXPECT_EQ(found->version, 7u);
  EXPECT_EQ(entries_.used(), 1);
  EXPECT_FALSE(entries_.lookup(2));
}

TEST_F(CacheStoreTest, AnEntryExpiresAtItsMoment) {
  entries_.put(entry(1, 1, 100));
  EXPECT_TRUE(entries_.lookup(1, 99));
  EXPECT_TRUE(entries_.peek(1));
  EXPECT_FALSE(entries_.lookup(1, 100));
  EXPECT_FALSE(entries_.peek(1));
  EXPECT_EQ(entries_.counts().expirations, 1u);
  EXPECT_EQ(entries_.used(), 0);
}

TEST_F(CacheStoreTest, OverwritingKeepsOneEntryAndCountsAsUse) {
  entries_.put(entry(1));
  entries_.put(entry(2));
  entries_.put({.key = 1, .size = 5, .expires_at = 50, .version = 2});
  entries_.put(entry(3));
  EXPECT_FALSE(entries_.peek(2));
  ASSERT_TRUE(entries_.peek(1));
  EXPECT_EQ(entries_.peek(1)->version, 2u);
  EXPECT_EQ(entries_.counts().insertions, 3u);
  EXPECT_EQ(entries_.counts().evictions, 1u);
}

TEST_F(CacheStoreTest, BytesAddUp) {
  bytes_.put(entry(1, 40));
  bytes_.put(entry(2, 40));
  EXPECT_EQ(bytes_.used(), 80);
  bytes_.put(entry(3, 60));  // 1 has to go; 40 + 60 fit.
  EXPECT_EQ(bytes_.used(), 100);
  EXPECT_FALSE(bytes_.peek(1));
  EXPECT_EQ(bytes_.entries(), 2u);
}

TEST_F(CacheStoreTest, OneLargeObjectEvictsSeveral) {
  for (CacheKey key = 0; key < 10; ++key) bytes_.put(entry(key, 10));
  bytes_.put(entry(100, 95));
  EXPECT_EQ(bytes_.entries(), 1u);
  EXPECT_EQ(bytes_.counts().evictions, 10u);
}

TEST_F(CacheStoreTest, AnObjectLargerThanTheCapacityIsNotAdmitted) {
  bytes_.put(entry(1, 40));
  EXPECT_FALSE(bytes_.put(entry(2, 101)));
  EXPECT_TRUE(bytes_.peek(1));
  EXPECT_FALSE(bytes_.peek(2));
  EXPECT_TRUE(bytes_.put(entry(2, 100)));
  EXPECT_EQ(bytes_.counts().rejections, 1u);
}

/// The old value must not be served once the new one was written, even if the new one is too large.
TEST_F(CacheStoreTest, RefusingANewValueDropsTheOldOne) {
  bytes_.put(entry(1, 40));
  EXPECT_FALSE(bytes_.put(entry(1, 200)));
  EXPECT_FALSE(bytes_.peek(1));
  EXPECT_EQ(bytes_.used(), 0);
}

TEST_F(CacheStoreTest, AGrowingEntryPushesOthersOut) {
  bytes_.put(entry(1, 40));
  bytes_.put(entry(2, 40));
  EXPECT_TRUE(bytes_.put(entry(2, 70)));
  EXPECT_FALSE(bytes_.peek(1));
  EXPECT_EQ(bytes_.used(), 70);
  EXPECT_TRUE(bytes_.put(entry(2, 10)));
  EXPECT_EQ(bytes_.used(), 10);
}

TEST_F(CacheStoreTest, EraseAndClear) {
  entries_.put(entry(1));
  EXPECT_TRUE(entries_.erase(1));
  EXPECT_FALSE(entries_.erase(1));
  entries_.put(entry(2));
  entries_.clear();
  EXPECT_EQ(entries_.entries(), 0u);
  EXPECT_EQ(entries_.used(), 0);
  EXPECT_FALSE(entries_.lookup(2));
  entries_.put(entry(3));
  entries_.put(entry(4));
  entries_.put(entry(5));
  EXPECT_EQ(entries_.entries(), 2u);
  EXPECT_EQ(entries_.counts().insertions, 5u);
}

}  // namespace
}  // namespace faultline::models
