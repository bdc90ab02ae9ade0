#include "gui/shell/main_window.hpp"

#include <algorithm>
#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScreen>
#include <QSettings>
#include <QShortcut>
#include <QSplitter>
#include <QStatusBar>
#include <QTextEdit>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "gui/canvas/canvas_view.hpp"
#include "gui/canvas/palette_widget.hpp"
#include "gui/charts/chart_source.hpp"
#include "gui/charts/chart_state.hpp"
#include "gui/document/document.hpp"
#include "gui/shell/about_dialog.hpp"
#include "gui/shell/actions.hpp"
#include "gui/shell/banner.hpp"
#include "gui/shell/cheat_sheet.hpp"
#include "gui/shell/docks.hpp"
#include "gui/shell/headline_bar.hpp"
#include "gui/shell/language.hpp"
#include "gui/shell/run_bar.hpp"
#include "gui/shell/settings.hpp"
#include "gui/shell/settings_dialog.hpp"
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
  // Whole on the screen at the first start, with the frame that the desktop puts around it.
  resize(QSize(1440, 900).boundedTo(screen()->availableSize() - QSize(16, 48)));
  chart_source_->follow(*run_);
  docks_ = new Docks(*this);
  buildViews();
  buildMenus();
  connectActions();
  connectViews();
  document_->keepRecovery(true);
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
  qApp->removeEventFilter(this);
  // What they say while they end concerns nobody any more.
  for (QObject* source : std::initializer_list<QObject*>{
           &document_->undoStack(), document_.get(), run_.get(), cursor_.get(), chart_source_.get(),
           &Theme::instance(), &LanguageChoice::instance()}) {
    source->disconnect(this);
  }
  // The views go before what they look at.
  qDeleteAll(findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
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
  fill(view, {"view.resetLayout", ""});
  const auto choices = [this](QMenu* menu, const char* name) {
    QMenu* made = menu->addMenu(QString());
    made->setObjectName(QString::fromLatin1(name));
    return made;
  };
  QMenu* theme = choices(view, "themeMenu");
  auto* themes = new QActionGroup(this);
  for (const auto mode : {Theme::Mode::system, Theme::Mode::light, Theme::Mode::dark}) {
    QAction* action = theme->addAction(QString(), this, [mode] {
      settings::setTheme(mode);
      Theme::instance().setMode(mode);
    });
    action->setData(int(mode));
    action->setCheckable(true);
    themes->addAction(action);
  }
  QMenu* language = choices(view, "languageMenu");
  auto* languages = new QActionGroup(this);
  for (const char* tag : {"system", "en", "ru"}) {
    QAction* action = language->addAction(QString(), this, [tag] {
      settings::setLanguage(QString::fromLatin1(tag));
      LanguageChoice::instance().choose(QString::fromLatin1(tag));
    });
    action->setData(QString::fromLatin1(tag));
    action->setCheckable(true);
    languages->addAction(action);
  }
  fill(view, {"", "view.fullScreen"});

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
  actions.on("file.new", [this] { newFile(); });
  actions.on("file.template", [this] { showGallery(); });
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

  const auto something = [this] { return !canvas_->selection().isEmpty(); };
  const auto some_nodes = [this] { return canvas_->selection().nodes.size() > 1; };
  actions.on(
      "edit.cut", [this] { canvas_->cut(); }, something);
  actions.on(
      "edit.copy", [this] { canvas_->copy(); }, something);
  actions.on("edit.paste", [this] { canvas_->paste(); });
  actions.on(
      "edit.duplicate", [this] { canvas_->duplicateSelection(); }, something);
  actions.on(
      "edit.delete", [this] { canvas_->deleteSelection(); }, something);
  actions.on("edit.selectAll", [this] { canvas_->selectAll(); });
  for (const char* id : {"edit.cut", "edit.copy", "edit.paste", "edit.duplicate", "edit.delete",
                         "edit.selectAll", "view.fit", "view.fitSelection", "model.rename"}) {
    // These keys mean something else in a text and in a list.
    QAction* action = actions[QString::fromLatin1(id)];
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    canvas_->addAction(action);
  }
  actions.on("edit.findComponent", [this] {
    (*docks_)["palette"]->bringUp();
    palette_->focusSearch();
  });
  actions.on("view.zoomIn", [this] { canvas_->zoomIn(); });
  actions.on("view.zoomOut", [this] { canvas_->zoomOut(); });
  actions.on("view.zoom100", [this] { canvas_->zoomTo100(); });
  actions.on("view.fit", [this] { canvas_->fit(); });
  actions.on(
      "view.fitSelection", [this] { canvas_->fitSelection(); }, something);
  actions.onToggle("view.snap", [this](bool on) {
    canvas_->setSnapToGrid(on);
    settings::setSnapToGrid(on);
  });
  actions.onToggle("view.minimap", [this](bool on) {
    canvas_->setShowMinimap(on);
    settings::setShowMinimap(on);
  });
  actions.onToggle("view.dots", [this](bool on) {
    canvas_->setShowDots(on);
    settings::setShowDots(on);
  });
  canvas_->setSnapToGrid(settings::snapToGrid());
  canvas_->setShowMinimap(settings::showMinimap());
  if (!settings::showDots()) canvas_->setShowDots(false);
  actions["view.snap"]->setChecked(canvas_->snapsToGrid());
  actions["view.minimap"]->setChecked(canvas_->showsMinimap());
  actions["view.dots"]->setChecked(settings::showDots());
  actions.on("model.addZone", [this] { canvas_->addZone(); });
  actions.on("model.addNote", [this] { canvas_->addNote(); });
  actions.on(
      "model.autoLayout", [this] { canvas_->autoLayout(); },
      [this] { return !document_->design().nodes.empty(); });
  actions.on(
      "model.alignLeft", [this] { canvas_->alignLeft(); }, some_nodes);
  actions.on(
      "model.alignRight", [this] { canvas_->alignRight(); }, some_nodes);
  actions.on(
      "model.alignTop", [this] { canvas_->alignTop(); }, some_nodes);
  actions.on(
      "model.alignBottom", [this] { canvas_->alignBottom(); }, some_nodes);
  actions.on(
      "model.alignRow", [this] { canvas_->alignCentresHorizontal(); }, some_nodes);
  actions.on(
      "model.alignColumn", [this] { canvas_->alignCentresVertical(); }, some_nodes);
  const auto many_nodes = [this] { return canvas_->selection().nodes.size() > 2; };
  actions.on(
      "model.distributeHorizontally", [this] { canvas_->distributeHorizontally(); }, many_nodes);
  actions.on(
      "model.distributeVertically", [this] { canvas_->distributeVertically(); }, many_nodes);
  actions.on(
      "model.rename",
      [this] {
        const CanvasSelection& selection = canvas_->selection();
        const bool isZone = selection.nodes.isEmpty();
        rename(isZone ? selection.zone : selection.nodes.front(), isZone);
      },
      [this] {
        const CanvasSelection& selection = canvas_->selection();
        return selection.nodes.size() == 1 ||
               (selection.nodes.isEmpty() && !selection.zone.isEmpty());
      });
  actions.on(
      "model.nextProblem", [this] { nextProblem(); },
      [this] { return !document_->problems().empty(); });

  actions.on("view.resetLayout", [this] { docks_->arrange(); });
  for (const bool forward : {true, false}) {
    auto* next = new QShortcut(QKeySequence(forward ? "F6" : "Shift+F6"), this);
    connect(next, &QShortcut::activated, this, [this, forward] { nextPanel(forward); });
  }
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
  const auto alive = [this] { return isAlive(); };
  actions.on(
      "run.toggle", [this] { toggleRun(); }, can_go_on);
  actions.on(
      "run.pause", [this] { run_->pause(); }, [this] { return run_->state() == State::running; });
  actions.on(
      "run.step", [this] { step(); }, [stands, can_go_on] { return stands() && can_go_on(); });
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
      "run.untilFault", [this] { runToNext(&RunController::runUntilNextFault); }, can_go_on);
  actions.on(
      "run.untilBreach", [this] { runToNext(&RunController::runUntilBreach); }, can_go_on);
  actions.on(
      "run.untilCondition", [this] { runToCondition(); }, can_go_on);
  actions.on(
      "run.replayHere", [this] { replayHere(); },
      [this] { return run_->hasRun() && !cursor_->isLive(); });
  actions.on(
      "run.live", [this] { cursor_->goLive(); }, [this] { return !cursor_->isLive(); });
  actions.on(
      "run.heal", [this] { run_->heal({}); },
      [this, alive] { return alive() && !run_->handFaults().empty(); });
  actions.on(
      "run.keepFaults", [this] { keepHandFaults(); },
      [this] { return !handFaultsToKeep().empty() && document_->isJson(); });

  actions.on(
      "report.pin", [this] { chart_source_->pin(); }, [this] { return chart_source_->canPin(); });
  actions.on(
      "report.compare",
      [this] {
        if (!chart_source_->hasPinned()) chart_source_->pin();
        (*docks_)["compare"]->bringUp();
      },
      [this] { return chart_source_->hasPinned() || chart_source_->canPin(); });
  actions.on(
      "report.export", [this] { exportReport(); }, [this] { return run_->result() != nullptr; });
  actions.on("report.experiment", [this] { (*docks_)["batch"]->bringUp(); });
  actions.on(
      "report.unpin", [this] { chart_source_->unpin(); },
      [this] { return chart_source_->hasPinned(); });
  actions.on("edit.settings", [this] { SettingsDialog(this).exec(); });
  actions.on("help.cheatSheet", [this] {
    if (!cheat_sheet_) {
      cheat_sheet_ = new CheatSheet(*actions_, this);
      cheat_sheet_->setAttribute(Qt::WA_DeleteOnClose);
    }
    cheat_sheet_->show();
    cheat_sheet_->raise();
  });
  actions.on("help.tour", [this] { showTour(); });
  actions.on("help.guide", [this] { showGuide(); });
  actions.on("help.about", [this] { AboutDialog(this).exec(); });
  connect(run_bar_, &RunBar::speedChosen, this, [](double factor) { settings::setSpeed(factor); });
}

void MainWindow::nextPanel(bool forward) {
  // The canvas, then every panel that can be seen, in the order of the menu.
  std::vector<std::pair<QWidget*, Dock*>> places{{canvas_, nullptr}};
  for (Dock* dock : docks_->all()) {
    if (dock->isVisible() && !dock->visibleRegion().isEmpty()) places.emplace_back(dock, dock);
  }
  const QWidget* focus = QApplication::focusWidget();
  std::size_t now = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (focus && (places[i].first == focus || places[i].first->isAncestorOf(focus))) now = i;
  }
  const std::size_t next = (now + (forward ? 1 : places.size() - 1)) % places.size();
  if (Dock* dock = places[next].second) {
    dock->bringUp();
  } else {
    canvas_->setFocus(Qt::ShortcutFocusReason);
  }
}

void MainWindow::refreshActions() { actions_->refresh(); }

void MainWindow::retranslate() {
  if (!disk_banner_->text().isEmpty()) showDiskChange();
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
  name("themeMenu", tr("&Theme"));
  name("languageMenu", tr("&Language"));
  for (QAction* action : menuBar()->findChild<QMenu*>("themeMenu")->actions()) {
    const auto mode = Theme::Mode(action->data().toInt());
    action->setText(mode == Theme::Mode::light  ? tr("&Light")
                    : mode == Theme::Mode::dark ? tr("&Dark")
                                                : tr("As the &system"));
    action->setChecked(mode == Theme::instance().mode());
  }
  for (QAction* action : menuBar()->findChild<QMenu*>("languageMenu")->actions()) {
    const QString tag = action->data().toString();
    // Each language calls itself by its own name.
    action->setText(tag == QLatin1String("en")   ? QStringLiteral("&English")
                    : tag == QLatin1String("ru") ? QStringLiteral("&Русский")
                                                 : tr("As the &system"));
    action->setChecked(tag == LanguageChoice::instance().chosen());
  }
  name("modelMenu", tr("&Model"));
  name("alignMenu", tr("&Align"));
  name("runMenu", tr("&Run"));
  name("untilMenu", tr("Run &until"));
  name("reportMenu", tr("Re&port"));
  name("helpMenu", tr("&Help"));
  docks_->tidyTitles();
  showZoom();
  showSeed();
  fileChanged();
  showProblems();
  runState();
}

void MainWindow::restoreLayout() {
  QSettings stored;
  docks_->arrange();
  if (stored.contains("window/geometry"))
    restoreGeometry(stored.value("window/geometry").toByteArray());
  if (restoreState(stored.value("window/state").toByteArray(), layout_version)) {
    docks_->tidyTitles();
  } else {
    QTimer::singleShot(0, docks_, &Docks::sizeAsAtFirst);
  }
}

void MainWindow::showEvent(QShowEvent* event) {
  if (first_show_) {
    first_show_ = false;
    restoreLayout();
    // The room for the canvas is known once the panels have theirs.
    QTimer::singleShot(0, this, [this] {
      auto* split = findChild<QSplitter*>("canvasSplitter");
      const int timeline = split ? std::clamp(split->height() / 4, 78, 104) : 0;
      if (split && split->count() > 1) split->setSizes({split->height() - timeline, timeline});
      QTimer::singleShot(0, canvas_, &CanvasView::fit);
    });
  }
  QMainWindow::showEvent(event);
}

void MainWindow::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange && run_bar_) retranslate();
  // Not every file system tells of changes.
  if (event->type() == QEvent::ActivationChange && isActiveWindow() && run_bar_)
    document_->isChangedOnDisk();
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
  keepChartState(document_->fileName(), chartState(*this, *cursor_));
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
  Dock* dock = (*docks_)["problems"];
  if (dock) dock->setBadge(count);
  // What is wrong with a file that was just opened lies on top.
  if (opened_ && !document_->problemsPending()) {
    opened_ = false;
    if (dock && count > 0) {
      dock->show();
      dock->raise();
    }
  }
  refreshActions();
}

}  // namespace faultline::gui
