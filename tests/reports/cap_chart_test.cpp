#include "reports/cap_chart.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/reports/well_formed.hpp"

namespace faultline::reports {
namespace {

std::vector<CapPoint> points() {
  return {{"raft", "linearizable", 10, 0.012, 0.62},
          {"primary, asynchronous", "session", 10, 0.003, 0.98},
          {"quorum", "", 10, 0.006, 0.71},
          {"<multi> & leader", "causal", 10, 0.0031, 1},
          {"nothing measured", "none", 10, std::nan(""), 0.5}};
}

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size()))
    ++count;
  return count;
}

TEST(CapChart, IsWellFormed) {
  for (const char* language : {"en", "ru"}) {
    EXPECT_EQ(markup_problem(cap_chart_page(points(), {.language = language})), "");
    EXPECT_EQ(markup_problem(cap_chart_page({}, {.language = language})), "");
  }
}

TEST(CapChart, HasAPointForEachConfigurationThatHasBothValues) {
  const std::string page = cap_chart_page(points());
  EXPECT_EQ(occurrences(page, "<circle"), 4u);
  EXPECT_EQ(occurrences(page, "class=\"model m-linearizable\""), 2u);  // And in the legend.
  EXPECT_EQ(occurrences(page, "class=\"model m-undecided\""), 2u);
  EXPECT_EQ(occurrences(page, "class=\"model m-none\""), 0u);
  EXPECT_EQ(occurrences(page, "raft · linearizable</text>"), 1u);
}

TEST(CapChart, MoreAvailableIsHigherAndSlowerIsFurtherRight) {
  const auto place = [](const CapPoint& point) {
    // A second point far off fixes the axes.
    const std::string page = cap_chart_page({point, {"far", "none", 1, 1.0, 0.1}});
    const std::size_t at = page.find("<circle cx=\"");
    const std::size_t x = at + 12;
    const std::size_t y = page.find("cy=\"", at) + 4;
    return std::pair{std::stod(page.substr(x)), std::stod(page.substr(y))};
  };
  const auto low = place({"a", "causal", 1, 0.001, 0.2});
  const auto high = place({"a", "causal", 1, 0.001, 0.9});
  EXPECT_LT(high.second, low.second);
  const std::string page =
      cap_chart_page({{"a", "causal", 1, 0.001, 0.5}, {"b", "pram", 1, 0.1, 0.5}});
  const std::size_t first = page.find("cx=\"") + 4;
  const std::size_t second = page.find("cx=\"", first) + 4;
  EXPECT_LT(std::stod(page.substr(first)), std::stod(page.substr(second)));
}

TEST(CapChart, LabelsOfPointsInOnePlaceStandApart) {
  std::vector<CapPoint> same;
  for (const char* name : {"a", "b", "c"}) same.push_back({name, "causal", 1, 0.001, 0.5});
  const std::string page = cap_chart_page(same);
  std::vector<std::pair<std::string, std::string>> places;
  for (const char* name : {"a", "b", "c"}) {
    const std::size_t end = page.find(std::string(">") + name + " · causal</text>");
    ASSERT_NE(end, std::string::npos);
    const std::size_t begin = page.rfind("<text", end);
    places.emplace_back(name, page.substr(begin, page.find(" class", begin) - begin));
  }
  EXPECT_NE(places[0].second, places[1].second);
  EXPECT_NE(places[1].second, places[2].second);
}

TEST(CapChart, AsATable) {
  const std::string table = cap_chart_table(points(), 80, false);
  EXPECT_EQ(table.substr(0, table.find('\n', table.find('\n') + 1)),
            "  configuration          strongest model  histories  p99 if calm  ok in fault\n"
            "  raft                   linearizable            10      12.0 ms       62.0 %");
  EXPECT_NE(table.find("not decided"), std::string::npos);
}

}  // namespace
}  // namespace faultline::reports
