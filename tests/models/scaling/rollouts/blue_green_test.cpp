#include <gtest/gtest.h>

#include <string>

#include "tests/models/scaling/deployment_shop.hpp"

namespace faultline {
namespace {

using tests::deployment_of;
using tests::run_checked;
using tests::shop;

/// Twice as many for a while; the switch is one instant, and so is the way back.
TEST(BlueGreenRollout, BlueGreenSwitchesAllAtOnce) {
  const auto good = run_checked(shop(R"json("rollout": "blue_green(watch=60s, keep=60s)")json"));
  EXPECT_EQ(good.requests.counts.fail, 0u);
  EXPECT_EQ(deployment_of(good).scalars.at("new_replicas"), 4);
  EXPECT_EQ(deployment_of(good).scalars.at("replicas_ready_max"), 8);
  const auto bad = run_checked(shop(
      R"json("rollout": "blue_green(watch=60s, keep=60s)", "version": {"errors": "20%"})json"));
  const auto& seen = deployment_of(bad).scalars;
  EXPECT_EQ(seen.at("rolled_back"), 1);
  // All of it is the new version's for 10 s: a thousand requests, a fifth of which fail.
  EXPECT_NEAR(seen.at("new_requests"), 1000, 100);
  EXPECT_NEAR(seen.at("new_failed"), 200, 60);
  EXPECT_EQ(seen.at("old_failed"), 0);
}

}  // namespace
}  // namespace faultline
