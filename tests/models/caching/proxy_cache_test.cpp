#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::millisecond;
using tests::problems_of;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// Ten requests a second, at 0.1 s, 0.2 s, .., through `proxy` to `db`.
std::string behind(const std::string& proxy,
                   const std::string& clients = R"json("keys": "sequential(n=10)")json",
                   const std::string& more = "") {
  return fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "constant(10/s)", "target": "proxy", {}}},
      "proxy": {{"type": "proxy_cache", "upstream": "db", {}}},
      "db": {{"type": "database", "service_time": "20ms"}}{})json",
                     clients, proxy, more);
}

TEST(ProxyCache, AnswersFromItsMemoryOrPassesOn) {
  const auto result =
      run_checked(scenario(behind(R"("capacity": 10, "service_time": "1ms")"), "10050ms"));
  EXPECT_EQ(received(result, "db"), 10u);
  EXPECT_EQ(scalar_of(result, "proxy", "hits"), 90);
  EXPECT_DOUBLE_EQ(scalar_of(result, "proxy", "hit_ratio"), 0.9);
  EXPECT_EQ(result.requests.latency.min(), 1 * millisecond);
  EXPECT_EQ(result.requests.latency.max(), 21 * millisecond);
}

TEST(ProxyCache, WorkersAreNotHeldWhileTheUpstreamWorks) {
  // Five at once, one worker of 1 ms: the last is through after 5 ms, and 20 ms later answered.
  const auto result = run_checked(scenario(
      tests::burst(5, "proxy") +
          R"json("proxy": {"type": "proxy_cache", "upstream": "db", "capacity": 1, "service_time": "1ms", "workers": 1},
                 "db": {"type": "database", "service_time": "20ms"})json",
      "1900ms"));
  EXPECT_EQ(result.requests.latency.max(), 25 * millisecond);
  EXPECT_EQ(result.requests.latency.min(), 21 * millisecond);
}

TEST(ProxyCache, EndpointsAreEntriesOfTheirOwnThatAWriteEndsTogether) {
  // Reads of one key by two endpoints and a write by a third, each once a second: each second both
  // reads miss. Without the write each misses once.
  const auto with = [](const std::string& more) {
    return run_checked(scenario(R"json(
        "a": {"type": "clients", "arrivals": "constant(4/s)", "target": "proxy", "keys": "sequential(n=1)", "mix": [{"endpoint": "a"}]},
        "b": {"type": "clients", "arrivals": "constant(4/s)", "target": "proxy", "keys": "sequential(n=1)", "mix": [{"endpoint": "b"}]},
        "proxy": {"type": "proxy_cache", "upstream": "db", "capacity": 10},
        "db": {"type": "database", "service_time": "0s"})json" +
                                    more,
                                "2100ms"));
  };
  const auto without = with("");
  EXPECT_EQ(scalar_of(without, "proxy", "misses"), 2);
  EXPECT_EQ(scalar_of(without, "proxy", "hits"), 14);
  // The write of 1 s comes behind the reads of 1 s.
  const auto written = with(R"json(,
        "w": {"type": "clients", "arrivals": "constant(1/s)", "target": "proxy", "keys": "sequential(n=1)", "reads": "0%", "mix": [{"endpoint": "w"}]})json");
  EXPECT_EQ(scalar_of(written, "proxy", "misses"), 4);
}

TEST(ProxyCache, ARequestToEraseIsForThisCacheAlone) {
  // Recorded: a read, a hit, a purge, a read that asks anew. The store hears of the two reads only.
  const std::string file = testing::TempDir() + "faultline_purge.csv";
  std::ofstream(file) << "time,key,operation\n0,a,get\n0.1,a,get\n0.2,a,delete\n0.3,a,get\n";
  const auto result = run_checked(scenario(fmt::format(R"json(
      "users": {{"type": "clients", "target": "proxy", "trace": {{"file": "{}"}}}},
      "proxy": {{"type": "proxy_cache", "upstream": "db", "capacity": 10}},
      "db": {{"type": "database", "service_time": "1ms"}})json",
                                                       file),
                                           "1s"));
  EXPECT_EQ(result.requests.counts.ok, 4u);
  EXPECT_EQ(received(result, "db"), 2u);
  EXPECT_EQ(scalar_of(result, "proxy", "hits"), 1);
}

TEST(ProxyCache, WhatIsNotCacheableIsPassedOn) {
  const auto result =
      run_checked(scenario(behind(R"("capacity": 10, "cacheable": ["other"])"), "1050ms"));
  EXPECT_EQ(received(result, "db"), 10u);
  EXPECT_EQ(scalar_of(result, "proxy", "hits") + scalar_of(result, "proxy", "misses"), 0);
}

TEST(ProxyCache, ACrashAndAFlushEmptyIt) {
  for (const char* fault : {"crash(proxy)", "cache_flush(proxy)"}) {
    const auto result = run_checked(scenario(
        behind(R"("capacity": 10)", R"json("keys": "sequential(n=1)")json"), "2050ms",
        fmt::format(R"json("faults": [{{"at": "1050ms", "for": "10ms", "fault": "{}"}}])json",
                    fault)));
    EXPECT_EQ(received(result, "db"), 2u) << fault;
  }
}

TEST(ProxyCache, CountsBytesAndLetsLargeThingsPass) {
  const auto result = run_checked(scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "proxy", "keys": "sequential(n=10)"},
             "proxy": {"type": "proxy_cache", "upstream": "db", "capacity": "1000B", "admission": "size_threshold(limit=99B)"},
             "db": {"type": "database", "service_time": "0s", "reply_size": "100B"})json",
      "2050ms"));
  EXPECT_EQ(scalar_of(result, "proxy", "used_bytes"), 0);
  EXPECT_EQ(scalar_of(result, "proxy", "denials"), 20);
}

TEST(ProxyCache, EqualCachesInARowDoNotPretendToHelp) {
  // Three of one size and time. What the first misses the second was asked for just when the first
  // was: by time both are over together, and the second never hits.
  const auto stack = [](const std::string& limits) {
    return run_checked(scenario(fmt::format(R"json(
        "users": {{"type": "clients", "arrivals": "poisson(200/s)", "target": "one", "keys": "zipf(n=1000, s=0.8)"}},
        "one": {{"type": "proxy_cache", "upstream": "two", {0}}},
        "two": {{"type": "proxy_cache", "upstream": "three", {0}}},
        "three": {{"type": "proxy_cache", "upstream": "db", {0}}},
        "db": {{"type": "database", "service_time": "0s"}})json",
                                            limits),
                                "100s"));
  };
  const auto by_time = stack(R"("capacity": 10000, "ttl": "5s")");
  EXPECT_GT(scalar_of(by_time, "one", "hit_ratio"), 0.4);
  EXPECT_EQ(scalar_of(by_time, "two", "hits"), 0);
  EXPECT_EQ(scalar_of(by_time, "three", "hits"), 0);
  EXPECT_EQ(received(by_time, "db"), received(by_time, "two"));
}

TEST(ProxyCache, BeforeAStoreItIsAsGoodAsAStore) {
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app", "keys": "sequential(n=1)"},
      "app": {"type": "app_server", "endpoints": {"default": [{"type": "cached", "local": {"capacity": 1}, "store": "proxy"}]}},
      "proxy": {"type": "proxy_cache", "upstream": "db", "capacity": 10},
      "db": {"type": "database", "service_time": "0s"})json",
                                           "1050ms"));
  EXPECT_EQ(received(result, "proxy"), 1u);
}

// --- points of presence ------------------------------------------------------------------------

/// Users in two zones, a point of presence in each, an origin in the first.
std::string network(const std::string& rest = "", const std::string& cdn = "") {
  return fmt::format(R"json({{"faultline": 1,
      "zones": {{"a": {{"region": "east"}}, "b": {{"region": "west"}}}},
      "nodes": {{
        "users_a": {{"type": "clients", "zone": "a", "arrivals": "constant(10/s)", "target": "cdn", "keys": "sequential(n=1)"}},
        "users_b": {{"type": "clients", "zone": "b", "arrivals": "constant(10/s)", "target": "cdn", "keys": "sequential(n=1)"}},
        "cdn": {{"type": "cdn", "replicas": 2, "zones": ["a", "b"], "upstream": "db", "capacity": 10{}}},
        "db": {{"type": "database", "zone": "a", "service_time": "0s"}}
      }},
      "network": {{"links": [{{"from": "zone:a", "to": "zone:b", "latency": "40ms"}}]}},
      "run": {{"duration": "2050ms"}}{}}})json",
                     cdn, rest);
}

TEST(Cdn, EverybodyReachesTheNearest) {
  const auto result = run_checked(network());
  EXPECT_EQ(received(result, "cdn[0]"), 20u);
  EXPECT_EQ(received(result, "cdn[1]"), 20u);
  EXPECT_EQ(received(result, "db"), 2u);  // One miss a point.
  EXPECT_EQ(result.requests.latency.max(), 80 * millisecond);
  EXPECT_EQ(result.requests.latency.count() - 1, 39u);
  EXPECT_EQ(static_cast<std::int64_t>(result.requests.latency.sum()), 80 * millisecond);
}

TEST(Cdn, AnotherOneTakesTheUsersOfOneThatIsDown) {
  // Down from 0.95 s to 1.55 s: the six reads of zone b in that time go to a, 40 ms away each way;
  // afterwards its cache is empty.
  const auto result = run_checked(network(
      R"json(, "faults": [{"at": "950ms", "for": "600ms", "fault": "crash(cdn[1])"}])json"));
  EXPECT_EQ(received(result, "cdn[0]"), 26u);
  EXPECT_EQ(result.requests.counts.ok, 40u);
  EXPECT_EQ(received(result, "db"), 3u);
}

TEST(Cdn, AShieldAsksTheOriginOnceForAllPoints) {
  const auto result = run_checked(R"json({"faultline": 1,
      "zones": {"a": {"region": "east"}, "b": {"region": "west"}},
      "nodes": {
        "users_a": {"type": "clients", "zone": "a", "arrivals": "constant(10/s)", "target": "cdn", "keys": "sequential(n=50)"},
        "users_b": {"type": "clients", "zone": "b", "arrivals": "constant(10/s)", "target": "cdn", "keys": "sequential(n=50)"},
        "cdn": {"type": "cdn", "replicas": 2, "zones": ["a", "b"], "upstream": "shield", "capacity": 100},
        "shield": {"type": "proxy_cache", "zone": "a", "upstream": "db", "capacity": 100, "single_flight": true},
        "db": {"type": "database", "zone": "a", "service_time": "0s"}
      },
      "run": {"duration": "5050ms"}})json");
  EXPECT_EQ(received(result, "shield"), 100u);
  EXPECT_EQ(received(result, "db"), 50u);
}

TEST(ProxyCache, SaysWhatIsWrong) {
  EXPECT_EQ(problems_of(scenario(behind(R"("capacity": 10, "queue_limit": 1)"), "1s")),
            "nodes.proxy.queue_limit: has no effect without `workers`: nobody waits\n");
  EXPECT_EQ(
      problems_of(scenario(behind(R"("capacity": 10, "pattern": "stale_while_revalidate")"), "1s")),
      "nodes.proxy.pattern: this pattern goes by the time to live; give a `ttl`\n");
}

}  // namespace
}  // namespace faultline
