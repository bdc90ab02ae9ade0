#include <gtest/gtest.h>

#include "models/algorithms/balancing/balancing_policy.hpp"
#include "sim/registry/registry.hpp"
#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::burst;
using tests::errors_of;
using tests::latency_of;
using tests::millisecond;
using tests::node_of;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// Ten requests a second, at 0.1 s, 0.2 s, ..; `balancer` are members of the balancer, `nodes` its
/// backends and what they need.
std::string balanced(const std::string& balancer, const std::string& nodes,
                     const std::string& duration, const std::string& rest = "",
                     const std::string& clients = "") {
  return scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "constant(10/s)", "target": "lb"{}}},
      "lb": {{"type": "l7_balancer", {}}}, {})json",
                              clients, balancer, nodes),
                  duration, rest);
}

/// `replicas` app servers that answer at once.
std::string apps(int replicas) {
  return fmt::format(
      R"("app": {{"type": "app_server", "replicas": {}, "endpoints": {{"default": []}}}})",
      replicas);
}

/// One backend that answers at once and one that never does within the run.
const std::string quick_and_stuck = R"json(
    "quick": {"type": "app_server", "endpoints": {"default": []}},
    "stuck": {"type": "app_server", "endpoints": {"default": ["sleep(100000s)"]}})json";

std::string pair_with(const std::string& policy) {
  return fmt::format(R"("backends": ["quick", "stuck"], "policy": "{}")", policy);
}

TEST(L7Balancer, RoundRobinGivesEachBackendItsTurn) {
  const auto result = run_checked(balanced(R"("backends": ["app"])", apps(3), "3050ms"));
  for (const char* name : {"app[0]", "app[1]", "app[2]"})
    EXPECT_EQ(received(result, name), 10u) << name;
  EXPECT_EQ(received(result, "lb"), 30u);
}

TEST(L7Balancer, RoundRobinDoesNotMindABackendThatHangs) {
  const auto result = run_checked(balanced(pair_with("round_robin"), quick_and_stuck, "3050ms"));
  EXPECT_EQ(received(result, "quick"), 15u);
  EXPECT_EQ(received(result, "stuck"), 15u);
  EXPECT_EQ(result.requests.counts.in_flight, 15u);
}

TEST(L7Balancer, WeightedRoundRobinFollowsTheWeights) {
  // 5 : 1 : 1 of 70.
  const auto result = run_checked(
      balanced(R"("backends": ["app"], "policy": "weighted_round_robin", "weights": {"app[0]": 5})",
               apps(3), "7050ms"));
  EXPECT_EQ(received(result, "app[0]"), 50u);
  EXPECT_EQ(received(result, "app[1]"), 10u);
  EXPECT_EQ(received(result, "app[2]"), 10u);
}

TEST(L7Balancer, RandomSpreadsEvenly) {
  // 3000 over three: 1000 each with a standard deviation of sqrt(3000 / 3 * 2 / 3) = 26; four are
  // 104.
  const auto result =
      run_checked(balanced(R"("backends": ["app"], "policy": "random")", apps(3), "300050ms"));
  for (const char* name : {"app[0]", "app[1]", "app[2]"}) {
    EXPECT_NEAR(static_cast<double>(received(result, name)), 1000, 104) << name;
  }
}

TEST(L7Balancer, LeastConnectionsAvoidsABackendThatHangs) {
  // The backend that hangs has one request outstanding from the first on, the other has none
  // whenever one comes.
  const auto result =
      run_checked(balanced(pair_with("least_connections"), quick_and_stuck, "3050ms"));
  EXPECT_EQ(received(result, "stuck"), 1u);
  EXPECT_EQ(received(result, "quick"), 29u);
}

TEST(L7Balancer, LeastConnectionsSpreadsABurst) {
  const auto result = run_checked(scenario(burst(9, "lb") + R"json(
      "lb": {"type": "l7_balancer", "backends": ["app"], "policy": "least_connections"},
      "app": {"type": "app_server", "replicas": 3, "endpoints": {"default": ["sleep(10ms)"]}})json",
                                           "1900ms"));
  for (const char* name : {"app[0]", "app[1]", "app[2]"})
    EXPECT_EQ(received(result, name), 3u) << name;
}

TEST(L7Balancer, WeightedLeastConnectionsKeepsOutstandingRequestsInProportion) {
  // Nobody answers; 40 requests at weights 3 to 1 are 30 and 10.
  const auto result = run_checked(balanced(
      R"("backends": ["app"], "policy": "weighted_least_connections", "weights": {"app[0]": 3})",
      R"json("app": {"type": "app_server", "replicas": 2, "endpoints": {"default": ["sleep(100000s)"]}})json",
      "4050ms"));
  EXPECT_EQ(received(result, "app[0]"), 30u);
  EXPECT_EQ(received(result, "app[1]"), 10u);
}

TEST(L7Balancer, TwoChoicesOfTwoTakeTheLessLoaded) {
  // Both backends are looked at each time: the one that hangs gets one request at most, by the lot
  // of the first tie.
  for (const char* policy : {"power_of_choices(2)", "least_request"}) {
    const auto result = run_checked(balanced(pair_with(policy), quick_and_stuck, "3050ms"));
    EXPECT_LE(received(result, "stuck"), 1u) << policy;
  }
}

TEST(L7Balancer, IpHashKeepsAnAddressOnItsBackend) {
  const auto one = run_checked(balanced(R"("backends": ["app"], "policy": "ip_hash")", apps(4),
                                        "3050ms", "", R"(, "addresses": 1)"));
  std::vector<std::uint64_t> counts;
  for (const char* name : {"app[0]", "app[1]", "app[2]", "app[3]"})
    counts.push_back(received(one, name));
  std::sort(counts.begin(), counts.end());
  EXPECT_EQ(counts, (std::vector<std::uint64_t>{0, 0, 0, 30}));
  // 1000 addresses: each backend has about 250 of them and a quarter of 3000 requests. The share of
  // addresses has a standard deviation of 13.7, so the requests one of 3 * 13.7 from it and one of
  // 24 by lot: 48; four are 190.
  const auto many =
      run_checked(balanced(R"("backends": ["app"], "policy": "ip_hash")", apps(4), "300050ms"));
  for (const char* name : {"app[0]", "app[1]", "app[2]", "app[3]"}) {
    EXPECT_NEAR(static_cast<double>(received(many, name)), 750, 190) << name;
  }
}

TEST(L7Balancer, LeastResponseTimeSendsMostToTheFast) {
  const auto result = run_checked(
      balanced(R"("backends": ["fast", "slow"], "policy": "least_response_time")",
               R"json("fast": {"type": "app_server", "endpoints": {"default": ["sleep(5ms)"]}},
         "slow": {"type": "app_server", "endpoints": {"default": ["sleep(50ms)"]}})json",
               "100050ms"));
  EXPECT_GT(received(result, "fast"), 9 * received(result, "slow"));
}

TEST(L7Balancer, EveryPolicySendsEachRequestOnceAndNoneToADrainedBackend) {
  for (const std::string& policy :
       sim::TypeCatalogue::instance().names(models::BalancingPolicy::kind)) {
    const auto result = run_checked(balanced(
        fmt::format(R"("backends": ["app"], "policy": "{}", "weights": {{"app[1]": 0}})", policy),
        apps(4), "10050ms"));
    EXPECT_EQ(result.requests.counts.ok, 100u) << policy;
    EXPECT_EQ(result.groups.at("app").counts.sent, 100u) << policy;
    EXPECT_EQ(received(result, "app[1]"), 0u) << policy;
  }
}

TEST(L7Balancer, EveryPolicyFindsTheBackendThatIsUp) {
  // Three of four are down all the time: every request is answered by the fourth, whatever the
  // policy tries first.
  for (const std::string& policy :
       sim::TypeCatalogue::instance().names(models::BalancingPolicy::kind)) {
    for (const int max_fails : {0, 1, 1000}) {
      const auto result = run_checked(balanced(
          fmt::format(R"("backends": ["app"], "policy": "{}", "max_fails": {})", policy, max_fails),
          apps(4), "10050ms",
          R"json("faults": [{"at": "0s", "fault": "crash(app[0])"}, {"at": "0s", "fault": "crash(app[1])"},
                        {"at": "0s", "fault": "crash(app[3])"}])json"));
      EXPECT_EQ(result.requests.counts.ok, 100u) << policy << ", max_fails " << max_fails;
      EXPECT_EQ(node_of(result, "app[2]").counts.ok, 100u) << policy << ", max_fails " << max_fails;
    }
  }
}

TEST(L7Balancer, ARefusedRequestIsTriedOnAnotherBackend) {
  // app[0] is down all the time. It is tried by the first request, at 0.1 s, and is left out for 10
  // s; then once more at 10.1 s and at 20.1 s. The users notice nothing.
  const auto result =
      run_checked(balanced(R"("backends": ["app"])", apps(2), "25050ms",
                           R"json("faults": [{"at": "0s", "fault": "crash(app[0])"}])json"));
  EXPECT_EQ(result.requests.counts.ok, 250u);
  EXPECT_EQ(received(result, "app[0]"), 3u);
  EXPECT_EQ(errors_of(node_of(result, "app[0]").counts, "refused"), 3u);
  EXPECT_EQ(received(result, "app[1]"), 250u);
}

TEST(L7Balancer, ABackendLeftOutComesBackAfterExactlyTheFailTimeout) {
  // app[0] is down up to 5 s, refuses at 0.1 s, and is left out up to 10.1 s although it is up
  // again. At 10.1 s it gets its turn.
  const std::string fault =
      R"json("faults": [{"at": "0s", "for": "5s", "fault": "crash(app[0])"}])json";
  EXPECT_EQ(received(run_checked(balanced(R"("backends": ["app"])", apps(2), "10050ms", fault)),
                     "app[0]"),
            1u);
  const auto later = run_checked(balanced(R"("backends": ["app"])", apps(2), "10150ms", fault));
  EXPECT_EQ(received(later, "app[0]"), 2u);
  EXPECT_EQ(node_of(later, "app[0]").counts.ok, 1u);
  // With 300 ms: out from 0.1 s, tried at 0.4 s, 0.7 s, 1.0 s, .. 4.9 s: 17 times refused, then
  // at 5.2 s it serves.
  const auto soon = run_checked(
      balanced(R"("backends": ["app"], "fail_timeout": "300ms")", apps(2), "5250ms", fault));
  EXPECT_EQ(errors_of(node_of(soon, "app[0]").counts, "refused"), 17u);
  EXPECT_EQ(node_of(soon, "app[0]").counts.ok, 1u);
}

TEST(L7Balancer, FailsAreCountedUpToTheLimit) {
  // Three refusals at 0.1 s, 0.2 s and 0.3 s; then nothing more.
  const auto result =
      run_checked(balanced(R"("backends": ["app"], "max_fails": 3)", apps(2), "5050ms",
                           R"json("faults": [{"at": "0s", "fault": "crash(app[0])"}])json"));
  EXPECT_EQ(received(result, "app[0]"), 3u);
  EXPECT_EQ(result.requests.counts.ok, 50u);
}

TEST(L7Balancer, FailsFartherApartThanTheFailTimeoutDoNotAddUp) {
  // The third refusal comes 200 ms after the first, the window is 150 ms: the count begins anew
  // with every third and never gets to three.
  const auto result = run_checked(
      balanced(R"("backends": ["app"], "max_fails": 3, "fail_timeout": "150ms")", apps(2), "5050ms",
               R"json("faults": [{"at": "0s", "fault": "crash(app[0])"}])json"));
  EXPECT_EQ(received(result, "app[0]"), 50u);
  EXPECT_EQ(result.requests.counts.ok, 50u);
}

TEST(L7Balancer, WithoutALimitABackendIsNeverLeftOut) {
  const auto result =
      run_checked(balanced(R"("backends": ["app"], "max_fails": 0)", apps(2), "5050ms",
                           R"json("faults": [{"at": "0s", "fault": "crash(app[0])"}])json"));
  EXPECT_EQ(received(result, "app[0]"), 50u);
  EXPECT_EQ(result.requests.counts.ok, 50u);
}

TEST(L7Balancer, ASecondTryGoesToAnotherBackendThanTheFirst) {
  // "first" would pick app[0] again: it is not left out before its 1000th refusal.
  const auto result = run_checked(
      balanced(R"("backends": ["app"], "policy": "first", "max_fails": 1000)", apps(2), "5050ms",
               R"json("faults": [{"at": "0s", "fault": "crash(app[0])"}])json"));
  EXPECT_EQ(result.requests.counts.ok, 50u);
  EXPECT_EQ(received(result, "app[0]"), 50u);
  EXPECT_EQ(received(result, "app[1]"), 50u);
}

TEST(L7Balancer, TriesLimitsTheBackendsTried) {
  // One try: every second request meets app[0], which is never left out, and is refused.
  const auto result =
      run_checked(balanced(R"("backends": ["app"], "max_fails": 0, "tries": 1)", apps(2), "5050ms",
                           R"json("faults": [{"at": "0s", "fault": "crash(app[0])"}])json"));
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 25u);
  EXPECT_EQ(result.requests.counts.ok, 25u);
}

TEST(L7Balancer, WithAllBackendsDownRequestsAreRejected) {
  // The first request is refused by both; they are left out, and there is nobody for the other 49.
  const auto result =
      run_checked(balanced(R"("backends": ["app"])", apps(2), "5050ms",
                           R"json("faults": [{"at": "0s", "fault": "crash(app)"}])json"));
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 1u);
  EXPECT_EQ(errors_of(result.requests.counts, "rejected"), 49u);
  EXPECT_EQ(scalar_of(result, "lb", "without_backend"), 49);
  EXPECT_EQ(received(result, "app[0]"), 1u);
  EXPECT_EQ(received(result, "app[1]"), 1u);
}

TEST(L7Balancer, ASingleBackendIsNeverLeftOut) {
  // nginx: "If there is only a single server in a group, max_fails and fail_timeout are ignored".
  const auto result = run_checked(
      balanced(R"("backends": ["app"])", apps(1), "5050ms",
               R"json("faults": [{"at": "0s", "for": "2050ms", "fault": "crash(app)"}])json"));
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 20u);
  EXPECT_EQ(result.requests.counts.ok, 30u);
}

TEST(L7Balancer, AResetCountsAsAFailAndIsNotTriedAgain) {
  // Round robin sends app[0] the writes of 0.1 s, 0.3 s, .. 0.9 s; each takes 180 ms, so the crash
  // at 1.05 s cuts off the last. It may have taken effect. From then on app[0] is left out.
  const auto result = run_checked(balanced(
      R"("backends": ["app"])",
      R"json("app": {"type": "app_server", "replicas": 2, "endpoints": {"default": ["sleep(180ms)"]}})json",
      "3050ms", R"json("faults": [{"at": "1050ms", "fault": "crash(app[0])"}])json",
      R"(, "reads": "0%")"));
  EXPECT_EQ(result.requests.counts.unknown, 1u);
  EXPECT_EQ(errors_of(result.requests.counts, "reset"), 1u);
  EXPECT_EQ(result.requests.counts.fail, 0u);
  EXPECT_EQ(received(result, "app[0]"), 5u);
}

TEST(L7Balancer, ABackendThatAnswersWithTheRefusalOfAnotherIsHealthy) {
  // Both apps are up and answer that the store behind them refused. That is no reason to leave an
  // app out, nor to do its work again on another one.
  const auto result = run_checked(balanced(
      R"("backends": ["app"])",
      R"json("app": {"type": "app_server", "replicas": 2, "endpoints": {"default": ["call(db)"]}},
         "db": {"type": "database", "service_time": "1ms"})json",
      "5050ms", R"json("faults": [{"at": "0s", "fault": "crash(db)"}])json"));
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 50u);
  EXPECT_EQ(received(result, "app[0]"), 25u);
  EXPECT_EQ(received(result, "app[1]"), 25u);
  EXPECT_EQ(received(result, "db"), 50u);
}

TEST(L7Balancer, ACrashForgetsWhichBackendsWereLeftOut) {
  // app[0] is down up to 1.05 s and was left out at 0.1 s for 10 s. The balancer is down from 2.05
  // s to 2.25 s and afterwards knows nothing of it: of the requests of 2.3 s .. 4.0 s app[0] gets
  // every second, 9 of 18.
  const auto result = run_checked(balanced(
      R"("backends": ["app"])", apps(2), "4050ms",
      R"json("faults": [{"at": "0s", "for": "1050ms", "fault": "crash(app[0])"}, {"at": "2050ms", "for": "200ms", "fault": "crash(lb)"}])json"));
  EXPECT_EQ(node_of(result, "app[0]").counts.ok, 9u);
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 2u);  // At 2.1 s and 2.2 s.
}

TEST(L7Balancer, ItsOwnWorkTakesTime) {
  const auto result = run_checked(
      balanced(R"("backends": ["app"], "service_time": "2ms")",
               R"json("app": {"type": "app_server", "endpoints": {"default": ["sleep(5ms)"]}})json",
               "1050ms"));
  EXPECT_EQ(result.requests.latency.min(), 7 * millisecond);
  EXPECT_EQ(result.requests.latency.max(), 7 * millisecond);
}

TEST(L7Balancer, WithWorkersItIsAStation) {
  // One worker, 10 ms each, one place in the queue: of four at once two are rejected. The worker is
  // free while the app works.
  const auto result = run_checked(scenario(burst(4, "lb") + R"json(
      "lb": {"type": "l7_balancer", "backends": ["app"], "service_time": "10ms", "workers": 1, "queue_limit": 1},
      "app": {"type": "app_server", "endpoints": {"default": ["sleep(100ms)"]}})json",
                                           "1900ms"));
  EXPECT_EQ(latency_of(result, "c0"), 110 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 120 * millisecond);
  EXPECT_EQ(errors_of(result.requests.counts, "rejected"), 2u);
  EXPECT_EQ(received(result, "app"), 2u);
  EXPECT_NEAR(scalar_of(result, "lb", "utilization"), 0.020 / 1.9, 1e-12);
}

TEST(L7Balancer, SaysWhatIsWrongWithItsWeights) {
  const std::string text =
      balanced(R"("backends": ["app"], "weights": {"ap": 1, "app[0]": -1})", apps(2), "1s");
  EXPECT_EQ(tests::problems_of(text),
            "nodes.lb.weights.ap: is not among the backends\n"
            "nodes.lb.weights[\"app[0]\"]: expected 0 to 1e6\n");
}

}  // namespace
}  // namespace faultline
