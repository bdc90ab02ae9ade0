/// Whether a result is of the present design.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace faultline::gui {

/// Whether two scenarios run the same: they differ at most in what does not reach a run, which is
/// places, notes, title and description.
bool runsTheSame(const nlohmann::json& a, const nlohmann::json& b);

}  // namespace faultline::gui
