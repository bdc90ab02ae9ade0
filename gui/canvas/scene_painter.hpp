/// Paints a scene: the ground, zones, notes, wires, cards and what a run says of them, in the
/// colours of the theme, with less detail the smaller it is. Used by the canvas and for pictures
/// alike.
#pragma once

#include <QFont>
#include <QHash>
#include <QPainter>
#include <QRectF>
#include <QString>
#include <vector>

#include "gui/canvas/canvas_scene.hpp"
#include "gui/canvas/live_state.hpp"
#include "gui/canvas/rect_grid.hpp"

namespace faultline::gui {

/// What to paint, and how.
struct PaintOptions {
  double scale = 1;  ///< Device pixels (before the device's own ratio) a scene unit.
  QRectF exposed;    ///< What is to be painted, scene coordinates.
  const LiveState* live = nullptr;
  bool oldDesign = false;  ///< What is live is of another design than this one.
  bool grid = false;
  bool handles = false;  ///< Ports and corners for the hand.
  int hoverCard = -1;
  int hoverWire = -1;
  int hoverZone = -1;   ///< A frame that would take what is dragged.
  int focusCard = -1;   ///< Has the keyboard.
  int editedNote = -1;  ///< Its text is in an editor, and is not painted.
  const std::vector<char>* selectedCards = nullptr;
  const std::vector<char>* selectedWires = nullptr;
  const std::vector<char>* selectedNotes = nullptr;
  int selectedZone = -1;
  /// While a wire is drawn: 0: cannot be its target, 1: can; empty: no wire is drawn.
  const std::vector<char>* targets = nullptr;
  bool detail = true;  ///< False: as if small, for measuring.
};

/// The badge of a card in trouble.
struct CardBadge {
  enum class Shape { none, cross, pause, slow, gap, drain, fault };
  Shape shape = Shape::none;
  QString text;
  QColor color;
  int more = 0;  ///< Other troubles it has.
};
CardBadge badgeOf(const CardLive& live);
/// The figure beside the bar: "93 %", "hit 78 %", "p99 312 ms", "251/s"; empty: nothing to say.
QString figureOf(const SceneCard& card, const CardLive& live);
/// 0 to 1 of the bar beside it; NaN: none.
double barOf(const SceneCard& card, const CardLive& live);

class ScenePainter {
 public:
  ScenePainter();
  /// `painter` maps scene coordinates to the device.
  void paint(QPainter& painter, const CanvasScene& scene, const PaintOptions& options);
  /// The dots of requests on the wires at `seconds` of wall time.
  void paintDots(QPainter& painter, const CanvasScene& scene, const PaintOptions& options,
                 double seconds);
  void themeChanged();

 private:
  void paintGrid(QPainter& painter, const PaintOptions& options);
  void paintZones(QPainter& painter, const CanvasScene& scene, const PaintOptions& options);
  void paintGuests(QPainter& painter, const SceneZone& zone);
  void paintNotes(QPainter& painter, const CanvasScene& scene, const PaintOptions& options);
  void paintWires(QPainter& painter, const CanvasScene& scene, const PaintOptions& options);
  void paintWireLabels(QPainter& painter, const CanvasScene& scene, const PaintOptions& options);
  struct Label {
    int wire = -1;
    QString text;
    QColor color;
    bool bold = false;
    QString narrow = {};  ///< The same on two lines, for a short wire; empty: none.
    QRectF place = {};    ///< Scene coordinates.
  };
  Label labelOf(const CanvasScene& scene, int wire, const PaintOptions& options, bool roles) const;
  /// A place on or beside the wire where the label covers nothing; false: there is none.
  bool placeLabel(const CanvasScene& scene, Label& label, double blow, bool mustShow);
  /// The same for all wires, whatever part of the sheet is painted.
  void layoutLabels(const CanvasScene& scene, const PaintOptions& options, double blow);
  void paintCards(QPainter& painter, const CanvasScene& scene, const PaintOptions& options);
  void paintCard(QPainter& painter, const SceneCard& card, int index, const PaintOptions& options);
  void paintSmallCard(QPainter& painter, const SceneCard& card, int index,
                      const PaintOptions& options);
  void paintBadge(QPainter& painter, const CardBadge& badge, QPointF topRight);
  QString elided(const QString& text, const QFont& font, int fontKind, double width);
  double widthOf(const QString& text, int fontKind);

  QFont name_, small_, middle_, zoneFont_, badgeFont_;
  struct Elided {
    int width = -1;
    QString text;
  };
  QHash<std::pair<QString, int>, Elided> elided_;
  QHash<std::pair<QString, int>, double> widths_;
  std::vector<Label> labels_;
  RectGrid bodies_, taken_;
  std::uint64_t sceneRevision_ = 0, liveRevision_ = 0;
  double blow_ = 0;
};

/// Which colour a zone's frame has.
QColor zoneColor(int index);

}  // namespace faultline::gui
