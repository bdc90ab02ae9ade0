#include "models/algorithms/storage/page_cache.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <set>

namespace faultline::models {
namespace {

sim::Choice<EvictionPolicy> lru() { return sim::Choice<EvictionPolicy>("lru"); }

/// Three pages of room. Page 1 is written, so it is dirty; the reads of 4, 5 and 6 push out 2, 3
/// and 1 in this order, and only 1 has to be written.
TEST(PageCache, ADirtyVictimIsWrittenAndACleanOneIsNot) {
  SplitMixSource random(1);
  PageCache cache(lru(), 3, random);
  for (const PageCache::Page page : {1, 2, 3}) EXPECT_EQ(cache.read(page).reads, 1);
  EXPECT_EQ(cache.write(1).reads, 0);
  EXPECT_EQ(cache.dirty(), 1);
  EXPECT_EQ(cache.read(4).written_back, 0);
  EXPECT_EQ(cache.read(5).written_back, 0);
  EXPECT_EQ(cache.read(6).written_back, 1);
  EXPECT_EQ(cache.dirty(), 0);
  EXPECT_EQ(cache.counts().hits, 1u);
  EXPECT_EQ(cache.counts().misses, 6u);
}

TEST(PageCache, CleansThePageThatHasBeenDirtyLongest) {
  SplitMixSource random(1);
  PageCache cache(lru(), 4, random);
  for (const PageCache::Page page : {3, 1, 2, 3}) cache.write(page);
  EXPECT_EQ(cache.clean(), 3u);
  EXPECT_EQ(cache.clean(), 1u);
  cache.write(3);
  EXPECT_EQ(cache.clean(), 2u);
  EXPECT_EQ(cache.clean(), 3u);
  EXPECT_EQ(cache.clean(), std::nullopt);
  EXPECT_EQ(cache.held(), 3);  // They stay.
}

TEST(PageCache, ANewPageIsNotRead) {
  SplitMixSource random(1);
  PageCache cache(lru(), 2, random);
  EXPECT_EQ(cache.create(7).reads, 0);
  EXPECT_EQ(cache.dirty(), 1);
  EXPECT_EQ(cache.read(7).reads, 0);
}

TEST(PageCache, WhatIsForgottenIsNotWritten) {
  SplitMixSource random(1);
  PageCache cache(lru(), 2, random);
  cache.write(1);
  cache.forget(1);
  cache.forget(1);
  EXPECT_EQ(cache.dirty(), 0);
  EXPECT_FALSE(cache.holds(1));
  cache.write(2);
  cache.clear();
  EXPECT_EQ(cache.dirty(), 0);
  EXPECT_EQ(cache.read(2).reads, 1);
  EXPECT_EQ(cache.counts().written_back, 0u);
}

/// Against a list and a set that do the same in the plainest way.
TEST(PageCache, DoesAsAListOfPagesWould) {
  SplitMixSource random(7);
  PageCache cache(lru(), 20, random);
  std::list<PageCache::Page> order;  // The newest first.
  std::set<PageCache::Page> dirty;
  for (int step = 0; step < 20000; ++step) {
    const PageCache::Page page = random.below(50);
    const bool writes = random.below(3) == 0;
    const auto at = std::find(order.begin(), order.end(), page);
    std::int64_t reads = 1;
    std::int64_t written = 0;
    if (at != order.end()) {
      reads = 0;
      order.erase(at);
    } else if (order.size() == 20) {
      written = static_cast<std::int64_t>(dirty.erase(order.back()));
      order.pop_back();
    }
    order.push_front(page);
    if (writes) dirty.insert(page);
    const PageCache::Access access = writes ? cache.write(page) : cache.read(page);
    ASSERT_EQ(access.reads, reads);
    ASSERT_EQ(access.written_back, written);
    ASSERT_EQ(cache.dirty(), static_cast<std::int64_t>(dirty.size()));
    if (random.below(10) == 0) {
      if (const auto cleaned = cache.clean()) {
        ASSERT_EQ(dirty.erase(*cleaned), 1u);
      } else {
        ASSERT_TRUE(dirty.empty());
      }
    }
  }
}

/// Whatever the policy: never more pages than there is room for, and what becomes dirty is written
/// exactly once, by leaving or by being cleaned, or is dirty still.
TEST(PageCache, NoPolicyLosesADirtyPage) {
  for (const std::string& name : sim::TypeCatalogue::instance().names("eviction")) {
    SplitMixSource random(3);
    PageCache cache(sim::Choice<EvictionPolicy>(name), 16, random);
    std::int64_t dirtied = 0;
    std::int64_t cleaned = 0;
    for (int step = 0; step < 5000; ++step) {
      const PageCache::Page page = random.below(40);
      const std::int64_t before = cache.dirty();
      const bool writes = random.below(2) == 0;
      const PageCache::Access access = writes ? cache.write(page) : cache.read(page);
      const std::int64_t became = cache.dirty() - before + access.written_back;
      ASSERT_GE(became, 0) << name;
      ASSERT_LE(became, writes ? 1 : 0) << name;
      dirtied += became;
      ASSERT_LE(cache.held(), 16) << name;
      if (random.below(8) == 0 && cache.clean()) ++cleaned;
    }
    EXPECT_GT(dirtied, 100) << name;
    EXPECT_EQ(dirtied,
              cleaned + static_cast<std::int64_t>(cache.counts().written_back) + cache.dirty())
        << name;
  }
}

}  // namespace
}  // namespace faultline::models
