#include "sim/param/utf8.hpp"

#include <gtest/gtest.h>

namespace faultline::sim {
namespace {

TEST(Utf8Test, FindsTheFirstWrongByte) {
  EXPECT_EQ(find_invalid_utf8(""), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("a é € \xf0\x9f\x98\x80"), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("ab\x80"), 2U) << "a continuation alone";
  EXPECT_EQ(find_invalid_utf8("\xc3"), 0U) << "cut short";
  EXPECT_EQ(find_invalid_utf8("\xc1\xbf"), 0U) << "longer than need be";
  EXPECT_EQ(find_invalid_utf8("\xe0\x9f\xbf"), 0U) << "longer than need be";
  EXPECT_EQ(find_invalid_utf8("a\xed\xa0\x80"), 1U) << "a surrogate";
  EXPECT_EQ(find_invalid_utf8("\xf4\x90\x80\x80"), 0U) << "beyond U+10FFFF";
  EXPECT_EQ(find_invalid_utf8("\xff"), 0U);
}

TEST(Utf8Test, KnowsControlCharacters) {
  EXPECT_FALSE(has_control_character("plain é € <script>"));
  EXPECT_TRUE(has_control_character("a\nb"));
  EXPECT_TRUE(has_control_character("\x1b[0m"));
  EXPECT_TRUE(has_control_character("\x7f"));
  EXPECT_TRUE(has_control_character("\xc2\x9b")) << "U+009B begins a terminal command";
  EXPECT_FALSE(has_control_character("\xc2\xa0")) << "U+00A0 is a blank";
}

}  // namespace
}  // namespace faultline::sim
