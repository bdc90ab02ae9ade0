#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::errors_of;
using tests::run_checked;
using tests::scenario;

sim::Result run_with(const std::string& probability, const std::string& seconds) {
  return run_checked(scenario(fmt::format(R"json(
      "users": {{"type": "clients", "arrivals": "constant(1000/s)", "target": "app"}},
      "app": {{"type": "app_server", "endpoints": {{"default": ["fail({})"]}}}})json",
                                          probability),
                              seconds));
}

TEST(FailStep, FailsInItsShare) {
  // 25 % of 10,000: 2500 with a standard deviation of 43; four are 173.
  const auto result = run_with("25%", "10000500us");
  EXPECT_EQ(result.requests.counts.sent, 10'000u);
  EXPECT_NEAR(static_cast<double>(result.requests.counts.fail), 2500, 173);
  EXPECT_EQ(errors_of(result.requests.counts, "error"), result.requests.counts.fail);
}

TEST(FailStep, FailsAlwaysOrNeverAtTheEnds) {
  EXPECT_EQ(run_with("100%", "1000500us").requests.counts.fail, 1000u);
  EXPECT_EQ(run_with("0%", "1000500us").requests.counts.fail, 0u);
}

TEST(FailStep, AWriteThatFailsBeforeItWroteCertainlyHadNoEffect) {
  const auto result = run_checked(scenario(R"json(
      "users": {"type": "clients", "arrivals": "constant(10/s)", "target": "app", "reads": "0%"},
      "app": {"type": "app_server", "endpoints": {"default": ["fail(100%)", "call(db)"]}},
      "db": {"type": "database", "service_time": "1ms"})json",
                                           "1050ms"));
  EXPECT_EQ(result.requests.counts.fail, 10u);
  EXPECT_EQ(tests::received(result, "db"), 0u);
}

TEST(FailStep, AWriteThatFailsAfterItWroteMayHaveHadAnEffect) {
  // The store has it, the user is told of an error: unknown, as the user must take it. A read has
  // no effect that could be lost.
  for (const char* reads : {"0%", "100%"}) {
    const auto result = run_checked(scenario(fmt::format(R"json(
        "users": {{"type": "clients", "arrivals": "constant(10/s)", "target": "app", "reads": "{}"}},
        "app": {{"type": "app_server", "endpoints": {{"default": ["call(db)", "fail(100%)"]}}}},
        "db": {{"type": "database", "service_time": "1ms"}})json",
                                                         reads),
                                             "1050ms"));
    EXPECT_EQ(result.requests.counts.unknown, std::string(reads) == "0%" ? 10u : 0u);
    EXPECT_EQ(result.requests.counts.fail, std::string(reads) == "0%" ? 0u : 10u);
    EXPECT_EQ(errors_of(result.requests.counts, "error"), 10u);
  }
}

}  // namespace
}  // namespace faultline
