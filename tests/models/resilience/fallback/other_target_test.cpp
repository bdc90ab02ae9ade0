#include "tests/models/resilience/caller_scenario.hpp"

namespace faultline {
namespace {

using tests::called;
using tests::counted;
using tests::failing_api;
using tests::millisecond;
using tests::received;
using tests::run_checked;

const std::string standby = R"json(, "standby": {"type": "database", "service_time": "7ms"})json";

TEST(OtherTarget, AnswersWhatFailed) {
  const auto result = run_checked(called(R"json("fallback": "other_target(standby)")json",
                                         failing_api("100%") + standby, "1050ms"));
  EXPECT_EQ(result.requests.counts.ok, 10u);
  EXPECT_EQ(result.requests.latency.max(), 7 * millisecond);
  EXPECT_EQ(received(result, "standby"), 10u);
  EXPECT_EQ(counted(result, "fallbacks"), 10);
}

TEST(OtherTarget, MayFailToo) {
  const auto result =
      run_checked(called(R"json("fallback": "other_target(standby, timeout=5ms)")json",
                         failing_api("100%") + standby, "1050ms"));
  EXPECT_EQ(tests::errors_of(result.requests.counts, "timeout"), 10u);
  EXPECT_EQ(counted(result, "fallbacks"), 0);
}

TEST(OtherTarget, IsNotSentAWriteThatMayHaveTakenEffect) {
  const auto result =
      run_checked(called(R"json("timeout": "5ms", "fallback": "other_target(standby)")json",
                         tests::api_of("20ms") + standby, "1050ms", "10/s", "0%"));
  EXPECT_EQ(result.requests.counts.unknown, 10u);
  EXPECT_EQ(received(result, "standby"), 0u);
}

TEST(OtherTarget, IsAWireOfThePicture) {
  const std::string problems = tests::problems_of(
      called(R"json("fallback": "other_target(nobody)")json", failing_api("1%"), "1s"));
  EXPECT_NE(problems.find("nobody"), std::string::npos) << problems;
}

}  // namespace
}  // namespace faultline
