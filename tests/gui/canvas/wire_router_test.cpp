#include "gui/canvas/wire_router.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace faultline::gui {
namespace {

QRectF card(double x, double y) { return {x - 75, y - 32, 150, 64}; }

bool crosses(const WireWay& way, const QRectF& rect) {
  return std::any_of(way.line.begin(), way.line.end(),
                     [&](const QPointF& point) { return rect.contains(point); });
}

TEST(WireRouter, GoesFromTheRightSideToTheLeftSideOfWhatStandsRight) {
  const std::vector<QRectF> cards{card(0, 0), card(300, 120)};
  std::vector<WireWay> ways;
  routeWires(cards, {{0, 1}}, ways);
  EXPECT_EQ(ways[0].line.front(), QPointF(75, 0));
  EXPECT_EQ(ways[0].tip, QPointF(225, 120));
  EXPECT_GT(ways[0].tipDirection.x(), 0.9);
}

TEST(WireRouter, GoesDownToWhatStandsBelow) {
  const std::vector<QRectF> cards{card(0, 0), card(0, 200)};
  std::vector<WireWay> ways;
  routeWires(cards, {{0, 1}}, ways);
  EXPECT_EQ(ways[0].line.front(), QPointF(0, 32));
  EXPECT_EQ(ways[0].tip, QPointF(0, 168));
}

TEST(WireRouter, GoesAroundACardThatStandsBetween) {
  const std::vector<QRectF> cards{card(0, 0), card(250, 0), card(500, 0)};
  std::vector<WireWay> ways;
  routeWires(cards, {{0, 2}}, ways);
  EXPECT_FALSE(crosses(ways[0], cards[1]));
  EXPECT_EQ(ways[0].tip, QPointF(425, 0));
}

TEST(WireRouter, GoesAroundSeveralCards) {
  const std::vector<QRectF> cards{card(0, 0), card(250, 0), card(500, 0), card(750, 0)};
  std::vector<WireWay> ways;
  routeWires(cards, {{0, 3}}, ways);
  EXPECT_FALSE(crosses(ways[0], cards[1]));
  EXPECT_FALSE(crosses(ways[0], cards[2]));
}

TEST(WireRouter, SpreadsWiresOfOneSideInTheOrderOfTheirTargets) {
  const std::vector<QRectF> cards{card(0, 0), card(300, 150), card(300, -150), card(300, 0)};
  std::vector<WireWay> ways;
  routeWires(cards, {{0, 1}, {0, 2}, {0, 3}}, ways);
  EXPECT_LT(ways[1].line.front().y(), ways[2].line.front().y());
  EXPECT_LT(ways[2].line.front().y(), ways[0].line.front().y());
}

TEST(WireRouter, TwoWiresThereAndBackDoNotLieOnEachOther) {
  const std::vector<QRectF> cards{card(0, 0), card(300, 0)};
  std::vector<WireWay> ways;
  routeWires(cards, {{0, 1}, {1, 0}}, ways);
  EXPECT_NE(ways[0].line.front().y(), ways[1].tip.y());
}

TEST(WireRouter, LeavesTheOthersAsTheyAre) {
  std::vector<QRectF> cards{card(0, 0), card(300, 0), card(0, 300), card(300, 300)};
  std::vector<WireWay> ways;
  routeWires(cards, {{0, 1}, {2, 3}}, ways);
  const WireWay before = ways[1];
  cards[0].translate(0, 40);
  cards[3].translate(0, 40);
  const std::vector<char> only{1, 0};
  routeWires(cards, {{0, 1}, {2, 3}}, ways, &only);
  EXPECT_EQ(ways[0].line.front(), QPointF(75, 40));
  EXPECT_EQ(ways[1].line, before.line);
}

TEST(WireRouter, MeasuresAlongALine) {
  const QPolygonF line{{0, 0}, {10, 0}, {10, 10}};
  EXPECT_EQ(pointAlong(line, 0.5), QPointF(10, 0));
  EXPECT_EQ(pointAlong(line, 0.75), QPointF(10, 5));
  EXPECT_DOUBLE_EQ(distanceTo(line, {5, 3}), 3);
  EXPECT_DOUBLE_EQ(distanceTo(line, {13, 14}), 5);
}

}  // namespace
}  // namespace faultline::gui
