#include <gtest/gtest.h>

#include "tests/models/algorithms/membership/detector_fixture.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using membership_test::make;

TEST(FixedTimeout, SuspectsAfterItsSilence) {
  const auto detector = make("fixed_timeout(2500ms)", 10s);
  EXPECT_EQ(detector->suspected_at(), 12500ms);
  EXPECT_FALSE(detector->suspects(12499ms));
  EXPECT_TRUE(detector->suspects(12500ms));
  detector->heartbeat(20s);  // It lives after all.
  EXPECT_FALSE(detector->suspects(20s));
  EXPECT_EQ(detector->suspected_at(), 22500ms);
  EXPECT_EQ(make("fixed_timeout", 1s, 200ms)->suspected_at(), 1700ms);
}

}  // namespace
}  // namespace faultline::models
