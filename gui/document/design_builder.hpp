/// Reads the design model of a scenario's JSON, and keeps what did not change from one reading to
/// the next: of a large file an edit of one node costs that node.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <QHash>
#include <string>
#include <vector>

#include "gui/document/design_model.hpp"
#include "sim/param/param.hpp"

namespace faultline::gui {

class DesignBuilder {
 public:
  /// The model of `json`. With `changedNodes`, only the entries of `nodes` with these names differ
  /// from what was read last.
  void read(const nlohmann::json& json, const std::vector<std::string>& order,
            const std::vector<std::string>* changedNodes = nullptr);
  /// Only `layout` changed.
  void readLayout(const nlohmann::json& json);
  const DesignModel& model() const { return model_; }
  /// A card that had an automatic place keeps it under its new name.
  void renamed(const QString& from, const QString& to);
  /// Forgets everything: another file.
  void clear();

 private:
  struct Part {
    DesignNode node;
    std::vector<DesignWire> wires;
  };
  Part readNode(const std::string& name, const nlohmann::json& value) const;
  void place(const nlohmann::json& json);
  void layOut();

  DesignModel model_;
  QHash<QString, Part> parts_;
  QHash<QString, QPointF> automatic_;  ///< Places of cards that the file gives none.
};

/// The references in the parameters of one node, as far as they can be read: a parameter that is
/// wrong hides none of the others'.
std::vector<sim::FoundRef> referencesOf(const std::string& name, const nlohmann::json& node);

/// "app[0]" -> "app"; any other text stays.
std::string groupOf(std::string_view reference);

}  // namespace faultline::gui
