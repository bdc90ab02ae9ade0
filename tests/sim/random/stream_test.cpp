#include "sim/random/stream.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "sim/random/alias_table.hpp"
#include "tests/sim/random/statistics.hpp"

namespace faultline::sim {
namespace {

using testing::chi_square_p;
using testing::stream_of;

// The vectors published with Random123 (kat_vectors, philox4x64 10).
TEST(Philox, GivesThePublishedVectors) {
  EXPECT_EQ(philox4x64_10({0, 0, 0, 0}, {0, 0}),
            (PhiloxBlock{0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b,
                         0x7e68b68aec7ba23b}));
  constexpr std::uint64_t ones = ~std::uint64_t{0};
  EXPECT_EQ(philox4x64_10({ones, ones, ones, ones}, {ones, ones}),
            (PhiloxBlock{0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6,
                         0xa09caebf594f0ba0}));
  EXPECT_EQ(philox4x64_10(
                {0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89},
                {0x452821e638d01377, 0xbe5466cf34e90c6c}),
            (PhiloxBlock{0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5,
                         0x57bd43b5e52b7fe6}));
}

std::vector<std::uint64_t> first_words(Stream stream, std::size_t count) {
  std::vector<std::uint64_t> words;
  for (std::size_t i = 0; i < count; ++i) words.push_back(stream.next());
  return words;
}

TEST(Stream, FirstWordsAreFixed) {
  EXPECT_EQ(first_words(Stream(1, 0, "app[0]", "service_time"), 3),
            (std::vector<std::uint64_t>{9816031757506119683u, 3134877629717285779u,
                                        11498732435454781495u}));
  EXPECT_EQ(first_words(Stream(0, 0, "", ""), 3),
            (std::vector<std::uint64_t>{7558718088281972531u, 11472484271290567943u,
                                        7070511577675655469u}));
  const std::string long_path(100, 'x');
  EXPECT_EQ(first_words(Stream(~std::uint64_t{0}, 7, long_path, "arrivals"), 3),
            (std::vector<std::uint64_t>{914994205113762035u, 12158542252946956326u,
                                        10223009345994934044u}));
}

TEST(Stream, WordsAreTheBlocksOfTheKeyInOrder) {
  // The key as the header describes it, for names that fit into one block each.
  PhiloxKey key{0x6661756c746c696e, 0x652073747265616d};
  const auto add = [&](const PhiloxBlock& message) {
    const PhiloxBlock mixed = philox4x64_10(message, key);
    key = {key[0] ^ mixed[0], key[1] ^ mixed[1]};
  };
  add({42, 3, 2, 1});
  add({'d' + 256 * 'b', 0, 0, 0});
  add({'q', 0, 0, 0});
  Stream stream(42, 3, "db", "q");
  for (std::uint64_t block = 0; block < 40; ++block) {
    for (const std::uint64_t word : philox4x64_10({block, 0, 0, 0}, key)) {
      ASSERT_EQ(stream.next(), word) << "block " << block;
    }
  }
}

TEST(Stream, SameNameSameWordsAndACopyGoesOnAlike) {
  EXPECT_EQ(first_words(stream_of("a"), 100), first_words(stream_of("a"), 100));
  Stream stream = stream_of("a");
  for (int i = 0; i < 21; ++i) stream.next();
  Stream copy = stream;
  for (int i = 0; i < 100; ++i) ASSERT_EQ(copy.next(), stream.next());
}

TEST(Stream, EachPartOfTheNameMatters) {
  // Also names that read alike when joined, or differ only in trailing zero bytes.
  const std::vector<Stream> streams{Stream(1, 0, "app[0]", "service"),
                                    Stream(2, 0, "app[0]", "service"),
                                    Stream(1, 1, "app[0]", "service"),
                                    Stream(0, 1, "app[0]", "service"),
                                    Stream(1, 0, "app[1]", "service"),
                                    Stream(1, 0, "app[0]", "arrival"),
                                    Stream(1, 0, "app[0]s", "ervice"),
                                    Stream(1, 0, "", "app[0]service"),
                                    Stream(1, 0, "app[0]service", ""),
                                    Stream(1, 0, std::string_view("app[0]\0", 7), "service"),
                                    Stream(1, 0, std::string(32, 'a'), "service"),
                                    Stream(1, 0, std::string(33, 'a'), "service")};
  std::set<std::uint64_t> words;
  for (Stream stream : streams) words.insert(stream.next());
  EXPECT_EQ(words.size(), streams.size());
}

TEST(Stream, WordsOfManyStreamsDoNotRepeat) {
  // 1e5 words of 64 bits: the chance of two equal ones is 3e-10.
  std::set<std::uint64_t> words;
  for (int i = 0; i < 10000; ++i) {
    for (const std::uint64_t word :
         first_words(Stream(1, 0, "app[" + std::to_string(i) + "]", "service"), 10)) {
      words.insert(word);
    }
  }
  EXPECT_EQ(words.size(), 100000u);
}

/// Correlation of n pairs of uniforms has a standard deviation of 1 / sqrt(n).
double correlation(Stream a, Stream b, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += (a.uniform() - 0.5) * (b.uniform() - 0.5) * 12;
  return sum / n;
}

TEST(Stream, NeighbouringStreamsAreIndependent) {
  constexpr int n = 20000;
  const Stream base(1, 0, "app[0]", "service");
  const double limit = 4.5 / std::sqrt(n);
  EXPECT_LT(std::abs(correlation(base, Stream(2, 0, "app[0]", "service"), n)), limit);
  EXPECT_LT(std::abs(correlation(base, Stream(1, 1, "app[0]", "service"), n)), limit);
  EXPECT_LT(std::abs(correlation(base, Stream(1, 0, "app[1]", "service"), n)), limit);
  EXPECT_LT(std::abs(correlation(base, Stream(1, 0, "app[0]", "arrivals"), n)), limit);
  Stream later = base;
  later.next();
  EXPECT_LT(std::abs(correlation(base, later, n)), limit);
}

TEST(Stream, UniformFillsTheOpenInterval) {
  Stream stream = stream_of("uniform");
  std::vector<double> sample;
  for (int i = 0; i < 50000; ++i) sample.push_back(stream.uniform());
  EXPECT_GT(*std::min_element(sample.begin(), sample.end()), 0);
  EXPECT_LT(*std::max_element(sample.begin(), sample.end()), 1);
  EXPECT_LT(testing::kolmogorov_smirnov(sample, [](double x) { return std::clamp(x, 0.0, 1.0); }),
            testing::kolmogorov_smirnov_limit);
  // The two extreme words.
  EXPECT_GT((0.0 + 0.5) * 0x1.0p-52, 0);
  EXPECT_LT((static_cast<double>(~std::uint64_t{0} >> 12) + 0.5) * 0x1.0p-52, 1);
}

TEST(Stream, EveryBitIsFair) {
  Stream stream = stream_of("bits");
  constexpr int n = 20000;
  std::array<int, 64> ones{};
  for (int i = 0; i < n; ++i) {
    const std::uint64_t word = stream.next();
    for (std::size_t bit = 0; bit < 64; ++bit) ones[bit] += static_cast<int>(word >> bit & 1);
  }
  for (const int count : ones) EXPECT_LT(std::abs(count - n / 2), 4.5 * std::sqrt(n) / 2);
}

TEST(Stream, BelowIsUniform) {
  for (const std::uint64_t bound : {1u, 2u, 3u, 7u, 10u, 100u}) {
    Stream stream = stream_of("below", bound);
    constexpr double n = 20000;
    std::vector<double> counts(bound);
    for (int i = 0; i < n; ++i) {
      const std::uint64_t value = stream.below(bound);
      ASSERT_LT(value, bound);
      ++counts[value];
    }
    if (bound == 1) continue;
    const std::vector<double> expected(bound, n / static_cast<double>(bound));
    EXPECT_GT(chi_square_p(counts, expected), 0.001) << bound;
  }
}

TEST(Stream, BelowHasNoBiasWhereAModuloWould) {
  // Bound 3 * 2^62: a plain product or remainder of a word gives the values 0 mod 3 (or the first
  // third) half of the time instead of a third.
  const std::uint64_t bound = std::uint64_t{3} << 62;
  Stream stream = stream_of("below, large");
  std::vector<double> thirds(3);
  std::vector<double> remainders(3);
  constexpr double n = 30000;
  for (int i = 0; i < n; ++i) {
    const std::uint64_t value = stream.below(bound);
    ASSERT_LT(value, bound);
    ++thirds[value >> 62];
    ++remainders[value % 3];
  }
  EXPECT_GT(chi_square_p(thirds, {n / 3, n / 3, n / 3}), 0.001);
  EXPECT_GT(chi_square_p(remainders, {n / 3, n / 3, n / 3}), 0.001);
}

TEST(Stream, ChanceHoldsItsProbabilityAndItsEnds) {
  Stream stream = stream_of("chance");
  constexpr int n = 20000;
  int hits = 0;
  for (int i = 0; i < n; ++i) {
    hits += stream.chance(0.3) ? 1 : 0;
    EXPECT_FALSE(stream.chance(0));
    EXPECT_TRUE(stream.chance(1));
  }
  EXPECT_NEAR(hits, 0.3 * n, 4.5 * std::sqrt(0.21 * n));
}

TEST(StreamDeathTest, BelowNothingStopsTheProgram) {
  Stream stream = stream_of("below 0");
  EXPECT_DEATH(stream.below(0), "bound > 0");
}

TEST(AliasTable, DrawsInProportionToTheWeights) {
  const std::vector<double> weights{5, 0, 1, 2.5, 0.001, 91.499, 0};
  const AliasTable table(weights);
  Stream stream = stream_of("alias");
  constexpr double n = 50000;
  std::vector<double> counts(weights.size());
  std::vector<double> expected;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    expected.push_back(weights[i] / 100 * n);
    EXPECT_NEAR(table.probability(i), weights[i] / 100, 1e-15);
  }
  for (int i = 0; i < n; ++i) ++counts[table.sample(stream)];
  EXPECT_GT(chi_square_p(counts, expected), 0.001);
  EXPECT_EQ(counts[1], 0);
  EXPECT_EQ(counts[6], 0);
}

TEST(AliasTable, TakesOneWeightHugeWeightsAndMany) {
  Stream stream = stream_of("alias, extremes");
  const AliasTable one({0.1});
  EXPECT_EQ(one.sample(stream), 0u);
  const AliasTable huge({1e300, 1e300, 0, 1e300});
  std::array<int, 4> counts{};
  for (int i = 0; i < 9000; ++i) ++counts[huge.sample(stream)];
  EXPECT_NEAR(counts[0], 3000, 4.5 * std::sqrt(2000));
  EXPECT_EQ(counts[2], 0);
  std::vector<double> weights;
  for (int i = 1; i <= 1000; ++i) weights.push_back(1.0 / i);
  const AliasTable many(weights);
  double sum = 0;
  constexpr int n = 50000;
  for (int i = 0; i < n; ++i) sum += static_cast<double>(many.sample(stream));
  // The mean rank of Zipf's law with s = 1 is n / H_n.
  double mean = 0;
  double square = 0;
  for (std::size_t i = 0; i < 1000; ++i) {
    mean += many.probability(i) * static_cast<double>(i);
    square += many.probability(i) * static_cast<double>(i * i);
  }
  EXPECT_NEAR(mean + 1, 1000 / 7.485470860550345, 1e-9);
  EXPECT_NEAR(sum / n, mean, 4.5 * std::sqrt((square - mean * mean) / n));
}

}  // namespace
}  // namespace faultline::sim
