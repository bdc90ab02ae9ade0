#include "sim/scenario/findings.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/experiment/pool.hpp"
#include "sim/scenario/result.hpp"

namespace faultline::sim {
namespace {

Finding deadlock(double at_seconds) {
  return {.kind = "deadlock",
          .node = "app",
          .at_seconds = at_seconds,
          .parts = {{"a #1", "x", "y", 1}, {"b #2", "y", "x", 2}}};
}

TEST(Findings, AllAreCountedAndTheFirstAreKept) {
  Findings findings;
  for (int i = 0; i < 250; ++i) findings.add(deadlock(i));
  const FindingKind& kind = findings.kinds().at("deadlock");
  EXPECT_EQ(kind.count, 250u);
  ASSERT_EQ(kind.kept.size(), Findings::kept_max);
  EXPECT_EQ(kind.kept.front().at_seconds, 0);
  EXPECT_EQ(kind.kept.back().at_seconds, 99);
}

TEST(Findings, ManyOfOneKindLeaveRoomForAnother) {
  Findings findings;
  for (int i = 0; i < 250; ++i) findings.add({.kind = "lost_update", .node = "app", .parts = {}});
  findings.add(deadlock(3));
  EXPECT_EQ(findings.kinds().at("deadlock").kept.size(), 1u);
}

TEST(Findings, OfSeveralReplicationsSayOfWhich) {
  Findings all;
  all.add(deadlock(1));
  Findings other;
  other.add(deadlock(2));
  all.merge(other, 4);
  const FindingKind& kind = all.kinds().at("deadlock");
  EXPECT_EQ(kind.count, 2u);
  EXPECT_EQ(kind.kept[0].replication, 0u);
  EXPECT_EQ(kind.kept[1].replication, 4u);
}

TEST(Findings, InOneLineWithoutWords) {
  EXPECT_EQ(brief_of(deadlock(1)), "a #1: x -> y; b #2: y -> x");
  Finding many{.kind = "deadlock", .node = "app", .parts = {}};
  many.parts.assign(20, {"p", "a", "b", 0});
  EXPECT_TRUE(brief_of(many).ends_with("p: a -> b; ..."));
}

TEST(Findings, AResultWithoutThemHasNoSuchMember) {
  Result result;
  EXPECT_FALSE(to_json(result).contains("findings"));
  const std::string before = digest_of(result);
  result.findings.add(deadlock(1.5));
  const nlohmann::json json = to_json(result).at("findings").at("deadlock");
  EXPECT_EQ(json.at("count"), 1);
  EXPECT_EQ(json.at("kept")[0].at("node"), "app");
  EXPECT_EQ(json.at("kept")[0].at("parts")[1].at("wants"), "x");
  EXPECT_NE(digest_of(result), before);
}

TEST(Findings, ArePooledOverReplications) {
  Result with;
  with.findings.add(deadlock(1));
  const Result without;
  ResultPool pool;
  for (const bool found : {true, false, true, false}) pool.add(found ? with : without);
  const Result pooled = pool.pooled();
  EXPECT_EQ(pooled.findings.kinds().at("deadlock").count, 2u);
  EXPECT_EQ(pooled.findings.kinds().at("deadlock").kept[1].replication, 2u);
  // A replication without a deadlock counts as one with none.
  EXPECT_DOUBLE_EQ(pooled.intervals.at("findings.deadlock.count").mean, 0.5);
  EXPECT_EQ(pooled.intervals.at("findings.deadlock.count").count, 4u);
}

}  // namespace
}  // namespace faultline::sim
