#include "tests/models/algorithms/caching/admission_fixture.hpp"

namespace faultline {
namespace {

using models::CacheCapacity;
using tests::AdmittingCache;

TEST(SizeThreshold, NothingLargerComesIn) {
  AdmittingCache cache("size_threshold(limit=1KiB)",
                       {.amount = 1 << 20, .unit = CacheCapacity::Unit::bytes});
  cache.ask(1, 1024);
  cache.ask(2, 1025);
  EXPECT_TRUE(cache.ask(1, 1024));
  EXPECT_FALSE(cache.ask(2, 1025));
  EXPECT_EQ(cache.store.counts().denials, 2u);
}

TEST(SizeThreshold, WhatIsHereMayGrow) {
  AdmittingCache cache("size_threshold(limit=1KiB)",
                       {.amount = 1 << 20, .unit = CacheCapacity::Unit::bytes});
  cache.ask(1, 10);
  EXPECT_TRUE(cache.store.put({.key = 1, .size = 5000}));
  EXPECT_EQ(cache.store.used(), 5000);
}

}  // namespace
}  // namespace faultline
