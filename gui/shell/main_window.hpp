/// The window: a document, its run, and the views of both, put together. The views know nothing of
/// each other or of this window; what one says is carried to the others here.
#pragma once

#include <functional>
#include <memory>
#include <QDialog>
#include <QMainWindow>
#include <QPointer>
#include <QString>
#include <vector>

#include "gui/run/run_controller.hpp"

class QLabel;
class QMenu;
class QPushButton;
class QToolButton;

namespace faultline::gui {

class Actions;
class Banner;
class CanvasView;
class ChartSource;
class Docks;
class Document;
class FaultTimeline;
class HeadlineBar;
class Inspector;
class PaletteWidget;
class ProblemsView;
class SourceView;
class RunBar;
class TimeCursor;

class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  explicit MainWindow(QWidget* parent = nullptr);
  ~MainWindow() override;

  Document& document() { return *document_; }
  RunController& run() { return *run_; }
  Actions& actions() { return *actions_; }
  Docks& docks() { return *docks_; }
  ChartSource& chartSource() { return *chart_source_; }
  TimeCursor& cursor() { return *cursor_; }
  Banner& banner() { return *banner_; }
  CanvasView& canvas() { return *canvas_; }

  /// Opens a file here if nothing would be lost, else in a new window, and gives that window. Null
  /// if it cannot be read, with a message to the person.
  MainWindow* openFile(const QString& fileName);
  /// The same with the text of a template.
  MainWindow* openTemplate(const QByteArray& text, const QString& title);
  /// True if the window holds nothing anybody has made.
  bool isUntouched() const;
  /// The gallery and the tour, as settings and what was opened have it.
  void welcome();
  /// Begins a run, whatever the state of the last.
  void startRun();
  /// Every window that is open.
  static const std::vector<MainWindow*>& windows();
 Q_SIGNALS:
  void languageChosen(const QString& language);

 protected:
  void closeEvent(QCloseEvent* event) override;
  void changeEvent(QEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;
  void showEvent(QShowEvent* event) override;

 private:
  // Building, once (main_window.cpp).
  void buildMenus();
  void connectActions();
  void retranslate();
  void restoreLayout();

  // The views and what they say (main_window_views.cpp).
  void buildViews();
  void connectViews();
  void selected();
  void goToPlace(const QString& path, const QString& node, int line);
  void nextProblem();
  void rename(const QString& name, bool isZone);
  void scrubbed();
  void showZoom();

  // Files (main_window_file.cpp).
  void newFile();
  void openDialog();
  void openRecentMenu();
  void offerRecovery();  ///< What was left of a program that ended without saving.
  bool saveFile();
  bool saveFileAs();
  bool mayDiscard();  ///< Asks what to do with unsaved edits; false: nothing may be lost.
  void fileChanged();
  void showDiskChange();
  QString folderForDialogs() const;
  MainWindow* windowForNewDocument();

  // The run (main_window_run.cpp).
  void toggleRun();
  RunRequest newRun();  ///< Of the present design, from its beginning.
  void restart(bool newSeed);
  bool isAlive() const;  ///< There is a run that can go on.
  void step();
  void runToNext(void (RunController::*goal)());
  void runState();
  void runFailed(const QString& message, const QString& component, double atSeconds);
  void showOldDesign();
  void keepHandFaults();
  std::vector<HandFault> handFaultsToKeep() const;  ///< That are not in the scenario yet.
  void offerLostFaults();
  void addFaults(const std::vector<HandFault>& faults);  ///< To the scenario, with the seed.
  void runToTime();
  void goToTime(double seconds);  ///< By going on or, to what has passed, by playing it again.
  void replayHere();
  void runToCondition();
  void designStands();  ///< The present text counts as what was run.
  quint64 seedOfFile() const;
  void showSeed();
  void keepSeed();    ///< Writes the drawn seed into the scenario.
  void forgetSeed();  ///< Runs with the seed of the file again.

  // What is for people who begin (main_window_help.cpp).
  void showGallery();
  void showTour();
  void showGuide();

  void exportReport();
  void showProblems();
  void nextPanel(bool forward);
  void refreshActions();

  std::unique_ptr<Document> document_;
  std::unique_ptr<RunController> run_;
  std::unique_ptr<TimeCursor> cursor_;
  std::unique_ptr<ChartSource> chart_source_;
  Actions* actions_ = nullptr;
  Docks* docks_ = nullptr;
  RunBar* run_bar_ = nullptr;
  HeadlineBar* headline_ = nullptr;
  Banner* banner_ = nullptr;
  Banner* disk_banner_ = nullptr;  ///< Another program wrote the file.
  CanvasView* canvas_ = nullptr;
  PaletteWidget* palette_ = nullptr;
  FaultTimeline* timeline_ = nullptr;
  Inspector* inspector_ = nullptr;
  SourceView* source_ = nullptr;
  ProblemsView* problems_ = nullptr;
  QMenu* recent_menu_ = nullptr;
  QMenu* panels_menu_ = nullptr;
  QPushButton* problems_button_ = nullptr;
  QLabel* zoom_label_ = nullptr;
  QToolButton* seed_button_ = nullptr;  ///< Shown if the seed is not that of the file.
  std::function<void()> banner_action_;
  quint64 drawn_seed_ = 0;      ///< By "restart with a new seed"; 0: none, the file's holds.
  quint64 file_seed_ = 0;       ///< What the file said when it was drawn.
  QByteArray ran_text_;         ///< The design of the run that is shown.
  bool old_design_ = false;     ///< It is not the present one.
  bool old_dismissed_ = false;  ///< And a person does not want to hear of it again.
  QPointer<QWidget> tour_;
  QPointer<QDialog> cheat_sheet_;
  std::size_t next_problem_ = 0;
  bool first_show_ = true;
  bool opened_ = false;  ///< A file was opened, and its problems are not known yet.
};

}  // namespace faultline::gui
