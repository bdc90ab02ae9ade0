#include "sim/random/variates.hpp"

#include <cmath>

#include "sim/param/assert.hpp"

namespace faultline::sim {

double detail::exponential_outside(Stream& stream, std::size_t layer, double x) {
  const ExponentialZiggurat& table = exponential_ziggurat;
  // The law has no memory: what lies beyond the start of the tail is the start plus a fresh draw.
  double offset = 0;
  for (;;) {
    if (layer == 0) {
      offset += ExponentialZiggurat::tail_start;
    } else {
      const double low = table.height[layer];
      const double y = low + (table.height[layer + 1] - low) * stream.uniform();
      if (y < portable::exp(-x)) return offset + x;
    }
    const std::uint64_t word = stream.next();
    layer = word & (ExponentialZiggurat::layers - 1);
    x = static_cast<double>(word >> 11) * 0x1p-53 * table.edge[layer];
    if (x < table.edge[layer + 1]) return offset + x;
  }
}

double standard_gamma(Stream& stream, double shape) {
  SIM_ASSERT(shape > 0);
  if (shape < 1) {
    // A gamma variable of shape + 1 times U^(1/shape); -log U is a standard exponential.
    const double larger = standard_gamma(stream, shape + 1);
    return larger * portable::exp(-standard_exponential(stream) / shape);
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = standard_normal(stream);
    const double root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    const double u = stream.uniform();
    const double x2 = x * x;
    if (u < 1 - 0.0331 * x2 * x2) return d * v;
    if (portable::log(u) < 0.5 * x2 + d * (1 - v + portable::log(v))) return d * v;
  }
}

}  // namespace faultline::sim
