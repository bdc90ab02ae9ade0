/// To which moment, or until what, a run is to go on.
#pragma once

#include <functional>
#include <QDialog>
#include <QStringList>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;

namespace faultline::gui {

/// Asks for a moment of virtual time.
class UntilTimeDialog : public QDialog {
  Q_OBJECT
 public:
  /// All in seconds.
  UntilTimeDialog(double now, double end, QWidget* parent = nullptr);
  double seconds() const;

 private:
  QDoubleSpinBox* field_;
};

/// Asks for a claim over shown values. What it accepts is decided by `check`, which gives a
/// sentence that says what is wrong, or nothing.
class UntilConditionDialog : public QDialog {
  Q_OBJECT
 public:
  /// `values` are the paths that can be written, for completion.
  UntilConditionDialog(const QStringList& values, std::function<QString(const QString&)> check,
                       QWidget* parent = nullptr);
  QString claim() const;
  void setClaim(const QString& claim);
  void accept() override;

 private:
  std::function<QString(const QString&)> check_;
  QLineEdit* field_;
  QLabel* error_;
};

}  // namespace faultline::gui
