#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::node_of;
using tests::problems_of;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

std::string text(const std::string& fault, const std::string& duration,
                 const std::string& more = "") {
  return scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "constant(100/s)", "target": "app", "keys": "sequential(n=100)"}},
      "app": {{"type": "app_server", "endpoints": {{"default": [{{"type": "cache_aside", "cache": "cache", "store": "db"}}]}}}},
      "cache": {{"type": "distributed_cache", "replicas": 3, "capacity": 1000{}}},
      "db": {{"type": "database", "service_time": "0s"}})json",
                              more),
                  duration, fmt::format(R"("faults": [{}])", fault));
}

TEST(JoinCluster, ANodeIsNotThereBeforeAndNotAfterwards) {
  // Two nodes for two seconds, three for one, two again: the third is asked in its second alone.
  const auto result = run_checked(
      text(R"json({"at": "2005ms", "for": "1s", "fault": "join_cluster(cache[2])"})json", "5s"));
  const double moved = scalar_of(result, "cache[0]", "moved_keys");
  const double asked = static_cast<double>(node_of(result, "cache[2]").counts.sent);
  EXPECT_GT(moved, 30);  // A third, and back: of 100 keys, twice.
  // In the pass that it is there for, each of its keys is read once and put once.
  EXPECT_EQ(asked, moved);
  EXPECT_EQ(scalar_of(result, "cache[2]", "entries"), 0);
  EXPECT_EQ(scalar_of(result, "cache[2]", "hits"), 0);
  // The two others still have what they had: nothing is missed when it has gone.
  EXPECT_EQ(static_cast<double>(received(result, "db")), 100 + moved / 2);
}

TEST(JoinCluster, ItsEntriesAreCarriedToIt) {
  const auto result =
      run_checked(text(R"json({"at": "1005ms", "fault": "join_cluster(cache[2])"})json", "4s",
                       R"(, "migration": "10000/s")"));
  EXPECT_GT(scalar_of(result, "cache[2]", "entries"), 15);
  // But for a key or two that were asked for before they arrived.
  EXPECT_LE(received(result, "db"), 103u);
  EXPECT_EQ(scalar_of(result, "cache[0]", "entries") + scalar_of(result, "cache[1]", "entries") +
                scalar_of(result, "cache[2]", "entries"),
            100);
}

TEST(JoinCluster, OnlyNodesOfADistributedCacheCanJoin) {
  EXPECT_EQ(problems_of(text(R"json({"at": "1s", "fault": "join_cluster(db)"})json", "2s")),
            "faults[0].fault.node: db is no node of a distributed cache\n");
}

}  // namespace
}  // namespace faultline
