#include "sim/scenario/consistency_measures.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace faultline::sim {
namespace {

using namespace std::chrono_literals;

/// Operations written down one by one, in milliseconds.
class MeasuresTest : public testing::Test {
 protected:
  void write(std::uint64_t value, int from, int to, std::uint64_t key = 1) {
    add(from, to, key, value, Operation::write, Outcome::ok, Reason::none);
  }
  void unknown_write(std::uint64_t value, int from, int to) {
    add(from, to, 1, value, Operation::write, Outcome::unknown, Reason::timeout);
  }
  void failed_write(std::uint64_t value, int from, int to) {
    add(from, to, 1, value, Operation::write, Outcome::fail, Reason::refused);
  }
  void read(std::uint64_t value, int from, int to, std::uint64_t key = 1) {
    add(from, to, key, value, Operation::read, Outcome::ok, Reason::none);
  }
  void failed_read(int from, int to, Reason reason) {
    add(from, to, 1, 0, Operation::read, Outcome::fail, reason);
  }
  void fault(int from, int to) { run_.spans.push_back({at(from), at(to)}); }

  ConsistencyResult measured() {
    std::sort(operations_.begin(), operations_.end(),
              [](const auto& a, const auto& b) { return a.invoked < b.invoked; });
    ConsistencyResult result;
    measure_operations(operations_, run_, result);
    return result;
  }

  static Time at(int milliseconds) { return Time(std::chrono::milliseconds(milliseconds)); }
  void add(int from, int to, std::uint64_t key, std::uint64_t value, Operation kind,
           Outcome outcome, Reason reason) {
    operations_.push_back({.invoked = at(from),
                           .completed = at(to),
                           .key = key,
                           .value = value,
                           .session = 0,
                           .node = node_,
                           .operation = kind,
                           .outcome = outcome,
                           .reason = reason});
  }

  std::vector<RecordedOperation> operations_;
  std::uint32_t node_ = 0;
  WatchedRun run_{
      .statistics_start = {}, .end = at(100'000), .lost_after = 1s, .spans = {}, .sides = {}};
};

double ratio(const AvailabilityCounts& counts) { return counts.ratio(); }

TEST_F(MeasuresTest, AReadOfTheLastValueIsFresh) {
  write(1, 10, 20);
  read(1, 30, 40);
  const auto result = measured();
  EXPECT_EQ(result.reads_judged, 1u);
  EXPECT_EQ(result.reads_stale, 0u);
}

TEST_F(MeasuresTest, KVersionsAndTSecondsBehind) {
  // Three later writes were acknowledged at 40, 60 and 80 ms; a read from 100 ms on finds the first
  // value: 3 versions behind, and 60 ms behind the first of the three.
  write(1, 10, 20);
  write(2, 30, 40);
  write(3, 50, 60);
  write(4, 70, 80);
  read(1, 100, 110);
  const auto result = measured();
  EXPECT_EQ(result.reads_stale, 1u);
  EXPECT_EQ(result.stale_versions.max(), 3);
  EXPECT_EQ(result.stale_for.max(), 60'000'000);
}

TEST_F(MeasuresTest, NothingWrittenIsTheOldestValue) {
  write(1, 10, 20);
  read(0, 25, 30);
  read(0, 5, 40);  // It began before the acknowledgement.
  const auto result = measured();
  EXPECT_EQ(result.reads_judged, 2u);
  EXPECT_EQ(result.reads_stale, 1u);
  EXPECT_EQ(result.stale_for.max(), 5'000'000);
}

TEST_F(MeasuresTest, WhatRanAtTheSameTimeSupersedesNothing) {
  write(1, 10, 50);
  write(2, 20, 30);  // Either may be the later one.
  read(1, 60, 70);
  EXPECT_EQ(measured().reads_stale, 0u);
}

TEST_F(MeasuresTest, AReadSaysThatAnUnknownWriteTookEffect) {
  // Without the first read the write of 1 might still be under way at 80 ms.
  unknown_write(1, 10, 20);
  read(1, 30, 40);
  write(2, 50, 60);
  read(1, 80, 90);
  const auto result = measured();
  EXPECT_EQ(result.reads_stale, 1u);
  EXPECT_EQ(result.stale_for.max(), 20'000'000);
}

TEST_F(MeasuresTest, AnUnknownWriteMayComeLate) {
  unknown_write(1, 10, 20);
  write(2, 50, 60);
  read(1, 80, 90);
  EXPECT_EQ(measured().reads_stale, 0u);
}

TEST_F(MeasuresTest, ATryThatMayStillComeMakesItsValueNew) {
  // 1 was written, and again by a try that got no answer: the second may come after 2.
  write(1, 10, 20);
  unknown_write(1, 25, 30);
  write(2, 50, 60);
  read(1, 80, 90);
  EXPECT_EQ(measured().reads_stale, 0u);
}

TEST_F(MeasuresTest, AFailedWriteIsNoWrite) {
  write(1, 10, 20);
  failed_write(2, 30, 40);
  read(1, 50, 60);
  EXPECT_EQ(measured().reads_stale, 0u);
}

TEST_F(MeasuresTest, KeysAreApart) {
  write(1, 10, 20, 1);
  write(2, 30, 40, 2);
  read(1, 50, 60, 1);
  read(2, 50, 60, 2);
  EXPECT_EQ(measured().reads_stale, 0u);
}

TEST_F(MeasuresTest, TheWarmUpIsInNoCount) {
  run_.statistics_start = at(55);
  write(1, 10, 20);
  write(2, 30, 40);
  read(1, 50, 54);
  read(1, 60, 70);
  EXPECT_EQ(measured().reads_judged, 1u);
  EXPECT_EQ(measured().sides.at(0).reads.phases[0].ok, 1u);
}

TEST_F(MeasuresTest, FreshnessByTheTimeSinceTheLastAcknowledgement) {
  // 3 ms after it stale, 30 ms after it fresh.
  write(1, 10, 20);
  write(2, 30, 40);
  read(1, 43, 44);
  read(2, 70, 71);
  const auto result = measured();
  const FreshnessBucket& early = result.freshness[freshness_bucket_of(0.003)];
  const FreshnessBucket& late = result.freshness[freshness_bucket_of(0.030)];
  EXPECT_EQ(early.reads, 1u);
  EXPECT_EQ(early.fresh, 0u);
  EXPECT_EQ(late.reads, 1u);
  EXPECT_EQ(late.fresh, 1u);
}

TEST(FreshnessBuckets, AreThreeADecade) {
  EXPECT_EQ(freshness_bucket_of(0), 0u);
  EXPECT_EQ(freshness_bucket_of(9e-6), 0u);
  EXPECT_EQ(freshness_bucket_of(1e-5), 1u);
  EXPECT_EQ(freshness_bucket_of(1e9), freshness_buckets - 1);
  EXPECT_DOUBLE_EQ(freshness_from_seconds(1), 1e-5);
  EXPECT_DOUBLE_EQ(freshness_from_seconds(freshness_buckets - 1), 500);
  EXPECT_TRUE(std::isinf(freshness_from_seconds(freshness_buckets)));
  for (std::size_t i = 1; i < freshness_buckets; ++i) {
    EXPECT_LT(freshness_from_seconds(i - 1), freshness_from_seconds(i));
    EXPECT_EQ(freshness_bucket_of(freshness_from_seconds(i)), i);
  }
}

TEST_F(MeasuresTest, AWriteIsLostIfTheLastReadMissesIt) {
  // 2 was acknowledged at 40 ms; reads find 1 to the end. 3 was written too late to be judged.
  write(1, 10, 20);
  write(2, 30, 40);
  read(1, 2000, 2010);
  write(3, 1500, 1510);
  const auto result = measured();
  EXPECT_EQ(result.writes_judged, 2u);
  EXPECT_EQ(result.writes_lost, 1u);
}

TEST_F(MeasuresTest, WhatIsFoundAgainOrWrittenOverIsNotLost) {
  write(1, 10, 20, 1);
  write(2, 30, 40, 1);
  read(1, 2000, 2010, 1);  // Stale ...
  read(2, 3000, 3010, 1);  // ... but there.
  write(3, 10, 20, 2);
  write(4, 30, 40, 2);
  read(3, 2000, 2010, 2);
  write(5, 2500, 2510, 2);
  read(5, 4000, 4010, 2);
  const auto result = measured();
  EXPECT_EQ(result.writes_lost, 0u);
  EXPECT_EQ(result.writes_judged, 5u);
}

TEST_F(MeasuresTest, AKeyThatNobodyReadsIsNotJudged) {
  write(1, 10, 20);
  EXPECT_EQ(measured().writes_judged, 0u);
}

TEST_F(MeasuresTest, TheRecoveryPointReachesBackToTheFirstLostWrite) {
  // Acknowledged at 9.5 and 9.8 s, lost in a crash at 10 s: 0.5 s of work is gone.
  fault(10'000, 12'000);
  write(1, 9'400, 9'500, 1);
  write(2, 9'700, 9'800, 2);
  read(0, 20'000, 20'001, 1);
  read(0, 20'000, 20'001, 2);
  const auto result = measured();
  EXPECT_EQ(result.writes_lost, 2u);
  EXPECT_DOUBLE_EQ(result.rpo_seconds, 0.5);
}

TEST_F(MeasuresTest, TheRecoveryPointOfASplitBrainIsWhatWasAcknowledgedInIt) {
  // The old leader goes on from 10 s to 13 s; what it acknowledged from 10.1 to 12.9 s is lost.
  fault(10'000, 15'000);
  write(1, 10'000, 10'100, 1);
  write(2, 12'800, 12'900, 2);
  read(0, 20'000, 20'001, 1);
  read(0, 20'000, 20'001, 2);
  EXPECT_DOUBLE_EQ(measured().rpo_seconds, 2.8);
}

TEST_F(MeasuresTest, NothingLostIsARecoveryPointOfNothing) {
  fault(10'000, 12'000);
  write(1, 9'400, 9'500);
  read(1, 20'000, 20'001);
  EXPECT_DOUBLE_EQ(measured().rpo_seconds, 0);
}

TEST_F(MeasuresTest, ConvergenceIsTheLastReadThatMissesWhatWasThereAtTheEndOfTheFault) {
  fault(10'000, 12'000);
  write(1, 9'000, 9'100);
  write(2, 11'000, 11'100);
  read(1, 12'300, 12'301);
  read(1, 12'700, 12'701);
  read(2, 13'000, 13'001);
  write(3, 13'100, 13'200);
  read(2, 13'300, 13'301);  // Stale, but of a write that came after the fault.
  EXPECT_DOUBLE_EQ(measured().convergence_seconds, 0.7);
}

TEST_F(MeasuresTest, AvailabilityByPhaseAndWhyNot) {
  fault(1'000, 2'000);
  write(1, 500, 510);
  read(1, 600, 610);
  failed_read(1'100, 1'200, Reason::timeout);
  failed_read(1'200, 1'201, Reason::refused);
  read(1, 1'300, 1'301);
  read(1, 1'400, 1'401);
  unknown_write(2, 1'500, 1'600);
  read(1, 2'500, 2'501);
  const auto result = measured();
  ASSERT_EQ(result.sides.size(), 1u);
  const SideAvailability& all = result.sides[0];
  EXPECT_EQ(all.name, "all");
  EXPECT_DOUBLE_EQ(ratio(all.reads.phases[0]), 1);
  EXPECT_DOUBLE_EQ(ratio(all.reads.phases[1]), 0.5);
  EXPECT_EQ(all.reads.phases[1].timed_out, 1u);
  EXPECT_EQ(all.reads.phases[1].failed, 1u);
  EXPECT_DOUBLE_EQ(ratio(all.writes.phases[1]), 0);
  EXPECT_EQ(all.writes.phases[1].timed_out, 1u);
  EXPECT_DOUBLE_EQ(ratio(all.reads.phases[2]), 1);
  EXPECT_TRUE(std::isnan(ratio(all.writes.phases[2])));
  // 2 of 5 did not ... 2 reads ok of 4, no write of 1.
  EXPECT_DOUBLE_EQ(result.disturbed_availability(), 0.4);
  EXPECT_EQ(result.undisturbed_latency().count(), 2u);
}

TEST_F(MeasuresTest, SidesAreThoseOfThePartition) {
  Kernel kernel;
  const Node east(kernel, 3, "east", "east", 0);
  const Node west(kernel, 5, "west", "west", 0);
  run_.sides = {{"zone:east", {&east}}, {"zone:west", {&west}}};
  fault(1'000, 2'000);
  node_ = 3;
  read(0, 1'100, 1'101);
  node_ = 5;
  failed_read(1'100, 1'200, Reason::timeout);
  node_ = 4;  // Stands on no side.
  failed_read(1'100, 1'101, Reason::reset);
  const auto result = measured();
  ASSERT_EQ(result.sides.size(), 3u);
  EXPECT_EQ(result.sides[0].reads.phases[1].all(), 3u);
  EXPECT_EQ(result.sides[1].name, "zone:east");
  EXPECT_DOUBLE_EQ(ratio(result.sides[1].reads.phases[1]), 1);
  EXPECT_DOUBLE_EQ(ratio(result.sides[2].reads.phases[1]), 0);
}

TEST_F(MeasuresTest, TheRecoveryTimeIsTheLongestStretchWithoutAWrite) {
  // A write each 100 ms; after the crash at 10 s they fail until 13.25 s.
  fault(10'000, 11'000);
  std::uint64_t value = 0;
  for (int time = 0; time < 20'000; time += 100) {
    if (time >= 10'000 && time < 13'250) {
      failed_write(++value, time, time + 1);
    } else {
      write(++value, time, time + 1);
    }
  }
  // From the crash to the first one that ends ok: it began at 13.3 s.
  EXPECT_NEAR(measured().rto_seconds, 3.301, 1e-9);
}

TEST_F(MeasuresTest, AnOutageToTheEndNeverEnds) {
  fault(10'000, 11'000);
  write(1, 9'000, 9'001);
  write(2, 9'500, 9'501);
  failed_write(3, 20'000, 20'001);
  EXPECT_TRUE(std::isinf(measured().rto_seconds));
}

TEST_F(MeasuresTest, AFailureBetweenAnswersAsDenseAsBeforeIsNoOutage) {
  fault(10'000, 11'000);
  for (int time = 0; time < 99'000; time += 500) {
    write(static_cast<std::uint64_t>(time) + 1, time, time + 1);
  }
  failed_write(1'000'000, 10'200, 10'201);
  EXPECT_DOUBLE_EQ(measured().rto_seconds, 0);
}

TEST_F(MeasuresTest, WithoutFaultsThereIsNothingToRecoverFrom) {
  write(1, 10, 20);
  const auto result = measured();
  EXPECT_TRUE(std::isnan(result.rto_seconds));
  EXPECT_TRUE(std::isnan(result.rpo_seconds));
  EXPECT_TRUE(std::isnan(result.convergence_seconds));
  EXPECT_DOUBLE_EQ(result.disturbed_availability(), 1);
}

TEST_F(MeasuresTest, CountsAgreeWithCountingByHand) {
  // Random operations against the definition, read by read.
  std::uint64_t state = 12345;
  const auto draw = [&state](std::uint64_t below) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (state >> 33) % below;
  };
  std::uint64_t value = 0;
  for (int i = 0; i < 400; ++i) {
    const int from = static_cast<int>(draw(2000)) * 2;
    const int to = from + 1 + static_cast<int>(draw(60)) * 2;
    if (draw(2) == 0) {
      write(++value, from, to);
    } else {
      read(value == 0 ? 0 : 1 + draw(value), from, to);
    }
  }
  const auto result = measured();
  std::uint64_t stale = 0;
  std::uint64_t versions = 0;
  for (const RecordedOperation& r : operations_) {
    if (!r.is_read()) continue;
    Time done = Time(Duration(-1));
    for (const RecordedOperation& w : operations_) {
      if (!w.is_read() && w.value == r.value) done = w.completed;
    }
    for (const RecordedOperation& other : operations_) {
      if (other.is_read() && other.value == r.value && r.value != 0)
        done = std::min(done, other.completed);
    }
    std::uint64_t behind = 0;
    for (const RecordedOperation& w : operations_) {
      behind += !w.is_read() && w.invoked > done && w.completed < r.invoked ? 1 : 0;
    }
    stale += behind > 0 ? 1 : 0;
    versions += behind;
  }
  EXPECT_EQ(result.reads_stale, stale);
  EXPECT_GT(stale, 50u);
  EXPECT_EQ(static_cast<std::uint64_t>(result.stale_versions.sum()), versions);
}

}  // namespace
}  // namespace faultline::sim
