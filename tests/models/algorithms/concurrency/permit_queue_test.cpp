#include "models/algorithms/concurrency/permit_queue.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <map>
#include <random>
#include <vector>

namespace faultline::models {
namespace {

using Places = std::vector<PermitQueue::Place>;

Places after_giving_back(PermitQueue& queue, std::int64_t units) {
  Places granted;
  queue.give_back(units, granted);
  return granted;
}

Places after_leaving(PermitQueue& queue, const PermitQueue::Place& place) {
  Places granted;
  queue.leave(place, granted);
  return granted;
}

TEST(PermitQueue, AMutexIsPassedOnInTheOrderOfAsking) {
  PermitQueue mutex(1);
  EXPECT_TRUE(mutex.take(1, 0));
  EXPECT_FALSE(mutex.take(1, 0));
  const auto first = mutex.enter(1, 0);
  const auto second = mutex.enter(1, 0);
  EXPECT_EQ(after_giving_back(mutex, 1), Places{first});
  EXPECT_EQ(after_giving_back(mutex, 1), Places{second});
  EXPECT_TRUE(after_giving_back(mutex, 1).empty());
  EXPECT_TRUE(mutex.take(1, 0));
}

TEST(PermitQueue, NobodyOvertakesOneThatWaitsForMore) {
  // One permit of three is free; who waits for two stands first, so one is not handed past it.
  PermitQueue semaphore(3);
  EXPECT_TRUE(semaphore.take(2, 0));
  const auto two = semaphore.enter(2, 0);
  EXPECT_FALSE(semaphore.take(1, 0));
  const auto one = semaphore.enter(1, 0);
  EXPECT_EQ(after_giving_back(semaphore, 1), Places{two});
  EXPECT_EQ(after_giving_back(semaphore, 1), Places{one});
}

TEST(PermitQueue, WhoLeavesLetsTheNextIn) {
  PermitQueue semaphore(3);
  EXPECT_TRUE(semaphore.take(2, 0));
  const auto two = semaphore.enter(2, 0);
  const auto one = semaphore.enter(1, 0);
  const auto last = semaphore.enter(1, 0);
  EXPECT_EQ(after_leaving(semaphore, two), Places{one});
  EXPECT_TRUE(after_leaving(semaphore, last).empty());
  EXPECT_EQ(semaphore.waiting(), 0u);
}

/// A reader-writer lock as the header says.
struct ReaderWriterLock {
  static constexpr std::int64_t many = 1'000'000;
  ReaderWriterLock(std::int64_t reader_rank_, std::int64_t writer_rank_)
      : reader_rank(reader_rank_), writer_rank(writer_rank_) {}
  bool read() { return queue.take(1, reader_rank); }
  bool write() { return queue.take(many, writer_rank); }
  auto wait_to_read() { return queue.enter(1, reader_rank); }
  auto wait_to_write() { return queue.enter(many, writer_rank); }
  std::int64_t reader_rank, writer_rank;
  PermitQueue queue{many};
};

TEST(PermitQueue, FairReadersAndWritersTakeTurns) {
  ReaderWriterLock lock(0, 0);
  EXPECT_TRUE(lock.read());
  EXPECT_TRUE(lock.read());
  EXPECT_FALSE(lock.write());
  const auto writer = lock.wait_to_write();
  EXPECT_FALSE(lock.read()) << "a writer waits";
  const auto a = lock.wait_to_read();
  const auto b = lock.wait_to_read();
  const auto late_writer = lock.wait_to_write();
  const auto c = lock.wait_to_read();
  EXPECT_TRUE(after_giving_back(lock.queue, 1).empty()) << "the other reader is still there";
  EXPECT_EQ(after_giving_back(lock.queue, 1), Places{writer});
  EXPECT_EQ(after_giving_back(lock.queue, lock.many), (Places{a, b})) << "up to the next writer";
  after_giving_back(lock.queue, 1);
  EXPECT_EQ(after_giving_back(lock.queue, 1), Places{late_writer});
  EXPECT_EQ(after_giving_back(lock.queue, lock.many), Places{c});
}

TEST(PermitQueue, WritersFirst) {
  ReaderWriterLock lock(1, 0);
  EXPECT_TRUE(lock.write());
  const auto reader = lock.wait_to_read();
  const auto writer = lock.wait_to_write();
  EXPECT_EQ(after_giving_back(lock.queue, lock.many), Places{writer});
  EXPECT_EQ(after_giving_back(lock.queue, lock.many), Places{reader});
  const auto next = lock.wait_to_write();
  EXPECT_FALSE(lock.read()) << "a writer waits";
  EXPECT_EQ(after_giving_back(lock.queue, 1), Places{next});
}

TEST(PermitQueue, ReadersFirstLetWritersStarve) {
  ReaderWriterLock lock(0, 1);
  EXPECT_TRUE(lock.read());
  const auto writer = lock.wait_to_write();
  // As long as readers overlap, the writer does not get in.
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(lock.read());
    EXPECT_TRUE(after_giving_back(lock.queue, 1).empty());
  }
  EXPECT_EQ(after_giving_back(lock.queue, 1), Places{writer});
}

TEST(PermitQueue, AWriterThatGivesUpLetsReadersIn) {
  ReaderWriterLock lock(0, 0);
  EXPECT_TRUE(lock.read());
  const auto writer = lock.wait_to_write();
  const auto reader = lock.wait_to_read();
  EXPECT_EQ(after_leaving(lock.queue, writer), Places{reader});
}

/// Random steps against a plain list that is searched from the front.
TEST(PermitQueue, DoesAsAPlainListDoes) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    constexpr std::int64_t permits = 4;
    PermitQueue queue(permits);
    struct Waiter {
      PermitQueue::Place place;
      std::int64_t units;
    };
    std::vector<Waiter> list;  // Sorted by place.
    std::int64_t free = permits;
    std::vector<std::int64_t> held;
    const auto serve = [&](const Places& granted) {
      Places expected;
      while (!list.empty() && list.front().units <= free) {
        free -= list.front().units;
        held.push_back(list.front().units);
        expected.push_back(list.front().place);
        list.erase(list.begin());
      }
      ASSERT_EQ(granted, expected);
    };
    for (int step = 0; step < 2000; ++step) {
      const auto what = random() % 3;
      if (what == 0 || (held.empty() && list.empty())) {
        const auto units = static_cast<std::int64_t>(random() % permits + 1);
        const auto rank = static_cast<std::int64_t>(random() % 2);
        const bool first = list.empty() || list.front().place.rank > rank;
        ASSERT_EQ(queue.take(units, rank), first && units <= free);
        if (first && units <= free) {
          free -= units;
          held.push_back(units);
          continue;
        }
        const Waiter waiter{queue.enter(units, rank), units};
        auto at = list.begin();
        while (at != list.end() && at->place < waiter.place) ++at;
        list.insert(at, waiter);
      } else if (what == 1 && !held.empty()) {
        const std::size_t which = random() % held.size();
        const std::int64_t units = held[which];
        held.erase(held.begin() + static_cast<std::ptrdiff_t>(which));
        free += units;
        serve(after_giving_back(queue, units));
      } else if (!list.empty()) {
        const std::size_t which = random() % list.size();
        const auto place = list[which].place;
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(which));
        serve(after_leaving(queue, place));
      }
      ASSERT_EQ(queue.free(), free);
      ASSERT_EQ(queue.waiting(), list.size());
    }
  }
}

TEST(PermitQueue, ManyWhoWaitCostLittleEach) {
  // 100 000 wait; every second one gives up, from the middle; the rest are served. If one of these
  // were linear in those who wait, this were 10^10 steps.
  constexpr int count = 100'000;
  PermitQueue mutex(1);
  EXPECT_TRUE(mutex.take(1, 0));
  std::vector<PermitQueue::Place> places;
  for (int i = 0; i < count; ++i) places.push_back(mutex.enter(1, 0));
  const auto begun = std::chrono::steady_clock::now();
  Places granted;
  for (int i = 1; i < count; i += 2) mutex.leave(places[static_cast<std::size_t>(i)], granted);
  EXPECT_TRUE(granted.empty());
  for (int i = 0; i < count / 2; ++i) mutex.give_back(1, granted);
  ASSERT_EQ(granted.size(), count / 2u);
  EXPECT_EQ(granted.back(), places[count - 2]);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
}

}  // namespace
}  // namespace faultline::models
