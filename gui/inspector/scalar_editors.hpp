/// Editors of single values: fields, check boxes, lists of words and of nodes.
#pragma once

#include "gui/inspector/value_editor.hpp"

namespace faultline::gui {

/// A number, a quantity with its unit, or a text. A number's unit stands in the field.
class FieldEditor final : public ValueEditor {
  Q_OBJECT
 public:
  FieldEditor(const ValueShape& shape, const EditContext& context, QWidget* parent);
  void setDefault(const Json& value) override;
  void setProblems(const std::vector<PartProblem>& problems) override;

 protected:
  void display(const Json& value, bool mixed) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  QString usual() const;  ///< What stands where nothing is set.
  void typed();
  void step(int by);
  QLineEdit* field_;
  QLabel* unit_;
  QString default_;
};

class BoolEditor final : public ValueEditor {
  Q_OBJECT
 public:
  BoolEditor(const ValueShape& shape, const EditContext& context, QWidget* parent);
  void setDefault(const Json& value) override;

 protected:
  void display(const Json& value, bool mixed) override;

 private:
  void name();
  QCheckBox* box_;
  bool default_ = false;
};

/// One of the words that are allowed.
class WordEditor final : public ValueEditor {
  Q_OBJECT
 public:
  WordEditor(const ValueShape& shape, const EditContext& context, QWidget* parent);
  void setDefault(const Json& value) override;

 protected:
  void display(const Json& value, bool mixed) override;

 private:
  QComboBox* box_;
  QString default_;
};

/// The name of a node that fits, of one of its replicas, or of a zone.
class ReferenceEditor final : public ValueEditor {
  Q_OBJECT
 public:
  ReferenceEditor(const ValueShape& shape, const EditContext& context, QWidget* parent);
  /// What could be referred to.
  QStringList candidates() const;

 protected:
  void display(const Json& value, bool mixed) override;

 private:
  void fill();
  QComboBox* box_;
};

/// Nodes that a reference of this parameter could name; zones and regions where it may.
QStringList referenceCandidates(const ValueShape& shape, const EditContext& context);

}  // namespace faultline::gui
