#include "gui/shell/script_state.hpp"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QMetaEnum>
#include <QSaveFile>
#include <QSpinBox>
#include <QTabBar>
#include <QTimer>

#include "gui/canvas/canvas_view.hpp"
#include "gui/document/document.hpp"
#include "gui/shell/banner.hpp"
#include "gui/shell/main_window.hpp"

namespace faultline::gui {

namespace {

constexpr int rows_max = 200;

QJsonArray rectOf(const QRect& rect) { return {rect.x(), rect.y(), rect.width(), rect.height()}; }

QJsonArray rectOn(const QWidget* widget, const QRect& rect) {
  return rectOf(QRect(widget->mapToGlobal(rect.topLeft()), rect.size()));
}

/// What can be clicked or typed into, and the rows of lists.
void collect(const QWidget* top, QJsonArray& widgets) {
  for (const QWidget* widget : top->findChildren<QWidget*>()) {
    if (!widget->isVisible() || widget->visibleRegion().isEmpty()) continue;
    QJsonObject entry{{"class", widget->metaObject()->className()},
                      {"name", widget->objectName()},
                      {"label", widget->accessibleName()},
                      {"enabled", widget->isEnabled()},
                      {"focus", widget->hasFocus()},
                      {"rect", rectOn(widget, widget->rect())}};
    if (const auto* button = qobject_cast<const QAbstractButton*>(widget)) {
      entry["text"] = button->text();
    } else if (const auto* field = qobject_cast<const QLineEdit*>(widget)) {
      entry["text"] = field->text();
    } else if (const auto* box = qobject_cast<const QComboBox*>(widget)) {
      entry["text"] = box->currentText();
    } else if (const auto* spin = qobject_cast<const QAbstractSpinBox*>(widget)) {
      entry["text"] = spin->text();
    } else if (const auto* bar = qobject_cast<const QTabBar*>(widget)) {
      QJsonArray tabs;
      for (int i = 0; i < bar->count(); ++i) {
        const QString name = bar->accessibleTabName(i);
        tabs.append(QJsonObject{{"text", name.isEmpty() ? bar->tabText(i) : name},
                                {"current", i == bar->currentIndex()},
                                {"rect", rectOn(bar, bar->tabRect(i))}});
      }
      entry["items"] = tabs;
    } else if (const auto* menus = qobject_cast<const QMenuBar*>(widget)) {
      QJsonArray items;
      for (QAction* action : menus->actions()) {
        items.append(QJsonObject{{"text", action->text()},
                                 {"rect", rectOn(menus, menus->actionGeometry(action))}});
      }
      entry["items"] = items;
    } else if (const auto* view = qobject_cast<const QAbstractItemView*>(widget)) {
      QJsonArray rows;
      for (QModelIndex index = view->indexAt(QPoint(5, 1));
           index.isValid() && rows.size() < rows_max;) {
        const QRect rect = view->visualRect(index);
        if (rect.top() > view->viewport()->height()) break;
        if (rect.isValid()) {
          rows.append(QJsonObject{{"text", index.data().toString()},
                                  {"rect", rectOn(view->viewport(), rect)}});
        }
        const QModelIndex below = view->indexAt(QPoint(rect.left() + 2, rect.bottom() + 2));
        index = below == index ? QModelIndex() : below;
      }
      entry["items"] = rows;
    } else if (widget->objectName().isEmpty()) {
      continue;
    }
    widgets.append(entry);
  }
}

}  // namespace

QByteArray scriptState(MainWindow& window) {
  QJsonObject state;
  state["window"] = rectOf(QRect(window.mapToGlobal(QPoint(0, 0)), window.size()));
  state["title"] = window.windowTitle();
  state["modified"] = window.document().isModified();
  state["file"] = window.document().fileName();
  state["problems"] = int(window.document().problems().size());
  state["banner"] = window.banner().text();
  state["windows"] = int(MainWindow::windows().size());

  CanvasView& canvas = window.canvas();
  QJsonObject nodes;
  for (const DesignNode& node : window.document().design().nodes) {
    const QRectF card = canvas.cardRect(node.name);
    if (card.isNull()) continue;
    const QRect on_view =
        QRectF(canvas.toView(card.topLeft()), canvas.toView(card.bottomRight())).toRect();
    nodes[node.name] = QJsonObject{{"type", node.type},
                                   {"rect", rectOn(&canvas, on_view)},
                                   {"text", canvas.describeNode(node.name)}};
  }
  QJsonArray wires;
  for (const DesignWire& wire : window.document().design().wires) {
    wires.append(QJsonObject{{"from", wire.from}, {"to", wire.to}, {"path", wire.path}});
  }
  state["canvas"] = QJsonObject{{"rect", rectOn(&canvas, canvas.rect())},
                                {"zoom", canvas.zoom()},
                                {"selected", QJsonArray::fromStringList(canvas.selection().nodes)},
                                {"nodes", nodes},
                                {"wires", wires}};

  const RunController& run = window.run();
  QJsonObject run_state{
      {"state", QMetaEnum::fromType<RunController::State>().valueToKey(int(run.state()))}};
  if (const SnapshotPtr snapshot = run.snapshot()) {
    run_state["now"] = snapshot->now_seconds;
    run_state["end"] = snapshot->end_seconds;
    run_state["events"] = double(snapshot->events);
    QJsonArray bands;
    for (const auto& band : snapshot->bands) {
      bands.append(QJsonObject{{"name", QString::fromStdString(band.name)},
                               {"kind", QString::fromStdString(band.kind)},
                               {"from", band.from_seconds},
                               {"to", band.to_seconds}});
    }
    for (const auto& slo : snapshot->slos) {
      for (const auto& breach : slo.breaches) {
        bands.append(QJsonObject{{"name", QString::fromStdString(slo.name)},
                                 {"kind", "breach"},
                                 {"from", breach.from_seconds},
                                 {"to", breach.to_seconds}});
      }
    }
    run_state["bands"] = bands;
  }
  state["run"] = run_state;

  QJsonArray widgets;
  collect(&window, widgets);
  state["widgets"] = widgets;
  if (QWidget* dialog = QApplication::activeModalWidget()) {
    QJsonArray parts;
    collect(dialog, parts);
    state["dialog"] = QJsonObject{
        {"title", dialog->windowTitle()}, {"name", dialog->objectName()}, {"widgets", parts}};
  }
  if (auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget())) {
    QJsonArray items;
    for (QAction* action : menu->actions()) {
      if (action->isSeparator()) continue;
      items.append(QJsonObject{{"text", action->text()},
                               {"enabled", action->isEnabled()},
                               {"menu", action->menu() != nullptr},
                               {"rect", rectOn(menu, menu->actionGeometry(action))}});
    }
    state["menu"] = items;
  }
  return QJsonDocument(state).toJson(QJsonDocument::Compact);
}

void writeScriptState(MainWindow& window, const QString& fileName) {
  auto* timer = new QTimer(&window);
  QObject::connect(
      timer, &QTimer::timeout, &window, [&window, fileName, last = QByteArray()]() mutable {
        QByteArray now = scriptState(window);
        if (now == last && QFile::exists(fileName)) return;
        QSaveFile file(fileName);
        if (file.open(QIODevice::WriteOnly) && file.write(now) == now.size() && file.commit()) {
          last = std::move(now);
        }
      });
  timer->start(150);
}

}  // namespace faultline::gui
