#include <gtest/gtest.h>

#include <string>

#include "tests/models/scaling/deployment_shop.hpp"

namespace faultline {
namespace {

using tests::deployment_of;
using tests::run_checked;
using tests::shop;

/// Of four, between three and five are there; nobody notices, and all four are new at the end.
TEST(RollingUpdateRollout, RollsWithoutALoss) {
  const auto result = run_checked(shop(R"("rollout": "rolling_update")"));
  const auto& deployment = deployment_of(result);
  EXPECT_EQ(result.requests.counts.fail, 0u);
  EXPECT_EQ(deployment.scalars.at("new_replicas"), 4);
  EXPECT_EQ(deployment.scalars.at("without_replica_seconds"), 0);
  EXPECT_EQ(deployment.scalars.at("starts"), 4);
  EXPECT_EQ(deployment.scalars.at("stops"), 4);
  EXPECT_EQ(deployment.scalars.at("replicas_ready_max"), 4);
  EXPECT_EQ(deployment.scalars.at("rolled_back"), 0);
  for (const double ready : deployment.series.at("replicas_ready")) {
    EXPECT_GE(ready, 3 - 1e-9);
    EXPECT_LE(ready, 5 + 1e-9);
  }
  // Two at a time, 10 s each, a look a second: some twenty seconds.
  EXPECT_GT(deployment.scalars.at("rollout_seconds"), 19);
  EXPECT_LT(deployment.scalars.at("rollout_seconds"), 30);
}

/// All at once means that for the time of a start nobody is there: downtime, and every request of
/// it fails.
TEST(RollingUpdateRollout, CountsTheTimeWithoutAnybody) {
  const auto result = run_checked(
      shop(R"("rollout": {"type": "rolling_update", "surge_nodes": 0, "unavailable_nodes": 4})"));
  EXPECT_NEAR(deployment_of(result).scalars.at("without_replica_seconds"), 11, 1.01);
  EXPECT_GT(result.requests.counts.fail, 900u);
  EXPECT_LT(result.requests.counts.fail, 1300u);
}

/// A version that fails a tenth of its requests gets to all of them by a rolling update, which does
/// not look; rolled back by hand at 180 s it is gone again.
TEST(RollingUpdateRollout, ARollingUpdateDoesNotLook) {
  const std::string bad = R"("version": {"errors": "10%"}, "rollout": "rolling_update")";
  const auto forward = run_checked(shop(bad));
  const auto& seen = deployment_of(forward).scalars;
  EXPECT_NEAR(seen.at("new_failed") / seen.at("new_requests"), 0.1, 0.01);
  EXPECT_EQ(seen.at("old_failed"), 0);
  const auto back = run_checked(shop(bad + R"(, "roll_back_at": "180s")"));
  EXPECT_EQ(deployment_of(back).scalars.at("rolled_back"), 1);
  EXPECT_EQ(deployment_of(back).scalars.at("new_replicas"), 0);
  EXPECT_LT(back.requests.counts.fail, forward.requests.counts.fail);
}

}  // namespace
}  // namespace faultline
