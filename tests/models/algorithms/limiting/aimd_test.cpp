#include "tests/models/algorithms/limiting/limiting_fixture.hpp"

namespace faultline::models::limiting_test {
namespace {

TEST(Aimd, OneMoreForEachThatEndsInTime) {
  Limit limit("aimd");
  EXPECT_EQ(limit(), 10);
  for (int i = 0; i < 5; ++i) limit.ended(1ms);
  EXPECT_EQ(limit(), 15);
}

TEST(Aimd, ATenthLessForALoss) {
  Limit limit("aimd(timeout=100ms, initial=100)");
  limit.ended(1ms, true);  // 100 * .9
  EXPECT_EQ(limit(), 90);
  limit.ended(101ms);  // Too late is lost: 90 * .9
  EXPECT_EQ(limit(), 81);
  limit.ended(100ms);  // Just in time.
  EXPECT_EQ(limit(), 82);
  for (int i = 0; i < 200; ++i) limit.ended(1ms, true);
  EXPECT_EQ(limit(), 1);
}

TEST(Aimd, ALimitThatIsNotUsedDoesNotGrow) {
  // Of ten, four in flight say nothing about the eleventh; five do.
  Limit limit("aimd");
  limit.ended_with(1ms, 4);
  EXPECT_EQ(limit(), 10);
  limit.ended_with(1ms, 5);
  EXPECT_EQ(limit(), 11);
}

TEST(Aimd, KeepsItsBounds) {
  Limit limit("aimd(initial=10, limit_min=8, limit_max=12)");
  for (int i = 0; i < 9; ++i) limit.ended(1ms);
  EXPECT_EQ(limit(), 12);
  for (int i = 0; i < 9; ++i) limit.ended(1ms, true);
  EXPECT_EQ(limit(), 8);
}

}  // namespace
}  // namespace faultline::models::limiting_test
