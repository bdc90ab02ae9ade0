/// JSON values as words for people, in messages.
#pragma once

#include <string>

#include "sim/param/param.hpp"

namespace faultline::sim {

/// What stands there, for "expected ..., got ...": `5`, `"text"`, `true`, `null`, `a list`, `an
/// object`.
std::string found_text(const Json& json);

}  // namespace faultline::sim
