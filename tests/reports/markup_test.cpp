#include "reports/markup.hpp"

#include <gtest/gtest.h>

namespace faultline::reports {
namespace {

TEST(Escaped, LeavesNothingThatMarkupWouldRead) {
  EXPECT_EQ(escaped("<script>alert('x') & \"y\"</script>"),
            "&lt;script&gt;alert(&#39;x&#39;) &amp; &quot;y&quot;&lt;/script&gt;");
  EXPECT_EQ(escaped("a\x01"
                    "b"),
            "a\\x01b");
  EXPECT_EQ(escaped("\xff"), "\\xff");
  EXPECT_EQ(escaped("\uFFFE"), "\\ufffe");
  EXPECT_EQ(escaped("line\nbreak", LineBreaks::keep), "line\nbreak");
}

TEST(Markup, ClosesWhatItOpened) {
  Markup markup;
  {
    const auto row = markup.scope("tr", {{"class", "a\"b"}});
    markup.element("td", {}, "1 < 2");
    markup.empty("br");
  }
  EXPECT_EQ(markup.str(), "<tr class=\"a&quot;b\"><td>1 &lt; 2</td><br/></tr>\n");
}

TEST(Coordinate, IsShort) {
  EXPECT_EQ(coordinate(12), "12");
  EXPECT_EQ(coordinate(12.34), "12.3");
  EXPECT_EQ(coordinate(-0.01), "0");
  EXPECT_EQ(coordinate(1234.56), "1234.6");
}

}  // namespace
}  // namespace faultline::reports
