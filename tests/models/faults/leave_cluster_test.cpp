#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::problems_of;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// 100 keys again and again, each second once, on `cache`.
std::string text(const std::string& cache, const std::string& fault, const std::string& duration) {
  return scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "constant(100/s)", "target": "app", "keys": "sequential(n=100)"}},
      "app": {{"type": "app_server", "endpoints": {{"default": [{{"type": "cache_aside", "cache": "cache", "store": "db"}}]}}}},
      "cache": {{"type": "distributed_cache", "capacity": 1000, {}}},
      "db": {{"type": "database", "service_time": "0s"}})json",
                              cache),
                  duration, fmt::format(R"("faults": [{}])", fault));
}

TEST(LeaveCluster, ANodeThatComesBackIsEmpty) {
  // cache[1] is out for the third second. Its keys are missed when it goes, by the others, and
  // when it is back, by itself; no other key ever is.
  const auto result = run_checked(
      text(R"("replicas": 2)",
           R"json({"at": "2005ms", "for": "1s", "fault": "leave_cluster(cache[1])"})json", "6s"));
  const double own = scalar_of(result, "cache[1]", "entries");
  EXPECT_GT(own, 20);
  EXPECT_EQ(scalar_of(result, "cache[0]", "cluster_changes"), 2);
  EXPECT_EQ(scalar_of(result, "cache[0]", "moved_keys"), 2 * own);
  EXPECT_EQ(scalar_of(result, "cache[0]", "entries"), 100);  // It keeps what it had to take over.
  EXPECT_EQ(static_cast<double>(received(result, "db")), 100 + 2 * own);
}

TEST(LeaveCluster, AShardLeavesWithItsReplicas) {
  const auto result =
      run_checked(text(R"("replicas": 4, "replication_factor": 2)",
                       R"json({"at": "2005ms", "fault": "leave_cluster(cache[3])"})json", "4s"));
  EXPECT_EQ(scalar_of(result, "cache[0]", "entries"), 100);
  EXPECT_EQ(scalar_of(result, "cache[1]", "entries"), 100);
  EXPECT_EQ(scalar_of(result, "cache[2]", "entries"), 0);
  EXPECT_EQ(scalar_of(result, "cache[3]", "entries"), 0);
  EXPECT_EQ(scalar_of(result, "cache[0]", "failovers"), 0);
}

TEST(LeaveCluster, WhenAllHaveLeftEverythingGoesToTheStore) {
  const auto result = run_checked(text(
      R"("replicas": 2)", R"json({"at": "2005ms", "fault": "leave_cluster(cache)"})json", "4s"));
  EXPECT_EQ(received(result, "db"), 300u);
  EXPECT_EQ(result.requests.counts.ok, 400u);
}

TEST(LeaveCluster, OnlyNodesOfADistributedCacheCanLeave) {
  EXPECT_EQ(problems_of(text(R"("replicas": 2)",
                             R"json({"at": "1s", "fault": "leave_cluster(app)"})json", "2s")),
            "faults[0].fault.node: app is no node of a distributed cache\n");
}

}  // namespace
}  // namespace faultline
