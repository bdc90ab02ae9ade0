#include "sim/registry/reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace faultline::sim {
namespace {

using ::testing::HasSubstr;

// The sample types are registered beside the tests of the registry.

std::string text_of(std::string_view name, Language language = Language::english) {
  std::string error;
  return types_text(name, error, language).value_or("error: " + error);
}

TEST(TypesTextTest, ShowsAKind) {
  EXPECT_EQ(text_of("sample_shape"),
            "box: Box\n"
            "  A rectangle.\n"
            "  Example: box(width=2)\n"
            "  width = 2                     whole number of cells, at least 1\n"
            "      From left to right\n"
            "  height = 3                    whole number of cells, 1 to 100\n"
            "      From top to bottom\n"
            "  Does not model: rounded corners\n"
            "\n"
            "dot: Dot\n"
            "  A point | with <no> extent.\n"
            "  Example: dot(1ms)\n"
            "  after (required)              duration, at least 0s\n"
            "      When it appears\n"
            "  Source: Euclid, Elements, book I\n"
            "\n"
            "group: Group\n"
            "  Shapes together.\n"
            "  Example: group(frame=box(5, 6))\n"
            "  label                         text\n"
            "      Shown to people\n"
            "  color                         sample_color\n"
            "      Of the frame\n"
            "  frame = box(5, 6)             sample_shape\n"
            "      Around the members\n"
            "  near                          reference\n"
            "      Where it stands\n"
            "  members                       list of sample_shapes\n"
            "      What is inside\n");
}

TEST(TypesTextTest, ShowsATypeWithItsKind) {
  EXPECT_EQ(text_of("red"),
            "red (sample_color): Red\n"
            "  The colour of roses.\n"
            "  Example: red\n");
}

TEST(TypesTextTest, ListsAll) {
  EXPECT_THAT(text_of(""), HasSubstr("sample_color\n"
                                     "  blue  Blue\n"
                                     "  red   Red\n"
                                     "\n"
                                     "sample_shape\n"
                                     "  box    Box\n"
                                     "  dot    Dot\n"
                                     "  group  Group\n"));
}

TEST(TypesTextTest, SuggestsANameThatIsKnown) {
  EXPECT_EQ(text_of("smaple_shape"),
            "error: unknown kind or type \"smaple_shape\"; did you mean \"sample_shape\"?");
  EXPECT_EQ(text_of("bxo"), "error: unknown kind or type \"bxo\"; did you mean \"box\"?");
  EXPECT_THAT(
      text_of("no such thing at all"),
      ::testing::StartsWith("error: unknown kind or type \"no such thing at all\"; kinds: "));
}

TEST(TypesTextTest, IsAtMost80ColumnsWide) {
  std::string all;
  for (const Language language : {Language::english, Language::russian}) {
    all += text_of("", language);
    for (const std::string& kind : TypeCatalogue::instance().kinds())
      all += text_of(kind, language);
  }
  std::istringstream lines(all);
  for (std::string line; std::getline(lines, line);) {
    std::size_t columns = 0;
    for (const char c : line) columns += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
    // A word longer than the line cannot be broken.
    if (columns > 80) {
      EXPECT_GT(line.size() - line.find_last_of(' '), 40U) << line;
    }
  }
}

TEST(ReferencePagesTest, HasOnePageAKind) {
  const std::map<std::string, std::string> pages = reference_pages();
  EXPECT_EQ(pages.at("sample_color.md"),
            "# sample\\_color\n\n"
            "## blue\n\nBlue\n\nThe colour of the sky.\n\n```jsonc\n\"blue\"\n```\n\n"
            "## red\n\nRed\n\nThe colour of roses.\n\n```jsonc\n\"red\"\n```\n");
  EXPECT_THAT(pages.at("README.md"),
              HasSubstr("| [sample\\_color](sample_color.md) | [blue](sample_color.md#blue), "
                        "[red](sample_color.md#red) |\n"));
  EXPECT_EQ(pages.size(), TypeCatalogue::instance().kinds().size() + 1);
  EXPECT_EQ(pages, reference_pages());
}

TEST(ReferencePagesTest, TabulatesParametersAndEscapes) {
  const std::string page = reference_pages().at("sample_shape.md");
  EXPECT_THAT(
      page,
      HasSubstr("## box\n\nBox\n\nA rectangle.\n\n```jsonc\n\"box(width=2)\"\n```\n\n"
                "| Parameter | Type | Unit | Default | Range | Meaning |\n"
                "|---|---|---|---|---|---|\n"
                "| `width` | whole number | cells | `2` | at least 1 | From left to right |\n"
                "| `height` | whole number | cells | `3` | 1 to 100 | From top to bottom |\n\n"
                "Does not model: rounded corners\n\n"));
  EXPECT_THAT(page, HasSubstr("A point \\| with &lt;no&gt; extent.\n"));
  EXPECT_THAT(page,
              HasSubstr("| `after` | duration |  | required | at least 0s | When it appears |\n"));
  EXPECT_THAT(page, HasSubstr("Source: Euclid, Elements, book I\n"));
}

TEST(OneLineTest, PutsTheTypeFirst) {
  EXPECT_EQ(one_line(Json::parse(R"({"a": [1, {}, []], "type": "x", "b": "q\""})")),
            R"({"type": "x", "a": [1, {}, []], "b": "q\""})");
}

}  // namespace
}  // namespace faultline::sim
