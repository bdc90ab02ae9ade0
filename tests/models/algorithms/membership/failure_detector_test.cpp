#include "models/algorithms/membership/failure_detector.hpp"

#include <gtest/gtest.h>

#include <string>

#include "models/algorithms/random_source.hpp"
#include "tests/models/algorithms/membership/detector_fixture.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using membership_test::make;
using sim::Duration;

/// Every detector: a heartbeat never brings the suspicion nearer than the interval just kept, later
/// heartbeats later suspicion; silence is suspected some day.
TEST(FailureDetectors, KeepTheirPromises) {
  for (const std::string& name : sim::TypeCatalogue::instance().names("failure detector")) {
    SCOPED_TRACE(name);
    const auto detector = make(name, 5s);
    EXPECT_FALSE(detector->suspects(5s));
    SplitMixSource chance(3);
    Duration now = 5s;
    for (int beat = 0; beat < 1000; ++beat) {
      now += Duration(static_cast<std::int64_t>(chance.below(2'000'000'000)));
      detector->heartbeat(now);
      EXPECT_FALSE(detector->suspects(now));
      EXPECT_GT(detector->suspected_at(), now);
      EXPECT_LT(detector->suspected_at(), now + 60s);
    }
    EXPECT_FALSE(detector->suspects(detector->suspected_at() - 1ns));
    EXPECT_TRUE(detector->suspects(detector->suspected_at()));
  }
}

}  // namespace
}  // namespace faultline::models
