#include <gtest/gtest.h>

#include <string>

#include "tests/models/scaling/deployment_shop.hpp"

namespace faultline {
namespace {

using tests::deployment_of;
using tests::run_checked;
using tests::shop;

/// A canary of a quarter gets a quarter: 10 % of 25/s for the 10 s to the first check, and no more.
TEST(CanaryRollout, ACanaryIsRolledBackByItsErrors) {
  const std::string canary =
      R"("rollout": {"type": "canary", "steps": [{"share": "25%", "hold": "60s"}]}, )";
  const auto bad = run_checked(shop(canary + R"("version": {"errors": "10%"})"));
  EXPECT_EQ(deployment_of(bad).scalars.at("rolled_back"), 1);
  EXPECT_EQ(deployment_of(bad).scalars.at("new_replicas"), 0);
  EXPECT_LT(deployment_of(bad).scalars.at("new_requests"), 500);
  EXPECT_LT(bad.requests.counts.fail, 60u);
  EXPECT_GT(bad.requests.counts.fail, 5u);
  const auto good = run_checked(shop(canary + R"("version": {"factor": 1.1})"));
  EXPECT_EQ(deployment_of(good).scalars.at("rolled_back"), 0);
  EXPECT_EQ(deployment_of(good).scalars.at("new_replicas"), 4);
  EXPECT_EQ(good.requests.counts.fail, 0u);
}

TEST(CanaryRollout, ACanaryIsRolledBackByItsLatency) {
  const auto slow =
      run_checked(shop(R"("rollout": {"type": "canary", "steps": [{"share": "25%", "hold": "60s"}]},
              "version": {"factor": 2})"));
  EXPECT_EQ(deployment_of(slow).scalars.at("rolled_back"), 1);
  bool said = false;
  for (const sim::LogEntry& entry : slow.log)
    said = said || entry.text.find("the new version is bad: p99") == 0;
  EXPECT_TRUE(said);
}

}  // namespace
}  // namespace faultline
