/// What could be written at a place of a scenario's text.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <QString>
#include <QStringList>

namespace faultline::gui {

struct Completions {
  QStringList words;
  QString prefix;         ///< What of a word stands before the place already.
  bool inQuotes = false;  ///< The place is within quotes.
  bool isKey = false;     ///< The name of a member is meant.
};

/// At the end of `before`, which may be broken. `scenario`: the last text that was JSON, for names
/// of nodes, and types of the node the place is in.
Completions completionsAt(const QString& before, const nlohmann::json& scenario);

}  // namespace faultline::gui
