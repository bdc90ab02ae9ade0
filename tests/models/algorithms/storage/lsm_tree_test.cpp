#include "models/algorithms/storage/lsm_tree.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace faultline::models {
namespace {

sim::Choice<EvictionPolicy> lru() { return sim::Choice<EvictionPolicy>("lru"); }

/// Records of 100 bytes, memtables of `memtable` of them, files and blocks of a few.
LsmShape small(std::uint64_t keys, std::int64_t memtable = 100) {
  return {.keys = keys,
          .record_bytes = 100,
          .memtable_bytes = memtable * 100,
          .size_ratio = 4,
          .file_bytes = 5000,
          .block_bytes = 400};
}

/// All work in the background that there is, at once.
void settle(LsmTree& tree) {
  for (;;) {
    if (const auto flush = tree.start_flush()) {
      tree.finish(*flush);
      continue;
    }
    const auto compaction = tree.start_compaction();
    if (!compaction) return;
    tree.finish(*compaction);
  }
}

void write(LsmTree& tree, std::uint64_t key) {
  if (tree.write(key)) settle(tree);
}

/// Bytes written to disk for each byte of the records written since `before`.
double write_amplification(const LsmTree& tree, const LsmTree::Counts& before) {
  const LsmTree::Counts& now = tree.counts();
  return static_cast<double>(now.bytes_flushed - before.bytes_flushed +
                             now.compaction_bytes_written - before.compaction_bytes_written) /
         (static_cast<double>(now.writes - before.writes) *
          static_cast<double>(tree.shape().record_bytes));
}

/// e^(-bits (ln 2)^2): with 10 bits 0.82 %, with 5 bits 9.05 %, with 16 bits 0.046 %.
TEST(LsmTree, BloomFiltersLetThroughWhatTheyShould) {
  EXPECT_NEAR(bloom_false_positives(10), 0.00819, 0.00001);
  EXPECT_NEAR(bloom_false_positives(5), 0.0905, 0.0001);
  EXPECT_NEAR(bloom_false_positives(16), 0.000459, 0.000001);
  EXPECT_EQ(bloom_false_positives(0), 1);
}

/// Whatever is written, merged and moved, in whatever order: a key is found exactly if it was
/// loaded or written, also in the middle of a compaction.
TEST(LsmTree, FindsWhatWasWrittenAndNothingElse) {
  for (const Compaction compaction : {Compaction::leveled, Compaction::tiered}) {
    for (const KeyOrder order : {KeyOrder::scattered, KeyOrder::in_order}) {
      for (const bool settled : {false, true}) {
        LsmShape shape = small(3000, 50);
        shape.compaction = compaction;
        shape.order = order;
        shape.settled = settled;
        SplitMixSource random(9);
        LsmTree tree(shape, lru(), 50, random);
        std::set<std::uint64_t> written;
        std::vector<LsmTree::Job> jobs;
        for (int step = 0; step < 10'000; ++step) {
          const std::uint64_t key = random.below(6000);
          if (tree.gate() == LsmTree::Gate::stopped || random.below(3) == 0) {
            if (random.below(2) == 0) {
              if (auto job = tree.start_flush()) jobs.push_back(*job);
              if (auto job = tree.start_compaction()) jobs.push_back(*job);
            }
            if (!jobs.empty()) {
              const auto one = static_cast<std::ptrdiff_t>(random.below(jobs.size()));
              tree.finish(jobs[static_cast<std::size_t>(one)]);
              jobs.erase(jobs.begin() + one);
            }
          } else if (random.below(2) == 0) {
            tree.write(key);
            written.insert(key);
          }
          const std::uint64_t asked = random.below(7000);
          ASSERT_EQ(tree.read(asked).found, asked < 3000 || written.count(asked) > 0)
              << asked << " in step " << step;
        }
        EXPECT_GT(tree.counts().compactions, 10u);
        // In the end each key is on disk at least once, and at most once in each run.
        for (const LsmTree::Job& job : jobs) tree.finish(job);
        tree.rotate();
        settle(tree);
        std::set<std::uint64_t> alive = written;
        for (std::uint64_t key = 0; key < 3000; ++key) alive.insert(key);
        EXPECT_GE(tree.bytes(), static_cast<std::int64_t>(alive.size()) * 100);
        EXPECT_LE(tree.bytes(), static_cast<std::int64_t>(alive.size() * tree.runs()) * 100);
        EXPECT_NEAR(tree.space_amplification(),
                    static_cast<double>(tree.bytes()) / (static_cast<double>(alive.size()) * 100),
                    1e-9);
      }
    }
  }
}

/// A flush writes a record once and each level it goes through writes it once more (Monkey, table
/// 1: tiering writes a record L times). Nothing but new keys, 4^3 memtables, ratio 4: flush and
/// three merges.
TEST(LsmTree, TieringWritesARecordOnceALevel) {
  LsmShape shape = small(0);
  shape.compaction = Compaction::tiered;
  SplitMixSource random(1);
  LsmTree tree(shape, lru(), 10, random);
  for (std::uint64_t key = 0; key < 64 * 100; ++key) write(tree, key);
  EXPECT_EQ(write_amplification(tree, {}), 4);
  EXPECT_EQ(tree.runs(), 1u);
  EXPECT_EQ(tree.runs(3), 1u);
  EXPECT_EQ(tree.bytes(3), 64 * 100 * 100);
}

/// Runs of a tiered tree are the digits of the number of flushes to the base of the ratio.
TEST(LsmTree, TieredRunsCountFlushesToTheBaseOfTheRatio) {
  LsmShape shape = small(0);
  shape.compaction = Compaction::tiered;
  SplitMixSource random(1);
  LsmTree tree(shape, lru(), 10, random);
  for (std::uint64_t key = 0; key < (2 * 16 + 3 * 4 + 1) * 100; ++key) write(tree, key);
  EXPECT_EQ(tree.runs(0), 1u);
  EXPECT_EQ(tree.runs(1), 3u);
  EXPECT_EQ(tree.runs(2), 2u);
}

/// The same keys over and over: a merge of runs that hold the same keys is no larger than one of
/// them, so the last level does not grow and no level is begun below it.
TEST(LsmTree, TieringMergesARunOfTheSameKeysIntoOneOfTheirSize) {
  LsmShape shape = small(3000);
  shape.compaction = Compaction::tiered;
  shape.settled = false;
  SplitMixSource random(1);
  LsmTree tree(shape, lru(), 10, random);
  const std::size_t levels = tree.levels();
  for (int i = 0; i < 60'000; ++i) write(tree, random.below(3000));
  EXPECT_LE(tree.levels(), levels + 1);
  EXPECT_GE(tree.space_amplification(), 1);
  EXPECT_LE(tree.space_amplification(), 1 + shape.size_ratio);
}

/// O'Neil et al. 1996, section 3: in a rolling merge each byte that leaves a component meets r
/// bytes of the next one, r being how many times as large that is; they are read and written again.
/// From this follows 2 (sum of r_i + K - 1/2) bytes of input and output for each byte inserted.
/// Where a merge goes round its level, what it takes stands up to twice as dense as in the rest of
/// the level, behind it there is nothing; so it meets no less than r / 2 (Lim et al., "Towards
/// Accurate and Fast Evaluation of Multi-Stage Log-Structured Designs", FAST 2016, find the same in
/// LevelDB). Merging file by file meets, at the edges, up to one file more.
TEST(LsmTree, LevelingReadsAndWritesWhatRollingMergesDo) {
  for (const double ratio : {3.0, 6.0}) {
    LsmShape shape = small(20'000, 200);
    shape.size_ratio = ratio;
    shape.level0_runs = 1;
    shape.file_bytes = 30 * 100;
    SplitMixSource random(4);
    LsmTree tree(shape, lru(), 10, random);
    struct Flow {
      double moved = 0;  // Bytes that left the level above.
      double met = 0;    // Bytes of this level that were merged with them.
      double written = 0;
      double size = 0;  // Of this level over that of the level above, a sum over the merges.
      double merges = 0;
    };
    std::vector<Flow> flows(tree.levels() + 1);
    double flushed = 0;
    const int rounds = 40'000;
    for (int i = 0; i < rounds; ++i) {
      if (!tree.write(random.below(20'000))) continue;
      for (auto flush = tree.start_flush(); flush; flush = tree.start_flush()) {
        flushed += static_cast<double>(flush->bytes_written);
        tree.finish(*flush);
      }
      while (const auto job = tree.start_compaction()) {
        Flow& flow = flows[job->to];
        const auto above = static_cast<double>(tree.bytes(job->from));
        flow.size += static_cast<double>(tree.bytes(job->to)) / above;
        tree.finish(*job);
        const double moved = above - static_cast<double>(tree.bytes(job->from));
        flow.moved += moved;
        flow.met += static_cast<double>(job->bytes_read) - moved;
        flow.written += static_cast<double>(job->bytes_written);
        ++flow.merges;
      }
    }
    double total = flushed;
    double least = 1;
    double most = 1;
    for (std::size_t level = 1; level < tree.levels(); ++level) {
      const Flow& flow = flows[level];
      const double r = flow.size / flow.merges;
      EXPECT_GT(flow.merges, 100) << level;
      EXPECT_GT(flow.met / flow.moved, 0.8 * r / 2) << ratio << " level " << level;
      EXPECT_LT(flow.met / flow.moved, 1.1 * r + 1.2) << ratio << " level " << level;
      // What is written is what was read less what was overwritten.
      EXPECT_LE(flow.written, flow.moved + flow.met);
      EXPECT_GE(flow.written, flow.met);
      total += flow.moved + flow.met + flow.written;
      // In this level's share of the formula, r + 1 of input and of output, a byte inserted counts
      // less the more of what was inserted has been overwritten on its way.
      least += 2 * 0.8 * r / 2 * flow.moved / flushed;
      most += 2 * (r + 1 + 1) * flow.moved / flushed;
    }
    EXPECT_GT(total / flushed, least) << ratio;
    EXPECT_LT(total / flushed, most) << ratio;
  }
}

/// The trade of the design space (Monkey, table 1): leveling rewrites more, up to the ratio for
/// each level, and has one run a level; tiering rewrites once a level and has several.
TEST(LsmTree, LevelingWritesMoreAndReadsLessThanTiering) {
  double amplification[2];
  double runs[2];
  double space[2];
  for (const Compaction compaction : {Compaction::leveled, Compaction::tiered}) {
    LsmShape shape = small(25'000, 100);
    shape.compaction = compaction;
    shape.filter_bits = 0;
    shape.size_ratio = 8;
    SplitMixSource random(4);
    LsmTree tree(shape, lru(), 10, random);
    for (int i = 0; i < 20'000; ++i) write(tree, random.below(25'000));
    const LsmTree::Counts before = tree.counts();
    for (int i = 0; i < 25'000; ++i) {
      write(tree, random.below(25'000));
      tree.read(random.below(25'000));
    }
    const auto which = static_cast<std::size_t>(compaction);
    amplification[which] = write_amplification(tree, before);
    runs[which] = static_cast<double>(tree.counts().probes - before.probes) / 25'000;
    space[which] = tree.space_amplification();
  }
  // 25,000 records over memtables of 100: 3 levels below level 0.
  EXPECT_GT(amplification[0], 2.5 * amplification[1]);
  EXPECT_LT(amplification[0], 3 * (8 + 2.0) + 1);
  EXPECT_GT(amplification[1], 2.5);
  EXPECT_LT(amplification[1], 4.0);
  EXPECT_LT(runs[0], 5.5);
  EXPECT_GT(runs[1], 1.5 * runs[0]);
  // Above the last level there are 6,400 and 800 records, and at most 4 memtables in level 0.
  EXPECT_LT(space[0], 1 + (6400 + 800 + 400 + 50) / 25'000.0);
  EXPECT_GT(space[1], space[0]);
}

/// A read of a key that is nowhere asks the disk once for each filter that lets it through: of the
/// runs whose keys reach so far, one in 122 with 10 bits for each key.
TEST(LsmTree, AReadOfNothingCostsTheFalsePositivesOfItsRuns) {
  for (const double bits : {5.0, 10.0}) {
    LsmShape shape = small(20'000, 200);
    shape.filter_bits = bits;
    SplitMixSource random(4);
    LsmTree tree(shape, lru(), 1, random);
    for (int i = 0; i < 20'000; ++i) write(tree, random.below(20'000));
    const LsmTree::Counts before = tree.counts();
    for (int i = 0; i < 50'000; ++i) tree.read(1'000'000 + random.below(1'000'000'000));
    const auto runs = static_cast<double>(tree.counts().runs - before.runs);
    const auto probes = static_cast<double>(tree.counts().probes - before.probes);
    EXPECT_GT(runs, 2.9 * 50'000);
    EXPECT_NEAR(probes / runs / bloom_false_positives(bits), 1, 0.05) << bits;
    EXPECT_EQ(tree.counts().false_positives - before.false_positives, probes);
    EXPECT_NEAR(static_cast<double>(tree.counts().blocks_read - before.blocks_read) / probes, 1,
                0.01);
  }
}

/// Monkey, section 4: rates in proportion to the sizes of the levels, for the same memory. The sum
/// of them, which is what a read of nothing costs, is then lower than with the same bits for every
/// key: for ratio 10 by about L / (1 + 1/10 + ...) less what the smaller levels' filters take from
/// the last.
TEST(LsmTree, MonkeyFiltersLetFewerReadsThroughForTheSameMemory) {
  LsmShape shape = small(200'000, 200);
  shape.size_ratio = 10;
  shape.filter_bits = 5;
  SplitMixSource random(4);
  const LsmTree uniform(shape, lru(), 1, random);
  shape.monkey = true;
  const LsmTree monkey(shape, lru(), 1, random);
  ASSERT_EQ(uniform.levels(), 4u);
  double sum_uniform = 0;
  double sum_monkey = 0;
  double memory_uniform = 0;
  double memory_monkey = 0;
  const double ln2_squared = std::log(2.0) * std::log(2.0);
  for (std::size_t level = 1; level < 4; ++level) {
    const auto keys = static_cast<double>(monkey.bytes(level) / 100);
    sum_uniform += uniform.false_positive_rate(level);
    sum_monkey += monkey.false_positive_rate(level);
    memory_uniform += -keys * std::log(uniform.false_positive_rate(level)) / ln2_squared;
    memory_monkey += -keys * std::log(monkey.false_positive_rate(level)) / ln2_squared;
    if (level > 1) {
      EXPECT_NEAR(
          monkey.false_positive_rate(level) / monkey.false_positive_rate(level - 1),
          static_cast<double>(monkey.bytes(level)) / static_cast<double>(monkey.bytes(level - 1)),
          1e-6);
    }
  }
  EXPECT_NEAR(memory_monkey / memory_uniform, 1, 1e-9);
  EXPECT_NEAR(sum_uniform, 3 * 0.0905, 0.001);
  EXPECT_LT(sum_monkey, 0.6 * sum_uniform);
}

/// With too little memory for all levels the largest gets no filter, and no rate is above one.
TEST(LsmTree, MonkeyLeavesTheLastLevelWithoutAFilterWhenMemoryIsShort) {
  LsmShape shape = small(200'000, 200);
  shape.size_ratio = 10;
  shape.filter_bits = 0.1;
  shape.monkey = true;
  SplitMixSource random(4);
  const LsmTree tree(shape, lru(), 1, random);
  EXPECT_EQ(tree.false_positive_rate(3), 1);
  EXPECT_LT(tree.false_positive_rate(1), 0.5);
  EXPECT_GT(tree.false_positive_rate(1), 0);
  EXPECT_LT(tree.false_positive_rate(2), 1);
}

/// Keys that come in order never overlap what is there: after the first merge files only move down.
TEST(LsmTree, KeysInOrderAreMovedAndNotRewritten) {
  LsmShape shape = small(0, 100);
  shape.order = KeyOrder::in_order;
  shape.level0_runs = 1;
  SplitMixSource random(1);
  LsmTree tree(shape, lru(), 10, random);
  for (std::uint64_t key = 0; key < 20'000; ++key) write(tree, key);
  EXPECT_GT(tree.counts().moves, 100u);
  // Flush, and the merge of level 0 into level 1 with nothing there that it overlaps.
  EXPECT_LT(write_amplification(tree, {}), 2.1);
}

/// Nobody flushes: the second memtable fills up too, and then writes have to stop. Runs that nobody
/// merges slow writes down and stop them.
TEST(LsmTree, WritesStopWhenFlushesOrCompactionsDoNotKeepUp) {
  LsmShape shape = small(10'000, 100);
  shape.level0_slowdown = 6;
  shape.level0_stop = 8;
  SplitMixSource random(1);
  LsmTree tree(shape, lru(), 10, random);
  for (int i = 0; i < 199; ++i) tree.write(random.below(10'000));
  EXPECT_EQ(tree.gate(), LsmTree::Gate::open);
  tree.write(1);
  EXPECT_EQ(tree.gate(), LsmTree::Gate::stopped);
  const auto flush = tree.start_flush();
  ASSERT_TRUE(flush);
  EXPECT_FALSE(tree.start_flush());
  EXPECT_EQ(tree.gate(), LsmTree::Gate::stopped);
  tree.finish(*flush);
  EXPECT_EQ(tree.gate(), LsmTree::Gate::open);
  EXPECT_EQ(tree.full_memtables(), 1);
  for (int runs = 1; runs < 8; ++runs) {
    EXPECT_EQ(tree.gate(), runs < 6 ? LsmTree::Gate::open : LsmTree::Gate::slow) << runs;
    for (int i = 0; i < 99; ++i) tree.write(random.below(10'000));
    tree.finish(*tree.start_flush());
    if (runs < 7) tree.write(1);
  }
  EXPECT_EQ(tree.runs(0), 8u);
  EXPECT_EQ(tree.gate(), LsmTree::Gate::stopped);
  tree.finish(*tree.start_compaction());
  EXPECT_EQ(tree.gate(), LsmTree::Gate::open);
}

/// What was overwritten a hundred times is on disk once.
TEST(LsmTree, AFlushWritesAKeyOnce) {
  SplitMixSource random(1);
  LsmTree tree(small(1000, 100), lru(), 10, random);
  for (int i = 0; i < 99; ++i) EXPECT_FALSE(tree.write(5));
  EXPECT_TRUE(tree.write(5));
  EXPECT_EQ(tree.start_flush()->bytes_written, 100);
}

/// A block that was read is in memory until a compaction has rewritten its file.
TEST(LsmTree, CompactionMakesTheBlockCacheForget) {
  SplitMixSource random(1);
  LsmShape shape = small(1000, 100);
  shape.settled = false;
  LsmTree tree(shape, lru(), 1000, random);
  EXPECT_EQ(tree.read(7).block_reads, 1);
  EXPECT_EQ(tree.read(7).block_reads, 0);
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 100; ++i) write(tree, 500 + random.below(500));
  }
  EXPECT_GT(tree.read(7).block_reads, 0);
}

TEST(LsmTree, ACrashEndsJobsThatWereUnderWay) {
  SplitMixSource random(1);
  LsmTree tree(small(1000, 100), lru(), 1000, random);
  for (std::uint64_t key = 0; key < 100; ++key) tree.write(key);
  ASSERT_TRUE(tree.start_flush());
  tree.read(7);
  tree.crash();
  EXPECT_EQ(tree.cache().held(), 0);
  EXPECT_TRUE(tree.start_flush());
}

}  // namespace
}  // namespace faultline::models
