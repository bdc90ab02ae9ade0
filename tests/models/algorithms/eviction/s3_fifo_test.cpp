#include <gtest/gtest.h>

#include "tests/models/algorithms/eviction/policy_fixture.hpp"

namespace faultline::models {
namespace {

/// Capacity 10: one for newcomers, nine for the main queue, nine ghosts. When k comes the newcomers
/// are over their share: a with two uses moves to the main queue, b with one is evicted. b comes
/// back as a ghost and enters the main queue; c goes.
TEST(S3Fifo, TwoUsesOrAGhostLeadToTheMainQueue) {
  LetterCache cache("s3_fifo", 10);
  cache.ask("abcdefghij aa b k");
  EXPECT_EQ(cache.held(), "acdefghijk");
  cache.ask("b");
  EXPECT_EQ(cache.held(), "abdefghijk");
  // A scan of ten more runs through the newcomers and leaves a and b alone.
  cache.ask("lmnopqrstu");
  EXPECT_EQ(cache.held(), "abnopqrstu");
}

TEST(S3Fifo, PromotionMayNeedOneUseOnly) {
  LetterCache cache("s3_fifo(promote_at=1)", 10);
  cache.ask("abcdefghij b k l");
  EXPECT_EQ(cache.held(), "bdefghijkl");
}

/// Capacity 4 with no share for newcomers ... everyone is over it, so newcomers leave one by one; a
/// small main queue gives second chances: x keeps its place as long as it is used.
TEST(S3Fifo, TheMainQueueSparesWhatIsUsed) {
  LetterCache cache("s3_fifo(small_share=50%)", 4);
  cache.ask("abcd aa bb cc dd");  // Each has earned the main queue, whose share is 2.
  cache.ask("e");                 // All four move there; the first, a, is evicted from it.
  EXPECT_EQ(cache.held(), "bcde");
  cache.ask("b f");  // The main queue is over its share: b is spared, c evicted.
  EXPECT_EQ(cache.held(), "bdef");
}

}  // namespace
}  // namespace faultline::models
