#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/models/algorithms/eviction/policy_fixture.hpp"

namespace faultline::models {
namespace {

/// Capacity 4: a window of 1, a main part of 3. e pushes d out of the window; d was used as often
/// as the oldest a, so d goes. Then f pushes out e, which was used twice, so a goes.
TEST(WTinyLfu, TheWindowsOldestMustBeatTheMainPartsOldest) {
  LetterCache cache("w_tinylfu", 4);
  cache.ask("abcd e");
  EXPECT_EQ(cache.held(), "abce");
  EXPECT_EQ(cache.ask("e f"), "hm");
  EXPECT_EQ(cache.held(), "bcef");
}

/// The frequency of a key outlives the entry: x is refused twice and admitted when it was seen more
/// often than the oldest.
TEST(WTinyLfu, RemembersFrequenciesOfEvictedKeys) {
  LetterCache cache("w_tinylfu", 4);
  cache.ask("abc abc");  // a in the main part ...
  cache.ask("d e f");
  const std::string before = cache.held();
  cache.ask("x g x h x i x j");
  EXPECT_NE(cache.held().find('x'), std::string::npos) << before;
}

/// Zipf requests for 1000 keys, broken by scans of keys that never come again. LRU loses its
/// favourites to each scan; W-TinyLFU admits none of them. So it must come at least a quarter
/// nearer to no misses at all.
TEST(WTinyLfu, BeatsLruOnZipfWithScans) {
  std::vector<double> cumulative;
  double sum = 0;
  for (int rank = 1; rank <= 1000; ++rank) cumulative.push_back(sum += std::pow(rank, -0.9));
  SplitMixSource random(11);
  std::vector<CacheKey> trace;
  CacheKey scanned = 1'000'000;
  while (trace.size() < 200'000) {
    for (int request = 0; request < 400; ++request) {
      const double draw = static_cast<double>(random.next() >> 11) * 0x1p-53 * sum;
      trace.push_back(static_cast<CacheKey>(
          std::upper_bound(cumulative.begin(), cumulative.end(), draw) - cumulative.begin()));
    }
    for (int request = 0; request < 200; ++request) trace.push_back(scanned++);
  }
  const double lru = static_cast<double>(misses("lru", 100, trace));
  const double tiny = static_cast<double>(misses("w_tinylfu", 100, trace));
  const double unavoidable = static_cast<double>(scanned - 1'000'000);
  EXPECT_LT(tiny - unavoidable, 0.75 * (lru - unavoidable));
}

/// Favourites change. The halving lets the old ones fade, so the new ones get in.
TEST(WTinyLfu, OldFavouritesFade) {
  std::vector<CacheKey> trace;
  const auto use = [&trace](CacheKey from, int rounds) {
    for (int round = 0; round < rounds; ++round) {
      for (CacheKey key = from; key < from + 50; ++key) trace.push_back(key);
    }
  };
  use(0, 100);
  const std::int64_t before = misses("w_tinylfu", 50, trace);
  use(1000, 100);
  const std::int64_t after = misses("w_tinylfu", 50, trace);
  EXPECT_LT(before, 300);
  EXPECT_LT(after - before, 2500);  // Of 5000.
}

}  // namespace
}  // namespace faultline::models
