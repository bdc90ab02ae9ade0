#include "reports/findings_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/console.hpp"
#include "reports/html.hpp"
#include "tests/reports/sample_result.hpp"
#include "tests/reports/well_formed.hpp"

namespace faultline::reports {
namespace {

using testing::HasSubstr;
using testing::Not;

sim::Finding deadlock() {
  return {.kind = "deadlock",
          .node = "app[0]",
          .at_seconds = 12.5,
          .parts = {{"pay #1", "alice", "bob", 12.25}, {"pay <2>", "bob", "alice", 12.5}}};
}

TEST(FindingsText, ADeadlockNamesWhoHoldsWhatAndWaitsForWhat) {
  EXPECT_EQ(finding_kind_text("deadlock", Language::english), "Deadlock");
  EXPECT_EQ(finding_kind_text("deadlock", Language::russian), "Взаимная блокировка");
  EXPECT_EQ(finding_part_text(deadlock(), 0, Language::english),
            "pay #1 holds alice and waits for bob since " + time_text(12.25, Language::english));
  EXPECT_EQ(finding_part_text(deadlock(), 1, Language::russian),
            "pay <2> держит bob и ждёт alice с " + time_text(12.5, Language::russian));
}

TEST(FindingsText, ALostUpdateNamesBothWriters) {
  const sim::Finding lost{.kind = "lost_update",
                          .node = "app",
                          .at_seconds = 2,
                          .parts = {{"add #1", "hits", "", 1}, {"add #2", "hits", "", 1.5}}};
  EXPECT_THAT(finding_part_text(lost, 0, Language::english), HasSubstr("add #1 had read hits at"));
  EXPECT_THAT(finding_part_text(lost, 1, Language::english), HasSubstr("add #2 wrote hits at"));
}

TEST(FindingsText, AKindWithoutWordsOfItsOwnIsItsName) {
  EXPECT_EQ(finding_kind_text("out_of_memory", Language::english), "Out of memory");
  const sim::Finding other{.kind = "x",
                           .node = "n",
                           .at_seconds = 0,
                           .parts = {{"p", "heap", "", 1}, {"p", "", "q", 1}}};
  EXPECT_THAT(finding_part_text(other, 0, Language::english), HasSubstr("p: heap since"));
  EXPECT_THAT(finding_part_text(other, 1, Language::english), HasSubstr("p waits for q since"));
}

TEST(FindingsText, StandOnTheConsoleAndThePage) {
  sim::Result result = sample_result();
  EXPECT_THAT(console_report(result, {.colour = false, .width = 100}), Not(HasSubstr("FOUND")));
  EXPECT_THAT(html_report(result, {}), Not(HasSubstr("What came to light")));
  result.findings.add(deadlock());
  const std::string console = console_report(result, {.colour = false, .width = 100});
  EXPECT_THAT(console, HasSubstr("Deadlock: 1"));
  EXPECT_THAT(console, HasSubstr("pay #1 holds alice and waits for bob"));
  const std::string page = html_report(result, {});
  EXPECT_THAT(page, HasSubstr("What came to light"));
  EXPECT_THAT(page, HasSubstr("pay &lt;2&gt; holds bob and waits for alice"));
  EXPECT_EQ(markup_problem(page), "");
}

}  // namespace
}  // namespace faultline::reports
