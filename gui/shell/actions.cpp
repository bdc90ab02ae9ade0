#include "gui/shell/actions.hpp"

#include <memory>
#include <QCoreApplication>

#include "gui/shell/theme.hpp"

namespace faultline::gui {

namespace {

struct Row {
  const char* id;
  const char* section;
  const char* text;
  const char* tip;
  const char* icon;  ///< Of gui/icons; empty: none.
  const char* keys;  ///< Separated by blanks; the first is the one that is shown.
  bool checkable = false;
};

// The texts are looked up in the context "Actions".
#define T(text) QT_TRANSLATE_NOOP("Actions", text)

const Row rows[] = {
    {"file.new", T("File"), T("&New"), T("Begin with an empty design"), "new", "Ctrl+N"},
    {"file.template", T("File"), T("New from &template…"),
     T("Choose one of the ready systems and change it"), "template", "Ctrl+Shift+N"},
    {"file.open", T("File"), T("&Open…"), T("Open a scenario file"), "open", "Ctrl+O"},
    {"file.save", T("File"), T("&Save"), T("Write the scenario to its file"), "save", "Ctrl+S"},
    {"file.saveAs", T("File"), T("Save &as…"), T("Write the scenario to another file"), "save-as",
     "Ctrl+Shift+S"},
    {"file.close", T("File"), T("&Close window"), T("Close this window"), "", "Ctrl+W"},
    {"file.quit", T("File"), T("&Quit"), T("Close all windows"), "", "Ctrl+Q"},

    {"edit.undo", T("Edit"), T("&Undo"), T("Take back the last edit"), "undo", "Ctrl+Z"},
    {"edit.redo", T("Edit"), T("&Redo"), T("Do again what was taken back"), "redo",
     "Ctrl+Shift+Z Ctrl+Y"},
    {"edit.cut", T("Edit"), T("Cu&t"), T("Cut the selected parts of the design"), "cut", "Ctrl+X"},
    {"edit.copy", T("Edit"), T("&Copy"), T("Copy the selected parts of the design"), "copy",
     "Ctrl+C"},
    {"edit.paste", T("Edit"), T("&Paste"), T("Paste parts of a design, also from another window"),
     "paste", "Ctrl+V"},
    {"edit.duplicate", T("Edit"), T("&Duplicate"), T("Make a second one beside the selected ones"),
     "duplicate", "Ctrl+D"},
    {"edit.delete", T("Edit"), T("De&lete"), T("Delete what is selected, with its wires"), "delete",
     "Del"},
    {"edit.selectAll", T("Edit"), T("Select &all"), T("Select every node"), "", "Ctrl+A"},
    {"edit.findComponent", T("Edit"), T("&Find a component"), T("Search the palette"), "search",
     "Ctrl+F"},
    {"edit.settings", T("Edit"), T("&Settings…"), T("Language, theme, saving, speed"), "settings",
     "Ctrl+,"},

    {"view.zoomIn", T("View"), T("Zoom &in"), T("Show the design larger"), "zoom-in",
     "Ctrl++ Ctrl+="},
    {"view.zoomOut", T("View"), T("Zoom &out"), T("Show the design smaller"), "zoom-out", "Ctrl+-"},
    {"view.zoom100", T("View"), T("&Actual size"), T("Show the design at 100 %"), "zoom-100",
     "Ctrl+0"},
    {"view.fit", T("View"), T("&Fit"), T("Show the whole design"), "fit", "F"},
    {"view.fitSelection", T("View"), T("Fit &selection"),
     T("Show what is selected as large as fits"), "fit-selection", "Shift+F"},
    {"view.snap", T("View"), T("Snap to &grid"), T("Nodes that are moved keep to the grid"), "grid",
     "", true},
    {"view.minimap", T("View"), T("&Minimap"), T("A small picture of the whole design"), "minimap",
     "M", true},
    {"view.dots", T("View"), T("&Request dots"), T("Dots on the wires for the requests of a run"),
     "dots", "", true},
    {"view.resetLayout", T("View"), T("Reset &layout"),
     T("Put all panels where they were at first"), "layout", ""},
    {"view.fullScreen", T("View"), T("F&ull screen"), T("Use the whole screen"), "", "F11", true},

    {"model.addZone", T("Model"), T("Add &zone"), T("A frame for nodes that stand in one place"),
     "zone", ""},
    {"model.addNote", T("Model"), T("Add &note"), T("A text on the canvas"), "note", ""},
    {"model.autoLayout", T("Model"), T("Arrange a&utomatically"),
     T("Place the selected nodes, or all, in layers along the wires"), "auto-layout", "Ctrl+L"},
    {"model.alignLeft", T("Model"), T("Align &left"), T("Left edges in one line"), "align-left",
     ""},
    {"model.alignRight", T("Model"), T("Align &right"), T("Right edges in one line"), "align-right",
     ""},
    {"model.alignTop", T("Model"), T("Align &top"), T("Upper edges in one line"), "align-top", ""},
    {"model.alignBottom", T("Model"), T("Align &bottom"), T("Lower edges in one line"),
     "align-bottom", ""},
    {"model.alignRow", T("Model"), T("Centres in a r&ow"), T("Centres on one horizontal line"),
     "align-row", ""},
    {"model.alignColumn", T("Model"), T("Centres in a &column"), T("Centres on one vertical line"),
     "align-column", ""},
    {"model.distributeHorizontally", T("Model"), T("Distribute &horizontally"),
     T("Equal gaps from left to right"), "distribute-horizontally", ""},
    {"model.distributeVertically", T("Model"), T("Distribute &vertically"),
     T("Equal gaps from top to bottom"), "distribute-vertically", ""},
    {"model.rename", T("Model"), T("Rena&me…"), T("Rename the node and every reference to it"), "",
     "F2"},
    {"model.nextProblem", T("Model"), T("Next &problem"), T("Go to the next problem of the file"),
     "problem", "F8"},

    {"run.toggle", T("Run"), T("&Run"), T("Run the design, or go on"), "run", "Space"},
    {"run.pause", T("Run"), T("&Pause"), T("Stand still; nothing is lost"), "pause", ""},
    {"run.step", T("Run"), T("&Step"), T("One event"), "step", "."},
    {"run.stepSeries", T("Run"), T("Step to the next &point"),
     T("On to the next point of the charts"), "step-series", "Ctrl+."},
    {"run.stop", T("Run"), T("S&top"), T("End the run; what was measured stays"), "stop",
     "Shift+F5"},
    {"run.restart", T("Run"), T("R&estart"), T("Begin again, with the design as it is now"),
     "restart", "Ctrl+R"},
    {"run.restartNewSeed", T("Run"), T("Restart with a &new seed"),
     T("Begin again with other random numbers"), "dice", "Ctrl+Shift+R"},
    {"run.faster", T("Run"), T("&Faster"), T("More virtual time in a second"), "", "]"},
    {"run.slower", T("Run"), T("Slo&wer"), T("Less virtual time in a second"), "", "["},
    {"run.untilTime", T("Run"), T("To a &time…"), T("Run to a moment of virtual time, then pause"),
     "until", "Ctrl+T"},
    {"run.untilFault", T("Run"), T("To the next f&ault"),
     T("Run until the next fault begins or ends, then pause"), "fault", "Ctrl+Shift+F"},
    {"run.untilBreach", T("Run"), T("To the next SLO &breach"),
     T("Run until an objective is breached, then pause"), "breach", "Ctrl+B"},
    {"run.untilCondition", T("Run"), T("To a c&ondition…"),
     T("Run until a claim over measured values holds, then pause"), "condition", "Ctrl+Shift+T"},
    {"run.replayHere", T("Run"), T("Run again to &here"),
     T("Play the same run again to exactly the moment of the time cursor"), "replay", "Ctrl+H"},
    {"run.live", T("Run"), T("Show the ne&west"), T("Leave the past moment of the time cursor"),
     "live", "Esc"},
    {"run.heal", T("Run"), T("Heal &everything"), T("End every fault done by hand"), "heal", ""},
    {"run.keepFaults", T("Run"), T("&Keep the faults done by hand"),
     T("Write them into the scenario, so that the run can be repeated"), "keep", "Ctrl+K"},

    {"report.pin", T("Report"), T("&Pin this result"),
     T("Keep the result to compare the next one with"), "pin", "Ctrl+P"},
    {"report.unpin", T("Report"), T("&Unpin"), T("Forget the result that was pinned"), "unpin", ""},
    {"report.compare", T("Report"), T("&Compare with pinned"),
     T("A table of what differs from the pinned result"), "compare", "Ctrl+Shift+P"},
    {"report.experiment", T("Report"), T("&Replications and sweeps…"),
     T("Run the design many times, or with several values of a parameter"), "experiment",
     "Ctrl+Shift+E"},
    {"report.export", T("Report"), T("&Export the report…"),
     T("Topology, figures and charts as a page or PDF"), "report", "Ctrl+E"},

    {"help.cheatSheet", T("Help"), T("&Keyboard shortcuts"), T("What can be done by keyboard"),
     "keyboard", "F1 ?"},
    {"help.tour", T("Help"), T("Show the &tour"), T("The parts of this window in six steps"),
     "tour", ""},
    {"help.guide", T("Help"), T("&Guide to the window"), T("The page about this window"), "guide",
     ""},
    {"help.about", T("Help"), T("&About Faultline"), T("Version and licences"), "about", ""},
};

#undef T

QString words(const char* text) { return QCoreApplication::translate("Actions", text); }

/// As in a list: without the letter for the keyboard and without dots.
QString plain(QString text) {
  text.remove(QLatin1Char('&'));
  if (text.endsWith(QChar(0x2026))) text.chop(1);
  return text;
}

}  // namespace

struct Actions::Entry {
  const Row* row = nullptr;
  const Row* shown = nullptr;  ///< Whose words and picture are shown; usually its own.
  QString text;                ///< In place of the table's; empty: none.
  QAction* action = nullptr;
  std::function<bool()> enabled;
};

Actions::Actions(QObject* parent) : QObject(parent) {
  for (const Row& row : rows) {
    auto entry = std::make_shared<Entry>();
    entry->row = entry->shown = &row;
    entry->action = new QAction(this);
    entry->action->setObjectName(QString::fromLatin1(row.id));
    entry->action->setCheckable(row.checkable);
    entry->action->setMenuRole(QAction::NoRole);
    QList<QKeySequence> keys;
    for (const QString& key :
         QString::fromLatin1(row.keys).split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
      keys << QKeySequence(key);
    }
    entry->action->setShortcuts(keys);
    entries_.push_back(entry);
    by_id_.insert(entry->action->objectName(), entry);
  }
  retranslate();
}

QAction* Actions::operator[](const QString& id) const {
  const auto entry = by_id_.value(id);
  Q_ASSERT_X(entry, "Actions", qPrintable(id));
  return entry->action;
}

QStringList Actions::ids() const {
  QStringList ids;
  for (const auto& entry : entries_) ids << entry->action->objectName();
  return ids;
}

void Actions::on(const QString& id, std::function<void()> act, std::function<bool()> enabled) {
  const auto entry = by_id_.value(id);
  Q_ASSERT_X(entry, "Actions", qPrintable(id));
  entry->enabled = std::move(enabled);
  connect(entry->action, &QAction::triggered, this, [act = std::move(act)] { act(); });
}

void Actions::onToggle(const QString& id, std::function<void(bool)> act,
                       std::function<bool()> enabled) {
  const auto entry = by_id_.value(id);
  Q_ASSERT_X(entry, "Actions", qPrintable(id));
  entry->enabled = std::move(enabled);
  connect(entry->action, &QAction::triggered, this, [act = std::move(act)](bool on) { act(on); });
}

void Actions::refresh() {
  for (const auto& entry : entries_) {
    if (entry->enabled) entry->action->setEnabled(entry->enabled());
  }
}

void Actions::setText(const QString& id, const QString& text) {
  by_id_.value(id)->text = text;
  describe(id);
}

void Actions::setAppearance(const QString& id, const QString& other) {
  const auto entry = by_id_.value(id);
  const Row* shown = by_id_.value(other)->row;
  if (entry->shown == shown) return;
  entry->shown = shown;
  describe(id);
}

void Actions::retranslate() {
  for (const auto& entry : entries_) describe(entry->action->objectName());
}

void Actions::describe(const QString& id) {
  const auto entry = by_id_.value(id);
  QAction* action = entry->action;
  const QString text = entry->text.isEmpty() ? words(entry->shown->text) : entry->text;
  action->setText(text);
  const QString keys = action->shortcut().toString(QKeySequence::NativeText);
  QString tip = plain(text);
  if (!keys.isEmpty()) tip += QStringLiteral(" (%1)").arg(keys);
  const QString more = words(entry->shown->tip);
  if (!more.isEmpty()) tip += QLatin1Char('\n') + more;
  action->setToolTip(tip);
  action->setStatusTip(more);
  if (*entry->shown->icon) {
    action->setIcon(themedIcon(QString::fromLatin1(entry->shown->icon)));
  }
}

std::vector<Actions::Line> Actions::cheatSheet() const {
  std::vector<Line> lines;
  for (const auto& entry : entries_) {
    if (entry->action->shortcuts().isEmpty()) continue;
    QStringList keys;
    for (const QKeySequence& key : entry->action->shortcuts()) {
      keys << key.toString(QKeySequence::NativeText);
    }
    const bool run_or_pause = entry->action->objectName() == QLatin1String("run.toggle");
    lines.push_back({words(entry->row->section),
                     run_or_pause ? tr("Run or pause") : plain(words(entry->row->text)),
                     keys.join(QStringLiteral(", ")), words(entry->row->tip)});
  }
  return lines;
}

}  // namespace faultline::gui
