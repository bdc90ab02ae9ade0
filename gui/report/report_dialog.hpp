/// Asks what the report shall hold, in which language, and where it goes.
#pragma once

#include <memory>
#include <QDialog>
#include <QPointer>
#include <vector>

#include "gui/report/report_export.hpp"
#include "gui/run/run_controller.hpp"

class QComboBox;
class QDialogButtonBox;
class QLabel;
class QLineEdit;
class QTreeWidget;

namespace faultline::gui {

class ReportDialog : public QDialog {
  Q_OBJECT
 public:
  /// `charts`: those of the window that may be added, with their present zoom and comparison.
  ReportDialog(ResultPtr result, std::vector<ChartPanel*> charts, HeatMapPanel* heatMap,
               const QString& suggestedName, QWidget* parent = nullptr);

  ReportOptions options() const;
  void setLanguage(const QString& language);
  void setFileName(const QString& name);
  QString fileName() const;
  QTreeWidget& parts() { return *parts_; }
  /// Writes the file; what went wrong is shown in the dialog. True if it is written.
  bool save();
  void accept() override;

 private:
  void fillParts();
  void browse();

  ResultPtr result_;
  std::vector<QPointer<ChartPanel>> charts_;
  QPointer<HeatMapPanel> heat_map_;
  QComboBox* language_;
  QTreeWidget* parts_;
  QLineEdit* file_;
  QLabel* error_;
  QDialogButtonBox* buttons_;
};

}  // namespace faultline::gui
