#include "sim/param/units.hpp"

#include <gtest/gtest.h>

#include <clocale>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include "tests/sim/random_text.hpp"

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;
using test::Lcg;

constexpr std::int64_t int64_max = std::numeric_limits<std::int64_t>::max();

std::optional<Duration> duration(std::string_view text) {
  std::string error;
  return parse_duration(text, error);
}

std::string duration_error(std::string_view text) {
  std::string error;
  return parse_duration(text, error) ? "no error" : error;
}

double rate(std::string_view text) {
  std::string error;
  return parse_rate(text, error).value_or(Rate{-1}).per_second;
}

double bandwidth(std::string_view text) {
  std::string error;
  return parse_bandwidth(text, error).value_or(Bandwidth{-1}).bits_per_second;
}

double share(std::string_view text) {
  std::string error;
  return parse_probability(text, error).value_or(Probability{-1}).value;
}

std::int64_t bytes(std::string_view text) {
  std::string error;
  return parse_bytes(text, error).value_or(Bytes{-1}).count;
}

TEST(DurationTest, ReadsEveryUnit) {
  EXPECT_EQ(duration("7ns"), 7ns);
  EXPECT_EQ(duration("7us"), 7us);
  EXPECT_EQ(duration("5ms"), 5ms);
  EXPECT_EQ(duration("5 ms"), 5ms);
  EXPECT_EQ(duration("1s"), 1s);
  EXPECT_EQ(duration("2min"), 2min);
  EXPECT_EQ(duration("3h"), 3h);
  EXPECT_EQ(duration("30d"), 720h);
  EXPECT_EQ(duration("-5ms"), -5ms);
  EXPECT_EQ(duration("1e3ms"), 1s);
  EXPECT_EQ(duration("1E-3s"), 1ms);
}

TEST(DurationTest, IsExactInDecimals) {
  EXPECT_EQ(duration("0.1us"), 100ns);
  EXPECT_EQ(duration("0.3s"), 300ms);
  EXPECT_EQ(duration("0.000000001s"), 1ns);
  EXPECT_EQ(duration("1.1d"), 95040s);
  EXPECT_EQ(duration("9007199.254740993s"), Duration(9007199254740993)) << "beyond a double";
  EXPECT_EQ(duration("106751.5d"), 106751 * 24h + 12h);
}

TEST(DurationTest, RoundsFractionsOfANanosecondHalfAwayFromZero) {
  EXPECT_EQ(duration("0.4ns"), 0ns);
  EXPECT_EQ(duration("0.5ns"), 1ns);
  EXPECT_EQ(duration("1.49999999999999999999999999999999ns"), 1ns);
  EXPECT_EQ(duration("-0.5ns"), -1ns);
  EXPECT_EQ(duration("0.0000000004s"), 0ns);
  EXPECT_EQ(duration("1e-300s"), 0ns);
  EXPECT_EQ(duration("0e999d"), 0ns);
}

TEST(DurationTest, ReachesBothEndsAndNotBeyond) {
  EXPECT_EQ(duration("9223372036854775807ns"), Duration::max());
  EXPECT_EQ(duration("-9223372036854775808ns"), Duration::min());
  EXPECT_EQ(duration_error("9223372036854775808ns"),
            "expected a duration of at most 106751d (292 years), got \"9223372036854775808ns\"");
  EXPECT_EQ(duration_error("1e300d"),
            "expected a duration of at most 106751d (292 years), got \"1e300d\"");
  EXPECT_EQ(duration_error("-106752d"),
            "expected a duration of at most 106751d (292 years), got \"-106752d\"");
}

TEST(DurationTest, AsksForAUnit) {
  for (const char* text :
       {"", "5", "nan", "inf", "-", "ms", "+5ms", ".5s", " 5ms", "five ms", "5 "}) {
    EXPECT_EQ(duration_error(text),
              "expected a duration with a unit such as \"5ms\", got \"" + std::string(text) + "\"");
  }
}

TEST(DurationTest, ListsTheUnits) {
  for (const char* text : {"5sec", "0x10ms", "5.ms", "1e", "5MS", "5ms ", "5  ms", "5m", "5/s"}) {
    EXPECT_EQ(duration_error(text),
              "expected a duration in one of the units ns, us, ms, s, min, h, d, got \"" +
                  std::string(text) + "\"");
  }
}

TEST(DurationTest, CutsLongTextsShort) {
  EXPECT_EQ(
      duration_error(std::string(1000, '1') + "ms"),
      "expected a duration with a unit such as \"5ms\", got \"" + std::string(60, '1') + "...\"");
}

TEST(DurationTest, IsWrittenShortWithANumberOfAtLeastOne) {
  EXPECT_EQ(to_text(0ns), "0s");
  EXPECT_EQ(to_text(Duration(5ms)), "5ms");
  EXPECT_EQ(to_text(Duration(300ms)), "300ms");
  EXPECT_EQ(to_text(Duration(1500ms)), "1.5s");
  EXPECT_EQ(to_text(Duration(60s)), "60s");
  EXPECT_EQ(to_text(Duration(90min)), "1.5h");
  EXPECT_EQ(to_text(Duration(720h)), "30d");
  EXPECT_EQ(to_text(Duration(-5ms)), "-5ms");
  EXPECT_EQ(to_text(Duration::max()), "9223372036.854775807s");
  EXPECT_EQ(to_text(Duration::min()), "-9223372036.854775808s");
}

TEST(DurationTest, SecondsComeAndGo) {
  EXPECT_EQ(from_seconds(1.5), 1500ms);
  EXPECT_EQ(from_seconds(-1e-9), -1ns);
  EXPECT_EQ(from_seconds(0.4e-9), 0ns);
  EXPECT_EQ(from_seconds(std::nan("")), 0ns);
  EXPECT_EQ(from_seconds(1e300), Duration::max());
  EXPECT_EQ(from_seconds(-std::numeric_limits<double>::infinity()), Duration::min());
  EXPECT_EQ(to_seconds(Duration(1500ms)), 1.5);
}

TEST(BytesTest, ReadsPowersOfTenAndOfTwo) {
  EXPECT_EQ(bytes("5B"), 5);
  EXPECT_EQ(bytes("5kB"), 5000);
  EXPECT_EQ(bytes("1.5MB"), 1500000);
  EXPECT_EQ(bytes("2GB"), 2000000000);
  EXPECT_EQ(bytes("1TB"), 1000000000000);
  EXPECT_EQ(bytes("64KiB"), 65536);
  EXPECT_EQ(bytes("1MiB"), 1048576);
  EXPECT_EQ(bytes("0.5GiB"), 536870912);
  EXPECT_EQ(bytes("1TiB"), 1099511627776);
  EXPECT_EQ(bytes("0.1KiB"), 102) << "a fraction of a byte is rounded";
  EXPECT_EQ(bytes("9223372036854775807B"), int64_max);
}

TEST(BytesTest, SaysWhatIsWrong) {
  std::string error;
  EXPECT_FALSE(parse_bytes("64", error));
  EXPECT_EQ(error, "expected a size with a unit such as \"64KiB\", got \"64\"");
  EXPECT_FALSE(parse_bytes("64KB", error));
  EXPECT_EQ(
      error,
      "expected a size in one of the units B, kB, MB, GB, TB, KiB, MiB, GiB, TiB, got \"64KB\"");
  EXPECT_FALSE(parse_bytes("9223372036854775808B", error));
  EXPECT_EQ(error, "expected a size of at most 8388607TiB, got \"9223372036854775808B\"");
}

TEST(BytesTest, IsWrittenShort) {
  EXPECT_EQ(to_text(Bytes{0}), "0B");
  EXPECT_EQ(to_text(Bytes{65536}), "64KiB");
  EXPECT_EQ(to_text(Bytes{20000}), "20kB");
  EXPECT_EQ(to_text(Bytes{1536}), "1536B");
  EXPECT_EQ(to_text(Bytes{3LL << 39}), "1.5TiB");
  EXPECT_EQ(to_text(Bytes{-1}), "-1B");
}

TEST(RateTest, ReadsEveryUnit) {
  EXPECT_EQ(rate("200/s"), 200);
  EXPECT_EQ(rate("0.1/s"), 0.1);
  EXPECT_EQ(rate("30/min"), 0.5);
  EXPECT_EQ(rate("1800/h"), 0.5);
  EXPECT_EQ(rate("86400/d"), 1);
  EXPECT_EQ(rate("-1/s"), -1);
  EXPECT_EQ(rate("1e-400/s"), 0);
}

TEST(RateTest, SaysWhatIsWrong) {
  std::string error;
  EXPECT_FALSE(parse_rate("200", error));
  EXPECT_EQ(error, "expected a rate with a unit such as \"200/s\", got \"200\"");
  EXPECT_FALSE(parse_rate("200req/s", error));
  EXPECT_EQ(error, "expected a rate in one of the units /s, /min, /h, /d, got \"200req/s\"");
  EXPECT_FALSE(parse_rate("1e400/s", error));
  EXPECT_EQ(error, "expected a rate of at most 1.7e308/s, got \"1e400/s\"");
}

TEST(RateTest, IsWrittenShort) {
  EXPECT_EQ(to_text(Rate{200}), "200/s");
  EXPECT_EQ(to_text(Rate{0}), "0/s");
  EXPECT_EQ(to_text(Rate{0.1}), "0.1/s");
  EXPECT_EQ(to_text(Rate{1.0 / 60}), "60/h");
  EXPECT_EQ(to_text(Rate{1234567.5}), "1234567.5/s");
  EXPECT_EQ(to_text(Rate{1e22}), "1e22/s");
  EXPECT_EQ(to_text(Rate{-2}), "-2/s");
}

TEST(BandwidthTest, ReadsBitsAndBytes) {
  EXPECT_EQ(bandwidth("5bit/s"), 5);
  EXPECT_EQ(bandwidth("1kbit/s"), 1e3);
  EXPECT_EQ(bandwidth("0.1Mbit/s"), 1e5);
  EXPECT_EQ(bandwidth("1Gbit/s"), 1e9);
  EXPECT_EQ(bandwidth("1Tbit/s"), 1e12);
  EXPECT_EQ(bandwidth("1B/s"), 8);
  EXPECT_EQ(bandwidth("1kB/s"), 8e3);
  EXPECT_EQ(bandwidth("1MB/s"), 8e6);
  EXPECT_EQ(bandwidth("1GB/s"), 8e9);
  EXPECT_EQ(bandwidth("1KiB/s"), 8192);
  EXPECT_EQ(bandwidth("1MiB/s"), 8388608);
  EXPECT_EQ(bandwidth("1GiB/s"), 8589934592);
}

TEST(BandwidthTest, IsWrittenInBits) {
  EXPECT_EQ(to_text(Bandwidth{1e9}), "1Gbit/s");
  EXPECT_EQ(to_text(Bandwidth{8e9}), "8Gbit/s");
  EXPECT_EQ(to_text(Bandwidth{0}), "0bit/s");
  EXPECT_EQ(to_text(Bandwidth{524288}), "524288bit/s");
}

TEST(ProbabilityTest, IsTheNearestDoubleToTheShareWritten) {
  EXPECT_EQ(share("95%"), 0.95);
  EXPECT_EQ(share("99.9%"), 0.999);
  EXPECT_EQ(share("0.1 %"), 0.001);
  EXPECT_EQ(share("100%"), 1);
  EXPECT_EQ(share("150%"), 1.5) << "the range is the parameter's";
}

TEST(ProbabilityTest, RefusesABareNumber) {
  std::string error;
  EXPECT_FALSE(parse_probability("0.95", error));
  EXPECT_EQ(error, "expected a share with a unit such as \"95%\", got \"0.95\"");
  EXPECT_FALSE(parse_probability("95percent", error));
  EXPECT_EQ(error, "expected a share in %, got \"95percent\"");
}

TEST(ProbabilityTest, IsWrittenShort) {
  EXPECT_EQ(to_text(Probability{0.999}), "99.9%");
  EXPECT_EQ(to_text(Probability{1}), "100%");
  EXPECT_EQ(to_text(Probability{0}), "0%");
  EXPECT_EQ(to_text(Probability{1e-12}), "1e-10%");
  EXPECT_EQ(to_text(Probability{0.07}), "7%");
}

TEST(UnitsTest, WholeQuantitiesRoundTrip) {
  Lcg chance(1);
  for (int i = 0; i < 20000; ++i) {
    // All magnitudes alike, with and without trailing zeros.
    auto value =
        static_cast<std::int64_t>(chance.next() ^ (chance.next() << 40)) >> chance.below(63);
    if (chance.below(2) == 0) value -= value % 1000000;
    std::string error;
    EXPECT_EQ(parse_duration(to_text(Duration(value)), error), Duration(value)) << value << error;
    EXPECT_EQ(parse_bytes(to_text(Bytes{value}), error), Bytes{value}) << value << error;
  }
}

TEST(UnitsTest, RealQuantitiesRoundTrip) {
  Lcg chance(2);
  for (int i = 0; i < 20000; ++i) {
    std::uint64_t bits = chance.next() ^ (chance.next() << 40);
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (i % 2 == 0) value = static_cast<double>(chance.below(1000000)) / 1000;
    if (!std::isfinite(value)) continue;
    std::string error;
    // Close to the largest double a per cent is beyond it.
    if (std::abs(value) < 1e306) {
      EXPECT_EQ(parse_probability(to_text(Probability{value}), error), Probability{value})
          << value << error;
    }
    EXPECT_EQ(parse_rate(to_text(Rate{value}), error), Rate{value}) << value << error;
    EXPECT_EQ(parse_bandwidth(to_text(Bandwidth{value}), error), Bandwidth{value})
        << value << error;
  }
}

TEST(UnitsTest, AnyTextIsAValueOrASentence) {
  Lcg chance(3);
  for (int i = 0; i < 50000; ++i) {
    const std::string text = chance.text("0123456789.eE+-%/ nsumhdbitBkKMGT\x80\"", 12);
    std::string error;
    const auto value = parse_duration(text, error);
    if (value) {
      EXPECT_EQ(parse_duration(to_text(*value), error), value) << text;
    } else {
      EXPECT_EQ(error.rfind("expected a duration ", 0), 0U) << text;
    }
    error.clear();
    const bool is_rate = parse_rate(text, error).has_value();
    EXPECT_EQ(is_rate, error.empty()) << text;
    error.clear();
    const bool is_bandwidth = parse_bandwidth(text, error).has_value();
    EXPECT_EQ(is_bandwidth, error.empty()) << text;
  }
}

TEST(UnitsTest, DoNotDependOnTheLocale) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* name : {"de_DE.UTF-8", "ru_RU.UTF-8", "C.UTF-8"}) {
    if (!std::setlocale(LC_ALL, name)) continue;
    EXPECT_EQ(rate("0.5/s"), 0.5) << name;
    EXPECT_EQ(to_text(Rate{1.5}), "1.5/s") << name;
    EXPECT_EQ(duration("1.5s"), 1500ms) << name;
  }
  std::setlocale(LC_ALL, before.c_str());
}

}  // namespace
}  // namespace faultline::sim
