#include "models/algorithms/eviction/key_index.hpp"

#include <gtest/gtest.h>

#include <unordered_map>
#include <vector>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

/// An index whose numbers are places in a list of keys.
class KeyIndexTest : public testing::Test {
 protected:
  auto key_of() const {
    return [this](std::uint32_t number) { return keys_[number]; };
  }
  std::uint32_t insert(CacheKey key) {
    keys_.push_back(key);
    const auto number = static_cast<std::uint32_t>(keys_.size() - 1);
    index_.insert(key, number);
    return number;
  }
  std::uint32_t find(CacheKey key) const { return index_.find(key, key_of()); }
  std::uint32_t erase(CacheKey key) { return index_.erase(key, key_of()); }

  KeyIndex index_;
  std::vector<CacheKey> keys_;
};

TEST_F(KeyIndexTest, FindsWhatWasInserted) {
  EXPECT_EQ(find(7), KeyIndex::none);
  const std::uint32_t number = insert(7);
  EXPECT_EQ(find(7), number);
  EXPECT_EQ(find(8), KeyIndex::none);
  EXPECT_EQ(index_.size(), 1u);
  EXPECT_EQ(erase(7), number);
  EXPECT_EQ(erase(7), KeyIndex::none);
  EXPECT_EQ(find(7), KeyIndex::none);
  EXPECT_EQ(index_.size(), 0u);
}

TEST_F(KeyIndexTest, TakesTheSmallestAndTheLargestKey) {
  const std::uint32_t zero = insert(0);
  const std::uint32_t all_ones = insert(~CacheKey{0});
  EXPECT_EQ(find(0), zero);
  EXPECT_EQ(find(~CacheKey{0}), all_ones);
}

TEST_F(KeyIndexTest, ClearForgetsAll) {
  for (CacheKey key = 0; key < 100; ++key) insert(key);
  index_.clear();
  EXPECT_EQ(index_.size(), 0u);
  for (CacheKey key = 0; key < 100; ++key) EXPECT_EQ(find(key), KeyIndex::none);
}

/// Long random use against std::unordered_map; few keys, so that runs of cells form and close
/// again.
TEST_F(KeyIndexTest, AgreesWithAMapOverRandomUse) {
  SplitMixSource random(42);
  std::unordered_map<CacheKey, std::uint32_t> model;
  for (int step = 0; step < 200000; ++step) {
    const CacheKey key = random.below(2000) << random.below(50);
    const auto known = model.find(key);
    ASSERT_EQ(find(key), known == model.end() ? KeyIndex::none : known->second);
    if (known == model.end()) {
      model[key] = insert(key);
    } else if (random.below(2) == 0) {
      ASSERT_EQ(erase(key), known->second);
      model.erase(known);
    }
    ASSERT_EQ(index_.size(), model.size());
  }
  for (const auto& [key, number] : model) ASSERT_EQ(find(key), number);
}

/// Keys in arithmetic progressions, as page numbers and padded identifiers are, must not pile up: a
/// million lookups of each stay quick. A bad hash would take minutes here.
TEST_F(KeyIndexTest, SpreadsRegularKeys) {
  for (const unsigned shift : {0u, 12u, 32u, 44u}) {
    index_.clear();
    keys_.clear();
    for (CacheKey key = 0; key < 100000; ++key) insert(key << shift);
    for (CacheKey key = 0; key < 100000; ++key) ASSERT_EQ(find(key << shift), key);
  }
}

}  // namespace
}  // namespace faultline::models
