/// Rows for the parameters of a set: label, editor, a mark where the file says something, and a way
/// back to the default. Works on one JSON object, or several at once with what they have in common.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <QWidget>
#include <vector>

#include "gui/inspector/value_editor.hpp"

class QGridLayout;
class QLabel;
class QToolButton;

namespace faultline::gui {

class ParamForm : public QWidget {
  Q_OBJECT
 public:
  /// How many rows there are at first: all of them, or those that are set or must be, with a button
  /// for the rest.
  enum class Extent { all, setOnly };

  ParamForm(EditContext context, Extent extent, QWidget* parent);
  ~ParamForm() override;

  /// The rows, in this order. `defaults`: the object with every parameter at its default.
  void setParams(const std::vector<const sim::ParamRecord*>& params, const Json& defaults);
  /// The objects shown: one, or several with `mixed` rows where they differ.
  void setObjects(const std::vector<Json>& objects);
  /// By parameter: "workers", "endpoints.default[1].ttl".
  void setProblems(const std::vector<PartProblem>& problems);
  bool focusPart(const QString& path);
  void setFilter(const QString& text);
  int rowCount() const;
  ValueEditor* editorOf(const QString& parameter) const;  ///< Null if it has no row.
  /// Whether the row is marked as differing from the default.
  bool isMarked(const QString& parameter) const;
  void resetRow(const QString& parameter);

 Q_SIGNALS:
  /// `parameter` is to be `value` (null: removed). See ValueEditor::edited.
  void edited(const QString& parameter, const nlohmann::json& value, const QString& part,
              bool typing);
  void focused(const QString& help);

 private:
  struct Row;
  Row* row(const std::string& name) const;
  Row& make(std::size_t index);
  void update(Row& row);
  void showRows();
  bool wanted(const Row& row) const;

  EditContext context_;
  Extent extent_;
  bool expanded_ = false;
  QString filter_;
  QGridLayout* grid_;
  QToolButton* more_ = nullptr;
  std::vector<std::unique_ptr<Row>> rows_;
  std::vector<Json> objects_;
  std::unique_ptr<Json> defaults_;
};

/// The defaults of a set as an object; a parameter that is not set by default is null.
Json defaultsOf(const sim::TypeRecord& type);
std::vector<const sim::ParamRecord*> recordsOf(const sim::ParamSet& params);

}  // namespace faultline::gui
