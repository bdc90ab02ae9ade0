#include "models/algorithms/hashing/bounded_load.hpp"

#include <cmath>

#include "sim/registry/registry.hpp"

namespace faultline::models {

void BoundedLoadParams::describe(sim::ParamList<BoundedLoadParams>& list) {
  list.add("factor", &BoundedLoadParams::factor,
           "How many times its fair share a node may hold (HAProxy: hash-balance-factor / 100)")
      .between(1, 1000);
  list.include(&BoundedLoadParams::ring);
}

BoundedLoad::BoundedLoad(const BoundedLoadParams& params, const MakeArgs& args)
    : factor_(params.factor), ring_(params.ring, {}) {
  add_all(args.nodes);
}

std::uint64_t BoundedLoad::bound(std::size_t index) const {
  const double fair = static_cast<double>(load_sum_ + 1) * weight(index) / weight_sum_;
  // What is above a whole number by rounding only is that number.
  return static_cast<std::uint64_t>(std::ceil(factor_ * fair * (1 - 1e-12)));
}

std::size_t BoundedLoad::place(std::uint64_t key) {
  const RingPoints& points = ring_.points();
  std::size_t point = points.first_from(ring_.place_of_key(key));
  if (point == RingPoints::none) return none;
  // The bounds add up to more than is held, so somebody has room.
  for (std::size_t step = 0; step < points.size(); ++step) {
    const std::size_t node = points[point].node;
    if (load(node) < bound(node)) return node;
    point = points.next(point);
  }
  return points[point].node;
}

void BoundedLoad::on_added(std::size_t index) {
  ring_.add({name(index), weight(index)});
  weight_sum_ += weight(index);
}

void BoundedLoad::on_weight(std::size_t index) {
  ring_.set_weight(index, weight(index));
  // A node that left while it weighed nothing has not been heard of since.
  ring_.set_present(index, present(index));
  recount();
}

void BoundedLoad::on_presence(std::size_t index) {
  ring_.set_present(index, present(index));
  recount();
}

void BoundedLoad::on_load(std::size_t index, std::int64_t change) {
  if (takes_keys(index)) load_sum_ += change;
}

void BoundedLoad::recount() {
  weight_sum_ = 0;
  load_sum_ = 0;
  for (std::size_t index = 0; index < size(); ++index) {
    if (!takes_keys(index)) continue;
    weight_sum_ += weight(index);
    load_sum_ += static_cast<std::int64_t>(load(index));
  }
}

namespace {

const sim::Registration<KeyPlacement, BoundedLoad, BoundedLoadParams> registered{
    {.name = "bounded_load",
     .title = "Ring with bounded loads",
     .summary = "A ring on which a key goes on to the next node while the one it belongs to holds "
                "more than factor times its fair share.",
     .source = "Mirrokni, Thorup, Zadimoghaddam, Consistent Hashing with Bounded Loads, 2016",
     .does_not_model = "moving keys already held when the bound sinks"}};

}  // namespace
}  // namespace faultline::models
