/// What every registered type of every kind promises, whoever wrote it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/registry/reference.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::sim {
namespace {

std::string all_of(const Problems& problems) {
  std::string out;
  for (const Problem& problem : problems.sorted()) out += problem.to_text() + "\n";
  return out;
}

template <class Check>
void for_each_type(const Check& check) {
  const TypeCatalogue& catalogue = TypeCatalogue::instance();
  for (const std::string& kind : catalogue.kinds()) {
    for (const TypeRecord* type : catalogue.types(kind)) {
      SCOPED_TRACE(kind + " " + type->name());
      check(*type);
    }
  }
}

TEST(TypeConformanceTest, IsDocumented) {
  for_each_type([](const TypeRecord& type) {
    EXPECT_FALSE(type.doc().title.empty());
    EXPECT_TRUE(type.doc().summary.ends_with('.')) << type.doc().summary;
    for (const auto& parameter : type.params().records()) {
      EXPECT_FALSE(parameter->help().empty()) << parameter->name();
      EXPECT_NE(parameter->name(), "type");
    }
  });
}

TEST(TypeConformanceTest, DefaultsKeepTheirOwnRanges) {
  for_each_type([](const TypeRecord& type) {
    const std::shared_ptr<void> defaults = type.make_params();
    for (const auto& parameter : type.params().records()) {
      // What must be given has no default.
      if (parameter->options().required) continue;
      Json value;
      parameter->write(defaults.get(), value);
      Problems problems;
      ReadContext context{problems};
      const std::shared_ptr<void> read = type.make_params();
      parameter->read(value, read.get(), Path(parameter->name()), context);
      EXPECT_TRUE(problems.empty()) << all_of(problems);
      Json again;
      parameter->write(read.get(), again);
      EXPECT_EQ(again, value) << parameter->name();
    }
  });
}

TEST(TypeConformanceTest, ItsExampleIsReadAndWrittenBack) {
  for_each_type([](const TypeRecord& type) {
    const Json example = example_of(type);
    Problems problems;
    ReadContext context{problems, FAULTLINE_SOURCE_DIR "/tests/data"};  // Files that examples name.
    const AnyChoice choice = read_choice(type.kind(), example, Path("example"), context);
    ASSERT_TRUE(problems.empty()) << example << "\n" << all_of(problems);
    ASSERT_EQ(choice.type, &type) << example;
    Json written;
    write_choice(choice, written);
    const AnyChoice again = read_choice(type.kind(), written, Path("written"), context);
    ASSERT_TRUE(problems.empty()) << written << "\n" << all_of(problems);
    EXPECT_EQ(type.params().write(again.params.get()), type.params().write(choice.params.get()));
  });
}

TEST(TypeConformanceTest, HasASchema) {
  for (const std::string& kind : TypeCatalogue::instance().kinds()) {
    SchemaContext context;
    Json schema;
    choice_schema(kind, context, schema);
    EXPECT_TRUE(schema.contains("$ref"));
    for (const auto& [name, definition] : context.definitions())
      EXPECT_TRUE(definition->is_object()) << name;
  }
}

}  // namespace
}  // namespace faultline::sim
