/// Where an L7 balancer sends a request: routes, sessions, subsets, priorities, zones, retries.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::node_of;
using tests::problems_of;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// Users who send `rate` requests a second to "lb"; `clients` are more members of theirs.
std::string users(const std::string& rate, const std::string& clients = "") {
  return fmt::format(
      R"json("users": {{"type": "clients", "arrivals": "constant({}/s)", "target": "lb"{}}},)json",
      rate, clients);
}

std::string group(const std::string& name, int replicas, const std::string& more = "") {
  return fmt::format(
      R"json("{}": {{"type": "app_server", "replicas": {}, "endpoints": {{"default": []}}{}}})json",
      name, replicas, more);
}

double share_of(const sim::Result& result, const std::string& name) {
  return static_cast<double>(result.groups.at(name).counts.sent) /
         static_cast<double>(result.requests.counts.sent);
}

TEST(L7Routing, ARouteTakesItsEndpoints) {
  const auto result = run_checked(scenario(
      users(
          "100",
          R"json(, "mix": [{"endpoint": "search", "weight": 1}, {"endpoint": "buy", "weight": 3}])json") +
          R"json("lb": {"type": "l7_balancer", "backends": ["web"],
               "routes": [{"endpoints": ["search", "suggest"], "backends": ["find"]}]},)json" +
          group("web", 2) + "," + group("find", 3),
      "100050ms"));
  EXPECT_EQ(result.groups.at("find").counts.sent, result.by_class.at("search").counts.sent);
  EXPECT_EQ(result.groups.at("web").counts.sent, result.by_class.at("buy").counts.sent);
  EXPECT_NEAR(share_of(result, "find"), 0.25, 5 * std::sqrt(.25 * .75 / 10'000));
}

TEST(L7Routing, ARouteTakesItsKeysAndTheFirstThatFitsDecides) {
  // Keys 0 .. 99 one after the other: 10 .. 29 to "a"; of the rest up to 49, to "b".
  const auto result = run_checked(
      scenario(users("100", R"json(, "keys": "sequential(100)")json") +
                   R"json("lb": {"type": "l7_balancer", "backends": ["rest"], "routes": [
               {"keys_from": 10, "keys_below": 30, "backends": ["a"]},
               {"keys_below": 50, "backends": ["b"], "policy": "random"}]},)json" +
                   group("rest", 1) + "," + group("a", 1) + "," + group("b", 2),
               "10005ms"));
  EXPECT_EQ(result.groups.at("a").counts.sent, 200u);
  EXPECT_EQ(result.groups.at("b").counts.sent, 300u);
  EXPECT_EQ(result.groups.at("rest").counts.sent, 500u);
}

/// A canary for a tenth of the keys: of 10,000 keys within 5 sqrt(.1 * .9 / 10000), and always the
/// same ones.
TEST(L7Routing, ACanaryTakesAShareOfTheKeys) {
  const auto result =
      run_checked(scenario(users("1000", R"json(, "keys": "sequential(10000)")json") +
                               R"json("lb": {"type": "l7_balancer", "backends": ["old"],
               "routes": [{"share": "10%", "backends": ["new"]}]},)json" +
                               group("old", 1) + "," + group("new", 1),
                           "20000500us"));
  EXPECT_NEAR(share_of(result, "new"), 0.1, 0.015);
  EXPECT_EQ(result.groups.at("new").counts.sent % 2, 0u);  // Every key came twice.
}

TEST(L7Routing, SaysWhatIsWrong) {
  EXPECT_EQ(
      problems_of(scenario(users("1") +
                               R"json("lb": {"type": "l7_balancer", "backends": ["app"],
               "priorities": {"ap": 1}, "slow_start": {},
               "routes": [{"keys_from": 5, "keys_below": 5, "backends": ["app"]}]},)json" +
                               group("app", 1),
                           "1s")),
      "nodes.lb.routes[0].keys_below: expected more than keys_from: no key lies between them\n");
  EXPECT_EQ(problems_of(scenario(users("1") +
                                     R"json("lb": {"type": "l7_balancer", "backends": ["app"],
               "priorities": {"ap": 1}, "slow_start": {}},)json" +
                                     group("app", 1),
                                 "1s")),
            "nodes.lb.priorities.ap: is not among the backends\n"
            "nodes.lb.slow_start: policy \"round_robin\" heeds no weights; use "
            "weighted_round_robin, weighted_least_connections, least_request or random\n");
}

/// One caller and round robin over four: without sessions each gets a quarter, with them one gets
/// all. It is down from 5.05 s to 7.05 s; the session moves once, and does not come back.
TEST(L7Routing, ASessionStaysWithItsBackend) {
  const std::string one_caller = users("10", R"json(, "addresses": 1)json");
  const auto run = [&](const std::string& sticky, const std::string& rest) {
    return run_checked(scenario(one_caller +
                                    R"json("lb": {"type": "l7_balancer", "backends": ["app"])json" +
                                    sticky + "}," + group("app", 4),
                                "20050ms", rest));
  };
  EXPECT_EQ(received(run("", ""), "app[0]"), 50u);
  const auto sticky = run(R"json(, "sticky": {})json", "");
  EXPECT_EQ(received(sticky, "app[0]"), 200u);
  EXPECT_EQ(scalar_of(sticky, "lb", "sessions_moved"), 0);
  const auto moved =
      run(R"json(, "sticky": {})json",
          R"json("faults": [{"at": "5050ms", "for": "2s", "fault": "crash(app[0])"}])json");
  EXPECT_EQ(moved.requests.counts.ok, 200u);
  EXPECT_EQ(node_of(moved, "app[0]").counts.ok, 50u);
  EXPECT_EQ(scalar_of(moved, "lb", "sessions_moved"), 1);
  EXPECT_EQ(
      std::max({received(moved, "app[1]"), received(moved, "app[2]"), received(moved, "app[3]")}),
      150u);
}

/// A request every 100 ms and a session of 50 ms: every request begins a new one.
TEST(L7Routing, ASessionEndsWithItsTimeToLive) {
  const auto result = run_checked(scenario(
      users("10", R"json(, "addresses": 1)json") +
          R"json("lb": {"type": "l7_balancer", "backends": ["app"], "sticky": {"ttl": "50ms"}},)json" +
          group("app", 4),
      "20050ms"));
  EXPECT_EQ(received(result, "app[0]"), 50u);
}

/// Three balancers with three of nine backends each: every backend has exactly one balancer, so
/// those of a balancer have its requests, a third of them each.
TEST(L7Routing, ReplicasOfABalancerUseSubsets) {
  const auto result = run_checked(scenario(
      users("90") +
          R"json("lb": {"type": "l7_balancer", "replicas": 3, "backends": ["app"], "subset": 3},)json" +
          group("app", 9),
      "10005ms"));
  for (const sim::NodeResult& node : result.nodes) {
    if (node.group != "app") continue;
    EXPECT_EQ(node.counts.sent, 100u) << node.name;
  }
}

/// Two of four primaries are down and found so by checks: health 70, so 30 % overflow. 30,000
/// requests after the first ten seconds.
TEST(L7Routing, TheRestOfAnUnhealthyLevelOverflows) {
  const auto result = run_checked(tests::warmed_scenario(
      users("1000") + R"json("lb": {"type": "l7_balancer", "backends": ["main", "backup"],
           "priorities": {"backup": 1}, "health_check": {"interval": "1s", "timeout": "100ms"}},)json" +
          group("main", 4) + "," + group("backup", 4),
      "40s", "10s",
      R"json("faults": [{"at": "0s", "fault": "crash(main[0])"}, {"at": "0s", "fault": "crash(main[1])"}])json"));
  EXPECT_NEAR(share_of(result, "backup"), 0.3, 5 * std::sqrt(.3 * .7 / 30'000));
  EXPECT_EQ(result.requests.counts.fail, 0u);
  EXPECT_EQ(received(result, "main[0]"), 0u);
  EXPECT_NEAR(scalar_of(result, "lb", "overflow"),
              static_cast<double>(result.groups.at("backup").counts.sent), 2);
}

TEST(L7Routing, AHealthyFirstLevelTakesEverything) {
  const auto result = run_checked(
      scenario(users("100") + R"json("lb": {"type": "l7_balancer", "backends": ["main", "backup"],
           "priorities": {"backup": 1}},)json" +
                   group("main", 2) + "," + group("backup", 2),
               "10005ms"));
  EXPECT_EQ(result.groups.at("backup").counts.sent, 0u);
}

/// A balancer in each of two zones; zone a has 3 of 9 backends, b 6. The balancer of a keeps 2/3 at
/// home; that of b everything. So 5/6 of all requests stay in their zone, and every backend gets a
/// ninth.
TEST(L7Routing, ZoneAwareRoutingKeepsWhatItCan) {
  const auto result = run_checked(scenario(
      R"json("ua": {"type": "clients", "arrivals": "constant(900/s)", "target": "lb[0]", "zone": "a"},
         "ub": {"type": "clients", "arrivals": "constant(900/s)", "target": "lb[1]", "zone": "b"},
         "lb": {"type": "l7_balancer", "replicas": 2, "zones": ["a", "b"],
                "backends": ["aa", "bb"], "zone_aware": {}},)json" +
          group("aa", 3, R"json(, "zone": "a")json") + "," +
          group("bb", 6, R"json(, "zone": "b")json"),
      "20s", R"json("zones": {"a": {}, "b": {}})json"));
  const double kept = 5 * std::sqrt(18'000 * 2.0 / 3 / 3);
  EXPECT_NEAR(static_cast<double>(result.groups.at("aa").counts.sent), 12'000, kept);
  EXPECT_NEAR(static_cast<double>(received(result, "bb[5]")), 4000, kept / 6 + 1);
  EXPECT_NEAR(scalar_of(result, "lb[0]", "own_zone_share"), 2.0 / 3, kept / 18'000);
  EXPECT_EQ(scalar_of(result, "lb[1]", "own_zone_share"), 1);
}

/// The same balancers with five backends: too few for zones to matter, everything is spread evenly.
TEST(L7Routing, WithFewBackendsZonesDoNotMatter) {
  const auto result = run_checked(scenario(
      R"json("ua": {"type": "clients", "arrivals": "constant(900/s)", "target": "lb[0]", "zone": "a"},
         "lb": {"type": "l7_balancer", "replicas": 2, "zones": ["a", "b"],
                "backends": ["aa", "bb"], "zone_aware": {}},)json" +
          group("aa", 2, R"json(, "zone": "a")json") + "," +
          group("bb", 3, R"json(, "zone": "b")json"),
      "10s", R"json("zones": {"a": {}, "b": {}})json"));
  EXPECT_NEAR(share_of(result, "aa"), 0.4, 0.001);
  EXPECT_EQ(scalar_of(result, "lb[0]", "own_zone_share"), 0);
}

/// The first backend never answers. With a timeout and a retry the second try goes to the other
/// one, because round robin picks anew.
TEST(L7Routing, ATryOfTheCallerPicksAnew) {
  const auto result = run_checked(
      scenario(users("10") + R"json("lb": {"type": "l7_balancer", "backends": ["stuck", "quick"],
           "timeout": "50ms", "retry": "fixed(base=10ms, attempts=2)"},
         "stuck": {"type": "app_server", "endpoints": {"default": ["sleep(100000s)"]}},)json" +
                   group("quick", 1),
               "10090ms"));
  EXPECT_EQ(result.requests.counts.ok, 100u);
  EXPECT_EQ(received(result, "quick"), 100u);
}

/// The same without: every second request is not answered in time.
TEST(L7Routing, ATimeoutAloneFails) {
  const auto result = run_checked(scenario(
      users("10") +
          R"json("lb": {"type": "l7_balancer", "backends": ["stuck", "quick"], "timeout": "50ms"},
         "stuck": {"type": "app_server", "endpoints": {"default": ["sleep(100000s)"]}},)json" +
          group("quick", 1),
      "10080ms"));
  EXPECT_EQ(result.requests.counts.ok, 50u);
  EXPECT_EQ(tests::errors_of(result.requests.counts, "timeout"), 50u);
}

/// Each request opens a connection of its own, one round trip, 2 ms, before it is sent.
TEST(L7Routing, ItsConnectionsCostWhatTheyCost) {
  const auto run = [](const std::string& connections) {
    return run_checked(scenario(users("10") +
                                    R"json("lb": {"type": "l7_balancer", "backends": ["app"])json" +
                                    connections + "}," + group("app", 2),
                                "10050ms", R"json("network": {"default_latency": "1ms"})json"));
  };
  EXPECT_EQ(run("").requests.latency.max(), 4 * tests::millisecond);
  const auto opened = run(R"json(, "connections": {"max_requests": 1})json");
  EXPECT_EQ(opened.requests.counts.ok, 100u);
  EXPECT_EQ(opened.requests.latency.max(), 6 * tests::millisecond);
}

TEST(L7Routing, ABalancerBeforeCachesIsACache) {
  const std::string nodes = users("10") + R"json(
      "lb": {"type": "app_server", "endpoints": {"default": [{"type": "cache_aside", "cache": "proxy", "store": "db"}]}},
      "proxy": {"type": "l7_balancer", "policy": "ring_hash", "backends": [%s]},
      "cache": {"type": "cache", "replicas": 3, "capacity": 100},
      "db": {"type": "database", "service_time": "1ms"})json";
  const auto with = [&](const std::string& backends) {
    std::string text = nodes;
    return scenario(text.replace(text.find("%s"), 2, backends), "10050ms");
  };
  EXPECT_EQ(run_checked(with(R"("cache")")).requests.counts.ok, 100u);
  EXPECT_EQ(problems_of(with(R"("cache", "db")")),
            "nodes.lb.endpoints.default[0].cache: \"proxy\" is no cache\n");
}

}  // namespace
}  // namespace faultline
