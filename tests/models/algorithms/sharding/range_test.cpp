#include "models/algorithms/sharding/range.hpp"

#include "sim/param/json_path.hpp"
#include "tests/models/algorithms/hashing/placement_fixture.hpp"

namespace faultline::models::hashing_test {
namespace {

std::vector<std::size_t> places(Range& range, const std::vector<std::uint64_t>& keys) {
  std::vector<std::size_t> found;
  for (const std::uint64_t key : keys) found.push_back(range.place(key));
  return found;
}

TEST(Range, ASplitBeginsTheNextRange) {
  Range range({.splits = {10, 20}}, {equal_nodes(3)});
  EXPECT_EQ(places(range, {0, 9, 10, 19, 20, ~std::uint64_t{0}}),
            (std::vector<std::size_t>{0, 0, 1, 1, 2, 2}));
}

TEST(Range, RangesAreDealtInTurn) {
  Range range({.splits = {10, 20, 30}}, {equal_nodes(2)});
  EXPECT_EQ(places(range, {5, 15, 25, 35}), (std::vector<std::size_t>{0, 1, 0, 1}));
}

TEST(Range, EvenPiecesInProportionToWeights) {
  // 100 keys, weights 1, 3, 0, 1: 20, 60 and 20 of them.
  Range range({.keys = 100}, {nodes_of({1, 3, 0, 1})});
  const auto counts = counts_of(placements_of(range, keys_up_to(100)), 4);
  EXPECT_EQ(counts, (std::vector<double>{20, 60, 0, 20}));
  EXPECT_EQ(range.place(1'000'000), 3u);
}

/// Without either, all of 64 bits: of four nodes the keys with the leading bits 00, 01, 10, 11.
TEST(Range, CutsAllNumbers) {
  Range range({}, {equal_nodes(4)});
  EXPECT_EQ(places(range, {0, (std::uint64_t{1} << 62) - 1, std::uint64_t{1} << 62,
                           std::uint64_t{1} << 63, ~std::uint64_t{0}}),
            (std::vector<std::size_t>{0, 0, 1, 2, 3}));
}

TEST(Range, NoKeyIsWithoutAShardHoweverFewTheyAre) {
  for (std::int64_t keys = 1; keys < 12; ++keys) {
    Range range({.keys = keys}, {equal_nodes(7)});
    const auto all = range.pieces();
    ASSERT_EQ(all.front().begin, 0u);
    ASSERT_EQ(all.back().last, ~std::uint64_t{0});
    for (std::size_t i = 1; i < all.size(); ++i) ASSERT_EQ(all[i].begin, all[i - 1].last + 1);
  }
}

/// With splits the ranges of the one that leaves go to the next, and no other key moves. With even
/// pieces every cut moves: of ten nodes the first leaves, and of the others' keys more than a third
/// changes hands.
TEST(Range, WhatMovesWhenANodeLeaves) {
  const auto keys = keys_up_to(1000);
  Range cut({.splits = {100, 200, 300, 400, 500, 600, 700, 800, 900}}, {equal_nodes(10)});
  EXPECT_EQ(movement_of_leaving(cut, 3, keys).moved, 100u);
  EXPECT_EQ(movement_of_leaving(cut, 3, keys).needless, 0u);
  Range even({.keys = 1000}, {equal_nodes(10)});
  EXPECT_GT(movement_of_leaving(even, 0, keys).share_needless(), 0.35);
}

TEST(Range, APieceThatIsGivenMovesAlone) {
  Range range({.splits = {100}}, {equal_nodes(3)});
  const auto before = placements_of(range, keys_up_to(200));
  range.give({.begin = 40, .last = 99, .node = 2});
  const auto after = placements_of(range, keys_up_to(200));
  EXPECT_EQ(movement(before, after, 2).moved, 60u);
  EXPECT_EQ(range.piece_of(50).begin, 40u);
  EXPECT_EQ(range.piece_of(50).last, 99u);
  EXPECT_EQ(range.piece_of(39).last, 39u);
  // The one who has it is away: as if it had not been given.
  range.set_present(2, false);
  EXPECT_EQ(placements_of(range, keys_up_to(200)), before);
}

TEST(Range, TheLastPieceCanBeGiven) {
  Range range({.keys = 10}, {equal_nodes(2)});
  range.give({.begin = 8, .last = ~std::uint64_t{0}, .node = 0});
  EXPECT_EQ(places(range, {4, 5, 7, 8, 99}), (std::vector<std::size_t>{0, 1, 1, 0, 0}));
}

/// Random gifts against a plain table of keys.
TEST(Range, GiftsOverGiftsAreWhatATableSays) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    Range range({.keys = 50}, {equal_nodes(4)});
    std::vector<std::size_t> table = placements_of(range, keys_up_to(60));
    for (std::uint64_t gift = 0; gift < 8; ++gift) {
      const std::uint64_t a = hash_of_pair(seed, 3 * gift) % 60;
      const std::uint64_t b = hash_of_pair(seed, 3 * gift + 1) % 60;
      const std::size_t node = hash_of_pair(seed, 3 * gift + 2) % 4;
      range.give({std::min(a, b), std::max(a, b), node});
      for (std::uint64_t key = std::min(a, b); key <= std::max(a, b); ++key) table[key] = node;
    }
    ASSERT_EQ(placements_of(range, keys_up_to(60)), table);
  }
}

TEST(Range, IsCutInOneWay) {
  const auto problems_of = [](const RangeParams& params) {
    sim::Problems problems;
    RangeParams::check(params, sim::Path(), problems);
    return problems.sorted().empty() ? std::string() : problems.sorted().front().message;
  };
  EXPECT_EQ(problems_of({.splits = {1}, .keys = 5}), "give one of `splits` and `keys`, not both");
  EXPECT_EQ(problems_of({.splits = {5, 5}}),
            "expected a key above the one before it, the first above 0");
  EXPECT_EQ(problems_of({.splits = {5, 6}}), "");
}

}  // namespace
}  // namespace faultline::models::hashing_test
