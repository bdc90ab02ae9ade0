#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::millisecond;
using tests::problems_of;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// Reads of `keys` at 0.1 s, 0.2 s, .. and writes of key 0 at 0.25 s, 0.5 s, ..
sim::Result run(const std::string& cache, const std::string& keys = "sequential(n=1)",
                const std::string& rest = "") {
  return run_checked(scenario(fmt::format(R"json(
      "db": {{"type": "database", "service_time": "20ms", "write_service_time": "0s", "query_cache": {{"hit_time": "1ms", {}}}}},
      "readers": {{"type": "clients", "arrivals": "constant(10/s)", "target": "db", "keys": "{}"}},
      "writers": {{"type": "clients", "arrivals": "constant(4/s)", "target": "db", "keys": "sequential(n=1)", "reads": "0%"}})json",
                                          cache, keys),
                              "2090ms", rest));
}

TEST(QueryCache, AnswersUntilTheTableIsWritten) {
  // The write of a whole tenth comes behind the read of that time. Missed are the first read and
  // those after the writes of 0.25 s .. 1.75 s: 8 of 20.
  const auto result = run(R"("capacity": 10)");
  EXPECT_EQ(scalar_of(result, "db", "query_cache_hits"), 12);
  EXPECT_EQ(scalar_of(result, "db", "query_cache_invalidations"), 8);
  EXPECT_EQ(result.requests.latency.min(), 0);  // A write.
}

TEST(QueryCache, AHitStillTakesAConnection) {
  const auto result = run_checked(scenario(R"json(
      "db": {"type": "database", "service_time": "20ms", "query_cache": {"capacity": 10, "hit_time": "1ms"}},
      "readers": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "keys": "sequential(n=1)"})json",
                                           "2090ms"));
  EXPECT_EQ(result.requests.latency.min(), 1 * millisecond);
  EXPECT_EQ(static_cast<std::int64_t>(result.requests.latency.sum()), (20 + 19) * millisecond);
  EXPECT_NEAR(scalar_of(result, "db", "busy_mean"), 0.039 / 2.09, 1e-9);
}

TEST(QueryCache, AWriteForgetsAllQueriesOfItsTable) {
  // Keys 0 and 1 by turns. As one table both go with each write; as tables of their own only key 0
  // does.
  const auto one = run(R"("capacity": 10)", "sequential(n=2)");
  const auto two = run(R"("capacity": 10, "table_keys": 1)", "sequential(n=2)");
  // Key 1 is read at 0.2 s, 0.4 s, .., 2.0 s: ten times.
  EXPECT_GE(scalar_of(two, "db", "query_cache_hits"), 9);
  EXPECT_GT(scalar_of(two, "db", "query_cache_hits"), scalar_of(one, "db", "query_cache_hits"));
}

TEST(QueryCache, ACrashEmptiesIt) {
  const auto result = run_checked(scenario(
      R"json("db": {"type": "database", "service_time": "20ms", "query_cache": {"capacity": 10}},
             "readers": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "keys": "sequential(n=1)"})json",
      "2090ms", R"json("faults": [{"at": "1050ms", "for": "10ms", "fault": "crash(db)"}])json"));
  EXPECT_EQ(scalar_of(result, "db", "query_cache_hits"), 18);
}

TEST(QueryCache, NothingStaleIsEverAnswered) {
  // Behind a consistency check: many readers and writers of a few keys, service times that overlap.
  const auto result = run_checked(scenario(
      R"json("db": {"type": "database", "service_time": "exponential(5ms)", "connections": 50, "query_cache": {"capacity": 10, "table_keys": 1}},
             "users": {"type": "clients", "users": 20, "think_time": "exponential(5ms)", "target": "db", "keys": "uniform(3)", "reads": "70%"})json",
      "10s", R"("consistency": {})"));
  EXPECT_EQ(result.consistency.reads_stale, 0u);
  EXPECT_GT(result.consistency.reads_judged, 1000u);
  EXPECT_GT(scalar_of(result, "db", "query_cache_hits"), 100);
}

TEST(QueryCache, RowsThatAreNotThereAreNotFoundUntilTheyAreWritten) {
  // The cache behind remembers an answer only if there was one.
  const auto result = run_checked(scenario(R"json(
      "app": {"type": "app_server", "endpoints": {"default": [{"type": "cached", "local": {"capacity": 9}, "store": "db"}]}},
      "db": {"type": "database", "service_time": "0s", "rows": 1},
      "readers": {"type": "clients", "arrivals": "constant(10/s)", "target": "app", "keys": "sequential(n=2)"})json",
                                           "2050ms"));
  // Key 0 is there: one miss; key 1 is not: ten.
  EXPECT_EQ(scalar_of(result, "app", "l1_misses"), 11);
}

TEST(QueryCache, SaysWithWhatItDoesNotGo) {
  const auto problem = [](const std::string& more) {
    return problems_of(scenario(
        R"json("db": {"type": "database", "replicas": 3, "service_time": "0s", "query_cache": {"capacity": 10}, )json" +
            more +
            R"json(}, "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "db"})json",
        "1s"));
  };
  EXPECT_EQ(problem(R"("replication": "raft")"),
            "nodes.db.query_cache: writes that come from other replicas do not pass it; leave out "
            "`query_cache` or `replication`\n");
  EXPECT_EQ(problem(R"("isolation": "serializable_ssi")").substr(0, 22), "nodes.db.query_cache: ");
}

}  // namespace
}  // namespace faultline
