/// A short walk through the window: the rest is dimmed, one part is lit, and a card says what it is
/// for. It can be left at any time.
#pragma once

#include <QPointer>
#include <QWidget>
#include <vector>

class QLabel;
class QPushButton;

namespace faultline::gui {

class Tour : public QWidget {
  Q_OBJECT
 public:
  struct Step {
    QPointer<QWidget> target;  ///< What is lit.
    QString title;
    QString text;
  };

  /// Lies over the whole of `window`.
  Tour(std::vector<Step> steps, QWidget* window);
  void start();
  int step() const { return step_; }
  int count() const { return int(steps_.size()); }

 Q_SIGNALS:
  void finished();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void showStep(int step);
  void place();
  void end();
  QRect lit() const;

  std::vector<Step> steps_;
  int step_ = -1;
  QWidget* card_;
  QLabel* title_;
  QLabel* text_;
  QLabel* place_;
  QPushButton* back_;
  QPushButton* next_;
  QPushButton* skip_;
};

}  // namespace faultline::gui
