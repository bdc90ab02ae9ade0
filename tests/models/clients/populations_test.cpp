/// Users spread over zones: each replica of the clients stands for its zone's share.
#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::millisecond;
using tests::node_of;
using tests::problems_of;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

std::string world(const std::string& members, const std::string& rest = "") {
  return scenario(
      fmt::format(R"json(
      "users": {{"type": "clients", "target": "db", {}}},
      "db": {{"type": "database", "zone": "eu", "service_time": "1ms"}})json",
                  members),
      "100500ms",
      R"json("zones": {"eu": {"region": "europe"}, "us": {"region": "america"}})json" + rest);
}

TEST(Populations, ShareTheArrivals) {
  // 40/s in all: 30/s from "eu", 10/s from "us", whose two nodes send 5/s each. In 100 s.
  const auto result = run_checked(world(R"json("arrivals": "constant(40/s)", "replicas": 3,
      "zones": ["eu", "us", "us"], "populations": {"eu": 3, "us": 1})json"));
  EXPECT_NEAR(scalar_of(result, "users[0]", "users_ok"), 3015, 2);
  EXPECT_NEAR(scalar_of(result, "users[1]", "users_ok"), 502, 2);
  EXPECT_NEAR(scalar_of(result, "users[2]", "users_ok"), 502, 2);
  EXPECT_EQ(scalar_of(result, "users[0]", "users_not_ok"), 0);
  EXPECT_EQ(node_of(result, "users[0]").histograms.at("user_latency_seconds").min(), millisecond);
}

TEST(Populations, ShareTheUsers) {
  // 10 users who ask once in a second and a millisecond: 7 and 3, 100 requests each.
  const auto result = run_checked(world(R"json("users": 10, "think_time": "1s", "replicas": 2,
      "zones": ["eu", "us"], "populations": {"eu": 0.7, "us": 0.3})json"));
  EXPECT_EQ(scalar_of(result, "users[0]", "users_ok"), 700);
  EXPECT_EQ(scalar_of(result, "users[1]", "users_ok"), 300);
}

TEST(Populations, AskFromWhereTheyAre) {
  // The way over the ocean takes 80 ms, there and back; who is at home waits for the service alone.
  const auto result = run_checked(
      world(R"json("arrivals": "constant(40/s)", "replicas": 2,
      "zones": ["eu", "us"], "populations": {"eu": 3, "us": 1})json",
            R"json(, "network": {"links": [{"from": "users[1]", "to": "db", "latency": "80ms"},
      {"from": "users[0]", "to": "db", "latency": "0s"}]})json"));
  EXPECT_EQ(node_of(result, "users[0]").histograms.at("user_latency_seconds").max(), millisecond);
  EXPECT_EQ(node_of(result, "users[1]").histograms.at("user_latency_seconds").min(),
            161 * millisecond);
}

TEST(Populations, AreScaledByAProfile) {
  const auto result = run_checked(world(R"json("arrivals": "constant(40/s)", "replicas": 2,
      "zones": ["eu", "us"], "populations": {"eu": 3, "us": 1}, "profile": "constant(2)")json"));
  EXPECT_NEAR(scalar_of(result, "users[0]", "users_ok"), 6030, 2);
  EXPECT_NEAR(scalar_of(result, "users[1]", "users_ok"), 2010, 2);
}

TEST(Populations, NeedAZoneEach) {
  EXPECT_EQ(problems_of(world(R"json("arrivals": "constant(4/s)", "replicas": 2,
      "zones": ["eu", "us"], "populations": {"eu": 3, "mars": 1})json")),
            "nodes.users.populations: none of these clients stands in zone \"mars\"; give them "
            "`zones`, and `replicas` enough for one in each\n"
            "nodes.users.populations: zone \"us\" is missing\n");
  EXPECT_EQ(problems_of(world(R"json("arrivals": "constant(4/s)", "populations": {"eu": 3})json")),
            "nodes.users.populations: none of these clients stands in zone \"eu\"; give them "
            "`zones`, and `replicas` enough for one in each\n"
            "nodes.users.populations: these clients stand in no zone\n");
}

}  // namespace
}  // namespace faultline
