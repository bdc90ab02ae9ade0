/// Consistency measured in whole runs.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/scenario_checks.hpp"

namespace faultline::sim {
namespace {

using tests::problems_of;
using tests::run_text;
using tests::scenario;
using tests::spec_of;

/// Users who think little, an application with a cache beside its database. The cache forgets a key
/// when the application writes it, but a read that was under way may put the old value back.
std::string cached_shop(std::string_view consistency, std::string_view more = "") {
  return scenario(
      R"json(
    "users": {"type": "clients", "users": 20, "think_time": "exponential(10ms)", "target": "app",
              "keys": "uniform(20)", "reads": "70%", "timeout": "1s"},
    "app": {"type": "app_server", "workers": 40, "endpoints": {"default": [
              {"type": "cache_aside", "cache": "cache", "store": "db", "ttl": "60s"}]}},
    "cache": {"type": "cache", "capacity": 1000, "service_time": "200us"},
    "db": {"type": "database", "connections": 16, "service_time": "exponential(2ms)"})json",
      "3s",
      fmt::format(
          R"json("consistency": {}, "network": {{"default_latency": "exponential(250us)"}}{})json",
          consistency, more));
}

Json measured(const Result& result) { return to_json(result).at("consistency"); }

TEST(Consistency, WithoutTheSectionNothingIsMeasured) {
  const Result result = run_text(scenario(
      R"json("u": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
         "db": {"type": "database", "service_time": "1ms"})json",
      "5s"));
  EXPECT_EQ(result.consistency.histories, 0u);
  EXPECT_TRUE(measured(result).empty());
}

TEST(Consistency, TheRunIsTheSameWithAndWithoutIt) {
  // A database that keeps values takes other steps, but no other time.
  const std::string with = cached_shop(R"({"models": ["regular"]})");
  std::string without = with;
  const std::string section = R"("consistency": {"models": ["regular"]}, )";
  ASSERT_NE(without.find(section), std::string::npos);
  without.erase(without.find(section), section.size());
  const Result watched = run_text(with);
  const Result alone = run_text(without);
  EXPECT_EQ(watched.requests.latency, alone.requests.latency);
  EXPECT_EQ(watched.requests.counts.sent, alone.requests.counts.sent);
  EXPECT_EQ(alone.consistency.histories, 0u);
}

TEST(Consistency, AStaleCacheShowsAtTheUsersAndNotAtTheStore) {
  const Result at_users = run_text(cached_shop(R"({"boundary": "clients", "budget": 20000})"));
  EXPECT_EQ(measured(at_users).at("linearizable"), 0);
  EXPECT_GT(at_users.consistency.reads_stale, 0u);
  const auto& witness = at_users.consistency.models.at("linearizable").witness;
  EXPECT_FALSE(witness.why.empty());
  EXPECT_GE(witness.operations.size(), 2u);
  EXPECT_LE(witness.operations.size(), 12u);
  EXPECT_EQ(witness.operations.front().node, "users");

  for (const char* boundary : {"callers", "nodes"}) {
    const Result at_store = run_text(cached_shop(
        fmt::format(R"({{"boundary": "{}", "nodes": ["db"], "budget": 20000}})", boundary)));
    EXPECT_EQ(measured(at_store).at("linearizable"), 1) << boundary;
    EXPECT_EQ(measured(at_store).at("strongest"), "linearizable") << boundary;
    EXPECT_EQ(at_store.consistency.reads_stale, 0u) << boundary;
    // It sees the writes and those reads that the cache could not answer.
    EXPECT_LT(at_store.consistency.reads, at_users.consistency.reads / 2) << boundary;
    EXPECT_NEAR(static_cast<double>(at_store.consistency.writes),
                static_cast<double>(at_users.consistency.writes), 20)
        << boundary;
  }
}

TEST(Consistency, CountsAreThoseOfTheRequests) {
  // All of them are watched, and nothing is cut off: every request is an operation.
  const Result result = run_text(cached_shop(R"({"budget": 20000})"));
  const ConsistencyResult& seen = result.consistency;
  EXPECT_EQ(seen.histories, 1u);
  EXPECT_EQ(seen.keys, 20u);
  EXPECT_EQ(seen.reads + seen.writes, result.requests.counts.ok);
  EXPECT_EQ(seen.sides.at(0).reads.phases[0].all() + seen.sides.at(0).writes.phases[0].all(),
            result.requests.counts.ok);
  EXPECT_EQ(seen.sessions, 20u);
}

TEST(Consistency, ASampleOfKeysIsASample) {
  const Result result = run_text(cached_shop(R"({"keys": "50%", "models": ["regular"]})"));
  EXPECT_GE(result.consistency.keys, 4u);
  EXPECT_LE(result.consistency.keys, 16u);
  EXPECT_DOUBLE_EQ(result.consistency.keys_ratio, 0.5);
}

TEST(Consistency, TheBoundIsMarkedAndNeverMakesAModelHold) {
  const Result result = run_text(
      scenario(R"json("u": {"type": "clients", "users": 2, "target": "db", "keys": "uniform(1)",
                                 "reads": "50%", "think_time": "1ms"},
                           "db": {"type": "database", "service_time": "1ms"})json",
               "10s", R"("consistency": {"operations_max": 1000})"));
  const ConsistencyResult& seen = result.consistency;
  EXPECT_EQ(seen.bound_reached, 1u);
  EXPECT_LE(seen.operations, 1003u);
  for (const auto& [name, model] : seen.models) EXPECT_EQ(model.unknown, 1u) << name;
  EXPECT_TRUE(measured(result).at("strongest").is_null());
}

TEST(Consistency, VerdictsArePooledInOrderWhateverTheNumberOfThreads) {
  const Spec spec = spec_of(cached_shop(R"({"budget": 20000})"));
  const Result one = tests::run_spec(spec, 4, 1);
  const Result several = tests::run_spec(spec, 4, 3);
  EXPECT_EQ(one.results_digest, several.results_digest);
  EXPECT_EQ(measured(one), measured(several));
  EXPECT_EQ(one.consistency.histories, 4u);
  const ModelVerdicts& model = one.consistency.models.at("linearizable");
  EXPECT_EQ(model.held + model.violated + model.unknown, 4u);
  EXPECT_GT(one.intervals.count("consistency.staleness.ratio"), 0u);
  EXPECT_EQ(one.intervals.count("consistency.models.linearizable.held"), 0u);
}

/// A zone cut off from the other, in which the database stands.
TEST(Consistency, AvailabilityOfEachSideOfACut) {
  const Result result = run_text(R"json({
    "faultline": 1,
    "zones": {"east": {}, "west": {}},
    "nodes": {
      "users": {"type": "clients", "replicas": 2, "zones": ["east", "west"], "arrivals": "constant(100/s)",
                "target": "db", "keys": "uniform(100)", "reads": "50%", "timeout": "100ms"},
      "db": {"type": "database", "zone": "east", "service_time": "1ms"}
    },
    "faults": [{"at": "10s", "for": "5s", "fault": {"type": "partition", "groups": [["zone:east"], ["zone:west"]]}}],
    "consistency": {},
    "run": {"duration": "30s"},
    "expect": ["consistency.availability.zone:west.writes.during.ratio == 0"]
  })json");
  const auto& sides = result.consistency.sides;
  ASSERT_EQ(sides.size(), 3u);
  EXPECT_EQ(sides[1].name, "zone:east");
  EXPECT_EQ(sides[2].name, "zone:west");
  for (const auto kind : {&SideAvailability::reads, &SideAvailability::writes}) {
    for (const std::size_t phase : {0u, 1u, 2u}) {
      EXPECT_DOUBLE_EQ((sides[1].*kind).phases[phase].ratio(), 1);
    }
    EXPECT_DOUBLE_EQ((sides[2].*kind).phases[0].ratio(), 1);
    EXPECT_DOUBLE_EQ((sides[2].*kind).phases[1].ratio(), 0);
    EXPECT_EQ((sides[2].*kind).phases[1].failed, 0u);
    EXPECT_DOUBLE_EQ((sides[2].*kind).phases[2].ratio(), 1);
  }
  // 5 s of 100/s, all of them in vain.
  EXPECT_EQ(sides[2].reads.phases[1].timed_out + sides[2].writes.phases[1].timed_out, 500u);
  // The other side kept the service up, this one had none for the length of the cut.
  EXPECT_DOUBLE_EQ(result.consistency.rto_seconds, 0);
  EXPECT_NEAR(sides[2].writes.outage_seconds, 5, 0.1);
  // Half of all requests in the cut.
  EXPECT_DOUBLE_EQ(result.consistency.disturbed_availability(), 0.5);
  EXPECT_NEAR(static_cast<double>(result.consistency.undisturbed_latency().max()), 1e6, 2e4);
}

TEST(Consistency, WhatIsWrongWithTheSection) {
  EXPECT_EQ(problems_of(cached_shop(R"({"boundary": "store"})")),
            "consistency.boundary: expected one of clients, callers, nodes, got \"store\"\n");
  EXPECT_EQ(problems_of(cached_shop(R"({"boundary": "callers"})")),
            "consistency.nodes: the boundary \"callers\" needs nodes; name the store, for example "
            "\"nodes\": [\"db\"]\n");
  EXPECT_EQ(problems_of(cached_shop(R"({"nodes": ["db"]})")),
            "consistency.nodes: has no effect at the boundary \"clients\"; write \"boundary\": "
            "\"callers\" for what their callers see, or \"nodes\" for what they see themselves\n");
  EXPECT_EQ(problems_of(cached_shop(R"({"boundary": "nodes", "nodes": ["dbs"]})")),
            "consistency.nodes[0]: there is no node \"dbs\"; did you mean \"db\"?\n");
  EXPECT_EQ(problems_of(cached_shop(R"({"boundary": "nodes", "nodes": ["app"]})")),
            "consistency.nodes[0]: \"app\" is no store; name the nodes that hold the data, such as "
            "a database\n");
  EXPECT_EQ(problems_of(cached_shop(R"({"keys": "0%"})")),
            "consistency.keys: expected more than 0%, got 0%\n");
  EXPECT_EQ(problems_of(cached_shop(R"({"models": ["causl"]})")),
            "consistency.models[0]: expected one of linearizable, sequential, causal, pram, "
            "read_your_writes, monotonic_reads, monotonic_writes, writes_follow_reads, regular, "
            "causal_convergence, got \"causl\"; did you mean \"causal\"?\n");
  EXPECT_EQ(problems_of(cached_shop(R"({"key": "10%"})")),
            "consistency.key: unknown parameter; did you mean \"keys\"?\n");
}

TEST(Consistency, ClaimsInWords) {
  const Result result = run_text(cached_shop(
      R"({"boundary": "callers", "nodes": ["db"], "models": ["linearizable"]})",
      R"(, "expect": ["consistency.strongest == linearizable", "consistency.strongest >= causal",
                      "consistency.strongest < causal", "consistency.linearizable == holds",
                      "consistency.models.linearizable.verdict == holds",
                      "consistency.linearizable == violated"])"));
  ASSERT_EQ(result.expectations.size(), 6u);
  EXPECT_TRUE(result.expectations[0].held);
  EXPECT_EQ(result.expectations[0].word, "linearizable");
  EXPECT_TRUE(result.expectations[1].held);
  EXPECT_FALSE(result.expectations[2].held);
  EXPECT_TRUE(result.expectations[3].held);
  EXPECT_TRUE(result.expectations[4].held);
  EXPECT_FALSE(result.expectations[5].held);
}

}  // namespace
}  // namespace faultline::sim
