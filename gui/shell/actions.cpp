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

const Row rows[] = {
    {"file.new", QT_TRANSLATE_NOOP("Actions", "File"), QT_TRANSLATE_NOOP("Actions", "&New"),
     QT_TRANSLATE_NOOP("Actions", "Begin with an empty design"), "new", "Ctrl+N"},
    {"file.template", QT_TRANSLATE_NOOP("Actions", "File"),
     QT_TRANSLATE_NOOP("Actions", "New from &template…"),
     QT_TRANSLATE_NOOP("Actions", "Choose one of the ready systems and change it"), "template",
     "Ctrl+Shift+N"},
    {"file.open", QT_TRANSLATE_NOOP("Actions", "File"), QT_TRANSLATE_NOOP("Actions", "&Open…"),
     QT_TRANSLATE_NOOP("Actions", "Open a scenario file"), "open", "Ctrl+O"},
    {"file.save", QT_TRANSLATE_NOOP("Actions", "File"), QT_TRANSLATE_NOOP("Actions", "&Save"),
     QT_TRANSLATE_NOOP("Actions", "Write the scenario to its file"), "save", "Ctrl+S"},
    {"file.saveAs", QT_TRANSLATE_NOOP("Actions", "File"), QT_TRANSLATE_NOOP("Actions", "Save &as…"),
     QT_TRANSLATE_NOOP("Actions", "Write the scenario to another file"), "save-as", "Ctrl+Shift+S"},
    {"file.close", QT_TRANSLATE_NOOP("Actions", "File"),
     QT_TRANSLATE_NOOP("Actions", "&Close window"),
     QT_TRANSLATE_NOOP("Actions", "Close this window"), "", "Ctrl+W"},
    {"file.quit", QT_TRANSLATE_NOOP("Actions", "File"), QT_TRANSLATE_NOOP("Actions", "&Quit"),
     QT_TRANSLATE_NOOP("Actions", "Close all windows"), "", "Ctrl+Q"},

    {"edit.undo", QT_TRANSLATE_NOOP("Actions", "Edit"), QT_TRANSLATE_NOOP("Actions", "&Undo"),
     QT_TRANSLATE_NOOP("Actions", "Take back the last edit"), "undo", "Ctrl+Z"},
    {"edit.redo", QT_TRANSLATE_NOOP("Actions", "Edit"), QT_TRANSLATE_NOOP("Actions", "&Redo"),
     QT_TRANSLATE_NOOP("Actions", "Do again what was taken back"), "redo", "Ctrl+Shift+Z Ctrl+Y"},
    {"edit.cut", QT_TRANSLATE_NOOP("Actions", "Edit"), QT_TRANSLATE_NOOP("Actions", "Cu&t"),
     QT_TRANSLATE_NOOP("Actions", "Cut the selected parts of the design"), "cut", "Ctrl+X"},
    {"edit.copy", QT_TRANSLATE_NOOP("Actions", "Edit"), QT_TRANSLATE_NOOP("Actions", "&Copy"),
     QT_TRANSLATE_NOOP("Actions", "Copy the selected parts of the design"), "copy", "Ctrl+C"},
    {"edit.paste", QT_TRANSLATE_NOOP("Actions", "Edit"), QT_TRANSLATE_NOOP("Actions", "&Paste"),
     QT_TRANSLATE_NOOP("Actions", "Paste parts of a design, also from another window"), "paste",
     "Ctrl+V"},
    {"edit.duplicate", QT_TRANSLATE_NOOP("Actions", "Edit"),
     QT_TRANSLATE_NOOP("Actions", "&Duplicate"),
     QT_TRANSLATE_NOOP("Actions", "Make a second one beside the selected ones"), "duplicate",
     "Ctrl+D"},
    {"edit.delete", QT_TRANSLATE_NOOP("Actions", "Edit"), QT_TRANSLATE_NOOP("Actions", "De&lete"),
     QT_TRANSLATE_NOOP("Actions", "Delete what is selected, with its wires"), "delete", "Del"},
    {"edit.selectAll", QT_TRANSLATE_NOOP("Actions", "Edit"),
     QT_TRANSLATE_NOOP("Actions", "Select &all"), QT_TRANSLATE_NOOP("Actions", "Select every node"),
     "", "Ctrl+A"},
    {"edit.findComponent", QT_TRANSLATE_NOOP("Actions", "Edit"),
     QT_TRANSLATE_NOOP("Actions", "&Find a component"),
     QT_TRANSLATE_NOOP("Actions", "Search the palette"), "search", "Ctrl+F"},
    {"edit.settings", QT_TRANSLATE_NOOP("Actions", "Edit"),
     QT_TRANSLATE_NOOP("Actions", "&Settings…"),
     QT_TRANSLATE_NOOP("Actions", "Language, theme, saving, speed"), "settings", "Ctrl+,"},

    {"view.zoomIn", QT_TRANSLATE_NOOP("Actions", "View"), QT_TRANSLATE_NOOP("Actions", "Zoom &in"),
     QT_TRANSLATE_NOOP("Actions", "Show the design larger"), "zoom-in", "Ctrl++ Ctrl+="},
    {"view.zoomOut", QT_TRANSLATE_NOOP("Actions", "View"),
     QT_TRANSLATE_NOOP("Actions", "Zoom &out"),
     QT_TRANSLATE_NOOP("Actions", "Show the design smaller"), "zoom-out", "Ctrl+-"},
    {"view.zoom100", QT_TRANSLATE_NOOP("Actions", "View"),
     QT_TRANSLATE_NOOP("Actions", "&Actual size"),
     QT_TRANSLATE_NOOP("Actions", "Show the design at 100 %"), "zoom-100", "Ctrl+0"},
    {"view.fit", QT_TRANSLATE_NOOP("Actions", "View"), QT_TRANSLATE_NOOP("Actions", "&Fit"),
     QT_TRANSLATE_NOOP("Actions", "Show the whole design"), "fit", "F"},
    {"view.fitSelection", QT_TRANSLATE_NOOP("Actions", "View"),
     QT_TRANSLATE_NOOP("Actions", "Fit &selection"),
     QT_TRANSLATE_NOOP("Actions", "Show what is selected as large as fits"), "fit-selection",
     "Shift+F"},
    {"view.snap", QT_TRANSLATE_NOOP("Actions", "View"),
     QT_TRANSLATE_NOOP("Actions", "Snap to &grid"),
     QT_TRANSLATE_NOOP("Actions", "Nodes that are moved keep to the grid"), "grid", "", true},
    {"view.minimap", QT_TRANSLATE_NOOP("Actions", "View"), QT_TRANSLATE_NOOP("Actions", "&Minimap"),
     QT_TRANSLATE_NOOP("Actions", "A small picture of the whole design"), "minimap", "M", true},
    {"view.dots", QT_TRANSLATE_NOOP("Actions", "View"),
     QT_TRANSLATE_NOOP("Actions", "&Request dots"),
     QT_TRANSLATE_NOOP("Actions", "Dots on the wires for the requests of a run"), "dots", "", true},
    {"view.resetLayout", QT_TRANSLATE_NOOP("Actions", "View"),
     QT_TRANSLATE_NOOP("Actions", "Reset &layout"),
     QT_TRANSLATE_NOOP("Actions", "Put all panels where they were at first"), "layout", ""},
    {"view.fullScreen", QT_TRANSLATE_NOOP("Actions", "View"),
     QT_TRANSLATE_NOOP("Actions", "F&ull screen"),
     QT_TRANSLATE_NOOP("Actions", "Use the whole screen"), "", "F11", true},

    {"model.addZone", QT_TRANSLATE_NOOP("Actions", "Model"),
     QT_TRANSLATE_NOOP("Actions", "Add &zone"),
     QT_TRANSLATE_NOOP("Actions", "A frame for nodes that stand in one place"), "zone", ""},
    {"model.addNote", QT_TRANSLATE_NOOP("Actions", "Model"),
     QT_TRANSLATE_NOOP("Actions", "Add &note"),
     QT_TRANSLATE_NOOP("Actions", "A text on the canvas"), "note", ""},
    {"model.autoLayout", QT_TRANSLATE_NOOP("Actions", "Model"),
     QT_TRANSLATE_NOOP("Actions", "Arrange a&utomatically"),
     QT_TRANSLATE_NOOP("Actions", "Place the selected nodes, or all, in layers along the wires"),
     "auto-layout", "Ctrl+L"},
    {"model.alignLeft", QT_TRANSLATE_NOOP("Actions", "Model"),
     QT_TRANSLATE_NOOP("Actions", "Align &left"),
     QT_TRANSLATE_NOOP("Actions", "Left edges in one line"), "align-left", ""},
    {"model.alignRight", QT_TRANSLATE_NOOP("Actions", "Model"),
     QT_TRANSLATE_NOOP("Actions", "Align &right"),
     QT_TRANSLATE_NOOP("Actions", "Right edges in one line"), "align-right", ""},
    {"model.alignTop", QT_TRANSLATE_NOOP("Actions", "Model"),
     QT_TRANSLATE_NOOP("Actions", "Align &top"),
     QT_TRANSLATE_NOOP("Actions", "Upper edges in one line"), "align-top", ""},
    {"model.alignBottom", QT_TRANSLATE_NOOP("Actions", "Model"),
     QT_TRANSLATE_NOOP("Actions", "Align &bottom"),
     QT_TRANSLATE_NOOP("Actions", "Lower edges in one line"), "align-bottom", ""},
    {"model.alignRow", QT_TRANSLATE_NOOP("Actions", "Model"),
     QT_TRANSLATE_NOOP("Actions", "Centres in a r&ow"),
     QT_TRANSLATE_NOOP("Actions", "Centres on one horizontal line"), "align-row", ""},
    {"model.alignColumn", QT_TRANSLATE_NOOP("Actions", "Model"),
     QT_TRANSLATE_NOOP("Actions", "Centres in a &column"),
     QT_TRANSLATE_NOOP("Actions", "Centres on one vertical line"), "align-column", ""},
    {"model.distributeHorizontally", QT_TRANSLATE_NOOP("Actions", "Model"),
     QT_TRANSLATE_NOOP("Actions", "Distribute &horizontally"),
     QT_TRANSLATE_NOOP("Actions", "Equal gaps from left to right"), "distribute-horizontally", ""},
    {"model.distributeVertically", QT_TRANSLATE_NOOP("Actions", "Model"),
     QT_TRANSLATE_NOOP("Actions", "Distribute &vertically"),
     QT_TRANSLATE_NOOP("Actions", "Equal gaps from top to bottom"), "distribute-vertically", ""},
    {"model.rename", QT_TRANSLATE_NOOP("Actions", "Model"),
     QT_TRANSLATE_NOOP("Actions", "Rena&me…"),
     QT_TRANSLATE_NOOP("Actions", "Rename the node or the zone, and every reference to it"), "",
     "F2"},
    {"model.nextProblem", QT_TRANSLATE_NOOP("Actions", "Model"),
     QT_TRANSLATE_NOOP("Actions", "Next &problem"),
     QT_TRANSLATE_NOOP("Actions", "Go to the next problem of the file"), "problem", "F8"},

    {"run.toggle", QT_TRANSLATE_NOOP("Actions", "Run"), QT_TRANSLATE_NOOP("Actions", "&Run"),
     QT_TRANSLATE_NOOP("Actions", "Run the design, or go on"), "run", "Space"},
    {"run.pause", QT_TRANSLATE_NOOP("Actions", "Run"), QT_TRANSLATE_NOOP("Actions", "&Pause"),
     QT_TRANSLATE_NOOP("Actions", "Stand still; nothing is lost"), "pause", ""},
    {"run.step", QT_TRANSLATE_NOOP("Actions", "Run"), QT_TRANSLATE_NOOP("Actions", "&Step"),
     QT_TRANSLATE_NOOP("Actions", "One event"), "step", "."},
    {"run.stepSeries", QT_TRANSLATE_NOOP("Actions", "Run"),
     QT_TRANSLATE_NOOP("Actions", "Step to the next &point"),
     QT_TRANSLATE_NOOP("Actions", "On to the next point of the charts"), "step-series", "Ctrl+."},
    {"run.stop", QT_TRANSLATE_NOOP("Actions", "Run"), QT_TRANSLATE_NOOP("Actions", "S&top"),
     QT_TRANSLATE_NOOP("Actions", "End the run; what was measured stays"), "stop", "Shift+F5"},
    {"run.restart", QT_TRANSLATE_NOOP("Actions", "Run"), QT_TRANSLATE_NOOP("Actions", "R&estart"),
     QT_TRANSLATE_NOOP("Actions", "Begin again, with the design as it is now"), "restart",
     "Ctrl+R"},
    {"run.restartNewSeed", QT_TRANSLATE_NOOP("Actions", "Run"),
     QT_TRANSLATE_NOOP("Actions", "Restart with a &new seed"),
     QT_TRANSLATE_NOOP("Actions", "Begin again with other random numbers"), "dice", "Ctrl+Shift+R"},
    {"run.faster", QT_TRANSLATE_NOOP("Actions", "Run"), QT_TRANSLATE_NOOP("Actions", "&Faster"),
     QT_TRANSLATE_NOOP("Actions", "More virtual time in a second"), "", "]"},
    {"run.slower", QT_TRANSLATE_NOOP("Actions", "Run"), QT_TRANSLATE_NOOP("Actions", "Slo&wer"),
     QT_TRANSLATE_NOOP("Actions", "Less virtual time in a second"), "", "["},
    {"run.untilTime", QT_TRANSLATE_NOOP("Actions", "Run"),
     QT_TRANSLATE_NOOP("Actions", "To a &time…"),
     QT_TRANSLATE_NOOP("Actions", "Run to a moment of virtual time, then pause"), "until",
     "Ctrl+T"},
    {"run.untilFault", QT_TRANSLATE_NOOP("Actions", "Run"),
     QT_TRANSLATE_NOOP("Actions", "To the next f&ault"),
     QT_TRANSLATE_NOOP("Actions", "Run until the next fault begins, then pause"), "fault",
     "Ctrl+Shift+F"},
    {"run.untilBreach", QT_TRANSLATE_NOOP("Actions", "Run"),
     QT_TRANSLATE_NOOP("Actions", "To the next SLO &breach"),
     QT_TRANSLATE_NOOP("Actions", "Run until an objective is breached, then pause"), "breach",
     "Ctrl+B"},
    {"run.untilCondition", QT_TRANSLATE_NOOP("Actions", "Run"),
     QT_TRANSLATE_NOOP("Actions", "To a c&ondition…"),
     QT_TRANSLATE_NOOP("Actions", "Run until a claim over measured values holds, then pause"),
     "condition", "Ctrl+Shift+T"},
    {"run.replayHere", QT_TRANSLATE_NOOP("Actions", "Run"),
     QT_TRANSLATE_NOOP("Actions", "Run again to &here"),
     QT_TRANSLATE_NOOP("Actions",
                       "Play the same run again to exactly the moment of the time cursor"),
     "replay", "Ctrl+H"},
    {"run.live", QT_TRANSLATE_NOOP("Actions", "Run"),
     QT_TRANSLATE_NOOP("Actions", "Show the ne&west"),
     QT_TRANSLATE_NOOP("Actions", "Leave the past moment of the time cursor"), "live", "Esc"},
    {"run.heal", QT_TRANSLATE_NOOP("Actions", "Run"),
     QT_TRANSLATE_NOOP("Actions", "Heal &everything"),
     QT_TRANSLATE_NOOP("Actions", "End every fault done by hand"), "heal", ""},
    {"run.keepFaults", QT_TRANSLATE_NOOP("Actions", "Run"),
     QT_TRANSLATE_NOOP("Actions", "&Keep the faults done by hand"),
     QT_TRANSLATE_NOOP("Actions", "Write them into the scenario, so that the run can be repeated"),
     "keep", "Ctrl+K"},

    {"report.pin", QT_TRANSLATE_NOOP("Actions", "Report"),
     QT_TRANSLATE_NOOP("Actions", "&Pin this result"),
     QT_TRANSLATE_NOOP("Actions", "Keep the result to compare the next one with"), "pin", "Ctrl+P"},
    {"report.unpin", QT_TRANSLATE_NOOP("Actions", "Report"), QT_TRANSLATE_NOOP("Actions", "&Unpin"),
     QT_TRANSLATE_NOOP("Actions", "Forget the result that was pinned"), "unpin", ""},
    {"report.compare", QT_TRANSLATE_NOOP("Actions", "Report"),
     QT_TRANSLATE_NOOP("Actions", "&Compare with pinned"),
     QT_TRANSLATE_NOOP("Actions", "A table of what differs from the pinned result"), "compare",
     "Ctrl+Shift+P"},
    {"report.experiment", QT_TRANSLATE_NOOP("Actions", "Report"),
     QT_TRANSLATE_NOOP("Actions", "&Replications and sweeps…"),
     QT_TRANSLATE_NOOP("Actions",
                       "Run the design many times, or with several values of a parameter"),
     "experiment", "Ctrl+Shift+E"},
    {"report.export", QT_TRANSLATE_NOOP("Actions", "Report"),
     QT_TRANSLATE_NOOP("Actions", "&Export the report…"),
     QT_TRANSLATE_NOOP("Actions", "Topology, figures and charts as a page or PDF"), "report",
     "Ctrl+E"},

    {"help.cheatSheet", QT_TRANSLATE_NOOP("Actions", "Help"),
     QT_TRANSLATE_NOOP("Actions", "&Keyboard shortcuts"),
     QT_TRANSLATE_NOOP("Actions", "What can be done by keyboard"), "keyboard", "F1 ?"},
    {"help.tour", QT_TRANSLATE_NOOP("Actions", "Help"),
     QT_TRANSLATE_NOOP("Actions", "Show the &tour"),
     QT_TRANSLATE_NOOP("Actions", "The parts of this window in six steps"), "tour", ""},
    {"help.guide", QT_TRANSLATE_NOOP("Actions", "Help"),
     QT_TRANSLATE_NOOP("Actions", "&Guide to the window"),
     QT_TRANSLATE_NOOP("Actions", "The page about this window"), "guide", ""},
    {"help.about", QT_TRANSLATE_NOOP("Actions", "Help"),
     QT_TRANSLATE_NOOP("Actions", "&About Faultline"),
     QT_TRANSLATE_NOOP("Actions", "Version and licences"), "about", ""},
};

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
    // A menu has one place for both, and whether it is on matters more.
    if (row.checkable) entry->action->setIconVisibleInMenu(false);
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
