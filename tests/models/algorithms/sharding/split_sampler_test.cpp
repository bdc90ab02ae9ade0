#include "models/algorithms/sharding/split_sampler.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

/// 10,000 keys evenly from 0 .. 999: the median of a sample of 100 lies at 500, with a standard
/// deviation of 1000 / (2 sqrt(100)) = 50.
TEST(SplitSampler, CutsTheLoadInHalves) {
  SplitMixSource random(1);
  SplitMixSource keys(2);
  double sum = 0;
  for (int round = 0; round < 50; ++round) {
    SplitSampler sampler(100, random);
    for (int i = 0; i < 10'000; ++i) sampler.saw(keys.below(1000));
    const auto split = sampler.split();
    ASSERT_TRUE(split);
    EXPECT_NEAR(static_cast<double>(*split), 500, 250);
    sum += static_cast<double>(*split);
  }
  EXPECT_NEAR(sum / 50, 500, 5 * 50 / 7.07);
}

/// Four fifths of the load on the lowest key: it cannot be cut, but what lies above it can go.
TEST(SplitSampler, SparesAKeyThatIsTheLowestAndTheMedian) {
  SplitMixSource random(1);
  SplitSampler sampler(50, random);
  for (int i = 0; i < 1000; ++i) sampler.saw(i % 5 == 0 ? 8 : 7);
  EXPECT_EQ(sampler.split(), 8u);
}

TEST(SplitSampler, OneKeyCannotBeSplit) {
  SplitMixSource random(1);
  SplitSampler sampler(50, random);
  EXPECT_EQ(sampler.split(), std::nullopt);
  for (int i = 0; i < 1000; ++i) sampler.saw(7);
  EXPECT_EQ(sampler.split(), std::nullopt);
  EXPECT_EQ(sampler.seen(), 1000u);
  sampler.clear();
  EXPECT_EQ(sampler.seen(), 0u);
}

}  // namespace
}  // namespace faultline::models
