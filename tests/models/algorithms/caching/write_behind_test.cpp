#include "tests/models/algorithms/caching/pattern_fixture.hpp"

namespace faultline {
namespace {

using models::CachePattern;
using tests::pattern;

TEST(WriteBehind, SaysHowLongWritesWait) {
  const auto it = pattern("write_behind(flush_interval=250ms, batch=7, limit=70)");
  tests::expect_serves_to_the_end(*it);
  EXPECT_EQ(it->on_write(), CachePattern::OnWrite::buffer);
  EXPECT_EQ(it->buffer().flush_interval, std::chrono::milliseconds(250));
  EXPECT_EQ(it->buffer().batch, 7);
  EXPECT_EQ(it->buffer().limit, 70);
}

}  // namespace
}  // namespace faultline
