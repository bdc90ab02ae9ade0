#include "sim/scenario/expectation.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace faultline::sim {
namespace {

/// A result with the corners that paths can have.
const Json& result() {
  static const Json json = Json::parse(R"({
    "requests": {
      "sent": 1000, "ok": 990, "throughput_per_second": 200.5,
      "latency_seconds": {"count": 990, "mean": 0.004, "p99": 0.0321, "p999": null},
      "by_class": {"/users/1.0": {"ok": 7}, "a b": {"ok": 8}, "x\"y": {"ok": 9}}
    },
    "nodes": {
      "app[0]": {"utilization": 0.7, "served": 500},
      "app[1]": {"utilization": 0.8, "served": 490},
      "db[0]": {"utilization": 0.5},
      "lone": {"utilization": 0.25, "received_bytes": 4096, "sent_bytes_per_second": 125000000},
      "a": {"b": {"c": 1}}, "a.b": {"d": 2}
    },
    "groups": {
      "app": {"utilization": 0.75, "served": 990},
      "db": {"utilization": 0.5},
      "lone": {"utilization": 0.99}
    },
    "slos": [
      {"name": "fast", "met": true, "ratio": 0.99},
      {"name": "fast.er", "met": false, "ratio": 0.5}
    ],
    "series": {"step_seconds": 1, "throughput_per_second": [1, 2, 3]},
    "intervals": {"requests.latency_seconds.p99": {"mean": 0.03, "half_width": 0.001}},
    "version": "0.1.0", "empty": []
  })");
  return json;
}

Expectation parsed(std::string_view claim) {
  Problems problems;
  const auto expectation = parse_expectation(claim, Path("expect[0]"), problems);
  for (const Problem& problem : problems.sorted()) ADD_FAILURE() << problem.to_text();
  return expectation.value_or(Expectation{});
}

ExpectationResult evaluated(std::string_view claim) { return evaluate(parsed(claim), result()); }
bool holds(std::string_view claim) { return evaluated(claim).held; }

/// What is wrong with a claim, as one line.
std::string problem_of(std::string_view claim) {
  Problems problems;
  const auto expectation = parse_expectation(claim, Path("expect[3]"), problems);
  EXPECT_FALSE(expectation.has_value()) << claim;
  EXPECT_EQ(problems.size(), 1u) << claim;
  return problems.empty() ? std::string() : problems.sorted()[0].to_text();
}

TEST(Expectation, ReadsAllComparisons) {
  EXPECT_EQ(parsed("a.b < 1"), (Expectation{.claim = "a.b < 1", .path = "a.b", .value = 1}));
  EXPECT_EQ(parsed("a <= 1").comparison, Comparison::at_most);
  EXPECT_EQ(parsed("a > 1").comparison, Comparison::greater);
  EXPECT_EQ(parsed("a >= 1").comparison, Comparison::at_least);
  EXPECT_EQ(parsed("a == 1").comparison, Comparison::equal);
  EXPECT_EQ(parsed("a != 1").comparison, Comparison::not_equal);
  EXPECT_EQ(parsed("a between 0.6 and 0.8"), (Expectation{.claim = "a between 0.6 and 0.8",
                                                          .path = "a",
                                                          .comparison = Comparison::between,
                                                          .value = 0.6,
                                                          .value_max = 0.8}));
  EXPECT_EQ(parsed("a within 5% of -2"), (Expectation{.claim = "a within 5% of -2",
                                                      .path = "a",
                                                      .comparison = Comparison::within,
                                                      .value = -2,
                                                      .tolerance = 0.05}));
}

TEST(Expectation, SpacesDoNotMatter) {
  const Expectation claim = parsed("  a.b<=0.5\t");
  EXPECT_EQ(claim.claim, "a.b<=0.5");
  EXPECT_EQ(claim.path, "a.b");
  EXPECT_EQ(claim.comparison, Comparison::at_most);
  EXPECT_EQ(claim.value, 0.5);
  EXPECT_EQ(parsed("a   between\t1  and  2").value_max, 2);
}

TEST(Expectation, ValuesMayCarryUnits) {
  EXPECT_DOUBLE_EQ(parsed("a_seconds < 50ms").value, 0.05);
  EXPECT_DOUBLE_EQ(parsed("a < 2min").value, 120);
  EXPECT_DOUBLE_EQ(parsed("a > 99.9%").value, 0.999);
  EXPECT_DOUBLE_EQ(parsed("a_bytes < 64KiB").value, 65536);
  EXPECT_DOUBLE_EQ(parsed("a_per_second >= 600/min").value, 10);
  EXPECT_DOUBLE_EQ(parsed("a_bits_per_second < 1Gbit/s").value, 1e9);
  EXPECT_DOUBLE_EQ(parsed("a_bytes_per_second < 1Gbit/s").value, 1.25e8);
  EXPECT_DOUBLE_EQ(parsed("a < 1e-3").value, 0.001);
  EXPECT_EQ(parsed("met == true").value, 1);
  EXPECT_EQ(parsed("met == false").value, 0);
  const Expectation between = parsed("requests.latency_seconds.p99 between 10ms and 0.05");
  EXPECT_DOUBLE_EQ(between.value, 0.01);
  EXPECT_DOUBLE_EQ(between.value_max, 0.05);
}

TEST(Expectation, WordsAndSignsInsideQuotedNamesAreNotComparisons) {
  EXPECT_EQ(parsed(R"(by_class["a < b between c"].ok > 1)").path,
            R"(by_class["a < b between c"].ok)");
  EXPECT_EQ(parsed(R"(by_class["a\" < b"].ok > 1)").path, R"(by_class["a\" < b"].ok)");
  EXPECT_EQ(parsed("nodes.within.between.x > 1").path, "nodes.within.between.x");
}

TEST(Expectation, WhatIsWrongIsSaidInOneLine) {
  EXPECT_EQ(
      problem_of(""),
      "expect[3]: expected a claim such as \"requests.latency_seconds.p99 < 50ms\", got \"\"");
  EXPECT_EQ(problem_of("requests.ok"),
            "expect[3]: expected a claim such as \"requests.latency_seconds.p99 < 50ms\", got "
            "\"requests.ok\"");
  EXPECT_EQ(problem_of("< 5"),
            "expect[3]: expected the path of a result before \"<\", got \"< 5\"");
  EXPECT_EQ(
      problem_of("a = 5"),
      "expect[3]: expected one of <, <=, >, >=, ==, !=, between, within, got \"=\"; did you mean "
      "\"==\"?");
  EXPECT_EQ(problem_of("a => 5"),
            "expect[3]: expected one of <, <=, >, >=, ==, !=, between, within, got \"=>\"; did you "
            "mean \">=\"?");
  EXPECT_EQ(problem_of("a =< 5"),
            "expect[3]: expected one of <, <=, >, >=, ==, !=, between, within, got \"=<\"; did you "
            "mean \"<=\"?");
  EXPECT_EQ(problem_of("a <> 5"),
            "expect[3]: expected one of <, <=, >, >=, ==, !=, between, within, got \"<>\"; did you "
            "mean \"!=\"?");
  EXPECT_EQ(problem_of("a <<< 5"),
            "expect[3]: expected one of <, <=, >, >=, ==, !=, between, within, got \"<<<\"");
  EXPECT_EQ(
      problem_of("a <"),
      "expect[3]: expected a number or a value with a unit such as \"50ms\", \"99%\", \"64KiB\" "
      "or \"200/s\", got \"\"");
  EXPECT_EQ(
      problem_of("a < 50 bananas"),
      "expect[3]: expected a number or a value with a unit such as \"50ms\", \"99%\", \"64KiB\" "
      "or \"200/s\", got \"50 bananas\"");
  EXPECT_EQ(
      problem_of("0.1 < a < 0.2"),
      "expect[3]: expected a number or a value with a unit such as \"50ms\", \"99%\", \"64KiB\" "
      "or \"200/s\", got \"a < 0.2\"");
  EXPECT_EQ(
      problem_of("a < nan"),
      "expect[3]: expected a number or a value with a unit such as \"50ms\", \"99%\", \"64KiB\" "
      "or \"200/s\", got \"nan\"");
  EXPECT_EQ(
      problem_of("a < 1e999"),
      "expect[3]: expected a number or a value with a unit such as \"50ms\", \"99%\", \"64KiB\" "
      "or \"200/s\", got \"1e999\"");
  EXPECT_EQ(problem_of("a between 1 or 2"),
            "expect[3]: expected two bounds such as \"between 0.6 and 0.8\", got \"1 or 2\"");
  EXPECT_EQ(problem_of("a between"),
            "expect[3]: expected two bounds such as \"between 0.6 and 0.8\", got \"\"");
  EXPECT_EQ(problem_of("a between 2 and 1"),
            "expect[3]: expected the smaller bound first, got 2 and 1");
  EXPECT_EQ(problem_of("a within 5%"),
            "expect[3]: expected a tolerance and a value such as \"within 5% of 0.8\", got \"5%\"");
  EXPECT_EQ(problem_of("a within 0.05 of 1"),
            "expect[3]: expected a tolerance such as \"5%\", got \"0.05\"");
  EXPECT_EQ(problem_of("a within 5% of 0"),
            "expect[3]: a tolerance relative to 0 allows nothing; write \"between -x and x\"");
  EXPECT_EQ(problem_of(R"(by_class["a < 1)"),
            "expect[3]: expected a claim such as \"requests.latency_seconds.p99 < 50ms\", got "
            "\"by_class[\\\"a < 1\"");
}

TEST(Expectation, AUnitOfAnotherDimensionIsRefused) {
  EXPECT_EQ(
      problem_of("requests.latency_seconds.p99 < 50%"),
      "expect[3]: \"requests.latency_seconds.p99\" is expected to be compared with a duration "
      "such as \"50ms\", or a number of seconds, got \"50%\"");
  EXPECT_EQ(
      problem_of("nodes.lone.received_bytes < 5ms"),
      "expect[3]: \"nodes.lone.received_bytes\" is expected to be compared with a size such as "
      "\"64KiB\", or a number of bytes, got \"5ms\"");
  EXPECT_EQ(
      problem_of("requests.throughput_per_second > 5s"),
      "expect[3]: \"requests.throughput_per_second\" is expected to be compared with a rate such "
      "as \"200/s\", or a number a second, got \"5s\"");
  EXPECT_EQ(
      problem_of("requests.throughput_per_second within 5% of 1Mbit/s"),
      "expect[3]: \"requests.throughput_per_second\" is expected to be compared with a rate such "
      "as \"200/s\", or a number a second, got \"1Mbit/s\"");
  EXPECT_EQ(problem_of("nodes.lone.sent_bytes_per_second > 5/s"),
            "expect[3]: \"nodes.lone.sent_bytes_per_second\" is expected to be compared with a "
            "bandwidth such as \"10MB/s\", or a number of bytes a second, got \"5/s\"");
  EXPECT_EQ(problem_of("a_bits_per_second > 5s"),
            "expect[3]: \"a_bits_per_second\" is expected to be compared with a bandwidth such as "
            "\"1Gbit/s\", or a number of bits a second, got \"5s\"");
}

TEST(Expectation, ComparesWithTheResult) {
  EXPECT_TRUE(holds("requests.latency_seconds.p99 < 50ms"));
  EXPECT_FALSE(holds("requests.latency_seconds.p99 < 20ms"));
  EXPECT_FALSE(holds("requests.sent < 1000"));
  EXPECT_TRUE(holds("requests.sent <= 1000"));
  EXPECT_FALSE(holds("requests.sent > 1000"));
  EXPECT_TRUE(holds("requests.sent >= 1000"));
  EXPECT_TRUE(holds("requests.sent == 1000"));
  EXPECT_FALSE(holds("requests.sent != 1000"));
  EXPECT_TRUE(holds("requests.sent != 999"));
  EXPECT_TRUE(holds("nodes.app.utilization between 0.75 and 0.8"));
  EXPECT_TRUE(holds("nodes.app.utilization between 70% and 75%"));
  EXPECT_FALSE(holds("nodes.app.utilization between 0.76 and 0.8"));
  EXPECT_TRUE(holds("requests.throughput_per_second within 1% of 200/s"));
  EXPECT_FALSE(holds("requests.throughput_per_second within 0.2% of 200/s"));
  EXPECT_TRUE(holds("nodes.lone.sent_bytes_per_second == 1Gbit/s"));
}

TEST(Expectation, AResultTellsTheClaimAndTheValue) {
  const ExpectationResult outcome = evaluated(" requests.ok  > 995 ");
  EXPECT_EQ(outcome.claim, "requests.ok  > 995");
  EXPECT_EQ(outcome.value, 990);
  EXPECT_FALSE(outcome.held);
  EXPECT_TRUE(outcome.found);
  EXPECT_EQ(outcome.hint, "");
}

TEST(Expectation, NodesAreFoundByTheirWholeName) {
  EXPECT_EQ(evaluated("nodes.app[0].utilization > 0").value, 0.7);
  EXPECT_EQ(evaluated("nodes.app[1].utilization > 0").value, 0.8);
  EXPECT_EQ(evaluated(R"(nodes["app[1]"].utilization > 0)").value, 0.8);
}

TEST(Expectation, ANameWithoutANodeStandsForTheGroup) {
  EXPECT_EQ(evaluated("nodes.app.utilization > 0").value, 0.75);
  EXPECT_EQ(evaluated("nodes.db.utilization > 0").value, 0.5);
  EXPECT_EQ(evaluated("groups.app.served > 0").value, 990);
  EXPECT_EQ(evaluated("nodes.lone.utilization > 0").value, 0.25);  // The node comes first.
}

TEST(Expectation, TheLongestNameThatFitsIsTriedFirst) {
  EXPECT_EQ(evaluated("nodes.a.b.d == 2").value, 2);  // "a.b", then d
  EXPECT_EQ(evaluated("nodes.a.b.c == 1").value, 1);  // "a.b" has no c, so "a", b, c
  EXPECT_EQ(evaluated("intervals.requests.latency_seconds.p99.half_width < 1").value, 0.001);
}

TEST(Expectation, NamesMayHoldAnyCharacters) {
  EXPECT_EQ(evaluated("requests.by_class./users/1.0.ok > 0").value, 7);
  EXPECT_EQ(evaluated("requests.by_class.a b.ok > 0").value, 8);
  EXPECT_EQ(evaluated(R"(requests.by_class["a b"].ok > 0)").value, 8);
  EXPECT_EQ(evaluated(R"(requests.by_class["x\"y"].ok > 0)").value, 9);
}

TEST(Expectation, ElementsOfAListGoByIndexOrName) {
  EXPECT_TRUE(holds("slos.fast.met == 1"));
  EXPECT_TRUE(holds("slos.fast.met == true"));
  EXPECT_TRUE(holds("slos.fast.er.met == 0"));
  EXPECT_TRUE(holds("slos[0].met == 1"));
  EXPECT_TRUE(holds("slos[1].ratio == 50%"));
  EXPECT_TRUE(holds("series.throughput_per_second[2] == 3"));
  EXPECT_FALSE(evaluated("slos[2].met == 1").found);
  EXPECT_FALSE(evaluated("slos[-1].met == 1").found);
  EXPECT_FALSE(evaluated("slos[0.met == 1").found);
  EXPECT_FALSE(evaluated("slos[99999999999999999999].met == 1").found);
}

TEST(Expectation, WhatWasNotMeasuredHoldsForNothing) {
  for (const char* comparison : {"<", "<=", ">", ">=", "==", "!="}) {
    const auto outcome =
        evaluated(std::string("requests.latency_seconds.p999 ") + comparison + " 1");
    EXPECT_FALSE(outcome.held) << comparison;
    EXPECT_TRUE(outcome.found) << comparison;
  }
  EXPECT_FALSE(holds("requests.latency_seconds.p999 between -1e300 and 1e300"));
  EXPECT_FALSE(holds("requests.latency_seconds.p999 within 100% of 1"));
  const Json not_a_number = {{"a", std::nan("")}};
  EXPECT_FALSE(evaluate(parsed("a != 1"), not_a_number).held);
}

TEST(Expectation, AnUnknownPathIsNotFoundAndSaysWhatIsNear) {
  const auto hint_of = [](const std::string& path) {
    const ExpectationResult outcome = evaluated(path + " > 0");
    EXPECT_FALSE(outcome.found) << path;
    EXPECT_FALSE(outcome.held) << path;
    return outcome.hint;
  };
  EXPECT_EQ(hint_of("request.ok"), "did you mean \"requests.ok\"?");
  EXPECT_EQ(hint_of("requests.latency.p99"),
            "known at \"requests\": by_class, latency_seconds, ok, sent, throughput_per_second");
  EXPECT_EQ(hint_of("requests.latency_second.p99"),
            "did you mean \"requests.latency_seconds.p99\"?");
  EXPECT_EQ(hint_of("reqests.latency_second.p9"), "did you mean \"requests.latency_seconds.p99\"?");
  EXPECT_EQ(hint_of("nodes.ap[0].utilization"), "did you mean \"nodes.app[0].utilization\"?");
  EXPECT_EQ(hint_of("nodes.appp.utilisation"), "did you mean \"nodes.app.utilization\"?");
  EXPECT_EQ(hint_of("nodes.app[7].utilization"), "did you mean \"nodes.app[0].utilization\"?");
  EXPECT_EQ(hint_of("nodes.db.utilisation"), "did you mean \"nodes.db.utilization\"?");
  EXPECT_EQ(hint_of("slo.fast.met"), "did you mean \"slos.fast.met\"?");
  EXPECT_EQ(hint_of("slo[0].met"), "did you mean \"slos[0].met\"?");
  EXPECT_EQ(hint_of("slos.fats.met"), "did you mean \"slos.fast.met\"?");
  EXPECT_EQ(hint_of("slos[5].met"), "known at \"slos\": fast, fast.er");
  EXPECT_EQ(hint_of("series.throughput_per_second"),
            "\"series.throughput_per_second\" is a list of 3: give an index, "
            "series.throughput_per_second[0]");
  EXPECT_EQ(hint_of("nodes.app"), "known at \"nodes.app\": served, utilization");
  EXPECT_EQ(hint_of("version"), "");
  EXPECT_EQ(hint_of("empty.x"), "");
  EXPECT_EQ(hint_of("xyzzy"),
            "known: empty, groups, intervals, nodes, requests, series, slos, version");
  EXPECT_EQ(hint_of("requests..ok"),
            "known at \"requests\": by_class, latency_seconds, ok, sent, throughput_per_second");
  EXPECT_EQ(hint_of("requests.ok."), "did you mean \"requests.ok\"?");
}

TEST(Expectation, OddPathsDoNoHarm) {
  for (const char* path :
       {"[", "]", "[]", "[\"", "[\"\\", "[\"a\"", "a[", "slos[", "slos[0", ".", "..", "nodes",
        "nodes.", "nodes[0]", "nodesx", "slos[0]x", "slos[0]..met"}) {
    EXPECT_EQ(find_in_result(result(), path) != nullptr, std::string(path) == "nodes") << path;
    suggest_in_result(result(), path);
  }
  EXPECT_EQ(find_in_result(result(), ""), nullptr);
  EXPECT_EQ(find_in_result(Json(5), "a"), nullptr);
  EXPECT_EQ(suggest_in_result(Json(5), "a"), "");
  EXPECT_EQ(suggest_in_result(Json::parse(R"({"nodes": {}})"), "nodes.a.b"), "");
}

/// Claims put together from pieces that mean something to the reader, in any order.
TEST(Expectation, RandomClaimsDoNoHarm) {
  const std::vector<std::string> pieces = {
      "requests", "nodes", "app[0]", "slos", "[0]", "[",        "]",         "\"",   "\\\\",
      ".",        " ",     "<",      "=",    "!",   "between ", " within ",  " of ", " and ",
      "5%",       "0",     "-1",     "50ms", "p99", "fast",     "[\"a b\"]", "a.b"};
  std::uint64_t state = 1;
  int read = 0;
  for (int round = 0; round < 50'000; ++round) {
    std::string claim = round % 2 == 0 ? "requests.ok" : "nodes";
    for (int piece = 0; piece < 8; ++piece) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      claim += pieces[(state >> 33) % pieces.size()];
    }
    Problems problems;
    const auto expectation = parse_expectation(claim, Path("expect[0]"), problems);
    ASSERT_EQ(problems.size(), expectation ? 0u : 1u) << claim;
    if (!expectation) continue;
    ++read;
    const ExpectationResult outcome = evaluate(*expectation, result());
    ASSERT_TRUE(outcome.found || !outcome.held) << claim;
  }
  EXPECT_GT(read, 100);
}

TEST(Expectation, ComparesModelsByTheirStrength) {
  const Json json =
      Json::parse(R"({"consistency": {"strongest": "causal", "causal": 1, "sequential": null,
    "linearizable": 0, "models": {"pram": {"verdict": "unknown"}}}})");
  const auto held = [&](std::string_view claim) { return evaluate(parsed(claim), json).held; };
  EXPECT_TRUE(held("consistency.strongest == causal"));
  EXPECT_TRUE(held("consistency.strongest >= pram"));
  EXPECT_TRUE(held("consistency.strongest < sequential"));
  EXPECT_FALSE(held("consistency.strongest >= linearizable"));
  EXPECT_TRUE(held("consistency.causal == holds"));
  EXPECT_TRUE(held("consistency.linearizable == violated"));
  // Of what is not known nothing holds.
  EXPECT_FALSE(held("consistency.sequential == holds"));
  EXPECT_FALSE(held("consistency.sequential == violated"));
  EXPECT_FALSE(held("consistency.models.pram.verdict == holds"));
  EXPECT_EQ(evaluate(parsed("consistency.strongest == causal"), json).word, "causal");
}

TEST(Expectation, AWordThatIsNoModelIsWrong) {
  EXPECT_EQ(problem_of("consistency.strongest == strong"),
            "expect[3]: \"consistency.strongest\" is expected to be compared with a model, got "
            "\"strong\"; from weak to strong: none, session, pram, causal, sequential, "
            "linearizable");
}

}  // namespace
}  // namespace faultline::sim
