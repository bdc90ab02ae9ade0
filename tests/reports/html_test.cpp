#include "reports/html.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>
#include <string_view>

#include "tests/reports/sample_result.hpp"
#include "tests/reports/well_formed.hpp"

namespace faultline::reports {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size()))
    ++count;
  return count;
}

/// Whether `part` stands in the page; a failure does not print the whole page.
testing::AssertionResult shows(const std::string& page, std::string_view part) {
  if (page.find(part) != std::string::npos) {
    return testing::AssertionSuccess() << "\"" << part << "\" stands in the page";
  }
  return testing::AssertionFailure() << "\"" << part << "\" does not stand in the page";
}

/// The page without its style sheet.
std::string without_style(std::string page) {
  const std::size_t begin = page.find("<style>");
  const std::size_t end = page.find("</style>");
  return page.erase(begin, end - begin);
}

TEST(HtmlReport, IsWellFormed) {
  for (const char* language : {"en", "ru"}) {
    EXPECT_EQ(markup_problem(html_report(sample_result(), {.language = language})), "");
    EXPECT_EQ(markup_problem(html_report(sample_with_replicas(1000), {.language = language})), "");
    EXPECT_EQ(markup_problem(html_report(sample_with_groups(100), {.language = language})), "");
    EXPECT_EQ(markup_problem(html_report(sim::Result{}, {.language = language})), "");
  }
}

TEST(HtmlReport, NeedsNothingFromOutside) {
  sim::Result result = sample_result();
  result.scenario_text.clear();
  const std::string page = html_report(result);
  EXPECT_TRUE(
      shows(page, "content=\"default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;;"));
  for (const char* outside : {"http:", "https:", "//", "<script", "<link", "<img", "<iframe",
                              "src=", "href=", "@import", "@font-face", "onload", "onclick"}) {
    EXPECT_FALSE(shows(page, outside));
  }
  // The only address in the style sheet is a pattern of the page itself.
  EXPECT_EQ(occurrences(page, "url("), occurrences(page, "url(#hatch)"));
}

TEST(HtmlReport, EscapesEverythingFromTheFile) {
  const std::string evil = "<script>alert(\"1\")</script>&'\x1b\xff";
  sim::Result result = sample_result();
  result.title = result.version = result.scenario_text = result.order_digest =
      result.scenario_sha256 = evil;
  for (sim::NodeResult& node : result.nodes) {
    node.name = node.type = evil;
    node.scalars[evil] = 1;
    node.series[evil] = {1, 2, 3};
  }
  result.by_class[evil] = result.by_class["browse"];
  result.requests.counts.errors[evil] = 1;
  result.slos[0].name = result.slos[0].good = evil;
  result.faults[0].name = evil;
  result.slos[0].breaches[0].name = evil;
  result.expectations[0].claim = evil;
  result.series[evil] = {1, 2, 3};
  result.replications = 2;
  result.intervals[evil] = {1, 1, 1, 0.95, 2};
  for (sim::TopologyNode& node : result.topology_nodes) node.type = evil;
  result.topology_nodes[0].name = evil;
  result.topology_edges.push_back({evil, "db", evil});
  const std::string page = html_report(result);
  EXPECT_EQ(markup_problem(page), "");
  EXPECT_FALSE(shows(page, "<script"));
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
  EXPECT_EQ(page.find('\xff'), std::string::npos);
  EXPECT_TRUE(shows(
      page, "<h1>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;\\x1b\\xff</h1>"));
}

TEST(HtmlReport, EveryFigureStatesItsWindow) {
  const std::string page = html_report(sample_result());
  const std::size_t figures = occurrences(page, "<figure ");
  EXPECT_GE(figures, 8U);
  EXPECT_EQ(occurrences(page, "<p class=\"window\">"),
            figures + 1);  // And once over the key numbers.
  EXPECT_TRUE(shows(page, "<p class=\"window\">after a warm-up of 5 s: 5 s to 60 s</p>"));
  EXPECT_TRUE(shows(
      page, "<p class=\"window\">0 s to 60 s, one point per 500 ms · requests that ended ok"));
}

TEST(HtmlReport, EveryPictureHasATitleAndADescription) {
  const std::string page = html_report(sample_result());
  const std::size_t pictures = occurrences(page, "role=\"img\"");
  EXPECT_GE(pictures, 8U);
  EXPECT_EQ(occurrences(page, "<desc id="), pictures);
  EXPECT_EQ(occurrences(page, "<title id="), pictures);
  std::set<std::string> ids;
  for (std::size_t at = page.find(" id=\""); at != std::string::npos;
       at = page.find(" id=\"", at + 1)) {
    const std::size_t end = page.find('"', at + 5);
    EXPECT_TRUE(ids.insert(page.substr(at + 5, end - at - 5)).second) << page.substr(at, 20);
  }
  EXPECT_TRUE(shows(
      page, "Groups of nodes and who calls whom: users → edge; edge → app; app → cache; app → db"));
}

TEST(HtmlReport, EveryTableHasACaptionAndHeaders) {
  const std::string page = html_report(sample_result());
  const std::size_t tables = occurrences(page, "<table>");
  EXPECT_EQ(occurrences(page, "<caption>"), tables);
  EXPECT_EQ(occurrences(page, "<thead>"), tables);
  EXPECT_TRUE(shows(page, "<th scope=\"row\" class=\"name\">app[0]</th>"));
}

TEST(HtmlReport, ShowsTheNumbersOfTheResult) {
  const std::string page = html_report(sample_result());
  EXPECT_TRUE(shows(page, "<dt>Throughput</dt><dd>496/s</dd>"));
  EXPECT_TRUE(shows(page, "<dt>Ended ok</dt><dd>99.19 %</dd>"));
  EXPECT_TRUE(shows(page, "<li class=\"pill-bad\">SLO “fast” breached</li>"));
  EXPECT_TRUE(shows(page, "<li class=\"pill-good\">SLO “available” met</li>"));
  EXPECT_TRUE(shows(page, "<td class=\"text bad\">BREACHED</td>"));
  EXPECT_TRUE(shows(page, "<td>1 (7.50 s in all)</td>"));
  EXPECT_TRUE(shows(page, "faultline run scenario.json --seed 1</pre>"));
  EXPECT_TRUE(shows(page, "<code>8c1f6e0d5a7b4c3d2e1f0a9b8c7d6e5f</code>"));
  EXPECT_TRUE(shows(page, "crash(app[0]) · 20 s to 30 s"));
  EXPECT_TRUE(shows(page, "// A minute will do."));
}

TEST(HtmlReport, SpeaksRussian) {
  const std::string page = html_report(sample_result(), {.language = "ru"});
  EXPECT_TRUE(shows(page, "<html lang=\"ru\" data-theme=\"auto\">"));
  EXPECT_TRUE(shows(page, "<dt>Успешно</dt><dd>99,19 %</dd>"));
  EXPECT_TRUE(shows(page, "SLO «fast» нарушен"));
  EXPECT_TRUE(shows(page, "27\u00A0512"));
  // Types and reasons, by the texts of sim/registry/language.hpp.
  EXPECT_TRUE(shows(page, "Сервер приложений"));
  EXPECT_TRUE(shows(page, ">тайм-аут<"));
  EXPECT_TRUE(shows(page, "fast: нарушение · от 21,5 с до 29 с"));
  // No English sentence is left: of Latin words there are only names, units of the file and terms.
  const std::string text = without_style(page);
  for (const char* english : {"warm-up", "Latency", "Throughput", "utilisation", "breach</",
                              ": breach", "virtual time", "mean ", "max ", " ms<", "requests</"}) {
    EXPECT_FALSE(shows(text, english));
  }
}

TEST(HtmlReport, TakesALanguageItDoesNotKnowForEnglish) {
  EXPECT_TRUE(shows(html_report(sample_result(), {.language = "xx"}), "<html lang=\"en\""));
}

TEST(HtmlReport, StandsWithoutASingleRequest) {
  sim::Result result = sample_result();
  result.requests = {};
  result.by_class.clear();
  for (auto& [name, values] : result.series) values.assign(values.size(), nan);
  for (sim::NodeResult& node : result.nodes) {
    node.counts = {};
    node.histograms.clear();
    for (auto& [name, value] : node.scalars) value = nan;
    for (auto& [name, values] : node.series) values.assign(values.size(), nan);
  }
  for (sim::SloResult& slo : result.slos)
    slo = {slo.name, slo.good, "", 0.99, 0, 0, nan, true, nan, {}};
  const std::string page = html_report(result);
  EXPECT_EQ(markup_problem(page), "");
  EXPECT_TRUE(shows(page, "No sample in this window."));
  EXPECT_FALSE(shows(without_style(page), "nan"));
  EXPECT_FALSE(shows(without_style(page), "inf"));
}

TEST(HtmlReport, StandsOddNumbers) {
  sim::Result result = sample_result();
  result.series_step_seconds = nan;
  result.series_start_seconds = nan;
  result.virtual_seconds = std::numeric_limits<double>::infinity();
  result.series["throughput_per_second"] = {std::numeric_limits<double>::infinity(), -5, 1e300};
  result.series["latency_p50_seconds"] = {0, 0, 1e-30};
  result.faults.push_back({"odd", "fault", nan, nan});
  result.faults.push_back({"backwards", "fault", 30, 20});
  result.nodes[0].scalars["utilization"] = 17;
  result.nodes[1].scalars["utilization"] = -3;
  result.topology_nodes[0].has_position = true;
  result.topology_nodes[0].x = nan;
  result.topology_edges.push_back({"nowhere", "db", "store"});
  result.topology_edges.push_back({"db", "db", "store"});
  EXPECT_EQ(markup_problem(html_report(result)), "");
}

TEST(HtmlReport, ShowsASingleLatencyAsOneBar) {
  sim::Result result = sample_result();
  result.requests.latency = {};
  result.requests.latency.record(10'000'000);
  result.by_class.clear();
  const std::string page = html_report(result);
  EXPECT_EQ(markup_problem(page), "");
  EXPECT_TRUE(shows(page, "p50 10.0 ms"));
  sim::Result zero = result;
  zero.requests.latency = {};
  zero.requests.latency.record(0);
  EXPECT_EQ(markup_problem(html_report(zero)), "");
}

TEST(HtmlReport, FoldsManyReplicas) {
  const std::string page = html_report(sample_with_replicas(1000));
  EXPECT_TRUE(shows(page, "<th scope=\"row\" class=\"name\">app ×1000</th>"));
  EXPECT_TRUE(shows(page, "<td>50–80 %</td>"));
  EXPECT_FALSE(shows(page, "app[17]"));
  EXPECT_LT(page.size(), 300'000U);
}

TEST(HtmlReport, SharesABoxAmongGroupsWithTheSameNeighbours) {
  const std::string page = html_report(sample_with_groups(30));
  EXPECT_TRUE(
      shows(page, "35 groups of nodes; those of one type with the same neighbours share a box"));
  EXPECT_TRUE(shows(page, ">×30</text>"));
}

TEST(HtmlReport, DrawsByTypeWhereNothingElseFits) {
  sim::Result result = sample_with_groups(100);
  // A neighbour of its own for each: no two groups are alike.
  for (int i = 0; i < 100; ++i) {
    const std::string name = "db-" + std::to_string(i);
    result.topology_nodes.push_back({name, "database", 1});
    result.topology_edges.push_back({"service-" + std::to_string(i), name, "store"});
  }
  const std::string page = html_report(result);
  EXPECT_EQ(markup_problem(page), "");
  EXPECT_TRUE(shows(page, "205 groups of nodes, drawn by type"));
  EXPECT_TRUE(shows(page, ">×101</text>"));
}

TEST(HtmlReport, StaysSmallWithTenThousandNodes) {
  const std::string page = html_report(sample_with_groups(10'000));
  EXPECT_EQ(markup_problem(page), "");
  EXPECT_TRUE(shows(
      page, "The 200 rows of highest utilisation are shown; 9,812 more are in the JSON result."));
  EXPECT_LT(page.size(), 600'000U);
}

TEST(HtmlReport, StaysSmallWithTenThousandFaultsAndALongScenario) {
  sim::Result result = sample_result();
  for (int i = 0; i < 10'000; ++i) {
    result.faults.push_back(
        {"crash(app[" + std::to_string(i) + "])", "fault", i * 0.006, i * 0.006 + 0.001});
  }
  result.scenario_text.assign(50'000'000, 'x');
  for (auto& [name, values] : result.series) values.assign(100'000, 1.0);
  const std::string page = html_report(result);
  EXPECT_EQ(markup_problem(page), "");
  EXPECT_TRUE(shows(page, "Only the first 256 KiB of 47.7 MiB are shown."));
  EXPECT_LT(page.size(), 900'000U);
}

TEST(HtmlReport, DrawsBoxesWhereTheScenarioPutsThem) {
  sim::Result result = sample_result();
  double x = 100;
  for (sim::TopologyNode& node : result.topology_nodes) {
    node.has_position = true;
    node.x = x;
    node.y = 50;
    x += 200;
  }
  // The first box begins at the margin, the second 200 units to the right of it.
  const std::string page = html_report(result);
  EXPECT_TRUE(shows(page, "<rect class=\"box\" x=\"18\" y=\"18\""));
  EXPECT_TRUE(shows(page, "<rect class=\"box\" x=\"218\" y=\"18\""));
}

TEST(HtmlReport, SaysThatTheRunWasCutShort) {
  sim::Result result = sample_result();
  result.cut_short = true;
  result.planned_seconds = 3600;
  EXPECT_TRUE(shows(html_report(result),
                    "<li class=\"pill-bad\">Cut short: the run ended at 60 s of 1 h planned</li>"));
}

TEST(HtmlReport, ShowsIntervalsOfReplications) {
  sim::Result result = sample_result();
  result.replications = 20;
  result.intervals["requests.latency_seconds.p99"] = {0.0712, 0.003, 0.0014, 0.95, 20};
  const std::string page = html_report(result);
  EXPECT_TRUE(shows(page, "<td>71.2 ms</td><td>± 1.40 ms</td><td>1.97 %</td><td>3.00 ms</td>"));
  EXPECT_TRUE(shows(page, "--replications 20</pre>"));
  EXPECT_TRUE(shows(page, "20 replications, 95 % confidence, Student’s t"));
}

TEST(HtmlReport, TakesATheme) {
  EXPECT_TRUE(shows(html_report(sample_result(), {.theme = "dark"}), "data-theme=\"dark\""));
  EXPECT_TRUE(shows(html_report(sample_result(), {.theme = "\"><b>"}), "data-theme=\"auto\""));
}

TEST(HtmlReport, IsTheSameForTheSameResult) {
  EXPECT_EQ(html_report(sample_result()), html_report(sample_result()));
}

}  // namespace
}  // namespace faultline::reports
