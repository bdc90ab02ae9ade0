#include <gtest/gtest.h>

#include <cmath>

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
using tests::warmed_scenario;

TEST(Clients, PoissonArrivalsComeAtTheirRate) {
  // 1000/s for 100 s: 100,000 on average, standard deviation 316; four of them are 1265.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "poisson(1000/s)", "target": "db"},
      "db": {"type": "database", "service_time": "0s"})json",
                                           "100s"));
  EXPECT_NEAR(static_cast<double>(result.requests.counts.sent), 100'000, 1265);
  EXPECT_EQ(result.requests.counts.ok, result.requests.counts.sent);
}

TEST(Clients, ConstantArrivalsComeAtTheirTimes) {
  // 10/s: at 0.1 s, 0.2 s, .. 10.0 s, so 100 in 10.05 s.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "service_time": "1ms"})json",
                                           "10050ms"));
  EXPECT_EQ(result.requests.counts.sent, 100u);
  EXPECT_EQ(result.requests.counts.ok, 100u);
  EXPECT_EQ(result.requests.latency.min(), millisecond);
  EXPECT_EQ(result.requests.latency.max(), millisecond);
  // 100 in 10.05 s.
  EXPECT_NEAR(result.requests.throughput_per_second, 100 / 10.05, 1e-9);
}

TEST(Clients, SendReadsInTheirShare) {
  // A cache counts lookups, which are the reads: 70 % of 20,000 with a standard deviation of sqrt(n
  // .7 .3) = 65; four are 260.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "cache", "reads": "70%"},
      "cache": {"type": "cache", "capacity": 10})json",
                                           "20000500us"));
  EXPECT_EQ(result.requests.counts.sent, 20'000u);
  EXPECT_NEAR(scalar_of(result, "cache", "hits") + scalar_of(result, "cache", "misses"), 14'000,
              260);
}

TEST(Clients, SendOnlyReadsOrOnlyWritesAtTheEndsOfTheShare) {
  for (const double share : {0.0, 100.0}) {
    const auto result = run_checked(scenario(fmt::format(R"json(
        "users": {{"type": "clients", "arrivals": "constant(1000/s)", "target": "cache", "reads": "{}%"}},
        "cache": {{"type": "cache", "capacity": 10}})json",
                                                         share),
                                             "1000500us"));
    EXPECT_EQ(scalar_of(result, "cache", "hits") + scalar_of(result, "cache", "misses"),
              share * 10);
  }
}

TEST(Clients, MixEndpointsByWeight) {
  // Weights 3 to 1: 75 % and 25 % of 20,000, standard deviation 61; four are 245. "buy" always
  // writes. The server takes 1 ms for the one and 2 ms for the other, so the latencies show that
  // each class asked for its endpoint.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(1000/s)", "target": "app", "mix": [
          {"endpoint": "look", "weight": 3}, {"endpoint": "buy", "weight": 1, "reads": "0%"}]},
      "app": {"type": "app_server", "endpoints": {"look": ["sleep(1ms)", "call(cache)"], "buy": ["sleep(2ms)", "call(cache)"]}},
      "cache": {"type": "cache", "capacity": 10})json",
                                           "20000500us"));
  const auto& look = result.by_class.at("look");
  const auto& buy = result.by_class.at("buy");
  EXPECT_EQ(look.counts.sent + buy.counts.sent, 20'000u);
  EXPECT_NEAR(static_cast<double>(look.counts.sent), 15'000, 245);
  EXPECT_EQ(look.latency.min(), millisecond);
  EXPECT_EQ(look.latency.max(), millisecond);
  EXPECT_EQ(buy.latency.min(), 2 * millisecond);
  EXPECT_EQ(buy.latency.max(), 2 * millisecond);
  // Lookups are the reads: all of "look" that came to the cache and none of "buy".
  EXPECT_EQ(scalar_of(result, "cache", "hits") + scalar_of(result, "cache", "misses"),
            static_cast<double>(look.counts.ok));
}

TEST(Clients, SizesAreThoseOfTheClassOrOfTheClients) {
  // Keys 0 .. 9 are written again and again: 10 entries of 100 bytes, or of the 300 bytes that the
  // class says.
  const auto of_clients = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(100/s)", "target": "cache", "reads": "0%", "size": "100B",
                "keys": "sequential(n=10)"},
      "cache": {"type": "cache", "capacity": "1MiB"})json",
                                               "1005ms"));
  EXPECT_EQ(scalar_of(of_clients, "cache", "used_bytes"), 1000);
  const auto of_class = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(100/s)", "target": "cache", "reads": "0%", "size": "100B",
                "keys": "sequential(n=10)", "mix": [{"endpoint": "big", "size": "300B"}]},
      "cache": {"type": "cache", "capacity": "1MiB"})json",
                                             "1005ms"));
  EXPECT_EQ(scalar_of(of_class, "cache", "used_bytes"), 3000);
}

/// Arrivals at 0.1 s, 0.2 s, .. 5.0 s at a store that takes 500 ms; users wait 100 ms.
sim::Result run_impatient(const std::string& reads) {
  return run_checked(scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "constant(10/s)", "target": "db", "timeout": "100ms", "reads": "{}"}},
      "db": {{"type": "database", "service_time": "500ms", "write_service_time": "500ms"}})json",
                                          reads),
                              "5050ms"));
}

TEST(Clients, AReadThatTimesOutFails) {
  // The last, of 5.0 s, is still waiting at 5.05 s; the 49 before it gave up.
  const auto result = run_impatient("100%");
  EXPECT_EQ(result.requests.counts.sent, 50u);
  EXPECT_EQ(result.requests.counts.fail, 49u);
  EXPECT_EQ(result.requests.counts.unknown, 0u);
  EXPECT_EQ(result.requests.counts.in_flight, 1u);
  EXPECT_EQ(errors_of(result.requests.counts, "timeout"), 49u);
}

TEST(Clients, AWriteThatTimesOutIsUnknown) {
  const auto result = run_impatient("0%");
  EXPECT_EQ(result.requests.counts.fail, 0u);
  EXPECT_EQ(result.requests.counts.unknown, 49u);
  EXPECT_EQ(result.requests.counts.in_flight, 1u);
  EXPECT_EQ(errors_of(result.requests.counts, "timeout"), 49u);
}

TEST(Clients, TheStoreWorksOnForThoseWhoGaveUp) {
  // Those of 0.1 s .. 4.5 s are done by 5.05 s: 45. Their late answers are dropped: no request is
  // counted twice, none ends ok.
  const auto result = run_impatient("50%");
  const sim::OutcomeCounts& db = node_of(result, "db").counts;
  EXPECT_EQ(db.sent, 50u);
  EXPECT_EQ(db.ok, 45u);
  EXPECT_EQ(db.in_flight, 5u);
  EXPECT_EQ(scalar_of(result, "db", "served"), 45);
  EXPECT_EQ(result.requests.counts.ok, 0u);
  EXPECT_TRUE(result.requests.latency.empty());
  EXPECT_EQ(result.requests.counts.fail + result.requests.counts.unknown, 49u);
  EXPECT_GT(result.requests.counts.fail, 0u);
  EXPECT_GT(result.requests.counts.unknown, 0u);
}

TEST(Clients, PatienceThatOutlastsTheServiceChangesNothing) {
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db", "timeout": "501ms"},
      "db": {"type": "database", "service_time": "500ms"})json",
                                           "5050ms"));
  EXPECT_EQ(result.requests.counts.ok, 45u);
  EXPECT_EQ(result.requests.counts.in_flight, 5u);
}

TEST(Clients, RequestsUnderWayAtTheEndAreInFlight) {
  // Each takes 1 s; of those of 0.1 s .. 10.0 s the ones up to 9.0 s are done at 10.05 s: 90.
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "service_time": "1s"})json",
                                           "10050ms"));
  EXPECT_EQ(result.requests.counts.sent, 100u);
  EXPECT_EQ(result.requests.counts.ok, 90u);
  EXPECT_EQ(result.requests.counts.in_flight, 10u);
  EXPECT_EQ(node_of(result, "db").counts.in_flight, 10u);
}

TEST(Clients, AfterTheWarmUpRequestsCountByArrival) {
  // Sent after 2.05 s: 2.1 s .. 10.0 s, 80. The 10 of them after 9.05 s are in flight. Those sent
  // before and answered after the end of the warm-up count nowhere.
  const auto result = run_checked(warmed_scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "service_time": "1s"})json",
      "10050ms", "2050ms", R"("slos": [{"name": "all", "good": "ok", "target": "99%"}])"));
  EXPECT_EQ(result.requests.counts.sent, 80u);
  EXPECT_EQ(result.requests.counts.ok, 70u);
  EXPECT_EQ(result.requests.counts.in_flight, 10u);
  EXPECT_EQ(result.requests.latency.count(), 70u);
  EXPECT_EQ(node_of(result, "db").counts.sent, 80u);
  EXPECT_EQ(node_of(result, "db").counts.ok, 70u);
  EXPECT_EQ(result.slos.at(0).total, 70u);
  EXPECT_DOUBLE_EQ(result.measured_seconds, 8.0);
  EXPECT_DOUBLE_EQ(result.requests.throughput_per_second, 70 / 8.0);
}

TEST(Clients, ARequestAtTheEndOfTheWarmUpCounts) {
  // 2.0 s .. 10.0 s: 81.
  const auto result = run_checked(warmed_scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "service_time": "0s"})json",
                                                  "10050ms", "2s"));
  EXPECT_EQ(result.requests.counts.sent, 81u);
  EXPECT_EQ(result.requests.counts.ok, 81u);
  EXPECT_EQ(received(result, "db"), 81u);
}

TEST(Clients, TakeReplicasInTurn) {
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "replicas": 3, "service_time": "0s"})json",
                                           "3050ms"));
  for (const char* name : {"db[0]", "db[1]", "db[2]"})
    EXPECT_EQ(received(result, name), 10u) << name;
  EXPECT_EQ(result.groups.at("db").counts.sent, 30u);
}

TEST(Clients, EachOfSeveralSendsAtTheWholeRate) {
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "replicas": 4, "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "service_time": "0s"})json",
                                           "3050ms"));
  EXPECT_EQ(result.requests.counts.sent, 120u);
}

TEST(Clients, CannotBeCalled) {
  EXPECT_EQ(tests::problems_of(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "others"},
      "others": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "service_time": "0s"})json",
                                        "1s")),
            "nodes.users.target: \"others\" takes no requests\n");
}

}  // namespace
}  // namespace faultline
