#include <gtest/gtest.h>

#include "models/algorithms/computing/computation.hpp"

namespace faultline::models {
namespace {

Computation::Outcome run(std::int64_t n, std::uint64_t seed = 1) {
  SplitMixSource random(seed);
  return sim::Choice<Computation>("parse_json").make({})->run(n, random);
}

TEST(ParseJson, LooksAtEachByteAndLittleMore) {
  for (const std::int64_t n : {1'000, 100'000, 1'000'000}) {
    const auto operations = static_cast<double>(run(n).operations);
    EXPECT_GT(operations, static_cast<double>(n));
    EXPECT_LT(operations, 1.5 * static_cast<double>(n));
  }
}

/// Ids are 500,000 on average, one for each record of about 45 bytes.
TEST(ParseJson, FindsTheNumbersOfItsText) {
  const double records = 1'000'000 / 45.0;
  EXPECT_NEAR(static_cast<double>(run(1'000'000).answer), records * 500'000,
              0.1 * records * 500'000);
  EXPECT_NE(run(10'000, 1).answer, run(10'000, 2).answer);
}

TEST(ParseJson, NothingAndLittle) {
  EXPECT_EQ(run(0).operations, 0U);
  for (std::int64_t n = 1; n < 100; ++n)
    EXPECT_GE(run(n).operations, static_cast<std::uint64_t>(n)) << n;
}

}  // namespace
}  // namespace faultline::models
