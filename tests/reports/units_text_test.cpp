#include "reports/units_text.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace faultline::reports {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(SecondsText, PicksTheUnitAfterRounding) {
  EXPECT_EQ(seconds_text(0), "0 s");
  EXPECT_EQ(seconds_text(0.4e-9), "0.400 ns");
  EXPECT_EQ(seconds_text(250e-9), "250 ns");
  EXPECT_EQ(seconds_text(12.34e-6), "12.3 µs");
  EXPECT_EQ(seconds_text(999.4e-6), "999 µs");
  EXPECT_EQ(seconds_text(999.6e-6), "1.00 ms");
  EXPECT_EQ(seconds_text(12.34e-3), "12.3 ms");
  EXPECT_EQ(seconds_text(0.9996), "1.00 s");
  EXPECT_EQ(seconds_text(59.96), "60.0 s");
  EXPECT_EQ(seconds_text(312), "312 s");
  EXPECT_EQ(seconds_text(1500), "25.0 min");
  EXPECT_EQ(seconds_text(5 * 3600), "5.00 h");
  EXPECT_EQ(seconds_text(10 * 86400), "10.0 d");
}

TEST(SecondsText, SaysWhatIsNotANumber) {
  EXPECT_EQ(seconds_text(nan), "–");
  EXPECT_EQ(seconds_text(infinity), "∞");
  EXPECT_EQ(seconds_text(-infinity), "-∞");
}

TEST(TimeText, IsAsShortAsItCanBe) {
  EXPECT_EQ(time_text(0), "0 s");
  EXPECT_EQ(time_text(0.25), "250 ms");
  EXPECT_EQ(time_text(1.5), "1.5 s");
  EXPECT_EQ(time_text(55), "55 s");
  EXPECT_EQ(time_text(900), "15 min");
  EXPECT_EQ(time_text(1000), "1,000 s");
  EXPECT_EQ(time_text(3600), "1 h");
  EXPECT_EQ(time_text(5400), "1.5 h");
  EXPECT_EQ(time_text(2 * 86400), "2 d");
}

TEST(RatioText, TellsAlmostAllFromAllAndAlmostNothingFromNothing) {
  EXPECT_EQ(ratio_text(0), "0 %");
  EXPECT_EQ(ratio_text(1), "100 %");
  EXPECT_EQ(ratio_text(0.699), "69.9 %");
  EXPECT_EQ(ratio_text(0.9912), "99.12 %");
  EXPECT_EQ(ratio_text(0.999997), "99.99970 %");
  EXPECT_EQ(ratio_text(0.000003), "0.00030 %");
  EXPECT_EQ(ratio_text(2.03), "203 %");
  EXPECT_EQ(ratio_text(nan), "–");
}

TEST(StatedRatioText, KeepsNoZeroThatSaysNothing) {
  EXPECT_EQ(stated_ratio_text(0.99), "99 %");
  EXPECT_EQ(stated_ratio_text(0.9995), "99.95 %");
  EXPECT_EQ(stated_ratio_text(1), "100 %");
}

TEST(CountText, GroupsByThree) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(1000), "1,000");
  EXPECT_EQ(count_text(18'446'744'073'709'551'615U), "18,446,744,073,709,551,615");
}

TEST(ShortCountText, TakesAPrefixWhereThereAreMoreThanFourDigits) {
  EXPECT_EQ(short_count_text(0), "0");
  EXPECT_EQ(short_count_text(9'999), "9,999");
  EXPECT_EQ(short_count_text(27'512), "27.5 k");
  EXPECT_EQ(short_count_text(999'999), "1.00 M");
  EXPECT_EQ(short_count_text(1'234'567), "1.23 M");
  EXPECT_EQ(short_count_text(0.5), "0.500");
  EXPECT_EQ(short_count_text(1234.5), "1.23 k");
}

TEST(NumberText, KeepsThreeDigitsAndUsesAnExponentOnlyForTheVerySmall) {
  EXPECT_EQ(number_text(0.02143), "0.0214");
  EXPECT_EQ(number_text(3.2), "3.20");
  EXPECT_EQ(number_text(27'512.4), "27,512");
  EXPECT_EQ(number_text(-0.5), "-0.500");
  EXPECT_EQ(number_text(2.5e-7), "2.50e-07");
}

TEST(FixedText, DropsTheSignOfARoundedZero) {
  EXPECT_EQ(fixed_text(-0.001, 1), "0.0");
  EXPECT_EQ(fixed_text(-1234.56, 1), "-1,234.6");
  EXPECT_EQ(trimmed_text(60, 3), "60");
  EXPECT_EQ(trimmed_text(1000, 0), "1,000");
  EXPECT_EQ(trimmed_text(1.5, 3), "1.5");
}

TEST(Russian, HasADecimalCommaAndItsOwnUnits) {
  const Language russian = language_of("ru-RU");
  EXPECT_EQ(russian, Language::russian);
  EXPECT_EQ(language_of("de"), Language::english);
  EXPECT_EQ(seconds_text(0.0123, russian), "12,3 мс");
  EXPECT_EQ(count_text(27'512, russian), "27\u00A0512");
  EXPECT_EQ(short_count_text(1'234'567, russian), "1,23 млн");
  EXPECT_EQ(rate_text(496, russian), "496/с");
  EXPECT_EQ(ratio_text(0.9912, russian), "99,12 %");
  EXPECT_EQ(trimmed_text(1.5, 3, russian), "1,5");
  EXPECT_EQ(trimmed_text(1.125, 3, russian), "1,125");
}

TEST(ScalarText, ReadsTheUnitFromThePath) {
  EXPECT_EQ(scalar_text("requests.latency_seconds.p99", 0.0712), "71.2 ms");
  EXPECT_EQ(scalar_text("requests.latency_seconds.count", 27'288), "27,288");
  EXPECT_EQ(scalar_text("nodes.db.utilization", 0.93), "93.00 %");
  EXPECT_EQ(scalar_text("nodes.cache.hit_ratio", 0.7812), "78.1 %");
  EXPECT_EQ(scalar_text("requests.throughput_per_second", 496), "496/s");
  EXPECT_EQ(scalar_text("nodes.cache.used_bytes", 20 * 1024.0), "20.0 KiB");
  EXPECT_EQ(scalar_text("nodes.db.queue_length_mean", 4.7), "4.70");
}

TEST(BytesText, UsesPowersOf1024) {
  EXPECT_EQ(bytes_text(512), "512 B");
  EXPECT_EQ(bytes_text(1536), "1.50 KiB");
  EXPECT_EQ(bytes_text(5.0 * 1024 * 1024 * 1024), "5.00 GiB");
}

TEST(LevelAndPercentText, KeepColumnsCalm) {
  EXPECT_EQ(level_text(0.0021), "0.002");
  EXPECT_EQ(level_text(4.7), "4.70");
  EXPECT_EQ(level_text(12'345.6), "12.3 k");
  EXPECT_EQ(percent_text(0.055), "5.5 %");
  EXPECT_EQ(percent_text(0.93), "93.0 %");
}

}  // namespace
}  // namespace faultline::reports
