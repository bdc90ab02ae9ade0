#include "sim/param/json_path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/sim/random_text.hpp"

namespace faultline::sim {
namespace {

using test::Lcg;

TEST(ParsePathTest, ReadsWhatPathWrites) {
  const Path path = ((Path() / "nodes" / "eu a" / "b.c\"\\\n" / "кэш" / "")[12][0] / "x-1");
  const auto steps = parse_path(path.text());
  ASSERT_TRUE(steps);
  EXPECT_EQ(*steps, (std::vector<PathStep>{{"nodes", {}},
                                           {"eu a", {}},
                                           {"b.c\"\\\n", {}},
                                           {"кэш", {}},
                                           {"", {}},
                                           {"", 12},
                                           {"", 0},
                                           {"x-1", {}}}));
  EXPECT_EQ(to_path(*steps).text(), path.text());
  EXPECT_EQ(to_path(*steps, 1).text(), "nodes");
  EXPECT_EQ(parse_path("")->size(), 0U);
  EXPECT_EQ(parse_path("[3]")->size(), 1U);
}

TEST(ParsePathTest, RefusesTheRest) {
  for (const char* text :
       {".", "a.", ".a", "a..b", "a[", "a[]", "a[x]", "a[1", "a[-1]", "a[1]b", "a.[1]", "a[\"b]",
        "a[\"b\"", "a[\"\\q\"]", "a b", "a]", "[99999999999999999999]", "a[\"\\"}) {
    EXPECT_FALSE(parse_path(text)) << text;
  }
}

TEST(ParsePathTest, AnyTextIsAPathOrNot) {
  Lcg chance(5);
  for (int i = 0; i < 50000; ++i) {
    const auto steps = parse_path(chance.text("a.[]\"\\0 9", 10));
    if (steps) {
      EXPECT_EQ(parse_path(to_path(*steps).text()), steps);
    }
  }
}

struct Set {
  Json root;
  std::string problem;
};

Set set(std::string_view path, std::string_view value) {
  Set result{
      Json::parse(
          R"x({"nodes": {"app": {"replicas": 8, "steps": ["cpu(1ms)", {"type": "sleep", "for": "1s"}]},
                                       "eu a": {}}, "title": "T"})x"),
      ""};
  Problems problems;
  set_by_path(result.root, path, value, problems, {"run", "network"});
  EXPECT_LE(problems.size(), 1U);
  if (!problems.empty()) {
    result.problem = problems.sorted()[0].to_text();
    EXPECT_EQ(result.root, set("title", "T").root) << "a refused value changes nothing";
  }
  return result;
}

TEST(SetByPathTest, ReplacesAndAdds) {
  EXPECT_EQ(set("nodes.app.replicas", "4").root["nodes"]["app"]["replicas"], 4);
  EXPECT_EQ(set("nodes.app.timeout", "5ms").root["nodes"]["app"]["timeout"], "5ms");
  EXPECT_EQ(set("nodes.app.steps[1].for", "2s").root["nodes"]["app"]["steps"][1]["for"], "2s");
  EXPECT_EQ(set("nodes.app.steps[0]", "cpu(2ms)").root["nodes"]["app"]["steps"][0], "cpu(2ms)");
  EXPECT_EQ(set("nodes[\"eu a\"].x", "1").root["nodes"]["eu a"]["x"], 1);
  EXPECT_EQ(set("seed", "1").root["seed"], 1);
}

TEST(SetByPathTest, MakesAMissingSection) {
  EXPECT_EQ(set("run.seed", "7").root["run"], (Json{{"seed", 7}}));
  EXPECT_EQ(set("run.a.b", "7").problem,
            "run: nothing there to set a part of; known: nodes, title");
}

TEST(SetByPathTest, TakesJsonForJsonAndTheRestForText) {
  EXPECT_EQ(set("a", "4").root["a"], Json(4));
  EXPECT_EQ(set("a", "\"4\"").root["a"], Json("4"));
  EXPECT_EQ(set("a", "[\"x\", 1]").root["a"], Json::parse("[\"x\", 1]"));
  EXPECT_EQ(set("a", "null").root["a"], Json(nullptr));
  EXPECT_EQ(set("a", "").root["a"], Json(""));
  EXPECT_EQ(set("a", "99.9%").root["a"], Json("99.9%"));
  EXPECT_EQ(set("a", "1e999").root["a"], Json("1e999"));
  EXPECT_EQ(set("a", "{\"x\": 1, \"x\": 2}").problem, "a: x: this name stands here twice");
}

TEST(SetByPathTest, SaysWhatIsWrongWithAPath) {
  EXPECT_EQ(set("nodes.ap.replicas", "4").problem,
            "nodes.ap: nothing there to set a part of; did you mean \"app\"?");
  EXPECT_EQ(set("node.app.replicas", "4").problem,
            "node: nothing there to set a part of; did you mean \"nodes\"?");
  EXPECT_EQ(set("nodes.app.steps[2]", "4").problem,
            "nodes.app.steps[2]: expected an index of at most 1, got 2");
  EXPECT_EQ(set("nodes.app.steps.x", "4").problem,
            "nodes.app.steps: expected an index such as [0], got \"x\"");
  EXPECT_EQ(set("nodes.app[0]", "4").problem, "nodes.app: expected a list, got an object");
  EXPECT_EQ(set("nodes.app.steps[0].mean", "4").problem,
            "nodes.app.steps[0]: expected an object to set \"mean\" in, got \"cpu(1ms)\"; "
            "write it as an object with a \"type\", or set it as a whole");
  EXPECT_EQ(set("nodes.app.replicas.x", "4").problem,
            "nodes.app.replicas: expected an object to set \"x\" in, got 8");
  EXPECT_EQ(set("nodes..x", "4").problem,
            "expected a path such as \"nodes.app.replicas\", got \"nodes..x\"");
  EXPECT_EQ(set("a", "\xff").problem, "not UTF-8: \"\xff\"");
  EXPECT_EQ(set("[\"\\u001b\"]", "4").problem,
            R"(["\u001b"]: a name must not have control characters)");
  EXPECT_EQ(set("", "4").problem, "expected a path such as \"nodes.app.replicas\", got \"\"");
}

}  // namespace
}  // namespace faultline::sim
