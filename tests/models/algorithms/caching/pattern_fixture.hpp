/// A pattern by its name, for the tests of patterns.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "models/algorithms/caching/cache_pattern.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::tests {

inline std::unique_ptr<models::CachePattern> pattern(const std::string& text) {
  return sim::Choice<models::CachePattern>(text).make({});
}

/// Of a pattern that serves an entry to the end of its time and not a nanosecond longer.
inline void expect_serves_to_the_end(const models::CachePattern& pattern) {
  using Found = models::CachePattern::Found;
  const sim::Duration ttl = std::chrono::seconds(10);
  EXPECT_EQ(pattern.judge(ttl, ttl), Found::serve);
  EXPECT_EQ(pattern.judge(sim::Duration(1), ttl), Found::serve);
  EXPECT_EQ(pattern.judge(sim::Duration(0), ttl), Found::load);
  EXPECT_EQ(pattern.judge(sim::Duration(-1), ttl), Found::load);
  EXPECT_EQ(pattern.kept_longer(), sim::Duration(0));
}

}  // namespace faultline::tests
