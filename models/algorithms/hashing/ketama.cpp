#include "models/algorithms/hashing/ketama.hpp"

#include <cmath>
#include <string>

#include "models/algorithms/hashing/md5.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {
namespace {

constexpr double digests_per_node = 40;
/// A ring of 32 bits lies on one of 64 bits with equal distances.
constexpr int upper_half = 32;

}  // namespace

std::uint32_t Ketama::place_of(std::string_view text) { return little_endian_word(md5(text), 0); }

Ketama::Owner Ketama::owner_of(std::string_view text) {
  bring_up_to_date();
  const std::size_t point =
      points_.first_from(static_cast<std::uint64_t>(place_of(text)) << upper_half);
  if (point == RingPoints::none) return {};
  return {static_cast<std::uint32_t>(points_[point].place >> upper_half), points_[point].node};
}

std::size_t Ketama::place(std::uint64_t key) { return owner_of(std::to_string(key)).node; }

std::size_t Ketama::points() {
  bring_up_to_date();
  return points_.size();
}

std::vector<RingArc> Ketama::arcs() {
  bring_up_to_date();
  return points_.arcs();
}

void Ketama::lay_out() {
  stale_ = false;
  float sum = 0;
  std::size_t nodes = 0;
  for (std::size_t node = 0; node < size(); ++node) {
    sum += static_cast<float>(weight(node));
    if (weight(node) > 0) ++nodes;
  }
  std::vector<RingPoints::Point> points;
  for (std::size_t node = 0; node < size(); ++node) {
    if (weight(node) == 0) continue;
    const float share = static_cast<float>(weight(node)) / sum;
    const auto digests = static_cast<int>(
        std::floor(static_cast<float>(share * digests_per_node * static_cast<double>(nodes))));
    for (int number = 0; number < digests; ++number) {
      const Md5Digest digest = md5(name(node) + "-" + std::to_string(number));
      for (std::size_t word = 0; word < 4; ++word) {
        const std::uint64_t place = little_endian_word(digest, 4 * word);
        points.push_back({place << upper_half, static_cast<std::uint32_t>(node)});
      }
    }
  }
  points_.build(std::move(points), size());
  for (std::size_t node = 0; node < size(); ++node) {
    if (!takes_keys(node)) points_.set_present(node, false);
  }
}

namespace {

const sim::Registration<KeyPlacement, Ketama, sim::NoParams> registered{
    {.name = "ketama",
     .title = "Ketama",
     .summary = "The ring of memcached clients, point for point: 160 points a server of average "
                "weight, four of each MD5 digest.",
     .source = "Richard Jones, libketama, ketama.c, 2007",
     .does_not_model = "the names without port that some clients hash for port 11211"}};

}  // namespace
}  // namespace faultline::models
