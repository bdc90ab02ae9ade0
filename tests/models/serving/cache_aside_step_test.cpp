#include <gtest/gtest.h>

#include "models/algorithms/hashing/key_placement.hpp"
#include "sim/registry/registry.hpp"
#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::millisecond;
using tests::node_of;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// Ten requests a second, at 0.1 s, 0.2 s, .., for an app in front of `cache` and `db` (the members
/// of both).
struct Setting {
  std::string keys = "sequential(n=1)";
  std::string reads = "100%";
  std::string step = "";  ///< Further members of the step.
  std::string cache = R"("capacity": 100)";
  std::string db = R"("service_time": "0s")";
  std::string duration = "10050ms";
  std::string rest = "";  ///< Further members of the file.
};

sim::Result run(const Setting& s) {
  return run_checked(scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "constant(10/s)", "target": "app", "keys": "{}", "reads": "{}"}},
      "app": {{"type": "app_server", "endpoints": {{"default": [
          {{"type": "cache_aside", "cache": "cache", "store": "db"{}}}]}}}},
      "cache": {{"type": "cache", {}}},
      "db": {{"type": "database", {}}})json",
                                          s.keys, s.reads, s.step, s.cache, s.db),
                              s.duration, s.rest));
}

double hits(const sim::Result& result) { return scalar_of(result, "cache", "hits"); }
double misses(const sim::Result& result) { return scalar_of(result, "cache", "misses"); }

TEST(CacheAsideStep, AScanThatFitsMissesOnce) {
  // Keys 0 .. 9 ten times over: ten misses fill the cache, the other 90 hit. The store sees the
  // misses alone.
  const auto result = run({.keys = "sequential(n=10)", .cache = R"("capacity": 10)"});
  EXPECT_EQ(misses(result), 10);
  EXPECT_EQ(hits(result), 90);
  EXPECT_EQ(received(result, "db"), 10u);
  EXPECT_EQ(scalar_of(result, "cache", "entries"), 10);
  EXPECT_DOUBLE_EQ(scalar_of(result, "cache", "hit_ratio"), 0.9);
}

TEST(CacheAsideStep, AScanLargerThanAnLruCacheNeverHits) {
  // The entry asked for next is always the one that was evicted last.
  const auto result = run({.keys = "sequential(n=10)", .cache = R"("capacity": 9)"});
  EXPECT_EQ(hits(result), 0);
  EXPECT_EQ(received(result, "db"), 100u);
  EXPECT_EQ(scalar_of(result, "cache", "evictions"), 91);
}

TEST(CacheAsideStep, AHitCostsTheCacheAMissTheStoreToo) {
  // Hit: 5 ms. Miss: 5 ms + 20 ms; the put that fills the cache is not waited for.
  const auto result = run({.keys = "sequential(n=10)",
                           .cache = R"("capacity": 10, "service_time": "5ms")",
                           .db = R"("service_time": "20ms")"});
  EXPECT_EQ(result.requests.latency.min(), 5 * millisecond);
  EXPECT_EQ(result.requests.latency.max(), 25 * millisecond);
  EXPECT_EQ(static_cast<std::int64_t>(result.requests.latency.sum()),
            (90 * 5 + 10 * 25) * millisecond);
  // The cache worked 100 times for a get and 10 times for a put.
  EXPECT_EQ(received(result, "cache"), 110u);
}

TEST(CacheAsideStep, AWriteGoesToTheStoreAndErasesTheEntry) {
  // Reads of one key at 0.1 s, 0.2 s, ..; writes at 0.25 s, 0.5 s, .., those of whole tenths behind
  // the read of the same time, so that each is followed by a miss. Up to 2.05 s: 20 reads, 8
  // writes, the last at 2.0 s after the last read. Misses: at 0.1 s, and after the writes of 0.25,
  // 0.5, .. 1.75 s: 8. The other 12 hit.
  const auto result = run_checked(scenario(R"json(
      "app": {"type": "app_server", "endpoints": {"default": [{"type": "cache_aside", "cache": "cache", "store": "db"}]}},
      "cache": {"type": "cache", "capacity": 100},
      "db": {"type": "database", "service_time": "0s"},
      "readers": {"type": "clients", "arrivals": "constant(10/s)", "target": "app", "keys": "sequential(n=1)"},
      "writers": {"type": "clients", "arrivals": "constant(4/s)", "target": "app", "keys": "sequential(n=1)", "reads": "0%"})json",
                                           "2050ms"));
  EXPECT_EQ(misses(result), 8);
  EXPECT_EQ(hits(result), 12);
  EXPECT_EQ(received(result, "db"), 16u);
  EXPECT_EQ(scalar_of(result, "cache", "entries"), 0);
}

TEST(CacheAsideStep, AWriteWaitsForTheStoreAlone) {
  const auto result = run({.reads = "0%",
                           .cache = R"("capacity": 10, "service_time": "5ms")",
                           .db = R"("service_time": "20ms")"});
  EXPECT_EQ(result.requests.latency.min(), 20 * millisecond);
  EXPECT_EQ(result.requests.latency.max(), 20 * millisecond);
  EXPECT_EQ(hits(result) + misses(result), 0);
  EXPECT_EQ(received(result, "cache"), 100u);
}

TEST(CacheAsideStep, AnEntryIsGoodForItsTimeToLive) {
  // Filled at 0.1 s for 250 ms: hits at 0.2 s and 0.3 s, at 0.4 s it has expired and is filled
  // anew: one miss in three. Of 99 reads up to 9.9 s 33 miss, that of 10.0 s does too; all but the
  // first because of age.
  const auto result = run({.step = R"(, "ttl": "250ms")"});
  EXPECT_EQ(misses(result), 34);
  EXPECT_EQ(hits(result), 66);
  EXPECT_EQ(scalar_of(result, "cache", "expirations"), 33);
  EXPECT_EQ(received(result, "db"), 34u);
}

TEST(CacheAsideStep, AnEntryExpiresWhenItIsAsOldAsItsTimeToLive) {
  // Filled at 0.1 s for 200 ms: a hit at 0.2 s, a miss at 0.3 s. Half of 100.
  const auto result = run({.step = R"(, "ttl": "200ms")"});
  EXPECT_EQ(misses(result), 50);
}

TEST(CacheAsideStep, TheCachesTimeToLiveHoldsWhereTheStepHasNone) {
  const auto caches = run({.cache = R"("capacity": 100, "ttl": "250ms")"});
  EXPECT_EQ(misses(caches), 34);
  const auto steps =
      run({.step = R"(, "ttl": "1h")", .cache = R"("capacity": 100, "ttl": "250ms")"});
  EXPECT_EQ(misses(steps), 1);
}

TEST(CacheAsideStep, CapacityInBytesHoldsWhatTheStoreBringsBack) {
  // 100 bytes each: ten fit into 1000 bytes, eleven do not.
  const auto fits = run({.keys = "sequential(n=10)",
                         .cache = R"("capacity": "1000B")",
                         .db = R"("service_time": "0s", "reply_size": "100B")"});
  EXPECT_EQ(misses(fits), 10);
  EXPECT_EQ(scalar_of(fits, "cache", "used_bytes"), 1000);
  const auto exceeds = run({.keys = "sequential(n=11)",
                            .cache = R"("capacity": "1000B")",
                            .db = R"("service_time": "0s", "reply_size": "100B")"});
  EXPECT_EQ(hits(exceeds), 0);
  EXPECT_EQ(scalar_of(exceeds, "cache", "used_bytes"), 1000);
}

TEST(CacheAsideStep, AKeyFindsItsReplicaByThePlacement) {
  // Ten keys, ten times each: wherever they live, each is missed once.
  std::vector<models::PlacementNode> caches;
  for (int i = 0; i < 4; ++i) caches.push_back({fmt::format("cache[{}]", i), 1});
  for (const std::string name : {"modulo", "ring", "jump", "rendezvous"}) {
    const auto result = run({.keys = "sequential(n=10)",
                             .step = R"(, "placement": ")" + name + "\"",
                             .cache = R"("capacity": 100, "replicas": 4)"});
    EXPECT_EQ(received(result, "db"), 10u) << name;
    const auto placement = sim::Choice<models::KeyPlacement>(name).make({caches});
    std::vector<std::uint64_t> expected(4);
    for (std::uint64_t key = 0; key < 10; ++key) expected[placement->place(key)] += 11;
    for (std::size_t i = 0; i < 4; ++i) {  // Ten reads of a key, and the put.
      EXPECT_EQ(received(result, caches[i].name), expected[i]) << name << ", " << i;
    }
  }
}

TEST(CacheAsideStep, ACacheThatIsDownCountsAsAMiss) {
  const auto result = run({.db = R"("service_time": "20ms")",
                           .rest = R"json("faults": [{"at": "0s", "fault": "crash(cache)"}])json"});
  EXPECT_EQ(result.requests.counts.ok, 100u);
  EXPECT_EQ(received(result, "db"), 100u);
  EXPECT_EQ(result.requests.latency.max(), 20 * millisecond);
  // The get and the put of each are refused.
  EXPECT_EQ(errors_of(node_of(result, "cache").counts, "refused"), 200u);
}

TEST(CacheAsideStep, ACrashEmptiesTheCache) {
  // One key. A miss at 0.1 s; down from 5.05 s to 6.05 s the reads of 5.1 s .. 6.0 s, ten, go to
  // the store; that of 6.1 s finds the cache empty.
  const auto result = run(
      {.rest = R"json("faults": [{"at": "5050ms", "for": "1s", "fault": "crash(cache)"}])json"});
  EXPECT_EQ(result.requests.counts.ok, 100u);
  EXPECT_EQ(misses(result), 2);
  EXPECT_EQ(hits(result), 88);
  EXPECT_EQ(received(result, "db"), 12u);
}

TEST(CacheAsideStep, ACacheTooSlowForItsPatienceCountsAsAMiss) {
  // 3 ms of patience, then 20 ms at the store.
  const auto result = run({.step = R"(, "cache_timeout": "3ms")",
                           .cache = R"("capacity": 100, "service_time": "50ms")",
                           .db = R"("service_time": "20ms")"});
  EXPECT_EQ(result.requests.latency.min(), 23 * millisecond);
  EXPECT_EQ(result.requests.latency.max(), 23 * millisecond);
  EXPECT_EQ(received(result, "db"), 100u);
}

TEST(CacheAsideStep, WhatTheStoreRefusesFails) {
  const auto reads = run({.rest = R"json("faults": [{"at": "0s", "fault": "crash(db)"}])json"});
  EXPECT_EQ(reads.requests.counts.fail, 100u);
  EXPECT_EQ(errors_of(reads.requests.counts, "refused"), 100u);
  // Nothing came back that could be put.
  EXPECT_EQ(received(reads, "cache"), 100u);
  const auto writes =
      run({.reads = "0%", .rest = R"json("faults": [{"at": "0s", "fault": "crash(db)"}])json"});
  EXPECT_EQ(writes.requests.counts.fail, 100u);
}

TEST(CacheAsideStep, AWriteThatTimesOutErasesTheEntryToo) {
  const auto result = run(
      {.reads = "0%", .step = R"(, "store_timeout": "10ms")", .db = R"("service_time": "50ms")"});
  EXPECT_EQ(result.requests.counts.unknown, 100u);
  EXPECT_EQ(received(result, "cache"), 100u);
}

TEST(CacheAsideStep, EachKeyHasItsReplicaOfTheCache) {
  // Ten keys over two caches: five each, found again every time.
  const auto result = run({.keys = "sequential(n=10)", .cache = R"("replicas": 2, "capacity": 5)"});
  for (const char* name : {"cache[0]", "cache[1]"}) {
    EXPECT_EQ(scalar_of(result, name, "entries"), 5) << name;
    EXPECT_EQ(scalar_of(result, name, "hits"), 45) << name;
    EXPECT_EQ(scalar_of(result, name, "misses"), 5) << name;
  }
}

TEST(CacheAsideStep, NeedsACacheAndAStore) {
  EXPECT_EQ(tests::problems_of(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "app"},
      "app": {"type": "app_server", "endpoints": {"default": [{"type": "cache_aside", "cache": "db", "store": "cache"}]}},
      "cache": {"type": "cache", "capacity": 1},
      "db": {"type": "database", "service_time": "0s"})json",
                                        "1s")),
            "nodes.app.endpoints.default[0].cache: \"db\" is no cache\n"
            "nodes.app.endpoints.default[0].store: \"cache\" is no store\n");
}

TEST(CacheAsideStep, CallsTheStoreAsItsCallerSays) {
  // Every read misses: the store fails while it is down, from 0.95 to 1.95 s, for ten requests.
  const std::string faults =
      R"json("faults": [{"at": "950ms", "for": "1s", "fault": "crash(db)"}])json";
  const auto plain = run({.keys = "sequential(n=1000)", .rest = faults});
  EXPECT_EQ(errors_of(plain.requests.counts, "refused"), 10u);
  const auto retried = run({.keys = "sequential(n=1000)",
                            .step = R"json(, "store_retry": "fixed(2, base=0s)")json",
                            .rest = faults});
  EXPECT_EQ(errors_of(retried.requests.counts, "refused"), 10u);
  EXPECT_EQ(received(retried, "db"), 110u);
  const auto patient = run({.keys = "sequential(n=1000)",
                            .step = R"json(, "store_retry": "fixed(2, base=1s)")json",
                            .rest = faults});
  EXPECT_EQ(patient.requests.counts.fail, 0u);
  EXPECT_EQ(scalar_of(patient, "app", "retries"), 10);
}

TEST(CacheAsideStep, ABreakerOverTheCacheSparesItsTimeout) {
  // A cache that never answers costs each read 50 ms; a breaker finds out and asks the store alone.
  const std::string cache = R"("capacity": 10, "service_time": "1h")";
  const auto result = run(
      {.step =
           R"json(, "cache_timeout": "50ms", "cache_breaker": "consecutive_failures(5, open_for=1h)")json",
       .cache = cache});
  EXPECT_EQ(result.requests.counts.ok, 100u);
  EXPECT_EQ(scalar_of(result, "app", "breaker_rejected"), 95);
  EXPECT_EQ(result.requests.latency.quantile(0.5), result.requests.latency.min());
}

TEST(CacheAsideStep, ChecksBothCallers) {
  EXPECT_EQ(tests::problems_of(scenario(
                R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
      "app": {"type": "app_server", "endpoints": {"default": [{"type": "cache_aside", "cache": "cache",
        "store": "db", "store_timeout": "2s", "store_deadline": "1s"}]}},
      "cache": {"type": "cache", "capacity": 10}, "db": {"type": "database", "service_time": "1ms"})json",
                "1s")),
            "nodes.app.endpoints.default[0].store_timeout: is above `store_deadline`, which ends "
            "the wait "
            "before\n");
}

}  // namespace
}  // namespace faultline
