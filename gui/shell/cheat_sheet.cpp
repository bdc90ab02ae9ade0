#include "gui/shell/cheat_sheet.hpp"

#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QVBoxLayout>

#include "gui/shell/actions.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {

namespace {

/// A key as it looks on a keyboard.
class KeyCap : public QLabel {
 public:
  explicit KeyCap(const QString& text) : QLabel(text) {
    const Theme& theme = Theme::instance();
    setStyleSheet(QStringLiteral("background: %1; border: 1px solid %2; border-bottom-width: 2px; "
                                 "border-radius: 4px; padding: 1px 6px;")
                      .arg(theme.raised().name(), theme.border().name()));
    setFont(theme.smallFont());
    setAlignment(Qt::AlignCenter);
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
  }
};

}  // namespace

CheatSheet::CheatSheet(const Actions& actions, QWidget* parent) : QDialog(parent) {
  setWindowTitle(tr("Keyboard shortcuts"));
  setObjectName(QStringLiteral("cheatSheet"));
  resize(QSize(980, 700).boundedTo(screen()->availableSize() - QSize(40, 60)));
  const Theme& theme = Theme::instance();

  std::vector<Actions::Line> lines = actions.cheatSheet();
  const auto add = [&](const QString& section, const QString& keys, const QString& text) {
    lines.push_back({section, text, keys, {}});
  };
  const QString canvas = tr("On the canvas");
  add(canvas, tr("Arrows"), tr("Go to the next node that way"));
  add(canvas, tr("Alt + arrows"), tr("Go along the wires"));
  add(canvas, tr("Ctrl + arrows"), tr("Move what is selected by one step of the grid"));
  add(canvas, tr("Tab"), tr("Select the next node"));
  add(canvas, tr("Enter"), tr("Go to the inspector"));
  add(canvas, tr("Menu key"), tr("What can be done with the node, wire or zone"));
  add(canvas, tr("Wheel"), tr("Zoom at the mouse"));
  add(canvas, tr("Space + drag"), tr("Move the sheet"));
  add(canvas, tr("Drag from the edge of a card"), tr("Draw a wire"));
  const QString charts = tr("In a chart");
  add(charts, tr("Arrows, + and −"), tr("Move and zoom"));
  add(charts, tr("Click"), tr("Go to that moment"));
  add(charts, tr("Double click, Home"), tr("Show everything"));
  const QString panels = tr("Panels");
  add(panels, tr("Ctrl+1 … Ctrl+9"), tr("Bring a panel to the front"));
  add(panels, tr("F6"), tr("Go to the next panel"));

  auto* content = new QWidget;
  auto* columns = new QHBoxLayout(content);
  columns->setContentsMargins(20, 12, 20, 12);
  columns->setSpacing(36);
  // Sections fill three columns of about the same length.
  std::vector<std::pair<QString, std::vector<Actions::Line>>> sections;
  for (const Actions::Line& line : lines) {
    auto found = std::find_if(sections.begin(), sections.end(),
                              [&](const auto& section) { return section.first == line.section; });
    if (found == sections.end()) found = sections.insert(sections.end(), {line.section, {}});
    found->second.push_back(line);
  }
  const int column_count = 3;
  const int per_column = (int(lines.size()) + 2 * int(sections.size())) / column_count + 1;
  QGridLayout* grid = nullptr;
  int filled = per_column;
  int column = 0;
  for (const auto& [name, entries] : sections) {
    if (!grid || (filled + int(entries.size()) / 2 >= per_column && column < column_count)) {
      if (grid) grid->setRowStretch(grid->rowCount(), 1);
      grid = new QGridLayout;
      grid->setHorizontalSpacing(14);
      grid->setVerticalSpacing(6);
      grid->setColumnStretch(1, 1);
      columns->addLayout(grid, 1);
      filled = 0;
      ++column;
    }
    auto* head = new QLabel(name);
    QFont font = theme.boldFont();
    head->setFont(font);
    head->setStyleSheet(QStringLiteral("color: %1; padding-top: 8px;").arg(theme.accent().name()));
    grid->addWidget(head, grid->rowCount(), 0, 1, 2);
    for (const Actions::Line& line : entries) {
      const int row = grid->rowCount();
      grid->addWidget(new KeyCap(line.keys), row, 0, Qt::AlignLeft | Qt::AlignTop);
      auto* text = new QLabel(line.text);
      text->setWordWrap(true);
      text->setToolTip(line.tip);
      grid->addWidget(text, row, 1);
    }
    filled += int(entries.size()) + 2;
  }
  if (grid) grid->setRowStretch(grid->rowCount(), 1);

  auto* scroll = new QScrollArea;
  scroll->setWidget(content);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(scroll, 1);
  layout->addWidget(buttons);
}

}  // namespace faultline::gui
