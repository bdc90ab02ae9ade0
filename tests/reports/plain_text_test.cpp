#include "reports/plain_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace faultline::reports {
namespace {

using std::string_literals::operator""s;

TEST(VisibleText, LeavesOrdinaryTextAlone) {
  EXPECT_EQ(visible_text("Three-tier shop"), "Three-tier shop");
  EXPECT_EQ(visible_text("Магазин 系統 🚀 naïve"), "Магазин 系統 🚀 naïve");
}

TEST(VisibleText, ShowsControlCharacters) {
  EXPECT_EQ(visible_text("a\nb\tc\rd"), "a\\nb\\tc\\rd");
  EXPECT_EQ(visible_text("\x1b[31mred"), "\\x1b[31mred");
  EXPECT_EQ(visible_text("nul\0inside"s), "nul\\x00inside");
  EXPECT_EQ(visible_text("c1 \u009b"), "c1 \\x9b");
  EXPECT_EQ(visible_text("abc\u202Ecba"), "abc\\u202ecba");
  EXPECT_EQ(visible_text("a\u2028b"), "a\\u2028b");
}

TEST(VisibleText, ShowsBytesThatAreNoUtf8) {
  EXPECT_EQ(visible_text("\xff\xfe"), "\\xff\\xfe");
  EXPECT_EQ(visible_text("cut \xe7\xb3"), "cut \\xe7\\xb3");
  EXPECT_EQ(visible_text("overlong \xc0\xaf"), "overlong \\xc0\\xaf");
  EXPECT_EQ(visible_text("surrogate \xed\xa0\x80"), "surrogate \\xed\\xa0\\x80");
  EXPECT_EQ(visible_text("beyond \xf4\x90\x80\x80"), "beyond \\xf4\\x90\\x80\\x80");
}

TEST(VisibleText, KeepsLineBreaksWhereAsked) {
  EXPECT_EQ(visible_text("a\r\nb\tc\x07", LineBreaks::keep), "a\nb\tc\\x07");
}

TEST(DisplayWidth, CountsColumnsNotBytes) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("привет"), 6U);
  EXPECT_EQ(display_width("系統"), 4U);
  EXPECT_EQ(display_width("한국"), 4U);
  EXPECT_EQ(display_width("e\u0301"), 1U);  // e and a combining acute accent.
  EXPECT_EQ(display_width("🚀"), 2U);
  EXPECT_EQ(display_width("µ ×"), 3U);
}

TEST(Shortened, CutsBetweenCharactersAndSaysSo) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcd", 3), "ab…");
  EXPECT_EQ(shortened("привет", 4), "при…");
  EXPECT_EQ(shortened("系統名稱", 5), "系統…");
  EXPECT_EQ(shortened("系統名稱", 4),
            "系…");  // The second character would need the column of the dots.
  EXPECT_EQ(shortened("系統", 1), "…");
}

}  // namespace
}  // namespace faultline::reports
