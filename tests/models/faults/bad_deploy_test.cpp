#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::millisecond;
using tests::node_of;
using tests::problems_of;
using tests::run_checked;
using tests::scenario;

TEST(BadDeploy, GoesFromNodeToNodeAndIsRolledBack) {
  // Three nodes in turn, 30 a second, 10 ms each; the new version is at one from 1.005 s, at two
  // from 2.005 s, at all from 3.005 s, and gone at 4.005 s. Ten a second of each are three times as
  // slow: 10 + 20 + 30 requests of 30 ms.
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(30/s)", "target": "db"},
      "db": {"type": "database", "replicas": 3, "service_time": "10ms"})json",
      "6010ms",
      R"json("faults": [{"at": "1005ms", "for": "3s", "fault": "bad_deploy(db, interval=1s, factor=3)"}])json"));
  std::uint64_t slow = 0;
  for (const char* node : {"db[0]", "db[1]", "db[2]"}) {
    const auto& latency = node_of(result, node).histograms.at("latency_seconds");
    slow += latency.count() - latency.count_at_or_below(20 * millisecond);
  }
  EXPECT_EQ(slow, 60u);
  ASSERT_EQ(result.faults.size(), 1u);
  EXPECT_EQ(result.faults[0].name, "bad_deploy(db)");
}

TEST(BadDeploy, CanAnswerWithErrors) {
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(20/s)", "target": "db"},
      "db": {"type": "database", "replicas": 2, "service_time": "10ms"})json",
      "3010ms",
      R"json("faults": [{"at": "1005ms", "for": "1s", "fault": "bad_deploy(db, interval=10s, errors=100%)"}])json"));
  EXPECT_EQ(errors_of(result.requests.counts, "error"), 10u);
  EXPECT_EQ(errors_of(node_of(result, "db[0]").counts, "error"), 10u);
}

TEST(BadDeploy, OfAVersionAsGoodAsTheOldOneIsAMistake) {
  EXPECT_EQ(
      problems_of(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "db"},
      "db": {"type": "database", "service_time": "0s"})json",
                           "1s", R"json("faults": [{"at": "0s", "fault": "bad_deploy(db)"}])json")),
      "faults[0].fault: the new version is as good as the old one; give a factor or errors\n");
}

}  // namespace
}  // namespace faultline
