#include "gui/shell/main_window.hpp"

#include <algorithm>
#include <QApplication>
#include <QCloseEvent>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QStatusBar>
#include <QTextEdit>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "gui/charts/chart_source.hpp"
#include "gui/document/document.hpp"
#include "gui/shell/actions.hpp"
#include "gui/shell/banner.hpp"
#include "gui/shell/docks.hpp"
#include "gui/shell/headline_bar.hpp"
#include "gui/shell/language.hpp"
#include "gui/shell/run_bar.hpp"
#include "gui/shell/settings.hpp"
#include "gui/shell/theme.hpp"
#include "gui/timeline/time_cursor.hpp"

namespace faultline::gui {

namespace {

/// Raised when the panels change so much that a remembered arrangement would not fit.
constexpr int layout_version = 1;

std::vector<MainWindow*>& openWindows() {
  static std::vector<MainWindow*> windows;
  return windows;
}

bool isTextField(const QWidget* widget) {
  const auto* combo = qobject_cast<const QComboBox*>(widget);
  return qobject_cast<const QLineEdit*>(widget) || qobject_cast<const QPlainTextEdit*>(widget) ||
         qobject_cast<const QTextEdit*>(widget) || qobject_cast<const QAbstractSpinBox*>(widget) ||
         (combo && combo->isEditable());
}

}  // namespace

const std::vector<MainWindow*>& MainWindow::windows() { return openWindows(); }

MainWindow::MainWindow(QWidget* parent)
    : QMainWindow(parent),
      document_(std::make_unique<Document>()),
      run_(std::make_unique<RunController>()),
      cursor_(std::make_unique<TimeCursor>()),
      chart_source_(std::make_unique<ChartSource>(*cursor_)),
      actions_(new Actions(this)) {
  setObjectName(QStringLiteral("mainWindow"));
  setAttribute(Qt::WA_DeleteOnClose);
  setAcceptDrops(true);
  setMinimumSize(800, 520);
  resize(1440, 900);
  chart_source_->follow(*run_);
  docks_ = new Docks(*this);
  buildViews();
  buildMenus();
  connectActions();
  connectViews();
  document_->createNew();
  run_bar_->setSpeed(settings::speed());
  retranslate();
  fileChanged();
  runState();
  showProblems();
  openWindows().push_back(this);
  qApp->installEventFilter(this);
}

MainWindow::~MainWindow() {
  std::erase(openWindows(), this);
  // The views go before what they look at.
  qDeleteAll(findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
}

void MainWindow::buildViews() {
  run_bar_ = new RunBar(*actions_, *run_, this);
  addToolBar(Qt::TopToolBarArea, run_bar_);

  auto* middle = new QWidget(this);
  auto* column = new QVBoxLayout(middle);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  banner_ = new Banner(middle);
  headline_ = new HeadlineBar(*run_, *cursor_, middle);
  column->addWidget(banner_);
  column->addWidget(headline_);
  column->addWidget(new QWidget(middle), 1);
  setCentralWidget(middle);

  problems_button_ = new QPushButton(this);
  problems_button_->setFlat(true);
  problems_button_->setObjectName(QStringLiteral("problemsButton"));
  zoom_label_ = new QLabel(this);
  statusBar()->addPermanentWidget(zoom_label_);
  statusBar()->addPermanentWidget(problems_button_);
  statusBar()->setSizeGripEnabled(false);
}

void MainWindow::buildMenus() {
  const auto fill = [this](QMenu* menu, std::initializer_list<const char*> ids) {
    for (const char* id : ids) {
      if (*id) {
        menu->addAction((*actions_)[QString::fromLatin1(id)]);
      } else {
        menu->addSeparator();
      }
    }
  };
  const auto menu = [this](const char* name) {
    QMenu* made = menuBar()->addMenu(QString());
    made->setObjectName(QString::fromLatin1(name));
    made->setToolTipsVisible(false);
    return made;
  };

  QMenu* file = menu("fileMenu");
  fill(file, {"file.new", "file.template", "file.open"});
  recent_menu_ = file->addMenu(QString());
  recent_menu_->setObjectName(QStringLiteral("recentMenu"));
  connect(recent_menu_, &QMenu::aboutToShow, this, &MainWindow::openRecentMenu);
  fill(file, {"", "file.save", "file.saveAs", "", "report.export", "", "file.close", "file.quit"});

  fill(menu("editMenu"),
       {"edit.undo", "edit.redo", "", "edit.cut", "edit.copy", "edit.paste", "edit.duplicate",
        "edit.delete", "", "edit.selectAll", "edit.findComponent", "", "edit.settings"});

  QMenu* view = menu("viewMenu");
  fill(view, {"view.zoomIn", "view.zoomOut", "view.zoom100", "view.fit", "view.fitSelection", "",
              "view.snap", "view.minimap", "view.dots", ""});
  panels_menu_ = view->addMenu(QString());
  panels_menu_->setObjectName(QStringLiteral("panelsMenu"));
  docks_->fillMenu(panels_menu_);
  fill(view, {"view.resetLayout", "", "view.fullScreen"});

  QMenu* model = menu("modelMenu");
  fill(model, {"model.addZone", "model.addNote", "model.rename", "", "model.autoLayout"});
  QMenu* align = model->addMenu(QString());
  align->setObjectName(QStringLiteral("alignMenu"));
  fill(align, {"model.alignLeft", "model.alignRight", "model.alignTop", "model.alignBottom", "",
               "model.alignRow", "model.alignColumn", "", "model.distributeHorizontally",
               "model.distributeVertically"});
  fill(model, {"", "model.nextProblem"});

  QMenu* run = menu("runMenu");
  fill(run, {"run.toggle", "run.step", "run.stepSeries", "run.stop", "run.restart",
             "run.restartNewSeed", "", "run.slower", "run.faster", ""});
  QMenu* until = run->addMenu(QString());
  until->setObjectName(QStringLiteral("untilMenu"));
  fill(until, {"run.untilTime", "run.untilFault", "run.untilBreach", "run.untilCondition"});
  fill(run, {"", "run.replayHere", "run.live", "", "run.heal", "run.keepFaults"});

  fill(menu("reportMenu"), {"report.pin", "report.unpin", "report.compare", "", "report.experiment",
                            "", "report.export"});
  fill(menu("helpMenu"), {"help.cheatSheet", "help.tour", "help.guide", "", "help.about"});
}

void MainWindow::connectActions() {
  Actions& actions = *actions_;
  using State = RunController::State;
  const auto text_field = [] { return isTextField(QApplication::focusWidget()); };
  // In a text field the clipboard is that of the text.
  const auto to_text = [](const char* slot) {
    QMetaObject::invokeMethod(QApplication::focusWidget(), slot);
  };
  (void)text_field;
  (void)to_text;

  actions.on("file.new", [this] { newFile(); });
  actions.on("file.open", [this] { openDialog(); });
  actions.on("file.save", [this] { saveFile(); });
  actions.on("file.saveAs", [this] { saveFileAs(); });
  actions.on("file.close", [this] { close(); });
  actions.on("file.quit", [] { QApplication::closeAllWindows(); });

  QUndoStack& stack = document_->undoStack();
  actions.on(
      "edit.undo", [&stack] { stack.undo(); }, [&stack] { return stack.canUndo(); });
  actions.on(
      "edit.redo", [&stack] { stack.redo(); }, [&stack] { return stack.canRedo(); });
  const auto name_steps = [this, &stack] {
    actions_->setText("edit.undo",
                      stack.canUndo() ? tr("&Undo: %1").arg(stack.undoText()) : QString());
    actions_->setText("edit.redo",
                      stack.canRedo() ? tr("&Redo: %1").arg(stack.redoText()) : QString());
    refreshActions();
  };
  connect(&stack, &QUndoStack::indexChanged, this, name_steps);
  connect(&stack, &QUndoStack::cleanChanged, this, name_steps);

  actions.on("view.resetLayout", [this] { docks_->arrange(); });
  actions.onToggle("view.fullScreen", [this](bool on) {
    setWindowState(on ? windowState() | Qt::WindowFullScreen
                      : windowState() & ~Qt::WindowFullScreen);
  });

  const auto can_go_on = [this] {
    return run_->state() == State::running || run_->state() == State::paused || document_->isJson();
  };
  const auto stands = [this] {
    return run_->state() == State::paused || run_->state() == State::idle ||
           run_->state() == State::finished || run_->state() == State::failed;
  };
  const auto alive = [this] {
    return run_->state() == State::running || run_->state() == State::paused;
  };
  actions.on(
      "run.toggle", [this] { toggleRun(); }, can_go_on);
  actions.on(
      "run.pause", [this] { run_->pause(); }, [this] { return run_->state() == State::running; });
  actions.on(
      "run.step",
      [this] {
        if (run_->state() == State::paused) {
          run_->stepEvent();
        } else {
          ran_text_ = document_->text();
          run_->startPaused({document_->text(), document_->baseDirectory(), 0});
        }
      },
      stands);
  actions.on(
      "run.stepSeries", [this] { run_->stepSeries(); },
      [this] { return run_->state() == State::paused; });
  actions.on(
      "run.stop", [this] { run_->stop(); }, alive);
  actions.on(
      "run.restart", [this] { restart(false); }, can_go_on);
  actions.on(
      "run.restartNewSeed", [this] { restart(true); }, can_go_on);
  actions.on("run.faster", [this] { run_bar_->faster(); });
  actions.on("run.slower", [this] { run_bar_->slower(); });
  actions.on(
      "run.untilTime", [this] { runToTime(); }, can_go_on);
  actions.on(
      "run.untilFault", [this] { run_->runUntilNextFault(); }, alive);
  actions.on(
      "run.untilBreach", [this] { run_->runUntilBreach(); }, alive);
  actions.on(
      "run.untilCondition", [this] { runToCondition(); }, alive);
  actions.on(
      "run.replayHere", [this] { run_->replayTo(cursor_->position()); },
      [this] { return run_->hasRun() && !cursor_->isLive(); });
  actions.on(
      "run.live", [this] { cursor_->goLive(); }, [this] { return !cursor_->isLive(); });
  actions.on(
      "run.heal", [this] { run_->heal({}); },
      [this, alive] { return alive() && !run_->handFaults().empty(); });
  actions.on(
      "run.keepFaults", [this] { keepHandFaults(); },
      [this] { return !run_->handFaults().empty() && document_->isJson(); });

  actions.on(
      "report.pin", [this] { chart_source_->pin(); }, [this] { return chart_source_->canPin(); });
  actions.on(
      "report.unpin", [this] { chart_source_->unpin(); },
      [this] { return chart_source_->hasPinned(); });
  connect(run_bar_, &RunBar::speedChosen, this, [](double factor) { settings::setSpeed(factor); });
}

void MainWindow::connectViews() {
  connect(document_.get(), &Document::fileNameChanged, this, &MainWindow::fileChanged);
  connect(document_.get(), &Document::modifiedChanged, this, &MainWindow::fileChanged);
  connect(document_.get(), &Document::designChanged, this, &MainWindow::fileChanged);
  connect(document_.get(), &Document::problemsChanged, this, &MainWindow::showProblems);
  connect(document_.get(), &Document::textChanged, this, &MainWindow::showOldDesign);
  connect(run_.get(), &RunController::stateChanged, this, &MainWindow::runState);
  connect(run_.get(), &RunController::finished, this, &MainWindow::runState);
  connect(run_.get(), &RunController::handFaultsChanged, this, &MainWindow::refreshActions);
  connect(run_.get(), &RunController::failed, this, &MainWindow::runFailed);
  connect(cursor_.get(), &TimeCursor::positionChanged, this, &MainWindow::scrubbed);
  connect(chart_source_.get(), &ChartSource::pinnedChanged, this, &MainWindow::refreshActions);
  connect(chart_source_.get(), &ChartSource::changed, this, &MainWindow::refreshActions);
  connect(banner_, &Banner::actionChosen, this, [this] { restart(false); });
  connect(banner_, &Banner::dismissed, this, [this] { old_dismissed_ = old_design_; });
  connect(&Theme::instance(), &Theme::changed, this, &MainWindow::retranslate);
}

void MainWindow::refreshActions() { actions_->refresh(); }

void MainWindow::retranslate() {
  actions_->retranslate();
  const auto name = [this](const char* menu, const QString& text) {
    if (auto* found = menuBar()->findChild<QMenu*>(QString::fromLatin1(menu)))
      found->setTitle(text);
  };
  name("fileMenu", tr("&File"));
  name("recentMenu", tr("Open &recent"));
  name("editMenu", tr("&Edit"));
  name("viewMenu", tr("&View"));
  name("panelsMenu", tr("&Panels"));
  name("modelMenu", tr("&Model"));
  name("alignMenu", tr("&Align"));
  name("runMenu", tr("&Run"));
  name("untilMenu", tr("Run &until"));
  name("reportMenu", tr("Re&port"));
  name("helpMenu", tr("&Help"));
  fileChanged();
  showProblems();
  runState();
}

void MainWindow::restoreLayout() {
  QSettings stored;
  docks_->arrange();
  if (stored.contains("window/geometry"))
    restoreGeometry(stored.value("window/geometry").toByteArray());
  if (restoreState(stored.value("window/state").toByteArray(), layout_version))
    docks_->tidyTitles();
}

void MainWindow::showEvent(QShowEvent* event) {
  if (first_show_) {
    first_show_ = false;
    restoreLayout();
  }
  QMainWindow::showEvent(event);
}

void MainWindow::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange && run_bar_) retranslate();
  if (event->type() == QEvent::WindowStateChange) {
    (*actions_)["view.fullScreen"]->setChecked(isFullScreen());
  }
  QMainWindow::changeEvent(event);
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (!mayDiscard()) {
    event->ignore();
    return;
  }
  QSettings stored;
  stored.setValue("window/geometry", saveGeometry());
  stored.setValue("window/state", saveState(layout_version));
  event->accept();
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
  // The space bar presses the button and opens the box that has the focus, as everywhere; it runs
  // and pauses from all other places. Text fields see to themselves.
  if (event->type() == QEvent::ShortcutOverride) {
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool plain = (key->modifiers() & ~Qt::ShiftModifier) == 0;
    const auto* widget = qobject_cast<QWidget*>(watched);
    if (widget && widget->window() == this && plain &&
        (isTextField(widget) ||
         (key->key() == Qt::Key_Space && (qobject_cast<const QAbstractButton*>(widget) ||
                                          qobject_cast<const QComboBox*>(widget))))) {
      if (key->key() == Qt::Key_Space || !key->text().isEmpty()) event->accept();
    }
  }
  return QMainWindow::eventFilter(watched, event);
}

void MainWindow::showProblems() {
  const int count = int(document_->problems().size());
  const Theme& theme = Theme::instance();
  problems_button_->setText(count == 0 ? tr("No problems") : tr("Problems: %1").arg(count));
  problems_button_->setIcon(count == 0 ? themedIcon("ok", theme.good())
                                       : themedIcon("problem", theme.bad()));
  if (Dock* dock = (*docks_)["problems"]) dock->setBadge(count);
  refreshActions();
}

}  // namespace faultline::gui
