#include "tests/models/algorithms/caching/pattern_fixture.hpp"

namespace faultline {
namespace {

using models::CachePattern;
using tests::pattern;

TEST(CacheAside, TheOneWhoAskedPutsAndDoesNotWait) {
  const auto it = pattern("cache_aside");
  tests::expect_serves_to_the_end(*it);
  EXPECT_EQ(it->on_write(), CachePattern::OnWrite::erase);
  EXPECT_FALSE(it->fills_before_answer());
  EXPECT_FALSE(it->needs_ttl());
}

}  // namespace
}  // namespace faultline
