/// Consistent hashing on a ring with virtual nodes.
///
/// Rule: each node has `points` points times its weight on a circle; a key lives with the first
/// point at or after its own place. A node that leaves hands each of its arcs to the next point, so
/// only its own keys move, spread over the others; one that joins takes only what will be its own.
/// The coefficient of variation of a node's share is sqrt((n - 1) / (n points + 1)).
///
/// By `hash` the places are those of
/// - fast: 64-bit hashes of name and number of the point, and of the key;
/// - md5: the leading 64 bits of the MD5 of "NAME:I" for point I, from 0, and of the key in decimal
///   digits. With 150 points this is the ring of many lectures.
/// Source: Karger et al., "Consistent Hashing and Random Trees", STOC 1997; the number of points:
/// Stoica et al., "Chord", SIGCOMM 2001, section 6.1. Does not model: replicas of a key on the
/// nodes that follow.
#pragma once

#include <string>

#include "models/algorithms/hashing/key_placement.hpp"
#include "models/algorithms/hashing/ring_points.hpp"
#include "sim/param/param.hpp"

namespace faultline::models {

struct RingParams {
  std::int64_t points = 150;
  std::string hash = "fast";

  static void describe(sim::ParamList<RingParams>& list);
};

class Ring final : public KeyPlacement {
 public:
  Ring(const RingParams& params, const MakeArgs& args);

  std::size_t place(std::uint64_t key) override;

  /// The circle as the nodes that take keys share it.
  std::vector<RingArc> arcs();

  /// For those that walk on from the place of a key: the points, up to date with the nodes.
  const RingPoints& points();
  /// The place of `key` on the circle.
  std::uint64_t place_of_key(std::uint64_t key) const;

  /// Points of a node at most, whatever its weight.
  static constexpr std::int64_t points_max = 100'000;

 private:
  void on_added(std::size_t) override { stale_ = true; }
  void on_weight(std::size_t) override { stale_ = true; }
  void on_presence(std::size_t index) override {
    if (!stale_) points_.set_present(index, takes_keys(index));
  }
  void lay_out();
  std::uint64_t place_of_point(std::size_t node, std::uint64_t number) const;

  RingParams params_;  ///< Parameters.
  bool md5_;           ///< Parameter.
  RingPoints points_;  ///< State.
  bool stale_ = true;  ///< The nodes or weights changed since the points were laid out. State.
};

}  // namespace faultline::models
