#include "gui/canvas/canvas_accessible.hpp"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QHash>

#include "gui/canvas/canvas_scene.hpp"
#include "gui/canvas/canvas_view.hpp"

namespace faultline::gui {
namespace {

/// One node.
class AccessibleCard final : public QAccessibleInterface, public QAccessibleActionInterface {
 public:
  AccessibleCard(CanvasView& view, int index) : view_(&view), index_(index) {}

  bool isValid() const override { return view_ != nullptr && card() != nullptr; }
  QObject* object() const override { return nullptr; }
  QAccessibleInterface* parent() const override {
    return QAccessible::queryAccessibleInterface(view_);
  }
  QAccessibleInterface* child(int) const override { return nullptr; }
  QAccessibleInterface* childAt(int, int) const override { return nullptr; }
  int childCount() const override { return 0; }
  int indexOfChild(const QAccessibleInterface*) const override { return -1; }
  QAccessible::Role role() const override { return QAccessible::ListItem; }

  QString text(QAccessible::Text kind) const override {
    const SceneCard* shown = card();
    if (shown == nullptr) return {};
    if (kind == QAccessible::Name) return shown->node.name;
    if (kind == QAccessible::Description || kind == QAccessible::Value) {
      return view_->describeNode(shown->node.name);
    }
    return {};
  }
  void setText(QAccessible::Text, const QString&) override {}

  QRect rect() const override {
    const SceneCard* shown = card();
    if (shown == nullptr) return {};
    const QRectF rect(view_->toView(shown->rect.topLeft()),
                      view_->toView(shown->rect.bottomRight()));
    return {view_->mapToGlobal(rect.topLeft().toPoint()), rect.size().toSize()};
  }

  QAccessible::State state() const override {
    QAccessible::State state;
    const SceneCard* shown = card();
    if (shown == nullptr) {
      state.invalid = true;
      return state;
    }
    state.selectable = true;
    state.focusable = true;
    state.multiSelectable = true;
    state.selected = view_->selection().nodes.contains(shown->node.name);
    state.focused = view_->hasFocus() && state.selected;
    state.offscreen = !view_->visibleScene().intersects(shown->rect);
    return state;
  }

  void* interface_cast(QAccessible::InterfaceType type) override {
    if (type == QAccessible::ActionInterface) {
      return static_cast<QAccessibleActionInterface*>(this);
    }
    return nullptr;
  }
  QStringList actionNames() const override { return {pressAction(), showMenuAction()}; }
  void doAction(const QString& action) override {
    const SceneCard* shown = card();
    if (shown == nullptr) return;
    const QString name = shown->node.name;
    view_->showNode(name);
    if (action == pressAction()) Q_EMIT view_->openInspector(name);
  }
  QStringList keyBindingsForAction(const QString&) const override { return {}; }

 private:
  const SceneCard* card() const {
    const auto& cards = view_->scene().cards();
    return index_ < static_cast<int>(cards.size()) ? &cards[static_cast<std::size_t>(index_)]
                                                   : nullptr;
  }

  CanvasView* view_;
  int index_;
};

class AccessibleCanvas final : public QAccessibleWidget {
 public:
  explicit AccessibleCanvas(CanvasView* view)
      : QAccessibleWidget(view, QAccessible::List), view_(view) {}
  ~AccessibleCanvas() override {
    for (const QAccessible::Id id : std::as_const(children_)) {
      QAccessible::deleteAccessibleInterface(id);
    }
  }

  int childCount() const override { return static_cast<int>(view_->scene().cards().size()); }
  QAccessibleInterface* child(int index) const override {
    if (index < 0 || index >= childCount()) return nullptr;
    auto found = children_.constFind(index);
    if (found == children_.constEnd()) {
      found = children_.insert(
          index, QAccessible::registerAccessibleInterface(new AccessibleCard(*view_, index)));
    }
    return QAccessible::accessibleInterface(*found);
  }
  int indexOfChild(const QAccessibleInterface* wanted) const override {
    for (auto it = children_.constBegin(); it != children_.constEnd(); ++it) {
      if (QAccessible::accessibleInterface(it.value()) == wanted) return it.key();
    }
    return -1;
  }
  QAccessibleInterface* childAt(int x, int y) const override {
    const QPointF point = view_->mapFromGlobal(QPoint(x, y));
    const SceneHit hit = view_->scene().hit(view_->toScene(point), 0);
    return hit.kind == SceneHit::Kind::card ? child(hit.index) : nullptr;
  }
  QAccessibleInterface* focusChild() const override {
    const QStringList& nodes = view_->selection().nodes;
    return nodes.isEmpty() ? nullptr : child(view_->scene().cardOf(nodes.back()));
  }

 private:
  CanvasView* view_;
  mutable QHash<int, QAccessible::Id> children_;
};

QAccessibleInterface* make(const QString&, QObject* object) {
  if (auto* view = qobject_cast<CanvasView*>(object)) return new AccessibleCanvas(view);
  return nullptr;
}

}  // namespace

void installCanvasAccessibility() {
  static const bool installed = [] {
    QAccessible::installFactory(make);
    return true;
  }();
  (void)installed;
}

}  // namespace faultline::gui
