#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::run_checked;

std::string members(int count, const std::string& protocol, const std::string& faults,
                    const std::string& duration = "120s", const std::string& loss = "0%") {
  return fmt::format(
      R"json({{"faultline": 1, "zones": {{"a": {{"region": "r"}}, "b": {{"region": "r"}}}},
    "nodes": {{"m": {{"type": "gossip_member", "replicas": {0}, "zones": ["a", "b"], "protocol": "{1}"}}}},
    "network": {{"default_latency": "1ms", "links": [{{"from": "zone:a", "to": "zone:b", "latency": "1ms", "loss": "{4}"}}]}},
    "faults": [{2}], "run": {{"duration": "{3}", "seed": 1}}}})json",
      count, protocol, faults, duration, loss);
}

const sim::NodeResult& group(const sim::Result& result) { return result.groups.at("m"); }

/// A crash is found out by all others, and the return too; a vanished host is no different.
TEST(GossipMember, FindsOutCrashesAndReturns) {
  for (const std::string fault : {"crash", "vanish"}) {
    const auto result = run_checked(members(
        20, "swim",
        fmt::format(R"json({{"at": "30s", "for": "30s", "fault": "{}(m[3])"}})json", fault)));
    const auto& all = group(result);
    EXPECT_EQ(all.histograms.at("detection_seconds").count(), 19u);
    EXPECT_EQ(all.histograms.at("first_detection_seconds").count(), 1u);
    EXPECT_EQ(all.histograms.at("rejoin_seconds").count(), 19u);
    // Suspicion takes 4 * log10(20) = 5.2 s; being asked, up to a few periods before.
    EXPECT_GT(all.histograms.at("first_detection_seconds").min(), 5200 * tests::millisecond);
    EXPECT_LT(all.histograms.at("detection_seconds").max(), 15'000 * tests::millisecond);
    EXPECT_EQ(all.scalars.at("false_positives"), 0);
    EXPECT_EQ(all.scalars.at("members_alive"), 20);
  }
}

/// Who stands still is there, and is taken for dead: a false positive at each of the others. It
/// comes back when it goes on, and is told.
TEST(GossipMember, APauseIsAFalsePositive) {
  const auto result = run_checked(
      members(20, "swim", R"json({"at": "30s", "for": "20s", "fault": "pause(m[3])"})json"));
  const auto& all = group(result);
  EXPECT_EQ(all.histograms.at("detection_seconds").count(), 0u);
  EXPECT_GE(all.scalars.at("false_positives") * 20, 19);
  EXPECT_EQ(all.scalars.at("members_alive"), 20);
}

/// The sides of a cut lose each other, and find each other again by asking the dead.
TEST(GossipMember, SidesOfACutFindEachOtherAgain) {
  const auto result = run_checked(members(
      10, "swim(reconnect_interval=5s)",
      R"json({"at": "20s", "for": "40s", "fault": {"type": "partition", "groups": [["zone:a"], ["zone:b"]]}})json"));
  const auto& all = group(result);
  EXPECT_EQ(all.scalars.at("false_positives"), 5);
  EXPECT_EQ(all.scalars.at("members_alive"), 10);
}

/// Datagrams that are lost are lost: half of the members stand across a link that loses 30 %.
/// Others ask once more, suspicions are denied; without either, members are dead all the time.
TEST(GossipMember, SuspicionBearsLoss) {
  const auto careful = run_checked(members(20, "swim", "", "300s", "30%"));
  EXPECT_GT(group(careful).scalars.at("false_suspicions"), 1);
  EXPECT_LT(group(careful).scalars.at("false_positives"), 0.5);
  const auto hasty = run_checked(
      members(20, "swim(suspicion_multiplier=0, indirect_probes=0)", "", "300s", "30%"));
  EXPECT_GT(group(hasty).scalars.at("false_positives"), 50);
}

/// The load of a member by protocol: SWIM 2 messages a second, heartbeats 19, gossip 1.
TEST(GossipMember, CountsWhatTheProtocolSends) {
  EXPECT_NEAR(group(run_checked(members(20, "swim", ""))).scalars.at("messages_per_second"), 2,
              0.02);
  const auto heartbeats = run_checked(members(20, "all_to_all", ""));
  EXPECT_NEAR(group(heartbeats).scalars.at("messages_per_second"), 19, 0.2);
  EXPECT_NEAR(group(heartbeats).scalars.at("bytes_per_second"), 19 * 39, 8);
  EXPECT_NEAR(group(run_checked(members(20, "gossip", ""))).scalars.at("messages_per_second"), 1,
              0.02);
}

TEST(GossipMember, NeedsAnother) {
  EXPECT_EQ(tests::problems_of(members(1, "swim", "")),
            "nodes.m.replicas: a group of one has nobody to watch; give 2 or more\n");
  EXPECT_EQ(tests::problems_of(members(3, "swim(period=100ms)", "")),
            "nodes.m.protocol.ping_timeout: others are to be asked before the period ends; give "
            "less than `period`\n");
}

}  // namespace
}  // namespace faultline
