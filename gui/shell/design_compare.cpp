#include "gui/shell/design_compare.hpp"

#include <nlohmann/json.hpp>

namespace faultline::gui {

namespace {

nlohmann::json substance(const QByteArray& text) {
  nlohmann::json json =
      nlohmann::json::parse(text.constData(), text.constData() + text.size(), nullptr,
                            /*allow_exceptions=*/false, /*ignore_comments=*/true);
  if (!json.is_object()) return json;
  for (const char* key : {"layout", "notes", "title", "description"}) json.erase(key);
  return json;
}

}  // namespace

bool sameDesign(const QByteArray& a, const QByteArray& b) {
  if (a == b) return true;
  const nlohmann::json left = substance(a);
  const nlohmann::json right = substance(b);
  return !left.is_discarded() && !right.is_discarded() && left == right;
}

}  // namespace faultline::gui
