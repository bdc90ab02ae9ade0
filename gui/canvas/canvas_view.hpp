/// The canvas: the design as cards, wires, zones and notes on an endless sheet that is panned and
/// zoomed, edited by mouse and keyboard, and painted over with what a run does.
///
/// It reads Document and the newest Snapshot, edits through Document, breaks through RunController.
/// One widget paints everything: a thousand cards are no thousand objects, what is out of sight
/// costs a comparison of rectangles, and what stands still is kept as a picture.
#pragma once

#include <memory>
#include <QList>
#include <QPointF>
#include <QRectF>
#include <QString>
#include <QStringList>
#include <QWidget>
#include <vector>

#include "gui/document/design_model.hpp"

namespace faultline::sim {
struct Frame;
}

namespace faultline::gui {

class CanvasScene;
class Document;
class LiveState;
class RunController;

/// What is selected. A zone is selected alone.
struct CanvasSelection {
  QStringList nodes;              ///< Groups, in the order in which they were selected.
  std::vector<DesignWire> wires;  ///< All references of each selected line.
  QString zone;
  std::vector<int> notes;  ///< By their place in DesignModel::notes, ascending.
  bool operator==(const CanvasSelection&) const = default;
  bool isEmpty() const {
    return nodes.isEmpty() && wires.empty() && zone.isEmpty() && notes.empty();
  }
};

class CanvasView final : public QWidget {
  Q_OBJECT
 public:
  /// What selected cards are brought onto one line by.
  enum class Alignment { left, right, top, bottom, centresHorizontal, centresVertical };
  Q_ENUM(Alignment)

  /// Both outlive the view.
  CanvasView(Document& document, RunController& run, QWidget* parent = nullptr);
  ~CanvasView() override;

  const CanvasSelection& selection() const;
  void setSelection(const CanvasSelection& selection);

  // The view. Scene coordinates are those of `layout` in the file; at zoom 1 they are pixels.
  double zoom() const;
  QPointF toScene(QPointF view) const;
  QPointF toView(QPointF scene) const;
  QRectF visibleScene() const;  ///< The part of the sheet in sight, scene coordinates.
  QRectF contentRect() const;   ///< All there is, scene coordinates; null if there is nothing.
  /// Where a card or a zone's frame is, scene coordinates; null if it is not there.
  QRectF cardRect(const QString& node) const;
  QRectF zoneRect(const QString& zone) const;
  const CanvasScene& scene() const;
  const LiveState& live() const;

  bool snapsToGrid() const;
  bool showsDots() const;  ///< As wanted; above 200 wires only if asked for by setShowDots(true).
  bool showsMinimap() const;
  /// Whether the design differs from the one that runs or ran, in more than places and notes.
  bool isOldDesign() const;

  // For accessibility and the picture of a card in words: "app, App server, 8 replicas, 93 %".
  QString describeNode(const QString& node) const;
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 public Q_SLOTS:
  void zoomIn();
  void zoomOut();
  void zoomTo100();
  void setZoom(double zoom);  ///< About the middle; kept within 0.02 and 4.
  void fit();                 ///< All of it in sight, at zoom 1 at most.
  void fitSelection();
  void centreOn(QPointF scene);
  void showNode(const QString& node);  ///< Selects it and brings it into sight.

  void setSnapToGrid(bool on);
  void setShowDots(bool on);
  void setShowMinimap(bool on);

  void selectAll();
  void clearSelection();
  void deleteSelection();
  void duplicateSelection();
  void cut();
  void copy();
  void paste();  ///< At the mouse if it is over the canvas, else in the middle.
  void align(faultline::gui::CanvasView::Alignment alignment);
  void alignLeft();
  void alignRight();
  void alignTop();
  void alignBottom();
  void alignCentresHorizontal();  ///< The centres on one horizontal line.
  void alignCentresVertical();    ///< The centres on one vertical line.
  void distributeHorizontally();
  void distributeVertically();
  void autoLayout();  ///< Of the selected nodes if there are at least two, else of all.
  void addNode(const QString& type);  ///< In the middle of the view, where there is room.
  void addZone();
  void addNote();

  /// Puts a past moment of the present run on the canvas, until showLive().
  void showFrame(const faultline::sim::Frame& frame);
  void showLive();

 Q_SIGNALS:
  void selectionChanged(const QStringList& nodes, const QList<faultline::gui::DesignWire>& wires,
                        const QString& zone);
  void openInspector(const QString& node);
  void renameRequested(const QString& node);
  void renameZoneRequested(const QString& zone);
  void statusMessage(const QString& message);
  void viewChanged();         ///< Zoom, place or size of the view, or the content.
  void runToggleRequested();  ///< The space bar, pressed and released without a drag.
  void faultInjected(const QString& fault);

 protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void keyReleaseEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dragMoveEvent(QDragMoveEvent* event) override;
  void dragLeaveEvent(QDragLeaveEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  bool focusNextPrevChild(bool next) override;

 private:
  class Private;
  std::unique_ptr<Private> d_;
};

}  // namespace faultline::gui
