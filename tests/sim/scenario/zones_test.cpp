#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::problems_of;
using tests::scenario;

/// Three zones in two regions; five app servers spread over two of them, and two nodes more.
const std::string places = scenario(
    R"json(
    "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app", "zone": "us-a"},
    "app": {"type": "app_server", "replicas": 5, "zones": ["eu-a", "eu-b"], "endpoints": {"default": []}},
    "db": {"type": "database", "service_time": "1ms", "zones": ["eu-b"]},
    "spare": {"type": "database", "service_time": "1ms"})json",
    "2s",
    R"("zones": {"eu-a": {"region": "eu"}, "eu-b": {"region": "eu"}, "us-a": {"region": "us"}})");

std::string names(const std::vector<sim::Node*>& nodes) {
  std::string text;
  for (const sim::Node* node : nodes) text += (text.empty() ? "" : " ") + node->name();
  return text;
}

TEST(Zones, ReplicasTakeTheZonesInTurns) {
  const sim::Spec spec = tests::spec_of(places);
  sim::Problems problems;
  const sim::System system(spec, 1, 0, problems);
  EXPECT_EQ(names(system.find("zone:eu-a")), "app[0] app[2] app[4]");
  EXPECT_EQ(names(system.find("zone:eu-b")), "app[1] app[3] db");
  EXPECT_EQ(names(system.find("zone:us-a")), "users");
  EXPECT_EQ(names(system.find("region:eu")), "app[0] app[1] app[2] app[3] app[4] db");
  EXPECT_EQ(names(system.find("region:eu-a")), "");
  EXPECT_EQ(names(system.find("zone:eu")), "");
}

TEST(Zones, ANodeKnowsWhereItStands) {
  const sim::Spec spec = tests::spec_of(places);
  sim::Problems problems;
  const sim::System system(spec, 1, 0, problems);
  const sim::Zone* zone = system.find("app[1]").front()->zone();
  ASSERT_NE(zone, nullptr);
  EXPECT_EQ(zone->name, "eu-b");
  EXPECT_EQ(zone->index, 1u);
  EXPECT_EQ(zone->region, "eu");
  EXPECT_EQ(zone->region_index, 0u);
  EXPECT_EQ(system.find("users").front()->zone()->region_index, 1u);
  EXPECT_EQ(system.find("spare").front()->zone(), nullptr);
}

TEST(Zones, AZoneWithoutARegionIsOneOfItsOwn) {
  const sim::Spec spec = tests::spec_of(scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(1/s)", "target": "db", "zone": "a"},
         "db": {"type": "database", "service_time": "1ms", "zone": "b"})json",
      "2s", R"("zones": {"a": {}, "b": {}})"));
  sim::Problems problems;
  const sim::System system(spec, 1, 0, problems);
  EXPECT_EQ(names(system.find("region:a")), "users");
  EXPECT_EQ(system.zones()[1].region, "b");
}

TEST(Zones, AFaultMayNameThem) {
  // The zone is down from 0.95 s to 1.55 s: three of the five servers, which get every 1st, 3rd and
  // 5th of five requests. The requests at 1.0 .. 1.5 s are the 10th to the 15th; of the rotation
  // they are number 5, 1, 2, 3, 4, 5, of which 5, 1, 3 and 5 meet a dead server.
  std::string text = places;
  text.insert(
      text.size() - 1,
      R"json(, "faults": [{"at": "950ms", "for": "600ms", "fault": "crash(zone:eu-a)"}])json");
  const auto result = tests::run_checked(text);
  EXPECT_EQ(tests::errors_of(result.requests.counts, "refused"), 4u);
  ASSERT_EQ(result.faults.size(), 1u);
  EXPECT_EQ(result.faults[0].name, "crash(zone:eu-a)");
}

TEST(Zones, WhatIsWrongIsTold) {
  const std::string nodes =
      R"json("users": {"type": "clients", "arrivals": "constant(1/s)", "target": "db"},
             "db": {"type": "database", "service_time": "1ms")json";
  const std::string zones = R"("zones": {"eu-a": {"region": "eu"}, "eu-b": {"region": "eu"}})";
  const auto told = [&](const std::string& more, const std::string& rest = "") {
    return problems_of(scenario(nodes + more + "}", "2s", zones + rest));
  };
  EXPECT_EQ(told(R"(, "zone": "eu-b")"), "");
  EXPECT_EQ(told(R"(, "zone": "eu-c")"),
            "nodes.db.zone: there is no zone \"eu-c\"; did you mean \"eu-a\"?\n");
  EXPECT_EQ(told(R"(, "zones": ["eu-a", "us-a"])"),
            "nodes.db.zones[1]: there is no zone \"us-a\"; known: eu-a, eu-b\n");
  EXPECT_EQ(told(R"(, "zones": [])"), "nodes.db.zones: expected at least one entry, got none\n");
  EXPECT_EQ(told(R"(, "zone": "eu-a", "zones": ["eu-a"])"),
            "nodes.db.zone: both `zone` and `zones` are given; give `zones` alone to spread the "
            "replicas\n");
  EXPECT_EQ(told("", R"json(, "faults": [{"at": "1s", "fault": "crash(zone:eu-c)"}])json"),
            "faults[0].fault.node: there is no zone \"eu-c\"; did you mean \"eu-a\"?\n");
  EXPECT_EQ(told("", R"json(, "faults": [{"at": "1s", "fault": "crash(region:us)"}])json"),
            "faults[0].fault.node: there is no region \"us\"; known: eu\n");
  EXPECT_EQ(problems_of(scenario(nodes + "}", "2s", R"("zones": {"a:b": {"region": "c,d"}})")),
            "zones[\"a:b\"]: a name may not hold ':'\n"
            "zones[\"a:b\"].region: a name may not hold ','\n");
}

TEST(Zones, WhomANodeCallsIsNoZone) {
  EXPECT_EQ(
      problems_of(scenario(
          R"json("users": {"type": "clients", "arrivals": "constant(1/s)", "target": "zone:a"},
                 "db": {"type": "database", "service_time": "1ms", "zone": "a"})json",
          "2s", R"("zones": {"a": {}})")),
      "nodes.users.target: there is no node \"zone:a\"; known: db, users\n");
}

}  // namespace
}  // namespace faultline
