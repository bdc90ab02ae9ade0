/// A choice of a type, with the parameters of the one chosen below it, and the density of a random
/// quantity.
#pragma once

#include "gui/inspector/value_editor.hpp"

namespace faultline::gui {

class DensityPlot;
class ParamForm;

class ChoiceEditor final : public ValueEditor {
  Q_OBJECT
 public:
  ChoiceEditor(const ValueShape& shape, const EditContext& context, QWidget* parent);
  ~ChoiceEditor() override;
  void setDefault(const Json& value) override;
  QWidget* below() override;
  void setProblems(const std::vector<PartProblem>& problems) override;
  bool focusPart(const QString& path) override;
  /// The chosen type; null: none, or one that is not known.
  const sim::TypeRecord* type() const { return type_; }
  void choose(const QString& typeName);  ///< As the box does; empty: none.
  ParamForm* form() const { return form_; }

 protected:
  void display(const Json& value, bool mixed) override;

 private:
  Json asObject(const Json& value) const;
  Json written(const Json& object, const Json& instead) const;
  void showType(const sim::TypeRecord* type);
  void updateBelow();

  QComboBox* box_;
  QWidget* below_;
  ParamForm* form_ = nullptr;
  DensityPlot* density_ = nullptr;
  const sim::TypeRecord* type_ = nullptr;
  std::unique_ptr<Json> default_;
};

/// The value as an object with a "type"; null if it is none of the kind.
Json choiceObject(const std::string& kind, const Json& value);
/// `object` in the form in which `instead` is written: an object stays one, a call or a bare value
/// becomes as short as it can.
Json choiceWritten(const std::string& kind, const Json& object, const Json& instead);
/// A value to begin with: the type's name, or what it needs to be readable.
Json freshChoice(const sim::TypeRecord& type);

}  // namespace faultline::gui
