#include "tests/models/resilience/caller_scenario.hpp"

namespace faultline {
namespace {

using tests::called;
using tests::counted;
using tests::failing_api;
using tests::run_checked;

TEST(StaticAnswer, IsOkForWhoeverAsked) {
  const auto result =
      run_checked(called(R"json("fallback": "static_answer")json", failing_api("100%"), "1050ms"));
  EXPECT_EQ(result.requests.counts.ok, 10u);
  EXPECT_EQ(counted(result, "fallbacks"), 10);
}

TEST(StaticAnswer, IsGivenAfterAllTriesAndOnlyThen) {
  const auto failing =
      run_checked(called(R"json("fallback": "static_answer", "retry": "fixed(2, base=0s)")json",
                         failing_api("100%"), "1050ms"));
  EXPECT_EQ(counted(failing, "attempts"), 20);
  EXPECT_EQ(counted(failing, "fallbacks"), 10);
  const auto well =
      run_checked(called(R"json("fallback": "static_answer")json", failing_api("0%"), "1050ms"));
  EXPECT_EQ(counted(well, "fallbacks"), 0);
}

TEST(StaticAnswer, ClaimsNoWriteThatDidNotHappen) {
  const auto honest = run_checked(called(R"json("fallback": "static_answer")json",
                                         failing_api("100%"), "1050ms", "10/s", "0%"));
  EXPECT_EQ(honest.requests.counts.fail, 10u);
  EXPECT_EQ(counted(honest, "fallbacks"), 0);
  const auto kept = run_checked(called(R"json("fallback": "static_answer(writes=true)")json",
                                       failing_api("100%"), "1050ms", "10/s", "0%"));
  EXPECT_EQ(kept.requests.counts.ok, 10u);
}

TEST(StaticAnswer, IsGivenAtOnceByAnOpenBreaker) {
  const auto result = run_checked(called(
      R"json("timeout": "30ms", "breaker": "consecutive_failures(1, open_for=1h)", "fallback": "static_answer")json",
      tests::api_of("1h"), "1050ms"));
  EXPECT_EQ(result.requests.counts.ok, 10u);
  EXPECT_EQ(result.requests.latency.max(), 30 * tests::millisecond);
  EXPECT_EQ(result.requests.latency.min(), 0);
}

}  // namespace
}  // namespace faultline
