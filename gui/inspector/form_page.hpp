/// A page of fields whose Tab key goes the way the eye does: row by row, from left to right, also
/// after rows were unfolded, added or removed.
#pragma once

#include <QPointer>
#include <QWidget>
#include <vector>

namespace faultline::gui {

class FormPage : public QWidget {
 public:
  explicit FormPage(QWidget* parent = nullptr);

  /// What the Tab key reaches here, as it stands on the page.
  std::vector<QWidget*> fieldsInSight() const;

 protected:
  bool event(QEvent* event) override;

 private:
  void order();

  std::vector<QPointer<QWidget>> ordered_;
  bool waiting_ = false;  ///< The order is seen to when the layout is done.
};

}  // namespace faultline::gui
