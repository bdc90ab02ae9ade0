#include <gtest/gtest.h>

#include "tests/models/network/round_trip.hpp"

namespace faultline {
namespace {

using tests::round_trip;

TEST(SameZone, IsAsFarForAll) {
  // Whatever the file says of zones and regions.
  for (const char* zones : {R"({"x": {"region": "moon"}, "y": {"region": "mars"}})",
                            R"({"x": {"region": "eu"}, "y": {"region": "eu"}})"}) {
    EXPECT_EQ(round_trip(R"("same_zone")", "x", "y", zones), 268'000);
    EXPECT_EQ(round_trip(R"("same_zone")", "x", "x", zones), 268'000);
  }
}

}  // namespace
}  // namespace faultline
