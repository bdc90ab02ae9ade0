#include "models/algorithms/hashing/ring.hpp"

#include <algorithm>
#include <cmath>

#include "models/algorithms/hashing/key_hash.hpp"
#include "models/algorithms/hashing/md5.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {

void RingParams::describe(sim::ParamList<RingParams>& list) {
  list.add("points", &RingParams::points,
           "Virtual nodes: points on the ring of a node of weight 1; the more, the more even")
      .unit("points")
      .between(1, 10'000);
  list.add("hash", &RingParams::hash,
           "Where points and keys lie: by a fast hash, or by MD5 of their names")
      .one_of({"fast", "md5"});
}

Ring::Ring(const RingParams& params, const MakeArgs& args)
    : params_(params), md5_(params.hash == "md5") {
  add_all(args.nodes);
}

std::size_t Ring::place(std::uint64_t key) {
  const RingPoints& ring = points();
  const std::size_t point = ring.first_from(place_of_key(key));
  return point == RingPoints::none ? none : ring[point].node;
}

std::vector<RingArc> Ring::arcs() { return points().arcs(); }

const RingPoints& Ring::points() {
  if (stale_) lay_out();
  return points_;
}

std::uint64_t Ring::place_of_key(std::uint64_t key) const {
  return md5_ ? leading_word(md5(std::to_string(key))) : hash_of_word(key);
}

std::uint64_t Ring::place_of_point(std::size_t node, std::uint64_t number) const {
  if (md5_) return leading_word(md5(name(node) + ":" + std::to_string(number)));
  return hash_of_pair(hash_of_text(name(node)), number);
}

void Ring::lay_out() {
  stale_ = false;
  std::vector<RingPoints::Point> points;
  for (std::size_t node = 0; node < size(); ++node) {
    if (weight(node) == 0) continue;
    const double wanted = std::floor(static_cast<double>(params_.points) * weight(node) + 0.5);
    const auto count = static_cast<std::uint64_t>(
        std::clamp(wanted, 1.0, static_cast<double>(std::max(points_max, params_.points))));
    for (std::uint64_t number = 0; number < count; ++number) {
      points.push_back({place_of_point(node, number), static_cast<std::uint32_t>(node)});
    }
  }
  points_.build(std::move(points), size());
  for (std::size_t node = 0; node < size(); ++node) {
    if (!takes_keys(node)) points_.set_present(node, false);
  }
}

namespace {

const sim::Registration<KeyPlacement, Ring, RingParams> registered{
    {.name = "ring",
     .title = "Ring with virtual nodes",
     .summary = "A key lives with the first point at or after its own place on a circle; a node "
                "that leaves or joins moves 1/n of the keys.",
     .source = "Karger et al., Consistent Hashing and Random Trees, STOC 1997",
     .does_not_model = "replicas of a key on the nodes that follow"}};

}  // namespace
}  // namespace faultline::models
