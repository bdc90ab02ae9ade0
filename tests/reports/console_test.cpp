#include "reports/console.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reports/plain_text.hpp"
#include "tests/reports/sample_consistency.hpp"
#include "tests/reports/sample_result.hpp"

namespace faultline::reports {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::string line;
  for (const char c : text) {
    if (c == '\n') {
      lines.push_back(std::move(line));
      line.clear();
    } else {
      line += c;
    }
  }
  EXPECT_TRUE(line.empty()) << "the report ends with a line feed";
  return lines;
}

std::vector<std::string> report_of(const sim::Result& result, int width = 80) {
  return lines_of(console_report(result, {.colour = false, .width = width}));
}

std::size_t widest(const std::vector<std::string>& lines) {
  std::size_t width = 0;
  for (const std::string& line : lines) width = std::max(width, display_width(line));
  return width;
}

/// A result with round numbers, small enough to be read as a whole: 100 requests of 10 ms each.
sim::Result small_result() {
  sim::Result result;
  result.title = "One server";
  result.seed = 7;
  result.virtual_seconds = result.planned_seconds = 60;
  result.warmup_seconds = 5;
  result.measured_seconds = 55;
  result.wall_seconds = 0.25;
  result.events = 1'000'000;
  result.order_digest = "00112233445566aa";
  result.results_digest = "ffeeddccbbaa9988";
  result.requests.counts = {104, 100, 3, 1, 0, {{"rejected", 3}, {"timeout", 1}}};
  result.requests.throughput_per_second = 100 / 55.0;
  for (int i = 0; i < 100; ++i) result.requests.latency.record(10'000'000);
  sim::NodeResult node;
  node.name = node.group = "server";
  node.type = "app_server";
  node.counts = {104, 101, 3, 0, 0, {{"rejected", 3}}};
  node.scalars = {{"utilization", 0.8}, {"queue_length_mean", 3.2}};
  node.histograms["latency_seconds"] = result.requests.latency;
  result.nodes.push_back(node);
  result.slos.push_back({"fast",
                         "latency < 50ms",
                         "30d",
                         0.99,
                         100,
                         104,
                         100 / 104.0,
                         false,
                         3.846,
                         {{"fast: breach", "breach", 10, 12}}});
  result.faults.push_back({"crash(server)", "fault", 10, 11.5});
  result.expectations.push_back({"requests.ok == 104", 100, false, true});
  result.expectations.push_back({"requests.nothing > 1", 0, false, false});
  result.expectations.push_back({"requests.sent == 104", 104, true, true});
  return result;
}

TEST(ConsoleReport, IsThisForASmallRun) {
  EXPECT_EQ(console_report(small_result()),
            R"(One server
seed 7 · 60 s of virtual time
1,000,000 events in 250 ms (4.00 M events/s)
measured: 55 s after 5 s of warm-up

REQUESTS (by arrival after the warm-up)
  sent       104
  ok         100  96.15 %
  fail         3   2.88 %
  unknown      1   0.96 %
  in flight    0      0 %
  throughput 1.82/s
  errors: rejected 3   timeout 1

LATENCY (of requests that ended ok, all samples)
  class  count     mean      p50      p90      p95      p99    p99.9      max
  all      100  10.0 ms  10.0 ms  10.0 ms  10.0 ms  10.0 ms  10.0 ms  10.0 ms

NODES (latency includes the wait in the node's queue)
  node    type          util  queue  wait  received  not ok      p99
  server  app_server  80.0 %   3.20     –       104       3  10.0 ms

SLO
  name  state     good if         target  reached  budget used  breaches
  fast  BREACHED  latency < 50ms    99 %  96.15 %        385 %         1

FAULTS
  fault          from      to    for
  crash(server)  10 s  11.5 s  1.5 s

EXPECTATIONS (1 of 3 held)
  FAILED  requests.ok == 104: is 100
  FAILED  requests.nothing > 1: names no value

digest of event order 00112233445566aa
digest of results     ffeeddccbbaa9988
)");
}

TEST(ConsoleReport, FitsIntoItsWidthWhateverTheNames) {
  sim::Result result = sample_result();
  result.title = std::string(300, 'T');
  result.nodes.front().name = std::string(200, 'n');
  result.nodes[1].name = "клиенты-из-очень-далёкого-региона-номер-семнадцать";
  for (int i = 0; i < 40; ++i) result.nodes[2].name += "系統";
  result.slos[0].name = std::string(100, 's');
  result.slos[0].good = std::string(100, 'g');
  result.faults[0].name = std::string(200, 'f');
  result.expectations[0].claim = std::string(200, 'e');
  result.by_class[std::string(90, 'c')] = result.by_class["browse"];
  for (int i = 0; i < 30; ++i) {
    std::string reason = "reason ";
    reason += std::to_string(i);
    result.requests.counts.errors[reason] = 1'000'000;
  }
  result.replications = 20;
  result.intervals["groups." + std::string(200, 'i') + ".utilization"] = {0.5, 0.1, 0.05, 0.95, 20};
  for (const int width : {60, 80, 120}) {
    const auto lines = report_of(result, width);
    EXPECT_LE(widest(lines), static_cast<std::size_t>(width));
  }
}

TEST(ConsoleReport, TakesSixtyColumnsAtLeast) {
  EXPECT_LE(widest(report_of(sample_result(), 1)), 60U);
}

TEST(ConsoleReport, ShowsControlCharactersOfNamesEscaped) {
  sim::Result result = sample_result();
  result.title = "evil \x1b[2J title\nwith a second line";
  result.nodes.front().name = "node\x07";
  result.faults[0].name = "\x1b]0;owned\x07";
  result.requests.counts.errors = {{"time\x1b[31mout", 5}};
  const std::string report = console_report(result);
  EXPECT_EQ(report.find('\x1b'), std::string::npos);
  EXPECT_EQ(report.find('\x07'), std::string::npos);
  EXPECT_EQ(lines_of(report).front(), "evil \\x1b[2J title\\nwith a second line");
}

TEST(ConsoleReport, ColoursOnlyWhenAskedAndSaysTheSameWithout) {
  const sim::Result result = sample_result();
  const std::string plain = console_report(result, {.colour = false});
  std::string coloured = console_report(result, {.colour = true});
  EXPECT_NE(plain, coloured);
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  for (std::size_t at = coloured.find('\x1b'); at != std::string::npos;
       at = coloured.find('\x1b')) {
    coloured.erase(at, coloured.find('m', at) - at + 1);
  }
  EXPECT_EQ(plain, coloured);
}

TEST(ConsoleReport, SaysNothingWasMeasuredInsteadOfInventingNumbers) {
  const auto lines = report_of(sim::Result{});
  EXPECT_THAT(lines, Contains("Untitled scenario"));
  EXPECT_THAT(lines, Contains("nothing measured: the run ended within its warm-up"));
  EXPECT_THAT(lines, Contains("  ok         0  –"));
  EXPECT_THAT(lines, Contains("  no request ended ok"));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("nan"))));
}

TEST(ConsoleReport, FoldsManyReplicasIntoOneRow) {
  const auto lines = report_of(sample_with_replicas(1000));
  // Utilisations are even between 50 % and 80 %: mean 65 %.
  EXPECT_THAT(lines, Contains(testing::ContainsRegex("^  app ×1000 +65\\.[0-9] %  50–80 %")));
  EXPECT_LT(lines.size(), 60U);
}

TEST(ConsoleReport, NamesEachOfEightReplicas) {
  const auto lines = report_of(sample_result());
  EXPECT_THAT(lines, Contains(testing::StartsWith("  app[0] ")));
  EXPECT_THAT(lines, Contains(testing::StartsWith("  app[7] ")));
}

TEST(ConsoleReport, ShowsTheBusiestOfManyNodesAndSaysHowManyMore) {
  const auto lines = report_of(sample_with_groups(1000));
  EXPECT_THAT(lines,
              Contains("  the 40 of highest utilisation; and 972 more: see the JSON result"));
  EXPECT_LT(lines.size(), 100U);
}

TEST(ConsoleReport, MarksARunThatWasCutShort) {
  sim::Result result = small_result();
  result.cut_short = true;
  result.virtual_seconds = 12.5;
  result.planned_seconds = 3600;
  EXPECT_THAT(report_of(result), Contains("CUT SHORT: the run ended at 12.5 s of 1 h planned"));
}

TEST(ConsoleReport, ShowsIntervalsOfReplications) {
  sim::Result result = small_result();
  result.replications = 20;
  result.intervals["requests.latency_seconds.p99"] = {0.0712, 0.003, 0.0014, 0.95, 20};
  result.intervals["groups.server.utilization"] = {0.8, 0.003, 0.004, 0.95, 20};
  result.intervals["nodes.server.served"] = {100, 1, 0.5, 0.95, 20};
  const auto lines = report_of(result);
  EXPECT_THAT(lines, Contains("seed 7 · 20 replications pooled · 60 s of virtual time"));
  EXPECT_THAT(lines, Contains("measured: 55 s after 5 s of warm-up in each"));
  EXPECT_THAT(lines,
              Contains("INTERVALS (mean of 20 replications ± half width at 95 % confidence)"));
  EXPECT_THAT(lines, Contains("  requests.latency_seconds.p99  71.2 ms       1.40 ms    1.97 %"));
  EXPECT_THAT(lines, Contains("  groups.server.utilization      80.0 %        0.40 %    0.50 %"));
  EXPECT_THAT(lines, Contains("  and 1 more: see the JSON result"));
}

TEST(ConsoleReport, ShowsConsistencyInEightyColumns) {
  const std::string page = console_report(sample_with_consistency());
  const std::size_t begin = page.find("CONSISTENCY");
  ASSERT_NE(begin, std::string::npos);
  EXPECT_EQ(page.substr(begin, page.find("\n\n", begin) - begin),
            "CONSISTENCY (boundary: callers db; 10.0 % of the keys)\n"
            "  strongest model: causal (5 histories, 120 k operations on 900 keys)\n"
            "  holds     causal, pram\n"
            "  violated  linearizable\n"
            "  unknown   sequential\n"
            "  not linearizable: No order of these operations that keeps to their times\n"
            "                    explains all answers.\n"
            "    21.500000 to 21.503000  session 7  write 5 = 3\n"
            "    21.501000 to ?  session 9  write 5 = 4\n"
            "    21.510000 to 21.512000  session 12  read 5: 2\n"
            "    21.511000 to 21.520000  session 7  read 5: 3\n"
            "  stale reads 450 of 90,000   lost writes 12 of 15,000   convergence 700 ms\n"
            "  RPO 250 ms   RTO 3.20 s\n"
            "  availability          before  during     after  failed  timed out  outage\n"
            "  all           reads    100 %  90.0 %  99.980 %      21         80     0 s\n"
            "  all           writes   100 %  40.0 %     100 %      10         50  3.20 s\n"
            "  zone:east     reads    100 %  90.0 %  99.980 %      21         80     0 s\n"
            "  zone:east     writes   100 %  40.0 %     100 %      10         50  3.20 s\n"
            "  zone:west     reads    100 %  90.0 %  99.980 %      21         80     0 s\n"
            "  zone:west     writes   100 %  40.0 %     100 %      10         50   never");
}

TEST(ConsoleReport, ShowsTransactionsInEightyColumns) {
  sim::Result result = sample_result();
  result.consistency.histories = 5;
  result.consistency.boundary = "callers";
  result.consistency.nodes = {"db"};
  result.consistency.keys_ratio = 1;
  result.consistency.transactions["db"] = sample_transactions();
  const std::string page = console_report(result);
  const std::size_t begin = page.find("CONSISTENCY");
  ASSERT_NE(begin, std::string::npos);
  EXPECT_EQ(page.substr(begin, page.find("\n\n", begin) - begin),
            "CONSISTENCY (boundary: callers db; 100 % of the keys)\n"
            "  transactions at db: strongest level: causal (21.9 k committed, 12 aborted, 1\n"
            "                      unknown; 100 keys)\n"
            "    anomalies lost-update\n"
            "    not snapshot_isolation: T2 and T3 both read 1 of T1 and then both replaced\n"
            "                            it");
}

}  // namespace
}  // namespace faultline::reports
