/// Every registered key popularity against its law.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "sim/random/key_popularity.hpp"
#include "sim/random/zipf.hpp"
#include "tests/sim/random/statistics.hpp"

namespace faultline::sim {
namespace {

using testing::chi_square_p;
using testing::stream_of;

std::unique_ptr<KeyPopularity> make(const std::string& text) {
  return Choice<KeyPopularity>(text).make({});
}

/// The p-value of `count` draws against the stated probabilities, rank by rank, the ranks beyond
/// `ranks` in one cell.
double fit(KeyPopularity& keys, Stream stream, std::uint64_t newest, std::size_t ranks, int count) {
  std::vector<double> counts(ranks + 1);
  std::vector<double> expected(ranks + 1);
  for (int i = 0; i < count; ++i) {
    const std::uint64_t key = keys.sample(stream);
    const std::uint64_t rank = newest ? newest - key : key;
    if (rank >= keys.key_count()) return 0;
    ++counts[std::min<std::uint64_t>(rank, ranks)];
  }
  double rest = 1;
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    expected[rank] = keys.probability(rank) * count;
    rest -= keys.probability(rank);
  }
  expected[ranks] = std::max(rest, 0.0) * count;
  if (ranks == keys.key_count()) {
    EXPECT_NEAR(rest, 0, 1e-12);
    counts.pop_back();
    expected.pop_back();
  }
  return chi_square_p(counts, expected);
}

struct KeyLaw {
  const char* text;
  std::size_t ranks;
  std::uint64_t newest = 0;  ///< Of `latest`: the key of rank 0.
  std::array<std::uint64_t, 5> first{};
};

const std::vector<KeyLaw>& laws() {
  static const std::vector<KeyLaw> all{
      {.text = "uniform(10)", .ranks = 10, .first = {8, 0, 1, 5, 2}},
      {.text = "zipf(n=1, s=1)", .ranks = 1, .first = {0, 0, 0, 0, 0}},
      {.text = "zipf(2, 0.5)", .ranks = 2, .first = {1, 1, 1, 1, 0}},
      {.text = "zipf(10, 0.1)", .ranks = 10, .first = {0, 4, 0, 1, 9}},
      {.text = "zipf(10, 0.99)", .ranks = 10, .first = {2, 0, 5, 1, 0}},
      {.text = "zipf(10, 1)", .ranks = 10, .first = {0, 3, 6, 1, 1}},
      {.text = "zipf(10, 1.0001)", .ranks = 10, .first = {1, 5, 0, 0, 2}},
      {.text = "zipf(50, 1.5)", .ranks = 50, .first = {1, 0, 5, 0, 0}},
      {.text = "zipf(50, 4)", .ranks = 50, .first = {0, 0, 0, 0, 0}},
      {.text = "zipf(1000000, 0.8)", .ranks = 100, .first = {27, 23531, 124485, 309746, 862650}},
      {.text = "zipf(1000000000, 1)", .ranks = 100, .first = {14, 106835323, 6, 3884, 22}},
      {.text = "zipf(1000000000, 0.999999)", .ranks = 100, .first = {134166, 662, 552, 102, 8927}},
      {.text = "zipf(1000000000, 1.2)", .ranks = 100, .first = {4, 10980, 28, 4, 482990}},
      {.text = "zipf(1000000000, 20)", .ranks = 4, .first = {0, 0, 0, 0, 0}},
      {.text = "hotspot(20, 20%, 80%)", .ranks = 20, .first = {0, 0, 6, 1, 7}},
      {.text = "hotspot(3, 1%, 50%)", .ranks = 3, .first = {0, 0, 0, 0, 0}},
      {.text = "hotspot(3, 100%, 50%)", .ranks = 3, .first = {0, 0, 0, 1, 2}},
      {.text = "latest(10, 0.99)", .ranks = 10, .newest = 9, .first = {6, 4, 2, 8, 9}},
      {.text = "latest(100000, 0.7)",
       .ranks = 50,
       .newest = 99999,
       .first = {99902, 49284, 18177, 99738, 98610}},
      {.text = "sequential(4)", .ranks = 4, .first = {0, 1, 2, 3, 0}},
  };
  return all;
}

TEST(Keys, EveryRegisteredKindIsTestedHere) {
  std::set<std::string> tested;
  for (const KeyLaw& law : laws()) {
    const std::string text(law.text);
    tested.insert(text.substr(0, text.find('(')));
  }
  for (const std::string& name : TypeCatalogue::instance().names(KeyPopularity::kind)) {
    EXPECT_TRUE(tested.contains(name)) << name;
  }
}

TEST(Keys, FitTheirLaws) {
  for (const KeyLaw& law : laws()) {
    if (law.ranks == 1) continue;
    EXPECT_GT(fit(*make(law.text), stream_of(law.text), law.newest, law.ranks, 20000), 0.001)
        << law.text;
  }
}

TEST(SlowKeys, FitTheirLawsAtLength) {
  for (const KeyLaw& law : laws()) {
    if (law.ranks == 1) continue;
    EXPECT_GT(fit(*make(law.text), stream_of(law.text), law.newest, law.ranks, 5'000'000), 0.001)
        << law.text;
  }
}

TEST(Keys, FirstDrawsAreTheSameEverywhere) {
  for (const KeyLaw& law : laws()) {
    Stream stream = stream_of(law.text);
    const auto keys = make(law.text);
    std::array<std::uint64_t, 5> found{};
    for (std::uint64_t& key : found) key = keys->sample(stream);
    EXPECT_EQ(found, law.first) << law.text;
  }
}

TEST(Keys, OneKeyIsAlwaysKeyZero) {
  for (const char* text : {"uniform(1)", "zipf(1, 0.9)", "zipf(1, 1)", "zipf(1, 3)",
                           "hotspot(1, 20%, 80%)", "latest(1, 1)", "sequential(1)"}) {
    const auto keys = make(text);
    Stream stream = stream_of(text);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(keys->sample(stream), 0u) << text;
    EXPECT_NEAR(keys->probability(0), 1, 1e-15) << text;
  }
}

TEST(Zipf, ProbabilitiesMatchTheSumTermByTerm) {
  for (const double s : {0.1, 0.5, 0.99, 1.0, 1.0 + 1e-9, 1.3, 2.0, 5.0}) {
    for (const std::uint64_t n : {1u, 2u, 99u, 100u, 101u, 5000u}) {
      long double sum = 0;
      for (std::uint64_t k = n; k >= 1; --k) {
        sum += std::pow(static_cast<long double>(k), -static_cast<long double>(s));
      }
      EXPECT_NEAR(Zipf(n, s).probability(0) * static_cast<double>(sum), 1, 1e-13) << n << ", " << s;
    }
  }
  // zeta(2) = pi^2 / 6, less the tail beyond 1e9, which is 1e-9; H(1e9) = 21.300481502347942.
  EXPECT_NEAR(1 / Zipf(1'000'000'000, 2).probability(0), M_PI * M_PI / 6 - 1e-9, 1e-14);
  EXPECT_NEAR(1 / Zipf(1'000'000'000, 1).probability(0), 21.300481502347942, 1e-12);
}

TEST(Zipf, FarRanksAreDrawnAsOftenAsTheyShould) {
  // Zipf over 1e9 ranks, by decades: the share of ranks 10^i + 1 .. 10^(i+1), from the sums up to
  // each.
  for (const double s : {0.8, 1.0, 1.2}) {
    const std::uint64_t n = 1'000'000'000;
    const Zipf zipf(n, s);
    constexpr double count = 50000;
    std::vector<double> counts(10);
    Stream stream = stream_of("decades");
    for (int i = 0; i < count; ++i) {
      std::uint64_t rank = zipf.sample(stream) + 1;
      std::size_t decade = 0;
      for (std::uint64_t end = 1; rank > end; end *= 10) ++decade;
      ++counts[decade];
    }
    std::vector<double> expected(10);
    double before = 0;
    for (std::size_t decade = 0; decade < 10; ++decade) {
      const auto end = static_cast<std::uint64_t>(std::pow(10, static_cast<double>(decade)) + 0.5);
      const double share = zipf.probability(0) / Zipf(end, s).probability(0);
      expected[decade] = (share - before) * count;
      before = share;
    }
    EXPECT_NEAR(before, 1, 1e-12);
    EXPECT_GT(chi_square_p(counts, expected), 0.001) << s;
  }
}

TEST(Zipf, ExtremesStayInRange) {
  for (const std::uint64_t n : {std::uint64_t{1}, std::uint64_t{3},
                                std::uint64_t{1'000'000'000'000}, std::uint64_t{1} << 53}) {
    for (const double s : {1e-9, 1 - 0x1p-53, 1 + 0x1p-52, 100.0}) {
      const Zipf zipf(n, s);
      Stream stream = stream_of("extremes");
      for (int i = 0; i < 1000; ++i) ASSERT_LT(zipf.sample(stream), n) << n << ", " << s;
    }
  }
}

TEST(Keys, LatestMovesWithEachWrite) {
  const auto keys = make("latest(100, 2)");
  Stream stream = stream_of("latest");
  EXPECT_EQ(keys->sample_write(stream), 100u);
  EXPECT_EQ(keys->sample_write(stream), 101u);
  int newest = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t key = keys->sample(stream);
    ASSERT_GE(key, 2u);
    ASSERT_LE(key, 101u);
    newest += key == 101 ? 1 : 0;
  }
  EXPECT_NEAR(newest, 1000 * keys->probability(0), 4.5 * std::sqrt(250));
}

TEST(Keys, SequentialComesRound) {
  const auto keys = make("sequential(3)");
  Stream stream = stream_of("sequential");
  for (const std::uint64_t key : {0u, 1u, 2u, 0u, 1u}) EXPECT_EQ(keys->sample(stream), key);
  EXPECT_EQ(keys->sample_write(stream), 2u);
}

std::string problem_of(const char* text) {
  Problems problems;
  ReadContext context{problems};
  read_choice(KeyPopularity::kind, Json(text), Path("p"), context);
  return problems.empty() ? "" : problems.sorted().front().to_text();
}

TEST(Keys, ParametersAreChecked) {
  EXPECT_EQ(problem_of("zipf(1000000000, 0.99)"), "");
  EXPECT_EQ(problem_of("zipf(0)"), "p.n: expected at least 1, got 0");
  EXPECT_EQ(problem_of("zipf(10, 0)"), "p.s: expected more than 0, got 0");
  EXPECT_EQ(problem_of("uniform(2000000000000)"),
            "p.n: expected at most 1000000000000, got 2000000000000");
  EXPECT_EQ(problem_of("hotspot(10, 0.2)"),
            "p.hot_share: expected a share with a unit such as \"95%\", got 0.2");
}

}  // namespace
}  // namespace faultline::sim
