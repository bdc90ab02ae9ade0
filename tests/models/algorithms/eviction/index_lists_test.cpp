#include "models/algorithms/eviction/index_lists.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace faultline::models {
namespace {

std::vector<std::uint32_t> from_front(const IndexLists& lists, std::uint32_t list) {
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t number = lists.front(list); number != IndexLists::none;
       number = lists.towards_back(number)) {
    numbers.push_back(number);
  }
  return numbers;
}

std::vector<std::uint32_t> from_back(const IndexLists& lists, std::uint32_t list) {
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t number = lists.back(list); number != IndexLists::none;
       number = lists.towards_front(number)) {
    numbers.push_back(number);
  }
  return numbers;
}

using Numbers = std::vector<std::uint32_t>;

TEST(IndexLists, StartEmpty) {
  const IndexLists lists(2);
  EXPECT_TRUE(lists.empty(0));
  EXPECT_EQ(lists.front(1), IndexLists::none);
  EXPECT_EQ(lists.back(1), IndexLists::none);
}

TEST(IndexLists, KeepTheirOrderBothWays) {
  IndexLists lists(2);
  lists.push_front(0, 5);
  lists.push_front(0, 0);
  lists.push_back(0, 9);
  EXPECT_EQ(from_front(lists, 0), (Numbers{0, 5, 9}));
  EXPECT_EQ(from_back(lists, 0), (Numbers{9, 5, 0}));
  EXPECT_TRUE(lists.empty(1));
}

TEST(IndexLists, MoveNumbersBetweenLists) {
  IndexLists lists(3);
  for (std::uint32_t number = 0; number < 4; ++number) lists.push_front(0, number);
  lists.remove(2);
  lists.push_front(2, 2);
  EXPECT_EQ(from_front(lists, 0), (Numbers{3, 1, 0}));
  EXPECT_EQ(from_front(lists, 2), (Numbers{2}));
  lists.move_to_front(0, 0);
  lists.move_to_front(0, 0);
  EXPECT_EQ(from_front(lists, 0), (Numbers{0, 3, 1}));
  EXPECT_EQ(from_back(lists, 0), (Numbers{1, 3, 0}));
}

TEST(IndexLists, EmptyAgainAfterTheLastLeft) {
  IndexLists lists(1);
  lists.push_back(0, 3);
  lists.remove(3);
  EXPECT_TRUE(lists.empty(0));
  lists.push_back(0, 3);
  EXPECT_EQ(from_front(lists, 0), (Numbers{3}));
}

}  // namespace
}  // namespace faultline::models
