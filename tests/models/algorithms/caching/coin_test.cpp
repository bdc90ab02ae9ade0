#include "tests/models/algorithms/caching/admission_fixture.hpp"

namespace faultline {
namespace {

using models::CacheCapacity;
using tests::AdmittingCache;

TEST(Coin, ComesInWithItsProbability) {
  AdmittingCache cache("coin(20%)", {.amount = 100'000});
  for (models::CacheKey key = 0; key < 20'000; ++key) cache.ask(key);
  EXPECT_NEAR(static_cast<double>(cache.store.entries()) / 20'000, 0.2, 0.01);
}

TEST(Coin, WhatIsAskedForOftenComesInAllTheSame) {
  AdmittingCache cache("coin(20%)", {.amount = 10});
  int misses = 0;
  while (!cache.ask(1)) ++misses;
  EXPECT_LT(misses, 60);  // 0.8^60 is 1.5e-6.
}

}  // namespace
}  // namespace faultline
