#include "tests/models/algorithms/limiting/limiting_fixture.hpp"

namespace faultline::models::limiting_test {
namespace {

TEST(AdaptiveTimeout, AQueueThatWasEmptyLatelyIsABurst) {
  const auto rule = make_shedder("adaptive_timeout(target=5ms, interval=100ms)");
  EXPECT_EQ(rule->patience(1000ms, 0), 100ms);  // Finds it empty.
  EXPECT_EQ(rule->patience(1050ms, 3), 100ms);
  EXPECT_EQ(rule->patience(1100ms, 9), 100ms);  // Empty exactly 100 ms ago.
  EXPECT_EQ(rule->patience(1101ms, 9), 5ms);    // It stands.
  EXPECT_EQ(rule->patience(1500ms, 9), 5ms);
  EXPECT_EQ(rule->patience(1600ms, 0), 100ms);  // It was empty.
  EXPECT_EQ(rule->patience(1601ms, 1), 100ms);
}

TEST(AdaptiveTimeout, HasNoOpinionOnWhoseTurnHasCome) {
  const auto rule = make_shedder("adaptive_timeout");
  EXPECT_TRUE(rule->admits(9, 1000));
  EXPECT_FALSE(rule->drops(1s, 1s, 100));
}

}  // namespace
}  // namespace faultline::models::limiting_test
