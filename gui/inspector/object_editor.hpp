/// An object of its own parameters, unfolded below; one that may be absent has a switch.
#pragma once

#include "gui/inspector/value_editor.hpp"

namespace faultline::gui {

class ParamForm;

class ObjectEditor final : public ValueEditor {
  Q_OBJECT
 public:
  ObjectEditor(const ValueShape& shape, const EditContext& context, QWidget* parent);
  void setDefault(const Json& value) override;
  QWidget* below() override { return below_; }
  void setProblems(const std::vector<PartProblem>& problems) override;
  bool focusPart(const QString& path) override;
  ParamForm* form() const { return form_; }
  /// It is an element of a list: there without a switch, told by what it says.
  void setElement();
  /// It is an entry of a map: there without a switch, told by its key, which stands in `key`.
  void setEntry(QWidget* key);

 protected:
  void display(const Json& value, bool mixed) override;

 private:
  QCheckBox* switch_;
  QLabel* summary_ = nullptr;  ///< Of an element.
  QWidget* below_;
  ParamForm* form_ = nullptr;
  bool optional_ = true;
};

}  // namespace faultline::gui
