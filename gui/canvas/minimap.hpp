/// The whole sheet in a corner, with the part in sight as a frame that can be dragged.
#pragma once

#include <QImage>
#include <QWidget>

namespace faultline::gui {

class CanvasView;

class Minimap final : public QWidget {
  Q_OBJECT
 public:
  /// Shows `view`, which outlives it.
  explicit Minimap(CanvasView& view, QWidget* parent = nullptr);
  QSize sizeHint() const override;
  /// Widget coordinates of a point of the scene.
  QPointF fromScene(QPointF scene) const;
  QPointF toScene(QPointF point) const;

 public Q_SLOTS:
  void contentChanged();  ///< Something on the sheet is another than before.

 protected:
  void paintEvent(QPaintEvent* event) override;
  void changeEvent(QEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

 private:
  QRectF sheet() const;  ///< What is shown, scene coordinates.
  double scale() const;

  CanvasView& view_;
  QImage picture_;  ///< Of everything but the frame.
  bool stale_ = true;
  QRectF drawn_;  ///< The sheet of `picture_`.
  QPointF grip_;  ///< From the middle of the frame to the mouse, scene coordinates.
  bool dragging_ = false;
};

}  // namespace faultline::gui
