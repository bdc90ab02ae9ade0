#include "models/algorithms/caching/version_ledger.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

/// Writes value v = 1 .. of key 7: begun at 10 v, acknowledged at 10 v + 5.
VersionLedger after(std::uint64_t writes) {
  VersionLedger ledger;
  for (std::uint64_t value = 1; value <= writes; ++value) {
    const auto at = static_cast<std::int64_t>(10 * value);
    ledger.begun(7, value, at);
    ledger.acknowledged(7, value, at + 5);
  }
  return ledger;
}

TEST(VersionLedger, CountsTheWritesThatCameAfter) {
  // Read at 100: of three writes, the first is two behind, since the second was acknowledged at 25.
  const VersionLedger ledger = after(3);
  EXPECT_FALSE(ledger.judge(7, 3, 100).stale);
  EXPECT_EQ(ledger.judge(7, 1, 100).versions, 2);
  EXPECT_EQ(ledger.judge(7, 1, 100).age, 75);
  EXPECT_EQ(ledger.judge(7, 2, 100).versions, 1);
  EXPECT_EQ(ledger.judge(7, 2, 100).age, 65);
  EXPECT_EQ(ledger.judge(7, 0, 100).versions, 3);
  EXPECT_EQ(ledger.judge(7, 0, 100).age, 85);
  EXPECT_FALSE(ledger.judge(8, 0, 100).stale);
}

TEST(VersionLedger, OnlyWhatWasAcknowledgedBeforeTheQuestionCounts) {
  const VersionLedger ledger = after(3);
  EXPECT_FALSE(ledger.judge(7, 1, 25).stale);  // At that very moment: not before.
  EXPECT_EQ(ledger.judge(7, 1, 26).versions, 1);
}

TEST(VersionLedger, WritesAtTheSameTimeDoNotSupersedeEachOther) {
  VersionLedger ledger;
  ledger.begun(7, 1, 10);
  ledger.begun(7, 2, 12);
  ledger.acknowledged(7, 1, 20);
  ledger.acknowledged(7, 2, 22);
  EXPECT_FALSE(ledger.judge(7, 1, 100).stale);
  EXPECT_FALSE(ledger.judge(7, 2, 100).stale);
}

TEST(VersionLedger, WhatMayHaveHappenedSupersedesNothingAndIsSuperseded) {
  VersionLedger ledger;
  ledger.begun(7, 1, 10);
  ledger.acknowledged(7, 1, 15);
  ledger.begun(7, 2, 20);
  ledger.uncertain(7, 2, 25);
  EXPECT_FALSE(ledger.judge(7, 1, 100).stale);
  ledger.begun(7, 3, 30);
  ledger.acknowledged(7, 3, 35);
  EXPECT_EQ(ledger.judge(7, 2, 100).versions, 1);
  EXPECT_EQ(ledger.judge(7, 1, 100).versions, 1);  // The uncertain one is not counted.
}

TEST(VersionLedger, WhatFailedNeverWas) {
  VersionLedger ledger = after(1);
  ledger.begun(7, 2, 20);
  ledger.failed(7, 2);
  EXPECT_FALSE(ledger.judge(7, 1, 100).stale);
}

TEST(VersionLedger, AValueUnderWayIsFresh) {
  VersionLedger ledger = after(2);
  ledger.begun(7, 3, 30);
  EXPECT_FALSE(ledger.judge(7, 3, 100).stale);
}

TEST(VersionLedger, AValueNotHeardOfYetIsFresh) { EXPECT_FALSE(after(3).judge(7, 99, 100).stale); }

TEST(VersionLedger, OfValuesLongGoneItSaysAtLeast) {
  // Of 40 writes 16 are remembered, 25 to 40, the first of them acknowledged at 255.
  const VersionLedger ledger = after(40);
  EXPECT_EQ(ledger.judge(7, 3, 1000).versions, 16);
  EXPECT_EQ(ledger.judge(7, 3, 1000).age, 745);
  EXPECT_EQ(ledger.judge(7, 30, 1000).versions, 10);
  // That nothing was ever written is further behind than everything.
  EXPECT_EQ(ledger.judge(7, 0, 1000).versions, 40);
  EXPECT_EQ(ledger.judge(7, 0, 1000).age, 985);
}

}  // namespace
}  // namespace faultline::models
