/// How those who may put another in the place of a primary learn that it is gone.
#pragma once

#include <functional>
#include <memory>

#include "models/algorithms/membership/failure_detector.hpp"

namespace faultline::models {

/// A detector for one member, which begins to watch now. Null: silence for a fixed time decides.
using MakeDetector = std::function<std::unique_ptr<FailureDetector>(sim::Duration now)>;

}  // namespace faultline::models
