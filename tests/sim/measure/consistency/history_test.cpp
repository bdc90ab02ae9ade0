#include "sim/measure/consistency/history.hpp"

#include <gtest/gtest.h>

#include "sim/measure/consistency/ranks.hpp"

namespace faultline::sim::consistency {
namespace {

TEST(ValueTable, EqualValuesAreTheSame) {
  ValueTable table;
  const Value a = table.text("a");
  EXPECT_EQ(table.text("a"), a);
  EXPECT_NE(table.text("b"), a);
  const Value list = table.list(std::vector<Value>{1, a});
  EXPECT_EQ(table.list(std::vector<Value>{1, a}), list);
  EXPECT_NE(table.list(std::vector<Value>{a, 1}), list);
  EXPECT_NE(table.map(std::vector<Value>{1, a}), list);
  EXPECT_EQ(table.kind(number_max), ValueTable::Kind::number);
  EXPECT_EQ(table.kind(number_min), ValueTable::Kind::number);
  EXPECT_EQ(table.kind(a), ValueTable::Kind::text);
  EXPECT_EQ(table.kind(list), ValueTable::Kind::list);
  EXPECT_EQ(table.kind(nil), ValueTable::Kind::nothing);
  EXPECT_EQ(table.text_of(a), "a");
  EXPECT_EQ(table.elements_of(list).size(), 2U);
}

TEST(ValueTable, PrintsForPeople) {
  ValueTable table;
  EXPECT_EQ(table.to_text(nil), "nil");
  EXPECT_EQ(table.to_text(-7), "-7");
  EXPECT_EQ(table.to_text(table.text("a\"\x1b\n\\")), "\"a\\\"\\x1b\\x0a\\\\\"");
  const Value list = table.list(std::vector<Value>{1, table.text("x"), nil});
  EXPECT_EQ(table.to_text(list), "[1, \"x\", nil]");
  EXPECT_EQ(table.to_text(table.map(std::vector<Value>{0, list, 1, 2})),
            "{0: [1, \"x\", nil], 1: 2}");
}

TEST(ValueTable, CutsLongOnesBetweenCharacters) {
  ValueTable table;
  EXPECT_EQ(table.to_text(table.text("abcdef"), 4), "\"abcd...\"");
  EXPECT_EQ(table.to_text(table.text("abcd"), 4), "\"abcd\"");
  // A Cyrillic letter has two bytes, and half of one is none.
  EXPECT_EQ(table.to_text(table.text("abcжd"), 4), "\"abc...\"");
  EXPECT_EQ(table.to_text(table.text("abжd"), 4), "\"abж...\"");
  EXPECT_EQ(table.to_text(table.list(std::vector<Value>(100, 1)), 10), "[1, 1, 1, ...]");
}

TEST(EventStamps, OneInstantBecomesSeveral) {
  EventStamps stamps;
  EXPECT_EQ(stamps.at(Time(Duration(0))), Time(Duration(0)));
  EXPECT_EQ(stamps.at(Time(Duration(5))), Time(Duration(5)));
  EXPECT_EQ(stamps.at(Time(Duration(5))), Time(Duration(6)));
  EXPECT_EQ(stamps.at(Time(Duration(6))), Time(Duration(7)));
  EXPECT_EQ(stamps.at(Time(Duration(9))), Time(Duration(9)));
}

class Ranks : public ::testing::Test {
 protected:
  void add(std::uint32_t session, std::int64_t begin, std::int64_t end,
           Outcome outcome = Outcome::ok, Kind kind = Kind::write) {
    Operation one;
    one.session = session;
    one.kind = kind;
    one.invoked = Time(Duration(begin));
    one.completed = Time(Duration(end));
    one.outcome = outcome;
    history.operations.push_back(one);
  }
  /// Whether operation `a` precedes operation `b`.
  bool precedes(std::uint32_t a, std::uint32_t b) const {
    Rank end = never;
    Rank begin = 0;
    for (const RankedOperation& one : ranked(history)) {
      if (one.index == a) end = one.end;
      if (one.index == b) begin = one.begin;
    }
    return end < begin;
  }
  History history;
};

TEST_F(Ranks, TouchingOperationsOfTwoSessionsOverlap) {
  add(0, 0, 5);
  add(1, 5, 6);
  add(2, 6, 7);
  EXPECT_FALSE(precedes(0, 1));
  EXPECT_FALSE(precedes(1, 2));
  EXPECT_TRUE(precedes(0, 2));
}

TEST_F(Ranks, TouchingOperationsOfOneSessionDoNot) {
  add(0, 0, 5);
  add(1, 2, 5);
  add(0, 5, 5);
  add(0, 5, 9);
  add(1, 7, 8);
  EXPECT_TRUE(precedes(0, 2));
  EXPECT_TRUE(precedes(2, 3));
  // The other session's overlaps all of them.
  EXPECT_FALSE(precedes(1, 2));
  EXPECT_FALSE(precedes(1, 3));
}

TEST_F(Ranks, TwoSessionsThatGoOnAtOneInstantOverlap) {
  // With both orders kept, either the first of one would precede the second of the other, or the
  // other way round; nobody saw that.
  add(0, 0, 5);
  add(1, 0, 5);
  add(0, 5, 9);
  add(1, 5, 9);
  for (const std::uint32_t a : {0U, 1U}) {
    for (const std::uint32_t b : {2U, 3U}) EXPECT_FALSE(precedes(a, b));
  }
}

TEST_F(Ranks, WhatTellsNothingIsLeftOut) {
  add(0, 0, 1, Outcome::fail);
  add(0, 2, 3, Outcome::unknown, Kind::read);
  add(0, 4, 5, Outcome::unknown);
  add(0, 9, 9);
  const std::vector<RankedOperation> all = ranked(history);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].index, 2U);
  EXPECT_FALSE(all[0].completed());
  EXPECT_TRUE(all[1].completed());
}

}  // namespace
}  // namespace faultline::sim::consistency
