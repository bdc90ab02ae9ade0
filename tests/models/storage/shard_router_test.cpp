#include <gtest/gtest.h>

#include <algorithm>

#include "models/algorithms/hashing/jump.hpp"
#include "models/algorithms/hashing/key_hash.hpp"
#include "models/algorithms/hashing/ring.hpp"
#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::millisecond;
using tests::node_of;
using tests::problems_of;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// 1000 requests, one for each of the keys 0 .. 999, to a router in front of four databases.
sim::Result run(const std::string& router, const std::string& db = "", const std::string& rest = "",
                const std::string& users = "") {
  return run_checked(scenario(
      fmt::format(
          R"json("users": {{"type": "clients", "arrivals": "constant(20/s)", "target": "router", "keys": "sequential(n=1000)"{}}},
      "router": {{"type": "shard_router", "shards": ["db"]{}}},
      "db": {{"type": "database", "replicas": 4, "service_time": "10ms"{}}})json",
          users, router, db),
      "50040ms", rest));
}

std::string shard(std::size_t index) { return "db[" + std::to_string(index) + "]"; }

TEST(ShardRouter, SendsEachKeyToItsShard) {
  models::Ring ring({.points = 150, .hash = "md5"}, {{{"db[0]"}, {"db[1]"}, {"db[2]"}, {"db[3]"}}});
  std::vector<std::uint64_t> expected(4);
  std::vector<std::uint64_t> jumped(4);
  for (std::uint64_t key = 0; key < 1000; ++key) {
    ++expected[ring.place(key)];
    ++jumped[models::jump_bucket(models::hash_of_word(key), 4)];
  }
  const auto by_ring = run("");
  const auto by_jump = run(R"(, "sharding": "jump")");
  const auto by_range = run(R"json(, "sharding": "range(keys=1000)")json");
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(received(by_ring, shard(i)), expected[i]);
    EXPECT_EQ(received(by_jump, shard(i)), jumped[i]);
    EXPECT_EQ(received(by_range, shard(i)), 250u);
  }
  EXPECT_EQ(scalar_of(by_range, "router", "imbalance_max_over_mean"), 1);
  EXPECT_EQ(scalar_of(by_range, "router", "imbalance_cv"), 0);
  const double highest = static_cast<double>(*std::max_element(expected.begin(), expected.end()));
  EXPECT_DOUBLE_EQ(scalar_of(by_ring, "router", "imbalance_max_over_mean"), highest / 250);
}

TEST(ShardRouter, ARegionKeepsItsOwn) {
  const auto result = run_checked(scenario(R"json(
      "users_eu": {"type": "clients", "zone": "eu", "arrivals": "constant(10/s)", "target": "router", "keys": "sequential(n=100)"},
      "users_us": {"type": "clients", "zone": "us", "arrivals": "constant(20/s)", "target": "router", "keys": "sequential(n=100)"},
      "router": {"type": "shard_router", "shards": ["db_eu", "db_us"], "sharding": {"type": "geographic", "by": "client"}},
      "db_eu": {"type": "database", "zone": "eu", "service_time": "1ms"},
      "db_us": {"type": "database", "zone": "us", "service_time": "1ms"})json",
                                           "10010ms", R"("zones": {"eu": {}, "us": {}})"));
  EXPECT_EQ(received(result, "db_eu"), 100u);
  EXPECT_EQ(received(result, "db_us"), 200u);
}

TEST(ShardRouter, AScatterAsksAllAndWaitsForTheSlowest) {
  // Four shards of 10 ms each, one of them three times as slow: 30 ms.
  const auto result = run(R"(, "scatter": [{}])", "",
                          R"json("faults": [{"at": "0s", "fault": "slow(db[2], factor=3)"}])json");
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(received(result, shard(i)), 1000u);
  EXPECT_EQ(result.requests.latency.min(), 30 * millisecond);
  EXPECT_EQ(scalar_of(result, "router", "scatters"), 1000);
  EXPECT_EQ(scalar_of(result, "router", "partial_answers"), 0);
}

TEST(ShardRouter, AQuorumDoesNotWaitForTheSlowest) {
  const auto result = run(R"(, "scatter": [{"wait_for": 3}])", "",
                          R"json("faults": [{"at": "0s", "fault": "slow(db[2], factor=3)"}])json");
  EXPECT_EQ(result.requests.latency.max(), 10 * millisecond);
  EXPECT_EQ(scalar_of(result, "router", "partial_answers"), 1000);
  EXPECT_EQ(scalar_of(result, "router", "partial_share"), 1);
}

TEST(ShardRouter, ADeadlineTakesWhatHasCome) {
  const auto result = run(R"(, "scatter": [{"deadline": "15ms"}])", "",
                          R"json("faults": [{"at": "0s", "fault": "slow(db[2], factor=3)"}])json");
  EXPECT_EQ(result.requests.latency.min(), 15 * millisecond);
  EXPECT_EQ(scalar_of(result, "router", "partial_answers"), 1000);
  // Without enough answers it is none.
  const auto strict = run(R"(, "scatter": [{"deadline": "15ms", "needed": 4}])", "",
                          R"json("faults": [{"at": "0s", "fault": "slow(db[2], factor=3)"}])json");
  EXPECT_EQ(errors_of(strict.requests.counts, "timeout"), 1000u);
  EXPECT_EQ(scalar_of(strict, "router", "partial_answers"), 0);
}

TEST(ShardRouter, AShardThatIsDownMakesAnAnswerPartialOrNone) {
  const std::string faults = R"json("faults": [{"at": "0s", "fault": "crash(db[2])"}])json";
  const auto all = run(R"(, "scatter": [{}])", "", faults);
  EXPECT_EQ(errors_of(all.requests.counts, "refused"), 1000u);
  const auto most = run(R"(, "scatter": [{"needed": 3}])", "", faults);
  EXPECT_EQ(most.requests.counts.ok, 1000u);
  EXPECT_EQ(scalar_of(most, "router", "partial_answers"), 1000);
}

/// A question to all shards is no matter of where one key lives.
TEST(ShardRouter, ScattersWithADirectoryToo) {
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "router", "keys": "sequential(n=1000)"},
      "router": {"type": "shard_router", "directory": "directory", "scatter": [{}]},
      "directory": {"type": "shard_directory", "shards": ["db"]},
      "db": {"type": "database", "replicas": 4, "service_time": "10ms"})json",
                                           "10050ms"));
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(received(result, shard(i)), 100u);
  EXPECT_EQ(result.requests.counts.ok, 100u);
  EXPECT_EQ(result.requests.latency.max(), 10 * millisecond);
}

TEST(ShardRouter, OfTheShardsOthersAreAskedEachTime) {
  const auto result = run(R"(, "scatter": [{"shards": 2}])");
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(received(result, shard(i)), 500u);
}

/// 100,000 draws would be needed to see a share exactly; of 1000 with p = 0.2 five deviations
/// are 63.
TEST(ShardRouter, ScattersAShareOfAnEndpoint) {
  const auto result = run(R"(, "scatter": [{"endpoints": ["search"], "share": "20%"}])", "", "",
                          R"(, "mix": [{"endpoint": "search"}])");
  EXPECT_NEAR(scalar_of(result, "router", "scatters"), 200, 63);
  const auto none = run(R"(, "scatter": [{"endpoints": ["search"]}])");
  EXPECT_EQ(scalar_of(none, "router", "scatters"), 0);
}

/// A third of the requests is for one key. Its shard has two replicas; from the second window on
/// reads of it go to both in turn, so the one that is not sticky gets half of them.
TEST(ShardRouter, HotKeysAreReadAtAnyReplica) {
  const auto result = run_checked(scenario(R"json(
      "crowd": {"type": "clients", "arrivals": "constant(100/s)", "target": "router", "keys": "sequential(n=1)"},
      "users": {"type": "clients", "arrivals": "constant(200/s)", "target": "router", "keys": "sequential(n=1000)"},
      "router": {"type": "shard_router", "shards": ["db"], "hot_keys": {"share": "20%", "window": "1s", "counters": 20}},
      "db": {"type": "database", "replicas": 2, "service_time": "1ms", "replication": "leaderless"})json",
                                           "10005ms"));
  // 9 windows of 100, and one request more or less at their borders.
  EXPECT_NEAR(scalar_of(result, "router", "hot_requests"), 900, 15);
  EXPECT_EQ(scalar_of(result, "router", "hot_keys"), 1);
  EXPECT_EQ(scalar_of(result, "router", "shards"), 1);
}

/// Half of the requests is for key 0. Copied to the other three shards, each of the four serves a
/// quarter of its reads: the copies get three of four from the second window on.
TEST(ShardRouter, AHotKeyIsCopiedToOtherShards) {
  const auto text = [](const std::string& copies) {
    return scenario(fmt::format(R"json(
      "crowd": {{"type": "clients", "arrivals": "constant(100/s)", "target": "router", "keys": "sequential(n=1)"}},
      "users": {{"type": "clients", "arrivals": "constant(100/s)", "target": "router", "keys": "sequential(n=1000)"}},
      "router": {{"type": "shard_router", "shards": ["db"], "hot_keys": {{"share": "20%", "window": "1s"{}}}}},
      "db": {{"type": "database", "replicas": 4, "service_time": "1ms"}})json",
                                copies),
                    "10005ms");
  };
  const auto busiest = [](const sim::Result& result) {
    std::uint64_t most = 0;
    for (std::size_t i = 0; i < 4; ++i) most = std::max(most, received(result, shard(i)));
    return most;
  };
  const auto alone = run_checked(text(""));
  EXPECT_GT(busiest(alone), 1200u);
  const auto copied = run_checked(text(R"(, "copies": 3)"));
  EXPECT_NEAR(scalar_of(copied, "router", "hot_copy_reads"), 0.75 * 900, 15);
  // A quarter of 900, the first window, and the ring's share of the others.
  EXPECT_LT(busiest(copied), 750u);
}

/// One router, so every write passes it: whoever reads sees what was written before, wherever he
/// reads.
TEST(ShardRouter, CopiesOfAHotKeyAreNeverReadOutOfDateThroughOneRouter) {
  const auto result = run_checked(scenario(
      R"json(
      "crowd": {"type": "clients", "arrivals": "poisson(400/s)", "target": "router", "keys": "sequential(n=1)", "reads": "95%"},
      "router": {"type": "shard_router", "shards": ["db"], "hot_keys": {"share": "20%", "window": "500ms", "copies": 3}},
      "db": {"type": "database", "replicas": 4, "service_time": "exponential(2ms)"})json",
      "20s", R"json("network": {"default_latency": "exponential(1ms)"},
                    "consistency": {"boundary": "clients", "models": ["linearizable"]})json"));
  EXPECT_GT(scalar_of(result, "router", "hot_copy_reads"), 1000);
  EXPECT_EQ(result.consistency.strongest(), "linearizable");
}

TEST(ShardRouter, WrongFilesAreToldSo) {
  const auto problems = [](const std::string& router) {
    return problems_of(scenario(
        R"json("router": {"type": "shard_router")json" + router +
            R"json(}, "db": {"type": "database", "replicas": 4, "service_time": "1ms"}, "dir": {"type": "shard_directory", "shards": "db"})json",
        "1s"));
  };
  EXPECT_EQ(problems(R"(, "shards": ["db"])"), "");
  EXPECT_EQ(problems(""), "nodes.router.shards: give `shards` or a `directory`\n");
  EXPECT_EQ(problems(R"(, "shards": ["db"], "directory": "dir")"),
            "nodes.router.shards: give `shards` or a `directory`\n");
  EXPECT_EQ(problems(R"(, "directory": "dir", "sharding": "ring")"),
            "nodes.router.sharding: has no effect with a `directory`, which has its own\n");
  EXPECT_EQ(problems(R"(, "directory": "db")"), "nodes.router.directory: \"db\" is no directory\n");
  EXPECT_EQ(problems(R"(, "shards": ["db"], "scatter": [{"shards": 2, "wait_for": 3}])"),
            "nodes.router.scatter[0].wait_for: more answers than shards that are asked\n");
}

}  // namespace
}  // namespace faultline
