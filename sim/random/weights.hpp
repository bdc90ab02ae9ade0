/// Lists of weights as parameters.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "sim/param/problem.hpp"

namespace faultline::sim {

/// Adds a problem at `path` unless `weights` is empty (all equal) or has one for each of `count`
/// things called `noun`, not all of them 0. Requires: no weight is negative.
void check_weights(const std::vector<double>& weights, std::size_t count, std::string_view noun,
                   const Path& path, Problems& problems);

/// `weights`, or `count` times 1 if there are none.
std::vector<double> weights_or_equal(const std::vector<double>& weights, std::size_t count);

}  // namespace faultline::sim
