#include "tests/models/algorithms/caching/admission_fixture.hpp"

namespace faultline {
namespace {

using models::CacheCapacity;
using tests::AdmittingCache;

TEST(TinyLfu, WhoIsAskedForMoreOftenTakesThePlace) {
  AdmittingCache cache("tiny_lfu", {.amount = 2});
  for (int i = 0; i < 3; ++i) cache.ask(1);
  for (int i = 0; i < 2; ++i) cache.ask(2);
  // Full. The candidate is the least recently used, key 1, which was asked for three times.
  EXPECT_FALSE(cache.ask(3));
  EXPECT_FALSE(cache.ask(3));
  EXPECT_FALSE(cache.ask(3));  // Three times is not more than three.
  EXPECT_EQ(cache.store.counts().denials, 3u);
  EXPECT_FALSE(cache.ask(3));  // The fourth brings it in.
  EXPECT_TRUE(cache.ask(3));
  EXPECT_TRUE(cache.ask(2));
  EXPECT_EQ(cache.store.peek(1), nullptr);
}

TEST(TinyLfu, AScanDoesNotEmptyTheCache) {
  // LRU alone would lose all ten; here each of the ten hits before and after.
  AdmittingCache cache("tiny_lfu", {.amount = 10});
  for (int round = 0; round < 3; ++round) {
    for (models::CacheKey key = 0; key < 10; ++key) cache.ask(key);
  }
  for (models::CacheKey key = 1000; key < 1100; ++key) cache.ask(key);
  int hits = 0;
  for (models::CacheKey key = 0; key < 10; ++key) hits += cache.ask(key);
  EXPECT_GE(hits, 9);  // The sketch may overrate one of the scan.
}

TEST(TinyLfu, NeedsAPolicyThatSaysWhoWouldGo) {
  const auto admission = tests::admission_choice("tiny_lfu");
  for (const char* policy : {"lru", "fifo", "lfu", "gdsf"})
    EXPECT_TRUE(admission_fits(sim::Choice<models::EvictionPolicy>(policy), admission)) << policy;
  for (const char* policy : {"arc", "random", "sieve", "lirs"})
    EXPECT_FALSE(admission_fits(sim::Choice<models::EvictionPolicy>(policy), admission)) << policy;
  EXPECT_TRUE(
      admission_fits(sim::Choice<models::EvictionPolicy>("arc"), tests::admission_choice("coin")));
}

TEST(TinyLfu, TheCandidateIsWhoGoesNext) {
  // Whatever happened before, candidate() names the very entry that victim() then gives.
  for (const char* name : {"lru", "fifo", "lfu", "gdsf"}) {
    models::SplitMixSource random(3);
    models::CacheEntries entries(CacheCapacity::Unit::bytes);
    const auto policy = sim::Choice<models::EvictionPolicy>(name).make(
        {{.amount = 1000, .unit = CacheCapacity::Unit::bytes}, entries, random});
    for (models::CacheKey key = 0; key < 50; ++key) {
      policy->arriving(key, 1);
      policy->inserted(
          entries.take({.key = key, .size = static_cast<std::int64_t>(1 + random.below(9))}));
    }
    for (int i = 0; i < 100; ++i) policy->touched(static_cast<models::CacheSlot>(random.below(50)));
    for (int i = 0; i < 50; ++i) {
      const models::CacheSlot expected = policy->candidate();
      EXPECT_EQ(policy->victim(), expected) << name;
    }
  }
}

}  // namespace
}  // namespace faultline
