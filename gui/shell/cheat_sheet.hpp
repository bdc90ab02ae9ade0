/// What can be done by keyboard, on one page: the shortcuts of the actions, and the keys of the
/// canvas and the charts.
#pragma once

#include <QDialog>

class QLineEdit;

namespace faultline::gui {

class Actions;

class CheatSheet : public QDialog {
  Q_OBJECT
 public:
  explicit CheatSheet(const Actions& actions, QWidget* parent = nullptr);
};

}  // namespace faultline::gui
