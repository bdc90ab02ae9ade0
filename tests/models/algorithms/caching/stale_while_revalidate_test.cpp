#include "tests/models/algorithms/caching/pattern_fixture.hpp"

namespace faultline {
namespace {

using models::CachePattern;
using tests::pattern;

TEST(StaleWhileRevalidate, ServesForAWhileAfterTheTime) {
  using Found = CachePattern::Found;
  const auto it = pattern("stale_while_revalidate(window=5s)");
  const sim::Duration ttl = std::chrono::seconds(10);
  EXPECT_EQ(it->judge(sim::Duration(1), ttl), Found::serve);
  EXPECT_EQ(it->judge(sim::Duration(0), ttl), Found::serve_and_refresh);
  EXPECT_EQ(it->judge(-std::chrono::milliseconds(4999), ttl), Found::serve_and_refresh);
  EXPECT_EQ(it->judge(-std::chrono::seconds(5), ttl), Found::load);
  EXPECT_EQ(it->kept_longer(), std::chrono::seconds(5));
  EXPECT_TRUE(it->needs_ttl());
}

}  // namespace
}  // namespace faultline
