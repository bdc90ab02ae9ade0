/// Writes the report of a result to a file, as HTML or PDF.
#pragma once

#include <QString>
#include <QStringList>
#include <vector>

#include "sim/scenario/result.hpp"

namespace faultline::gui {

class ChartPanel;
class HeatMapPanel;

struct ReportOptions {
  QString language = QStringLiteral("en");  ///< "en" or "ru".
  QStringList leftOut;                      ///< Ids of ReportPage::parts().
  /// Charts of the window that go behind the report's own parts, as they are shown.
  std::vector<ChartPanel*> charts;
  HeatMapPanel* heatMap = nullptr;
};

/// To a temporary file that is renamed; by the suffix .html or .pdf. False and a sentence in
/// `error` if that cannot be done; then the file is as it was. Without charts of the window and
/// with all parts, the HTML is the headless program's to the byte.
bool exportReport(const sim::Result& result, const ReportOptions& options, const QString& fileName,
                  QString* error);

}  // namespace faultline::gui
