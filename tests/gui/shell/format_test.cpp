#include "gui/shell/format.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <QLocale>

namespace faultline::gui {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// With a space that does not break read as an ordinary one.
QString plain(QString text) { return text.replace(QChar(0x00A0), QLatin1Char(' ')); }

TEST(Format, DurationsInTheUnitThatFits) {
  EXPECT_EQ(plain(formatSeconds(0)), "0 s");
  EXPECT_EQ(plain(formatSeconds(4.2e-6)), "4.2 µs");
  EXPECT_EQ(plain(formatSeconds(0.3124)), "312 ms");
  EXPECT_EQ(plain(formatSeconds(0.99951)), "1 s") << "not 1000 ms";
  EXPECT_EQ(plain(formatSeconds(34.82)), "34.8 s");
  EXPECT_EQ(plain(formatSeconds(-0.002)), "-2 ms");
  EXPECT_EQ(formatSeconds(nan), "–");
}

TEST(Format, PointsOfTime) {
  EXPECT_EQ(plain(formatClock(34.82)), "34.82 s");
  EXPECT_EQ(plain(formatClock(7385)), "2 h 3 min 5 s");
  EXPECT_EQ(plain(formatClock(86400)), "1 d");
}

TEST(Format, RatesAndCounts) {
  EXPECT_EQ(plain(formatRate(250.9)), "250.9/s");
  EXPECT_EQ(plain(formatShort(1.9e6)), "1.9 M");
  EXPECT_EQ(plain(formatShort(999.6e3)), "1 M");
  EXPECT_EQ(plain(formatBytes(65536)), "64 KiB");
}

TEST(Format, PercentShowsWhatIsNearlyAll) {
  EXPECT_EQ(plain(formatPercent(0.93)), "93 %");
  EXPECT_EQ(plain(formatPercent(1)), "100 %");
  EXPECT_EQ(plain(formatPercent(0)), "0 %");
  EXPECT_EQ(plain(formatPercent(0.9998)), "99.98 %");
  EXPECT_EQ(plain(formatPercent(0.0002)), "0.02 %");
  EXPECT_EQ(plain(formatPercent(0.5, 1)), "50.0 %");
}

TEST(Format, ValuesByTheirNames) {
  EXPECT_EQ(plain(formatValue("latency_seconds.p99", 0.05)), "50 ms");
  EXPECT_EQ(plain(formatValue("latency_seconds.count", 1234)), "1,234");
  EXPECT_EQ(plain(formatValue("hit_ratio", 0.78)), "78 %");
  EXPECT_EQ(plain(formatValue("throughput_per_second", 498.2)), "498.2/s");
}

TEST(Format, DecimalCommaInRussian) {
  const QLocale before;
  QLocale::setDefault(QLocale(QLocale::Russian, QLocale::Russia));
  const QString seconds = plain(formatSeconds(0.0184));
  QLocale::setDefault(before);
  EXPECT_EQ(seconds,
            "18,4 ms");  // The unit is a text of the translation, which this test has not loaded.
}

}  // namespace
}  // namespace faultline::gui
