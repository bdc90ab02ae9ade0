#include "models/algorithms/sharding/hot_keys.hpp"

#include <gtest/gtest.h>

#include <set>

#include "models/algorithms/hashing/ring.hpp"

namespace faultline::models {
namespace {

using Keys = std::vector<std::uint64_t>;

Ring ring_of(std::size_t nodes) {
  KeyPlacement::MakeArgs args;
  for (std::size_t i = 0; i < nodes; ++i) args.nodes.push_back({"n" + std::to_string(i), 1});
  return Ring({}, args);
}

TEST(HotKeys, AKeyIsHotFromItsShareOn) {
  // 100 requests: 10 of key 1, 9 of key 2, the other 81 all different. A tenth is 10.
  HotKeys keys(0.1, 100);
  for (int i = 0; i < 10; ++i) keys.count(1);
  for (int i = 0; i < 9; ++i) keys.count(2);
  for (std::uint64_t i = 0; i < 81; ++i) keys.count(100 + i);
  const HotKeys::Change change = keys.end_window();
  EXPECT_EQ(change.risen, Keys{1});
  EXPECT_TRUE(change.cooled.empty());
  EXPECT_TRUE(keys.is_hot(1));
  EXPECT_FALSE(keys.is_hot(2));
}

TEST(HotKeys, WindowsAreApart) {
  HotKeys keys(0.5, 10);
  keys.count(1);
  keys.end_window();
  keys.count(2);
  const HotKeys::Change change = keys.end_window();
  EXPECT_EQ(change.risen, Keys{2});
  EXPECT_EQ(change.cooled, Keys{1});
  EXPECT_EQ(keys.end_window().cooled, Keys{2});  // A window of nothing.
  EXPECT_TRUE(keys.hot().empty());
}

TEST(HotKeys, AKeyThatMayBeFrequentIsNotHotBeforeItIsCertain) {
  // One counter: after 1, 2, 3 it counts three for key 3, of which it is certain of one alone.
  HotKeys keys(0.5, 1);
  for (std::uint64_t key = 1; key <= 3; ++key) keys.count(key);
  EXPECT_TRUE(keys.end_window().risen.empty());
}

TEST(HotKeys, ForgetsEverything) {
  HotKeys keys(0.5, 10);
  keys.count(1);
  keys.end_window();
  keys.count(7);
  keys.clear();
  EXPECT_FALSE(keys.is_hot(1));
  EXPECT_TRUE(keys.end_window().risen.empty());
}

TEST(CopiesOfAKey, LiveOnNodesOfTheirOwn) {
  Ring ring = ring_of(10);
  for (std::uint64_t key = 0; key < 1000; ++key) {
    const std::vector<std::size_t> copies = copies_of(ring, key, 3);
    std::set<std::size_t> nodes(copies.begin(), copies.end());
    ASSERT_EQ(nodes.size(), 3u);
    ASSERT_FALSE(nodes.contains(ring.place(key)));
  }
}

TEST(CopiesOfAKey, AreNoMoreThanOtherNodesThatTakeKeys) {
  Ring ring = ring_of(4);
  EXPECT_EQ(copies_of(ring, 5, 100).size(), 3u);
  ring.set_present((ring.place(5) + 1) % 4, false);
  EXPECT_EQ(copies_of(ring, 5, 100).size(), 2u);
  Ring alone = ring_of(1);
  EXPECT_TRUE(copies_of(alone, 5, 2).empty());
  EXPECT_TRUE(copies_of(ring, 5, 0).empty());
}

TEST(CopiesOfAKey, SpreadOverAllNodes) {
  // 10,000 keys with one copy each on the other nine of ten: about 1,000 on each node.
  Ring ring = ring_of(10);
  std::vector<int> held(10);
  for (std::uint64_t key = 0; key < 10'000; ++key) ++held[copies_of(ring, key, 1).front()];
  for (const int copies : held) {
    EXPECT_GT(copies, 600);
    EXPECT_LT(copies, 1400);
  }
}

}  // namespace
}  // namespace faultline::models
