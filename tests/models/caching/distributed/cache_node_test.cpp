#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/algorithms/hashing/key_placement.hpp"
#include "sim/registry/registry.hpp"
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

/// Reads in front of an app that asks a distributed cache, and a store behind it.
struct Setting {
  std::string arrivals = "constant(1000/s)";
  std::string keys = "sequential(n=1000)";
  std::string reads = "100%";
  int nodes = 10;
  std::string cache = "";  ///< Further members of the cache.
  std::string duration = "2500ms";
  std::string rest = "";  ///< Further members of the file.
  int apps = 1;
};

std::string text_of(const Setting& s) {
  return scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "{}", "target": "app", "keys": "{}", "reads": "{}"}},
      "app": {{"type": "app_server", "replicas": {}, "endpoints": {{"default": [
          {{"type": "cache_aside", "cache": "cache", "store": "db"}}]}}}},
      "cache": {{"type": "distributed_cache", "replicas": {}, "capacity": 100000{}{}}},
      "db": {{"type": "database", "service_time": "0s"}})json",
                              s.arrivals, s.keys, s.reads, s.apps, s.nodes,
                              s.cache.empty() ? "" : ", ", s.cache),
                  s.duration, s.rest);
}

sim::Result run(const Setting& s) { return run_checked(text_of(s)); }

double all(const sim::Result& result, const std::string& name) {
  double sum = 0;
  for (const sim::NodeResult& node : result.nodes) {
    if (node.group == "cache") sum += node.scalars.at(name);
  }
  return sum;
}

/// Of the keys 0 .. 999 on ten nodes: what moves when `index` leaves, by the algorithm alone.
models::Movement movement(const std::string& placement, std::size_t index) {
  models::KeyPlacement::MakeArgs args;
  for (int i = 0; i < 10; ++i) args.nodes.push_back({fmt::format("cache[{}]", i), 1});
  const auto made = sim::Choice<models::KeyPlacement>(placement).make(args);
  std::vector<std::uint64_t> keys(1000);
  for (std::uint64_t key = 0; key < 1000; ++key) keys[key] = key;
  return movement_of_leaving(*made, index, keys);
}

TEST(DistributedCache, EachKeyIsOnOneNode) {
  // Two and a half passes over 1,000 keys: the first fills, the rest hits.
  const auto result = run({});
  EXPECT_EQ(all(result, "misses"), 1000);
  EXPECT_EQ(all(result, "hits"), 1500);
  EXPECT_EQ(all(result, "entries"), 1000);
  EXPECT_EQ(received(result, "db"), 1000u);
}

TEST(DistributedCache, EveryPatternAsksTheNodeOfTheKey) {
  // A pass that fills and one that hits, by the step that has the patterns.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "app", "keys": "sequential(n=1000)"},
      "app": {"type": "app_server", "endpoints": {"default": [{"type": "cached", "cache": "cache", "store": "db"}]}},
      "cache": {"type": "distributed_cache", "replicas": 10, "capacity": 100000, "placement": "rendezvous"},
      "db": {"type": "database", "service_time": "0s"})json",
                                           "2000500us"));
  EXPECT_EQ(received(result, "db"), 1000u);
  models::KeyPlacement::MakeArgs args;
  for (int i = 0; i < 10; ++i) args.nodes.push_back({fmt::format("cache[{}]", i), 1});
  const auto placement = sim::Choice<models::KeyPlacement>("rendezvous").make(args);
  std::vector<double> expected(10);
  for (std::uint64_t key = 0; key < 1000; ++key) ++expected[placement->place(key)];
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(scalar_of(result, fmt::format("cache[{}]", i), "entries"), expected[i]) << i;
  }
}

class MovementTest : public testing::TestWithParam<std::tuple<const char*, int, double, double>> {};

TEST_P(MovementTest, IsWhatTheAlgorithmSaysAndIsMissedOnce) {
  // One of ten nodes leaves between two passes over the keys. Every key that moved is missed once
  // in the next pass, and no other is.
  const auto& [placement, index, share_min, share_max] = GetParam();
  const auto result =
      run({.cache = fmt::format(R"("placement": "{}")", placement),
           .duration = "2000500us",
           .rest = fmt::format(
               R"json("faults": [{{"at": "1000500us", "fault": "leave_cluster(cache[{}])"}}])json",
               index)});
  const models::Movement expected = movement(placement, static_cast<std::size_t>(index));
  EXPECT_EQ(scalar_of(result, "cache[0]", "cluster_changes"), 1);
  EXPECT_EQ(scalar_of(result, "cache[0]", "moved_keys"), static_cast<double>(expected.moved));
  EXPECT_DOUBLE_EQ(scalar_of(result, "cache[0]", "moved_share"), expected.share_moved());
  EXPECT_DOUBLE_EQ(scalar_of(result, "cache[0]", "moved_needlessly_share"),
                   expected.share_needless());
  EXPECT_EQ(received(result, "db"), 1000 + expected.moved);
  EXPECT_EQ(scalar_of(result, "cache[0]", "moved_misses"), static_cast<double>(expected.moved));
  EXPECT_GE(expected.share_moved(), share_min);
  EXPECT_LE(expected.share_moved(), share_max);
}

// Modulo 10 and 9 agree on 9 residues of 90. A ring or a table moves about what the node had. Jump
// moves that only when the last node leaves: the others are numbered anew. Of even ranges, range i
// keeps (9 - i)/90 when the last leaves, a half in all.
INSTANTIATE_TEST_SUITE_P(
    Placements, MovementTest,
    testing::Values(std::tuple{"modulo", 9, 0.87, 0.93}, std::tuple{"modulo", 3, 0.87, 0.93},
                    std::tuple{"ring", 9, 0.06, 0.15}, std::tuple{"ring", 3, 0.06, 0.15},
                    std::tuple{"ketama", 3, 0.06, 0.15}, std::tuple{"rendezvous", 3, 0.07, 0.13},
                    std::tuple{"maglev", 3, 0.07, 0.16}, std::tuple{"slots", 3, 0.07, 0.13},
                    std::tuple{"jump", 9, 0.07, 0.13}, std::tuple{"jump", 0, 0.6, 1.0},
                    std::tuple{"range(keys=1000)", 9, 0.49, 0.51}));

TEST(DistributedCache, OnlyModuloJumpAndRangesMoveWhatNeedNotMove) {
  EXPECT_EQ(movement("ring", 3).needless, 0u);
  EXPECT_EQ(movement("rendezvous", 3).needless, 0u);
  EXPECT_EQ(movement("jump", 9).needless, 0u);
  EXPECT_GT(movement("jump", 0).share_needless(), 0.5);
  EXPECT_GT(movement("modulo", 9).share_needless(), 0.7);
  // Maglev moves a few slots besides.
  EXPECT_LT(movement("maglev", 3).share_needless(), 0.04);
}

TEST(DistributedCache, TheStoreFeelsModuloNineTimesAsMuchAsTheRing) {
  // The pass after the node has left: the store gets a request for each key that moved.
  const auto misses = [](const std::string& placement) {
    const auto result = run({.cache = fmt::format(R"("placement": "{}")", placement),
                             .duration = "2000500us",
                             .rest = R"json("faults": [{"at": "1000500us",
                                                    "fault": "leave_cluster(cache[9])"}])json"});
    return static_cast<double>(received(result, "db")) - 1000;
  };
  EXPECT_GT(misses("modulo"), 6 * misses("ring"));
}

TEST(DistributedCache, AJoiningNodeTakesItsShareAndNoMore) {
  // cache[9] is not there for the first pass; then a ring gives it about a tenth of the keys.
  const auto result = run(
      {.duration = "2000500us",
       .rest = R"json("faults": [{"at": "1000500us", "fault": "join_cluster(cache[9])"}])json"});
  const double moved = scalar_of(result, "cache[0]", "moved_keys");
  EXPECT_GT(moved, 60);
  EXPECT_LT(moved, 150);
  EXPECT_EQ(moved, static_cast<double>(movement("ring", 9).moved));  // The same as leaving.
  EXPECT_EQ(scalar_of(result, "cache[0]", "moved_needlessly_share"), 0);
  EXPECT_EQ(scalar_of(result, "cache[9]", "entries"), moved);
  EXPECT_EQ(received(result, "db"), 1000 + static_cast<std::uint64_t>(moved));
}

TEST(DistributedCache, WhatIsCarriedToItsNewOwnerIsNotMissed) {
  // 900 keys move by modulo, most from each of nine nodes: at 10,000/s and node, in a moment. The
  // next pass begins with keys that are on their way, but hardly.
  const auto result = run({.cache = R"("placement": "modulo", "migration": "20000/s")",
                           .duration = "2000500us",
                           .rest = R"json("faults": [{"at": "1000500us",
                                                  "fault": "leave_cluster(cache[9])"}])json"});
  EXPECT_GT(scalar_of(result, "cache[0]", "moved_keys"), 870);
  EXPECT_LT(scalar_of(result, "cache[0]", "moved_misses"), 30);
  EXPECT_LT(received(result, "db"), 1030u);
  EXPECT_GT(all(result, "carried_entries"), 850);
  EXPECT_EQ(scalar_of(result, "cache[9]", "entries"), 0);
}

TEST(DistributedCache, AClientThatHasNotHeardAsksTheOldNodes) {
  // For half a second the client goes by the old placement: a tenth of its keys are asked for at a
  // node that has left, which refuses; they are read from the store again and again.
  const auto result = run({.cache = R"("propagation": "500ms")",
                           .duration = "1999500us",
                           .rest = R"json("faults": [{"at": "1000500us",
                                                  "fault": "leave_cluster(cache[9])"}])json"});
  const auto moved = movement("ring", 9).moved;
  EXPECT_EQ(received(result, "db"), 1000 + moved);
  // Gets and puts of the keys of the first half of the pass, about half of those that moved.
  const double refused =
      static_cast<double>(node_of(result, "cache[9]").counts.errors.at("refused"));
  EXPECT_NEAR(refused, static_cast<double>(moved), 0.4 * static_cast<double>(moved));
}

TEST(DistributedCache, ARedirectedClientLearnsAtOnce) {
  // The first request for a key of the node that left is redirected; that client knows then.
  const auto result = run({.cache = R"("routing": "redirect")",
                           .duration = "2000500us",
                           .rest = R"json("faults": [{"at": "1000500us",
                                                  "fault": "leave_cluster(cache[9])"}])json",
                           .apps = 3});
  EXPECT_EQ(received(result, "db"), 1000 + movement("ring", 9).moved);
  EXPECT_GE(scalar_of(result, "cache[0]", "redirects") +
                static_cast<double>(node_of(result, "cache[9]").counts.errors.at("refused")),
            3);
  EXPECT_LE(scalar_of(result, "cache[0]", "redirects"), 3);
}

TEST(DistributedCache, AProxyAsksTheRightNode) {
  // Ten nodes are asked in turn; nine of ten requests, gets and puts, are for keys of others.
  const auto result = run({.cache = R"("routing": "proxy")"});
  EXPECT_EQ(all(result, "misses"), 1000);
  EXPECT_EQ(all(result, "hits"), 1500);
  EXPECT_NEAR(all(result, "forwarded"), 0.9 * 3500, 0.05 * 3500);
}

TEST(DistributedCache, AProxyCostsAHopMore) {
  // Ways of 1 ms: to the app and back 2, to the cache and back 2; by a proxy 2 more unless it is
  // the owner itself. Of one key on one node there is no other.
  const std::string latency = R"("network": {"default_latency": "1ms"})";
  const auto direct = run({.keys = "sequential(n=1)", .rest = latency});
  EXPECT_EQ(direct.requests.latency.min(), 4 * millisecond);
  const auto proxy =
      run({.keys = "sequential(n=1)", .cache = R"("routing": "proxy")", .rest = latency});
  EXPECT_EQ(proxy.requests.latency.min(), 4 * millisecond);
  EXPECT_NEAR(static_cast<double>(proxy.requests.latency.quantile(0.5)), 6 * millisecond,
              0.05 * millisecond);
}

TEST(DistributedCache, WithoutEjectionTheKeysOfADeadNodeMiss) {
  // cache[9] is down for the whole second pass: its keys are read from the store once more each,
  // and in the third pass, when it is back and empty, once more.
  const auto result =
      run({.duration = "3000500us", .rest = R"json("faults": [{"at": "1000500us", "for": "1s",
                                                  "fault": "crash(cache[9])"}])json"});
  const auto own = movement("ring", 9).moved;
  EXPECT_EQ(received(result, "db"), 1000 + 2 * own);
  EXPECT_EQ(scalar_of(result, "cache[0]", "cluster_changes"), 0);
  EXPECT_EQ(scalar_of(result, "cache[9]", "entries"), static_cast<double>(own));
}

TEST(DistributedCache, AnEjectedNodesKeysGoElsewhereUntilItIsBack) {
  const auto result = run({.cache = R"("eject": true, "detection": "100ms")",
                           .duration = "5s",
                           .rest = R"json("faults": [{"at": "1000500us", "for": "2s",
                                                  "fault": "crash(cache[9])"}])json"});
  // Ejected, and taken in again.
  EXPECT_EQ(scalar_of(result, "cache[0]", "cluster_changes"), 2);
  const auto own = static_cast<double>(movement("ring", 9).moved);
  // Its keys are counted as they were when it crashed, and once more when they come home.
  EXPECT_NEAR(scalar_of(result, "cache[0]", "moved_keys"), 2 * own, 0.1 * own);
  EXPECT_GT(scalar_of(result, "cache[9]", "entries"), 0.95 * own);
  // Second pass: missed; third: hit elsewhere; fourth: missed at home. A few of the second pass
  // are missed twice, at the dead node first.
  EXPECT_NEAR(static_cast<double>(received(result, "db")), 1000 + 2 * own, 0.25 * own);
}

// Two nodes, one shard: the second is a replica.
Setting pair(const std::string& more, const std::string& faults) {
  return {.nodes = 2,
          .cache = R"("replication_factor": 2, "detection": "200ms")" + more,
          .duration = "3s",
          .rest = R"("network": {"default_latency": "1ms"}, "faults": [)" + faults + "]"};
}

TEST(DistributedCache, AReplicaHasWhatThePrimaryWrote) {
  const auto result = run(pair("", ""));
  EXPECT_EQ(scalar_of(result, "cache[0]", "entries"), 1000);
  EXPECT_EQ(scalar_of(result, "cache[1]", "entries"), 1000);
  EXPECT_EQ(scalar_of(result, "cache[1]", "hits"), 0);  // Reads go to the primary.
  EXPECT_EQ(scalar_of(result, "cache[0]", "lost_writes"), 0);
}

TEST(DistributedCache, ReadsMayGoToAllReplicas) {
  const auto result = run(pair(R"(, "reads": "any")", ""));
  EXPECT_NEAR(scalar_of(result, "cache[0]", "hits"), scalar_of(result, "cache[1]", "hits"), 3);
  EXPECT_EQ(all(result, "misses"), 1000);
}

TEST(DistributedCache, AFailOverKeepsTheHits) {
  // The primary is gone from 1.5 s on. Until its replica is promoted, after 200 to 240 ms, all
  // reads go to the store; then all hit again, and not one entry has to be fetched anew.
  const auto result = run(pair("", R"json({"at": "1500ms", "fault": "crash(cache[0])"})json"));
  EXPECT_EQ(scalar_of(result, "cache[0]", "failovers"), 1);
  EXPECT_EQ(scalar_of(result, "cache[1]", "misses"), 0);
  EXPECT_GT(scalar_of(result, "cache[1]", "hits"), 1240);
  const double outage = static_cast<double>(received(result, "db")) - 1000;
  EXPECT_GE(outage, 195);
  EXPECT_LE(outage, 245);
  EXPECT_EQ(scalar_of(result, "cache[0]", "lost_writes"), 0);  // What it had sent arrived.
}

TEST(DistributedCache, WhatTheReplicaHasNotHeardOfIsLost) {
  // Cut off from its replica at 0.4 s, the primary takes 100 more puts until it dies at 0.5 s: one
  // each millisecond. The replica that takes over has none of them.
  const auto result = run(pair("", R"json({"at": "400ms", "for": "5s",
      "fault": {"type": "partition", "groups": [["cache[0]"], ["cache[1]"]]}},
      {"at": "500ms", "fault": "crash(cache[0])"})json"));
  EXPECT_NEAR(scalar_of(result, "cache[0]", "lost_writes"), 100, 3);
  EXPECT_EQ(scalar_of(result, "cache[0]", "failovers"), 1);
}

TEST(DistributedCache, APrimaryThatIsBackTooSoonEmptiesItsReplicas) {
  // Down for 50 ms, which nobody notices: it is empty, and its replica becomes a copy of it. The
  // next pass misses all keys again; with a detection that is in time it misses none.
  const std::string blink =
      R"json({"at": "1002ms", "for": "50ms", "fault": "crash(cache[0])"})json";
  Setting s = pair("", blink);
  s.duration = "2s";
  const auto result = run(s);
  EXPECT_EQ(scalar_of(result, "cache[0]", "failovers"), 0);
  EXPECT_GT(received(result, "db"), 1900u);
  // But for an update that is on its way.
  EXPECT_NEAR(scalar_of(result, "cache[1]", "entries"), scalar_of(result, "cache[0]", "entries"),
              1);
  s.cache = R"("replication_factor": 2, "detection": "20ms")";
  const auto noticed = run(s);
  EXPECT_EQ(scalar_of(noticed, "cache[0]", "failovers"), 1);
  EXPECT_LT(received(noticed, "db"), 1060u);
}

TEST(DistributedCache, TheOldPrimaryComesBackAsAReplica) {
  const auto result =
      run(pair("", R"json({"at": "1500ms", "for": "1s", "fault": "crash(cache[0])"})json"));
  EXPECT_EQ(scalar_of(result, "cache[0]", "entries"), 1000);  // Copied from the new primary.
  EXPECT_EQ(scalar_of(result, "cache[1]", "misses"), 0);
  EXPECT_EQ(scalar_of(result, "cache[0]", "failovers"), 1);
}

TEST(DistributedCache, APrimaryThatStoodStillLosesWhatItWritesAfterwards) {
  // It stands still for half a second, is replaced, and steps down when it is asked how it is.
  const auto result =
      run(pair("", R"json({"at": "1500ms", "for": "500ms", "fault": "pause(cache[0])"})json"));
  EXPECT_EQ(scalar_of(result, "cache[0]", "failovers"), 1);
  EXPECT_EQ(scalar_of(result, "cache[0]", "entries"), 1000);
  EXPECT_GT(scalar_of(result, "cache[1]", "hits"), 1000);
}

TEST(DistributedCache, HotKeysAreReadFromTheirCopies) {
  // Half of all reads are of key 0, the rest of 999 others. Without copies its node has more than
  // half of the load; with four, those five nodes share it.
  const std::string keys = "hotspot(n=1000, hot_share=0.1%, hot_probability=50%)";
  const auto busiest = [&keys](const std::string& hot) {
    const auto result = run({.keys = keys, .cache = hot, .duration = "10s"});
    double most = 0;
    double sum = 0;
    for (const sim::NodeResult& node : result.nodes) {
      if (node.group != "cache") continue;
      most = std::max(most, node.scalars.at("hits"));
      sum += node.scalars.at("hits");
    }
    return most / sum;
  };
  const double alone = busiest("");
  EXPECT_GT(alone, 0.5);
  const double shared = busiest(R"("hot_keys": {"share": "5%", "copies": 4, "window": "200ms"})");
  // A tenth for the node itself and its share of the other half: about 0.05 + 0.1.
  EXPECT_LT(shared, 0.25);
  const auto result =
      run({.keys = keys,
           .cache = R"("hot_keys": {"share": "5%", "copies": 4, "window": "200ms"})",
           .duration = "10s"});
  EXPECT_EQ(scalar_of(result, "cache[0]", "hot_keys"), 1);
  EXPECT_NEAR(scalar_of(result, "cache[0]", "hot_requests"), 0.5 * 9800, 300);
}

TEST(DistributedCache, AWriteReachesTheCopiesOfAHotKey) {
  // Key 0 alone, and a write each 100 ms, which erases the entry. It is filled again at its owner,
  // which tells the copies: a read hits again after one miss, wherever it goes.
  const auto result =
      run({.arrivals = "constant(1000/s)",
           .keys = "sequential(n=1)",
           .reads = "99%",
           .cache = R"("hot_keys": {"share": "50%", "copies": 2, "window": "100ms"})",
           .duration = "5s"});
  const double writes = 5000 - (all(result, "hits") + all(result, "misses"));
  EXPECT_GT(scalar_of(result, "cache[0]", "hot_requests"), 4500);
  // A miss at a copy is asked for at the owner, so a write costs two at most, and the first one.
  EXPECT_LT(all(result, "misses"), 200);
  EXPECT_LT(writes, 100);
}

/// One key, read ten times a second through `app`, written once at 2.5 s through `other`.
sim::Result run_near(const std::string& near) {
  return run_checked(scenario(fmt::format(R"json(
      "readers": {{"type": "clients", "arrivals": "constant(10/s)", "target": "app", "keys": "sequential(n=1)"}},
      "writers": {{"type": "clients", "arrivals": "constant(0.4/s)", "target": "other", "keys": "sequential(n=1)", "reads": "0%"}},
      "app": {{"type": "app_server", "endpoints": {{"default": [{{"type": "cache_aside", "cache": "cache", "store": "db"}}]}}}},
      "other": {{"type": "app_server", "endpoints": {{"default": [{{"type": "cache_aside", "cache": "cache", "store": "db"}}]}}}},
      "cache": {{"type": "distributed_cache", "replicas": 3, "capacity": 100{}}},
      "db": {{"type": "database", "service_time": "0s"}})json",
                                          near),
                              "2950ms"));
}

TEST(NearCache, ServesWithoutAskingUntilItIsTooOld) {
  // Filled at 0.1 s for a second: asked for again at 1.1 s and 2.1 s. 29 reads, 3 of them look
  // further, and one of those misses the cluster too.
  const auto result = run_near(R"(, "near_cache": {"ttl": "1s"})");
  EXPECT_EQ(scalar_of(result, "cache[0]", "near_hits"), 26);
  EXPECT_EQ(scalar_of(result, "cache[0]", "near_misses"), 3);
  EXPECT_EQ(all(result, "hits"), 2);
  EXPECT_EQ(all(result, "misses"), 1);
}

TEST(NearCache, IsStaleUntilItHearsOfAWrite) {
  // Written elsewhere at 2.5 s; the entry of 2.1 s goes on to be served at 2.6, 2.7, 2.8, 2.9 s.
  const auto stale = run_near(R"(, "near_cache": {"ttl": "1s"})");
  EXPECT_EQ(scalar_of(stale, "cache[0]", "near_stale_hits"), 4);
  EXPECT_EQ(node_of(stale, "cache[0]").histograms.at("near_stale_age_seconds").max(),
            400 * millisecond);
  EXPECT_EQ(scalar_of(stale, "cache[0]", "near_invalidations"), 0);
  // Told of it, the reader asks the cluster at 2.6 s, and the store.
  const auto told = run_near(R"(, "near_cache": {"ttl": "1s", "invalidation": true})");
  EXPECT_EQ(scalar_of(told, "cache[0]", "near_stale_hits"), 0);
  EXPECT_EQ(scalar_of(told, "cache[0]", "near_invalidations"), 1);
  EXPECT_EQ(received(told, "db"), 3u);  // Two reads and the write.
}

TEST(NearCache, ForgetsWhatItsOwnProcessWrites) {
  const auto result = run({.arrivals = "constant(10/s)",
                           .keys = "sequential(n=1)",
                           .reads = "50%",
                           .cache = R"("near_cache": {"ttl": "10s"})",
                           .duration = "10s"});
  EXPECT_GT(scalar_of(result, "cache[0]", "near_hits"), 10);
  EXPECT_EQ(scalar_of(result, "cache[0]", "near_stale_hits"), 0);
}

TEST(NearCache, IsGoneAfterACrashOfItsProcess) {
  const auto result = run({.arrivals = "constant(10/s)",
                           .keys = "sequential(n=1)",
                           .cache = R"("near_cache": {"ttl": "100s"})",
                           .duration = "10050ms",
                           .rest = R"json("faults": [{"at": "5050ms", "for": "10ms",
                                                  "fault": "crash(app)"}])json"});
  EXPECT_EQ(scalar_of(result, "cache[0]", "near_misses"), 2);
  EXPECT_EQ(scalar_of(result, "cache[0]", "near_hits"), 98);
}

TEST(DistributedCache, WrongFilesAreToldWhatIsWrong) {
  EXPECT_EQ(problems_of(text_of({.nodes = 3, .cache = R"("replication_factor": 2)"})),
            "nodes.cache.replication_factor: 3 nodes do not make shards of 2; give `replicas` a "
            "multiple of 2\n");
  EXPECT_EQ(problems_of(text_of({.cache = R"("reads": "any")"})),
            "nodes.cache.reads: there is no replica to read from; give a `replication_factor` of "
            "at least 2\n");
  EXPECT_EQ(problems_of(text_of({.cache = R"("queue_limit": 3)"})),
            "nodes.cache.queue_limit: has no effect without `workers`: nobody waits\n");
  EXPECT_EQ(problems_of(text_of(
                {.rest = R"json("faults": [{"at": "1s", "fault": "leave_cluster(db)"}])json"})),
            "faults[0].fault.node: db is no node of a distributed cache\n");
}

}  // namespace
}  // namespace faultline
