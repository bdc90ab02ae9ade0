/// Draws from the standard laws that the distributions are made of, inline for the hot path.
#pragma once

#include <array>
#include <cstddef>

#include "sim/random/portable_math.hpp"
#include "sim/random/stream.hpp"

namespace faultline::sim {

namespace detail {

/// The area under e^-x, x >= 0, cut into 256 layers of equal area. Layer i > 0 reaches from the
/// height e^-edge[i] up to e^-edge[i+1]; layer 0 is the rectangle of width edge[1] below e^-edge[1]
/// with the tail to its right, and edge[0] is the width of a rectangle of that area and height.
/// Source: Marsaglia and Tsang, "The Ziggurat Method for Generating Random Variables", 2000.
struct ExponentialZiggurat {
  static constexpr std::size_t layers = 256;
  static constexpr double tail_start = 0x1.ec9d9297ebb83p+2;
  static constexpr double area = 0x1.02d84bc4b0285p-8;
  std::array<double, layers + 1> edge{};
  std::array<double, layers + 1> height{};

  constexpr ExponentialZiggurat() {
    edge[0] = area / portable::exp(-tail_start);
    edge[1] = tail_start;
    for (std::size_t i = 1; i + 1 < layers; ++i) {
      edge[i + 1] = -portable::log(area / edge[i] + portable::exp(-edge[i]));
    }
    edge[layers] = 0;
    for (std::size_t i = 0; i <= layers; ++i) height[i] = portable::exp(-edge[i]);
  }
};

inline constexpr ExponentialZiggurat exponential_ziggurat;

/// Goes on with a draw that fell outside the rectangle inside its layer.
double exponential_outside(Stream& stream, std::size_t layer, double x);

}  // namespace detail

/// An exponential variable of mean 1. Takes one word 98.9 % of the time.
inline double standard_exponential(Stream& stream) {
  // The low 8 bits choose the layer and the high 53 the place in it.
  const std::uint64_t word = stream.next();
  const std::size_t layer = word & (detail::ExponentialZiggurat::layers - 1);
  const double x =
      static_cast<double>(word >> 11) * 0x1p-53 * detail::exponential_ziggurat.edge[layer];
  if (x < detail::exponential_ziggurat.edge[layer + 1]) [[likely]]
    return x;
  return detail::exponential_outside(stream, layer, x);
}

/// A normal variable of mean 0 and variance 1, by inversion: one word, always.
inline double standard_normal(Stream& stream) {
  return portable::normal_quantile(stream.uniform());
}

/// A gamma variable of the given shape and scale 1. Requires: shape > 0.
/// Source: Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", 2000.
double standard_gamma(Stream& stream, double shape);

}  // namespace faultline::sim
