/// What every replication keeps: reads find what was written when nothing goes wrong, what is
/// written survives crashes of nodes whose storage survives, no request is lost, and the same seed
/// gives the same run.
#include <gtest/gtest.h>

#include <map>

#include "models/algorithms/random_source.hpp"
#include "sim/registry/registry.hpp"
#include "tests/models/storage/replication/store_user.hpp"

namespace faultline {
namespace {

using namespace std::chrono_literals;

class ReplicationConformance : public testing::TestWithParam<std::string> {
 protected:
  std::string type() const { return "\"" + GetParam() + "\""; }
};

constexpr auto latency = R"json("network": {"default_latency": "uniform(100us, 900us)"})json";

TEST_P(ReplicationConformance, ReadsOfEveryReplicaFindWhatWasWrittenLast) {
  for (const int replicas : {1, 3, 5}) {
    SCOPED_TRACE(testing::Message() << replicas << " replicas");
    tests::StoreUser user(type(), replicas, latency);
    user.run_for(3s);  // A leader, if there is to be one.
    models::SplitMixSource chance(7);
    std::map<std::uint64_t, std::uint64_t> written;
    for (std::uint64_t value = 1; value <= 60; ++value) {
      const std::uint64_t key = chance.below(20);
      ASSERT_TRUE(user.write_anywhere(key, value, chance.below(user.members())))
          << "value " << value;
      written[key] = value;
      // One who reads what was there writes next, so that nothing is concurrent.
      for (std::size_t member = 0; member < user.members(); ++member) user.read(member, key);
      user.run_for(200ms);
    }
    user.run_for(30s);
    for (std::size_t member = 0; member < user.members(); ++member) {
      for (std::uint64_t key = 0; key < 20; ++key) {
        EXPECT_EQ(user.value(member, key), written.contains(key) ? written[key] : 0)
            << "member " << member << ", key " << key;
      }
    }
    if (testing::Test::HasFailure()) return;
  }
}

TEST_P(ReplicationConformance, WhatWasWrittenIsThereAfterCrashesOfOneReplicaAfterTheOther) {
  tests::StoreUser user(type(), 3, std::string(latency) + R"json(, "faults": [
      {"at": "20s", "for": "5s", "fault": "crash(db[0])"},
      {"at": "60s", "for": "5s", "fault": "crash(db[1])"},
      {"at": "100s", "for": "5s", "fault": "crash(db[2])"}])json");
  user.run_for(3s);
  for (std::uint64_t key = 0; key < 10; ++key) ASSERT_TRUE(user.write_anywhere(key, 100 + key));
  user.run_until(160s);
  for (std::size_t member = 0; member < 3; ++member) {
    for (std::uint64_t key = 0; key < 10; ++key) {
      EXPECT_EQ(user.value(member, key), 100 + key) << "member " << member;
    }
  }
  ASSERT_TRUE(user.write_anywhere(3, 1000));
  user.run_for(30s);
  for (std::size_t member = 0; member < 3; ++member) EXPECT_EQ(user.value(member, 3), 1000u);
}

std::string busy_system(const std::string& type) {
  return tests::scenario(R"json(
      "users": {"type": "clients", "arrivals": "poisson(500/s)", "target": "db", "reads": "60%",
                "keys": "zipf(n=50, s=0.9)", "timeout": "500ms"},
      "db": {"type": "database", "replicas": 6, "service_time": "exponential(200us)",
             "replication_factor": 3, "replication": )json" +
                             type + "}",
                         "12s", std::string(latency) + R"json(, "faults": [
      {"at": "2s", "for": "1s", "fault": "crash(db[0])"},
      {"at": "4s", "for": "2s", "fault": {"type": "partition", "groups": [["db[0]", "db[3]"], ["db[1]", "db[2]", "db[4]", "db[5]"]]}},
      {"at": "7s", "for": "1s", "fault": "pause(db[1])"},
      {"at": "9s", "for": "1s", "fault": "vanish(db[2])"}])json");
}

TEST_P(ReplicationConformance, NoRequestIsLostInCrashesCutsAndPauses) {
  const sim::Result result = tests::run_checked(busy_system(type()));
  EXPECT_GT(result.requests.counts.ok, result.requests.counts.sent / 4);
}

TEST_P(ReplicationConformance, TheSameSeedGivesTheSameRun) {
  const sim::Result one = tests::run_text(busy_system(type()));
  const sim::Result two = tests::run_text(busy_system(type()));
  EXPECT_EQ(one.order_digest, two.order_digest);
  EXPECT_EQ(one.results_digest, two.results_digest);
}

INSTANTIATE_TEST_SUITE_P(
    Types, ReplicationConformance,
    testing::ValuesIn(sim::TypeCatalogue::instance().names(models::Replication::kind)),
    [](const auto& type) { return type.param; });

}  // namespace
}  // namespace faultline
