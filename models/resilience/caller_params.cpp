#include "models/resilience/caller_params.hpp"

namespace faultline::models {

void CallerParams::check(const CallerParams& params, const sim::Path& path, sim::Problems& problems,
                         const std::string& prefix) {
  if (params.timeout && params.deadline && *params.timeout > *params.deadline) {
    problems.add(path / (prefix + "timeout"),
                 "is above `" + prefix + "deadline`, which ends the wait before");
  }
}

}  // namespace faultline::models
