#include "sim/registry/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/sim/random_text.hpp"
#include "tests/sim/registry/sample_types.hpp"

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;
using test::SampleColor;
using test::SampleShape;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The shapes, declared as a model declares its policies.

struct DotParams {
  Duration after = 1ms;
  static void describe(ParamList<DotParams>& list) {
    list.add("after", &DotParams::after, "When it appears").required().at_least(Duration(0));
  }
};
struct Dot final : SampleShape {
  Dot(const DotParams& params, const MakeArgs& args) : area_(params.after.count() * args.scale) {}
  std::int64_t area() const override { return area_; }
  std::int64_t area_;
};
const Registration<SampleShape, Dot, DotParams> dot{{.name = "dot",
                                                     .title = "Dot",
                                                     .summary = "A point | with <no> extent.",
                                                     .source = "Euclid, Elements, book I"}};

struct BoxParams {
  std::int64_t width = 2;
  std::int64_t height = 3;
  static void describe(ParamList<BoxParams>& list) {
    list.add("width", &BoxParams::width, "From left to right").unit("cells").at_least(1);
    list.add("height", &BoxParams::height, "From top to bottom").unit("cells").between(1, 100);
  }
  static void check(const BoxParams& params, const Path& path, Problems& problems) {
    if (params.width < params.height - 50)
      problems.add(path / "width", "too narrow for its height");
  }
};
struct Box final : SampleShape {
  Box(const BoxParams& params, const MakeArgs& args)
      : area_(params.width * params.height * args.scale) {}
  std::int64_t area() const override { return area_; }
  std::int64_t area_;
};
const Registration<SampleShape, Box, BoxParams> box{{.name = "box",
                                                     .title = "Box",
                                                     .summary = "A rectangle.",
                                                     .does_not_model = "rounded corners"}};

struct GroupParams {
  std::string label;
  Choice<SampleColor> color;
  Choice<SampleShape> frame{"box(5, height=6)"};
  NodeRef near;
  std::vector<Choice<SampleShape>> members;
  static void describe(ParamList<GroupParams>& list) {
    list.add("label", &GroupParams::label, "Shown to people");
    list.add("color", &GroupParams::color, "Of the frame");
    list.add("frame", &GroupParams::frame, "Around the members");
    list.add("near", &GroupParams::near, "Where it stands").role("shelf");
    list.add("members", &GroupParams::members, "What is inside");
  }
};
struct Group final : SampleShape {
  Group(const GroupParams& params, const MakeArgs& args) {
    for (const auto& member : params.members) area_ += member.make(args)->area();
  }
  std::int64_t area() const override { return area_; }
  std::int64_t area_ = 0;
};
const Registration<SampleShape, Group, GroupParams> group{
    {.name = "group", .title = "Group", .summary = "Shapes together."}};

struct Red final : SampleColor {
  Red(const NoParams&, const MakeArgs&) {}
};
const Registration<SampleColor, Red, NoParams> red{
    {.name = "red", .title = "Red", .summary = "The colour of roses."}};
struct Blue final : SampleColor {
  Blue(const NoParams&, const MakeArgs&) {}
};
const Registration<SampleColor, Blue, NoParams> blue{
    {.name = "blue", .title = "Blue", .summary = "The colour of the sky."}};

struct ReadShape {
  Choice<SampleShape> shape;
  std::vector<std::string> problems;
};

ReadShape read_json_shape(const Json& json) {
  Problems problems;
  ReadContext context{problems};
  ReadShape result;
  result.shape =
      Choice<SampleShape>(read_choice("sample_shape", json, Path("shape"), context, "dot"));
  for (const Problem& problem : problems.sorted()) result.problems.push_back(problem.to_text());
  return result;
}

ReadShape read_shape(const std::string& text) { return read_json_shape(Json::parse(text)); }

/// What a file would say, as the writer says it.
std::string written(const std::string& text) {
  const ReadShape read = read_shape(text);
  EXPECT_THAT(read.problems, IsEmpty());
  Json json;
  write_choice(read.shape.any(), json, "dot");
  return json.dump();
}

std::vector<std::string> problems_of(const std::string& text) {
  const ReadShape read = read_shape(text);
  EXPECT_FALSE(read.shape);
  return read.problems;
}

TEST(CatalogueTest, ListsKindsAndTypesByName) {
  const TypeCatalogue& catalogue = TypeCatalogue::instance();
  EXPECT_THAT(catalogue.names("sample_shape"), ElementsAre("box", "dot", "group"));
  EXPECT_THAT(catalogue.names("nothing"), IsEmpty());
  EXPECT_THAT(catalogue.kinds(), ::testing::IsSupersetOf({"sample_color", "sample_shape"}));
  const std::vector<std::string> kinds = catalogue.kinds();
  EXPECT_TRUE(std::is_sorted(kinds.begin(), kinds.end()));
  EXPECT_EQ(catalogue.find("sample_shape", "box"), &box);
  EXPECT_EQ(catalogue.find("sample_shape", "red"), nullptr);
  EXPECT_EQ(catalogue.find("nothing", "red"), nullptr);
}

TEST(CatalogueDeathTest, StopsAtTwoTypesOfOneNameAndAtABadName) {
  using Again = Registration<SampleColor, Red, NoParams>;
  EXPECT_DEATH(Again({.name = "red", .title = "", .summary = ""}),
               "two types of sample_color have the name \"red\"");
  EXPECT_DEATH(Again({.name = "Dark-Red", .title = "", .summary = ""}),
               "the name \"Dark-Red\" of a type of sample_color");
}

TEST(ReadChoiceTest, AllFormsAreTheSame) {
  for (const char* text :
       {R"x("box(7, 9)")x", R"x("box(7, height=9)")x", R"x("box(height=9, width=7)")x",
        R"x(" box ( 7 , 9 ) ")x", R"x({"type": "box", "width": 7, "height": 9})x"}) {
    const ReadShape read = read_shape(text);
    EXPECT_THAT(read.problems, IsEmpty()) << text;
    ASSERT_TRUE(read.shape) << text;
    EXPECT_EQ(read.shape.name(), "box");
    EXPECT_EQ(read.shape.make({.scale = 2})->area(), 126) << text;
    EXPECT_EQ(written(text), "\"box(7, 9)\"");
  }
  for (const char* text : {R"x("box")x", R"x("box()")x", R"x({"type": "box"})x", R"x("box(2)")x",
                           R"x({"type": "box", "width": 2.0})x"}) {
    EXPECT_EQ(written(text), "\"box\"") << text;
  }
}

TEST(ReadChoiceTest, ABareValueIsForTheBareType) {
  for (const char* text : {R"x("5ms")x", R"x("dot(5ms)")x", R"x("dot(after=5ms)")x",
                           R"x({"type": "dot", "after": "5ms"})x"}) {
    EXPECT_EQ(written(text), "\"5ms\"") << text;
    EXPECT_EQ(read_shape(text).shape.make({})->area(), 5000000);
  }
  EXPECT_THAT(problems_of("5"),
              ElementsAre("shape: expected a duration with a unit such as \"5ms\", got 5"));
  EXPECT_THAT(problems_of("\"5\""),
              ElementsAre("shape: expected a duration with a unit such as \"5ms\", got \"5\""));
  EXPECT_THAT(problems_of("\"-5ms\""), ElementsAre("shape: expected at least 0s, got -5ms"));
  EXPECT_THAT(
      problems_of("\"whatever\""),
      ElementsAre("shape: expected a duration with a unit such as \"5ms\", got \"whatever\""));
  EXPECT_THAT(problems_of("\"dto\""),
              ElementsAre("shape: unknown sample_shape \"dto\"; did you mean \"dot\"?"))
      << "close to a name it was meant as one";
}

TEST(ReadChoiceTest, Nests) {
  EXPECT_EQ(written(R"x("group(members=[dot(3ms), box(1, 2), 5ms])")x"),
            R"x({"members":["3ms","box(1, 2)","5ms"],"type":"group"})x");
  EXPECT_EQ(
      written(R"x("group(a, red, dot(3ms), shelf[0], 1ms, group(frame=box), box(1))")x"),
      R"x({"color":"red","frame":"3ms","label":"a","members":["1ms","group(frame=box)","box(1)"],"near":"shelf[0]","type":"group"})x");
  EXPECT_EQ(written(R"x("group(\"a, b\", members=[])")x"), R"x({"label":"a, b","type":"group"})x");
  EXPECT_EQ(written(R"x("group(color=red, frame=dot(2s))")x"), R"x("group(color=red, frame=2s)")x");
  EXPECT_EQ(read_shape(R"x("group(members=[box(2, 3), group(members=[box(4, 5)])])")x")
                .shape.make({})
                ->area(),
            26);
}

TEST(ReadChoiceTest, APositionalListTakesTheRestOrIsTheList) {
  const std::string full = R"x(group(a, red, box, shelf, %))x";
  const auto members = [&](const std::string& rest) {
    std::string text = full;
    text.replace(text.find('%'), 1, rest);
    return Json::parse(written(Json(text).dump()))["members"].dump();
  };
  EXPECT_EQ(members("box"), R"x(["box"])x");
  EXPECT_EQ(members("[box]"), R"x(["box"])x");
  EXPECT_EQ(members("[box, 1ms]"), R"x(["box","1ms"])x");
  EXPECT_EQ(members("box, 1ms"), R"x(["box","1ms"])x");
}

TEST(ReadChoiceTest, SaysWhatIsWrong) {
  EXPECT_THAT(problems_of(R"x("bxo(1)")x"),
              ElementsAre("shape: unknown sample_shape \"bxo\"; did you mean \"box\"?"));
  EXPECT_THAT(problems_of(R"x("circle(1)")x"),
              ElementsAre("shape: unknown sample_shape \"circle\"; known: box, dot, group"));
  EXPECT_THAT(problems_of(R"x({"type": "bxo"})x"),
              ElementsAre("shape.type: unknown sample_shape \"bxo\"; did you mean \"box\"?"));
  EXPECT_THAT(problems_of(R"x({"type": 5})x"),
              ElementsAre("shape.type: expected the name of a type of sample_shape, got 5; known: "
                          "box, dot, group"));
  EXPECT_THAT(problems_of(R"x({"width": 5})x"),
              ElementsAre("shape: expected an object with a \"type\" that names the sample_shape; "
                          "known: box, dot, group"));
  EXPECT_THAT(
      problems_of("null"),
      ElementsAre(
          "shape: expected the name of a type of sample_shape, got null; known: box, dot, group"));
  EXPECT_THAT(problems_of("[]"), ElementsAre("shape: expected the name of a type of sample_shape, "
                                             "got a list; known: box, dot, group"));
  EXPECT_THAT(problems_of(R"x("box(1")x"),
              ElementsAre("shape: in \"box(1\", column 6: expected \")\""));
}

TEST(ReadChoiceTest, SaysWhatIsWrongWithArguments) {
  EXPECT_THAT(problems_of(R"x("box(1, 2, 3)")x"),
              ElementsAre("shape: box takes at most 2 arguments (width, height), got 3"));
  EXPECT_THAT(problems_of(R"x("dot(1ms, 2ms)")x"),
              ElementsAre("shape: dot takes at most 1 argument (after), got 2"));
  EXPECT_THAT(problems_of(R"x("group(color=red(1))")x"),
              ElementsAre("shape.color: red takes no arguments, got 1"));
  EXPECT_THAT(problems_of(R"x("box(1, width=2)")x"), ElementsAre("shape.width: given twice"));
  EXPECT_THAT(problems_of(R"x("box(hieght=2)")x"),
              ElementsAre("shape.hieght: unknown parameter; did you mean \"height\"?"));
  EXPECT_THAT(problems_of(R"x("box(type=2)")x"),
              ElementsAre("shape.type: unknown parameter; known: width, height"));
  EXPECT_THAT(problems_of(R"x("box(0, tall)")x"),
              ElementsAre("shape.height: expected a whole number of cells, got \"tall\"",
                          "shape.width: expected at least 1, got 0"));
  EXPECT_THAT(problems_of(R"x("dot")x"),
              ElementsAre("shape.after: required parameter is missing; duration: When it appears"));
  EXPECT_THAT(problems_of(R"x("box(1, 90)")x"),
              ElementsAre("shape.width: too narrow for its height"));
  EXPECT_THAT(problems_of(R"x("group(members=[box, bxo, box(0)])")x"),
              ElementsAre("shape.members[1]: unknown sample_shape \"bxo\"; did you mean \"box\"?",
                          "shape.members[2].width: expected at least 1, got 0"));
}

TEST(ChoiceTest, ADefaultIsReadLikeAnyOther) {
  const Choice<SampleShape> shape{"box(3, 4)"};
  EXPECT_EQ(shape.make({})->area(), 12);
  EXPECT_EQ(Choice<SampleShape>{"5ns"}.make({})->area(), 5);
  EXPECT_FALSE(Choice<SampleShape>());
}

TEST(ChoiceDeathTest, AWrongDefaultStopsTheProgram) {
  EXPECT_DEATH(Choice<SampleShape>{"box(0)"},
               "a default of our own is wrong: sample_shape \"box\\(0\\)\"\n  width: expected at "
               "least 1, got 0");
  EXPECT_DEATH(Choice<SampleShape>().make({}), "assertion failed: choice_.type");
  EXPECT_DEATH(Choice<SampleColor>{Choice<SampleShape>{"box"}.any()}, "assertion failed");
}

TEST(ChoiceTest, NullIsNoChoiceWhereThereIsNoneWithoutIt) {
  EXPECT_EQ(written(R"x({"type": "group", "color": null})x"), "\"group\"");
  EXPECT_THAT(problems_of(R"x({"type": "group", "frame": null})x"),
              ElementsAre("shape.frame: expected the name of a type of sample_shape, got null; "
                          "known: box, dot, group"));
}

TEST(ChoiceTest, CollectsReferencesOfWhatIsInside) {
  const ReadShape read = read_shape(R"x("group(near=a, members=[box, group(near=b)])")x");
  std::vector<FoundRef> found;
  collect_choice_refs(read.shape.any(), Path("shape"), found);
  std::vector<std::string> texts;
  for (const FoundRef& ref : found)
    texts.push_back(ref.path.text() + " " + ref.name + " " + ref.role);
  EXPECT_THAT(texts, ElementsAre("shape.near a shelf", "shape.members[1].near b shelf"));
  collect_choice_refs(AnyChoice{}, Path("shape"), found);
  EXPECT_EQ(found.size(), 2U);
}

TEST(WriteChoiceTest, WhatItWritesReadsBackTheSame) {
  for (
      const char* text :
      {R"x("box")x", R"x("5ms")x", R"x("box(7)")x", R"x("box(height=7)")x",
       R"x({"type": "group", "label": "5"})x", R"x({"type": "group", "label": "a, b"})x",
       R"x({"type": "group", "label": "k=v"})x", R"x({"type": "group", "label": " a"})x",
       R"x({"type": "group", "label": "true"})x", R"x({"type": "group", "label": "[x]"})x",
       R"x({"type": "group", "label": "\"q\""})x",
       R"x({"type": "group", "near": "b[0]", "members": ["1ms", {"type": "group", "members": ["box(1)"]}]})x"}) {
    const std::string once = written(text);
    EXPECT_EQ(written(once), once) << text;
    // Everything, not only what the writer shows.
    const auto all = [](const std::string& form) {
      const ReadShape read = read_shape(form);
      return read.shape.name() +
             read.shape.type().params().write(read.shape.any().params.get()).dump();
    };
    EXPECT_EQ(all(once), all(text)) << text;
  }
  Json none = 1;
  write_choice(AnyChoice{}, none);
  EXPECT_TRUE(none.is_null());
}

TEST(ReadChoiceTest, AnyTextIsAChoiceOrAProblem) {
  test::Lcg chance(7);
  const std::vector<std::string> words{"box",   "dot", "group", "members=", "width=", "(",
                                       ")",     "[",   "]",     ",",        "5ms",    "1",
                                       "\"a\"", " ",   "red",   "{"};
  for (int i = 0; i < 30000; ++i) {
    std::string text;
    for (std::uint64_t n = chance.below(12); n > 0; --n) text += words[chance.below(words.size())];
    const ReadShape read = read_json_shape(Json(text));
    EXPECT_NE(static_cast<bool>(read.shape), !read.problems.empty()) << text;
    if (!read.shape) continue;
    Json json;
    write_choice(read.shape.any(), json, "dot");
    const ReadShape again = read_json_shape(json);
    ASSERT_TRUE(again.shape) << text << json.dump();
    Json twice;
    write_choice(again.shape.any(), twice, "dot");
    EXPECT_EQ(json, twice) << text;
  }
}

TEST(ChoiceSchemaTest, HasAllForms) {
  SchemaContext context;
  Json schema;
  choice_schema("sample_shape", context, schema, "dot");
  EXPECT_EQ(schema, (Json{{"$ref", "#/$defs/sample_shape"}}));
  const Json& forms = (*context.definitions().at("sample_shape"))["anyOf"];
  ASSERT_EQ(forms.size(), 5U);
  EXPECT_EQ(forms[0]["pattern"], R"x(^\s*(box|dot|group)\s*(\([\s\S]*\)\s*)?$)x");
  EXPECT_EQ(forms[1], Json::parse(R"x({
    "type": "object", "title": "Box", "description": "A rectangle.", "additionalProperties": false, "required": ["type"],
    "properties": {
      "type": {"const": "box"},
      "width": {"type": "integer", "minimum": 1, "default": 2, "description": "From left to right, in cells (at least 1)"},
      "height": {"type": "integer", "minimum": 1, "maximum": 100, "default": 3, "description": "From top to bottom, in cells (1 to 100)"}}})x"));
  EXPECT_EQ(forms[2]["required"], Json::parse(R"x(["type", "after"])x"));
  EXPECT_EQ(forms[3]["properties"]["members"]["items"], schema) << "it contains itself";
  EXPECT_EQ(forms[3]["properties"]["color"]["$ref"], "#/$defs/sample_color");
  EXPECT_EQ(forms[4]["type"], "string") << "a duration alone is a dot";
  EXPECT_EQ(context.definitions().size(), 2U);
}

}  // namespace
}  // namespace faultline::sim
