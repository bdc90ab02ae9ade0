#include "sim/measure/digest.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <set>
#include <string>

#include "tests/sim/measure/lcg.hpp"

namespace faultline::sim {
namespace {

Time at(std::int64_t nanoseconds) { return Time(Duration(nanoseconds)); }

TEST(Hex, HasSixteenDigitsAndLeadingZeros) {
  EXPECT_EQ(to_hex(0), "0000000000000000");
  EXPECT_EQ(to_hex(0x0123456789abcdef), "0123456789abcdef");
  EXPECT_EQ(to_hex(~std::uint64_t{0}), "ffffffffffffffff");
}

TEST(MixBits, IsSplitMix64sFinaliser) {
  // The first two outputs of SplitMix64 seeded with 0.
  EXPECT_EQ(mix_bits(0x9e3779b97f4a7c15U), 0xe220a8397b1dcdafU);
  EXPECT_EQ(mix_bits(2 * 0x9e3779b97f4a7c15U), 0x6e789e6aa1b965f4U);
}

// The values were computed by an independent program from the description in the header.
TEST(OrderDigest, IsTheSameOnEveryMachine) {
  OrderDigest digest;
  EXPECT_EQ(digest.finish(), "e9e0033e3badaf36");
  for (std::int64_t i = 0; i < 1000; ++i) digest.add(at(i * i), static_cast<std::uint64_t>(i % 7));
  EXPECT_EQ(digest.finish(), "1817534b98c1932a");
  EXPECT_EQ(digest.count(), 1000U);
}

TEST(OrderDigest, SeesOrderTimeTagAndNumber) {
  const auto digest_of = [](std::initializer_list<std::pair<std::int64_t, std::uint64_t>> events) {
    OrderDigest digest;
    for (const auto& [time, tag] : events) digest.add(at(time), tag);
    return digest.value();
  };
  std::set<std::uint64_t> values{
      digest_of({}),
      digest_of({{0, 0}}),
      digest_of({{0, 0}, {0, 0}}),
      digest_of({{1, 2}, {3, 4}}),
      digest_of({{3, 4}, {1, 2}}),
      digest_of({{1, 4}, {3, 2}}),
      digest_of({{2, 1}, {4, 3}}),
      digest_of({{1, 2}, {3, 5}}),
      digest_of({{1, 2}, {4, 4}}),
  };
  EXPECT_EQ(values.size(), 9U);
}

TEST(OrderDigest, DoesNotCollideOnSmallTimesAndTags) {
  std::set<std::uint64_t> values;
  for (std::int64_t time = 0; time < 300; ++time) {
    for (std::uint64_t tag = 0; tag < 300; ++tag) {
      OrderDigest digest;
      digest.add(at(time), tag);
      values.insert(digest.value());
    }
  }
  EXPECT_EQ(values.size(), 300U * 300U);
}

// One changed bit among many events changes about half of the digest's bits.
TEST(OrderDigest, AnEarlyDifferenceReachesAllBits) {
  int changed = 0;
  for (int bit = 0; bit < 64; ++bit) {
    OrderDigest left;
    OrderDigest right;
    left.add(at(12345), 0);
    right.add(at(12345), std::uint64_t{1} << bit);
    for (std::int64_t i = 0; i < 3; ++i) {
      left.add(at(i), 1);
      right.add(at(i), 1);
    }
    const int difference = std::popcount(left.value() ^ right.value());
    EXPECT_GT(difference, 8) << "bit " << bit;
    changed += difference;
  }
  EXPECT_NEAR(changed / 64.0, 32, 3);
}

std::string digest_of_text(std::string_view text) {
  ContentDigest digest;
  digest.add_text(text);
  return digest.finish();
}

TEST(ContentDigest, IsTheSameOnEveryMachine) {
  ContentDigest digest;
  digest.add_text("utilization");
  digest.add_real(0.7);
  digest.add_integer(-1);
  digest.add_unsigned(42);
  digest.add_boolean(true);
  EXPECT_EQ(digest.finish(), "ac1c61e57dec415c");
}

TEST(ContentDigest, SeesWhereStringsEnd) {
  ContentDigest left;
  left.add_text("ab");
  left.add_text("c");
  ContentDigest right;
  right.add_text("a");
  right.add_text("bc");
  EXPECT_NE(left.finish(), right.finish());
  EXPECT_NE(digest_of_text(""), ContentDigest().finish());
  EXPECT_NE(digest_of_text("a"), digest_of_text(std::string_view("a\0", 2)));
  EXPECT_NE(digest_of_text("12345678"), digest_of_text("123456789"));
  EXPECT_NE(digest_of_text("\xff"), digest_of_text("\x7f"));
}

TEST(ContentDigest, SeesTheKindOfAValue) {
  std::set<std::string> values;
  ContentDigest integer;
  integer.add_integer(1);
  values.insert(integer.finish());
  ContentDigest natural;
  natural.add_unsigned(1);
  values.insert(natural.finish());
  ContentDigest real;
  real.add_real(1);
  values.insert(real.finish());
  ContentDigest boolean;
  boolean.add_boolean(true);
  values.insert(boolean.finish());
  values.insert(digest_of_text("1"));
  EXPECT_EQ(values.size(), 5U);
}

TEST(ContentDigest, ZerosAreOneAndNotANumberIsOne) {
  const auto digest_of = [](double value) {
    ContentDigest digest;
    digest.add_real(value);
    return digest.finish();
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(digest_of(0.0), digest_of(-0.0));
  EXPECT_EQ(digest_of(nan), digest_of(-nan));
  EXPECT_EQ(digest_of(nan), digest_of(std::nan("5")));
  EXPECT_NE(digest_of(0.0), digest_of(std::numeric_limits<double>::denorm_min()));
  EXPECT_NE(digest_of(1.0), digest_of(std::nextafter(1.0, 2.0)));
}

TEST(ContentDigest, ManyShortTextsDoNotCollide) {
  std::set<std::string> values;
  for (int i = 0; i < 50'000; ++i) values.insert(digest_of_text(std::to_string(i)));
  EXPECT_EQ(values.size(), 50'000U);
}

}  // namespace
}  // namespace faultline::sim
