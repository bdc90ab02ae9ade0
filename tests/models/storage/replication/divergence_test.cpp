#include "models/storage/replication/divergence.hpp"

#include <gtest/gtest.h>

#include <map>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using sim::Time;

/// Member 0 writes at 1 s, member 1 has it at 3 s, member 2 at 4 s: apart for 3 s.
TEST(Divergence, LastsFromTheFirstChangeToTheLast) {
  Divergence divergence(3);
  divergence.changed(7, 0, 0, 100, Time(1s));
  EXPECT_EQ(divergence.keys(), 1u);
  divergence.changed(7, 1, 0, 100, Time(3s));
  EXPECT_EQ(divergence.oldest(Time(3s)), 2s);
  divergence.changed(7, 2, 0, 100, Time(4s));
  EXPECT_EQ(divergence.keys(), 0u);
  EXPECT_EQ(divergence.oldest(Time(9s)), 0s);
  EXPECT_EQ(divergence.convergence().count(), 1u);
  EXPECT_EQ(divergence.convergence().max(), 3'000'000'000);
  EXPECT_DOUBLE_EQ(divergence.gauge().mean(Time(6s)), 0.5);
}

TEST(Divergence, AChangeThatChangesNothingIsNone) {
  Divergence divergence(2);
  divergence.changed(7, 0, 100, 100, Time(1s));
  EXPECT_EQ(divergence.keys(), 0u);
  Divergence alone(1);
  alone.changed(7, 0, 0, 100, Time(1s));
  EXPECT_EQ(alone.keys(), 0u);
}

/// Against what every member holds, kept in full.
TEST(Divergence, KnowsTheKeysThatDiffer) {
  SplitMixSource chance(1);
  Divergence divergence(3);
  std::map<std::uint64_t, std::uint64_t> held[3];
  std::map<std::uint64_t, Time> since;
  for (int step = 1; step < 5000; ++step) {
    const Time now{std::chrono::milliseconds(step)};
    const auto member = chance.below(3);
    const auto key = chance.below(20);
    const auto state = chance.below(3);
    divergence.changed(key, member, held[member][key], state, now);
    held[member][key] = state;
    const bool equal = held[0][key] == held[1][key] && held[1][key] == held[2][key];
    if (equal) since.erase(key);
    if (!equal) since.emplace(key, now);
    ASSERT_EQ(divergence.keys(), since.size());
    Time oldest = now;
    for (const auto& entry : since) oldest = std::min(oldest, entry.second);
    ASSERT_EQ(divergence.oldest(now), now - oldest);
  }
}

}  // namespace
}  // namespace faultline::models
