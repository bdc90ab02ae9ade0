#include "gui/canvas/wire_router.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <unordered_map>

namespace faultline::gui {
namespace {

enum class Side { left, right, top, bottom };

constexpr double clearance = 9;  ///< Between a wire and a card it passes.
constexpr int pieces = 14;       ///< Straight pieces of one curve.

/// The cards in squares of the sheet, so that a wire asks only those nearby.
class CardGrid {
 public:
  explicit CardGrid(const std::vector<QRectF>& cards) : cards_(cards) {
    for (std::size_t i = 0; i < cards.size(); ++i) {
      each(cards[i].adjusted(-clearance, -clearance, clearance, clearance),
           [&](std::int64_t key) { squares_[key].push_back(static_cast<int>(i)); });
    }
  }

  /// The first card that `line` passes through, other than `a` and `b`; -1: none.
  int firstHit(const QPolygonF& line, int a, int b) const {
    for (const QPointF& point : line) {
      const auto found = squares_.find(key(square(point.x()), square(point.y())));
      if (found == squares_.end()) continue;
      for (const int index : found->second) {
        if (index == a || index == b) continue;
        if (cards_[static_cast<std::size_t>(index)].adjusted(-4, -4, 4, 4).contains(point)) {
          return index;
        }
      }
    }
    return -1;
  }

 private:
  static constexpr double size = 256;
  static int square(double at) {
    return static_cast<int>(std::floor(std::clamp(at, -1e8, 1e8) / size));
  }
  static std::int64_t key(int x, int y) {
    return (static_cast<std::int64_t>(x) << 32) ^ static_cast<std::uint32_t>(y);
  }
  template <class Do>
  void each(const QRectF& rect, const Do& act) const {
    for (int x = square(rect.left()); x <= square(rect.right()); ++x) {
      for (int y = square(rect.top()); y <= square(rect.bottom()); ++y) act(key(x, y));
    }
  }

  const std::vector<QRectF>& cards_;
  std::unordered_map<std::int64_t, std::vector<int>> squares_;
};

QPointF outward(Side side) {
  switch (side) {
    case Side::left:
      return {-1, 0};
    case Side::right:
      return {1, 0};
    case Side::top:
      return {0, -1};
    case Side::bottom:
      return {0, 1};
  }
  return {};
}

/// The sides by which two cards see each other.
std::pair<Side, Side> facing(const QRectF& from, const QRectF& to) {
  const double gap_right = to.left() - from.right();
  const double gap_left = from.left() - to.right();
  const double gap_down = to.top() - from.bottom();
  const double gap_up = from.top() - to.bottom();
  if (gap_right >= 12) return {Side::right, Side::left};
  if (gap_left >= 12) {
    return {Side::left, Side::right};
  }
  if (gap_down >= 4) return {Side::bottom, Side::top};
  if (gap_up >= 4) return {Side::top, Side::bottom};
  return {Side::right, Side::left};  // They lie over each other.
}

/// An end of a wire on a side of a card.
struct End {
  int wire;
  bool target;
  double order;  ///< Of the other end, along the side.
};

QPointF cubicAt(const std::array<QPointF, 4>& c, double t) {
  const double u = 1 - t;
  return c[0] * (u * u * u) + c[1] * (3 * u * u * t) + c[2] * (3 * u * t * t) + c[3] * (t * t * t);
}

/// A way made of cubic curves.
struct Curves {
  std::vector<std::array<QPointF, 4>> parts;

  QPolygonF line() const {
    QPolygonF line;
    line.reserve(static_cast<int>(parts.size()) * pieces + 1);
    if (!parts.empty()) line << parts.front()[0];
    for (const auto& part : parts) {
      const bool straight = std::abs((part[1] - part[0]).x() * (part[3] - part[0]).y() -
                                     (part[1] - part[0]).y() * (part[3] - part[0]).x()) < 1e-6 &&
                            std::abs((part[2] - part[0]).x() * (part[3] - part[0]).y() -
                                     (part[2] - part[0]).y() * (part[3] - part[0]).x()) < 1e-6;
      const int count = straight ? 8 : pieces;
      for (int i = 1; i <= count; ++i) line << cubicAt(part, static_cast<double>(i) / count);
    }
    return line;
  }
  QPainterPath path() const {
    QPainterPath path;
    if (parts.empty()) return path;
    path.moveTo(parts.front()[0]);
    for (const auto& part : parts) path.cubicTo(part[1], part[2], part[3]);
    return path;
  }
};

std::array<QPointF, 4> cubic(QPointF a, QPointF outOfA, QPointF b, QPointF outOfB) {
  const QPointF way = b - a;
  const bool sideways = std::abs(outOfA.x()) > 0.5;
  const double along = sideways ? std::abs(way.x()) : std::abs(way.y());
  const double across = sideways ? std::abs(way.y()) : std::abs(way.x());
  const double bend = std::max(along * 0.5, std::min(36.0, across * 0.4 + 4));
  return {a, a + outOfA * bend, b + outOfB * bend, b};
}

/// From `a` to `b` by way of `through`, which it passes in the main direction.
Curves detour(QPointF a, QPointF outOfA, QPointF b, QPointF outOfB,
              const std::vector<QPointF>& through, QPointF direction) {
  Curves curves;
  QPointF at = a;
  QPointF out = outOfA;
  for (const QPointF& point : through) {
    curves.parts.push_back(cubic(at, out, point, -direction));
    at = point;
    out = direction;
  }
  curves.parts.push_back(cubic(at, out, b, outOfB));
  return curves;
}

Curves loop(const QRectF& card) {
  const QPointF right(card.right(), card.top() + 18);
  const QPointF top(card.right() - 22, card.top());
  Curves curves;
  curves.parts.push_back({right, right + QPointF(40, 0), top + QPointF(0, -44), top});
  return curves;
}

}  // namespace

void routeWires(const std::vector<QRectF>& cards, const std::vector<WireEnds>& wires,
                std::vector<WireWay>& ways, const std::vector<char>* only) {
  ways.resize(wires.size());
  const CardGrid grid(cards);
  const auto card = [&](int index) -> const QRectF& {
    return cards[static_cast<std::size_t>(index)];
  };

  // Which sides, and in which order along them.
  std::vector<std::pair<Side, Side>> sides(wires.size(), {Side::right, Side::left});
  std::vector<std::array<std::vector<End>, 4>> ends(cards.size());
  for (std::size_t i = 0; i < wires.size(); ++i) {
    const auto [from, to] = wires[i];
    if (to < 0) {
      ends[static_cast<std::size_t>(from)][static_cast<std::size_t>(Side::right)].push_back(
          {static_cast<int>(i), false, 1e9});
      continue;
    }
    if (from == to) continue;
    sides[i] = facing(card(from), card(to));
    const auto add = [&](int at, Side side, int other, bool target) {
      const bool upright = side == Side::left || side == Side::right;
      // Whoever is farther off is turned to more gently, so the slope decides, not the place.
      const QPointF way = card(other).center() - card(at).center();
      const double along = upright ? way.y() : way.x();
      const double off = std::max(40.0, std::abs(upright ? way.x() : way.y()));
      ends[static_cast<std::size_t>(at)][static_cast<std::size_t>(side)].push_back(
          {static_cast<int>(i), target, along / off});
    };
    add(from, sides[i].first, to, false);
    add(to, sides[i].second, from, true);
  }
  std::vector<std::pair<QPointF, QPointF>> points(wires.size());
  for (std::size_t c = 0; c < cards.size(); ++c) {
    for (std::size_t s = 0; s < 4; ++s) {
      auto& list = ends[c][s];
      if (list.empty()) continue;
      std::stable_sort(list.begin(), list.end(), [](const End& a, const End& b) {
        return a.order != b.order ? a.order < b.order : a.target < b.target;
      });
      const Side side = static_cast<Side>(s);
      const bool upright = side == Side::left || side == Side::right;
      const double length = (upright ? cards[c].height() : cards[c].width()) - 24;
      const double count = static_cast<double>(list.size());
      const double step = list.size() < 2 ? 0 : std::min(14.0, length / (count - 1));
      for (std::size_t k = 0; k < list.size(); ++k) {
        const double offset = (static_cast<double>(k) - (count - 1) / 2) * step;
        const QPointF middle = cards[c].center();
        QPointF at;
        switch (side) {
          case Side::left:
            at = {cards[c].left(), middle.y() + offset};
            break;
          case Side::right:
            at = {cards[c].right(), middle.y() + offset};
            break;
          case Side::top:
            at = {middle.x() + offset, cards[c].top()};
            break;
          case Side::bottom:
            at = {middle.x() + offset, cards[c].bottom()};
            break;
        }
        auto& pair = points[static_cast<std::size_t>(list[k].wire)];
        (list[k].target ? pair.second : pair.first) = at;
      }
    }
  }

  for (std::size_t i = 0; i < wires.size(); ++i) {
    if (only != nullptr && (*only)[i] == 0) continue;
    const auto [from, to] = wires[i];
    Curves curves;
    if (to < 0) {
      const QPointF a = points[i].first;
      curves.parts.push_back({a, a + QPointF(18, 0), a + QPointF(26, 0), a + QPointF(44, 0)});
    } else if (from == to) {
      curves = loop(card(from));
    } else {
      const auto [a, b] = points[i];
      const QPointF out_a = outward(sides[i].first);
      const QPointF out_b = outward(sides[i].second);
      curves.parts.push_back(cubic(a, out_a, b, out_b));
      // Around what stands between: above or below it, whichever is nearer and clear.
      int hit = grid.firstHit(curves.line(), from, to);
      const bool sideways = std::abs(out_a.x()) > 0.5;
      std::vector<QPointF> through;
      for (int attempt = 0; hit >= 0 && attempt < 4; ++attempt) {
        const QRectF obstacle = card(hit).adjusted(-clearance, -clearance, clearance, clearance);
        Curves best;
        std::vector<QPointF> best_through;
        double best_cost = 1e18;
        int best_hit = hit;
        for (const double turn : {-1.0, 1.0}) {
          std::vector<QPointF> next = through;
          // Along its whole side, so that the curve is clear of its corners.
          if (sideways) {
            const double y = turn < 0 ? obstacle.top() : obstacle.bottom();
            next.emplace_back(obstacle.left(), y);
            next.emplace_back(obstacle.right(), y);
          } else {
            const double x = turn < 0 ? obstacle.left() : obstacle.right();
            next.emplace_back(x, obstacle.top());
            next.emplace_back(x, obstacle.bottom());
          }
          std::sort(next.begin(), next.end(), [&](const QPointF& p, const QPointF& q) {
            return QPointF::dotProduct(p - q, out_a) < 0;
          });
          Curves tried = detour(a, out_a, b, out_b, next, out_a);
          const QPolygonF line = tried.line();
          const int next_hit = grid.firstHit(line, from, to);
          double length = 0;
          for (int k = 1; k < line.size(); ++k) {
            length += std::hypot(line[k].x() - line[k - 1].x(), line[k].y() - line[k - 1].y());
          }
          const double cost = length + (next_hit >= 0 ? 400 : 0) + (next_hit == hit ? 4000 : 0);
          if (cost < best_cost) {
            best_cost = cost;
            best = std::move(tried);
            best_through = std::move(next);
            best_hit = next_hit;
          }
        }
        if (best_hit == hit) break;
        curves = std::move(best);
        through = std::move(best_through);
        hit = best_hit;
      }
    }
    WireWay& way = ways[i];
    way.path = curves.path();
    way.line = curves.line();
    way.bounds = way.line.boundingRect().adjusted(-8, -8, 8, 8);
    way.tip = way.line.back();
    const QPointF before = curves.parts.back()[2];
    const QPointF last = way.tip - (before == way.tip ? way.line[way.line.size() - 2] : before);
    const double length = std::hypot(last.x(), last.y());
    way.tipDirection = length > 0 ? last / length : QPointF(1, 0);
    way.middle = pointAlong(way.line, 0.5);
  }
}

QPointF pointAlong(const QPolygonF& line, double share) {
  if (line.isEmpty()) return {};
  double total = 0;
  for (int i = 1; i < line.size(); ++i) {
    total += std::hypot(line[i].x() - line[i - 1].x(), line[i].y() - line[i - 1].y());
  }
  double left = total * std::clamp(share, 0.0, 1.0);
  for (int i = 1; i < line.size(); ++i) {
    const QPointF step = line[i] - line[i - 1];
    const double length = std::hypot(step.x(), step.y());
    if (left <= length && length > 0) return line[i - 1] + step * (left / length);
    left -= length;
  }
  return line.back();
}

double distanceTo(const QPolygonF& line, QPointF point) {
  double best = 1e18;
  for (int i = 1; i < line.size(); ++i) {
    const QPointF a = line[i - 1];
    const QPointF way = line[i] - a;
    const double squared = QPointF::dotProduct(way, way);
    const double t =
        squared > 0 ? std::clamp(QPointF::dotProduct(point - a, way) / squared, 0.0, 1.0) : 0;
    const QPointF off = point - (a + way * t);
    best = std::min(best, std::hypot(off.x(), off.y()));
  }
  return best;
}

}  // namespace faultline::gui
