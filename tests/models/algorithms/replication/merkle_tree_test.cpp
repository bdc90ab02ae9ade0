#include "models/algorithms/replication/merkle_tree.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

/// What the exchange between two trees finds: leaves, and how many hashes were sent for that.
struct Found {
  std::set<std::uint32_t> leaves;
  std::size_t hashes = 1;
};

Found compare(MerkleTree& one, MerkleTree& other) {
  Found found;
  std::vector<MerkleTree::Node> asked = {{0, one.hash(0, 0)}};
  MerkleTree* sender = &one;
  MerkleTree* receiver = &other;
  for (int level = 0;; ++level) {
    const auto differing = receiver->differing(level, asked);
    if (differing.empty()) return found;
    if (level == one.depth()) {
      found.leaves.insert(differing.begin(), differing.end());
      return found;
    }
    asked = receiver->children(level, differing);
    found.hashes += asked.size();
    std::swap(sender, receiver);
  }
}

TEST(MerkleTree, EqualContentsHaveEqualRootsInWhateverOrderTheyCame) {
  MerkleTree one(6);
  MerkleTree other(6);
  for (std::uint64_t key = 0; key < 500; ++key) one.toggle(key, key * 7);
  other.toggle(3, 99);  // An old version of key 3, replaced later.
  for (std::uint64_t key = 500; key-- > 0;) {
    if (key == 3) other.toggle(3, 99);
    other.toggle(key, key * 7);
  }
  EXPECT_EQ(one.hash(0, 0), other.hash(0, 0));
  EXPECT_EQ(compare(one, other).hashes, 1u);
}

TEST(MerkleTree, OneKeyCostsTwoHashesALevel) {
  MerkleTree one(10);
  MerkleTree other(10);
  for (std::uint64_t key = 0; key < 5000; ++key) {
    one.toggle(key, 1);
    other.toggle(key, key == 1234 ? 2 : 1);
  }
  const Found found = compare(one, other);
  EXPECT_EQ(found.leaves, std::set<std::uint32_t>{one.leaf_of(1234)});
  EXPECT_EQ(found.hashes, 1u + 2u * 10u);
}

TEST(MerkleTree, FindsExactlyTheLeavesOfTheKeysThatDiffer) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SplitMixSource chance(seed);
    const int depth = static_cast<int>(chance.below(9));
    MerkleTree one(depth);
    MerkleTree other(depth);
    std::map<std::uint64_t, std::uint64_t> in_one;
    std::map<std::uint64_t, std::uint64_t> in_other;
    const auto put = [&](MerkleTree& tree, auto& content, std::uint64_t key, std::uint64_t digest) {
      if (content.contains(key)) tree.toggle(key, content[key]);
      content[key] = digest;
      tree.toggle(key, digest);
    };
    for (int round = 0; round < 5; ++round) {
      for (int step = 0; step < 60; ++step) {
        const std::uint64_t key = chance.below(300);
        const std::uint64_t digest = chance.next();
        const std::uint64_t where = chance.below(8);
        if (where != 0) put(one, in_one, key, digest);
        if (where != 1) put(other, in_other, key, digest);
      }
      std::set<std::uint32_t> expected;
      for (std::uint64_t key = 0; key < 300; ++key) {
        const auto mine = in_one.find(key);
        const auto theirs = in_other.find(key);
        const bool here = mine != in_one.end();
        const bool there = theirs != in_other.end();
        if (here != there || (here && mine->second != theirs->second)) {
          expected.insert(one.leaf_of(key));
        }
      }
      // Asked again and again, as inner nodes are only worked out anew where something changed.
      ASSERT_EQ(compare(one, other).leaves, expected);
      ASSERT_EQ(compare(other, one).leaves, expected);
    }
  }
}

}  // namespace
}  // namespace faultline::models
