#include "tests/models/algorithms/caching/pattern_fixture.hpp"

namespace faultline {
namespace {

using models::CachePattern;
using tests::pattern;

TEST(WriteAround, AWriteLeavesTheEntryAlone) {
  const auto it = pattern("write_around");
  tests::expect_serves_to_the_end(*it);
  EXPECT_EQ(it->on_write(), CachePattern::OnWrite::leave);
}

}  // namespace
}  // namespace faultline
