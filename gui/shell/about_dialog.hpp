/// What this program is, which version, and under which licences.
#pragma once

#include <QDialog>

namespace faultline::gui {

class AboutDialog : public QDialog {
  Q_OBJECT
 public:
  explicit AboutDialog(QWidget* parent = nullptr);
};

}  // namespace faultline::gui
