#include <gtest/gtest.h>

#include "tests/models/network/round_trip.hpp"

namespace faultline {
namespace {

using tests::round_trip;

TEST(Aws, RoundTripsAreThoseOfTheTable) {
  EXPECT_EQ(round_trip(R"("aws")", "x", "y",
                       R"({"x": {"region": "us-east-1"}, "y": {"region": "eu-west-1"}})"),
            80'550'000);
  EXPECT_EQ(round_trip(R"("aws")", "x", "y",
                       R"({"x": {"region": "sa-east-1"}, "y": {"region": "ap-southeast-2"}})"),
            322'500'000);
}

}  // namespace
}  // namespace faultline
