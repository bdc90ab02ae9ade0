/// Pictures of a design without a window: for the gallery of templates, reports and exports.
#pragma once

#include <memory>
#include <QByteArray>
#include <QImage>
#include <QSize>

#include "gui/document/design_model.hpp"

namespace faultline::sim {
struct Frame;
struct SnapshotLegend;
}  // namespace faultline::sim

namespace faultline::gui {

struct TopologyImageOptions {
  double devicePixelRatio = 1;
  double margin = 24;        ///< Around the content, scene units.
  double scale_max = 1.5;    ///< A small design is not blown up beyond this.
  bool transparent = false;  ///< Without the ground of the canvas.
  /// With both, the cards show this moment of a run.
  std::shared_ptr<const sim::SnapshotLegend> legend = nullptr;
  std::shared_ptr<const sim::Frame> frame = nullptr;
};

/// The design in a picture of this size, in the colours of the theme.
QImage renderTopology(const DesignModel& design, QSize size,
                      const TopologyImageOptions& options = {});
/// The same as SVG, of the size of the content.
QByteArray renderTopologySvg(const DesignModel& design, const TopologyImageOptions& options = {});

}  // namespace faultline::gui
