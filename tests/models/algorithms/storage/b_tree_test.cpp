#include "models/algorithms/storage/b_tree.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <memory>
#include <set>

namespace faultline::models {
namespace {

sim::Choice<EvictionPolicy> lru() { return sim::Choice<EvictionPolicy>("lru"); }

/// A B+-tree with all its keys, in the plainest way: what the model of the pages is measured by.
class RealTree {
 public:
  RealTree(std::size_t leaf_capacity, std::size_t inner_capacity)
      : leaf_capacity_(leaf_capacity), inner_capacity_(inner_capacity) {}

  void insert(std::uint64_t key) {
    ++keys_;
    if (auto added = insert_at(*root_, key)) {
      auto above = std::make_unique<Node>();
      above->leaf = false;
      above->keys = {added->keys.front()};
      above->children.push_back(std::move(root_));
      above->children.push_back(std::move(added));
      root_ = std::move(above);
      ++height_;
    }
  }
  std::size_t height() const { return height_; }
  std::size_t leaves() const { return leaves_; }
  double leaf_fill() const {
    return static_cast<double>(keys_) / static_cast<double>(leaves_ * leaf_capacity_);
  }

 private:
  struct Node {
    bool leaf = true;
    std::vector<std::uint64_t>
        keys;  ///< Of an inner page: the least key of each child but the first.
    std::vector<std::unique_ptr<Node>> children;
  };

  /// The new page on the right, if `node` was split.
  std::unique_ptr<Node> insert_at(Node& node, std::uint64_t key) {
    const auto at = std::upper_bound(node.keys.begin(), node.keys.end(), key);
    if (node.leaf) {
      node.keys.insert(at, key);
      if (node.keys.size() <= leaf_capacity_) return nullptr;
      ++leaves_;
      return halve(node);
    }
    const auto index = at - node.keys.begin();
    auto added = insert_at(*node.children[static_cast<std::size_t>(index)], key);
    if (!added) return nullptr;
    node.keys.insert(node.keys.begin() + index, least(*added));
    node.children.insert(node.children.begin() + index + 1, std::move(added));
    if (node.children.size() <= inner_capacity_) return nullptr;
    return halve(node);
  }
  std::unique_ptr<Node> halve(Node& node) {
    auto right = std::make_unique<Node>();
    right->leaf = node.leaf;
    const auto half = static_cast<std::ptrdiff_t>((node.keys.size() + 1) / 2);
    right->keys.assign(node.keys.begin() + half, node.keys.end());
    node.keys.erase(node.keys.begin() + half, node.keys.end());
    if (!node.leaf) {
      for (std::size_t i = static_cast<std::size_t>(half); i < node.children.size(); ++i)
        right->children.push_back(std::move(node.children[i]));
      node.children.resize(static_cast<std::size_t>(half));
      node.keys.resize(static_cast<std::size_t>(half) - 1);
    }
    return right;
  }
  static std::uint64_t least(const Node& node) {
    return node.leaf ? node.keys.front() : least(*node.children.front());
  }

  std::size_t leaf_capacity_;
  std::size_t inner_capacity_;
  std::unique_ptr<Node> root_ = std::make_unique<Node>();
  std::size_t height_ = 1;
  std::size_t leaves_ = 1;
  std::size_t keys_ = 0;
};

/// 16 records a leaf, 24 children a page.
BTreeShape small_pages(std::uint64_t keys) {
  return {.keys = keys, .record_bytes = 36, .page_bytes = 576, .fill = std::log(2.0)};
}

/// Random inserts leave pages ln 2 = 69 % full (Yao 1978), and the model, which assumes that,
/// splits as often as a real tree does and is as high.
TEST(BTree, SplitsAsOftenAndIsAsHighAsARealTree) {
  SplitMixSource random(5);
  BTreePages model(small_pages(1));
  RealTree real(model.leaf_capacity(), model.inner_capacity());
  ASSERT_EQ(model.leaf_capacity(), 16u);
  ASSERT_EQ(model.inner_capacity(), 24u);
  real.insert(random.next());
  std::size_t splits = 0;
  std::size_t checked = 0;
  for (std::uint64_t key = 1; key < 60'000; ++key) {
    real.insert(random.next());
    splits += model.insert(key).size();
    if (key % 5000 != 0) continue;
    ++checked;
    EXPECT_NEAR(real.leaf_fill(), std::log(2.0), 0.02);
    EXPECT_NEAR(static_cast<double>(model.pages(0)), static_cast<double>(real.leaves()),
                0.03 * static_cast<double>(real.leaves()));
    EXPECT_EQ(model.height(), real.height()) << key;
  }
  EXPECT_EQ(checked, 11u);
  // Every split added a page, and every root that split another one.
  EXPECT_EQ(splits + 1 + (model.height() - 1), model.pages());
}

/// 1 KiB in 16 KiB pages: 16 records a leaf, 11.04 on average; 682 children, 470.58 on average. A
/// million keys take 90,580 leaves and 193 pages above them; a thousand million one level more.
TEST(BTree, HeightFollowsFromTheFanOut) {
  const BTreePages million({.keys = 1'000'000});
  EXPECT_EQ(million.pages(0), 90'580u);
  EXPECT_EQ(million.pages(1), 193u);
  EXPECT_EQ(million.height(), 3u);
  const BTreePages billion({.keys = 1'000'000'000});
  EXPECT_EQ(billion.pages(0), 90'579'711u);
  EXPECT_EQ(billion.height(), 4u);
  EXPECT_EQ(BTreePages({.keys = 16}).height(), 1u);
  EXPECT_EQ(BTreePages({.keys = 17}).height(), 2u);
  EXPECT_EQ(BTreePages({.keys = 0}).height(), 1u);
}

/// Whatever was inserted: keys that share a page share the page above it, and a split page stays
/// under the parent it is said to have.
TEST(BTree, AllKeysOfAPageHaveTheSamePathAboveIt) {
  for (const KeyOrder order : {KeyOrder::scattered, KeyOrder::in_order}) {
    BTreeShape shape = small_pages(3000);
    shape.order = order;
    BTreePages pages(shape);
    for (std::uint64_t key = 3000; key < 9000; ++key) {
      for (const BTreePages::Split& split : pages.insert(key)) {
        EXPECT_NE(split.old_page, split.new_page);
        EXPECT_EQ(split.old_page >> 56, split.new_page >> 56);
        EXPECT_EQ(split.parent >> 56, (split.new_page >> 56) + 1);
      }
      if (key % 997 != 0) continue;
      std::map<BTreePages::Page, BTreePages::Page> parents;
      for (std::uint64_t each = 0; each <= key; ++each) {
        for (std::size_t level = 0; level + 1 < pages.height(); ++level) {
          const auto [at, is_new] =
              parents.emplace(pages.page_of(each, level), pages.page_of(each, level + 1));
          if (order == KeyOrder::scattered) {
            ASSERT_EQ(at->second, pages.page_of(each, level + 1));
          }
        }
      }
      std::set<BTreePages::Page> leaves;
      for (std::uint64_t each = 0; each <= key; ++each) leaves.insert(pages.page_of(each, 0));
      EXPECT_GE(leaves.size(), pages.pages(0) * 95 / 100);
      EXPECT_LE(leaves.size(), pages.pages(0));
    }
  }
}

TEST(BTree, NeighboursShareALeafOnlyInOrder) {
  BTreeShape shape = small_pages(1000);
  shape.order = KeyOrder::in_order;
  const BTreePages in_order(shape);
  EXPECT_EQ(in_order.page_of(0, 0), in_order.page_of(10, 0));
  shape.order = KeyOrder::scattered;
  const BTreePages scattered(shape);
  std::set<BTreePages::Page> leaves;
  for (std::uint64_t key = 0; key < 10; ++key) leaves.insert(scattered.page_of(key, 0));
  EXPECT_GT(leaves.size(), 7u);
}

/// The share of accesses to leaves that miss in an LRU cache with room for half of all pages, when
/// keys are asked for alike. Source: Che, Tung, Wang, "Hierarchical Web Caching Systems", 2002: an
/// entry stays for a time t after its last use, the same for all.
double misses_by_theory(const BTreePages& pages, std::uint64_t keys, double room) {
  std::map<BTreePages::Page, double> rates;
  for (std::uint64_t key = 0; key < keys; ++key) {
    for (std::size_t level = 0; level < pages.height(); ++level) {
      rates[pages.page_of(key, level)] += 1.0 / static_cast<double>(keys);
    }
  }
  double low = 0;
  double high = 1e9;
  for (int i = 0; i < 100; ++i) {
    const double t = (low + high) / 2;
    double held = 0;
    for (const auto& [page, rate] : rates) held += 1 - std::exp(-rate * t);
    (held < room ? low : high) = t;
  }
  double misses = 0;
  for (const auto& [page, rate] : rates) misses += rate * std::exp(-rate * low);
  return misses;
}

/// Half of the pages are in memory. A read of any key finds the pages above the leaves there, and
/// the leaf in about half of all cases; leaves with more keys stay longer.
TEST(BTree, ReadsWhatAnLruCacheMisses) {
  SplitMixSource random(1);
  const BTreeShape shape = small_pages(50'000);
  const BTreePages pages(shape);
  const std::uint64_t room = pages.pages() / 2;
  const double expected = misses_by_theory(pages, 50'000, static_cast<double>(room));
  EXPECT_GT(expected, 0.45);
  EXPECT_LT(expected, 0.55);
  BTree tree(shape, lru(), static_cast<std::int64_t>(room), random);
  for (int i = 0; i < 20'000; ++i) tree.read(random.below(50'000));
  const std::uint64_t before = tree.counts().pages_read;
  for (int i = 0; i < 50'000; ++i) tree.read(random.below(50'000));
  EXPECT_NEAR(static_cast<double>(tree.counts().pages_read - before) / 50'000, expected, 0.01);
  EXPECT_EQ(tree.counts().pages_written, 0u);
}

/// Without checkpoints every dirty leaf is written when its place is needed: as many pages are
/// written as are read, so the write amplification is page / record times the share of misses.
TEST(BTree, RandomWritesWriteAPageForEachMiss) {
  SplitMixSource random(2);
  const BTreeShape shape = small_pages(50'000);
  const BTreePages pages(shape);
  const std::uint64_t room = pages.pages() / 2;
  const double expected = misses_by_theory(pages, 50'000, static_cast<double>(room));
  BTree tree(shape, lru(), static_cast<std::int64_t>(room), random);
  for (int i = 0; i < 50'000; ++i) tree.write(random.below(50'000));
  const BTree::Counts before = tree.counts();
  for (int i = 0; i < 50'000; ++i) tree.write(random.below(50'000));
  const auto reads = static_cast<double>(tree.counts().pages_read - before.pages_read);
  const auto writes = static_cast<double>(tree.counts().pages_written - before.pages_written);
  EXPECT_NEAR(reads / 50'000, expected, 0.01);
  EXPECT_NEAR(writes / reads, 1, 0.03);
  EXPECT_EQ(tree.counts().inserts, 0u);
}

/// A thousand writes of one record between two checkpoints are one page on disk, or two when pages
/// are written twice.
TEST(BTree, ACheckpointWritesAPageOnceHoweverOftenItWasChanged) {
  for (const TornPages torn : {TornPages::none, TornPages::double_write}) {
    SplitMixSource random(1);
    BTreeShape shape = small_pages(1000);
    shape.torn_pages = torn;
    BTree tree(shape, lru(), 1000, random);
    for (int i = 0; i < 1000; ++i) tree.write(7);
    EXPECT_EQ(tree.counts().pages_written, 0u);
    tree.begin_checkpoint();
    EXPECT_EQ(tree.checkpoint_pages(), 1);
    EXPECT_TRUE(tree.write_checkpoint_page());
    EXPECT_FALSE(tree.write_checkpoint_page());
    tree.end_checkpoint();
    EXPECT_EQ(tree.counts().pages_written, torn == TornPages::double_write ? 2u : 1u);
  }
}

TEST(BTree, TheFirstChangeAfterACheckpointLogsTheWholePage) {
  SplitMixSource random(1);
  BTreeShape shape = small_pages(1000);
  shape.torn_pages = TornPages::full_page_log;
  BTree tree(shape, lru(), 1000, random);
  EXPECT_EQ(tree.write(7).log_bytes, 576);
  EXPECT_EQ(tree.write(7).log_bytes, 0);
  tree.begin_checkpoint();
  EXPECT_EQ(tree.write(7).log_bytes, 576);
  tree.end_checkpoint();
  EXPECT_EQ(tree.write(7).log_bytes, 0);
  EXPECT_EQ(tree.counts().logged_pages, 2u);
}

/// Ten pages are changed, a checkpoint is made, three more are changed: a crash now needs three. A
/// checkpoint that begins and does not end is none, so all that was changed before it counts.
TEST(BTree, RecoveryBringsBackThePagesChangedSinceTheLastCheckpointThatEnded) {
  SplitMixSource random(1);
  BTreeShape shape = small_pages(1000);
  shape.order = KeyOrder::in_order;
  BTree tree(shape, lru(), 1000, random);
  const auto change_leaves = [&tree](int from, int to) {
    for (int leaf = from; leaf < to; ++leaf) tree.write(static_cast<std::uint64_t>(leaf * 12));
  };
  change_leaves(0, 10);
  tree.begin_checkpoint();
  while (tree.write_checkpoint_page()) {
  }
  tree.end_checkpoint();
  change_leaves(9, 12);
  EXPECT_EQ(tree.pages_to_recover(), 3);
  tree.begin_checkpoint();
  change_leaves(11, 14);
  EXPECT_EQ(tree.pages_to_recover(), 5);
  tree.crash();
  EXPECT_EQ(tree.cache().held(), 0);
  const BTree::Io io = tree.recover();
  EXPECT_EQ(io.reads, 5);
  // They are in memory and not on disk: a second crash needs them again, a checkpoint writes them.
  EXPECT_EQ(tree.cache().dirty(), 5);
  EXPECT_EQ(tree.pages_to_recover(), 5);
  tree.begin_checkpoint();
  EXPECT_EQ(tree.checkpoint_pages(), 5);
  tree.end_checkpoint();
  EXPECT_EQ(tree.pages_to_recover(), 0);
}

TEST(BTree, PagesThatAreInTheLogAsAWholeAreNotReadInARecovery) {
  SplitMixSource random(1);
  BTreeShape shape = small_pages(1000);
  shape.torn_pages = TornPages::full_page_log;
  BTree tree(shape, lru(), 1000, random);
  for (std::uint64_t key = 0; key < 100; ++key) tree.write(key);
  tree.crash();
  EXPECT_EQ(tree.recover().reads, 0);
  EXPECT_GT(tree.cache().dirty(), 50);
}

/// A read of a key that is not there goes down to the page where it would be, and no further.
TEST(BTree, AnInsertIsAnInsertOnce) {
  SplitMixSource random(1);
  BTree tree(small_pages(1000), lru(), 1000, random);
  EXPECT_FALSE(tree.pages().holds(5000));
  tree.write(5000);
  tree.write(5000);
  EXPECT_TRUE(tree.pages().holds(5000));
  EXPECT_EQ(tree.counts().inserts, 1u);
  EXPECT_EQ(tree.pages().keys(), 1001u);
}

/// Pages ln 2 full take 1 / ln 2 = 1.44 bytes a byte, and the inner pages a sixteenth of that.
TEST(BTree, SpaceAmplificationIsTheInverseOfTheFill) {
  SplitMixSource random(1);
  const BTree tree(small_pages(1'000'000), lru(), 10, random);
  EXPECT_NEAR(tree.space_amplification(), 1.4427 * (1 + 1 / 16.6 + 1 / 16.6 / 16.6), 0.01);
}

}  // namespace
}  // namespace faultline::models
