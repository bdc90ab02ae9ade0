/// The toolbar of the run: what to do with it, how fast it goes, where it stands, and whether its
/// objectives hold.
#pragma once

#include <QToolBar>

#include "gui/run/run_controller.hpp"

class QElapsedTimer;
class QLabel;
class QProgressBar;
class QSlider;
class QToolButton;

namespace faultline::gui {

class Actions;

/// A word on a filled colour: "SLO "fast" breached".
class Pill : public QWidget {
  Q_OBJECT
 public:
  enum class Tone { neutral, good, warning, bad };
  explicit Pill(QWidget* parent = nullptr);
  void show(Tone tone, const QString& text);
  QString text() const { return text_; }
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  Tone tone_ = Tone::neutral;
  QString text_;
};

class RunBar : public QToolBar {
  Q_OBJECT
 public:
  RunBar(Actions& actions, RunController& run, QWidget* parent = nullptr);
  ~RunBar() override;

  /// Virtual seconds in a second; 0: as fast as possible.
  double speed() const;
  void setSpeed(double factor);
  void faster();
  void slower();
  /// "40× real time", "as fast as possible".
  static QString speedText(double factor);
  /// What stands for the objectives of a run: worst first.
  static std::pair<Pill::Tone, QString> sloText(const std::vector<sim::SloResult>& slos,
                                                double now);

 Q_SIGNALS:
  void speedChosen(double factor);

 protected:
  void changeEvent(QEvent* event) override;
  bool event(QEvent* event) override;

 private:
  void retranslate();
  void fitButtons();
  void showState();
  void showSnapshot();
  QAction* addGap();

  RunController& run_;
  QLabel* speed_name_;
  QSlider* slider_;
  QLabel* speed_text_;
  QLabel* time_name_;
  QLabel* time_;
  QProgressBar* progress_;
  QLabel* rate_;
  Pill* pill_;
  QToolButton* compare_ = nullptr;
  std::unique_ptr<QElapsedTimer> since_;
  std::uint64_t events_before_ = 0;
  double rate_per_second_ = 0;
};

}  // namespace faultline::gui
