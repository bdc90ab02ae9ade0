/// Closed users, visits, patience and browsers' caches against what theory says exactly.
#include <gtest/gtest.h>

#include <cmath>

#include "sim/kernel/run_error.hpp"
#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::millisecond;
using tests::node_of;
using tests::problems_of;
using tests::received;
using tests::run_checked;
using tests::Runs;
using tests::scalar_of;
using tests::scenario;
using tests::warmed_scenario;

TEST(ClosedUsers, ThinkAskAndWait) {
  // One user: thinks 1 s, is served for 0.5 s, and again: requests at 1 s, 2.5 s, 4 s .. 14.5 s. Of
  // the ten the last is answered at 15 s.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "users": 1, "think_time": "1s", "target": "db"},
      "db": {"type": "database", "service_time": "500ms"})json",
                                           "15s"));
  EXPECT_EQ(result.requests.counts.sent, 10u);
  EXPECT_EQ(result.requests.counts.ok, 10u);
  EXPECT_EQ(result.requests.latency.max(), 500 * millisecond);
}

TEST(ClosedUsers, NeverAskMoreThanThereAre) {
  // Seven users who do not think at a server that takes one at a time: always seven are there.
  const auto result = run_checked(warmed_scenario(R"json(
      "users": {"type": "clients", "users": 7, "target": "db"},
      "db": {"type": "database", "connections": 1, "service_time": "10ms"})json",
                                                  "20s", "1s"));
  EXPECT_DOUBLE_EQ(scalar_of(result, "db", "in_service_mean"), 7);
  EXPECT_NEAR(scalar_of(result, "db", "utilization"), 1, 1e-9);
  EXPECT_EQ(result.requests.latency.max(), 70 * millisecond);
}

TEST(ClosedUsers, HaveAnAddressEach) {
  // Hashed by address to four servers. Twelve users make 40 requests each; each user's all go to
  // one server, so the counts are multiples of 40.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "users": 12, "think_time": "250ms", "target": "lb"},
      "lb": {"type": "l7_balancer", "policy": "ip_hash", "backends": ["db"]},
      "db": {"type": "database", "replicas": 4, "service_time": "0s"})json",
                                           "10s"));
  for (const char* name : {"db[0]", "db[1]", "db[2]", "db[3]"})
    EXPECT_EQ(received(result, name) % 40, 0u) << name;
  EXPECT_EQ(result.requests.counts.sent, 480u);
}

TEST(ClosedUsers, GrowInNumberAlongTheProfile) {
  // 10 users x (0 .. 2 in 100 s): user n is there from 5 n + 5 s on, and then asks once a second,
  // for the first time after a second: at 100 s user n has asked 100 - 5 n - 5 - 1 + 1 = 95 - 5 n
  // times (n = 0 .. 18; the last one would begin at the end). The sum of 95 - 5 n is 950.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "users": 10, "think_time": "1s", "target": "db",
                "profile": "ramp(from=0, to=2, over=100s)"},
      "db": {"type": "database", "service_time": "0s"})json",
                                           "100500ms"));
  EXPECT_NEAR(static_cast<double>(result.requests.counts.sent), 950, 20);
}

TEST(ClosedUsers, GoWhenTheProfileSaysSo) {
  // Half of ten are there in the first and every second 10 s, all ten in the others: 50 + 100.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "users": 10, "think_time": "100ms", "target": "db",
                "profile": "piecewise(times=[0s, 10s, 10s], factors=[0.5, 0.5, 1], period=20s)"},
      "db": {"type": "database", "service_time": "0s"})json",
                                           "40050ms"));
  // 5 x 100 + 10 x 100, twice; a user's first request comes 100 ms after he does.
  EXPECT_NEAR(static_cast<double>(result.requests.counts.sent), 3000, 20);
}

TEST(ClosedUsers, VisitsHaveSeveralRequests) {
  // Think 1 s, then three requests of 100 ms with pauses of 50 ms: a round of 1.4 s. In 14 s ten.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "users": 1, "think_time": "1s", "target": "db",
                "session": {"requests": 3, "pause": "50ms"}},
      "db": {"type": "database", "service_time": "100ms"})json",
                                           "14s"));
  EXPECT_EQ(result.requests.counts.sent, 30u);
  EXPECT_EQ(scalar_of(result, "users", "visits"), 10);
}

TEST(OpenVisits, ComeWhateverHappensAndWaitWithin) {
  // A visit every second for 10.5 s, of four requests that take 2 s each: of the visits of 1 s .. 8
  // s.. the one of k s sends at k, k+2, k+4, k+6 as far as that is before 10.5 s: 4 for k <= 4, 3
  // for 5 and 6, 2 for 7 and 8, 1 for 9 and 10: 16 + 6 + 4 + 2 = 28.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "db", "session": {"requests": 4}},
      "db": {"type": "database", "service_time": "2s"})json",
                                           "10500ms"));
  EXPECT_EQ(result.requests.counts.sent, 28u);
}

/// Mean value analysis, from the inside: three stations of exponential service visited once a
/// request, and think time. Reiser and Lavenberg, 1980.
double throughput_by_mva(std::vector<double> demands, double think, int users) {
  std::vector<double> lengths(demands.size(), 0);
  double throughput = 0;
  for (int n = 1; n <= users; ++n) {
    double time = 0;
    for (std::size_t i = 0; i < demands.size(); ++i) time += demands[i] * (1 + lengths[i]);
    throughput = n / (think + time);
    for (std::size_t i = 0; i < demands.size(); ++i)
      lengths[i] = throughput * demands[i] * (1 + lengths[i]);
  }
  return throughput;
}

std::string closed_network(int users) {
  return warmed_scenario(fmt::format(R"json(
      "users": {{"type": "clients", "users": {}, "think_time": "exponential(15s)", "target": "app"}},
      "app": {{"type": "app_server", "workers": 1000, "endpoints": {{"default": ["call(cpu)", "call(disk)", "call(log)"]}}}},
      "cpu": {{"type": "database", "connections": 1, "service_time": "exponential(605ms)"}},
      "disk": {{"type": "database", "connections": 1, "service_time": "exponential(2100ms)"}},
      "log": {{"type": "database", "connections": 1, "service_time": "exponential(1350ms)"}})json",
                                     users),
                         "40h", "1h");
}

TEST(SlowClosedUsers, ThroughputIsThatOfMeanValueAnalysis) {
  EXPECT_NEAR(throughput_by_mva({.605, 2.1, 1.35}, 15, 1), .0524797, 1e-7);
  EXPECT_NEAR(throughput_by_mva({.605, 2.1, 1.35}, 15, 3), .151516, 1e-6);
  Runs one(closed_network(1), 20);
  tests::expect_interval_holds(one, "requests.throughput_per_second", .0524797);
  Runs three(closed_network(3), 20);
  tests::expect_interval_holds(three, "requests.throughput_per_second", .151516);
  Runs many(closed_network(12), 20);
  tests::expect_interval_holds(many, "requests.throughput_per_second",
                               throughput_by_mva({.605, 2.1, 1.35}, 15, 12));
}

TEST(Patience, AUserWhoLeavesIsNoTimeout) {
  // Service takes 500 ms, users wait 100 ms; the server works on for those who have left.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "patience": "100ms", "reads": "50%"},
      "db": {"type": "database", "service_time": "500ms", "write_service_time": "500ms"})json",
                                           "5050ms"));
  EXPECT_EQ(result.requests.counts.sent, 50u);
  EXPECT_EQ(errors_of(result.requests.counts, "abandoned"), 49u);
  EXPECT_EQ(errors_of(result.requests.counts, "timeout"), 0u);
  // A read that was given up had no effect; of a write nobody knows.
  EXPECT_GT(result.requests.counts.fail, 0u);
  EXPECT_GT(result.requests.counts.unknown, 0u);
  EXPECT_EQ(node_of(result, "db").counts.ok, 45u);
}

TEST(Patience, TheShorterOfTimeoutAndPatienceEndsTheWait) {
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "timeout": "50ms", "patience": "100ms"},
      "hasty": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "timeout": "100ms", "patience": "50ms"},
      "db": {"type": "database", "service_time": "500ms"})json",
                                           "5060ms"));
  EXPECT_EQ(errors_of(result.requests.counts, "timeout"), 50u);
  EXPECT_EQ(errors_of(result.requests.counts, "abandoned"), 50u);
}

TEST(Patience, AnAbandonedVisitIsOver) {
  // Each visit would have five requests; the first answer comes too late.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1/s)", "target": "db", "patience": "100ms", "session": {"requests": 5}},
      "db": {"type": "database", "service_time": "500ms"})json",
                                           "10500ms"));
  EXPECT_EQ(result.requests.counts.sent, 10u);
  EXPECT_EQ(errors_of(result.requests.counts, "abandoned"), 10u);
}

TEST(SlowPatience, UnseenLeavingIsTheTailOfAnMm1) {
  // M/M/1 with arrivals .8, service 1: the time in system is exponential of rate .2. Who has an
  // exponential patience of rate .1 leaves with probability .1 / (.1 + .2) = 1/3; the server does
  // not notice, so nothing else changes.
  Runs runs(warmed_scenario(R"json(
      "users": {"type": "clients", "arrivals": "poisson(0.8/s)", "target": "db", "patience": "exponential(10s)"},
      "db": {"type": "database", "connections": 1, "service_time": "exponential(1s)"})json",
                            "100000s", "2000s"),
            20);
  tests::expect_interval_holds(runs, "requests.throughput_per_second", .8 * 2 / 3);
}

TEST(SlowPatience, LeavingTheQueueIsAnMm1PlusM) {
  // M/M/1+M, the single-server Erlang-A: arrivals 1.5, service 1, patience of rate .2. Of n there,
  // n - 1 wait and may leave, so the chain goes down at rate 1 + .2 (n - 1), and the server is busy
  // with probability 1 - p0. Whose service has begun leaves before its end with probability .2
  // / 1.2, for patience has no memory; the server ends the work all the same.
  const double arrivals = 1.5;
  const double patience = .2;
  double weight = 1;
  double sum = 1;
  for (int n = 1; n < 400; ++n) sum += weight *= arrivals / (1 + patience * (n - 1));
  const double busy = 1 - 1 / sum;
  Runs runs(warmed_scenario(R"json(
      "users": {"type": "clients", "arrivals": "poisson(1.5/s)", "target": "db", "patience": "exponential(5s)", "hangs_up": true},
      "db": {"type": "database", "connections": 1, "service_time": "exponential(1s)", "drop_expired": true})json",
                            "50000s", "1000s"),
            20);
  tests::expect_interval_holds(runs, "requests.throughput_per_second", busy / (1 + patience));
  tests::expect_interval_holds(runs, "nodes.db.utilization", busy);
}

TEST(Browser, AnswersWhatItHolds) {
  // One user asks for keys 0, 1, 2, 0, 1, 2 ..: all but the first three come from his browser, and
  // take no time.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "users": 1, "think_time": "1s", "target": "db", "keys": "sequential(n=3)",
                "browser_cache": {"entries": 3}},
      "db": {"type": "database", "service_time": "0s"})json",
                                           "30500ms"));
  EXPECT_EQ(result.requests.counts.ok, 30u);
  EXPECT_EQ(received(result, "db"), 3u);
  EXPECT_EQ(scalar_of(result, "users", "browser_hits"), 27);
  EXPECT_DOUBLE_EQ(scalar_of(result, "users", "browser_hit_ratio"), 0.9);
}

TEST(Browser, IsAUsersOwnAndForgetsTheLeastRecentlyUsed) {
  // Two entries and three keys in turn: the next one is always the one that just went.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "users": 1, "think_time": "1s", "target": "db", "keys": "sequential(n=3)",
                "browser_cache": {"entries": 2}},
      "db": {"type": "database", "service_time": "0s"})json",
                                           "30500ms"));
  EXPECT_EQ(received(result, "db"), 30u);
  // Five users and one key: each asks for it once.
  const auto shared = run_checked(scenario(R"json(
      "users": {"type": "clients", "users": 5, "think_time": "1s", "target": "db", "keys": "uniform(1)",
                "browser_cache": {"entries": 2}},
      "db": {"type": "database", "service_time": "0s"})json",
                                           "30500ms"));
  EXPECT_EQ(received(shared, "db"), 5u);
  EXPECT_EQ(shared.requests.counts.ok, 150u);
}

TEST(Browser, KeepsAnAnswerForItsTime) {
  // One key every second, good for 4.5 s after the answer: asked at 1 s, 6 s, 11 s .. 26 s.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "users": 1, "think_time": "1s", "target": "db", "keys": "uniform(1)",
                "browser_cache": {"ttl": "4500ms"}},
      "db": {"type": "database", "service_time": "0s"})json",
                                           "30500ms"));
  EXPECT_EQ(received(result, "db"), 6u);
}

TEST(Browser, DoesNotKeepWhatMayNotBeKept) {
  // Of 2000 keys about a quarter may be kept; each is asked for twice.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "users": 1, "think_time": "1ms", "target": "db", "keys": "sequential(n=2000)",
                "browser_cache": {"entries": 2000, "cacheable": "25%"}},
      "db": {"type": "database", "service_time": "0s"})json",
                                           "4000500us"));
  // 500 with a standard deviation of sqrt(2000 .25 .75) = 19.4; four are 78.
  EXPECT_EQ(result.requests.counts.ok, 4000u);
  EXPECT_NEAR(static_cast<double>(4000 - received(result, "db")), 500, 78);
  EXPECT_DOUBLE_EQ(scalar_of(result, "users", "browser_hit_ratio"), 0.5);
}

TEST(Browser, AWriteForgetsTheOldAnswer) {
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "users": 1, "think_time": "1s", "target": "db", "keys": "uniform(1)", "reads": "50%",
                "browser_cache": {}},
      "db": {"type": "database", "service_time": "0s", "write_service_time": "0s"})json",
                                           "1000500ms"));
  // A read is a hit unless the request before it was a write: of 1000 half are reads, half of them
  // after a read: 250, standard deviation below 25.
  EXPECT_NEAR(scalar_of(result, "users", "browser_hits"), 250, 100);
}

TEST(SlowBrowser, HitsAreThoseOfAnLruCache) {
  // N = 10 keys, Zipf 1, five entries: an LRU cache hits .681364073 of independent requests,
  // exactly. Each of 20 users has a cache of his own and sees that ratio.
  Runs runs(warmed_scenario(R"json(
      "users": {"type": "clients", "users": 20, "think_time": "exponential(1s)", "target": "db", "keys": "zipf(10, 1)",
                "browser_cache": {"entries": 5}},
      "db": {"type": "database", "service_time": "0s"})json",
                            "2000s", "100s"),
            20);
  tests::expect_interval_holds(runs, "nodes.users.browser_hit_ratio", .681364073);
}

TEST(SlowBrowser, HitsWithinItsTimeAreThoseOfAPoissonStream) {
  // One key asked for at rate 1 and kept for 3 s from each miss: a cycle has one miss and 3 hits on
  // average, a ratio of 3/4.
  Runs runs(warmed_scenario(R"json(
      "users": {"type": "clients", "users": 50, "think_time": "exponential(1s)", "target": "db", "keys": "uniform(1)",
                "browser_cache": {"ttl": "3s"}},
      "db": {"type": "database", "service_time": "0s"})json",
                            "2000s", "100s"),
            20);
  tests::expect_interval_holds(runs, "nodes.users.browser_hit_ratio", .75);
}

TEST(Mix, ClassesHaveTheirOwnKeysTimeoutsAndPriorities) {
  // "hot" asks for one key, so all but its first lookups hit; "cold" for a new one each time.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(100/s)", "target": "app", "timeout": "1s",
                "mix": [{"endpoint": "hot", "keys": "uniform(1)"},
                        {"endpoint": "cold", "keys": "sequential(n=1000000)"},
                        {"endpoint": "slow", "timeout": "20ms", "weight": 2, "priority": 3}]},
      "app": {"type": "app_server", "endpoints": {"hot": ["sleep(50ms)"], "cold": ["sleep(50ms)"], "slow": ["sleep(50ms)"]}})json",
                                           "20100ms"));
  EXPECT_EQ(result.by_class.at("hot").counts.fail, 0u);
  EXPECT_EQ(result.by_class.at("cold").counts.fail, 0u);
  EXPECT_EQ(result.by_class.at("slow").counts.ok, 0u);
  EXPECT_EQ(errors_of(result.by_class.at("slow").counts, "timeout"),
            result.by_class.at("slow").counts.fail);
}

TEST(Addresses, SomeAreMetMoreOften) {
  // Half of the requests come from behind one gateway (the hot tenth of ten addresses), so one of
  // the servers that are chosen by address gets at least half of them.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "lb",
                "address_popularity": "hotspot(n=10, hot_share=10%, hot_probability=50%)"},
      "lb": {"type": "l7_balancer", "policy": "ip_hash", "backends": ["db"]},
      "db": {"type": "database", "replicas": 5, "service_time": "0s"})json",
                                           "10000500us"));
  std::uint64_t most = 0;
  for (const char* name : {"db[0]", "db[1]", "db[2]", "db[3]", "db[4]"})
    most = std::max(most, received(result, name));
  // 5000, standard deviation 50.
  EXPECT_GE(most, 4800u);
}

std::string problems_of_users(const std::string& members) {
  return problems_of(scenario(fmt::format(R"json(
      "users": {{"type": "clients", "target": "db", {}}},
      "db": {{"type": "database", "service_time": "0s"}})json",
                                          members),
                              "1s"));
}

TEST(ClientsParams, NeedOneWayToSayWhenRequestsCome) {
  EXPECT_EQ(problems_of_users(R"("reads": "50%")"),
            "nodes.users: none of `arrivals`, `users` and `trace` is given; write, for example, "
            "\"arrivals\": \"poisson(500/s)\" for requests that come whatever happens, or "
            "\"users\": 100 for users who wait for answers\n");
  EXPECT_EQ(problems_of_users(R"json("arrivals": "poisson(500/s)", "users": 100)json"),
            "nodes.users: `arrivals` and `users` are given; give the one that says when requests "
            "come\n");
}

TEST(ClientsParams, SayWhatGoesTogether) {
  EXPECT_EQ(problems_of_users(R"json("arrivals": "poisson(500/s)", "think_time": "1s")json"),
            "nodes.users.think_time: only with `users`\n");
  EXPECT_EQ(problems_of_users(R"json("users": 1, "hangs_up": true)json"),
            "nodes.users.hangs_up: only with `patience`\n");
  EXPECT_EQ(
      problems_of_users(R"json("users": 1, "addresses": 5, "address_popularity": "zipf(9)")json"),
      "nodes.users.addresses: has no effect beside `address_popularity`\n");
  EXPECT_EQ(problems_of_users(R"json("users": 2000000, "browser_cache": {"entries": 51})json"),
            "nodes.users.browser_cache: expected at most 100000000 entries in all browsers, got "
            "2000000 browsers of 51\n");
  EXPECT_EQ(problems_of_users(R"json("users": 6000000, "profile": "constant(2)")json"),
            "nodes.users.profile: expected at most 10000000 users at any time, got 1.2e+07\n");
  EXPECT_EQ(
      problems_of_users(
          R"json("users": 1, "mix": [{"endpoint": "a", "timeout": "1s"}, {"endpoint": "a"}])json"),
      "nodes.users.mix[1].timeout: another entry of endpoint \"a\" has another timeout\n");
}

TEST(ClosedUsers, WhoNeitherThinkNorWaitStopTheRun) {
  sim::Problems problems;
  const auto spec = tests::spec_of(scenario(R"json(
      "users": {"type": "clients", "users": 1, "target": "db"},
      "db": {"type": "database", "service_time": "0s"})json",
                                            "1s"));
  EXPECT_THROW(sim::run_experiment(spec, {}, problems), sim::RunError);
}

}  // namespace
}  // namespace faultline
