#include "sim/param/problem.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/param/assert.hpp"

namespace faultline::sim {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> texts(const Problems& problems) {
  std::vector<std::string> out;
  for (const Problem& problem : problems.sorted()) out.push_back(problem.to_text());
  return out;
}

TEST(PathTest, WritesMembersAndElements) {
  EXPECT_EQ((Path() / "nodes" / "app" / "steps")[1].text(), "nodes.app.steps[1]");
  EXPECT_EQ((Path()[0] / "ttl").text(), "[0].ttl");
  EXPECT_EQ((Path("nodes") / "eu-a_1").text(), "nodes.eu-a_1");
  EXPECT_EQ((Path("nodes") / "кэш").text(), "nodes.кэш");
}

TEST(PathTest, QuotesKeysOfOtherCharacters) {
  EXPECT_EQ((Path("a") / "b.c").text(), R"(a["b.c"])");
  EXPECT_EQ((Path() / "").text(), R"([""])");
  EXPECT_EQ((Path("a") / "x\"y\\z\n\x01").text(), R"(a["x\"y\\z\n\u0001"])");
}

TEST(ProblemTest, SaysWhereWhatAndWhatInstead) {
  EXPECT_EQ((Problem{"a.b", "expected at least 1, got 0", ""}.to_text()),
            "a.b: expected at least 1, got 0");
  EXPECT_EQ((Problem{"a.capcity", "unknown parameter", "did you mean \"capacity\"?"}.to_text()),
            "a.capcity: unknown parameter; did you mean \"capacity\"?");
  EXPECT_EQ((Problem{"", "not JSON", ""}.to_text()), "not JSON");
}

TEST(ProblemsTest, AreSortedByPathWithNumbersByValueAndListedOnce) {
  Problems problems;
  problems.add(Path("app")[10], "late");
  problems.add(Path("app")[2], "early");
  problems.add(Path("b"), "z");
  problems.add(Path("b"), "a");
  problems.add(Path("b"), "z");
  problems.add(Path(), "whole");
  EXPECT_THAT(texts(problems),
              ElementsAre("whole", "app[2]: early", "app[10]: late", "b: a", "b: z"));
}

TEST(ProblemsTest, KeepAThousandAndCountTheRest) {
  Problems problems;
  for (std::size_t i = 0; i < 2500; ++i) problems.add(Path("list")[i], "wrong");
  EXPECT_EQ(problems.size(), 2500U);
  const std::vector<Problem> sorted = problems.sorted();
  ASSERT_EQ(sorted.size(), 1001U);
  EXPECT_EQ(sorted[0].path, "list[0]");
  EXPECT_EQ(sorted.back().to_text(), "and 1500 more problems");
}

TEST(ProblemsTest, TakeInOthers) {
  Problems inner;
  inner.add(Path("a"), "wrong");
  Problems outer;
  outer.append(inner);
  EXPECT_THAT(texts(outer), ElementsAre("a: wrong"));
}

TEST(ClosestTest, FindsSlipsOfTheFinger) {
  const std::vector<std::string> names{"lru", "fifo", "capacity", "least_connections"};
  EXPECT_EQ(closest("lrru", names), "lru");
  EXPECT_EQ(closest("rlu", names), "lru") << "a swap is one slip";
  EXPECT_EQ(closest("LRU", names), "lru") << "case does not matter";
  EXPECT_EQ(closest("capcity", names), "capacity");
  EXPECT_EQ(closest("leest_conections", names), "least_connections");
}

TEST(ClosestTest, HasNoAnswerForOtherWords) {
  EXPECT_EQ(closest("arc", {"lru", "fifo"}), "");
  EXPECT_EQ(closest("x", {"y"}), "");
  EXPECT_EQ(closest("", {"a"}), "");
  EXPECT_EQ(closest(std::string(1000000, 'a'), {"lru"}), "");
}

TEST(ClosestTest, TakesTheFirstOfEquallyCloseOnes) {
  EXPECT_EQ(closest("cat", {"bat", "hat"}), "bat");
  EXPECT_EQ(closest("cart", {"dart", "cat", "cart2"}), "dart");
}

TEST(SuggestionTest, NamesTheClosestOrAllIfThereAreFew) {
  EXPECT_EQ(suggestion("lrru", {"fifo", "lru"}), "did you mean \"lru\"?");
  EXPECT_EQ(suggestion("arc", {"fifo", "lru"}), "known: fifo, lru");
  EXPECT_EQ(suggestion("arc", {}), "");
  EXPECT_EQ(suggestion("zzzzzz", std::vector<std::string>(31, "name")), "");
}

TEST(InQuotesTest, CutsAndEscapes) {
  EXPECT_EQ(in_quotes("a\"b\n\x1b[0m"), R"("a\"b\n\u001b[0m")");
  EXPECT_EQ(in_quotes(std::string(61, 'x')), "\"" + std::string(60, 'x') + "...\"");
  // A character of two bytes is not cut in half.
  EXPECT_EQ(in_quotes(std::string(59, 'x') + "жж"), "\"" + std::string(59, 'x') + "...\"");
}

TEST(AssertDeathTest, NamesTheConditionAndThePlace) {
  EXPECT_DEATH(SIM_ASSERT(1 + 1 == 3), "problem_test.cpp:[0-9]+: assertion failed: 1 \\+ 1 == 3");
}

}  // namespace
}  // namespace faultline::sim
