#include "models/algorithms/sharding/geographic.hpp"

#include "tests/models/algorithms/hashing/placement_fixture.hpp"

namespace faultline::models::hashing_test {
namespace {

std::vector<PlacementNode> in_regions(const std::vector<std::string>& regions) {
  std::vector<PlacementNode> nodes;
  for (const std::string& region : regions) {
    nodes.push_back({"node" + std::to_string(nodes.size()), 1, region});
  }
  return nodes;
}

TEST(Geographic, KeysLiveInTheirHomesInTheSharesGiven) {
  constexpr std::size_t sample = 50'000;
  Geographic placement({.homes = {{"eu", 3}, {"us", 1}}}, {in_regions({"eu", "us", "eu", "us"})});
  const auto places = placements_of(placement, keys_up_to(sample));
  const auto counts = counts_of(places, 4);
  EXPECT_NEAR(counts[0] + counts[2], sample * 0.75, five_sigma(sample, 0.75));
  for (std::uint64_t key = 0; key < 1000; ++key) {
    ASSERT_EQ(placement.region(places[key]), placement.home_of(key));
    // Whoever asks.
    ASSERT_EQ(placement.place_from("us", key), places[key]);
  }
}

TEST(Geographic, WithoutSharesRegionsAreEqual) {
  constexpr std::size_t sample = 50'000;
  Geographic placement({}, {in_regions({"eu", "us", "us", "us"})});
  const auto counts = counts_of(placements_of(placement, keys_up_to(sample)), 4);
  EXPECT_NEAR(counts[0], sample * 0.5, five_sigma(sample, 0.5));
}

TEST(Geographic, ByClientKeysLiveWhereTheyAreAskedFrom) {
  Geographic placement({.by = "client"}, {in_regions({"eu", "us", "asia"})});
  for (std::uint64_t key = 0; key < 100; ++key) {
    ASSERT_EQ(placement.place_from("eu", key), 0u);
    ASSERT_EQ(placement.place_from("us", key), 1u);
    ASSERT_EQ(placement.place_from("asia", key), 2u);
  }
}

/// A region without a shard that takes keys: the next one by name stands in, after the last the
/// first.
TEST(Geographic, TheNextRegionStandsIn) {
  Geographic placement({.homes = {{"mars", 1}}}, {in_regions({"asia", "us", "us"})});
  EXPECT_EQ(placement.region(placement.place(5)), "us");
  placement.set_present(1, false);
  placement.set_present(2, false);
  EXPECT_EQ(placement.place(5), 0u);
  placement.set_weight(0, 0);
  EXPECT_EQ(placement.place(5), KeyPlacement::none);
  placement.set_present(2, true);
  EXPECT_EQ(placement.place(5), 2u);
}

/// Of a region with a ring only the leaver's keys move, and they stay in the region.
TEST(Geographic, KeysOfALeaverStayInItsRegion) {
  const auto keys = keys_up_to(20'000);
  Geographic placement({}, {in_regions({"eu", "us", "eu", "us", "eu"})});
  const auto before = placements_of(placement, keys);
  placement.set_present(2, false);
  const auto after = placements_of(placement, keys);
  EXPECT_EQ(movement(before, after, 2).needless, 0u);
  for (std::size_t key = 0; key < keys.size(); ++key) {
    ASSERT_EQ(placement.region(before[key]), placement.region(after[key]));
  }
}

}  // namespace
}  // namespace faultline::models::hashing_test
