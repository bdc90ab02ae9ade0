/// The inside of the canvas, shared by the files that make it up: view and painting (canvas_view),
/// the mouse (canvas_mouse, and what its drags come to: canvas_gestures), the keyboard
/// (canvas_keys), edits (canvas_edits), menus (canvas_menus) and notes (canvas_notes).
#pragma once

#include <optional>
#include <QElapsedTimer>
#include <QPixmap>
#include <QPointer>
#include <QRegion>
#include <QTimer>

#include "gui/canvas/canvas_scene.hpp"
#include "gui/canvas/canvas_view.hpp"
#include "gui/canvas/fault_offers.hpp"
#include "gui/canvas/live_state.hpp"
#include "gui/canvas/scene_painter.hpp"
#include "gui/document/document.hpp"
#include "gui/run/run_controller.hpp"

class QMenu;
class QPlainTextEdit;

namespace faultline::gui {

class Minimap;

inline constexpr double zoom_least = 0.02;
inline constexpr double zoom_most = 4;
inline constexpr std::size_t dots_wires_max = 200;  ///< Above it, dots are off unless asked for.
inline constexpr const char* nodes_mime = "application/x-faultline-nodes";

/// A port of a type for people, in their language: "Target"; of a step "Cache-aside: Store".
QString portTitle(const QString& type, const Port& port);

class CanvasView::Private {
 public:
  Private(CanvasView& owner, Document& of, RunController& with)
      : view(owner), document(of), run(with) {}

  /// What a pressed mouse is doing.
  enum class Gesture { none, pressed, pan, band, move, wire, reconnect, resizeNote };

  // The view (canvas_view.cpp).
  void setup();
  void setView(double newZoom, QPointF newOrigin);
  void zoomAt(QPointF point, double factor);
  void panBy(QPointF pixels);
  QRectF visible() const;
  void invalidate();                       ///< All is painted anew.
  void invalidate(const QRectF& inScene);  ///< This much is.
  void designChanged();
  void snapshotCame();
  void runChanged();
  void updateAge();
  void updateDots();
  void placeMinimap();
  void paintOverlay(QPainter& painter);
  void ensureLayer();
  PaintOptions paintOptions() const;
  bool dotsWanted() const;

  // Selection (canvas_edits.cpp).
  void applySelection();  ///< The flags from the names.
  void select(CanvasSelection wanted, bool tell = true);
  bool isSelected(int card) const;
  std::vector<DesignWire> wiresOf(int wire) const;
  void toggle(const SceneHit& hit);
  void selectOnly(const SceneHit& hit);
  void setFocusCard(int card);

  // Edits (canvas_edits.cpp).
  void moveCards(const std::vector<std::pair<QString, QPointF>>& centres, const QString& name,
                 const std::vector<std::pair<QString, QString>>& zones);
  void removeWires(const std::vector<DesignWire>& wires);
  bool connectTo(int from, int to, const QString& port);
  std::vector<Port> fittingPorts(const QString& fromType, const QString& toType) const;
  void addAt(const QString& type, QPointF at);
  QString freshZoneName() const;
  void nudge(QPointF by);
  void pasteAt(QPointF at);
  std::vector<int> selectedCardIndices() const;

  // Mouse (canvas_mouse.cpp).
  void beginMove(const SceneHit& hit);
  void updateMove(QPointF scene, bool snapping);
  void finishMove();
  QRectF touchedByMove() const;
  void updateWire(QPointF scene);
  void finishWire(QPoint viewPoint);
  void cancelGesture();
  void updateHover(QPointF point);
  void openPaletteFor(int from, QPointF scene, QPoint viewPoint);
  void choosePort(int from, int to, const std::vector<Port>& ports, QPoint viewPoint);
  double reach() const { return 7 / zoom; }
  std::vector<int> activeWires() const;
  QString tooltipAt(QPointF point) const;
  void autoPan();

  // Keys (canvas_keys.cpp).
  bool key(QKeyEvent* event);
  void walk(QPointF direction, bool extend);
  void follow(QPointF direction);
  bool step(bool forward);
  void reveal(const QRectF& inScene);

  // Menus (canvas_menus.cpp).
  /// The names of all groups without these.
  QStringList groupsBut(const QStringList& chosen) const;
  void fillMenu(QMenu& menu, const SceneHit& hit, QPointF scene);
  void addFaultMenus(QMenu& menu, const std::vector<FaultOffer>& offers, const QString& healed);
  void addReplicaMenu(QMenu& menu, int card);
  void addNodeEdits(QMenu& menu, int card);
  void inject(const FaultOffer& offer);
  void writeFault(const FaultOffer& offer);
  const FaultAdvisor& advisor();

  // Notes (canvas_notes.cpp).
  void editNote(int note);
  void commitNote();
  void setNoteRect(int note, const QRectF& rect, const QString& name);

  CanvasView& view;
  Document& document;
  RunController& run;
  CanvasScene scene;
  LiveState live;
  ScenePainter painter;

  double zoom = 1;
  QPointF origin;       ///< Scene point in the top left corner; on whole device pixels.
  bool chosen = false;  ///< Somebody moved the view; until then it shows everything.

  CanvasSelection selection;
  std::vector<char> selectedCards, selectedWires, selectedNotes;
  int selectedZone = -1;
  QString focusNode;
  SceneHit hover;

  bool snap = true;
  bool minimapWanted = true;
  std::optional<bool> dots;  ///< As asked for; nothing: on for small designs.
  Minimap* minimap = nullptr;

  bool scrubbed = false;  ///< A past frame is shown.
  bool oldDesign = false;
  std::unique_ptr<nlohmann::json> ranDesign;

  QPixmap layer;
  bool layerValid = false;
  QPointF layerOrigin;
  double layerZoom = 0;
  QRegion dirty;  ///< Of the layer, in view coordinates.

  Gesture gesture = Gesture::none;
  SceneHit pressed;
  QPointF pressPoint, lastPoint;  ///< View coordinates.
  QPointF pressScene;
  bool pressedWasSelected = false;
  bool spaceHeld = false;
  bool spaceUsed = false;
  bool panKeepsMenu = false;
  std::vector<std::pair<int, QPointF>> moving;  ///< Cards with their places before.
  std::vector<std::pair<int, QRectF>> movingNotes;
  bool movingZone = false;
  int hoverZone = -1;
  QRectF noteBefore;
  QRectF band;
  CanvasSelection bandBefore;
  int wireFrom = -1;
  int wireTo = -1;
  int wireOld = -1;  ///< That is being reconnected.
  QPointF wireAt;
  std::vector<char> targets;
  std::vector<QString> refusals;  ///< Why a card is no target.
  QString dragType;               ///< From the palette, over the canvas.
  QPointF dragAt;
  QTimer dotTimer, autoPanTimer;
  QElapsedTimer clock;

  QPointer<QPlainTextEdit> noteEditor;
  int editedNote = -1;
  bool editedNoteIsNew = false;

  std::unique_ptr<FaultAdvisor> faults;
  std::shared_ptr<const sim::Spec> advisedSpec;
  double faultSeconds = 0;  ///< How long faults last that are done by hand; 0: until healed.
};

}  // namespace faultline::gui
