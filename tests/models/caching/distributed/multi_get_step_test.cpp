#include <gtest/gtest.h>

#include <cmath>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::problems_of;
using tests::received;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

struct Setting {
  std::string arrivals = "constant(1000/s)";
  std::string step = "";
  std::string cache = R"json("placement": "range(keys=10)")json";
  std::string duration = "20s";
  std::string rest = "";
};

std::string text_of(const Setting& s) {
  return scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "{}", "target": "app", "keys": "sequential(n=1)"}},
      "app": {{"type": "app_server", "workers": 100000, "endpoints": {{"default": [
          {{"type": "multi_get", "cache": "cache"{}}}]}}}},
      "cache": {{"type": "distributed_cache", "replicas": 10, "capacity": 1000000, {}}},
      "db": {{"type": "database", "connections": 1000, "service_time": "1ms"}})json",
                              s.arrivals, s.step, s.cache),
                  s.duration, s.rest);
}

sim::Result run(const Setting& s) { return run_checked(text_of(s)); }

double harmonic(int n) {
  double sum = 0;
  for (int i = 1; i <= n; ++i) sum += 1.0 / i;
  return sum;
}

TEST(MultiGetStep, WaitsForTheSlowestOfItsNodes) {
  // Key i lives on node i: m keys are m nodes. The longest of m exponential times of mean 10 ms is
  // 10 ms (1 + 1/2 + .. + 1/m) in the mean, and its variance (10 ms)^2 (1 + 1/4 + .. + 1/m^2) is
  // below 1.65 of that square: of 20,000 requests the mean is known to 0.2 ms.
  for (const int keys : {1, 2, 5, 10}) {
    const auto result = run(
        {.step = fmt::format(R"(, "count": {})", keys),
         .cache = R"json("placement": "range(keys=10)", "service_time": "exponential(10ms)")json"});
    EXPECT_NEAR(result.requests.latency.mean() / 1e6, 10 * harmonic(keys), 0.3) << keys;
    EXPECT_EQ(scalar_of(result, "app", "multi_get_nodes"),
              keys * scalar_of(result, "app", "multi_gets"));
  }
}

TEST(MultiGetStep, AsksAsManyNodesAsTheKeysFallOn) {
  // m of many keys on n = 10 nodes: 10 (1 - 0.9^m) nodes in the mean, as far as the placement is
  // even; 6.51 of 10 keys.
  for (const int keys : {1, 3, 10, 30}) {
    const auto result =
        run({.step = fmt::format(R"json(, "count": {}, "keys": "uniform(n=1000000)")json", keys),
             .cache = R"("placement": "modulo")",
             .duration = "5s"});
    const double nodes =
        scalar_of(result, "app", "multi_get_nodes") / scalar_of(result, "app", "multi_gets");
    EXPECT_NEAR(nodes, 10 * (1 - std::pow(0.9, keys)), 0.08) << keys;
  }
}

TEST(MultiGetStep, KeysOfOneNodeAreOneRequest) {
  // Ten keys on one node: 1 ms for the request and 0.1 ms for each of nine further keys.
  const auto result = run({.step = R"(, "count": 10)",
                           .cache = R"json("placement": "range(splits=[1000])",
                                       "service_time": "1ms", "key_time": "100us")json",
                           .duration = "2s"});
  EXPECT_EQ(result.requests.latency.max(), 1'900'000);
  EXPECT_EQ(received(result, "cache[0]"), 2000u);
}

TEST(MultiGetStep, ReadsWhatIsMissingFromTheStoreSideBySide) {
  // The first request finds nothing: all ten keys are read at once, in 1 ms. The others hit.
  const auto result = run(
      {.arrivals = "constant(10/s)", .step = R"(, "count": 10, "store": "db")", .duration = "2s"});
  EXPECT_EQ(received(result, "db"), 10u);
  EXPECT_EQ(scalar_of(result, "app", "multi_get_keys_missing"), 10);
  EXPECT_EQ(result.requests.latency.max(), tests::millisecond);
  EXPECT_EQ(result.requests.latency.min(), 0);
}

TEST(MultiGetStep, ADeadNodesKeysAreLeftOutOrReadFromTheStore) {
  const std::string dead = R"json("faults": [{"at": "0s", "fault": "crash(cache[3])"}])json";
  const auto result = run({.arrivals = "constant(10/s)",
                           .step = R"(, "count": 10, "store": "db")",
                           .duration = "2050ms",
                           .rest = dead});
  // Nine keys once, the tenth twenty times.
  EXPECT_EQ(received(result, "db"), 29u);
  EXPECT_EQ(result.requests.counts.ok, 20u);
}

TEST(MultiGetStep, ANearCacheAnswersFirst) {
  const auto result =
      run({.arrivals = "constant(10/s)",
           .step = R"(, "count": 10, "store": "db")",
           .cache = R"json("placement": "range(keys=10)", "near_cache": {"ttl": "10s"})json",
           .duration = "2050ms"});
  EXPECT_EQ(scalar_of(result, "app", "multi_get_nodes"), 10);  // The first request alone.
  EXPECT_EQ(scalar_of(result, "cache[0]", "near_hits"), 190);
}

TEST(MultiGetStep, AProxySplitsTheRequest) {
  const auto result = run({.arrivals = "constant(10/s)",
                           .step = R"(, "count": 10, "store": "db")",
                           .cache = R"json("placement": "range(keys=10)", "routing": "proxy")json",
                           .duration = "2050ms"});
  EXPECT_EQ(scalar_of(result, "app", "multi_get_nodes"), 20);  // One each time.
  EXPECT_EQ(scalar_of(result, "app", "multi_get_keys_missing"), 10);
  EXPECT_EQ(received(result, "db"), 10u);
}

TEST(MultiGetStep, ARedirectedMultiGetAsksAgain) {
  const auto result =
      run({.arrivals = "constant(10/s)",
           .step = R"(, "count": 10, "store": "db")",
           .cache = R"("placement": "rendezvous", "routing": "redirect")",
           .duration = "2050ms",
           .rest = R"json("faults": [{"at": "1s", "fault": "join_cluster(cache[9])"}])json"});
  EXPECT_EQ(result.requests.counts.ok, 20u);
  // What the new node has now is read from the store once more.
  EXPECT_EQ(static_cast<double>(received(result, "db")),
            10 + scalar_of(result, "cache[0]", "moved_keys"));
}

TEST(MultiGetStep, WrongFilesAreToldWhatIsWrong) {
  EXPECT_EQ(problems_of(text_of({.step = R"json(, "count": 10, "keys": "uniform(n=9)")json"})),
            "nodes.app.endpoints.default[0].count: more keys than `keys` has\n");
}

}  // namespace
}  // namespace faultline
