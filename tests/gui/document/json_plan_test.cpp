#include "gui/document/json_plan.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace faultline::gui {
namespace {

using Json = nlohmann::json;

std::vector<sim::PathStep> at(const char* path) { return *pathSteps(QString::fromUtf8(path)); }

QByteArray applied(QByteArray text, const std::vector<Splice>& splices) {
  for (const Splice& splice : splices) {
    EXPECT_EQ(text.mid(splice.offset, splice.removed.size()), splice.removed);
    text.replace(splice.offset, splice.removed.size(), splice.inserted);
  }
  return text;
}

std::string changed(const QByteArray& text,
                    const std::function<void(JsonPlan&, const JsonText&)>& change) {
  const auto json = JsonText::scan(text);
  EXPECT_TRUE(json);
  JsonPlan plan(*json);
  change(plan, *json);
  return applied(text, plan.splices()).toStdString();
}

std::string set(const QByteArray& text, const char* path, const Json& value) {
  return changed(
      text, [&](JsonPlan& plan, const JsonText&) { EXPECT_TRUE(plan.setPath(at(path), value)); });
}

std::string removed(const QByteArray& text, std::initializer_list<const char*> paths) {
  return changed(text, [&](JsonPlan& plan, const JsonText& json) {
    for (const char* path : paths) plan.remove(json.find(at(path)));
  });
}

TEST(JsonPlan, AValueIsReplacedAndNothingElse) {
  EXPECT_EQ(set("{ \"a\" : 1 , // one\n  \"b\":2}", "a", 7), "{ \"a\" : 7 , // one\n  \"b\":2}");
}

TEST(JsonPlan, AMemberOnItsNeighboursLineStandsBehindIt) {
  EXPECT_EQ(set("{\"a\": {\"x\": 1}}", "a.y", "z"), "{\"a\": {\"x\": 1, \"y\": \"z\"}}");
}

TEST(JsonPlan, AMemberWhereEachHasItsLineGetsOne) {
  EXPECT_EQ(set("{\n    \"a\": 1, // one\n    \"b\": 2 // two\n}\n", "c", 3),
            "{\n    \"a\": 1, // one\n    \"b\": 2, // two\n    \"c\": 3\n}\n");
}

TEST(JsonPlan, TabsAndLineEndsAreTheFilesOwn) {
  EXPECT_EQ(set("{\r\n\t\"a\": 1\r\n}\r\n", "b", 2), "{\r\n\t\"a\": 1,\r\n\t\"b\": 2\r\n}\r\n");
}

TEST(JsonPlan, ObjectsOnTheWayAreMade) {
  EXPECT_EQ(set("{\n  \"a\": 1\n}", "run.seed", 5), "{\n  \"a\": 1,\n  \"run\": {\"seed\": 5}\n}");
}

TEST(JsonPlan, RemovingTakesTheCommaAndTheCommentBehind) {
  const QByteArray text =
      "{\n  \"a\": 1, // one\n  // of b\n  \"b\": 2, // two\n  \"c\": 3 // three\n}\n";
  EXPECT_EQ(removed(text, {"a"}), "{\n  // of b\n  \"b\": 2, // two\n  \"c\": 3 // three\n}\n");
  EXPECT_EQ(removed(text, {"b"}), "{\n  \"a\": 1, // one\n  \"c\": 3 // three\n}\n");
  EXPECT_EQ(removed(text, {"c"}), "{\n  \"a\": 1, // one\n  // of b\n  \"b\": 2 // two\n}\n");
  EXPECT_EQ(removed(text, {"a", "b", "c"}), "{}\n");
}

TEST(JsonPlan, RemovingOnOneLine) {
  const QByteArray text = "{\"a\": 1, \"b\": 2, \"c\": 3}";
  EXPECT_EQ(removed(text, {"a"}), "{\"b\": 2, \"c\": 3}");
  EXPECT_EQ(removed(text, {"b"}), "{\"a\": 1, \"c\": 3}");
  EXPECT_EQ(removed(text, {"c"}), "{\"a\": 1, \"b\": 2}");
  EXPECT_EQ(removed(text, {"a", "b"}), "{\"c\": 3}");
  EXPECT_EQ(removed(text, {"b", "c"}), "{\"a\": 1}");
  EXPECT_EQ(removed(text, {"a", "c"}), "{\"b\": 2}");
  EXPECT_EQ(removed(text, {"a", "b", "c"}), "{}");
}

TEST(JsonPlan, RemovingAndAddingInOneObject) {
  EXPECT_EQ(set("{\"a\": {\"x\": 1, \"y\": 2}}", "a", Json{{"z", 3}}), "{\"a\": {\"z\": 3}}");
  EXPECT_EQ(set("{\"a\": {\"x\": 1, \"y\": 2}}", "a", Json{{"x", 1}, {"z", 3}}),
            "{\"a\": {\"x\": 1, \"z\": 3}}");
}

TEST(JsonPlan, ListsChangeWhereTheyDiffer) {
  EXPECT_EQ(set("{\"a\": [1, /* two */ 2, 3]}", "a", Json{1, 2, 3, 4}),
            "{\"a\": [1, /* two */ 2, 3, 4]}");
  EXPECT_EQ(set("{\"a\": [1, /* two */ 2, 3]}", "a", Json{0, 1, 2, 3}),
            "{\"a\": [0, 1, /* two */ 2, 3]}");
  EXPECT_EQ(set("{\"a\": [\n  1,\n  2,\n  3\n]}", "a", Json{1, 3}), "{\"a\": [\n  1,\n  3\n]}");
  EXPECT_EQ(set("{\"a\": [\n  1,\n  3\n]}", "a", Json{1, 2, 3}), "{\"a\": [\n  1,\n  2,\n  3\n]}");
  EXPECT_EQ(set("{\"a\": [1]}", "a", Json::array()), "{\"a\": []}");
}

TEST(JsonPlan, LongLinesAreBroken) {
  QByteArray text = "{\"layout\": {\"a\": [1, 1]}}";
  for (int i = 0; i < 20; ++i) {
    text = QByteArray::fromStdString(
        set(text, ("layout.node_number_" + std::to_string(i)).c_str(), Json{1000 + i, 2000}));
  }
  for (const QByteArray& line : text.split('\n')) EXPECT_LE(line.size(), 121) << line.toStdString();
}

TEST(JsonPlan, WhatIsAddedToAListFarToTheRightBeginsNearTheLeft) {
  const std::string text =
      set("{\n  \"nodes\": {\n    \"app_server1\": {\"type\": \"app_server\", \"endpoints\": "
          "{\"default\": [\"cpu(5ms)\"]}, \"workers\": 8}\n  }\n}\n",
          "nodes.app_server1.endpoints.default[1]",
          Json{{"type", "cache_aside"}, {"cache", "cache1"}, {"store", "a_database_of_orders"}});
  EXPECT_NE(text.find("[\"cpu(5ms)\",\n      {\"type\": \"cache_aside\""), std::string::npos)
      << text;
}

TEST(JsonPlan, ALongValueGoesOverSeveralLines) {
  Json node = {{"type", "app_server"}};
  for (int i = 0; i < 12; ++i) node["parameter_number_" + std::to_string(i)] = "some text";
  const std::string text = set("{\n  \"nodes\": {\n    \"a\": {}\n  }\n}\n", "nodes.b", node);
  EXPECT_NE(text.find("\n    \"b\": {\n      \"type\": \"app_server\",\n"), std::string::npos)
      << text;
  EXPECT_TRUE(text.ends_with("\n    }\n  }\n}\n")) << text;
}

TEST(JsonPlan, WhatIsReplacedWithinWhatGoesDoesNotMatter) {
  const std::string text =
      changed("{\"a\": {\"x\": 1}, \"b\": 2}", [](JsonPlan& plan, const JsonText& json) {
        plan.set(json.find(at("a.x")), 5);
        plan.remove(json.find(at("a")));
      });
  EXPECT_EQ(text, "{\"b\": 2}");
}

TEST(JsonText, RefusesWhatIsNoJson) {
  for (const char* text :
       {"", "{", "{]", "{\"a\" 1}", "{\"a\": 1,}", "[1, 2", "{\"a\": 01}", "\"a", "tru",
        "{\"a\": \"\x01\"}", "{} {}", "/* {}", "[1 2]", "{\"a\": \"\\x\"}", "-", "1."}) {
    EXPECT_FALSE(JsonText::scan(text)) << text;
  }
  EXPECT_FALSE(JsonText::scan(QByteArray(100'000, '[')));
  EXPECT_TRUE(JsonText::scan("// c\n{} // d"));
  EXPECT_TRUE(JsonText::scan("\xEF\xBB\xBF{\"a\": [1e-5, -0.5, true, null]}"));
}

TEST(JsonText, FindsPlacesBothWays) {
  const auto json = JsonText::scan(R"({"a": {"b\"c": [1, {"d": "x"}]}})");
  ASSERT_TRUE(json);
  const auto path = at(R"(a["b\"c"][1].d)");
  const std::int32_t node = json->find(path);
  ASSERT_GE(node, 0);
  EXPECT_EQ(json->stringOf(node), "x");
  EXPECT_EQ(json->pathOf(node), path);
  EXPECT_EQ(json->nodeAt(json->at(node).begin), node);
}

}  // namespace
}  // namespace faultline::gui
