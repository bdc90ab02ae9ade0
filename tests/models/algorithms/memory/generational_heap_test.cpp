#include "models/algorithms/memory/generational_heap.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

TEST(GenerationalHeap, GarbageGoesWithAYoungCollection) {
  GenerationalHeap heap(100, 30);
  heap.allocate_garbage(30);
  EXPECT_TRUE(heap.young_is_full());
  EXPECT_EQ(heap.garbage(), 30);
  EXPECT_EQ(heap.collect_young(), 0);
  EXPECT_EQ(heap.used(), 0);
}

TEST(GenerationalHeap, WhatIsInUseIsCopiedAndPromoted) {
  GenerationalHeap heap(100, 30);
  GenerationalHeap::Kept holder;
  heap.allocate(holder, 10);
  heap.allocate_garbage(20);
  EXPECT_EQ(heap.collect_young(), 10);
  EXPECT_EQ(heap.old_used(), 10);
  EXPECT_EQ(heap.young_used(), 0);
  // Given back after its promotion it is garbage that only a full collection finds.
  heap.give_back(holder, 10);
  EXPECT_EQ(heap.garbage(), 10);
  EXPECT_EQ(heap.collect_young(), 0);
  EXPECT_EQ(heap.used(), 10);
  EXPECT_EQ(heap.collect_all(), 0);
  EXPECT_EQ(heap.used(), 0);
}

TEST(GenerationalHeap, TheYoungestIsGivenBackFirst) {
  GenerationalHeap heap(100, 30);
  GenerationalHeap::Kept holder;
  heap.allocate(holder, 10);
  heap.collect_young();
  heap.allocate(holder, 5);
  heap.give_back(holder, 7);
  EXPECT_EQ(heap.young_live(), 0);
  EXPECT_EQ(heap.live(), 8);
  EXPECT_EQ(holder.total(), 8);
  heap.give_back(holder, 100);
  EXPECT_EQ(heap.live(), 0);
  EXPECT_EQ(holder.total(), 0);
}

TEST(GenerationalHeap, WhatIsLargerThanTheYoungGenerationIsOld) {
  GenerationalHeap heap(100, 30);
  GenerationalHeap::Kept holder;
  heap.allocate(holder, 40);
  EXPECT_EQ(heap.old_used(), 40);
  EXPECT_EQ(heap.collect_young(), 0);
  EXPECT_TRUE(heap.fits(60));
  EXPECT_FALSE(heap.fits(61));
}

TEST(GenerationalHeap, FreeingLeavesWhatBecameGarbageSince) {
  GenerationalHeap heap(100, 0);
  GenerationalHeap::Kept holder;
  heap.allocate(holder, 30);
  heap.allocate_garbage(20);
  const std::int64_t found = heap.garbage();
  heap.give_back(holder, 30);
  heap.free_garbage(found);
  EXPECT_EQ(heap.used(), 30);
  EXPECT_EQ(heap.live(), 0);
}

}  // namespace
}  // namespace faultline::models
