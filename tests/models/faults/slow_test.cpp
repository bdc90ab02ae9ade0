#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::burst;
using tests::latency_of;
using tests::millisecond;
using tests::run_checked;
using tests::scenario;

/// Ten requests a second, at 0.1 s .. 3.0 s, for a station called "station"; it is slow from 1.05 s
/// to 2.05 s.
sim::Result run_slow(const std::string& station, const std::string& fault) {
  return run_checked(scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "station"}, "station": )json" +
          station,
      "3050ms",
      fmt::format(R"("faults": [{{"at": "1050ms", "for": "1s", "fault": "{}"}}])", fault)));
}

std::int64_t total(const sim::Result& result) {
  return static_cast<std::int64_t>(result.requests.latency.sum());
}

TEST(Slow, DoublesTheServicesThatBeginWhileItLasts) {
  // 20 ms for the ten of 1.1 s .. 2.0 s, 10 ms for the twenty others.
  const auto result = run_slow(R"({"type": "database", "service_time": "10ms"})", "slow(station)");
  EXPECT_EQ(total(result), (10 * 20 + 20 * 10) * millisecond);
  EXPECT_EQ(result.requests.latency.min(), 10 * millisecond);
  EXPECT_EQ(result.requests.latency.max(), 20 * millisecond);
  ASSERT_EQ(result.faults.size(), 1u);
  EXPECT_EQ(result.faults[0].name, "slow(station)");
}

TEST(Slow, HoldsForEveryKindOfStation) {
  // As above: ten of thirty take three times 10 ms.
  for (
      const char* station :
      {R"({"type": "database", "service_time": "10ms"})",
       R"({"type": "cache", "capacity": 10, "service_time": "10ms"})",
       R"({"type": "cache", "capacity": 10, "service_time": "10ms", "workers": 2})",
       R"json({"type": "app_server", "endpoints": {"default": ["cpu(10ms)"]}})json",
       R"json({"type": "app_server", "cores": 2, "endpoints": {"default": ["cpu(10ms)"]}})json",
       R"json({"type": "app_server", "cores": 2, "scheduling": "processor_sharing", "endpoints": {"default": ["cpu(10ms)"]}})json",
       R"json({"type": "app_server", "workers": 2, "endpoints": {"default": ["sleep(10ms)"]}})json",
       R"json({"type": "app_server", "endpoints": {"default": [{"type": "sequence", "steps": ["cpu(10ms)"]}]}})json"}) {
    EXPECT_EQ(total(run_slow(station, "slow(station, factor=3)")),
              (10 * 30 + 20 * 10) * millisecond)
        << station;
  }
  const auto balancer = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "station"},
      "station": {"type": "l7_balancer", "backends": ["db"], "service_time": "10ms"},
      "db": {"type": "database", "service_time": "0s"})json",
      "3050ms",
      R"json("faults": [{"at": "1050ms", "for": "1s", "fault": "slow(station, factor=3)"}])json"));
  EXPECT_EQ(total(balancer), (10 * 30 + 20 * 10) * millisecond);
}

TEST(Slow, CountsFromTheBeginOfTheServiceNotFromTheArrival) {
  // Four at 1 s, one server, 100 ms each, twice as slow from 1.05 s to 1.35 s. The first began
  // before: done at 1.1 s. The second begins at 1.1 s: 200 ms, done at 1.3 s. The third begins
  // at 1.3 s: done at 1.5 s. The fourth begins after it: done at 1.6 s.
  for (
      const char* station :
      {R"({"type": "database", "connections": 1, "service_time": "100ms"})",
       R"({"type": "cache", "capacity": 10, "service_time": "100ms", "workers": 1})",
       R"json({"type": "app_server", "cores": 1, "endpoints": {"default": ["cpu(100ms)"]}})json",
       R"json({"type": "app_server", "workers": 1, "endpoints": {"default": ["cpu(100ms)"]}})json",
       R"json({"type": "app_server", "workers": 1, "endpoints": {"default": ["sleep(100ms)"]}})json",
       R"json({"type": "app_server", "cores": 1, "endpoints": {"default": [{"type": "sequence", "steps": ["cpu(100ms)"]}]}})json"}) {
    const auto result = run_checked(scenario(
        burst(4, "station") + R"("station": )" + station, "1900ms",
        R"json("faults": [{"at": "1050ms", "for": "300ms", "fault": "slow(station)"}])json"));
    EXPECT_EQ(latency_of(result, "c0"), 100 * millisecond) << station;
    EXPECT_EQ(latency_of(result, "c1"), 300 * millisecond) << station;
    EXPECT_EQ(latency_of(result, "c2"), 500 * millisecond) << station;
    EXPECT_EQ(latency_of(result, "c3"), 600 * millisecond) << station;
  }
}

TEST(Slow, MayBeFaster) {
  const auto result =
      run_slow(R"({"type": "database", "service_time": "10ms"})", "slow(station, factor=0.5)");
  EXPECT_EQ(total(result), (10 * 5 + 20 * 10) * millisecond);
}

TEST(Slow, SeveralMultiplyAndLeaveNothingBehind) {
  // Times 3 from 0.55 s to 2.55 s, times 1.5 from 1.05 s to 2.05 s: ten of 45 ms, ten of 30 ms, ten
  // of 10 ms.
  const auto result = run_checked(
      scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "service_time": "10ms"})json",
               "3050ms",
               R"json("faults": [{"at": "550ms", "for": "2s", "fault": "slow(db, factor=3)"},
                    {"at": "1050ms", "for": "1s", "fault": "slow(db, factor=1.5)"}])json"));
  EXPECT_EQ(total(result), (10 * 45 + 10 * 30 + 10 * 10) * millisecond);
}

TEST(Slow, OfAGroupStrikesItsNodesAndNoOthers) {
  // Six at once, two for each of three replicas that take 10 ms: all slow, or the two of one
  // replica.
  const auto run = [](const std::string& target) {
    return run_checked(scenario(
        burst(6, "lb") + R"(
        "lb": {"type": "l7_balancer", "backends": ["db"]},
        "db": {"type": "database", "replicas": 3, "service_time": "10ms"})",
        "1900ms",
        fmt::format(R"json("faults": [{{"at": "0s", "fault": "slow({})"}}])json", target)));
  };
  EXPECT_EQ(total(run("db")), 6 * 20 * millisecond);
  EXPECT_EQ(total(run("db[1]")), (2 * 20 + 4 * 10) * millisecond);
}

TEST(Slow, DoublesRandomServicesToo) {
  // The same draws with and without: every service is doubled, up to the rounding to whole
  // nanoseconds.
  const auto run = [](const char* rest) {
    return run_checked(scenario(R"json(
        "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
        "db": {"type": "database", "service_time": "exponential(10ms)"})json",
                                "100s", rest));
  };
  const auto plain = run("");
  const auto slow = run(R"json("faults": [{"at": "0s", "fault": "slow(db)"}])json");
  ASSERT_EQ(slow.requests.counts.ok, plain.requests.counts.ok);
  EXPECT_EQ(total(slow), 2 * total(plain));
}

}  // namespace
}  // namespace faultline
