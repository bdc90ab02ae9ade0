/// The faults that one node, or a zone, can suffer: to be dragged onto the timeline.
#pragma once

#include <QListWidget>
#include <QWidget>

class QComboBox;

namespace faultline::gui {

class Document;

class FaultList : public QWidget {
  Q_OBJECT
 public:
  explicit FaultList(Document& document, QWidget* parent = nullptr);
  void setTarget(const QString& node);  ///< Of the selection on the canvas.
  QString target() const;
  void refresh();

 Q_SIGNALS:
  void activated(const QString& fault);  ///< A double click or Enter: without dragging.

 private:
  void fillFaults();

  Document& document_;
  QComboBox* targets_;
  QListWidget* list_;
};

}  // namespace faultline::gui
