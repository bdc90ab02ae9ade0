#include "gui/canvas/design_age.hpp"

#include <nlohmann/json.hpp>
#include <string_view>

namespace faultline::gui {
namespace {

bool matters(std::string_view key) {
  return key != "layout" && key != "notes" && key != "title" && key != "description";
}

}  // namespace

bool runsTheSame(const nlohmann::json& a, const nlohmann::json& b) {
  if (!a.is_object() || !b.is_object()) return a == b;
  std::size_t kept = 0;
  for (const auto& [key, value] : a.items()) {
    if (!matters(key)) continue;
    ++kept;
    const auto found = b.find(key);
    if (found == b.end() || *found != value) return false;
  }
  for (const auto& [key, value] : b.items()) kept -= matters(key) ? 1 : 0;
  return kept == 0;
}

}  // namespace faultline::gui
