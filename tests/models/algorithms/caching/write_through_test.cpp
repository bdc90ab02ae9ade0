#include "tests/models/algorithms/caching/pattern_fixture.hpp"

namespace faultline {
namespace {

using models::CachePattern;
using tests::pattern;

TEST(WriteThrough, AWriteIsInBoth) {
  const auto it = pattern("write_through");
  tests::expect_serves_to_the_end(*it);
  EXPECT_EQ(it->on_write(), CachePattern::OnWrite::update);
  EXPECT_TRUE(it->fills_before_answer());
}

}  // namespace
}  // namespace faultline
