#include <gtest/gtest.h>

#include "tests/models/network/round_trip.hpp"

namespace faultline {
namespace {

using tests::problems_of;
using tests::round_trip;
using tests::run_checked;
using tests::scenario;

const std::string zones = R"({"eu-a": {"region": "eu"}, "eu-b": {"region": "eu"},
    "us-a": {"region": "us"}, "tokyo": {"region": "asia"}, "osaka": {"region": "asia-osaka"}})";

TEST(Typical, TypicalDistancesAreThoseOfTheTable) {
  // Pingmesh inside a zone, and the published round trips between regions.
  const auto trip = [](const char* from, const char* to) {
    return round_trip(R"("typical")", from, to, zones);
  };
  EXPECT_EQ(trip("eu-a", "eu-a"), 268'000);
  EXPECT_EQ(trip("eu-a", "eu-b"), 1'600'000);
  EXPECT_EQ(trip("eu-a", "us-a"), 91'000'000);
  EXPECT_EQ(trip("us-a", "eu-b"), 91'000'000);
  EXPECT_EQ(trip("us-a", "tokyo"), 165'000'000);
  EXPECT_EQ(trip("osaka", "tokyo"), 9'000'000);
}

TEST(Typical, TheNameOfAnOnlyRegionDoesNotMatter) {
  EXPECT_EQ(round_trip(R"("typical")", "x", "y", R"({"x": {"region": "r"}, "y": {"region": "r"}})"),
            1'600'000);
}

TEST(Typical, ARegionThatIsNotInTheTableIsAProblem) {
  const std::string nodes =
      R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"}, "db": {"type": "database", "service_time": "0s"})json";
  EXPECT_EQ(
      problems_of(scenario(
          nodes, "2s",
          R"("zones": {"a": {"region": "eu"}, "b": {"region": "asia-tokio"}}, "network": {"latencies": "typical"})")),
      "zones.b.region: the table of latencies \"typical\" has no region \"asia-tokio\"; did you "
      "mean \"asia-tokyo\"?\n");
}

TEST(Typical, WhereTheTableDoesNotReachTheDefaultHolds) {
  // The users stand nowhere.
  const auto result = run_checked(scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"}, "db": {"type": "database", "service_time": "0s", "zone": "eu-a"})json",
      "2s",
      R"("zones": {"eu-a": {"region": "eu"}}, "network": {"latencies": "typical", "default_latency": "7ms"})"));
  EXPECT_EQ(result.requests.latency.max(), 14'000'000);
}

TEST(Typical, ALinkTakesTheTablesLatencyIfItHasNone) {
  // 1 MB there at 8 Gbit/s takes a millisecond; the reply is short.
  const auto result = run_checked(scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(1/s)", "target": "db", "zone": "us-a",
              "mix": [{"endpoint": "put", "size": "1MB"}]},
             "db": {"type": "database", "service_time": "0s", "zone": "eu-a"})json",
      "2s", R"("zones": )" + zones + R"json(, "network": {"latencies": "typical", "links": [
          {"from": "region:us", "to": "region:eu", "bandwidth": "8Gbit/s"}]})json"));
  EXPECT_EQ(result.requests.latency.max(), 91'000'000 + 1'000'000);
}

TEST(Typical, ALongerWayOverLinksIsTakenIfItIsFasterThanTheTable) {
  // From eu to asia the table says 233 ms there and back; over us it is 2 * (30 + 40) = 140 ms.
  const auto over = [&](const std::string& first) {
    return round_trip(
        R"json("typical", "links": [{"from": "zone:eu-a", "to": "zone:us-a", "latency": ")json" +
            first + R"json("}, {"from": "zone:us-a", "to": "zone:tokyo", "latency": "40ms"}])json",
        "eu-a", "tokyo", zones);
  };
  EXPECT_EQ(over("30ms"), 140'000'000);
  EXPECT_EQ(over("90ms"), 233'000'000);
}

TEST(Typical, JitterIsAShareOfTheLatency) {
  // 20 % of 45.5 ms, exponential, each way: 2 * 9.1 ms more on average; of 10,000 requests the
  // mean has a standard error of 0.129 ms.
  const auto result = run_checked(scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(100/s)", "target": "db", "zone": "us-a"},
             "db": {"type": "database", "service_time": "0s", "zone": "eu-a"})json",
      "101s", R"json("zones": {"eu-a": {"region": "eu"}, "us-a": {"region": "us"}},
                     "network": {"latencies": "typical(jitter=20%)"})json"));
  EXPECT_GE(result.requests.latency.min(), 91'000'000);
  EXPECT_NEAR(result.requests.latency.mean() * 1e-6, 91 + 18.2, 4 * 0.129);
}

}  // namespace
}  // namespace faultline
