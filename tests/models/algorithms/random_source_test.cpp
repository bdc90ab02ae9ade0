#include "models/algorithms/random_source.hpp"

#include <gtest/gtest.h>

#include <array>

namespace faultline::models {
namespace {

/// The first outputs for the seed 1234567, as published with the reference implementation.
TEST(RandomSource, SplitMixKnownAnswer) {
  SplitMixSource random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317u);
  EXPECT_EQ(random.next(), 3203168211198807973u);
  EXPECT_EQ(random.next(), 9817491932198370423u);
}

TEST(RandomSource, BelowIsUniform) {
  SplitMixSource random(1);
  std::array<int, 7> counts{};
  for (int draw = 0; draw < 70'000; ++draw) ++counts[random.below(7)];
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 5 * 92.6);
}

/// Lemire rejects a word if the low half of word * bound is below 2^64 mod bound.
TEST(RandomSource, BelowDrawsAgainWhereItWouldBeBiased) {
  class Words final : public RandomSource {
   public:
    std::uint64_t next() override { return used++ == 0 ? 0 : ~std::uint64_t{0}; }
    int used = 0;
  } words;
  // The word 0 has the product 0, below the threshold 2^64 mod bound = 2^62.
  EXPECT_EQ(words.below(std::uint64_t{3} << 62), (std::uint64_t{3} << 62) - 1);
  EXPECT_EQ(words.used, 2);
}

TEST(RandomSource, UniformIsInsideTheOpenInterval) {
  class Word final : public RandomSource {
   public:
    explicit Word(std::uint64_t word) : word_(word) {}
    std::uint64_t next() override { return word_; }

   private:
    std::uint64_t word_;
  };
  EXPECT_GT(Word(0).uniform(), 0);
  EXPECT_LT(Word(~std::uint64_t{0}).uniform(), 1);
}

}  // namespace
}  // namespace faultline::models
