/// The line below a node's name on its card: what of its parameters is worth it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <QString>

#include "sim/registry/registry.hpp"

namespace faultline::gui {

/// "LRU · 20,000", "4 workers"; empty if the file says nothing worth a line. In the language of the
/// window.
QString nodeSubtitle(const sim::TypeRecord& type, const nlohmann::json& node);

}  // namespace faultline::gui
