/// Cost, and what scaled and deployed, on the page and on the console.
#include <gtest/gtest.h>

#include <string>

#include "reports/console.hpp"
#include "reports/html.hpp"
#include "tests/reports/sample_result.hpp"
#include "tests/reports/well_formed.hpp"

namespace faultline::reports {
namespace {

sim::Result sample_with_cost() {
  sim::Result result = sample_result();
  sim::CostResult& cost = result.cost;
  cost.runs = 1;
  cost.currency = "EUR<";
  cost.prices = "List & co";
  cost.date = "2026-11-01";
  cost.seconds = 3600;
  cost.requests_ok = 2e6;
  cost.groups["app"] = {.machines = 3, .requests = 1, .moved = 0.5, .stored = 0.25, .hours = 8};
  cost.all = cost.groups["app"];
  result.log = {{12.5, "scaler", "app: 2 -> 4 (cpu 90% of 60%)"}};
  return result;
}

/// 4.75 for two million requests in an hour: 2.375 a million, 4.75 * 730 a month.
TEST(HtmlCost, ShowsWhatAMillionRequestsAndAMonthCost) {
  const std::string page = html_report(sample_with_cost());
  EXPECT_EQ(markup_problem(page), "");
  EXPECT_NE(page.find("Cost</h2>"), std::string::npos);
  EXPECT_NE(page.find("2.38 EUR&lt;"), std::string::npos);
  EXPECT_NE(page.find("3,468 EUR&lt;"), std::string::npos);
  EXPECT_NE(page.find("List &amp; co, 2026-11-01"), std::string::npos);
  EXPECT_EQ(markup_problem(html_report(sample_with_cost(), {.language = "ru"})), "");
}

TEST(HtmlCost, ShowsWhatScaled) {
  const std::string page = html_report(sample_with_cost());
  EXPECT_NE(page.find("What scaled and deployed</h2>"), std::string::npos);
  EXPECT_NE(page.find("app: 2 -&gt; 4 (cpu 90% of 60%)"), std::string::npos);
}

TEST(HtmlCost, IsNotThereWithoutPrices) {
  EXPECT_EQ(html_report(sample_result()).find("Cost</h2>"), std::string::npos);
  EXPECT_EQ(html_report(sample_result()).find("What scaled"), std::string::npos);
}

TEST(ConsoleCost, ShowsCostAndLog) {
  const std::string text = console_report(sample_with_cost(), {.colour = false, .width = 100});
  EXPECT_NE(text.find("COST (EUR<, prices of List & co, 2026-11-01)"), std::string::npos);
  EXPECT_NE(text.find("2.38 a million"), std::string::npos);
  EXPECT_NE(text.find("LOG\n       12.5 s  scaler: app: 2 -> 4 (cpu 90% of 60%)"),
            std::string::npos);
  const std::string without = console_report(sample_result(), {.colour = false, .width = 100});
  EXPECT_EQ(without.find("COST"), std::string::npos);
  EXPECT_EQ(without.find("LOG"), std::string::npos);
}

}  // namespace
}  // namespace faultline::reports
