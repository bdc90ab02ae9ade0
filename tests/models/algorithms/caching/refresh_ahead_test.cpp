#include "tests/models/algorithms/caching/pattern_fixture.hpp"

namespace faultline {
namespace {

using models::CachePattern;
using tests::pattern;

TEST(RefreshAhead, RefreshesInTheLastPartOfTheTime) {
  using Found = CachePattern::Found;
  const auto it = pattern("refresh_ahead(window=25%)");
  const sim::Duration ttl = std::chrono::seconds(10);
  EXPECT_EQ(it->judge(ttl, ttl), Found::serve);
  EXPECT_EQ(it->judge(std::chrono::milliseconds(2501), ttl), Found::serve);
  EXPECT_EQ(it->judge(std::chrono::milliseconds(2500), ttl), Found::serve_and_refresh);
  EXPECT_EQ(it->judge(sim::Duration(1), ttl), Found::serve_and_refresh);
  EXPECT_EQ(it->judge(sim::Duration(0), ttl), Found::load);
  EXPECT_TRUE(it->needs_ttl());
  EXPECT_EQ(it->kept_longer(), sim::Duration(0));
}

}  // namespace
}  // namespace faultline
