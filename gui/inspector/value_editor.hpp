/// Editors of parameter values. An editor shows a JSON value and says what it becomes; it changes
/// nothing itself. Editors of lists, maps, objects and choices hold editors of their parts and pass
/// on their edits as an edit of the whole.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <QComboBox>
#include <QWidget>

#include "gui/inspector/value_shape.hpp"

class QLineEdit;
class QLabel;
class QCheckBox;

namespace faultline::gui {

using Json = nlohmann::json;

/// What is wrong with a part of a value.
struct PartProblem {
  QString path;  ///< From the value: "", ".mean", "[1].store".
  QString message;
  bool operator==(const PartProblem&) const = default;
};

class ValueEditor : public QWidget {
  Q_OBJECT
 public:
  ValueEditor(ValueShape shape, EditContext context, QWidget* parent);
  ~ValueEditor() override;

  /// Shows a value; null: it is not set. `mixed`: several nodes have different ones.
  void setValue(const Json& value, bool mixed = false);
  const Json& value() const;
  const ValueShape& shape() const { return shape_; }
  /// Shown where nothing is set: the default, as a text.
  virtual void setDefault(const Json& value);
  /// What does not fit beside a label, or null: it stands below, over the whole width.
  virtual QWidget* below() { return nullptr; }
  virtual void setProblems(const std::vector<PartProblem>& problems);
  /// The editor of a part of the value goes in front and gets the focus. False if there is none.
  virtual bool focusPart(const QString& path);
  /// For who does not see it.
  virtual void setNames(const QString& name, const QString& help);

 Q_SIGNALS:
  /// The value is to be `value` (null: not set). `part`: which part of it was edited ("" itself).
  /// `typing`: by a key, more of which may follow.
  void edited(const nlohmann::json& value, const QString& part, bool typing);
  /// It, or a part of it, has the focus.
  void focused(const QString& help);

 protected:
  virtual void display(const Json& value, bool mixed) = 0;
  void watchFocus(QWidget* widget);
  void noteProblem(const std::vector<PartProblem>& problems, QWidget* field);
  bool eventFilter(QObject* watched, QEvent* event) override;

  ValueShape shape_;
  EditContext context_;
  std::unique_ptr<Json> value_;
  bool mixed_ = false;
  bool displaying_ = false;
  QString help_;
  QLabel* error_ = nullptr;  ///< Made when first needed.
};

ValueEditor* makeValueEditor(const ValueShape& shape, const EditContext& context, QWidget* parent);

/// A box whose text ends in dots where it is longer than the box; the tooltip has the whole of it.
class ShortBox : public QComboBox {
 public:
  using QComboBox::QComboBox;

 protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
};

/// Leaves the wheel to the scrolled page unless the box has the focus.
void tameWheel(QWidget* widget);

/// A value as a person reads it in a field: "5ms", "20000", a text without quotes.
QString fieldText(const Json& value);

/// A text typed into a field as the value it stands for: a number where the shape has one.
Json typedValue(const ValueShape& shape, const QString& text);

}  // namespace faultline::gui
