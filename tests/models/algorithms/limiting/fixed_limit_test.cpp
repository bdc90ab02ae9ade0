#include "tests/models/algorithms/limiting/limiting_fixture.hpp"

namespace faultline::models::limiting_test {
namespace {

TEST(FixedLimit, StaysWhatItIs) {
  Limit limit("fixed(12)");
  for (int i = 0; i < 100; ++i) limit.ended(i % 3 == 0 ? 10s : 1ms, i % 5 == 0);
  EXPECT_EQ(limit(), 12);
}

}  // namespace
}  // namespace faultline::models::limiting_test
