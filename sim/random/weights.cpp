#include "sim/random/weights.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace faultline::sim {

void check_weights(const std::vector<double>& weights, std::size_t count, std::string_view noun,
                   const Path& path, Problems& problems) {
  if (weights.empty()) return;
  if (weights.size() != count) {
    problems.add(path,
                 fmt::format("expected {}, one for each {}, got {}", count, noun, weights.size()));
  } else if (std::all_of(weights.begin(), weights.end(), [](double w) { return w == 0; })) {
    problems.add(path, "expected a weight above 0, got only zeros");
  }
}

std::vector<double> weights_or_equal(const std::vector<double>& weights, std::size_t count) {
  return weights.empty() ? std::vector<double>(count, 1.0) : weights;
}

}  // namespace faultline::sim
