#include "models/algorithms/hashing/maglev.hpp"

#include "tests/models/algorithms/hashing/placement_fixture.hpp"

namespace faultline::models::hashing_test {
namespace {

/// The example of the paper, table 1: B0 prefers 3 0 4 1 5 2 6, B1 0 2 4 6 1 3 5, B2 3 4 5 6 0 1 2.
TEST(Maglev, KnownAnswers) {
  const MaglevPreference b0{.offset = 3, .skip = 4};
  const MaglevPreference b1{.offset = 0, .skip = 2};
  const MaglevPreference b2{.offset = 3, .skip = 1};
  EXPECT_EQ(maglev_table(7, {b0, b1, b2}), (std::vector<std::uint32_t>{1, 0, 1, 0, 2, 2, 0}));
  // Without B1, of which 1 now stands for B2: 0 0 0 0 2 2 2.
  EXPECT_EQ(maglev_table(7, {b0, b2}), (std::vector<std::uint32_t>{0, 0, 0, 0, 1, 1, 1}));
}

/// By turns, so every node has the same number of slots, or one more.
TEST(Maglev, SlotsOfEqualNodesDifferByOneAtMost) {
  std::vector<MaglevPreference> preferences;
  for (std::uint64_t node = 0; node < 30; ++node) {
    preferences.push_back(
        {.offset = hash_of_pair(3, node) % 1009, .skip = hash_of_pair(4, node) % 1008 + 1});
  }
  std::vector<int> slots(30);
  for (const std::uint32_t node : maglev_table(1009, preferences)) ++slots[node];
  for (const int count : slots) {
    EXPECT_GE(count, 33);  // 1009 / 30 = 33.6
    EXPECT_LE(count, 34);
  }
}

/// Weights 1, 2 and 4: one turn in four, one in two, every one. So 1/7, 2/7 and 4/7 of 7001 slots,
/// to a few.
TEST(Maglev, WeightsAreTurns) {
  const std::vector<MaglevPreference> preferences = {{.offset = 5, .skip = 17, .weight = 1},
                                                     {.offset = 6, .skip = 18, .weight = 2},
                                                     {.offset = 7, .skip = 19, .weight = 4}};
  std::vector<int> slots(3);
  for (const std::uint32_t node : maglev_table(7001, preferences)) ++slots[node];
  EXPECT_NEAR(slots[0], 1000, 3);
  EXPECT_NEAR(slots[1], 2000, 3);
  EXPECT_NEAR(slots[2], 4000, 3);
}

/// 100 nodes of 65537 slots: the paper (section 5.3, figure 12) finds that when few nodes leave, a
/// few per cent more than theirs move.
TEST(Maglev, FewKeysMoveThatNeedNot) {
  const auto keys = keys_up_to(50'000);
  Maglev maglev({}, {equal_nodes(100)});
  const Movement moved = movement_of_leaving(maglev, 40, keys);
  EXPECT_NEAR(moved.share_moved() - moved.share_needless(), 0.01, 0.003);
  EXPECT_LT(moved.share_needless(), 0.03);
}

TEST(Maglev, SaysThatTheTableMustBeAPrime) {
  sim::Problems problems;
  MaglevParams::check({.table_size = 65536}, sim::Path() / "policy", problems);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems.sorted()[0].to_text(),
            "policy.table_size: must be a prime, such as 251, 5003, 65537 or 655373");
  sim::Problems none;
  MaglevParams::check({.table_size = 2}, sim::Path(), none);
  EXPECT_EQ(none.size(), 0u);
}

}  // namespace
}  // namespace faultline::models::hashing_test
