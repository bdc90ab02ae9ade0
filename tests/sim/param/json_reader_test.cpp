#include "sim/param/json_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/sim/random_text.hpp"

namespace faultline::sim {
namespace {

using test::Lcg;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> problems_in(std::string_view text) {
  Problems problems;
  const std::optional<Json> json = read_json(text, problems);
  EXPECT_NE(json.has_value(), !problems.empty());
  std::vector<std::string> out;
  for (const Problem& problem : problems.sorted()) out.push_back(problem.to_text());
  return out;
}

Json value_of(std::string_view text) {
  Problems problems;
  std::optional<Json> json = read_json(text, problems);
  EXPECT_TRUE(problems.empty()) << problems.sorted()[0].to_text();
  return json.value_or(Json("nothing"));
}

TEST(ReadJsonTest, ReadsAllOfJson) {
  EXPECT_EQ(
      value_of(R"({"a": [1, -2, 2.5, 1e3, "x\u00e9", true, false, null, {}, []], "b": {"c": 1}})"),
      Json::parse(
          R"({"a": [1, -2, 2.5, 1e3, "x\u00e9", true, false, null, {}, []], "b": {"c": 1}})"));
  EXPECT_EQ(value_of(" 5 "), Json(5));
  EXPECT_EQ(value_of("18446744073709551615"), Json(18446744073709551615ULL));
  EXPECT_EQ(value_of("[[[]], [[1]]]"), Json::parse("[[[]], [[1]]]"));
}

TEST(ReadJsonTest, AllowsCommentsAndAByteOrderMark) {
  EXPECT_EQ(value_of("\xEF\xBB\xBF// first\n{/* a */\"a\": /* b */ 1 // last\n}\n/* end */"),
            (Json{{"a", 1}}));
}

TEST(ReadJsonTest, SaysWhereItIsNotJson) {
  EXPECT_THAT(problems_in("{\n  \"a\": 1,\n  \"b\" 2\n}"),
              ElementsAre("not JSON: line 3, column 7: unexpected number literal; expected ':'"));
  EXPECT_THAT(problems_in("{\"a\": 1,}"),
              ElementsAre("not JSON: line 1, column 9: unexpected '}'; expected string literal"));
  EXPECT_THAT(problems_in("[1 2]"),
              ElementsAre("not JSON: line 1, column 4: unexpected number literal; expected ']'"));
  EXPECT_THAT(problems_in("{} {}"),
              ElementsAre("not JSON: line 1, column 4: unexpected '{'; expected end of input"));
  EXPECT_THAT(problems_in("[\"é\", tru]"),
              ElementsAre("not JSON: line 1, column 7: unexpected \"tru\""));
  EXPECT_THAT(problems_in("[1"),
              ElementsAre("not JSON: line 1, column 3: unexpected end of input; expected ']'"));
  EXPECT_THAT(problems_in("{\"a\": 5ms}"),
              ElementsAre("not JSON: line 1, column 7: unexpected \"5ms\"; expected '}'; "
                          "a value with a unit stands in quotes"));
  EXPECT_THAT(
      problems_in("[\"a\tb\"]"),
      ElementsAre(
          "not JSON: line 1, column 4: invalid string: control character U+0009 (HT) must be "
          "escaped to \\u0009 or \\t"));
  EXPECT_THAT(problems_in("[\"a"),
              ElementsAre("not JSON: line 1, column 4: invalid string: missing closing quote"));
  EXPECT_THAT(problems_in("[1] /* x"),
              ElementsAre("not JSON: line 1, column 9: invalid comment; missing closing '*/'; "
                          "expected end of input"));
}

TEST(ReadJsonTest, IsNotFloodedByALongToken) {
  const std::vector<std::string> problems = problems_in("\"" + std::string(5000000, 'x'));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_LT(problems[0].size(), 200U) << problems[0];
}

TEST(ReadJsonTest, RefusesAnEmptyText) {
  EXPECT_THAT(problems_in(""), ElementsAre("expected JSON, got an empty text"));
  EXPECT_THAT(problems_in(" \n"), ElementsAre("expected JSON, got an empty text"));
  EXPECT_EQ(problems_in("// nothing but a remark").size(), 1U);
}

TEST(ReadJsonTest, RefusesTextThatIsNotUtf8) {
  EXPECT_THAT(problems_in("{\n\"a\": \"\xff\"}"),
              ElementsAre("not UTF-8: line 2, column 7: byte 0xff"));
  EXPECT_THAT(problems_in("// \xc3\n1"), ElementsAre("not UTF-8: line 1, column 4: byte 0xc3"))
      << "in a comment too";
  for (const char* wrong :
       {"\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xe2\x82\"", "\"\x80\""}) {
    EXPECT_THAT(problems_in(wrong),
                ElementsAre(::testing::StartsWith("not UTF-8: line 1, column 2:")));
  }
  EXPECT_THAT(problems_in("\"\xf0\x9f\x98\x80 é €\""), IsEmpty());
}

TEST(ReadJsonTest, RefusesANameTwiceWithItsPath) {
  EXPECT_THAT(
      problems_in(R"({"nodes": {"a": {"x": 1, "x": 2}, "b": 1, "a": {"x": {"y": 1, "y": 2}}}})"),
      ElementsAre("nodes.a: this name stands here twice", "nodes.a.x: this name stands here twice",
                  "nodes.a.x.y: this name stands here twice"));
  EXPECT_THAT(problems_in(R"([{"a": 1}, {"a": 1, "\u0061": [2, {"b": 3}]}])"),
              ElementsAre("[1].a: this name stands here twice"));
}

TEST(ReadJsonTest, RefusesControlCharactersInNames) {
  EXPECT_THAT(problems_in(R"({"a\u001bb": 1})"),
              ElementsAre(R"(["a\u001bb"]: a name must not have control characters)"));
  EXPECT_THAT(problems_in(R"({"x": {"\u009b": 1}})").size(), 1U);
  EXPECT_THAT(problems_in(R"({"<script>": "\u001b"})"), IsEmpty())
      << "values are for their readers to judge";
}

TEST(ReadJsonTest, RefusesNumbersNoDoubleHolds) {
  EXPECT_THAT(problems_in(R"({"a": [1, 1e999]})"),
              ElementsAre("a[1]: expected a number of at most 1.7e308, got 1e999"));
  EXPECT_THAT(problems_in(R"({"a": -1e999})"),
              ElementsAre("a: expected a number of at most 1.7e308, got -1e999"));
}

TEST(ReadJsonTest, BoundsTheDepth) {
  EXPECT_THAT(problems_in(std::string(64, '[') + std::string(64, ']')), IsEmpty());
  std::string path;
  for (int i = 0; i < 64; ++i) path += "[0]";
  EXPECT_THAT(problems_in(std::string(65, '[') + std::string(65, ']')),
              ElementsAre(path + ": more than 64 levels inside each other"));
}

TEST(ReadJsonTest, IsQuickWhereNestingIsDeep) {
  const auto begin = std::chrono::steady_clock::now();
  std::string text;
  for (int i = 0; i < 100000; ++i) text += "{\"a\":[";
  EXPECT_EQ(problems_in(text).size(), 1U);
  EXPECT_EQ(problems_in(std::string(100000, '[')).size(), 1U);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

TEST(ReadJsonTest, RefusesMoreThan64MiB) {
  EXPECT_THAT(problems_in(std::string((std::size_t{64} << 20) + 1, ' ')),
              ElementsAre("expected at most 64 MiB of JSON, got 64.0 MiB"));
}

TEST(ReadJsonTest, AnyTextIsAValueOrAProblem) {
  Lcg chance(4);
  for (int i = 0; i < 30000; ++i) problems_in(chance.text("{}[]\",:1e.-ta \\u0/*\n\x80", 20));
  // Near misses of a real text reach deeper.
  const std::string scenario =
      R"({"a": [1, {"b": "x\n", "c": null}], /* r */ "d": {"e": 1.5e3}, "f": true})";
  for (int i = 0; i < 30000; ++i) {
    std::string text = scenario;
    for (std::uint64_t edits = 1 + chance.below(3); edits > 0; --edits) {
      const std::size_t at = chance.below(text.size());
      switch (chance.below(3)) {
        case 0:
          text.erase(at, 1 + chance.below(3));
          break;
        case 1:
          text.insert(at, chance.text("{}[]\",:1\\", 2));
          break;
        default:
          text[at] = static_cast<char>(chance.below(256));
      }
      if (text.empty()) break;
    }
    Problems problems;
    read_json(text, problems);
    const std::vector<Problem> sorted = problems.sorted();
    locate(text, {{"a[1].b", "", ""}, {"f", "", ""}});
    for (const Problem& problem : sorted) EXPECT_FALSE(problem.message.empty());
  }
}

/// A folder of its own that goes away with the test.
class ReadFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "faultline_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

  std::string problem_of(const std::filesystem::path& file) {
    Problems problems;
    EXPECT_FALSE(read_json_file(file, problems));
    return problems.sorted().at(0).to_text();
  }

  std::string refused(const std::string& name, const std::string& reason) {
    return "cannot read \"" + (folder_ / name).string() + "\": " + reason;
  }

  std::filesystem::path folder_;
};

TEST_F(ReadFileTest, ReadsAFile) {
  Problems problems;
  EXPECT_EQ(read_json_file(write("a.json", "{\"a\": 1}"), problems), (Json{{"a", 1}}));
  EXPECT_TRUE(problems.empty());
}

TEST_F(ReadFileTest, SaysWhyItCannot) {
  EXPECT_EQ(problem_of(folder_ / "none"), refused("none", "no such file"));
  EXPECT_EQ(problem_of(folder_), "cannot read \"" + folder_.string() + "\": it is a directory");
  ASSERT_EQ(mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(problem_of(folder_ / "pipe"), refused("pipe", "it is not a regular file"));
  EXPECT_EQ(problem_of("/dev/zero"), "cannot read \"/dev/zero\": it is not a regular file");
  std::filesystem::permissions(write("secret", "{}"), std::filesystem::perms::none);
  if (geteuid() != 0) {
    EXPECT_EQ(problem_of(folder_ / "secret"), refused("secret", "it cannot be opened"));
  }
}

TEST_F(ReadFileTest, RefusesAFileBeyond64MiBWithoutReadingItAll) {
  const std::filesystem::path file = write("huge", "");
  // Sparse: it takes no room.
  std::filesystem::resize_file(file, std::uintmax_t{1} << 40);
  EXPECT_EQ(problem_of(file), refused("huge", "it is larger than 64 MiB"));
}

TEST(LocateTest, FindsMembersElementsAndWhatEncloses) {
  const std::string text =
      "\xEF\xBB\xBF// remark {\"nodes\": 1}\n"  // 1
      "{\n"                                     // 2
      "  \"é\": 0, \"nodes\": {\n"              // 3
      "    \"a\\u0062\": {\"x\": [1, [2,\n"     // 4
      "      \"]\"], 3]},\n"                    // 5
      "    /* \"b\": */ \"b\": \"lru(3)\"\n"    // 6
      "  }\n"                                   // 7
      "}\n";
  Problems problems;
  ASSERT_TRUE(read_json(text, problems));
  const std::vector<TextPosition> found = locate(text, {{"nodes.ab.x[0]", "", ""},
                                                        {"nodes.ab.x[1][1]", "", ""},
                                                        {"nodes.ab.x[2]", "", ""},
                                                        {"nodes.b", "", ""},
                                                        {"nodes.b.capacity", "", ""},
                                                        {"nodes.ab.missing", "", ""},
                                                        {"nodes", "", ""},
                                                        {"", "", ""},
                                                        {"elsewhere", "", ""}});
  const std::vector<TextPosition> expected{{4, 23}, {5, 7},  {5, 13}, {6, 16}, {6, 16},
                                           {4, 5},  {3, 11}, {0, 0},  {0, 0}};
  EXPECT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(found[i].line, expected[i].line) << i;
    EXPECT_EQ(found[i].column, expected[i].column) << i;
  }
}

TEST(LocateTest, CountsNoByteOrderMark) {
  const std::vector<TextPosition> found = locate("\xEF\xBB\xBF{\"a\": 1}", {{"a", "", ""}});
  EXPECT_EQ(found.at(0), (TextPosition{1, 2}));
}

}  // namespace
}  // namespace faultline::sim
