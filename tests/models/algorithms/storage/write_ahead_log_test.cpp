#include "models/algorithms/storage/write_ahead_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "models/algorithms/random_source.hpp"

namespace faultline::models {
namespace {

using sim::Duration;

constexpr Duration at(std::int64_t milliseconds) { return Duration(milliseconds * 1'000'000); }

TEST(WriteAheadLog, NumbersRecordsFromOneAndMakesThemDurableInOrder) {
  WriteAheadLog log;
  EXPECT_EQ(log.last(), 0u);
  for (std::uint64_t i = 1; i <= 5; ++i) EXPECT_EQ(log.append(100, at(0)), i);
  EXPECT_EQ(log.durable(), 0u);
  EXPECT_EQ(log.bytes_until(log.mark(3)), 300);
  log.made_durable(log.mark(3));
  EXPECT_EQ(log.durable(), 3u);
  EXPECT_EQ(log.bytes_until(log.end()), 200);
  log.made_durable({.position = 2, .bytes = 200});
  EXPECT_EQ(log.durable(), 3u);
  EXPECT_EQ(log.bytes_until(log.end()), 200);
}

/// Three of five are durable; of the last two one was acknowledged, 30 ms ago. The next record gets
/// the number after the last durable one.
TEST(WriteAheadLog, ACrashLosesWhatIsNotDurable) {
  WriteAheadLog log;
  for (int i = 1; i <= 5; ++i) log.append(100, at(i * 10));
  log.made_durable(log.mark(3));
  log.acknowledged(2);
  log.acknowledged(5);
  const WriteAheadLog::Loss loss = log.crash(at(80));
  EXPECT_EQ(loss.records, 2);
  EXPECT_EQ(loss.acknowledged, 1);
  EXPECT_EQ(loss.back, at(30));
  EXPECT_EQ(log.last(), 3u);
  EXPECT_EQ(log.bytes_until(log.end()), 0);
  EXPECT_EQ(log.append(100, at(90)), 4u);
}

TEST(WriteAheadLog, ARecoveryReadsWhatIsDurableAndNotInTheTables) {
  WriteAheadLog log;
  for (int i = 1; i <= 10; ++i) log.append(100, at(i));
  log.made_durable(log.mark(6));
  log.truncate({.position = 4, .bytes = 400});
  EXPECT_EQ(log.records_to_recover(), 2);
  EXPECT_EQ(log.bytes_to_recover(), 200);
  // What the tables have on disk is durable, synced log or not.
  log.truncate(log.mark(8));
  EXPECT_EQ(log.durable(), 8u);
  EXPECT_EQ(log.records_to_recover(), 0);
  EXPECT_EQ(log.crash(at(20)).records, 2);
}

TEST(WriteAheadLog, WholePagesCountWithTheRecordTheyComeWith) {
  WriteAheadLog log;
  log.append(100, at(0));
  log.add_bytes(8000);
  log.append(100, at(0));
  EXPECT_EQ(log.bytes_until(log.mark(1)), 8100);
  log.made_durable(log.mark(1));
  EXPECT_EQ(log.bytes_until(log.end()), 100);
}

/// Against a list of all records: whatever is appended, synced, acknowledged, truncated and
/// crashed.
TEST(WriteAheadLog, CountsAsAListOfAllRecordsWould) {
  struct Record {
    std::int64_t bytes;
    bool acknowledged;
    Duration appended;
  };
  SplitMixSource random(11);
  WriteAheadLog log;
  std::vector<Record> all;
  std::size_t durable = 0;
  std::size_t truncated = 0;
  for (int step = 0; step < 20'000; ++step) {
    const Duration now = at(step);
    switch (random.below(8)) {
      case 0:
        if (durable < all.size()) {
          durable += 1 + random.below(all.size() - durable);
          log.made_durable(log.mark(durable));
        }
        break;
      case 1:
        if (!all.empty()) {
          const auto one = random.below(all.size());
          all[one].acknowledged = true;
          log.acknowledged(one + 1);
        }
        break;
      case 2:
        if (random.below(10) == 0 && durable < all.size()) {
          truncated = durable = durable + 1;
          log.truncate(log.mark(truncated));
        }
        break;
      case 3:
        if (random.below(20) == 0) {
          const WriteAheadLog::Loss loss = log.crash(now);
          ASSERT_EQ(loss.records, static_cast<std::int64_t>(all.size() - durable));
          std::int64_t acknowledged = 0;
          Duration back{};
          for (std::size_t i = durable; i < all.size(); ++i) {
            if (!all[i].acknowledged) continue;
            back = std::max(back, now - all[i].appended);
            ++acknowledged;
          }
          ASSERT_EQ(loss.acknowledged, acknowledged);
          ASSERT_EQ(loss.back, back);
          all.resize(durable);
        }
        break;
      default: {
        const auto bytes = static_cast<std::int64_t>(1 + random.below(1000));
        all.push_back({bytes, false, now});
        ASSERT_EQ(log.append(bytes, now), all.size());
      }
    }
    ASSERT_EQ(log.last(), all.size());
    ASSERT_EQ(log.durable(), durable);
    ASSERT_EQ(log.records_to_recover(), static_cast<std::int64_t>(durable - truncated));
    std::int64_t to_recover = 0;
    for (std::size_t i = truncated; i < durable; ++i) to_recover += all[i].bytes;
    ASSERT_EQ(log.bytes_to_recover(), to_recover);
    std::int64_t open = 0;
    for (std::size_t i = durable; i < all.size(); ++i) open += all[i].bytes;
    ASSERT_EQ(log.bytes_until(log.end()), open);
  }
}

}  // namespace
}  // namespace faultline::models
