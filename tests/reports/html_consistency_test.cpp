#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "reports/html.hpp"
#include "tests/reports/sample_consistency.hpp"
#include "tests/reports/well_formed.hpp"

namespace faultline::reports {
namespace {

testing::AssertionResult shows(const std::string& page, std::string_view part) {
  if (page.find(part) != std::string::npos) {
    return testing::AssertionSuccess() << "\"" << part << "\" stands in the page";
  }
  return testing::AssertionFailure() << "\"" << part << "\" does not stand in the page";
}

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size()))
    ++count;
  return count;
}

TEST(HtmlConsistency, IsWellFormedInBothLanguages) {
  for (const char* language : {"en", "ru"}) {
    EXPECT_EQ(markup_problem(html_report(sample_with_consistency(), {.language = language})), "");
  }
}

TEST(HtmlConsistency, IsNotThereIfNothingWasMeasured) {
  EXPECT_FALSE(shows(html_report(sample_result()), "Consistency</h2>"));
}

TEST(HtmlConsistency, SaysWhatHeldAndOutOfHowManyHistories) {
  const std::string page = html_report(sample_with_consistency());
  EXPECT_TRUE(shows(page, "<dd>causal</dd>"));
  EXPECT_TRUE(shows(page, "histories: 5"));
  EXPECT_TRUE(shows(page, "as those see it who call db"));
  EXPECT_TRUE(shows(page, "VIOLATED"));
  EXPECT_TRUE(shows(page, "the budget is spent"));
  EXPECT_TRUE(shows(page, "12 of 15,000"));
  EXPECT_TRUE(shows(page, "250 ms / 3.20 s"));
  EXPECT_TRUE(shows(page, "lost_writes"));
}

TEST(HtmlConsistency, DrawsTheWitnessWithALaneForEachSession) {
  const std::string page = html_report(sample_with_consistency());
  EXPECT_TRUE(shows(page, "Why it is not linearizable"));
  EXPECT_TRUE(shows(page, "history 3, from 21.5 s on"));
  // Sessions 7, 9 and 12; four operations, one of which has no end.
  EXPECT_EQ(occurrences(page, "class=\"lane\""), 3u);
  EXPECT_EQ(occurrences(page, "class=\"op op-write\"") + occurrences(page, "class=\"op op-read\"") -
                2,  // The legend.
            3u);
  EXPECT_EQ(occurrences(page, "class=\"op op-write op-open\""), 1u);
  EXPECT_TRUE(shows(page, "write 5 = 3</text>"));
  EXPECT_TRUE(shows(page, "+20.0 ms</text>"));
}

TEST(HtmlConsistency, ShowsTheSidesThatAnybodyStoodOn) {
  const std::string page = html_report(sample_with_consistency());
  EXPECT_TRUE(shows(page, ">zone:east</th>"));
  EXPECT_TRUE(shows(page, ">never</td>"));
  EXPECT_TRUE(shows(page, "20 + 80"));
  const std::size_t table = page.find("Availability on each side");
  ASSERT_NE(table, std::string::npos);
  EXPECT_EQ(page.find(">cache</th>", table) < page.find("</table>", table), false);
}

TEST(HtmlConsistency, SpeaksRussian) {
  const std::string page = html_report(sample_with_consistency(), {.language = "ru"});
  EXPECT_TRUE(shows(page, "Согласованность"));
  EXPECT_TRUE(shows(page, "причинная"));
  EXPECT_TRUE(shows(page, "НАРУШЕНА"));
  EXPECT_TRUE(shows(page, "сеанс 12"));
}

TEST(HtmlConsistency, EscapesNames) {
  const std::string evil = "<script>\"&'\x1b";
  sim::Result result = sample_with_consistency();
  sim::ConsistencyResult& seen = result.consistency;
  seen.nodes = {evil};
  seen.sides[1].name = evil;
  seen.store[evil] = 1;
  auto& witness = seen.models["linearizable"].witness;
  witness.why = evil;
  for (auto& operation : witness.operations)
    operation.session = operation.node = operation.text = evil;
  const std::string page = html_report(result);
  EXPECT_EQ(markup_problem(page), "");
  EXPECT_FALSE(shows(page, "<script"));
}

TEST(HtmlConsistency, StandsAHistoryOfNothing) {
  sim::Result result = sample_result();
  result.consistency.histories = 1;
  result.consistency.boundary = "clients";
  EXPECT_EQ(markup_problem(html_report(result)), "");
}

TEST(HtmlConsistency, AClaimInWordsShowsTheWord) {
  sim::Result result = sample_with_consistency();
  result.expectations = {{"consistency.strongest >= sequential", 3, false, true, "", "causal"}};
  EXPECT_TRUE(shows(html_report(result), "<td>causal</td>"));
}

TEST(HtmlConsistency, ShowsTransactionsByTheirStores) {
  const std::string page = html_report(sample_with_transactions());
  EXPECT_EQ(markup_problem(page), "");
  EXPECT_TRUE(shows(page, "Transactions: db&lt;rc&gt;"));
  EXPECT_TRUE(shows(page, "committed: 21,900, aborted after a write: 12, of unknown end: 1"));
  EXPECT_TRUE(shows(page, "anomalies: lost-update"));
  EXPECT_TRUE(shows(page, "Why it is not snapshot isolation"));
  EXPECT_TRUE(shows(page, "T2: read 5: 1, write 5 = 2</text>"));
  // The three levels show the same, so it is drawn once: a heading, and what the picture is called.
  EXPECT_EQ(occurrences(page, "Why it is not s"), 2u);
  // Prefix is not decided, and what it implies holds.
  EXPECT_TRUE(shows(page, "Strongest level that held: causal"));
}

TEST(HtmlConsistency, SpeaksRussianOfTransactions) {
  const std::string page = html_report(sample_with_transactions(), {.language = "ru"});
  EXPECT_EQ(markup_problem(page), "");
  EXPECT_TRUE(shows(page, "Транзакции: db&lt;rc&gt;"));
  EXPECT_TRUE(shows(page, "изоляция снимков"));
  EXPECT_TRUE(shows(page, "T2 и T3 обе прочли 1 от T1 и обе потом это заменили"));
  EXPECT_TRUE(shows(page, "T2: чтение 5: 1, запись 5 = 2</text>"));
  EXPECT_TRUE(shows(page, "T4: запись 5 = 4, отмена</text>"));
}

/// A run of transactions alone says nothing of operations that there were none of.
TEST(HtmlConsistency, TransactionsAloneHaveNoOperations) {
  sim::Result result = sample_result();
  result.consistency.histories = 1;
  result.consistency.boundary = "callers";
  result.consistency.nodes = {"db"};
  result.consistency.transactions["db"] = sample_transactions();
  const std::string page = html_report(result);
  EXPECT_EQ(markup_problem(page), "");
  EXPECT_TRUE(shows(page, "Transactions: db"));
  EXPECT_FALSE(shows(page, "Watched operations"));
  EXPECT_FALSE(shows(page, "Availability on each side"));
}

}  // namespace
}  // namespace faultline::reports
