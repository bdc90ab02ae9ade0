#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::burst;
using tests::errors_of;
using tests::latency_of;
using tests::millisecond;
using tests::run_checked;
using tests::scenario;

/// Ten requests a second, at 0.1 s, 0.2 s, ..., for a station that stands still from 1.05 s to 2.05
/// s.
sim::Result run_paused(const std::string& station) {
  return run_checked(scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "station"}, "station": )json" +
          station,
      "4050ms", R"json("faults": [{"at": "1050ms", "for": "1s", "fault": "pause(station)"}])json"));
}

std::int64_t total(const sim::Result& result) {
  return static_cast<std::int64_t>(result.requests.latency.sum());
}

TEST(Pause, WorkGoesOnWithTheTimeItHadLeftAndArrivalsAreHeld) {
  // 80 ms each, any number at once. The one of 1.0 s has 30 ms left at 1.05 s and is done at 2.08
  // s: 1080 ms. Those of 1.1 s, 1.2 s .. 2.0 s begin at 2.05 s and are done at 2.13 s: 1030 ms, 930
  // ms,
  // .. 130 ms, together 5800 ms. The 9 before and the 19 after take 80 ms.
  for (
      const char* station :
      {R"({"type": "database", "service_time": "80ms"})",
       R"({"type": "cache", "capacity": 10, "service_time": "80ms"})",
       R"json({"type": "app_server", "endpoints": {"default": ["cpu(80ms)"]}})json",
       R"json({"type": "app_server", "endpoints": {"default": ["sleep(80ms)"]}})json",
       R"json({"type": "app_server", "cores": 100, "scheduling": "processor_sharing", "endpoints": {"default": ["cpu(80ms)"]}})json"}) {
    const auto result = run_paused(station);
    EXPECT_EQ(result.requests.counts.ok, 39u) << station;
    EXPECT_EQ(total(result), (9 * 80 + 1080 + 5800 + 19 * 80) * millisecond) << station;
  }
}

TEST(Pause, HoldsWhatComesByAWayThatCanBeCutToo) {
  // As above, on a way that is played link by link: it is cut after everything.
  const auto result = run_checked(scenario(
      R"json("users": {"type": "clients", "arrivals": "constant(10/s)", "target": "station"},
             "station": {"type": "database", "service_time": "80ms"})json",
      "4050ms", R"json("faults": [{"at": "1050ms", "for": "1s", "fault": "pause(station)"},
          {"at": "4049ms", "fault": {"type": "partition", "groups": [["users"], ["station"]]}}])json"));
  EXPECT_EQ(result.requests.counts.ok, 39u);
  EXPECT_EQ(total(result), (9 * 80 + 1080 + 5800 + 19 * 80) * millisecond);
}

TEST(Pause, HoldsArrivalsInTheirOrder) {
  // One server, 100 ms each, four at 1 s. The first is done at 1.1 s, the second has 50 ms left
  // when the pause of half a second begins at 1.15 s, and is done at 1.7 s; the others follow.
  const auto result = run_checked(scenario(
      burst(4, "db") + R"("db": {"type": "database", "connections": 1, "service_time": "100ms"})",
      "1950ms", R"json("faults": [{"at": "1150ms", "for": "500ms", "fault": "pause(db)"}])json"));
  EXPECT_EQ(latency_of(result, "c0"), 100 * millisecond);
  EXPECT_EQ(latency_of(result, "c1"), 700 * millisecond);
  EXPECT_EQ(latency_of(result, "c2"), 800 * millisecond);
  EXPECT_EQ(latency_of(result, "c3"), 900 * millisecond);
}

TEST(Pause, OfACallerHoldsTheAnswerAndLetsTimeOutsPass) {
  // The app asks the store at 1 s; the answer would be there at 1.3 s. Paused from 1.1 s to 1.6 s:
  // the answer is held and read at 1.6 s, though its patience of 500 ms ended at 1.5 s: the answer
  // came first. With a patience of 200 ms the time-out of 1.2 s comes first.
  const auto run = [](const char* patience) {
    return run_checked(
        scenario(burst(1, "app") + fmt::format(R"json(
        "app": {{"type": "app_server", "endpoints": {{"default": ["call(db, timeout={})"]}}}},
        "db": {{"type": "database", "service_time": "300ms"}})json",
                                               patience),
                 "1950ms",
                 R"json("faults": [{"at": "1100ms", "for": "500ms", "fault": "pause(app)"}])json"));
  };
  EXPECT_EQ(latency_of(run("500ms"), "c0"), 600 * millisecond);
  const auto late = run("200ms");
  EXPECT_EQ(late.requests.counts.ok, 0u);
  EXPECT_EQ(errors_of(late.requests.counts, "timeout"), 1u);
}

TEST(Pause, ThatIsCutShortByACrashResetsAndRefuses) {
  // In work at 1.0 s: reset at the crash of 1.5 s. The five that came in the pause, 1.1 s .. 1.5 s,
  // are refused then, and so are those of 1.6 s .. 2.0 s. Up again at 2.05 s, the node stands still
  // until 2.55 s: those of 2.1 s .. 2.5 s are held and served.
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "service_time": "80ms"})json",
      "3050ms", R"json("faults": [{"at": "1050ms", "for": "1500ms", "fault": "pause(db)"},
                                  {"at": "1505ms", "for": "545ms", "fault": "crash(db)"}])json"));
  EXPECT_EQ(errors_of(result.requests.counts, "reset"), 1u);
  EXPECT_EQ(errors_of(result.requests.counts, "refused"), 10u);
  EXPECT_EQ(result.requests.counts.ok, 30u - 11 - 1);           // That of 3.0 s is under way.
  EXPECT_EQ(result.requests.latency.max(), 530 * millisecond);  // That of 2.1 s.
}

TEST(Pause, OfTheUsersStopsTheirArrivals) {
  // Due at 1.1 s, with 50 ms left at 1.05 s: sent at 2.1 s, and ten a second from there.
  const auto result = run_checked(scenario(
      R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "db"},
      "db": {"type": "database", "service_time": "0s"})json",
      "3050ms", R"json("faults": [{"at": "1050ms", "for": "1s", "fault": "pause(users)"}])json"));
  EXPECT_EQ(result.requests.counts.sent, 20u);
}

}  // namespace
}  // namespace faultline
