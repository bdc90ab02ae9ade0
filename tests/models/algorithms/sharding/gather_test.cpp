#include "models/algorithms/sharding/gather.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

TEST(Gather, WaitsForAll) {
  Gather gather(3, 3, 3);
  gather.ended(true);
  gather.ended(true);
  EXPECT_FALSE(gather.over());
  gather.ended(true);
  EXPECT_TRUE(gather.over());
  EXPECT_TRUE(gather.answered());
  EXPECT_FALSE(gather.partial());
}

TEST(Gather, OneThatIsMissingEndsWhatNeedsAll) {
  Gather gather(3, 3, 3);
  gather.ended(false);
  EXPECT_TRUE(gather.over());
  EXPECT_FALSE(gather.answered());
}

TEST(Gather, EnoughIsEnough) {
  Gather gather(5, 3, 2);
  gather.ended(true);
  gather.ended(false);
  EXPECT_FALSE(gather.answered());
  gather.ended(true);
  EXPECT_FALSE(gather.over());
  EXPECT_TRUE(gather.answered());  // Time may run out now.
  gather.ended(true);
  EXPECT_TRUE(gather.over());
  EXPECT_TRUE(gather.partial());
}

TEST(Gather, AllHaveEnded) {
  Gather gather(3, 3, 1);
  gather.ended(true);
  gather.ended(false);
  EXPECT_FALSE(gather.over());
  gather.ended(false);
  EXPECT_TRUE(gather.over());
  EXPECT_TRUE(gather.partial());
  EXPECT_EQ(gather.good(), 1u);
  EXPECT_DEATH(gather.ended(true), "asked");
}

}  // namespace
}  // namespace faultline::models
