/// Points of nodes on a circle of 2^64 places; a key belongs to the first point at or after its own
/// place. The points stay where they are while a node is away: its keys go on to the next point of
/// a node that is there, and come back with it.
///
/// Finding the owner takes a binary search and, where nodes are away, log64 of the number of points
/// (an IndexSet); a node that leaves or joins touches its own points only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/algorithms/balancing/index_set.hpp"

namespace faultline::models {

/// One piece of the circle and whose it is: the places after the end of the piece before it, up to
/// `end`.
struct RingArc {
  std::uint64_t end = 0;
  std::size_t node = 0;
};

class RingPoints {
 public:
  struct Point {
    std::uint64_t place = 0;
    std::uint32_t node = 0;
  };
  static constexpr std::size_t none = IndexSet::none;

  /// Puts `points` of `nodes` nodes on the circle; all nodes are present. Of points in one place
  /// the one of the lower node is first.
  void build(std::vector<Point> points, std::size_t nodes);
  /// Requires: node < nodes.
  void set_present(std::size_t node, bool present);

  /// The first point at or after `place` of a node that is present, going round, or none.
  std::size_t first_from(std::uint64_t place) const;
  /// The next such point after `point`, going round; `point` itself if it is the only one.
  std::size_t next(std::size_t point) const {
    return present_.next_cyclic(point + 1 == points_.size() ? 0 : point + 1);
  }
  const Point& operator[](std::size_t point) const { return points_[point]; }
  std::size_t size() const { return points_.size(); }

  /// The circle as the nodes that are present share it, in order; empty without any.
  std::vector<RingArc> arcs() const;

 private:
  std::vector<Point> points_;                        ///< Sorted by place, then by node.
  std::vector<std::vector<std::uint32_t>> of_node_;  ///< The points of each node.
  IndexSet present_;                                 ///< Points of nodes that are present. State.
};

/// The share of the circle that each of `nodes` nodes has.
std::vector<double> ring_shares(const std::vector<RingArc>& arcs, std::size_t nodes);

/// The share of the circle that has another owner in `after` than in `before`: exactly what moves
/// when nodes join or leave, for a hash that spreads evenly. Requires: neither is empty.
double ring_share_moved(const std::vector<RingArc>& before, const std::vector<RingArc>& after);

}  // namespace faultline::models
