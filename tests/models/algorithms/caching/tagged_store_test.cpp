#include "models/algorithms/caching/tagged_store.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

struct Tagged {
  SplitMixSource random{1};
  TaggedStore store;
  explicit Tagged(std::int64_t tag_keys, bool many = false)
      : store(sim::Choice<EvictionPolicy>("lru"), {}, random,
              {.capacity = {.amount = 100}, .tag_keys = tag_keys, .many_entries = many}) {}
  void put(std::uint64_t entry) { store.put({.key = entry, .version = entry}); }
  bool has(std::uint64_t entry, std::uint64_t key) { return store.lookup(entry, key, 0); }
};

TEST(TaggedStore, InvalidatesWhatCarriesTheTag) {
  Tagged it(10);
  for (const std::uint64_t key : {3, 9, 10}) it.put(key);
  it.store.invalidate(5);  // Never here itself: its tag is 0 .. 9.
  EXPECT_FALSE(it.has(3, 3));
  EXPECT_FALSE(it.has(9, 9));
  EXPECT_TRUE(it.has(10, 10));
  it.put(3);
  EXPECT_TRUE(it.has(3, 3));
  EXPECT_EQ(it.store.entries(), 2u);
}

TEST(TaggedStore, AloneAKeyIsItsOwnTag) {
  Tagged it(1);
  it.put(3);
  it.put(4);
  it.store.invalidate(3);
  EXPECT_FALSE(it.has(3, 3));
  EXPECT_TRUE(it.has(4, 4));
}

TEST(TaggedStore, AllEntriesOfAKeyGoTogether) {
  Tagged it(1, true);
  it.put(3);
  it.put(1003);  // Another endpoint's answer for key 3.
  it.store.invalidate(3);
  EXPECT_FALSE(it.has(3, 3));
  EXPECT_FALSE(it.has(1003, 3));
}

}  // namespace
}  // namespace faultline::models
