#include <gtest/gtest.h>

#include "tests/models/network/round_trip.hpp"

namespace faultline {
namespace {

using tests::round_trip;

TEST(SameRegion, IsAsFarForAll) {
  // Whatever the file says of zones and regions.
  for (const char* zones : {R"({"x": {"region": "moon"}, "y": {"region": "mars"}})",
                            R"({"x": {"region": "eu"}, "y": {"region": "eu"}})"}) {
    EXPECT_EQ(round_trip(R"("same_region")", "x", "y", zones), 1'600'000);
    EXPECT_EQ(round_trip(R"("same_region")", "x", "x", zones), 1'600'000);
  }
}

}  // namespace
}  // namespace faultline
