#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::node_of;
using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

/// A request each 10 ms, up to 2 s, for a station of 100 ms; from 1.005 s to 1.505 s this fault is
/// on.
sim::Result run_alone(const std::string& fault) {
  return run_checked(scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(100/s)", "target": "station"},
      "station": {"type": "app_server", "endpoints": {"default": ["sleep(100ms)"]}})json",
      "2200ms",
      fmt::format(R"("faults": [{{"at": "1005ms", "for": "500ms", "fault": "{}"}}])", fault)));
}

TEST(Drain, FinishesWhatItHasAndRefusesWhatIsNew) {
  // Requests of 1.01 s to 1.50 s find a closed door: 50. The ten under way end well.
  const auto result = run_alone("drain(station)");
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 50u);
  EXPECT_EQ(result.requests.counts.fail, 50u);
  EXPECT_EQ(result.requests.counts.unknown, 0u);
}

TEST(Drain, AfterTheGraceWhatIsLeftIsReset) {
  // At 1.055 s, 50 ms after the beginning, those of .96 s to 1.00 s are still under way: five.
  const auto result = run_alone("drain(station, grace=50ms)");
  EXPECT_EQ(errors_of(result.requests.counts, "reset"), 5u);
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 50u);
  // A grace that is long enough kills nobody.
  EXPECT_EQ(errors_of(run_alone("drain(station, grace=200ms)").requests.counts, "reset"), 0u);
}

TEST(Drain, ANewProcessHasNothingInMemory) {
  // The cache is asked for ten keys in turn, ten times a second, and misses each once; after a
  // drain with a restart, once more.
  const auto misses = [](const std::string& fault) {
    const auto result = run_checked(scenario(
        R"json("users": {"type": "clients", "arrivals": "constant(100/s)", "target": "app", "keys": "sequential(10)"},
        "app": {"type": "app_server", "endpoints": {"default": [{"type": "cache_aside", "cache": "cache", "store": "db"}]}},
        "cache": {"type": "cache", "capacity": 100, "service_time": "0s"},
        "db": {"type": "database", "service_time": "0s"})json",
        "4s",
        fmt::format(R"("faults": [{{"at": "2005ms", "for": "100ms", "fault": "{}"}}])", fault)));
    // While the door is closed, ten requests go to the store.
    return node_of(result, "db").counts.ok;
  };
  EXPECT_EQ(misses("drain(cache)"), 10u + 10u);
  EXPECT_EQ(misses("drain(cache, restart=true)"), 10u + 10u + 10u);
}

TEST(Drain, BehindABalancerNoRequestFails) {
  // Three servers, each drained for a second in turn, as in a rolling deployment with restarts; the
  // balancer tries another one when one refuses. Nobody notices.
  const auto result = run_checked(scenario(
      R"json("users": {"type": "clients", "arrivals": "poisson(200/s)", "target": "lb", "reads": "50%"},
      "lb": {"type": "l7_balancer", "policy": "least_connections", "backends": ["app"], "fail_timeout": "500ms"},
      "app": {"type": "app_server", "replicas": 3, "workers": 4, "endpoints": {"default": ["cpu(exponential(10ms))"]}})json",
      "20s", R"json("network": {"default_latency": "1ms"}, "faults": [
      {"at": "5s", "for": "1s", "fault": "drain(app[0], restart=true)"},
      {"at": "7s", "for": "1s", "fault": "drain(app[1], restart=true)"},
      {"at": "9s", "for": "1s", "fault": "drain(app[2], restart=true)"}])json"));
  EXPECT_EQ(result.requests.counts.fail, 0u);
  EXPECT_EQ(result.requests.counts.unknown, 0u);
  EXPECT_GT(result.requests.counts.ok, 3800u);
  std::uint64_t refused = 0;
  for (const char* name : {"app[0]", "app[1]", "app[2]"})
    refused += errors_of(node_of(result, name).counts, "refused");
  EXPECT_GT(refused, 3u);  // Somebody did find a closed door.
}

TEST(Drain, DrainsThatOverlapAddUp) {
  const auto result = run_checked(scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(100/s)", "target": "station"},
      "station": {"type": "app_server", "endpoints": {"default": ["sleep(1ms)"]}})json",
      "2s", R"json("faults": [{"at": "505ms", "for": "500ms", "fault": "drain(station)"},
                    {"at": "755ms", "for": "500ms", "fault": "drain(station)"}])json"));
  // From 0.51 s to 1.25 s.
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 75u);
}

TEST(Drain, ClientsHaveNothingToDrain) {
  EXPECT_EQ(tests::problems_of(scenario(
                R"json("users": {"type": "clients", "arrivals": "constant(1/s)", "target": "db"},
                "db": {"type": "database", "service_time": "1ms"})json",
                "1s", R"json("faults": [{"at": "0s", "fault": "drain(users)"}])json")),
            "faults[0].fault.node: users takes no requests: there is nothing to drain\n");
}

}  // namespace
}  // namespace faultline
