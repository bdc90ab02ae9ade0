#include "sim/kernel/run_error.hpp"

#include <fmt/format.h>

namespace faultline::sim {

RunError::RunError(Time when, std::string where, const std::string& message)
    : std::runtime_error(where.empty()
                             ? fmt::format("at {} s: {}", to_seconds(when), message)
                             : fmt::format("at {} s, {}: {}", to_seconds(when), where, message)),
      when_(when),
      where_(std::move(where)) {}

}  // namespace faultline::sim
