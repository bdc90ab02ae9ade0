// The views of the window, and what they tell each other.
#include <QDir>
#include <QFileInfo>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSplitter>
#include <QStandardPaths>
#include <QStatusBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "gui/canvas/canvas_view.hpp"
#include "gui/canvas/palette_widget.hpp"
#include "gui/charts/chart_source.hpp"
#include "gui/document/document.hpp"
#include "gui/shell/actions.hpp"
#include "gui/shell/banner.hpp"
#include "gui/shell/docks.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/headline_bar.hpp"
#include "gui/shell/language.hpp"
#include "gui/shell/main_window.hpp"
#include "gui/shell/run_bar.hpp"
#include "gui/shell/theme.hpp"
#include "gui/timeline/time_cursor.hpp"
#if __has_include("gui/timeline/fault_timeline.cpp")
#include "gui/timeline/fault_timeline.hpp"
#define HAS_TIMELINE
#endif
#if __has_include("gui/charts/time_charts.cpp")
#include "gui/charts/batch_panel.hpp"
#include "gui/charts/compare_panel.hpp"
#include "gui/charts/consistency_panel.hpp"
#include "gui/charts/distribution_chart.hpp"
#include "gui/charts/event_log.hpp"
#include "gui/charts/heat_map.hpp"
#include "gui/charts/request_panel.hpp"
#include "gui/charts/slo_panel.hpp"
#include "gui/charts/time_charts.hpp"
#define HAS_CHARTS
#endif
#if __has_include("gui/inspector/inspector.cpp")
#include "gui/inspector/inspector.hpp"
#define HAS_INSPECTOR
#endif
#if __has_include("gui/source/source_view.cpp")
#include "gui/problems/problems_view.hpp"
#include "gui/source/source_view.hpp"
#define HAS_SOURCE
#endif

#if __has_include("gui/report/report_dialog.cpp")
#include "gui/report/report_dialog.hpp"
#define HAS_REPORT
#endif

namespace faultline::gui {

void MainWindow::buildViews() {
  using Group = Docks::Group;
  run_bar_ = new RunBar(*actions_, *run_, this);
  addToolBar(Qt::TopToolBarArea, run_bar_);

  auto* middle = new QWidget(this);
  auto* column = new QVBoxLayout(middle);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  banner_ = new Banner(middle);
  disk_banner_ = new Banner(middle);
  headline_ = new HeadlineBar(*run_, *cursor_, middle);
  auto* split = new QSplitter(Qt::Vertical, middle);
  split->setObjectName(QStringLiteral("canvasSplitter"));
  split->setHandleWidth(1);
  split->setChildrenCollapsible(false);
  canvas_ = new CanvasView(*document_, *run_, split);
  canvas_->setObjectName(QStringLiteral("canvas"));
  split->addWidget(canvas_);
#ifdef HAS_TIMELINE
  timeline_ = new FaultTimeline(*document_, *run_, *chart_source_, split);
  timeline_->setObjectName(QStringLiteral("timeline"));
  split->addWidget(timeline_);
  split->setStretchFactor(1, 0);
#endif
  split->setStretchFactor(0, 1);
  column->addWidget(disk_banner_);
  column->addWidget(banner_);
  column->addWidget(headline_);
  column->addWidget(split, 1);
  setCentralWidget(middle);

  palette_ = new PaletteWidget(this);
  docks_->add("palette", QT_TRANSLATE_NOOP("Docks", "Components"), "palette", Group::left, palette_,
              "Ctrl+1");
#ifdef HAS_INSPECTOR
  inspector_ = new Inspector(*document_, *run_, this);
  docks_->add("inspector", QT_TRANSLATE_NOOP("Docks", "Inspector"), "inspector", Group::right,
              inspector_, "Ctrl+2");
#endif
#ifdef HAS_SOURCE
  source_ = new SourceView(*document_, this);
  docks_->add("source", QT_TRANSLATE_NOOP("Docks", "JSON"), "source", Group::right, source_,
              "Ctrl+3");
#endif
#ifdef HAS_CHARTS
  ChartSource& source = *chart_source_;
  docks_->add("latency", QT_TRANSLATE_NOOP("Docks", "Latency"), "chart-latency", Group::bottomLeft,
              new LatencyChart(source), "Ctrl+4");
  docks_->add("distribution", QT_TRANSLATE_NOOP("Docks", "Distribution"), "chart-distribution",
              Group::bottomLeft, new DistributionChart(source), "Ctrl+6");
  auto* heat = new HeatMapPanel(source);
  docks_->add("heat", QT_TRANSLATE_NOOP("Docks", "Load by node"), "chart-heat", Group::bottomLeft,
              heat, "Ctrl+7");
  // A replica is shown by the card of its group.
  connect(heat, &HeatMapPanel::nodeActivated, canvas_,
          [this](const QString& name) { canvas_->showNode(name.section('[', 0, 0)); });
  docks_->add("cache", QT_TRANSLATE_NOOP("Docks", "Cache hits"), "chart-cache", Group::bottomLeft,
              new CacheChart(source));
  docks_->add("log", QT_TRANSLATE_NOOP("Docks", "Event log"), "log", Group::bottomLeft,
              new EventLogPanel(source));
  docks_->add("throughput", QT_TRANSLATE_NOOP("Docks", "Throughput"), "chart-throughput",
              Group::bottomRight, new ThroughputChart(source), "Ctrl+5");
  docks_->add("slo", QT_TRANSLATE_NOOP("Docks", "Objectives"), "chart-slo", Group::bottomRight,
              new SloPanel(source), "Ctrl+8");
  docks_->add("consistency", QT_TRANSLATE_NOOP("Docks", "Consistency"), "chart-consistency",
              Group::bottomRight, new ConsistencyPanel(source));
  docks_->add("requests", QT_TRANSLATE_NOOP("Docks", "Requests"), "trace", Group::bottomRight,
              new RequestPanel(source, run_.get()));
  docks_->add("events", QT_TRANSLATE_NOOP("Docks", "Next events"), "events", Group::bottomRight,
              new NextEventsPanel(source));
  docks_->add("compare", QT_TRANSLATE_NOOP("Docks", "Comparison"), "compare", Group::bottomRight,
              new ComparePanel(source));
  docks_->add("batch", QT_TRANSLATE_NOOP("Docks", "Sweeps"), "experiment", Group::bottomRight,
              new BatchPanel(*document_, source));
#endif
#ifdef HAS_SOURCE
  problems_ = new ProblemsView(*document_, this);
  docks_->add("problems", QT_TRANSLATE_NOOP("Docks", "Problems"), "problems", Group::bottomLeft,
              problems_, "Ctrl+9");
#endif

  problems_button_ = new QPushButton(this);
  problems_button_->setFlat(true);
  problems_button_->setFocusPolicy(Qt::NoFocus);
  problems_button_->setObjectName(QStringLiteral("problemsButton"));
  zoom_label_ = new QLabel(this);
  seed_button_ = new QToolButton(this);
  seed_button_->setObjectName(QStringLiteral("seedButton"));
  seed_button_->setAutoRaise(true);
  seed_button_->setPopupMode(QToolButton::InstantPopup);
  auto* seed_menu = new QMenu(seed_button_);
  connect(seed_menu, &QMenu::aboutToShow, this, [this, seed_menu] {
    seed_menu->clear();
    seed_menu->addAction(tr("Write it into the scenario"), this, &MainWindow::keepSeed);
    seed_menu->addAction(tr("Run with the seed of the file, %1").arg(seedOfFile()), this,
                         &MainWindow::forgetSeed);
  });
  seed_button_->setMenu(seed_menu);
  seed_button_->hide();
  statusBar()->addPermanentWidget(seed_button_);
  statusBar()->addPermanentWidget(zoom_label_);
  statusBar()->addPermanentWidget(problems_button_);
  statusBar()->setSizeGripEnabled(false);
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
  connect(banner_, &Banner::actionChosen, this, [this] {
    // A copy: what it does may put another one in its place.
    const std::function<void()> act = banner_action_;
    if (act) act();
  });
  connect(document_.get(), &Document::diskChanged, this, &MainWindow::showDiskChange);
  connect(disk_banner_, &Banner::actionChosen, document_.get(), &Document::reload);
  connect(disk_banner_, &Banner::otherChosen, document_.get(), &Document::keepMine);
  connect(banner_, &Banner::dismissed, this, [this] { old_dismissed_ = old_design_; });
  connect(&Theme::instance(), &Theme::changed, this, &MainWindow::retranslate);

  connect(canvas_, &CanvasView::selectionChanged, this, &MainWindow::selected);
  connect(canvas_, &CanvasView::openInspector, this, [this](const QString& node) {
    Q_UNUSED(node);
    if (Dock* dock = (*docks_)["inspector"]) dock->bringUp();
  });
  connect(canvas_, &CanvasView::renameRequested, this,
          [this](const QString& node) { rename(node, false); });
  connect(canvas_, &CanvasView::renameZoneRequested, this,
          [this](const QString& zone) { rename(zone, true); });
  connect(canvas_, &CanvasView::statusMessage, this,
          [this](const QString& text) { statusBar()->showMessage(text, 8000); });
  connect(canvas_, &CanvasView::runToggleRequested, this, &MainWindow::toggleRun);
  connect(canvas_, &CanvasView::viewChanged, this, &MainWindow::showZoom);
  connect(palette_, &PaletteWidget::chosen, canvas_, [this](const QString& type) {
    if (type == QLatin1String(palette_zone)) {
      canvas_->addZone();
    } else if (type == QLatin1String(palette_note)) {
      canvas_->addNote();
    } else {
      canvas_->addNode(type);
    }
    canvas_->setFocus();
  });
  connect(problems_button_, &QPushButton::clicked, this, [this] {
    if (Dock* dock = (*docks_)["problems"]) dock->bringUp();
  });
#ifdef HAS_INSPECTOR
  connect(inspector_, &Inspector::nodesShown, this, [this](const QStringList& names) {
    if (canvas_->selection().nodes == names) return;
    CanvasSelection selection;
    selection.nodes = names;
    canvas_->setSelection(selection);
  });
  connect(inspector_, &Inspector::zoneShown, this, [this](const QString& zone) {
    canvas_->setSelection({{}, {}, zone, {}});
  });
#endif
#ifdef HAS_SOURCE
  connect(document_.get(), &Document::editRefused, this,
          [this](const QString& reason) { statusBar()->showMessage(reason, 8000); });
  connect(problems_, &ProblemsView::navigate, this, &MainWindow::goToPlace);
  connect(source_, &SourceView::currentNodeChanged, this, [this](const QString& name) {
    // Only what a person does in the text moves the selection.
    if (name.isEmpty() || !source_->isAncestorOf(focusWidget()) ||
        canvas_->selection().nodes == QStringList{name}) {
      return;
    }
    CanvasSelection selection;
    selection.nodes = {name};
    canvas_->setSelection(selection);
  });
#endif
  showZoom();
}

void MainWindow::selected() {
  const CanvasSelection& selection = canvas_->selection();
#ifdef HAS_INSPECTOR
  if (!selection.zone.isEmpty()) {
    inspector_->showZone(selection.zone);
  } else if (selection.nodes.isEmpty() && !selection.notes.empty()) {
    inspector_->showNote(selection.notes.front());
  } else if (selection.nodes.isEmpty() && !selection.wires.empty()) {
    // A wire is a parameter of the node that it leaves.
    inspector_->showNodes({selection.wires.front().from});
  } else if (inspector_->nodes() != selection.nodes || selection.nodes.isEmpty()) {
    inspector_->showNodes(selection.nodes);
  }
#endif
  const QString node = selection.nodes.size() == 1 ? selection.nodes.front() : QString();
#ifdef HAS_SOURCE
  source_->setCurrentNode(node);
#endif
#ifdef HAS_TIMELINE
  timeline_->setTarget(node);
#endif
  refreshActions();
}

void MainWindow::goToPlace(const QString& path, const QString& node, int line) {
  if (!node.isEmpty()) canvas_->showNode(node);
#ifdef HAS_INSPECTOR
  if (document_->isJson() && !path.isEmpty()) {
    (*docks_)["inspector"]->show();
    (*docks_)["inspector"]->raise();
    if (inspector_->goToPath(path)) {
#ifdef HAS_SOURCE
      source_->goToPath(path);
#endif
      return;
    }
  }
#endif
#ifdef HAS_SOURCE
  (*docks_)["source"]->bringUp();
  if (path.isEmpty() || !source_->goToPath(path)) {
    if (line > 0) source_->goToLine(line);
  }
#endif
}

void MainWindow::nextProblem() {
  const auto& problems = document_->problems();
  if (problems.empty()) return;
  next_problem_ = next_problem_ % problems.size();
  const LocatedProblem problem = problems[next_problem_++];
  statusBar()->showMessage(problem.path + QStringLiteral(": ") + shownSentence(problem.message),
                           12000);
  goToPlace(problem.path, problem.node, problem.line);
}

void MainWindow::rename(const QString& name, bool isZone) {
  QString wanted = name;
  for (;;) {
    bool accepted = false;
    wanted = QInputDialog::getText(this, tr("Rename"),
                                   tr("New name of “%1”. Every reference to it follows.").arg(name),
                                   QLineEdit::Normal, wanted, &accepted)
                 .trimmed();
    if (!accepted || wanted == name || wanted.isEmpty()) return;
    QString error;
    const bool done = isZone ? document_->renameZone(name, wanted, &error)
                             : document_->renameNode(name, wanted, &error);
    if (done) {
      if (isZone) {
        canvas_->setSelection({{}, {}, wanted, {}});
      } else {
        canvas_->showNode(wanted);
      }
      return;
    }
    statusBar()->showMessage(error, 10000);
    QMessageBox::warning(this, tr("Rename"), error);
  }
}

void MainWindow::scrubbed() {
  const SnapshotPtr snapshot = run_->snapshot();
  const auto frame =
      snapshot && !cursor_->isLive() ? frameAt(*snapshot, cursor_->position()) : nullptr;
  if (frame) {
    canvas_->showFrame(*frame);
  } else {
    canvas_->showLive();
  }
  refreshActions();
}

void MainWindow::exportReport() {
#ifdef HAS_REPORT
  if (!run_->result()) return;
  const QString file = document_->fileName();
  const QString base =
      file.isEmpty() ? QStringLiteral("report") : QFileInfo(file).completeBaseName();
  const QString folder = file.isEmpty()
                             ? QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation)
                             : QFileInfo(file).path();
  const QList<ChartPanel*> charts = findChildren<ChartPanel*>();
  ReportDialog dialog(run_->result(), {charts.begin(), charts.end()}, findChild<HeatMapPanel*>(),
                      QDir(folder).filePath(base + QStringLiteral("-report.html")), this);
  if (dialog.exec() == QDialog::Accepted) {
    statusBar()->showMessage(tr("The report was written to %1").arg(dialog.fileName()), 10000);
  }
#endif
}

void MainWindow::showZoom() {
  zoom_label_->setText(formatPercent(canvas_->zoom(), 0));
  zoom_label_->setToolTip(tr("Zoom of the canvas"));
  zoom_label_->setAccessibleName(tr("Zoom of the canvas"));
}

}  // namespace faultline::gui
