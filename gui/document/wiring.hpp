/// References as parts of a text: taking them out of it, and putting them in.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "gui/document/json_plan.hpp"

namespace faultline::gui {

/// Takes the reference at `path` (as sim::FoundRef gives it, also inside a call) out of the text:
/// the element of a list, the member, the argument; a step that cannot be without it goes as a
/// whole. With `keepRequired`, what would leave its node without something it must have stays, to
/// be seen as a problem.
void dropReference(JsonPlan& plan, const JsonText& syntax, const nlohmann::json& root,
                   const std::string& path, bool keepRequired);

/// Takes out the entry of a section that holds the reference at `path`: the fault, the link, the
/// objective, the element of a list of names.
void dropEntry(JsonPlan& plan, const JsonText& syntax, const std::string& path);

}  // namespace faultline::gui
