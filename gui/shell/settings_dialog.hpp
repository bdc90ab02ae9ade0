/// What a person can choose about the program. Language and theme show at once; Cancel brings them
/// back.
#pragma once

#include <QDialog>

class QCheckBox;
class QComboBox;
class QDialogButtonBox;
class QLabel;
class QSpinBox;

namespace faultline::gui {

class SettingsDialog : public QDialog {
  Q_OBJECT
 public:
  explicit SettingsDialog(QWidget* parent = nullptr);
  void accept() override;
  void reject() override;

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void retranslate();

  QString language_before_;
  int theme_before_;
  QLabel* language_name_;
  QComboBox* language_;
  QLabel* theme_name_;
  QComboBox* theme_;
  QLabel* speed_name_;
  QComboBox* speed_;
  QLabel* autosave_name_;
  QSpinBox* autosave_;
  QCheckBox* dots_;
  QCheckBox* gallery_;
  QDialogButtonBox* buttons_;
};

}  // namespace faultline::gui
