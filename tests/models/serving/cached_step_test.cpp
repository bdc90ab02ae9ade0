#include <gtest/gtest.h>

#include <cmath>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::millisecond;
using tests::node_of;
using tests::problems_of;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// Reads of one key at 0.1 s, 0.2 s, .. and writes of it at 0.25 s, 0.5 s, .., those of whole
/// tenths behind the read of the same time; `step` are the members of the step `cached`.
struct Setting {
  std::string step = R"("local": {"capacity": 100, "lookup_time": "0s"}, "store": "db")";
  std::string db = R"("service_time": "0s")";
  std::string duration = "2050ms";
  std::string rest = "";  ///< Further members of the file.
  std::string app = "";   ///< Further members of the app.
  std::string more = "";  ///< Further nodes.
  bool writes = true;
  std::string keys = "sequential(n=1)";
};

std::string text(const Setting& s) {
  std::string nodes = fmt::format(R"json(
      "app": {{"type": "app_server", {}"endpoints": {{"default": [{{"type": "cached", {}}}]}}}},
      "db": {{"type": "database", {}}},
      "readers": {{"type": "clients", "arrivals": "constant(10/s)", "target": "app", "keys": "{}"}}{})json",
                                  s.app, s.step, s.db, s.keys, s.more);
  if (s.writes) {
    nodes += R"json(,
      "writers": {"type": "clients", "arrivals": "constant(4/s)", "target": "app", "keys": "sequential(n=1)", "reads": "0%"})json";
  }
  return scenario(nodes, s.duration, s.rest);
}
sim::Result run(const Setting& s) { return run_checked(text(s)); }

/// The step with a pattern, its cache in the server.
std::string by(const std::string& pattern, const std::string& more = "") {
  return fmt::format(
      R"("local": {{"capacity": 100, "lookup_time": "0s"}}, "store": "db", "staleness_of": "db", "pattern": "{}"{})",
      pattern, more);
}
double of(const sim::Result& result, const std::string& name) {
  return scalar_of(result, "app", "l1_" + name);
}

TEST(CachedStep, AScanThatFitsMissesOnce) {
  const auto result = run({.duration = "10050ms", .writes = false, .keys = "sequential(n=10)"});
  EXPECT_EQ(of(result, "misses"), 10);
  EXPECT_EQ(of(result, "hits"), 90);
  EXPECT_DOUBLE_EQ(of(result, "hit_ratio"), 0.9);
  EXPECT_EQ(of(result, "entries"), 10);
  EXPECT_EQ(received(result, "db"), 10u);
  EXPECT_EQ(result.requests.latency.max(), 0);
}

TEST(CachedStep, ALookUpTakesItsTime) {
  const auto result =
      run({.step = R"("local": {"capacity": 100}, "store": "db")", .writes = false});
  EXPECT_EQ(result.requests.latency.min(), 100);
  EXPECT_EQ(result.requests.latency.max(), 100);
}

TEST(CachedStep, EachReplicaHasACacheOfItsOwn) {
  // Two servers by turns: two misses. 18 of 20 reads hit.
  const auto result = run({.app = R"("replicas": 2, )", .writes = false});
  EXPECT_EQ(received(result, "db"), 2u);
  EXPECT_EQ(scalar_of(result, "app[0]", "l1_hits"), 9);
  EXPECT_EQ(scalar_of(result, "app[1]", "l1_hits"), 9);
}

TEST(CachedStep, ItDiesWithItsServer) {
  const auto result =
      run({.rest = R"json("faults": [{"at": "1010ms", "for": "10ms", "fault": "crash(app)"}])json",
           .writes = false});
  EXPECT_EQ(of(result, "misses"), 2);
  EXPECT_EQ(result.requests.counts.ok, 20u);
}

TEST(CachedStep, ReadAndWrittenByEveryPattern) {
  // Writes that erase: the read after each of the writes of 0.25 s .. 1.75 s misses, and the first
  // one: 8 of 20. Writes that update or leave the entry alone: the first read alone misses.
  struct Expected {
    const char* pattern;
    double misses;
    std::uint64_t at_the_store;
    double stale;
  };
  for (const Expected& each : {Expected{"cache_aside", 8, 16, 0},
                               {"read_through", 8, 16, 0},
                               {"write_through", 1, 9, 0},
                               {"write_around", 1, 9, 18}}) {
    const auto result = run({.step = by(each.pattern)});
    EXPECT_EQ(of(result, "misses"), each.misses) << each.pattern;
    EXPECT_EQ(of(result, "hits"), 20 - each.misses) << each.pattern;
    EXPECT_EQ(received(result, "db"), each.at_the_store) << each.pattern;
    EXPECT_EQ(of(result, "stale_served"), each.stale) << each.pattern;
  }
}

TEST(CachedStep, WriteAroundServesWhatItFirstRead) {
  // Of 20 reads those from 0.3 s on are behind all writes done by then: 1 1 1 2 2 3 3 3 4 4 5 5 5 6
  // 6 7 7 7, 72 in all, 4 on the average. The oldest of those writes was done at 0.25 s, so that
  // the last read, at 2 s, was stale for 1.75 s.
  const auto result = run({.step = by("write_around")});
  EXPECT_DOUBLE_EQ(of(result, "stale_share"), 0.9);
  EXPECT_DOUBLE_EQ(of(result, "versions_behind_mean"), 4);
  EXPECT_EQ(of(result, "versions_behind_max"), 7);
  const auto& age = node_of(result, "app").histograms.at("l1_stale_age_seconds");
  EXPECT_EQ(age.count(), 18u);
  EXPECT_EQ(age.min(), 50 * millisecond);
  EXPECT_EQ(age.max(), 1750 * millisecond);
}

TEST(CachedStep, ATimeToLiveBoundsStaleness) {
  // Filled at 0.1 s, for 300 ms: missed at 0.4 s, 0.7 s, ..: a read is at most 200 ms behind a
  // fill.
  const auto result = run({.step = by("write_around", R"(, "ttl": "300ms")")});
  EXPECT_EQ(of(result, "misses"), 7);
  EXPECT_LE(node_of(result, "app").histograms.at("l1_stale_age_seconds").max(), 200 * millisecond);
  EXPECT_GT(of(result, "stale_served"), 0);
}

TEST(CachedStep, WriteBehindStoresLaterAndLess) {
  // The write of 0.25 s starts the clock: at 1.15 s four writes of the key are stored as one. That
  // of 1.25 s would be stored at 2.15 s, and the three after it join it.
  const auto result = run({.step = by("write_behind(flush_interval=900ms)")});
  EXPECT_EQ(of(result, "misses"), 1);
  EXPECT_EQ(received(result, "db"), 2u);
  EXPECT_EQ(of(result, "writes_flushed"), 1);
  EXPECT_EQ(of(result, "writes_coalesced"), 6);
  EXPECT_EQ(of(result, "writes_buffered"), 1);
  EXPECT_EQ(of(result, "stale_served"), 0);
  EXPECT_EQ(result.requests.latency.max(), 0);
}

TEST(CachedStep, ACrashLosesWhatWasNotStored) {
  // The last write before the crash, of 1.75 s, had been answered and was never stored. What is
  // read after it is what was stored at 1.15 s, three acknowledged writes before.
  const auto result = run(
      {.step = by("write_behind(flush_interval=900ms)"),
       .rest = R"json("faults": [{"at": "1850ms", "for": "10ms", "fault": "crash(app)"}])json"});
  EXPECT_EQ(of(result, "unflushed_writes_lost"), 1);
  EXPECT_EQ(result.requests.counts.ok, 28u);
  EXPECT_EQ(received(result, "db"), 3u);  // Two reads, one write.
  const auto written_through = run(
      {.step = by("write_through"),
       .rest = R"json("faults": [{"at": "1850ms", "for": "10ms", "fault": "crash(app)"}])json"});
  EXPECT_EQ(received(written_through, "db"), 10u);
}

TEST(CachedStep, AFullBatchIsStoredAtOnce) {
  // Ten keys in turn, batches of five: at every fifth write five keys go.
  const auto result = run_checked(scenario(R"json(
      "app": {"type": "app_server", "endpoints": {"default": [{"type": "cached", "local": {"capacity": 100}, "store": "db",
              "pattern": "write_behind(flush_interval=1h, batch=5)"}]}},
      "db": {"type": "database", "service_time": "0s"},
      "writers": {"type": "clients", "arrivals": "constant(10/s)", "target": "app", "keys": "sequential(n=10)", "reads": "0%"})json",
                                           "1250ms"));
  EXPECT_EQ(received(result, "db"), 10u);
  EXPECT_EQ(of(result, "writes_buffered"), 2);
}

TEST(CachedStep, AFullBufferWritesThrough) {
  const auto result = run_checked(scenario(R"json(
      "app": {"type": "app_server", "endpoints": {"default": [{"type": "cached", "local": {"capacity": 100}, "store": "db",
              "pattern": "write_behind(flush_interval=1h, batch=100, limit=3)"}]}},
      "db": {"type": "database", "service_time": "0s"},
      "writers": {"type": "clients", "arrivals": "constant(10/s)", "target": "app", "keys": "sequential(n=10)", "reads": "0%"})json",
                                           "1050ms"));
  EXPECT_EQ(received(result, "db"), 7u);
  EXPECT_EQ(of(result, "writes_buffered"), 3);
}

TEST(CachedStep, AFailedFlushIsTriedAgain) {
  // The store is down from 1 s to 3 s: the flushes of 1.15 s, 2.05 s and 2.95 s are refused, that
  // of 3.85 s is not.
  const auto result =
      run({.step = by("write_behind(flush_interval=900ms)"),
           .duration = "3990ms",
           .rest = R"json("faults": [{"at": "1s", "for": "2s", "fault": "crash(db)"}])json"});
  EXPECT_EQ(of(result, "flush_failures"), 3);
  EXPECT_EQ(of(result, "writes_flushed"), 1);
  EXPECT_EQ(of(result, "unflushed_writes_lost"), 0);
}

TEST(CachedStep, RefreshAheadMissesOnlyTheFirst) {
  // Filled at 0.1 s for 1 s. The read of 0.9 s finds 0.2 s left, less than a quarter: refreshed;
  // the next such read comes 0.8 s later: 12 times until 10 s.
  const auto result = run({.step = by("refresh_ahead(window=25%)", R"(, "ttl": "1s")"),
                           .duration = "10050ms",
                           .writes = false});
  EXPECT_EQ(of(result, "misses"), 1);
  EXPECT_EQ(of(result, "refreshes"), 12);
  EXPECT_EQ(received(result, "db"), 13u);
}

TEST(CachedStep, StaleWhileRevalidateLetsNobodyWait) {
  // Over at 1.1 s, when that read is answered from it and has it loaded: nine times until 9.1 s.
  // A load takes 50 ms, and only the first read waits for one.
  const auto result = run({.step = by("stale_while_revalidate(window=10s)", R"(, "ttl": "1s")"),
                           .db = R"("service_time": "50ms")",
                           .duration = "10050ms",
                           .writes = false});
  EXPECT_EQ(of(result, "misses"), 1);
  EXPECT_EQ(result.requests.latency.max(), 50 * millisecond);
  EXPECT_EQ(static_cast<std::int64_t>(result.requests.latency.sum()), 50 * millisecond);
  // The entry is filled 50 ms after it was over: every 1.1 s a read finds it so.
  EXPECT_EQ(of(result, "refreshes"), 9);
}

TEST(CachedStep, WhatIsTooOldIsServedWhenTheStoreIsDown) {
  // Filled at 0.1 s and 1.1 s for 1 s each; down from 2.05 s to 5.05 s: the 30 reads of 2.1 s
  // .. 5.0 s ask in vain and get the old value.
  const auto result =
      run({.step = by("read_through", R"(, "ttl": "1s", "stale_if_error": "10s")"),
           .duration = "6050ms",
           .rest = R"json("faults": [{"at": "2050ms", "for": "3s", "fault": "crash(db)"}])json",
           .writes = false});
  EXPECT_EQ(result.requests.counts.ok, 60u);
  EXPECT_EQ(of(result, "stale_on_error"), 30);
}

TEST(CachedStep, AbsenceIsRemembered) {
  // There is nothing in the store. Without negative caching all 100 reads go there; with it, one a
  // second.
  const auto without = run({.step = by("read_through"),
                            .db = R"("service_time": "0s", "rows": 0)",
                            .duration = "10050ms",
                            .writes = false});
  EXPECT_EQ(received(without, "db"), 100u);
  const auto with = run({.step = by("read_through", R"(, "negative_ttl": "1s")"),
                         .db = R"("service_time": "0s", "rows": 0)",
                         .duration = "10050ms",
                         .writes = false});
  EXPECT_EQ(received(with, "db"), 10u);
  EXPECT_EQ(of(with, "absent_hits"), 90);
}

TEST(CachedStep, OneFlightForAllWhoMissAtOnce) {
  // A load takes 350 ms: the reads of 0.1 s .. 0.4 s miss.
  const std::string slow = R"("service_time": "350ms")";
  const auto without = run({.step = by("read_through"), .db = slow, .writes = false});
  EXPECT_EQ(received(without, "db"), 4u);
  const auto with =
      run({.step = by("read_through", R"(, "single_flight": true)"), .db = slow, .writes = false});
  EXPECT_EQ(received(with, "db"), 1u);
  EXPECT_EQ(of(with, "joined"), 3);
}

TEST(CachedStep, LeasesAreOneFlightForAllServers) {
  // The same over two servers and a cache between: each server's single flight would ask once.
  const auto with = [&](const std::string& step, const std::string& cache) {
    return run({.step = R"("cache": "cache", "store": "db", "pattern": "read_through")" + step,
                .db = R"("service_time": "350ms")",
                .app = R"("replicas": 2, )",
                .more = R"json(, "cache": {"type": "cache", "capacity": 100)json" + cache + "}",
                .writes = false});
  };
  EXPECT_EQ(received(with("", ""), "db"), 4u);
  EXPECT_EQ(received(with(R"(, "single_flight": true)", ""), "db"), 2u);
  const auto leased = with(R"(, "leases": true)", R"(, "leases": "10s")");
  EXPECT_EQ(received(leased, "db"), 1u);
  EXPECT_EQ(scalar_of(leased, "cache", "leases_given"), 1);
  EXPECT_GT(scalar_of(leased, "cache", "lease_waits"), 3);
  // They come again every 10 ms, so nobody waits longer than the load and that.
  EXPECT_LE(leased.requests.latency.max(), 360 * millisecond);
}

TEST(CachedStep, ALeaseKeepsOutWhatWasLoadedBeforeAWrite) {
  // The far server asks at 0.4 s, its question is at the store at 0.5 s and the answer back at 0.6
  // s. At 0.556 s the near server writes and erases. Cache-aside then puts the old value, which the
  // read of 0.8 s finds; a put whose lease was revoked is refused.
  const auto race = [](const std::string& step, const std::string& cache) {
    return run_checked(scenario(
        fmt::format(R"json(
        "far":  {{"type": "app_server", "endpoints": {{"default": [{{"type": "cached", "cache": "cache", "store": "db"{0}}}]}}}},
        "near": {{"type": "app_server", "endpoints": {{"default": [{{"type": "cached", "cache": "cache", "store": "db"{0}}}]}}}},
        "cache": {{"type": "cache", "capacity": 10, "staleness_of": "db"{1}}},
        "db": {{"type": "database", "service_time": "0s"}},
        "readers": {{"type": "clients", "arrivals": "constant(2.5/s)", "target": "far", "keys": "sequential(n=1)"}},
        "writer": {{"type": "clients", "arrivals": "constant(1.8/s)", "target": "near", "keys": "sequential(n=1)", "reads": "0%"}})json",
                    step, cache),
        "1050ms",
        R"json("network": {"links": [{"from": "far", "to": "db", "latency": "100ms"}]})json"));
  };
  const auto aside = race("", "");
  EXPECT_EQ(scalar_of(aside, "cache", "hits"), 1);
  EXPECT_EQ(scalar_of(aside, "cache", "stale_served"), 1);
  const auto leased = race(R"(, "leases": true)", R"(, "leases": "10s")");
  EXPECT_EQ(scalar_of(leased, "cache", "hits"), 0);
  EXPECT_EQ(scalar_of(leased, "cache", "puts_refused"), 1);
}

TEST(CachedStep, ACacheThatLoadsForItselfDoesNotKeepWhatAWriteOvertook) {
  // Messages take 20 ms, exponentially distributed: answers overtake each other.
  const auto race = [](const std::string& pattern) {
    return run_checked(scenario(
        R"json("app": {"type": "app_server", "endpoints": {"default": [{"type": "cached", )json" +
            by(pattern) + R"json(}]}},
        "db": {"type": "database", "service_time": "0s"},
        "readers": {"type": "clients", "arrivals": "poisson(100/s)", "target": "app", "keys": "sequential(n=1)"},
        "writer": {"type": "clients", "arrivals": "poisson(10/s)", "target": "app", "keys": "sequential(n=1)", "reads": "0%"})json",
        "100s",
        R"json("network": {"links": [{"from": "app", "to": "db", "latency": "exponential(20ms)"}]})json"));
  };
  const auto aside = race("cache_aside");
  EXPECT_GT(of(aside, "stale_served"), 0);
  const auto through = race("read_through");
  EXPECT_GT(of(through, "not_kept"), 0);
  EXPECT_EQ(of(through, "stale_served"), 0);
}

TEST(CachedStep, ExpiresEarlyTheMoreTheLongerALoadTakes) {
  // Beta 1000 times a load of 10 ms is 10 s: with 1 s left a read loads with probability exp(-0.1),
  // so more than 70 of 99 do. With beta 0.1 even one that finds 10 ms left does with exp(-10) only.
  const auto eager = run({.step = by("read_through", R"(, "ttl": "1s", "early_expiry": 1000)"),
                          .db = R"("service_time": "10ms")",
                          .duration = "10050ms",
                          .writes = false});
  EXPECT_GT(of(eager, "early_loads"), 70);
  const auto calm = run({.step = by("read_through", R"(, "ttl": "1s", "early_expiry": 0.1)"),
                         .db = R"("service_time": "10ms")",
                         .duration = "10050ms",
                         .writes = false});
  EXPECT_EQ(of(calm, "early_loads"), 0);
}

TEST(CachedStep, TwoLevelsAndAStore) {
  // Ten keys in turn. The first level holds five and, by LRU, never has the one asked for; the
  // second has all ten.
  const auto result = run(
      {.step =
           R"json("local": {"capacity": 5}, "steps": [{"type": "cached", "layer": "l2", "cache": "cache", "store": "db"}])json",
       .duration = "10050ms",
       .more = R"json(, "cache": {"type": "cache", "capacity": 100})json",
       .writes = false,
       .keys = "sequential(n=10)"});
  EXPECT_EQ(of(result, "hits"), 0);
  EXPECT_EQ(scalar_of(result, "app", "l2_hits"), 90);
  EXPECT_EQ(scalar_of(result, "cache", "hits"), 90);
  EXPECT_EQ(received(result, "db"), 10u);
}

TEST(CachedStep, StepsBehindItAreDoneOnAMiss) {
  const auto result = run(
      {.step =
           R"json("local": {"capacity": 5, "lookup_time": "0s"}, "steps": ["sleep(30ms)", "sleep(20ms)"])json",
       .writes = false});
  EXPECT_EQ(static_cast<std::int64_t>(result.requests.latency.sum()), 50 * millisecond);
  EXPECT_EQ(of(result, "loads"), 1);
}

TEST(CachedStep, LoadsInTheBackgroundUnderEveryConcurrency) {
  // Over at 1.1 s and served; loaded anew behind it, by a job of its own. A crash ends it like any
  // other.
  for (const char* concurrency :
       {"", R"("concurrency": "event_loop", )", R"("concurrency": "coroutines", )"}) {
    const auto result = run(
        {.step = by("stale_while_revalidate(window=10s)", R"(, "ttl": "1s")"),
         .db = R"("service_time": "50ms")",
         .duration = "6050ms",
         .rest = R"json("faults": [{"at": "2230ms", "for": "10ms", "fault": "crash(app)"}])json",
         .app = concurrency,
         .writes = false});
    EXPECT_EQ(result.requests.counts.ok, 60u) << concurrency;
    EXPECT_EQ(of(result, "misses"), 2) << concurrency;
    EXPECT_GE(of(result, "refreshes"), 3) << concurrency;
  }
}

TEST(CachedStep, TimesWithoutEndFit) {
  const auto result =
      run({.step = by("stale_while_revalidate(window=100000d)",
                      R"(, "ttl": "100000d", "ttl_jitter": "100%", "stale_if_error": "100000d")"),
           .writes = false});
  EXPECT_EQ(of(result, "misses"), 1);
}

TEST(CachedStep, JitterSpreadsTheEnds) {
  // 100 keys put in one round, good for 10 s: without jitter all are over in the same round of 1 s.
  const auto misses_of = [](const std::string& more) {
    const auto result = run_checked(scenario(R"json(
        "app": {"type": "app_server", "endpoints": {"default": [{"type": "cached", "local": {"capacity": 200}, "store": "db", "ttl": "10s")json" +
                                                 more + R"json(}]}},
        "db": {"type": "database", "service_time": "0s"},
        "readers": {"type": "clients", "arrivals": "constant(100/s)", "target": "app", "keys": "sequential(n=100)"})json",
                                             "10995ms", R"("slos": [])"));
    return of(result, "misses");
  };
  // Until just before 11 s: the round of 10 s misses all, or those whose time was not longer, half
  // of 100 give or take five.
  EXPECT_GE(misses_of(""), 198);
  const double jittered = misses_of(R"(, "ttl_jitter": "20%")");
  EXPECT_GT(jittered, 130);
  EXPECT_LT(jittered, 170);
}

TEST(CachedStep, SaysWhatIsWrong) {
  const auto problem = [](const std::string& step) {
    return problems_of(
        text({.step = step, .more = R"json(, "cache": {"type": "cache", "capacity": 9})json"}));
  };
  const std::string step = "nodes.app.endpoints.default[0].";
  EXPECT_EQ(
      problem(R"("store": "db")"),
      step +
          "cache: expected either `local` or `cache`; such as \"local\": {\"capacity\": 1000}\n");
  EXPECT_EQ(problem(R"("local": {"capacity": 1})"),
            step + "store: expected either `store` or `steps`\n");
  EXPECT_EQ(problem(R"("local": {"capacity": 1}, "store": "db", "pattern": "refresh_ahead")"),
            step + "pattern: this pattern goes by the time to live; give a `ttl`\n");
  EXPECT_EQ(problem(R"("local": {"capacity": 1}, "store": "db", "ttl_jitter": "10%")"),
            step + "ttl_jitter: has no effect without a `ttl`; give a `ttl`\n");
  EXPECT_EQ(problem(R"("local": {"capacity": 1}, "store": "db", "leases": true)"),
            step +
                "leases: only a cache server gives leases; take `single_flight` for a cache of "
                "the server itself\n");
  EXPECT_EQ(
      problem(
          R"("local": {"capacity": 1, "eviction": "arc", "admission": "tiny_lfu"}, "store": "db")"),
      step +
          "local.admission: compares who comes with who would have to go, which this "
          "`eviction` cannot say; take lru, fifo, lfu or gdsf, or the eviction "
          "\"w_tinylfu\" without an admission\n");
  EXPECT_EQ(problem(R"("local": {"capacity": 1}, "store": "cache")").substr(0, step.size()), step);
}

// --- against theory ----------------------------------------------------------------------------

/// Reads of one key by a Poisson stream of 2 a second, loads that take no time; 20,000 s.
sim::Result poisson(const std::string& step) {
  return run_checked(scenario(fmt::format(R"json(
      "app": {{"type": "app_server", "endpoints": {{"default": [{{"type": "cached", {}}}]}}}},
      "db": {{"type": "database", "service_time": "0s"}},
      "readers": {{"type": "clients", "arrivals": "poisson(2/s)", "target": "app", "keys": "sequential(n=1)"}})json",
                                          step),
                              "20000s"));
}

TEST(SlowCachedStep, ATimeToLiveHitsAsARenewalProcessDoes) {
  // A miss, then the reads of T, then the next miss: l T / (1 + l T). T = 1 s: 2 / 3; T = 5 s:
  // 10 / 11. 40,000 reads: standard error below 0.25 points.
  EXPECT_NEAR(of(poisson(by("read_through", R"(, "ttl": "1s")")), "hit_ratio"), 2.0 / 3, 0.0075);
  EXPECT_NEAR(of(poisson(by("read_through", R"(, "ttl": "5s")")), "hit_ratio"), 10.0 / 11, 0.0045);
}

TEST(SlowCachedStep, RefreshAheadMissesAsItsFormulaSays) {
  // T = 1 s, w = 0.5 s: misses exp(-1) / (1 + 2 * 0.5) = 0.18394, and 1 / (0.5 + 0.5) = 1 load a
  // second.
  const auto result = poisson(by("refresh_ahead(window=50%)", R"(, "ttl": "1s")"));
  EXPECT_NEAR(1 - of(result, "hit_ratio"), std::exp(-1) / 2, 0.006);
  EXPECT_NEAR(of(result, "loads") / 20'000, 1, 0.015);
}

TEST(SlowCachedStep, StaleWhileRevalidateMissesAsItsFormulaSays) {
  // T = 1 s, window 0.5 s: misses exp(-1) / (1 + 2) = 0.12263.
  const auto result = poisson(by("stale_while_revalidate(window=500ms)", R"(, "ttl": "1s")"));
  EXPECT_NEAR(1 - of(result, "hit_ratio"), std::exp(-1) / 3, 0.005);
}

TEST(SlowCachedStep, EarlyExpiryMissesAsItsFormulaSays) {
  // A load takes 0.1 s and early reads of one load do not see each other's, so the chance that an
  // entry of 5 s gets to its end is exp(-l d) with l d = 2 * 0.1: 81.9 % of the periods end so. A
  // period lasts about 5 s, so that of 20,000 s some 3,900 end: standard error 0.6 points. A period
  // that begins early by x overlaps with the last by the load, which moves it by less than l d^2.
  const auto result = run_checked(scenario(R"json(
      "app": {"type": "app_server", "endpoints": {"default": [{"type": "cached", "local": {"capacity": 9, "lookup_time": "0s"},
              "store": "db", "pattern": "read_through", "ttl": "5s", "early_expiry": 1, "single_flight": true}]}},
      "db": {"type": "database", "service_time": "100ms"},
      "readers": {"type": "clients", "arrivals": "poisson(2/s)", "target": "app", "keys": "sequential(n=1)"})json",
                                           "20000s"));
  const double loads = of(result, "loads");
  const double late = loads - of(result, "early_loads") + of(result, "joined");
  EXPECT_GT(loads, 3500);
  EXPECT_NEAR(late / (late + of(result, "early_loads")), std::exp(-0.2), 0.04);
}

}  // namespace
}  // namespace faultline
