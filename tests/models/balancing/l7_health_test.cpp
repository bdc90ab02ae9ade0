/// How an L7 balancer finds out which backends are well: checks, outliers, panic, slow start.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::node_of;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// 100 requests a second, at 10 ms, 20 ms, ..; `balancer` are members of the balancer.
std::string balanced(const std::string& balancer, const std::string& nodes,
                     const std::string& duration, const std::string& rest = "") {
  return scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "constant(100/s)", "target": "lb"}},
      "lb": {{"type": "l7_balancer", {}}}, {})json",
                              balancer, nodes),
                  duration, rest);
}

const std::string four_apps =
    R"json("app": {"type": "app_server", "replicas": 4, "endpoints": {"default": []}})json";

/// Three that answer and one that says "error" to everything.
const std::string one_ill =
    R"json("well": {"type": "app_server", "replicas": 3, "endpoints": {"default": []}},
           "ill": {"type": "app_server", "endpoints": {"default": ["fail"]}})json";

/// Nothing but checks: a crash at 5.005 s is found out by the third check after it, that is 2 s to
/// 3 s later (and three round trips). Up to then every third request meets it, for the one it
/// refuses takes the next turn as well: 33 a second. The users notice nothing.
TEST(L7Health, ChecksFindOutThatABackendIsDown) {
  const auto result = run_checked(balanced(
      R"json("backends": ["app"], "max_fails": 0, "health_check": {"interval": "1s", "timeout": "100ms"})json",
      four_apps, "30005ms", R"json("faults": [{"at": "5005ms", "fault": "crash(app[0])"}])json"));
  EXPECT_EQ(result.requests.counts.fail, 0u);
  const std::uint64_t refused = errors_of(node_of(result, "app[0]").counts, "refused");
  EXPECT_GE(refused, 66u);
  EXPECT_LE(refused, 101u);
}

/// And that it is up again, by the second good check: up at 15.005 s, so from 16 s to 17.1 s on it
/// gets its quarter of the requests.
TEST(L7Health, ChecksFindOutThatItIsBack) {
  const auto result = run_checked(balanced(
      R"json("backends": ["app"], "max_fails": 0, "health_check": {"interval": "1s", "timeout": "100ms"})json",
      four_apps, "30005ms",
      R"json("faults": [{"at": "5005ms", "for": "10s", "fault": "crash(app[0])"}])json"));
  // 5 s before the crash and 13 s to 14 s after it.
  EXPECT_GE(node_of(result, "app[0]").counts.ok, 25u * 5 + 25u * 12);
  EXPECT_LE(node_of(result, "app[0]").counts.ok, 25u * 5 + 25u * 14 + 5);
}

/// A check of an endpoint is a request: it is counted where it arrives, takes the time it takes and
/// fails when it is not answered well. Every 1 s and a little, 9 or 10 in 10 s.
TEST(L7Health, AnEndpointIsAskedByRealRequests) {
  const auto result = run_checked(balanced(
      R"json("backends": ["well", "ill"], "policy": "first", "health_check": {"interval": "1s", "timeout": "50ms", "endpoint": "health"})json",
      R"json("well": {"type": "app_server", "replicas": 3, "endpoints": {"default": [], "health": ["sleep(1ms)"]}},
             "ill": {"type": "app_server", "endpoints": {"default": [], "health": ["sleep(1s)"]}})json",
      "10005ms"));
  EXPECT_GE(received(result, "well[1]"), 9u);
  EXPECT_LE(received(result, "well[1]"), 10u);
  EXPECT_GE(scalar_of(result, "lb", "failed_checks"), 9);
  EXPECT_LE(scalar_of(result, "lb", "failed_checks"), 10);
}

/// Requests 4, 8, 12, 16 and 20 of each 20 go to the ill one; its fifth error ejects it, at 0.2 s.
/// The sweep of 40 s brings it back: five more errors. Then 60 s: from 40.2 s on, back at the sweep
/// of 110 s: five more, then 90 s. In 120 s there are 15 errors, where there would be 3000.
TEST(L7Health, AnOutlierIsEjectedLongerEachTime) {
  const std::string backends = R"json("backends": ["well", "ill"])json";
  const auto never = run_checked(balanced(backends, one_ill, "120005ms"));
  EXPECT_EQ(errors_of(never.requests.counts, "error"), 3000u);
  const auto result =
      run_checked(balanced(backends + R"json(, "outlier": {})json", one_ill, "120005ms"));
  EXPECT_EQ(errors_of(result.requests.counts, "error"), 15u);
  EXPECT_EQ(scalar_of(result, "lb", "ejections"), 3);
  EXPECT_EQ(scalar_of(result, "lb", "panic_picks"), 0);
}

/// All four are ill. One is ejected, no more: 10 % but at least one. Three of four is no panic.
TEST(L7Health, NeverMoreThanTheLimitAreEjected) {
  const auto result = run_checked(balanced(
      R"json("backends": ["app"], "outlier": {})json",
      R"json("app": {"type": "app_server", "replicas": 4, "endpoints": {"default": ["fail"]}})json",
      "30005ms"));
  EXPECT_EQ(scalar_of(result, "lb", "ejections"), 1);
  EXPECT_EQ(errors_of(result.requests.counts, "error"), 3000u);
}

/// Three of four may be ejected, and are. That is below half: panic, and all four are picked; the
/// well one alone would have had all requests.
TEST(L7Health, BelowThePanicThresholdAllArePicked) {
  const std::string ill =
      R"json("well": {"type": "app_server", "endpoints": {"default": []}},
             "ill": {"type": "app_server", "replicas": 3, "endpoints": {"default": ["fail"]}})json";
  const auto panic = run_checked(balanced(
      R"json("backends": ["well", "ill"], "outlier": {"max_ejected": "75%"})json", ill, "20005ms"));
  EXPECT_EQ(scalar_of(panic, "lb", "ejections"), 3);
  EXPECT_NEAR(static_cast<double>(received(panic, "well")), 500, 5);
  EXPECT_GT(scalar_of(panic, "lb", "panic_picks"), 1900);
  const auto calm = run_checked(balanced(
      R"json("backends": ["well", "ill"], "outlier": {"max_ejected": "75%"}, "panic_threshold": "0%")json",
      ill, "20005ms"));
  EXPECT_EQ(errors_of(calm.requests.counts, "error"), 15u);
  EXPECT_EQ(received(calm, "well"), 2000u - 15u);
}

TEST(L7Health, ACrashOfTheBalancerForgetsEverything) {
  // Ejected at 0.2 s; the balancer is down from 5.005 s to 6.005 s and afterwards meets the ill one
  // again, five more times.
  const auto result = run_checked(
      balanced(R"json("backends": ["well", "ill"], "outlier": {})json", one_ill, "20005ms",
               R"json("faults": [{"at": "5005ms", "for": "1s", "fault": "crash(lb)"}])json"));
  EXPECT_EQ(errors_of(result.requests.counts, "error"), 10u);
}

/// A crash from 5 s to 6 s, found by a refusal and over at 15 s. In the 20 s from then on app[0]
/// has, on the mean, (0.1 * 2 s + (0.1 + 1)/2 * 18 s) / 20 s = 50.5 % of its weight: of 2000
/// requests w / (w + 3) each, with w from 0.1 to 1 in a straight line: the mean of w / (w + 3) over
/// w in (0, 1) is 1 - 3 ln(4/3) = 13.7 %, and a little more for the start at 0.1.
TEST(L7Health, ABackendThatComesBackStartsSlowly) {
  const auto run = [&](const std::string& more) {
    return run_checked(balanced(
        R"json("backends": ["app"], "policy": "weighted_round_robin")json" + more, four_apps,
        "35005ms", R"json("faults": [{"at": "5s", "for": "1s", "fault": "crash(app[0])"}])json"));
  };
  const double before = 125;  // Of the first 5 s.
  EXPECT_NEAR(static_cast<double>(received(run(""), "app[0]")), before + 500, 4);
  const double slow =
      static_cast<double>(received(run(R"json(, "slow_start": {"window": "20s"})json"), "app[0]"));
  EXPECT_NEAR(slow, before + 2000 * 0.1386, 12);
}

/// Whatever happens to whom: no request is sent to a backend that its checks have found dead for
/// long, sessions or not, and none is lost. Ten apps crash and come back at random.
TEST(L7Health, NothingIsSentToThoseLongKnownDead) {
  for (const char* more :
       {"", R"json(, "sticky": {})json", R"json(, "priorities": {"app[7]": 1})json"}) {
    const auto result = run_checked(scenario(
        std::string(
            R"json("users": {"type": "clients", "arrivals": "poisson(200/s)", "target": "lb"},
           "lb": {"type": "l7_balancer", "backends": ["app"], "max_fails": 1, "fail_timeout": "1h",
                  "health_check": {"interval": "500ms", "timeout": "100ms"}, "outlier": {}, "panic_threshold": "0%")json") +
            more + R"json(},
           "app": {"type": "app_server", "replicas": 8, "endpoints": {"default": ["sleep(2ms)"]}})json",
        "60s",
        R"json("faults": [{"at": "5s", "fault": "crash(app[1])"}, {"at": "6s", "fault": "crash(app[2])"}])json"));
    // Refused once, and then left out for good; the users notice nothing but what was cut off.
    EXPECT_EQ(errors_of(node_of(result, "app[1]").counts, "refused"), 1u) << more;
    EXPECT_EQ(errors_of(node_of(result, "app[2]").counts, "refused"), 1u) << more;
    EXPECT_LE(result.requests.counts.fail, 4u) << more;
  }
}

}  // namespace
}  // namespace faultline
