#include "gui/report/report_export.hpp"

#include <QBuffer>
#include <QCoreApplication>
#include <QFileInfo>
#include <QPageLayout>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgGenerator>

#include "gui/charts/chart_panel.hpp"
#include "gui/charts/heat_map.hpp"
#include "gui/report/report_page.hpp"
#include "gui/report/report_pdf.hpp"
#include "gui/shell/paper.hpp"

namespace faultline::gui {
namespace {

constexpr int resolution =
    96;  ///< A dot is a unit of ChartPanel::paint(), whose fonts are in points.
constexpr QSize chart_size(940, 340);

QString tr(const char* text) { return QCoreApplication::translate("faultline::gui", text); }

/// The heading over the window's charts, in the language of the report and not of the window.
QString extraTitle(const QString& language) {
  return language == "ru" ? QStringLiteral("Графики окна") : QStringLiteral("Charts of the window");
}

/// One chart as an element of the page.
QString figureOf(const QSize& size, const std::function<void(ChartCanvas&, const QRectF&)>& paint) {
  QByteArray svg;
  QBuffer buffer(&svg);
  buffer.open(QIODevice::WriteOnly);
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  generator.setSize(size);
  generator.setViewBox(QRect(QPoint(0, 0), size));
  generator.setResolution(96);
  {
    ChartCanvas canvas(&generator);
    paint(canvas, QRectF(QPointF(0, 0), size));
  }
  // From the root element on: a page has a declaration of its own.
  QString text = QString::fromUtf8(svg);
  text = text.mid(text.indexOf("<svg"));
  return "<figure class=\"card wide\"><div class=\"scroll\">" + text.trimmed() +
         "</div></figure>\n";
}

bool write(const ReportPage& page, const ReportOptions& options, bool pdf, QIODevice& file) {
  std::vector<ExtraFigure> figures;
  for (ChartPanel* chart : options.charts) {
    figures.push_back(
        {static_cast<double>(chart_size.height()),
         [chart](ChartCanvas& canvas, const QRectF& rect) { chart->paint(canvas, rect); }});
  }
  if (HeatMapPanel* map = options.heatMap) {
    figures.push_back({map->paintHeight(), [map](ChartCanvas& canvas, const QRectF& rect) {
                         map->paint(canvas.painter(), rect);
                       }});
  }
  if (pdf) {
    QPdfWriter writer(&file);
    writer.setResolution(resolution);
    writer.setPageLayout(QPageLayout(QPageSize(QPageSize::A4), QPageLayout::Portrait,
                                     QMarginsF(12, 14, 12, 12), QPageLayout::Millimeter));
    writer.setTitle(page.title());
    writer.setCreator(QStringLiteral("Faultline"));
    paintReport(page.body(options.leftOut), figures, extraTitle(options.language), writer,
                resolution);
  } else {
    QString extra;
    if (!figures.empty()) {
      extra = "<h2>" + extraTitle(options.language) + "</h2>\n";
      for (const ExtraFigure& figure : figures) {
        extra += figureOf(QSize(chart_size.width(), static_cast<int>(figure.height)), figure.paint);
      }
    }
    const QString text = options.leftOut.isEmpty() && extra.isEmpty()
                             ? page.html()
                             : page.html(options.leftOut, extra);
    return file.write(text.toUtf8()) >= 0;
  }
  return true;
}

}  // namespace

bool exportReport(const sim::Result& result, const ReportOptions& options, const QString& fileName,
                  QString* error) {
  const auto fail = [&](const QString& why) {
    if (error != nullptr) *error = why;
    return false;
  };
  const QString suffix = QFileInfo(fileName).suffix().toLower();
  const bool pdf = suffix == "pdf";
  if (!pdf && suffix != "html" && suffix != "htm") {
    return fail(tr("The name must end in .html or .pdf: %1").arg(fileName));
  }
  QSaveFile file(fileName);
  if (!file.open(QIODevice::WriteOnly)) {
    return fail(tr("Cannot write %1: %2").arg(fileName, file.errorString()));
  }
  const ReportPage page(result, options.language);
  bool written = false;
  {
    // Paper is always light.
    const PaperColours paper;
    written = write(page, options, pdf, file);
  }
  for (ChartPanel* chart : options.charts) chart->backToScreen();
  if (!written || !file.commit()) {
    file.cancelWriting();
    return fail(tr("Cannot write %1: %2").arg(fileName, file.errorString()));
  }
  return true;
}

}  // namespace faultline::gui
