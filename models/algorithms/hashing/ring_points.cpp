#include "models/algorithms/hashing/ring_points.hpp"

#include <algorithm>
#include <utility>

#include "sim/param/assert.hpp"

namespace faultline::models {
namespace {

constexpr double whole_circle = 0x1p64;

}  // namespace

void RingPoints::build(std::vector<Point> points, std::size_t nodes) {
  points_ = std::move(points);
  std::sort(points_.begin(), points_.end(), [](const Point& a, const Point& b) {
    return a.place != b.place ? a.place < b.place : a.node < b.node;
  });
  of_node_.assign(nodes, {});
  present_ = {};
  present_.grow(points_.size());
  for (std::size_t point = 0; point < points_.size(); ++point) {
    of_node_[points_[point].node].push_back(static_cast<std::uint32_t>(point));
    present_.insert(point);
  }
}

void RingPoints::set_present(std::size_t node, bool present) {
  SIM_ASSERT(node < of_node_.size());
  for (const std::uint32_t point : of_node_[node]) present_.set(point, present);
}

std::size_t RingPoints::first_from(std::uint64_t place) const {
  const auto found =
      std::lower_bound(points_.begin(), points_.end(), place,
                       [](const Point& point, std::uint64_t at) { return point.place < at; });
  return present_.next_cyclic(static_cast<std::size_t>(found - points_.begin()));
}

std::vector<RingArc> RingPoints::arcs() const {
  std::vector<RingArc> arcs;
  for (std::size_t point = present_.next(0); point != none; point = present_.next(point + 1)) {
    // What lies in the same place as the one before it owns nothing.
    if (!arcs.empty() && arcs.back().end == points_[point].place) continue;
    arcs.push_back({points_[point].place, points_[point].node});
  }
  return arcs;
}

std::vector<double> ring_shares(const std::vector<RingArc>& arcs, std::size_t nodes) {
  std::vector<double> shares(nodes);
  for (std::size_t arc = 0; arc < arcs.size(); ++arc) {
    const std::uint64_t before = arcs[arc == 0 ? arcs.size() - 1 : arc - 1].end;
    // A circle with one point is all its own: the difference of equal places is the whole.
    const double length =
        arcs.size() == 1 ? whole_circle : static_cast<double>(arcs[arc].end - before);
    shares[arcs[arc].node] += length / whole_circle;
  }
  return shares;
}

double ring_share_moved(const std::vector<RingArc>& before, const std::vector<RingArc>& after) {
  SIM_ASSERT(!before.empty());
  SIM_ASSERT(!after.empty());
  // From one end to the next of either, from place 0 up to the last place of the circle. After its
  // last end each goes on with its first piece.
  double moved = 0;
  std::uint64_t begin = 0;
  std::size_t old_arc = 0;
  std::size_t new_arc = 0;
  bool last = false;
  while (!last) {
    std::uint64_t end = ~std::uint64_t{0};
    if (old_arc < before.size()) end = std::min(end, before[old_arc].end);
    if (new_arc < after.size()) end = std::min(end, after[new_arc].end);
    last = end == ~std::uint64_t{0};
    const RingArc& was = before[old_arc < before.size() ? old_arc : 0];
    const RingArc& is = after[new_arc < after.size() ? new_arc : 0];
    if (was.node != is.node) moved += (static_cast<double>(end - begin) + 1) / whole_circle;
    begin = end + 1;
    if (old_arc < before.size() && before[old_arc].end == end) ++old_arc;
    if (new_arc < after.size() && after[new_arc].end == end) ++new_arc;
  }
  return moved;
}

}  // namespace faultline::models
