#include "tests/models/algorithms/limiting/limiting_fixture.hpp"

namespace faultline::models::limiting_test {
namespace {

TEST(PriorityShedding, TheLessImportantTheSoonerItIsShed) {
  const auto rule = make_shedder("priority(100, 50, 20)");
  EXPECT_TRUE(rule->admits(2, 19));
  EXPECT_FALSE(rule->admits(2, 20));
  EXPECT_FALSE(rule->admits(7, 20));  // The last threshold holds for all beyond.
  EXPECT_TRUE(rule->admits(7, 19));
  EXPECT_TRUE(rule->admits(1, 49));
  EXPECT_FALSE(rule->admits(1, 50));
  EXPECT_TRUE(rule->admits(0, 99));
  EXPECT_FALSE(rule->admits(0, 100));
  EXPECT_FALSE(rule->needs_queue());
}

TEST(PriorityShedding, ThresholdsDoNotRise) {
  sim::Problems problems;
  sim::ReadContext context{problems};
  const sim::TypeRecord* type = sim::TypeCatalogue::instance().find(LoadShedder::kind, "priority");
  ASSERT_NE(type, nullptr);
  const auto params = type->make_params();
  // As a file has it: {"thresholds": [10, 20]}.
  *static_cast<std::vector<std::int64_t>*>(params.get()) = {10, 20};
  type->check(params.get(), sim::Path("shedding"), problems);
  ASSERT_EQ(problems.sorted().size(), 1u);
  EXPECT_EQ(problems.sorted()[0].to_text(),
            "shedding.thresholds[1]: is above that of a more important priority");
}

}  // namespace
}  // namespace faultline::models::limiting_test
