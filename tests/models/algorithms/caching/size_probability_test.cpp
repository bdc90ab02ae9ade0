#include "tests/models/algorithms/caching/admission_fixture.hpp"

namespace faultline {
namespace {

using models::CacheCapacity;
using tests::AdmittingCache;

TEST(SizeProbability, ComesInWithTheProbabilityOfItsSize) {
  // c = 1000 bytes: of 500 bytes exp(-0.5) = 60.65 %, of 2000 bytes 13.53 %; 20,000 keys each, so
  // the standard error is 0.35 points at most.
  for (const auto& [size, expected] : {std::pair(500, 0.6065), std::pair(2000, 0.1353)}) {
    AdmittingCache cache("size_probability(scale=1000B)",
                         {.amount = 1 << 30, .unit = CacheCapacity::Unit::bytes});
    for (models::CacheKey key = 0; key < 20'000; ++key) cache.ask(key, size);
    EXPECT_NEAR(static_cast<double>(cache.store.entries()) / 20'000, expected, 0.0105) << size;
  }
}

TEST(SizeProbability, AGiantNeverDoes) {
  AdmittingCache cache("size_probability(scale=1B)",
                       {.amount = std::int64_t{1} << 50, .unit = CacheCapacity::Unit::bytes});
  for (int i = 0; i < 1000; ++i) cache.ask(1, std::int64_t{1} << 40);
  EXPECT_EQ(cache.store.entries(), 0u);
}

}  // namespace
}  // namespace faultline
