#include "gui/canvas/canvas_view.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <QAccessible>
#include <QApplication>
#include <QGestureEvent>
#include <QHelpEvent>
#include <QNativeGestureEvent>
#include <QPainter>
#include <QPaintEvent>
#include <QToolTip>
#include <QWheelEvent>

#include "gui/canvas/canvas_accessible.hpp"
#include "gui/canvas/canvas_private.hpp"
#include "gui/canvas/design_age.hpp"
#include "gui/canvas/minimap.hpp"
#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {

CanvasView::CanvasView(Document& document, RunController& run, QWidget* parent)
    : QWidget(parent), d_(std::make_unique<Private>(*this, document, run)) {
  d_->setup();
}

CanvasView::~CanvasView() = default;

void CanvasView::Private::setup() {
  installCanvasAccessibility();
  view.setObjectName(QStringLiteral("canvas"));
  view.setAccessibleName(CanvasView::tr("Canvas"));
  view.setFocusPolicy(Qt::StrongFocus);
  view.setMouseTracking(true);
  view.setAcceptDrops(true);
  view.setAttribute(Qt::WA_OpaquePaintEvent);
  view.grabGesture(Qt::PinchGesture);
  clock.start();
  minimap = new Minimap(view, &view);

  QObject::connect(&document, &Document::designChanged, &view, [this] { designChanged(); });
  QObject::connect(&document, &Document::textChanged, &view, [this] { updateAge(); });
  QObject::connect(&run, &RunController::snapshotReady, &view, [this] { snapshotCame(); });
  QObject::connect(&run, &RunController::stateChanged, &view, [this] { runChanged(); });
  QObject::connect(&Theme::instance(), &Theme::changed, &view, [this] {
    painter.themeChanged();
    invalidate();
  });
  QObject::connect(&dotTimer, &QTimer::timeout, &view, [this] { view.update(); });
  dotTimer.setInterval(33);
  QObject::connect(&autoPanTimer, &QTimer::timeout, &view, [this] { autoPan(); });
  autoPanTimer.setInterval(16);
  scene.setDesign(document.design());
  applySelection();
  runChanged();
}

// ---- The view.

double CanvasView::zoom() const { return d_->zoom; }
QPointF CanvasView::toScene(QPointF point) const { return d_->origin + point / d_->zoom; }
QPointF CanvasView::toView(QPointF scene) const { return (scene - d_->origin) * d_->zoom; }
QRectF CanvasView::visibleScene() const { return d_->visible(); }
QRectF CanvasView::contentRect() const { return d_->scene.bounds(); }
const CanvasScene& CanvasView::scene() const { return d_->scene; }
const LiveState& CanvasView::live() const { return d_->live; }
QSize CanvasView::sizeHint() const { return {900, 520}; }
QSize CanvasView::minimumSizeHint() const { return {240, 160}; }
bool CanvasView::snapsToGrid() const { return d_->snap; }
bool CanvasView::showsMinimap() const { return d_->minimapWanted; }
bool CanvasView::showsDots() const { return d_->dotsWanted(); }
bool CanvasView::isOldDesign() const { return d_->oldDesign; }

QRectF CanvasView::cardRect(const QString& node) const {
  const int card = d_->scene.cardOf(node);
  return card < 0 ? QRectF() : d_->scene.cards()[static_cast<std::size_t>(card)].rect;
}

QRectF CanvasView::zoneRect(const QString& zone) const {
  const int index = d_->scene.zoneOf(zone);
  return index < 0 ? QRectF() : d_->scene.zones()[static_cast<std::size_t>(index)].frame;
}

QRectF CanvasView::Private::visible() const {
  return {origin, QSizeF(view.width() / zoom, view.height() / zoom)};
}

void CanvasView::Private::setView(double newZoom, QPointF newOrigin) {
  newZoom = std::clamp(newZoom, zoom_least, zoom_most);
  // On whole device pixels, so that what is painted can be kept while it is panned.
  const double grain = newZoom * view.devicePixelRatioF();
  newOrigin =
      QPointF(std::round(newOrigin.x() * grain) / grain, std::round(newOrigin.y() * grain) / grain);
  if (newZoom == zoom && newOrigin == origin) return;
  commitNote();
  zoom = newZoom;
  origin = newOrigin;
  chosen = true;
  view.update();
  if (minimap != nullptr) minimap->update();
  Q_EMIT view.viewChanged();
}

void CanvasView::Private::zoomAt(QPointF point, double factor) {
  const QPointF under = view.toScene(point);
  const double next = std::clamp(zoom * factor, zoom_least, zoom_most);
  setView(next, under - point / next);
}

void CanvasView::Private::panBy(QPointF pixels) { setView(zoom, origin - pixels / zoom); }

void CanvasView::zoomIn() { d_->zoomAt(QPointF(width(), height()) / 2, 1.25); }
void CanvasView::zoomOut() { d_->zoomAt(QPointF(width(), height()) / 2, 1 / 1.25); }
void CanvasView::zoomTo100() { setZoom(1); }
void CanvasView::setZoom(double zoom) {
  d_->zoomAt(QPointF(width(), height()) / 2, zoom / d_->zoom);
}

void CanvasView::centreOn(QPointF scene) {
  d_->setView(d_->zoom, scene - QPointF(width(), height()) / 2 / d_->zoom);
}

namespace {
double zoomFor(const QRectF& rect, QSizeF room) {
  const double margin = std::min(28.0, 0.06 * std::min(room.width(), room.height()));
  return std::min({1.0, (room.width() - 2 * margin) / std::max(1.0, rect.width()),
                   (room.height() - 2 * margin) / std::max(1.0, rect.height())});
}

void fitTo(CanvasView& view, const QRectF& rect) {
  view.setZoom(rect.isNull() ? 1 : zoomFor(rect, view.size()));
  view.centreOn(rect.isNull() ? QPointF() : rect.center());
}
}  // namespace

void CanvasView::fit() {
  const QRectF content = contentRect();
  fitTo(*this, content);
  const QRectF map = d_->minimap->geometry();
  const bool hidden =
      d_->minimap->isVisibleTo(this) &&
      std::any_of(d_->scene.cards().begin(), d_->scene.cards().end(), [&](const SceneCard& card) {
        return QRectF(toView(card.rect.topLeft()), toView(card.rect.bottomRight())).intersects(map);
      });
  if (hidden) {
    // Left of the minimap or above it, whichever shows it larger.
    const QRectF beside(0, 0, map.left(), height());
    const QRectF above(0, 0, width(), map.top());
    const bool left = zoomFor(content, beside.size()) >= zoomFor(content, above.size());
    const QRectF& room = left ? beside : above;
    setZoom(zoomFor(content, room.size()));
    centreOn(content.center() + (QRectF(rect()).center() - room.center()) / zoom());
  }
  d_->chosen = false;
}

void CanvasView::fitSelection() {
  QRectF rect;
  for (const QString& node : d_->selection.nodes) rect = rect.united(cardRect(node));
  if (!d_->selection.zone.isEmpty()) rect = rect.united(zoneRect(d_->selection.zone));
  for (const int note : d_->selection.notes) {
    rect = rect.united(d_->scene.notes()[static_cast<std::size_t>(note)].rect);
  }
  fitTo(*this, rect.isNull() ? contentRect() : rect.adjusted(-30, -30, 30, 30));
}

void CanvasView::showNode(const QString& node) {
  const QRectF rect = cardRect(node);
  if (rect.isNull()) return;
  setSelection({{node}, {}, {}, {}});
  d_->setFocusCard(d_->scene.cardOf(node));
  d_->reveal(rect);
}

void CanvasView::Private::reveal(const QRectF& rect) {
  const QRectF seen = visible();
  if (seen.contains(rect)) return;
  const double margin = 30 / zoom;
  const QRectF wanted = rect.adjusted(-margin, -margin, margin, margin);
  if (wanted.width() > seen.width() || wanted.height() > seen.height()) {
    view.centreOn(rect.center());
    return;
  }
  QPointF to = origin;
  if (wanted.left() < seen.left()) to.setX(wanted.left());
  if (wanted.right() > seen.right()) to.setX(wanted.right() - seen.width());
  if (wanted.top() < seen.top()) to.setY(wanted.top());
  if (wanted.bottom() > seen.bottom()) to.setY(wanted.bottom() - seen.height());
  setView(zoom, to);
}

void CanvasView::setSnapToGrid(bool on) { d_->snap = on; }

void CanvasView::setShowDots(bool on) {
  d_->dots = on;
  d_->updateDots();
  update();
}

void CanvasView::setShowMinimap(bool on) {
  d_->minimapWanted = on;
  d_->placeMinimap();
}

void CanvasView::Private::placeMinimap() {
  const QSize size = minimap->sizeHint();
  // A low canvas is for the design itself.
  const bool room = view.width() > size.width() * 2 && view.height() > size.height() * 3;
  minimap->setVisible(minimapWanted && room && !scene.cards().empty());
  minimap->setGeometry(view.width() - size.width() - 12, view.height() - size.height() - 12,
                       size.width(), size.height());
}

// ---- What changes it.

void CanvasView::Private::invalidate() {
  layerValid = false;
  dirty = {};
  view.update();
}

void CanvasView::Private::invalidate(const QRectF& inScene) {
  if (!layerValid) return;
  const QRectF rect(view.toView(inScene.topLeft()), view.toView(inScene.bottomRight()));
  dirty += rect.normalized().toAlignedRect().adjusted(-3, -3, 3, 3).intersected(view.rect());
  view.update();
}

void CanvasView::Private::designChanged() {
  const bool hadNothing = scene.cards().empty();
  if (gesture != Gesture::none && gesture != Gesture::pan) cancelGesture();
  scene.setDesign(document.design());
  hover = {};
  // What is gone is not selected any more.
  CanvasSelection left = selection;
  left.nodes.removeIf([this](const QString& name) { return scene.cardOf(name) < 0; });
  std::erase_if(left.wires, [this](const DesignWire& wire) {
    const auto& wires = scene.design().wires;
    return std::find(wires.begin(), wires.end(), wire) == wires.end();
  });
  if (scene.zoneOf(left.zone) < 0) left.zone.clear();
  std::erase_if(left.notes,
                [this](int note) { return note >= static_cast<int>(scene.notes().size()); });
  if (editedNote >= static_cast<int>(scene.notes().size())) commitNote();
  const bool changed = !(left == selection);
  select(left, changed);
  if (!changed) applySelection();
  updateAge();
  placeMinimap();
  minimap->contentChanged();
  invalidate();
  updateDots();
  if (hadNothing && !scene.cards().empty() && view.isVisible()) {
    // The first node stays under the hand that dropped it; a whole design is brought into sight.
    const QRectF bounds = scene.bounds();
    const bool seen =
        scene.cards().size() > 1 ? visible().contains(bounds) : visible().intersects(bounds);
    chosen = true;
    if (!seen) view.fit();
  }
  if (QAccessible::isActive()) {
    QAccessibleEvent event(&view, QAccessible::ObjectReorder);
    QAccessible::updateAccessibility(&event);
  }
  Q_EMIT view.viewChanged();
}

void CanvasView::Private::snapshotCame() {
  if (scrubbed) return;
  const SnapshotPtr snapshot = run.snapshot();
  if (!snapshot || !snapshot->frame) return;
  live.set(snapshot->legend, *snapshot->frame);
  live.setClients(snapshot->recent);
  minimap->contentChanged();
  invalidate();
  updateDots();
}

void CanvasView::showFrame(const sim::Frame& frame) {
  const SnapshotPtr snapshot = d_->run.snapshot();
  if (!snapshot) return;
  d_->scrubbed = true;
  d_->live.set(snapshot->legend, frame);
  d_->minimap->contentChanged();
  d_->invalidate();
  d_->updateDots();
}

void CanvasView::showLive() {
  if (!d_->scrubbed) return;
  d_->scrubbed = false;
  d_->live.clear();
  d_->snapshotCame();
  d_->invalidate();
  d_->updateDots();
}

void CanvasView::Private::runChanged() {
  using State = RunController::State;
  const State state = run.state();
  if (state == State::building || (state == State::idle && !run.hasRun())) {
    live.clear();
    scrubbed = false;
    minimap->contentChanged();
    invalidate();
  }
  if (state == State::building || (ranDesign == nullptr && run.hasRun())) {
    // What runs is what was handed over, which need not be the text of this moment.
    ranDesign = std::make_unique<nlohmann::json>(nlohmann::json::parse(
        run.request().text.constData(), run.request().text.constData() + run.request().text.size(),
        nullptr, false, true));
  }
  if (!run.hasRun() && state != State::building) ranDesign.reset();
  updateAge();
  snapshotCame();
  updateDots();
}

void CanvasView::Private::updateAge() {
  const bool old =
      ranDesign != nullptr && document.isJson() && !runsTheSame(*ranDesign, document.json());
  if (old == oldDesign) return;
  oldDesign = old;
  invalidate();
}

bool CanvasView::Private::dotsWanted() const {
  return dots.value_or(scene.wires().size() <= dots_wires_max);
}

void CanvasView::Private::updateDots() {
  const bool moving_dots = dotsWanted() && !scrubbed && !live.isEmpty() && !oldDesign &&
                           run.state() == RunController::State::running && view.isVisible();
  if (moving_dots && !dotTimer.isActive()) dotTimer.start();
  if (!moving_dots) dotTimer.stop();
}

// ---- Painting.

PaintOptions CanvasView::Private::paintOptions() const {
  PaintOptions options;
  options.scale = zoom;
  options.exposed = visible();
  options.live = live.isEmpty() ? nullptr : &live;
  options.oldDesign = oldDesign;
  options.grid = true;
  options.handles = true;
  options.hoverCard =
      hover.kind == SceneHit::Kind::card || hover.kind == SceneHit::Kind::port ? hover.index : -1;
  options.hoverWire = hover.kind == SceneHit::Kind::wire || hover.kind == SceneHit::Kind::wireEnd
                          ? hover.index
                          : -1;
  options.hoverZone = hoverZone;
  options.focusCard = view.hasFocus() ? scene.cardOf(focusNode) : -1;
  options.editedNote = editedNote;
  options.selectedCards = &selectedCards;
  options.selectedWires = &selectedWires;
  options.selectedNotes = &selectedNotes;
  options.selectedZone = selectedZone;
  if (gesture == Gesture::wire || gesture == Gesture::reconnect) options.targets = &targets;
  return options;
}

void CanvasView::Private::ensureLayer() {
  const double ratio = view.devicePixelRatioF();
  const QSize pixels = (QSizeF(view.size()) * ratio).toSize();
  QRegion missing;
  if (layer.size() != pixels || layer.devicePixelRatio() != ratio) {
    layer = QPixmap(pixels);
    layer.setDevicePixelRatio(ratio);
    layerValid = false;
  }
  if (!layerValid || layerZoom != zoom) {
    missing = view.rect();
  } else {
    missing = dirty;
    const QPointF shift = (layerOrigin - origin) * zoom;
    if (shift != QPointF()) {
      const QPointF device = shift * ratio;
      const int dx = static_cast<int>(std::lround(device.x()));
      const int dy = static_cast<int>(std::lround(device.y()));
      const int width = view.width();
      const int height = view.height();
      if (std::abs(shift.x()) >= width || std::abs(shift.y()) >= height) {
        missing = view.rect();
      } else {
        layer.scroll(dx, dy, QRect(QPoint(), pixels));
        const int sx = static_cast<int>(std::ceil(std::abs(shift.x())));
        const int sy = static_cast<int>(std::ceil(std::abs(shift.y())));
        missing.translate(static_cast<int>(std::floor(shift.x())),
                          static_cast<int>(std::floor(shift.y())));
        if (dx > 0) missing += QRect(0, 0, sx + 1, height);
        if (dx < 0) missing += QRect(width - sx - 1, 0, sx + 1, height);
        if (dy > 0) missing += QRect(0, 0, width, sy + 1);
        if (dy < 0) missing += QRect(0, height - sy - 1, width, sy + 1);
      }
    }
  }
  dirty = {};
  layerValid = true;
  layerOrigin = origin;
  layerZoom = zoom;
  if (missing.isEmpty()) return;
  QPainter onto(&layer);
  if (missing.rectCount() > 6) missing = missing.boundingRect();
  for (const QRect& rect : missing) {
    onto.setClipRect(rect);
    onto.fillRect(rect, Theme::instance().canvas());
    onto.save();
    onto.scale(zoom, zoom);
    onto.translate(-origin);
    PaintOptions options = paintOptions();
    options.exposed = QRectF(view.toScene(rect.topLeft()),
                             view.toScene(QPointF(rect.right() + 1, rect.bottom() + 1)));
    painter.paint(onto, scene, options);
    onto.restore();
  }
}

void CanvasView::paintEvent(QPaintEvent* event) {
  d_->ensureLayer();
  QPainter painter(this);
  // The layer and the widget have the same pixels; only what is asked for is copied.
  const double ratio = devicePixelRatioF();
  for (const QRect& rect : event->region()) {
    painter.drawPixmap(QRectF(rect), d_->layer,
                       QRectF(QPointF(rect.topLeft()) * ratio, QSizeF(rect.size()) * ratio));
  }
  d_->paintOverlay(painter);
}

namespace {

/// A line of text on a rounded ground; gives its rectangle.
QRectF paintPill(QPainter& painter, const QString& text, QPointF topLeft, const QColor& ground,
                 const QColor& ink, const QFont& font) {
  const QFontMetricsF metrics(font);
  const QRectF pill(topLeft, QSizeF(metrics.horizontalAdvance(text) + 18, metrics.height() + 8));
  painter.setPen(Qt::NoPen);
  painter.setBrush(ground);
  painter.drawRoundedRect(pill, 6, 6);
  painter.setPen(ink);
  painter.setFont(font);
  painter.drawText(pill, Qt::AlignCenter | Qt::TextSingleLine, text);
  return pill;
}

}  // namespace

void CanvasView::Private::paintOverlay(QPainter& onto) {
  const Theme& theme = Theme::instance();
  onto.setRenderHint(QPainter::Antialiasing, true);
  if (dotsWanted() && !scrubbed && !oldDesign && !live.isEmpty() && zoom >= 0.3 &&
      (run.state() == RunController::State::running ||
       run.state() == RunController::State::paused)) {
    onto.save();
    onto.scale(zoom, zoom);
    onto.translate(-origin);
    painter.paintDots(onto, scene, paintOptions(), static_cast<double>(clock.elapsed()) / 1000);
    onto.restore();
  }
  if (gesture == Gesture::band) {
    QColor fill = theme.accent();
    fill.setAlpha(28);
    onto.setPen(QPen(theme.accent(), 1, Qt::DashLine));
    onto.setBrush(fill);
    onto.drawRect(QRectF(view.toView(band.topLeft()), view.toView(band.bottomRight())));
  }
  if ((gesture == Gesture::wire || gesture == Gesture::reconnect) && wireFrom >= 0) {
    const QPointF a =
        view.toView(CanvasScene::portOf(scene.cards()[static_cast<std::size_t>(wireFrom)]));
    QPointF b = view.toView(wireAt);
    if (wireTo >= 0 && targets[static_cast<std::size_t>(wireTo)] != 0) {
      const QRectF& rect = scene.cards()[static_cast<std::size_t>(wireTo)].rect;
      b = view.toView(QPointF(rect.left(), rect.center().y()));
    }
    const double bend = std::max(30.0, std::abs(b.x() - a.x()) * 0.5);
    QPainterPath path(a);
    path.cubicTo(a + QPointF(bend, 0), b - QPointF(bend, 0), b);
    onto.setBrush(Qt::NoBrush);
    onto.setPen(QPen(theme.accent(), 2.2));
    onto.drawPath(path);
    onto.setBrush(theme.accent());
    onto.drawEllipse(b, 4, 4);
    QString hint;
    QColor ground = theme.accent();
    if (wireTo >= 0) {
      hint = refusals[static_cast<std::size_t>(wireTo)];
      if (!hint.isEmpty()) ground = theme.bad();
    } else if (gesture == Gesture::wire) {
      hint = CanvasView::tr("Drop here to add what it calls");
    }
    if (!hint.isEmpty()) {
      paintPill(onto, hint, view.toView(wireAt) + QPointF(14, 12), ground,
                wireTo >= 0 || !theme.isDark() ? QColor(Qt::white) : QColor("#15181c"),
                theme.smallFont());
    }
  }
  if (!dragType.isEmpty()) {
    const QPointF at = view.toView(dragAt);
    const QSizeF size = QSizeF(card_width, card_height) * zoom;
    QColor fill = theme.accent();
    fill.setAlpha(30);
    onto.setPen(QPen(theme.accent(), 1.6, Qt::DashLine));
    onto.setBrush(fill);
    onto.drawRoundedRect(QRectF(at - QPointF(size.width(), size.height()) / 2, size), 7 * zoom,
                         7 * zoom);
  }
  if (scene.cards().empty() && scene.zones().empty() && scene.notes().empty()) {
    onto.setPen(theme.mutedText());
    onto.setFont(theme.font());
    onto.drawText(QRectF(view.rect()).adjusted(40, 40, -40, -40),
                  Qt::AlignCenter | Qt::TextWordWrap,
                  document.isJson()
                      ? CanvasView::tr("Nothing here yet.\nDrag a component from the palette, or "
                                       "choose one there and press Enter.")
                      : CanvasView::tr("The file cannot be read as JSON.\nThe list of problems "
                                       "says where it goes wrong."));
  }
  // What the figures cover.
  if (!live.isEmpty()) {
    const QFont font = theme.smallFont();
    const double y = view.height() - QFontMetricsF(font).height() - 20;
    QString text = CanvasView::tr("Figures of %1 to %2")
                       .arg(formatClock(live.fromSeconds()), formatClock(live.toSeconds()));
    if (scrubbed) text = CanvasView::tr("A past moment. %1").arg(text);
    QRectF last = paintPill(onto, text, QPointF(12, y), theme.surface(),
                            scrubbed ? theme.accent() : theme.mutedText(), font);
    if (oldDesign) {
      paintPill(onto, CanvasView::tr("Of the old design: run again for this one"),
                QPointF(last.right() + 8, y), theme.warning(), QColor("#1b2430"), font);
    }
  }
}

void CanvasView::resizeEvent(QResizeEvent*) {
  d_->placeMinimap();
  if (!d_->chosen && !d_->scene.cards().empty() && width() > 50) fit();
  Q_EMIT viewChanged();
}

bool CanvasView::event(QEvent* event) {
  switch (event->type()) {
    case QEvent::NativeGesture: {
      auto* gesture = static_cast<QNativeGestureEvent*>(event);
      if (gesture->gestureType() == Qt::ZoomNativeGesture) {
        d_->zoomAt(gesture->position(), 1 + gesture->value());
        return true;
      }
      break;
    }
    case QEvent::Gesture: {
      auto* gestures = static_cast<QGestureEvent*>(event);
      if (auto* pinch = static_cast<QPinchGesture*>(gestures->gesture(Qt::PinchGesture))) {
        if (pinch->changeFlags().testFlag(QPinchGesture::ScaleFactorChanged)) {
          d_->zoomAt(mapFromGlobal(pinch->centerPoint()), pinch->scaleFactor());
        }
        return true;
      }
      break;
    }
    case QEvent::ShortcutOverride: {
      // Keys that mean something of their own here, whatever the window's shortcuts say.
      auto* key = static_cast<QKeyEvent*>(event);
      const int code = key->key();
      const bool arrow = code == Qt::Key_Left || code == Qt::Key_Right || code == Qt::Key_Up ||
                         code == Qt::Key_Down;
      if (arrow || code == Qt::Key_Space || code == Qt::Key_Escape || code == Qt::Key_Return ||
          code == Qt::Key_Enter) {
        key->accept();
        return true;
      }
      break;
    }
    case QEvent::ToolTip: {
      auto* help = static_cast<QHelpEvent*>(event);
      const QString text = d_->tooltipAt(help->pos());
      if (text.isEmpty()) {
        QToolTip::hideText();
      } else {
        QToolTip::showText(help->globalPos(), text, this);
      }
      return true;
    }
    case QEvent::LanguageChange:
      setAccessibleName(tr("Canvas"));
      d_->painter.themeChanged();
      d_->scene.setDesign(d_->document.design());
      d_->applySelection();
      d_->invalidate();
      break;
    case QEvent::Show:
      d_->updateDots();
      break;
    case QEvent::Hide:
      d_->dotTimer.stop();
      break;
    default:
      break;
  }
  return QWidget::event(event);
}

void CanvasView::wheelEvent(QWheelEvent* event) {
  if (event->modifiers() & Qt::ControlModifier) {
    const double turn =
        event->angleDelta().y() != 0 ? event->angleDelta().y() : event->pixelDelta().y() * 2.0;
    d_->zoomAt(event->position(), std::pow(1.0015, turn));
  } else {
    QPointF by = event->pixelDelta();
    if (by.isNull()) by = QPointF(event->angleDelta()) * 0.5;
    if (event->modifiers() & Qt::ShiftModifier && by.x() == 0) by = {by.y(), 0};
    d_->panBy(by);
  }
  event->accept();
}

}  // namespace faultline::gui
