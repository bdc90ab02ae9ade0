#include "models/algorithms/scaling/canary.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

/// Argo Rollouts' own example: 10 replicas and 10 %: 1 and 9; 15 %: both sides rounded up, 2 and 9.
TEST(Canary, MakesAShareOfWholeInstances) {
  EXPECT_EQ(canary_counts(0.10, 10).fresh, 1);
  EXPECT_EQ(canary_counts(0.10, 10).old, 9);
  EXPECT_EQ(canary_counts(0.15, 10).fresh, 2);
  EXPECT_EQ(canary_counts(0.15, 10).old, 9);
  EXPECT_EQ(canary_counts(1, 10).fresh, 10);
  EXPECT_EQ(canary_counts(1, 10).old, 0);
}

CanaryVerdict verdict(const CanaryLimits& limits, const VersionSample& fresh,
                      const VersionSample& old, std::string* said = nullptr) {
  std::string why;
  const CanaryVerdict verdict = judge_canary(limits, fresh, old, why);
  if (said) *said = why;
  return verdict;
}

TEST(Canary, SaysNothingOfTooFewRequests) {
  EXPECT_EQ(verdict({}, {99, 99, 1}, {1000, 0, 0.1}), CanaryVerdict::unknown);
  EXPECT_EQ(verdict({}, {1000, 900, 1}, {99, 0, 0.1}), CanaryVerdict::unknown)
      << "too little of the old version to compare with";
}

/// One percentage point more than the old version may fail; a bit more is too much.
TEST(Canary, ComparesErrors) {
  EXPECT_EQ(verdict({}, {1000, 29, 0.1}, {1000, 20, 0.1}), CanaryVerdict::good);
  EXPECT_EQ(verdict({}, {1000, 30, 0.1}, {1000, 20, 0.1}), CanaryVerdict::good);
  std::string why;
  EXPECT_EQ(verdict({}, {1000, 31, 0.1}, {1000, 20, 0.1}, &why), CanaryVerdict::bad);
  EXPECT_EQ(why, "3.10% of requests fail, of the old version 2.00%");
}

TEST(Canary, HoldsErrorsAgainstABoundWithoutTheOldVersion) {
  CanaryLimits limits;
  limits.error_ratio_max = 0.05;
  EXPECT_EQ(verdict(limits, {1000, 51, 0.1}, {}), CanaryVerdict::bad);
  EXPECT_EQ(verdict(limits, {1000, 50, 0.1}, {}), CanaryVerdict::good);
}

/// 99 % are to be good: 990 of 1000 are, 989 are not enough, whatever the old version does.
TEST(Canary, HoldsItAgainstAnObjective) {
  CanaryLimits limits;
  limits.good_ratio_min = 0.99;
  EXPECT_EQ(verdict(limits, {1000, 0, 0.1, 990}, {}), CanaryVerdict::good);
  std::string why;
  EXPECT_EQ(verdict(limits, {1000, 0, 0.1, 989}, {1000, 0, 0.1, 900}, &why), CanaryVerdict::bad);
  EXPECT_EQ(why, "98.90% of requests are good, 99.00% are to be");
}

TEST(Canary, ComparesLatency) {
  EXPECT_EQ(verdict({}, {1000, 0, 0.149}, {1000, 0, 0.1}), CanaryVerdict::good);
  std::string why;
  EXPECT_EQ(verdict({}, {1000, 0, 0.16}, {1000, 0, 0.1}, &why), CanaryVerdict::bad);
  EXPECT_EQ(why, "p99 is 0.16 s, of the old version 0.1 s");
  CanaryLimits any;
  any.latency_factor.reset();
  EXPECT_EQ(verdict(any, {1000, 0, 10}, {1000, 0, 0.1}), CanaryVerdict::good);
}

}  // namespace
}  // namespace faultline::models
