/// The way of a wire from card to card: a curve from the side of the one to the side of the other
/// that faces it, bent around cards that stand between.
#pragma once

#include <QPainterPath>
#include <QPointF>
#include <QPolygonF>
#include <QRectF>
#include <vector>

namespace faultline::gui {

/// One wire by the indices of its cards.
struct WireEnds {
  int from = 0;
  int to = 0;  ///< -1: there is none; a short stub is drawn.
};

struct WireWay {
  QPainterPath path;     ///< Cubic curves, from its beginning to its tip.
  QPolygonF line;        ///< The same in short straight pieces.
  QRectF bounds;         ///< Of it, its arrow head included.
  QPointF tip;           ///< Where it meets its target.
  QPointF tipDirection;  ///< Of unit length.
  QPointF middle;        ///< Half way, where a label stands if nothing is in its way.
};

/// Ways for `wires` among `cards`. Ends on one side of a card are spread along it in the order in
/// which their other ends lie, so that wires of one card do not cross at once. With `only`, the
/// others keep the way they have in `ways`. Requires: indices are those of cards.
void routeWires(const std::vector<QRectF>& cards, const std::vector<WireEnds>& wires,
                std::vector<WireWay>& ways, const std::vector<char>* only = nullptr);

/// The point at `share` (0 to 1) of the length of `line`.
QPointF pointAlong(const QPolygonF& line, double share);
/// How far `point` is from `line`.
double distanceTo(const QPolygonF& line, QPointF point);

}  // namespace faultline::gui
