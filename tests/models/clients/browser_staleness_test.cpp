#include <gtest/gtest.h>

#include "tests/scenario_checks.hpp"

namespace faultline {
namespace {

using tests::run_checked;
using tests::scalar_of;
using tests::scenario;

TEST(BrowserStaleness, ABrowserServesWhatOthersHaveWrittenOver) {
  // A user reads one page at 0.1 s, 0.2 s, .. until 2.0 s, all but the first time from his browser;
  // somebody else writes it at 0.25 s and every quarter of a second after. That of 0.2 s was fresh.
  const auto result = run_checked(scenario(R"json(
      "reader": {"type": "clients", "users": 1, "think_time": "100ms", "target": "db", "keys": "sequential(n=1)",
                 "browser_cache": {"entries": 3, "staleness_of": "db"}},
      "writer": {"type": "clients", "arrivals": "constant(4/s)", "target": "db", "keys": "sequential(n=1)", "reads": "0%"},
      "db": {"type": "database", "service_time": "0s"})json",
                                           "2050ms"));
  EXPECT_EQ(scalar_of(result, "reader", "browser_hits"), 19);
  EXPECT_EQ(scalar_of(result, "reader", "browser_stale_served"), 18);
}

}  // namespace
}  // namespace faultline
