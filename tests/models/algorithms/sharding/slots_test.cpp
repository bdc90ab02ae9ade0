#include "models/algorithms/sharding/slots.hpp"

#include "tests/models/algorithms/hashing/placement_fixture.hpp"

namespace faultline::models::hashing_test {
namespace {

std::vector<double> slots_by_node(Slots& slots) { return counts_of(slots.table(), slots.size()); }

/// Four nodes of equal weight, 16 slots, by hand: 0 has all; 1 takes the upper half; 2 takes a
/// third of each, 8/3 rounded to 3 and the rest of 5.33 up to 5: the highest of 0 (5, 6, 7) and of
/// 1 (14, 15); 3 takes a quarter of 5, 6, 5, rounded as they add up: 1, 2, 1.
TEST(Slots, JoinersTakeFromAllBeforeThem) {
  Slots slots({.slots = 16}, {equal_nodes(4)});
  EXPECT_EQ(slots.table(),
            (std::vector<std::size_t>{0, 0, 0, 0, 3, 2, 2, 2, 1, 1, 1, 1, 3, 3, 2, 3}));
}

/// Joining takes the due share from the others and moves nothing else, and the shares stay even.
TEST(Slots, OnlyWhatTheJoinerTakesMoves) {
  Slots slots({}, {equal_nodes(1)});
  auto before = slots.table();
  for (std::size_t joiner = 1; joiner < 40; ++joiner) {
    slots.add({"later"});
    const auto after = slots.table();
    for (std::size_t slot = 0; slot < after.size(); ++slot) {
      ASSERT_TRUE(after[slot] == before[slot] || after[slot] == joiner);
    }
    const double due = 16'384.0 / static_cast<double>(joiner + 1);
    for (const double count : slots_by_node(slots)) ASSERT_NEAR(count, due, 4) << joiner;
    before = after;
  }
}

/// Whoever is away hands over its own slots alone, to all others; whatever came and went before.
TEST(Slots, OnlyWhatTheLeaverHadMoves) {
  Slots slots({.slots = 1000}, {equal_nodes(8)});
  for (std::uint64_t step = 0; step < 100; ++step) {
    const std::size_t changed = hash_of_pair(7, step) % 8;
    const auto before = slots.table();
    slots.set_present(changed, !slots.present(changed));
    const auto after = slots.table();
    for (std::size_t slot = 0; slot < 1000; ++slot) {
      ASSERT_TRUE(after[slot] == before[slot] || before[slot] == changed ||
                  after[slot] == changed || before[slot] == KeyPlacement::none ||
                  after[slot] == KeyPlacement::none);
    }
  }
}

TEST(Slots, AKeyLivesWhereItsSlotDoes) {
  Slots slots({.slots = 16}, {nodes_of({1, 3})});
  EXPECT_EQ(slots_by_node(slots), (std::vector<double>{4, 12}));
  for (std::uint64_t key = 0; key < 1000; ++key) {
    ASSERT_EQ(slots.place(key), slots.table()[slots.slot_of(key)]);
  }
  slots.set_present(0, false);
  slots.set_present(1, false);
  EXPECT_EQ(slots.place(1), KeyPlacement::none);
  slots.set_present(0, true);
  EXPECT_EQ(slots.place(1), 0u);
}

}  // namespace
}  // namespace faultline::models::hashing_test
