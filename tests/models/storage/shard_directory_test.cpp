/// Every key is followed while shards are added and removed under load and everybody crashes: no
/// acknowledged write is lost, and reads never go backwards, whoever reads.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "models/algorithms/random_source.hpp"
#include "sim/kernel/delay.hpp"
#include "sim/network/call.hpp"
#include "tests/scenario_runner.hpp"

namespace faultline {
namespace {

using sim::Duration;
using sim::Reply;
using sim::Request;
using sim::Task;
using sim::Time;

/// A writer and several readers for each key; writes are numbered, so that newer is greater.
class Follower {
 public:
  Follower(sim::System& system, std::uint64_t keys, std::uint64_t seed, std::string_view readers)
      : system_(system), chance_(seed), state_(keys) {
    const std::vector<sim::Node*> nodes = system.find(readers);
    for (std::uint64_t key = 0; key < keys; ++key) {
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        // Each key has one writer and is read through every router.
        if (i == key % nodes.size()) nodes[i]->spawn(write(*nodes[i], key));
        nodes[i]->spawn(read(*nodes[i], key));
      }
    }
  }
  void stop() { stopped_ = true; }
  std::uint64_t acknowledged() const { return acknowledged_; }
  std::uint64_t reads() const { return reads_; }
  std::uint64_t failed() const { return failed_; }
  std::uint64_t newest(std::uint64_t key) const { return state_[key].floor; }

  Task<void> check(sim::Node& node, std::uint64_t key) {
    for (;;) {
      auto calling = call(node, request(key, sim::Operation::read, 0));
      const Reply reply = co_await calling;
      if (!reply.is_ok()) continue;
      EXPECT_GE(reply.value, state_[key].floor) << "key " << key << " at the end";
      ++checked_;
      co_return;
    }
  }
  std::uint64_t checked() const { return checked_; }

 private:
  struct State {
    std::uint64_t written = 0;
    std::uint64_t floor = 0;  ///< The newest that was acknowledged, or read.
  };

  Duration pause() { return Duration(static_cast<std::int64_t>(chance_.below(100'000'000))); }
  Request request(std::uint64_t key, sim::Operation operation, std::uint64_t value) {
    Request made{.id = next_id_++, .key = key, .value = value, .size = 100};
    made.operation = operation;
    made.born = system_.kernel().now();
    return made;
  }
  Task<Reply> call(sim::Node& node, Request request) {
    const sim::Target target = system_.network().target_of(
        node, *system_.find("router")[static_cast<std::size_t>(node.index())]);
    const sim::Patience patience(system_.kernel(), std::chrono::milliseconds(300));
    const Reply reply = co_await sim::call(node, target, request, patience);
    if (!reply.is_ok()) ++failed_;
    co_return reply;
  }
  Task<void> write(sim::Node& node, std::uint64_t key) {
    while (!stopped_) {
      co_await sim::delay(pause());
      const std::uint64_t value = ++state_[key].written;
      auto calling = call(node, request(key, sim::Operation::write, value));
      const Reply reply = co_await calling;
      if (!reply.is_ok()) {
        // It may take effect later, and would then rightly hide the next one: let it.
        co_await sim::delay(std::chrono::seconds(3));
        continue;
      }
      ++acknowledged_;
      state_[key].floor = std::max(state_[key].floor, value);
    }
  }
  Task<void> read(sim::Node& node, std::uint64_t key) {
    while (!stopped_) {
      co_await sim::delay(pause());
      const std::uint64_t floor = state_[key].floor;
      auto calling = call(node, request(key, sim::Operation::read, 0));
      const Reply reply = co_await calling;
      if (!reply.is_ok()) continue;
      ++reads_;
      EXPECT_GE(reply.value, floor)
          << "key " << key << " at " << sim::to_seconds(system_.kernel().now());
      state_[key].floor = std::max(state_[key].floor, reply.value);
    }
  }

  sim::System& system_;
  models::SplitMixSource chance_;
  std::vector<State> state_;
  std::uint64_t next_id_ = std::uint64_t{1} << 60;
  bool stopped_ = false;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t reads_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t checked_ = 0;
};

/// Three readers with a router each; shards db[0] .. db[4], of which three are in use at first,
/// then all, then only the last two, then three others.
std::string sharded(const std::string& sharding, const std::string& faults,
                    const std::string& more = "", int replicas = 5, const std::string& db = "") {
  return fmt::format(R"json({{"faultline": 1, "nodes": {{
      "reader": {{"type": "app_server", "replicas": 3, "endpoints": {{"default": ["cpu(1ms)"]}}}},
      "router": {{"type": "shard_router", "replicas": 3, "directory": "directory", "timeout": "200ms", "remember": "500ms"}},
      "directory": {{"type": "shard_directory", "shards": ["db"], "sharding": {}, "slots": 8, "keys": 60,
                     "command_timeout": "100ms"{}}},
      "db": {{"type": "database", "replicas": {}, "service_time": "exponential(2ms)", "connections": 16{}}}}},
    "network": {{"default_latency": "1ms"}},
    "faults": [{}],
    "run": {{"duration": "60s"}}}})json",
                     sharding, more, replicas, db, faults);
}

const char* const changes =
    R"(, "initial": ["db[0]", "db[1]", "db[2]"], "changes": [
         {"at": "1s", "shards": ["db"]},
         {"at": "4s", "shards": ["db[3]", "db[4]"]},
         {"at": "7s", "shards": ["db[0]", "db[1]", "db[4]"]}])";

struct Found {
  std::uint64_t acknowledged = 0;
  std::uint64_t reads = 0;
  std::uint64_t failed = 0;
  double moved = 0;
  double redirects = 0;
  double slots_left = 0;
};

/// Follows 60 keys for 12 s, lets everything settle, and reads each key once more.
Found follow(const std::string& text, std::uint64_t seed,
             Duration load = std::chrono::seconds(12)) {
  constexpr std::uint64_t keys = 60;
  const sim::Spec spec = tests::spec_of(text);
  sim::Problems problems;
  sim::System system(spec, seed, 0, problems);
  for (const sim::Problem& problem : problems.sorted()) ADD_FAILURE() << problem.to_text();
  if (!problems.empty()) return {};
  system.start();
  Follower follower(system, keys, seed, "reader");
  sim::Kernel& kernel = system.kernel();
  kernel.run_until(Time(load));
  follower.stop();
  kernel.run_until(Time(load + std::chrono::seconds(8)));
  sim::Node& reader = *system.find("reader")[1];
  for (std::uint64_t key = 0; key < keys; ++key) reader.spawn(follower.check(reader, key));
  kernel.run_until(Time(load + std::chrono::seconds(20)));
  EXPECT_EQ(follower.checked(), keys);
  const Time now = kernel.now();
  const auto& directory = system.find("directory").front()->statistics();
  Found found{.acknowledged = follower.acknowledged(),
              .reads = follower.reads(),
              .failed = follower.failed(),
              .moved = directory.value("moved_keys", now),
              .slots_left = directory.value("slots_left", now)};
  for (sim::Node* router : system.find("router")) {
    found.redirects += router->statistics().value("redirects", now);
  }
  EXPECT_EQ(found.slots_left, 0);
  return found;
}

TEST(Resharding, MovesKeysThatAreInUse) {
  for (const std::string sharding :
       {"\"ring\"", "\"modulo\"", "\"jump\"", "\"slots\"", "\"range(keys=60)\""}) {
    SCOPED_TRACE(sharding);
    const Found found = follow(sharded(sharding, "", changes), 1);
    // 60 writers and 180 readers, an operation each 50 ms + 6 ms.
    EXPECT_GT(found.acknowledged, 10'000u);
    EXPECT_GT(found.reads, 30'000u);
    EXPECT_EQ(found.failed, 0u);
    EXPECT_GT(found.moved, 60);
    EXPECT_GT(found.redirects, 0);
  }
}

/// Crashes and pauses of shards, routers and the directory while keys move, drawn anew for each
/// seed.
std::string random_faults(std::uint64_t seed) {
  models::SplitMixSource chance(seed);
  std::string faults;
  for (int i = 0; i < 14; ++i) {
    const std::uint64_t what = chance.below(10);
    const std::string node = what < 6   ? fmt::format("db[{}]", chance.below(5))
                             : what < 8 ? "directory"
                                        : fmt::format("router[{}]", chance.below(3));
    const char* const fault = chance.below(3) == 0 ? "pause" : "crash";
    faults += fmt::format(R"json({}{{"at": "{}ms", "for": "{}ms", "fault": "{}({})"}})json",
                          i == 0 ? "" : ", ", 500 + chance.below(10'000), 20 + chance.below(700),
                          fault, node);
  }
  return faults;
}

TEST(Resharding, LosesNothingWhoeverCrashes) {
  std::uint64_t failed = 0;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    SCOPED_TRACE(seed);
    const std::string sharding = seed % 2 == 0 ? "\"ring\"" : "\"modulo\"";
    const Found found = follow(sharded(sharding, random_faults(seed), changes), seed);
    EXPECT_GT(found.acknowledged, 1000u);
    EXPECT_GT(found.moved, 40);
    failed += found.failed;
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(failed, 25u);  // There were faults.
}

/// Shards that are Raft groups of three: followers pass on to their leaders, leaders crash.
std::string raft_groups(const std::string& faults) {
  return sharded("\"ring\"", faults,
                 R"(, "initial": ["db[0]", "db[3]", "db[6]"], "changes": [
                      {"at": "3s", "shards": ["db"]}, {"at": "7s", "shards": ["db[9]", "db[12]"]}])",
                 15, R"(, "replication": "raft", "replication_factor": 3)");
}
TEST(Resharding, MovesKeysBetweenRaftGroups) {
  const Found found = follow(raft_groups(R"json(
      {"at": "3100ms", "for": "1s", "fault": "crash(db[0])"}, {"at": "7050ms", "for": "1s", "fault": "crash(db[4])"},
      {"at": "7200ms", "for": "500ms", "fault": "crash(db[12])"})json"),
                             1);
  EXPECT_GT(found.acknowledged, 3000u);
  EXPECT_GT(found.moved, 40);
}

TEST(SlowResharding, LosesNothingWhoeverCrashes) {
  for (std::uint64_t seed = 100; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    const std::string sharding = seed % 2 == 0 ? "\"slots\"" : "\"modulo\"";
    follow(sharded(sharding, random_faults(seed), changes), seed);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Resharding, ThrottledCopiesTakeTheirTime) {
  // 60 keys, of which those of the fourth and fifth shard move, some 24: at 10 a second 2.4 s.
  const std::string quick =
      R"(, "initial": ["db[0]", "db[1]", "db[2]"], "changes": [{"at": "1s", "shards": ["db"]}])";
  const sim::Result free = tests::run_text(sharded("\"slots\"", "", quick));
  const sim::Result slow =
      tests::run_text(sharded("\"slots\"", "", quick + R"(, "copy_rate": "10/s")"));
  const auto scalar = [](const sim::Result& result, const char* name) {
    for (const sim::NodeResult& node : result.nodes) {
      if (node.name == "directory") return node.scalars.at(name);
    }
    return -1.0;
  };
  const double moved = scalar(free, "moved_keys");
  EXPECT_NEAR(moved, 24, 5 * 3.8);
  EXPECT_EQ(scalar(slow, "moved_keys"), moved);
  EXPECT_LT(scalar(free, "moving_seconds"), moved / 20);
  EXPECT_NEAR(scalar(slow, "moving_seconds"), moved / 10, 0.5);
  EXPECT_EQ(scalar(slow, "moved_bytes"), moved * 1000);
}

/// The load of one shard is split as long as it is too much and there are shards to spare.
TEST(Resharding, HotRangesAreSplit) {
  const sim::Result result = tests::run_text(R"json({"faultline": 1, "nodes": {
      "users": {"type": "clients", "arrivals": "constant(400/s)", "target": "router", "keys": "uniform(1000)"},
      "router": {"type": "shard_router", "directory": "directory"},
      "directory": {"type": "shard_directory", "shards": ["db"], "initial": ["db[0]"], "sharding": "range(keys=1000)",
                    "slots": 8, "keys": 1000, "split": {"above": "150/s", "interval": "2s"}},
      "db": {"type": "database", "replicas": 4, "service_time": "1ms"}},
    "run": {"duration": "60s", "warmup": "40s"}})json");
  // 400 -> 200 and 200 -> four times 100.
  for (const sim::NodeResult& node : result.nodes) {
    if (node.group == "db") {
      EXPECT_NEAR(static_cast<double>(node.counts.sent), 2000, 500) << node.name;
    }
    if (node.name == "router") {
      EXPECT_LT(node.scalars.at("imbalance_max_over_mean"), 1.3);
    }
  }
  EXPECT_EQ(result.requests.counts.fail + result.requests.counts.unknown, 0u);
}

TEST(Resharding, WrongFilesAreToldSo) {
  EXPECT_EQ(tests::problems_of(sharded("\"ring\"", "", R"(, "split": {"above": "1/s"})")),
            "nodes.directory.split: only ranges are split; use `range` sharding\n");
  EXPECT_EQ(tests::problems_of(sharded("\"geographic\"", "")),
            "nodes.directory.sharding: where a key lives under \"geographic\" does not follow from "
            "the key alone; give the shards to the router instead\n");
}

}  // namespace
}  // namespace faultline
