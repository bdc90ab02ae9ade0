/// A list, or a map of names: its elements one below the other, to be added, removed and moved.
#pragma once

#include <vector>

#include "gui/inspector/value_editor.hpp"

class QToolButton;
class QVBoxLayout;

namespace faultline::gui {

class ListEditor final : public ValueEditor {
  Q_OBJECT
 public:
  ListEditor(const ValueShape& shape, const EditContext& context, QWidget* parent);
  ~ListEditor() override;
  QWidget* below() override { return below_; }
  void setProblems(const std::vector<PartProblem>& problems) override;
  bool focusPart(const QString& path) override;
  void addElement();
  void removeElement(std::size_t index);
  void moveElement(std::size_t index, int by);
  void renameKey(std::size_t index, const QString& to);
  ValueEditor* element(std::size_t index) const;

 protected:
  void display(const Json& value, bool mixed) override;

 private:
  struct Item;
  bool isMap() const { return shape_.kind == ValueShape::Kind::map; }
  Json elements() const;
  Json freshElement() const;
  void makeItem();
  void changeElement(std::size_t index, const Json& value, const QString& part, bool typing);

  QToolButton* add_;
  QLabel* count_;
  QWidget* below_;
  QVBoxLayout* rows_;
  std::vector<std::unique_ptr<Item>> items_;
  std::vector<std::string> keys_;
};

}  // namespace faultline::gui
