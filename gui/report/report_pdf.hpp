/// The report on paper: pages painted from the report's own tree, charts as vectors.
#pragma once

#include <functional>
#include <QString>
#include <vector>

#include "gui/report/report_page.hpp"

class QPagedPaintDevice;
class QPainter;
class QRectF;

namespace faultline::gui {

class ChartCanvas;

/// A picture of the window that goes behind the report's own parts.
struct ExtraFigure {
  double height = 260;  ///< In units of 1/96 inch.
  std::function<void(ChartCanvas&, const QRectF&)> paint;
};

/// Paints the report onto the pages of `device` and gives how many there are. `resolution` is that
/// of the device in dots an inch.
int paintReport(const PageElement& body, const std::vector<ExtraFigure>& extra,
                const QString& extraTitle, QPagedPaintDevice& device, int resolution);

}  // namespace faultline::gui
