#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::millisecond;
using tests::node_of;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

const std::string near = R"("network": {"default_latency": "0s"})";

/// Ten requests a second, at 0.1 s, 0.2 s, .., of users with `clients`, to the name "dns", which
/// has `dns` beside its time to live; two apps that answer at once.
std::string named(const std::string& clients, const std::string& dns, const std::string& duration,
                  const std::string& rest = near, const std::string& more = "") {
  return scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "constant(10/s)", "target": "dns"{}}},
      "dns": {{"type": "dns"{}}},
      "app": {{"type": "app_server", "replicas": 2, "endpoints": {{"default": []}}}}{})json",
                              clients, dns, more),
                  duration, rest);
}

const std::string one_user = R"(, "addresses": 1)";
const std::string both = R"(, "records": ["app"], "ttl": "1s")";

TEST(Dns, ANameIsLookedUpAndThenCalled) {
  // A round trip is 20 ms: the first request makes two, the others one until the second is over.
  const auto result = run_checked(named(one_user, R"(, "records": ["app"], "ttl": "10s")", "1950ms",
                                        R"("network": {"default_latency": "10ms"})"));
  EXPECT_EQ(result.requests.latency.max(), 40 * millisecond);
  EXPECT_EQ(result.requests.latency.min(), 20 * millisecond);
  EXPECT_EQ(received(result, "dns"), 1u);
  EXPECT_EQ(received(result, "app[0]"), 19u);
  EXPECT_EQ(scalar_of(result, "users", "lookups_cached"), 18);
}

TEST(Dns, AnAnswerIsKeptForItsTimeToLive) {
  // Asked at 0.1 s, 1.1 s, 2.1 s and 3.1 s, the server gives each app in turn; ten requests each.
  const auto result = run_checked(named(one_user, both, "4050ms"));
  EXPECT_EQ(received(result, "dns"), 4u);
  EXPECT_EQ(received(result, "app[0]"), 20u);
  EXPECT_EQ(received(result, "app[1]"), 20u);
}

TEST(Dns, WithoutACacheEachRequestAsks) {
  const auto result =
      run_checked(named(one_user + R"(, "resolver": {"cache": false})", both, "2050ms"));
  EXPECT_EQ(received(result, "dns"), 20u);
}

/// A name that moves from app[0], which dies, to app[1], both at 100 s; its time to live is 60 s.
/// 1000 hosts have been asking for long.
sim::Result move(const std::string& resolver, const std::string& window) {
  return run_checked(
      scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "poisson(2000/s)", "target": "dns",
                 "addresses": 1000, "resolver": {{"warm": true{}}}}},
      "dns": {{"type": "dns", "records": ["app[0]"], "ttl": "60s",
               "changes": [{{"at": "100s", "records": ["app[1]"]}}]}},
      "app": {{"type": "app_server", "replicas": 2, "endpoints": {{"default": []}}}})json",
                           resolver),
               "200s",
               near + fmt::format(R"json(, "faults": [{{"at": "100s", "fault": "crash(app[0])"}}],
                                  "slos": [{{"name": "x", "good": "ok", "target": "50%", "window": "{}"}}])json",
                                  window)));
}

TEST(Dns, AChangeReachesHostsAsTheirAnswersRunOut) {
  // The ages of the answers are spread evenly over the 60 s, so the share of the hosts that still
  // call the dead address falls from 1 in a straight line to 0 after 60 s: 30 s' worth of requests
  // fail, 60 000. 1000 hosts have their ages by lot: the sum of 1000 even draws of 60 s is off by
  // 60 s * sqrt(1000 / 12) = 548 s' at 2 requests a second each: 1095 requests; four are 4400.
  const auto result = move("", "1d");
  const std::uint64_t failed = errors_of(result.requests.counts, "refused");
  EXPECT_NEAR(static_cast<double>(failed), 60'000, 4'400);
  // By the chart: what is served in the first 6 s after the change is 1/20 of all in the mean, in
  // the middle a half, and everything after 60 s.
  const auto& served = result.series.at("throughput_per_second");
  const auto mean_of = [&](double from, double to) {
    double sum = 0;
    int count = 0;
    for (std::size_t i = 0; i < served.size(); ++i) {
      const double at =
          result.series_start_seconds + static_cast<double>(i) * result.series_step_seconds;
      if (at < from || at + result.series_step_seconds > to) continue;
      sum += served[i];
      ++count;
    }
    return sum / count / 2000;
  };
  EXPECT_NEAR(mean_of(100, 106), 0.05, 0.03);
  EXPECT_NEAR(mean_of(112, 118), 0.25, 0.05);
  EXPECT_NEAR(mean_of(127, 133), 0.50, 0.06);
  EXPECT_NEAR(mean_of(142, 148), 0.75, 0.05);
  EXPECT_NEAR(mean_of(161, 200), 1.00, 0.01);
}

TEST(Dns, HostsThatIgnoreTheTimeToLiveStayWithTheDead) {
  // A fifth keep their answers for an hour: of those, 100 s after the change 1 in 36 has asked
  // again. So a little less than 20 % of what is sent still fails at the end.
  const auto kept = move(R"(, "ignore_ttl": "20%")", "1d");
  const auto all = move("", "1d");
  const double more = static_cast<double>(errors_of(kept.requests.counts, "refused")) -
                      static_cast<double>(errors_of(all.requests.counts, "refused"));
  // 20 % of 200 000 - 60 000 (that would have failed as well); less the few that asked again.
  EXPECT_NEAR(more, 0.2 * (200'000 * (1 - 50.0 / 3600) - 60'000), 6'000);
}

TEST(Dns, WhatIsRememberedOutlivesTheServer) {
  // Asked at 0.1 s and good for 1 s; the server is dead from 0.5 s on. Up to 1.0 s ten requests are
  // served; that of 1.1 s asks twice, 100 ms each, and so do all others.
  const auto result =
      run_checked(named(one_user + R"(, "resolver": {"timeout": "100ms"})", both, "3050ms",
                        near + R"json(, "faults": [{"at": "500ms", "fault": "crash(dns)"}])json"));
  EXPECT_EQ(result.requests.counts.ok, 10u);
  EXPECT_EQ(errors_of(result.requests.counts, "unresolved"), 18u);
  EXPECT_EQ(result.requests.counts.in_flight, 2u);
}

TEST(Dns, ACallerWaitsForANameNoLongerThanForAnAnswer) {
  const auto result =
      run_checked(named(one_user + R"(, "timeout": "50ms", "reads": "0%")", both, "1050ms",
                        near + R"json(, "faults": [{"at": "0s", "fault": "crash(dns)"}])json"));
  // Nothing was sent to an app: a write failed for certain.
  EXPECT_EQ(errors_of(result.requests.counts, "timeout"), 9u + 1u);
  EXPECT_EQ(result.requests.counts.unknown, 0u);
}

TEST(Dns, ThatThereIsNothingIsRememberedToo) {
  // From 0 s to 1.05 s the name stands for nothing. Asked at 0.1 s: nothing, good for 2 s; so the
  // requests of 0.1 s .. 2.0 s fail, though there is an address again.
  const auto result = run_checked(named(
      one_user,
      R"(, "records": [], "negative_ttl": "2s", "changes": [{"at": "1050ms", "records": ["app"]}])",
      "3050ms"));
  EXPECT_EQ(errors_of(result.requests.counts, "unresolved"), 20u);
  EXPECT_EQ(result.requests.counts.ok, 10u);
  EXPECT_EQ(scalar_of(result, "dns", "negative_answers"), 1);
}

TEST(Dns, HealthChecksFindTheDead) {
  // app[0] is dead from 1.05 s on. Checks every 0.2 s fail at 1.2 s and 1.4 s: from then on
  // answers, which are good for 100 ms, give app[1] only. app[0] gets the requests up to 1.4 s at
  // most.
  const auto result = run_checked(named(
      one_user,
      R"(, "records": ["app"], "policy": "failover", "ttl": "50ms",
           "health_check": {"interval": "200ms", "timeout": "100ms", "fall": 2, "rise": 2})",
      "6050ms",
      near + R"json(, "faults": [{"at": "1050ms", "for": "2s", "fault": "crash(app[0])"}])json"));
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 4u);  // 1.1 s .. 1.4 s.
  // Up at 3.05 s: checks at 3.2 s and 3.4 s succeed, so the requests from 3.4 s or 3.5 s on are
  // its.
  EXPECT_GE(node_of(result, "app[0]").counts.ok, 10u + 26u);
  EXPECT_LE(node_of(result, "app[0]").counts.ok, 10u + 27u);
}

TEST(Dns, IfAllAreDeadAllAreGivenOut) {
  const auto result = run_checked(named(
      one_user, both + R"(, "health_check": {"interval": "100ms", "timeout": "50ms", "fall": 1})",
      "3050ms", near + R"json(, "faults": [{"at": "0s", "fault": "crash(app)"}])json"));
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 30u);
}

TEST(Dns, WeightsAreShares) {
  // 3 : 1 of 4000 answers; the standard deviation is sqrt(4000 * 3 / 16) = 27, four are 110.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "dns",
                "resolver": {"cache": false}},
      "dns": {"type": "dns", "records": ["app"], "policy": "weighted", "weights": {"app[0]": 3}},
      "app": {"type": "app_server", "replicas": 2, "endpoints": {"default": []}})json",
                                           "4s", near));
  EXPECT_NEAR(static_cast<double>(received(result, "app[0]")), 3000, 110);
}

TEST(Dns, UsersAreSentToTheirOwnZone) {
  const auto result = run_checked(scenario(R"json(
      "here": {"type": "clients", "arrivals": "constant(10/s)", "target": "dns", "zone": "a"},
      "there": {"type": "clients", "arrivals": "constant(10/s)", "target": "dns", "zone": "b"},
      "dns": {"type": "dns", "records": ["west", "east"], "policy": "geographic"},
      "west": {"type": "app_server", "endpoints": {"default": []}, "zone": "a"},
      "east": {"type": "app_server", "endpoints": {"default": []}, "zone": "b"})json",
                                           "2050ms", near + R"(, "zones": {"a": {}, "b": {}})"));
  EXPECT_EQ(received(result, "west"), 20u);
  EXPECT_EQ(received(result, "east"), 20u);
}

TEST(Dns, UsersAreSentToWhatIsNearByTheTableOfLatencies) {
  // Sydney has no server: Washington is 107 ms away, Frankfurt 125 ms. London is near Frankfurt.
  for (const char* policy : {"latency", "geographic"}) {
    const auto result = run_checked(
        scenario(fmt::format(R"json(
        "sydney": {{"type": "clients", "arrivals": "constant(10/s)", "target": "dns", "zone": "au-a"}},
        "london": {{"type": "clients", "arrivals": "constant(20/s)", "target": "dns", "zone": "uk-a"}},
        "dns": {{"type": "dns", "records": ["frankfurt", "washington"], "policy": "{}",
                 "zone": "eu-a"}},
        "frankfurt": {{"type": "app_server", "endpoints": {{"default": []}}, "zone": "eu-a"}},
        "washington": {{"type": "app_server", "endpoints": {{"default": []}}, "zone": "us-a"}})json",
                             policy),
                 "10s",
                 R"json("network": {"latencies": "typical"}, "zones": {"au-a": {"region": "au"},
          "uk-a": {"region": "uk"}, "eu-a": {"region": "eu"}, "us-a": {"region": "us-east"}})json"));
    // All but what is still on its way: half a second of it at most.
    EXPECT_NEAR(static_cast<double>(received(result, "washington")), 100, 5) << policy;
    EXPECT_NEAR(static_cast<double>(received(result, "frankfurt")), 200, 10) << policy;
  }
}

TEST(Dns, AQueryThatIsLostIsAskedAgainWhenTheTimeIsOver) {
  // The query at 0.1 s meets a cut until 0.35 s. TCP would send it again at 0.3 s and at 0.7 s; a
  // datagram is gone, and the next one goes when 500 ms are over: 502 ms, and 2 ms for the request.
  const auto result = run_checked(
      named(one_user + R"(, "resolver": {"timeout": "500ms"})",
            R"(, "records": ["app"], "ttl": "1h")", "950ms",
            R"json("network": {"default_latency": "1ms"}, "faults": [{"at": "0s", "for": "350ms",
             "fault": {"type": "partition", "groups": [["users"], ["dns"]]}}])json"));
  EXPECT_EQ(result.requests.latency.max(), 504 * millisecond);
}

TEST(Dns, QueriesAndAnswersGetLost) {
  // Half of the queries and half of the answers: a try succeeds with probability 1/4, one of two
  // tries with 1 - (3/4)^2 = 7/16. Of 2000 requests 875, with a standard deviation of 22; the
  // servers are asked 1.75 times each, and half of that arrives.
  const auto result = run_checked(
      named(R"(, "resolver": {"cache": false, "timeout": "20ms", "tries": 2})", both, "200050ms",
            R"json("network": {"default_latency": "0s",
             "links": [{"from": "users", "to": "dns", "latency": "1ms", "loss": "50%"}]})json"));
  EXPECT_NEAR(static_cast<double>(result.requests.counts.ok), 875, 4 * 22.2);
  EXPECT_EQ(errors_of(result.requests.counts, "unresolved"), 2000 - result.requests.counts.ok);
  EXPECT_NEAR(static_cast<double>(received(result, "dns")), 1750, 4 * 30);
  EXPECT_LE(result.requests.latency.max(), 22 * millisecond);
}

TEST(Dns, AnAppCallsByNameToo) {
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app"},
      "app": {"type": "app_server", "endpoints": {"default": [{"type": "call", "target": "dns"}]}},
      "dns": {"type": "dns", "records": ["db"]},
      "db": {"type": "database", "service_time": "1ms"})json",
                                           "1050ms", near));
  EXPECT_EQ(result.requests.counts.ok, 10u);
  EXPECT_EQ(received(result, "db"), 10u);
  EXPECT_EQ(received(result, "dns"), 1u);
}

}  // namespace
}  // namespace faultline
