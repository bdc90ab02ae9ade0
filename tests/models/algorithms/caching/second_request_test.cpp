#include "tests/models/algorithms/caching/admission_fixture.hpp"

namespace faultline {
namespace {

using models::CacheCapacity;
using tests::AdmittingCache;

TEST(SecondRequest, TheSecondMissBringsItIn) {
  AdmittingCache cache("second_request(memory=10)", {.amount = 100});
  EXPECT_FALSE(cache.ask(1));
  EXPECT_FALSE(cache.ask(1));
  EXPECT_TRUE(cache.ask(1));
  EXPECT_EQ(cache.store.counts().denials, 1u);
}

TEST(SecondRequest, ForgetsTheOldestOfThoseKeptOut) {
  AdmittingCache cache("second_request(memory=2)", {.amount = 100});
  for (const models::CacheKey key : {1, 2, 3}) cache.ask(key);  // 1 is forgotten.
  cache.ask(1);                                                 // So is 2 now.
  EXPECT_EQ(cache.store.entries(), 0u);
  cache.ask(3);
  cache.ask(1);
  EXPECT_EQ(cache.store.entries(), 2u);
  cache.ask(2);
  EXPECT_EQ(cache.store.entries(), 2u);
}

TEST(SecondRequest, AKeyThatWasLetInIsRememberedAnewAfterItWent) {
  // 1 comes in, is erased and kept out again: its old place in the order must not make it
  // forgotten.
  AdmittingCache cache("second_request(memory=2)", {.amount = 100});
  cache.ask(1);
  cache.ask(1);
  cache.store.erase(1);
  cache.ask(1);
  cache.ask(2);
  cache.ask(1);
  EXPECT_NE(cache.store.peek(1), nullptr);
}

}  // namespace
}  // namespace faultline
