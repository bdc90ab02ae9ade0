/// Same file, seed and version: the same events and the same numbers, whatever the compiler, the
/// build type, the number of threads and the order in which the file names things.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/experiment/experiment.hpp"
#include "tests/scenario_checks.hpp"

namespace faultline::sim {
namespace {

using tests::expect_conservation;
using tests::node_of;
using tests::run_text;
using tests::spec_of;

const std::string three_tiers = R"json({
  "faultline": 1,
  "nodes": {
    "users": {"type": "clients", "arrivals": "poisson(300/s)", "target": "edge", "keys": "zipf(n=10000, s=0.99)",
              "reads": "95%", "timeout": "1s", "mix": [{"endpoint": "home", "weight": 3}, {"endpoint": "search", "size": "exponential(2KiB)"}]},
    "edge": {"type": "l7_balancer", "policy": "ip_hash", "backends": ["app"]},
    "app": {"type": "app_server", "replicas": 4, "workers": 8, "cores": 2, "queue_limit": 100, "endpoints": {
        "home": ["cpu(exponential(4ms))", {"type": "cache_aside", "cache": "cache", "store": "db", "ttl": "10s"}],
        "search": [{"type": "parallel", "steps": ["call(db)", "call(index, timeout=30ms)"]}, "fail(1%)"]}},
    "cache": {"type": "cache", "capacity": 2000, "eviction": "w_tinylfu", "service_time": "200us"},
    "db": {"type": "database", "connections": 8, "service_time": "lognormal(median=6ms, sigma=0.7)"},
    "index": {"type": "app_server", "cores": 2, "scheduling": "processor_sharing", "endpoints": {"default": ["cpu(gamma(shape=0.5, mean=8ms))"]}}
  },
  "network": {"default_latency": "weibull(shape=1.5, scale=300us)"},
  "faults": [{"at": "6s", "for": "3s", "fault": "crash(app[0])"}],
  "slos": [{"name": "fast", "good": "latency < 50ms", "target": "99%"}],
  "run": {"duration": "20s", "warmup": "2s", "seed": 7}
})json";

const std::string random_faults = R"json({
  "faultline": 1,
  "nodes": {
    "users": {"type": "clients", "replicas": 2, "arrivals": "mmpp2(rate1=50/s, rate2=400/s, time1=2s, time2=500ms)", "target": "lb",
              "reads": "50%", "keys": "hotspot(n=1000)"},
    "lb": {"type": "l7_balancer", "policy": "least_response_time", "backends": ["app"], "service_time": "100us", "workers": 2,
           "fail_timeout": "1s"},
    "app": {"type": "app_server", "replicas": 6, "cores": 1, "queue_limit": 30, "workers": 10, "queue_order": "lifo",
            "endpoints": {"default": [{"type": "choose", "options": [{"weight": 7, "steps": ["cpu(hyperexponential(mean=5ms, cv=2))"]},
                                                             {"weight": 3, "steps": ["sleep(pareto(shape=2.2, minimum=2ms))", "call(db)"]}]}]}},
    "db": {"type": "database", "replicas": 2, "connections": 3, "service_time": "exponential(7ms)", "write_service_time": "normal(mean=10ms, stddev=4ms)"}
  },
  "network": {"default_latency": "200us", "links": [{"from": "app", "to": "db", "latency": "uniform(low=100us, high=900us)"}]},
  "faults": [{"mtbf": "3s", "mttr": "700ms", "fault": "crash(app)"}, {"mtbf": "5s", "for": "1s", "fault": "slow(db, factor=2.5)"}],
  "run": {"duration": "30s", "seed": 11}
})json";

const std::string constants = R"json({
  "faultline": 1,
  "nodes": {
    "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "lb", "keys": "sequential(n=777)", "timeout": "20ms"},
    "lb": {"type": "l7_balancer", "policy": "weighted_round_robin", "backends": ["app"], "weights": {"app[0]": 3}},
    "app": {"type": "app_server", "replicas": 3, "workers": 2, "endpoints": {"default": ["cpu(2ms)",
        {"type": "cache_aside", "cache": "cache", "store": "db"}]}},
    "cache": {"type": "cache", "capacity": 500, "eviction": "s3_fifo", "service_time": "100us"},
    "db": {"type": "database", "connections": 4, "service_time": "6ms"}
  },
  "network": {"default_latency": "250us"},
  "faults": [{"at": "2s", "for": "1s", "fault": "crash(cache)"}],
  "run": {"duration": "6s", "warmup": "1s"}
})json";

/// What a run did, and what came of it.
struct Digests {
  std::string order;
  std::string results;
  bool operator==(const Digests&) const = default;
};
void PrintTo(const Digests& digests, std::ostream* out) {
  *out << "{\"" << digests.order << "\", \"" << digests.results << "\"}";
}

Digests digests_of(const Result& result) { return {result.order_digest, result.results_digest}; }

TEST(Repeatability, TheDigestsAreTheSameWithEveryCompilerAndBuildType) {
  // These change when a model or the engine is meant to do something else, and at no other time.
  // All builds are held to them.
  EXPECT_EQ(digests_of(run_text(three_tiers)), (Digests{"b3a7849b85ee3a58", "ed549ce184e8dd09"}));
  EXPECT_EQ(digests_of(run_text(random_faults)), (Digests{"a09cf29e1ad36998", "d454e79463a8686b"}));
  EXPECT_EQ(digests_of(run_text(constants)), (Digests{"4ac34934a5ac3008", "c2fceaf779eda543"}));
}

TEST(Repeatability, TheScenariosHereDoWhatTheyAreFor) {
  // Requests of every outcome but those the scenario has no way to; faults that struck.
  const Result tiers = run_text(three_tiers);
  expect_conservation(tiers);
  EXPECT_GT(tiers.requests.counts.ok, 4000u);
  EXPECT_GT(tiers.requests.counts.fail, 10u);
  EXPECT_GT(tiers.requests.counts.errors.at("error"), 0u);
  EXPECT_EQ(tiers.by_class.size(), 2u);
  const Result faults = run_text(random_faults);
  expect_conservation(faults);
  EXPECT_GT(faults.faults.size(), 5u);
  EXPECT_GT(faults.requests.counts.unknown, 0u);
  EXPECT_GT(faults.requests.counts.ok, 3000u);
  const Result fixed = run_text(constants);
  expect_conservation(fixed);
  EXPECT_EQ(fixed.requests.counts.sent, 5001u);
}

TEST(Repeatability, TwoRunsOfOneFileAreTheSame) {
  for (const std::string& text : {three_tiers, random_faults, constants}) {
    EXPECT_EQ(digests_of(run_text(text)), digests_of(run_text(text)));
  }
}

TEST(Repeatability, TheNumberOfThreadsChangesNothing) {
  const Result one = run_text(random_faults, 5, 1);
  const Result two = run_text(random_faults, 5, 2);
  const Result many = run_text(random_faults, 5, 7);
  EXPECT_EQ(digests_of(one), digests_of(two));
  EXPECT_EQ(digests_of(one), digests_of(many));
  EXPECT_EQ(digest_of(one), digest_of(two));  // With the intervals.
  EXPECT_EQ(one.events, two.events);
}

TEST(Repeatability, AnotherSeedOrReplicationIsOtherLuck) {
  const Spec spec = spec_of(random_faults);
  std::set<std::string> seen;
  for (const std::uint64_t seed : {1u, 2u, 11u}) {
    ExperimentOptions options;
    options.seed = seed;
    Problems problems;
    const auto result = run_experiment(spec, options, problems);
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->seed, seed);
    EXPECT_TRUE(seen.insert(result->order_digest).second);
  }
  const Result two = run_text(random_faults, 2);
  EXPECT_GT(two.intervals.at("requests.latency_seconds.mean").stddev, 0);
}

/// The same JSON with the members of every object in the opposite order.
std::string reversed(const nlohmann::ordered_json& json) {
  if (json.is_object()) {
    std::string text;
    for (const auto& [key, value] : json.items()) {
      text = nlohmann::ordered_json(key).dump() + ":" + reversed(value) +
             (text.empty() ? "" : ",") + text;
    }
    return "{" + text + "}";
  }
  if (json.is_array()) {
    std::string text;
    for (const auto& value : json) text += (text.empty() ? "" : ",") + reversed(value);
    return "[" + text + "]";
  }
  return json.dump();
}

TEST(Repeatability, TheOrderOfKeysInTheFileChangesNothing) {
  // Nodes are written from "users" down to "app" instead of the other way, and so is everything
  // inside them.
  for (const std::string& text : {three_tiers, random_faults, constants}) {
    const std::string other = reversed(nlohmann::ordered_json::parse(text));
    ASSERT_NE(other, reversed(nlohmann::ordered_json::parse(other)));
    EXPECT_EQ(digests_of(run_text(other)), digests_of(run_text(text)));
  }
}

/// `text` with a system of its own beside it that nothing connects to the rest; `name` stands in
/// the names of its nodes.
std::string with_stranger(const std::string& text, const std::string& name) {
  nlohmann::json json = nlohmann::json::parse(text);
  json["nodes"][name + "_users"] = {{"type", "clients"},
                                    {"arrivals", "poisson(500/s)"},
                                    {"target", name + "_db"},
                                    {"reads", "50%"},
                                    {"mix", {{{"endpoint", "of_" + name}}}}};
  json["nodes"][name + "_db"] = {{"type", "database"}, {"service_time", "exponential(1700us)"}};
  return json.dump();
}

TEST(Repeatability, ANodeThatNothingConnectsLeavesTheOthersAsTheyWere) {
  // Whether its name comes before the others' or after them: not a bit of what the other nodes and
  // classes report changes.
  for (const std::string& text : {three_tiers, random_faults, constants}) {
    const nlohmann::json before = to_json(run_text(text));
    for (const char* name : {"aaa", "mmm", "zzz"}) {
      const Result with = run_text(with_stranger(text, name));
      expect_conservation(with);
      EXPECT_GT(with.by_class.at(std::string("of_") + name).counts.ok, 0u);
      const nlohmann::json after = to_json(with);
      for (const auto& [node, values] : before.at("nodes").items()) {
        EXPECT_EQ(after.at("nodes").at(node).dump(), values.dump()) << node << " beside " << name;
      }
      for (const auto& [group, values] : before.at("groups").items()) {
        EXPECT_EQ(after.at("groups").at(group).dump(), values.dump())
            << group << " beside " << name;
      }
      for (const auto& [request_class, values] : before.at("requests").at("by_class").items()) {
        EXPECT_EQ(after.at("requests").at("by_class").at(request_class).dump(), values.dump())
            << request_class << " beside " << name;
      }
    }
  }
}

TEST(Repeatability, AReplicaMoreLeavesTheArrivalsAndKeysAsTheyWere) {
  // Two designs are compared on the same luck: the same requests are sent at the same times with
  // the same keys.
  const Result five = tests::run_spec(spec_of(three_tiers, {{"nodes.app.replicas", "5"}}));
  const Result tiers = run_text(three_tiers);
  EXPECT_EQ(five.requests.counts.sent, tiers.requests.counts.sent);
  EXPECT_EQ(five.by_class.at("search").counts.sent, tiers.by_class.at("search").counts.sent);
  EXPECT_NE(five.order_digest, tiers.order_digest);
}

}  // namespace
}  // namespace faultline::sim
