#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::burst;
using tests::errors_of;
using tests::latency_of;
using tests::millisecond;
using tests::received;
using tests::run_checked;
using tests::scenario;

/// Three users ask for the same key at 1 s; the store takes 100 ms, the cache no time.
sim::Result run_three(const char* more, const char* rest = "") {
  return run_checked(
      scenario(burst(3, "app", [](int) { return R"json(, "keys": "sequential(1)")json"; }) +
                   fmt::format(R"json(
      "app": {{"type": "app_server", "endpoints": {{"default": [{{"type": "cache_aside", "cache": "cache", "store": "db"{}}}]}}}},
      "cache": {{"type": "cache", "capacity": 10}},
      "db": {{"type": "database", "connections": 1, "service_time": "100ms"}})json",
                               more),
               "1950ms", rest));
}

TEST(SingleFlight, OneAsksAndTheOthersWaitForItsAnswer) {
  const auto all = run_three("");
  EXPECT_EQ(received(all, "db"), 3u);
  EXPECT_EQ(latency_of(all, "c2"), 300 * millisecond);
  const auto one = run_three(R"(, "single_flight": true)");
  EXPECT_EQ(received(one, "db"), 1u);
  for (const char* each : {"c0", "c1", "c2"}) EXPECT_EQ(latency_of(one, each), 100 * millisecond);
}

TEST(SingleFlight, AFailureIsTheAnswerForAll) {
  const auto result = run_three(R"(, "single_flight": true)",
                                R"json("faults": [{"at": "1050ms", "fault": "crash(db)"}])json");
  EXPECT_EQ(received(result, "db"), 1u);
  EXPECT_EQ(errors_of(result.requests.counts, "reset"), 3u);
}

TEST(SingleFlight, ACrashOfTheServerEndsAllOfIt) {
  const auto result =
      run_three(R"(, "single_flight": true)",
                R"json("faults": [{"at": "1050ms", "for": "10ms", "fault": "crash(app)"}])json");
  EXPECT_EQ(errors_of(result.requests.counts, "reset"), 3u);
}

}  // namespace
}  // namespace faultline
