#include "models/algorithms/sharding/shard_map.hpp"

#include "tests/models/algorithms/hashing/placement_fixture.hpp"

namespace faultline::models::hashing_test {
namespace {

/// Slot by slot from three shards to four, for every placement: a key lives where the old version
/// says until its slot has moved, and then where the new one says.
TEST(ShardMap, MovesSlotBySlot) {
  for (const std::string scheme : {"ring", "modulo", "jump", "slots", "range(keys=1000)"}) {
    SCOPED_TRACE(scheme);
    auto before = make_placement(scheme, equal_nodes(4));
    before->set_present(3, false);
    auto after = make_placement(scheme, equal_nodes(4));
    const auto old_places = placements_of(*before, keys_up_to(1000));
    const auto new_places = placements_of(*after, keys_up_to(1000));
    ShardMap map(std::move(before), 16);
    EXPECT_FALSE(map.moving());
    map.begin(std::move(after));
    for (std::size_t step = 0; step < 16; ++step) {
      ASSERT_TRUE(map.moving());
      ASSERT_EQ(map.next_slot(), step);
      for (std::uint64_t key = 0; key < 1000; ++key) {
        const bool has_moved = map.slot_of(key) < step;
        ASSERT_EQ(map.shard_of(key), has_moved ? new_places[key] : old_places[key]);
        const ShardMap::Move move = map.move_of(key);
        ASSERT_EQ(move.is_one(), old_places[key] != new_places[key]);
      }
      map.moved();
    }
    EXPECT_FALSE(map.moving());
    EXPECT_EQ(map.latest(), 1u);
  }
}

/// Slots are even shares of any set of keys, also of those that one shard or one range holds.
TEST(ShardMap, SlotsAreEvenShares) {
  ShardMap map(make_placement("ring", equal_nodes(4)), 8);
  std::vector<double> counts(8);
  double keys = 0;
  for (std::uint64_t key = 0; key < 40'000; ++key) {
    if (map.shard_of(key) != 2) continue;
    ++counts[map.slot_of(key)];
    ++keys;
  }
  for (const double count : counts) {
    EXPECT_NEAR(count, keys / 8, five_sigma(static_cast<std::size_t>(keys), 1.0 / 8));
  }
}

TEST(ShardMap, OneMoveAtATime) {
  ShardMap map(make_placement("ring", equal_nodes(2)), 2);
  EXPECT_DEATH(map.moved(), "moving");
  map.begin(make_placement("ring", equal_nodes(3)));
  EXPECT_DEATH(map.begin(make_placement("ring", equal_nodes(3))), "moving");
  map.moved();
  map.moved();
  map.begin(make_placement("ring", equal_nodes(4)));
  EXPECT_EQ(map.version_of(0), 1u);
  map.moved();
  EXPECT_EQ(map.version_of(0), 2u);
  EXPECT_EQ(map.version_of(1), 1u);
}

}  // namespace
}  // namespace faultline::models::hashing_test
