#include "sim/param/param.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Everything {
  bool enabled = true;
  std::int64_t count = 3;
  double factor = 1.5;
  std::string label = "none";
  std::string order = "fifo";
  Duration timeout = 1s;
  Bytes size{1024};
  Rate arrivals{100};
  Bandwidth bandwidth{1e9};
  Probability reads{0.95};
  Probability loss{0};
  NodeRef target;
  NodeRef fallback;
  std::optional<Duration> ttl;
  std::optional<std::int64_t> limit = 10;
  std::vector<Duration> delays{1ms, 2ms};
  std::vector<NodeRef> backends;
  std::vector<double> weights;
  std::map<std::string, std::int64_t> quotas;
  std::map<std::string, std::vector<Probability>> tables;

  static void describe(ParamList<Everything>& list) {
    list.add("enabled", &Everything::enabled, "Whether it is on");
    list.add("count", &Everything::count, "How many").unit("threads").between(1, 8);
    list.add("factor", &Everything::factor, "Times slower").above(0).below(10);
    list.add("label", &Everything::label, "Shown to people").not_empty();
    list.add("order", &Everything::order, "Who is next").one_of({"fifo", "lifo"});
    list.add("timeout", &Everything::timeout, "Longest wait").at_least(1ms).at_most(24h);
    list.add("size", &Everything::size, "Of a request").at_least(Bytes{1});
    list.add("arrivals", &Everything::arrivals, "New requests").above(Rate{0});
    list.add("bandwidth", &Everything::bandwidth, "Of the link").above(Bandwidth{0});
    list.add("reads", &Everything::reads, "Share of reads");
    list.add("loss", &Everything::loss, "Share lost").below(Probability{0.5});
    list.add("target", &Everything::target, "Where requests go").required().role("any");
    list.add("fallback", &Everything::fallback, "Where they go else").role("cache");
    list.add("ttl", &Everything::ttl, "Longest age").above(Duration(0));
    list.add("limit", &Everything::limit, "Longest queue").at_least(0);
    list.add("delays", &Everything::delays, "One after the other")
        .at_least(Duration(0))
        .not_empty();
    list.add("backends", &Everything::backends, "Who serves").role("server");
    list.add("weights", &Everything::weights, "One each").above(0);
    list.add("quotas", &Everything::quotas, "By tenant").at_least(1);
    list.add("tables", &Everything::tables, "By name");
  }
};

struct Read {
  Everything params;
  std::vector<std::string> problems;
};

Read read(const std::string& text, const std::vector<std::string>& also_known = {}) {
  Read result;
  Problems problems;
  ReadContext context{problems};
  params_of<Everything>().read(Json::parse(text), &result.params, Path("nodes") / "a", context,
                               also_known);
  for (const Problem& problem : problems.sorted()) result.problems.push_back(problem.to_text());
  return result;
}

/// The problems of one parameter beside the required one, without the common path.
std::vector<std::string> problems_of(const std::string& name, const std::string& value) {
  std::vector<std::string> texts =
      read(R"({"target": "t", ")" + name + "\": " + value + "}").problems;
  for (std::string& text : texts) text.erase(0, std::string("nodes.a.").size());
  return texts;
}

TEST(ParamSetTest, ReadsEveryType) {
  const Read result = read(R"({
    "enabled": false, "count": 8.0, "factor": 2, "label": "x", "order": "lifo", "timeout": "5ms",
    "size": "64KiB", "arrivals": "30/min", "bandwidth": "1MB/s", "reads": "50%", "loss": "1%",
    "target": "app", "fallback": "cache", "ttl": "60s", "limit": null, "delays": ["1us"],
    "backends": ["b", "c[0]"], "weights": [1, 2.5], "quotas": {"x y": 4}, "tables": {"t": ["1%", "2%"]}})");
  EXPECT_THAT(result.problems, IsEmpty());
  const Everything& params = result.params;
  EXPECT_FALSE(params.enabled);
  EXPECT_EQ(params.count, 8);
  EXPECT_EQ(params.factor, 2);
  EXPECT_EQ(params.label, "x");
  EXPECT_EQ(params.order, "lifo");
  EXPECT_EQ(params.timeout, 5ms);
  EXPECT_EQ(params.size, Bytes{65536});
  EXPECT_EQ(params.arrivals, Rate{0.5});
  EXPECT_EQ(params.bandwidth, Bandwidth{8e6});
  EXPECT_EQ(params.reads, Probability{0.5});
  EXPECT_EQ(params.loss, Probability{0.01});
  EXPECT_EQ(params.target.name, "app");
  EXPECT_EQ(params.fallback.name, "cache");
  EXPECT_EQ(params.ttl, 60s);
  EXPECT_EQ(params.limit, std::nullopt);
  EXPECT_THAT(params.delays, ElementsAre(1us));
  EXPECT_THAT(params.backends, ElementsAre(NodeRef{"b"}, NodeRef{"c[0]"}));
  EXPECT_THAT(params.weights, ElementsAre(1, 2.5));
  EXPECT_EQ(params.quotas, (std::map<std::string, std::int64_t>{{"x y", 4}}));
  EXPECT_THAT(params.tables.at("t"), ElementsAre(Probability{0.01}, Probability{0.02}));
}

TEST(ParamSetTest, KeepsDefaultsOfWhatIsNotGiven) {
  const Read result = read(R"({"target": "app"})");
  EXPECT_THAT(result.problems, IsEmpty());
  EXPECT_EQ(result.params.count, 3);
  EXPECT_EQ(result.params.limit, 10);
  EXPECT_EQ(result.params.fallback.name, "");
}

TEST(ParamSetTest, NamesUnknownAndMissingParameters) {
  EXPECT_THAT(
      read(R"({"tiemout": "5ms", "type": "x"})").problems,
      ElementsAre("nodes.a.target: required parameter is missing; reference: Where requests go",
                  "nodes.a.tiemout: unknown parameter; did you mean \"timeout\"?",
                  "nodes.a.type: unknown parameter; known: enabled, count, factor, label, order, "
                  "timeout, size, arrivals, bandwidth, reads, loss, target, fallback, ttl, limit, "
                  "delays, backends, weights, quotas, tables"));
  EXPECT_THAT(read(R"({"target": "t", "type": "x", "replicas": 2})", {"type", "replicas"}).problems,
              IsEmpty());
  EXPECT_THAT(read("[]").problems, ElementsAre("nodes.a: expected an object, got a list"));
}

TEST(ParamSetTest, ReportsAllProblemsAndLeavesWrongFieldsAlone) {
  const Read result =
      read(R"({"target": "t", "count": 0, "timeout": 5, "delays": ["1ms", "x", 3]})");
  EXPECT_THAT(
      result.problems,
      ElementsAre("nodes.a.count: expected at least 1, got 0",
                  "nodes.a.delays[1]: expected a duration with a unit such as \"5ms\", got \"x\"",
                  "nodes.a.delays[2]: expected a duration with a unit such as \"5ms\", got 3",
                  "nodes.a.timeout: expected a duration with a unit such as \"5ms\", got 5"));
  EXPECT_EQ(result.params.count, 3);
  EXPECT_EQ(result.params.timeout, 1s);
  EXPECT_THAT(result.params.delays, ElementsAre(1ms, 2ms));
}

TEST(ValueTypeTest, WholeNumbers) {
  EXPECT_THAT(problems_of("count", "8.0"), IsEmpty());
  EXPECT_THAT(problems_of("count", "8.5"),
              ElementsAre("count: expected a whole number of threads, got 8.5"));
  EXPECT_THAT(
      problems_of("count", "\"8\""),
      ElementsAre("count: expected a whole number of threads, got \"8\"; write it without quotes"));
  EXPECT_THAT(problems_of("count", "\"eight\""),
              ElementsAre("count: expected a whole number of threads, got \"eight\""));
  EXPECT_THAT(problems_of("count", "9"), ElementsAre("count: expected at most 8, got 9"));
  EXPECT_THAT(problems_of("count", "1e300"), ElementsAre("count: expected at most 8, got 1e+300"));
  EXPECT_THAT(problems_of("count", "18446744073709551615"),
              ElementsAre("count: expected at most 8, got 18446744073709551615"));
  EXPECT_THAT(problems_of("limit", "18446744073709551615"),
              ElementsAre("limit: expected at most 9223372036854775807, got 18446744073709551615"));
  EXPECT_THAT(problems_of("limit", "1e300"),
              ElementsAre("limit: expected at most 9223372036854775807, got 1e+300"));
  EXPECT_THAT(problems_of("limit", "9223372036854775807"), IsEmpty());
  EXPECT_THAT(problems_of("limit", "-1"), ElementsAre("limit: expected at least 0, got -1"));
  EXPECT_THAT(problems_of("limit", "-1e300"),
              ElementsAre("limit: expected at least 0, got -1e+300"));
  EXPECT_THAT(problems_of("count", "null"),
              ElementsAre("count: expected a whole number of threads, got null"));
  EXPECT_THAT(problems_of("count", "true"),
              ElementsAre("count: expected a whole number of threads, got true"));
}

TEST(ValueTypeTest, NumbersAndTruthValues) {
  EXPECT_THAT(problems_of("factor", "0"), ElementsAre("factor: expected more than 0, got 0"));
  EXPECT_THAT(problems_of("factor", "10"), ElementsAre("factor: expected less than 10, got 10"));
  EXPECT_THAT(problems_of("factor", "{}"), ElementsAre("factor: expected a number, got an object"));
  EXPECT_THAT(problems_of("enabled", "1"), ElementsAre("enabled: expected true or false, got 1"));
  EXPECT_THAT(
      problems_of("enabled", "\"true\""),
      ElementsAre("enabled: expected true or false, got \"true\"; write it without quotes"));
}

TEST(ValueTypeTest, TextsAndWords) {
  EXPECT_THAT(problems_of("label", "5"),
              ElementsAre("label: expected a text, got 5; write it in quotes"));
  EXPECT_THAT(problems_of("label", "\"\""),
              ElementsAre("label: expected a text that is not empty, got \"\""));
  EXPECT_THAT(
      problems_of("order", "\"lfio\""),
      ElementsAre("order: expected one of fifo, lifo, got \"lfio\"; did you mean \"lifo\"?"));
  EXPECT_THAT(problems_of("order", "1"), ElementsAre("order: expected one of fifo, lifo, got 1"));
}

TEST(ValueTypeTest, DimensionsKeepTheirRange) {
  EXPECT_THAT(problems_of("timeout", "\"0s\""),
              ElementsAre("timeout: expected at least 1ms, got 0s"));
  EXPECT_THAT(problems_of("timeout", "\"25h\""),
              ElementsAre("timeout: expected at most 1d, got 25h"));
  EXPECT_THAT(problems_of("timeout", "\"-5ms\""),
              ElementsAre("timeout: expected at least 1ms, got -5ms"));
  EXPECT_THAT(problems_of("size", "\"0B\""), ElementsAre("size: expected at least 1B, got 0B"));
  EXPECT_THAT(problems_of("arrivals", "\"0/s\""),
              ElementsAre("arrivals: expected more than 0/s, got 0/s"));
  EXPECT_THAT(problems_of("bandwidth", "\"-1kbit/s\""),
              ElementsAre("bandwidth: expected more than 0bit/s, got -1kbit/s"));
  EXPECT_THAT(problems_of("reads", "\"101%\""),
              ElementsAre("reads: expected at most 100%, got 101%"));
  EXPECT_THAT(problems_of("reads", "\"-1%\""), ElementsAre("reads: expected at least 0%, got -1%"));
  EXPECT_THAT(problems_of("reads", "0.95"),
              ElementsAre("reads: expected a share with a unit such as \"95%\", got 0.95"));
  EXPECT_THAT(problems_of("loss", "\"50%\""), ElementsAre("loss: expected less than 50%, got 50%"));
  EXPECT_THAT(problems_of("timeout", "[]"),
              ElementsAre("timeout: expected a duration with a unit such as \"5ms\", got a list"));
}

TEST(ValueTypeTest, References) {
  EXPECT_THAT(problems_of("fallback", "null"), IsEmpty()) << "none is what it is without a value";
  EXPECT_THAT(problems_of("target", "null"),
              ElementsAre("target: expected the name of a node, got null"));
  EXPECT_THAT(problems_of("fallback", "\"\""),
              ElementsAre("fallback: expected the name of a node, got \"\""));
  EXPECT_THAT(problems_of("backends", "\"app\""), IsEmpty());
  EXPECT_THAT(read(R"({"target": "t", "backends": "app"})").params.backends,
              ElementsAre(NodeRef{"app"}));
  EXPECT_THAT(problems_of("backends", "[\"app\", 5]"),
              ElementsAre("backends[1]: expected the name of a node, got 5"));
}

TEST(ValueTypeTest, OptionalsListsAndMaps) {
  EXPECT_THAT(problems_of("ttl", "\"0s\""), ElementsAre("ttl: expected more than 0s, got 0s"));
  EXPECT_THAT(problems_of("ttl", "null"), IsEmpty());
  EXPECT_THAT(problems_of("delays", "[]"),
              ElementsAre("delays: expected at least one entry, got none"));
  EXPECT_THAT(problems_of("delays", "\"1ms\""),
              ElementsAre("delays: expected a list, got \"1ms\""));
  EXPECT_THAT(problems_of("weights", "[1, 0]"),
              ElementsAre("weights[1]: expected more than 0, got 0"));
  EXPECT_THAT(problems_of("quotas", "[1]"), ElementsAre("quotas: expected an object, got a list"));
  EXPECT_THAT(problems_of("quotas", R"({"a": 1, "b.c": 0})"),
              ElementsAre("quotas[\"b.c\"]: expected at least 1, got 0"));
  EXPECT_THAT(problems_of("tables", R"({"t": ["5%", "200%"]})"),
              ElementsAre("tables.t[1]: expected at most 100%, got 200%"));
}

TEST(ValueTypeTest, ListsAreBounded) {
  Everything params;
  Problems problems;
  ReadContext context{problems};
  Json object{{"target", "t"}, {"weights", Json(std::vector<double>(1000001, 1.0))}};
  params_of<Everything>().read(object, &params, Path(), context);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems.sorted()[0].to_text(),
            "weights: expected at most 1000000 entries, got 1000001");
  EXPECT_THAT(params.weights, IsEmpty());
}

Json write(const Everything& params, bool all) {
  const Everything defaults;
  return params_of<Everything>().write(&params, all ? nullptr : &defaults);
}

TEST(ParamSetTest, WritesWhatDiffersFromTheDefaults) {
  Everything params;
  params.target = {"app"};
  params.timeout = 5ms;
  params.limit = std::nullopt;
  params.weights = {1, 2.5};
  EXPECT_EQ(
      write(params, false),
      Json::parse(R"({"target": "app", "timeout": "5ms", "limit": null, "weights": [1.0, 2.5]})"));
  EXPECT_EQ(write(Everything{}, false), Json::object())
      << "a required one that is not set is left out";
}

TEST(ParamSetTest, WhatItWritesReadsBackTheSame) {
  Everything params;
  params.target = {"app"};
  params.enabled = false;
  params.count = 5;
  params.factor = 0.1;
  params.label = "\"quoted\" \\ \n";
  params.order = "lifo";
  params.timeout = 1234567ns;
  params.size = {123456789};
  params.arrivals = {1.0 / 3};
  params.bandwidth = {12345.678};
  params.reads = {2.0 / 3};
  params.fallback = {"x"};
  params.ttl = 7s;
  params.backends = {{"b"}, {"c[3]"}};
  params.quotas = {{"", 1}, {"a.b", 2}};
  params.tables = {{"t", {{0.5}, {0.125}}}, {"u", {}}};
  for (const bool all : {false, true}) {
    const Json written = write(params, all);
    const Read result = read(written.dump());
    EXPECT_THAT(result.problems, IsEmpty());
    EXPECT_EQ(write(result.params, true), write(params, true)) << all;
  }
  // Everything's defaults as well.
  Everything defaults;
  defaults.target = {"app"};
  const Read result = read(write(defaults, true).dump());
  EXPECT_THAT(result.problems, IsEmpty());
  EXPECT_EQ(write(result.params, true), write(defaults, true));
}

TEST(ParamSetTest, CollectsReferences) {
  Everything params;
  params.target = {"app"};
  params.backends = {{"b"}, {"c"}};
  std::vector<FoundRef> found;
  params_of<Everything>().collect_refs(&params, Path("nodes") / "a", found);
  std::vector<std::string> texts;
  for (const FoundRef& ref : found)
    texts.push_back(ref.path.text() + " " + ref.name + " " + ref.role);
  EXPECT_THAT(texts, ElementsAre("nodes.a.target app any", "nodes.a.backends[0] b server",
                                 "nodes.a.backends[1] c server"));
}

std::string about(const char* name) {
  const ParamRecord* record = params_of<Everything>().find(name);
  return record->type_text() + " | " + record->range_text();
}

TEST(ParamRecordTest, SaysTypeAndRange) {
  EXPECT_EQ(about("enabled"), "true or false | ");
  EXPECT_EQ(about("count"), "whole number | 1 to 8");
  EXPECT_EQ(about("factor"), "number | more than 0, less than 10");
  EXPECT_EQ(about("label"), "text | not empty");
  EXPECT_EQ(about("order"), "word | one of: fifo, lifo");
  EXPECT_EQ(about("timeout"), "duration | 1ms to 1d");
  EXPECT_EQ(about("size"), "size | at least 1B");
  EXPECT_EQ(about("arrivals"), "rate | more than 0/s");
  EXPECT_EQ(about("reads"), "share | 0% to 100%");
  EXPECT_EQ(about("loss"), "share | at least 0%, less than 50%");
  EXPECT_EQ(about("backends"), "list of references | ");
  EXPECT_EQ(about("delays"), "list of durations | at least 0s, not empty");
  EXPECT_EQ(about("quotas"), "map of names to whole numbers | at least 1");
  EXPECT_EQ(about("tables"), "map of names to lists of shares | 0% to 100%");
  EXPECT_EQ(params_of<Everything>().find("nothing"), nullptr);
}

TEST(ParamSetTest, DescribesItsSchema) {
  SchemaContext context;
  std::vector<std::string> required;
  const Everything defaults;
  const Json schema = params_of<Everything>().schema_properties(context, required, &defaults);
  EXPECT_THAT(required, ElementsAre("target"));
  EXPECT_EQ(schema["count"],
            Json::parse(R"x({"type": "integer", "minimum": 1, "maximum": 8, "default": 3,
                                             "description": "How many, in threads (1 to 8)"})x"));
  EXPECT_EQ(schema["factor"],
            Json::parse(R"x({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 10,
                                              "default": 1.5, "description": "Times slower (more than 0, less than 10)"})x"));
  EXPECT_EQ(schema["order"]["enum"], Json::parse(R"(["fifo", "lifo"])"));
  EXPECT_EQ(schema["timeout"]["pattern"],
            R"(^[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)? ?(ns|us|ms|s|min|h|d)$)");
  EXPECT_EQ(schema["target"]["minLength"], 1);
  EXPECT_EQ(schema["limit"]["anyOf"][1]["type"], "null");
  EXPECT_EQ(schema["delays"]["items"]["type"], "string");
  EXPECT_EQ(schema["delays"]["minItems"], 1);
  EXPECT_EQ(schema["backends"]["anyOf"][0]["type"], "string");
  EXPECT_EQ(schema["quotas"]["additionalProperties"]["minimum"], 1);
}

TEST(SchemaContextTest, DefinesEachNameOnceEvenInsideItself) {
  SchemaContext context;
  int made = 0;
  const std::function<void(SchemaContext&, Json&)> make = [&](SchemaContext& inner, Json& schema) {
    ++made;
    inner.reference("tree", make, schema["children"]);
  };
  Json first;
  Json second;
  context.reference("tree", make, first);
  context.reference("tree", make, second);
  EXPECT_EQ(made, 1);
  EXPECT_EQ(first, second);
  EXPECT_EQ(first["$ref"], "#/$defs/tree");
  EXPECT_EQ((*context.definitions().at("tree"))["children"], first);
}

struct Twice {
  std::int64_t a = 0;
  static void describe(ParamList<Twice>& list) {
    list.add("a", &Twice::a, "One");
    list.add("a", &Twice::a, "Two");
  }
};

TEST(ParamSetDeathTest, RefusesTwoParametersOfOneName) {
  EXPECT_DEATH(params_of<Twice>(), "assertion failed: find\\(name\\) == nullptr");
}

struct Base {
  std::int64_t inherited = 1;
};
struct Derived : Base {
  std::int64_t own = 2;
  static void describe(ParamList<Derived>& list) {
    list.add("own", &Derived::own, "Own");
    list.add("inherited", &Derived::inherited, "Of the base");
  }
};

TEST(ParamSetTest, ReachesMembersOfABase) {
  Derived params;
  Problems problems;
  ReadContext context{problems};
  params_of<Derived>().read(Json{{"own", 5}, {"inherited", 6}}, &params, Path(), context);
  EXPECT_EQ(params.own, 5);
  EXPECT_EQ(params.inherited, 6);
}

TEST(NumberTextTest, IsShort) {
  EXPECT_EQ(number_text(8), "8");
  EXPECT_EQ(number_text(-0.0), "0");
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(1e14), "100000000000000");
  EXPECT_EQ(number_text(1e30), "1e+30");
}

struct Patience {
  std::int64_t tries = 2;
  std::optional<NodeRef> other;
  static void describe(ParamList<Patience>& list) {
    list.add("tries", &Patience::tries, "How often").between(1, 9);
    list.add("other", &Patience::other, "Whom then").role("store");
  }
};
struct PatientCaller {
  std::string name = "x";
  Patience patience;
  static void describe(ParamList<PatientCaller>& list) {
    list.add("name", &PatientCaller::name, "Who");
    list.include(&PatientCaller::patience);
  }
};

/// The parameters of an included part stand beside the struct's own, with their checks, bounds and
/// references.
TEST(ParamListTest, IncludesThePartsOfAnother) {
  const ParamSet& set = params_of<PatientCaller>();
  EXPECT_EQ(set.names(), (std::vector<std::string>{"name", "tries", "other"}));
  EXPECT_EQ(set.find("tries")->range_text(), "1 to 9");
  PatientCaller caller;
  Problems problems;
  ReadContext context{problems};
  set.read(Json{{"tries", 5}, {"other", "db"}}, &caller, Path(), context);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(caller.patience.tries, 5);
  std::vector<FoundRef> refs;
  set.collect_refs(&caller, Path(), refs);
  ASSERT_EQ(refs.size(), 1u);
  EXPECT_EQ(refs[0].name, "db");
  EXPECT_EQ(refs[0].role, "store");
  const PatientCaller defaults;
  EXPECT_EQ(set.write(&caller, &defaults), (Json{{"tries", 5}, {"other", "db"}}));
  set.read(Json{{"tries", 10}}, &caller, Path(), context);
  EXPECT_EQ(problems.size(), 1u);
}

}  // namespace
}  // namespace faultline::sim
