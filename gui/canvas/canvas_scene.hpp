/// Where everything of a design is drawn: rectangles and curves, without a widget or a colour.
#pragma once

#include <cmath>
#include <cstdint>
#include <QHash>
#include <QPainterPath>
#include <QPointF>
#include <QPolygonF>
#include <QRectF>
#include <QString>
#include <QStringList>
#include <vector>

#include "gui/canvas/wire_router.hpp"
#include "gui/document/design_model.hpp"

namespace faultline::gui {

inline constexpr double card_width = 150;
inline constexpr double card_height = 64;
inline constexpr double grid_step = 10;
inline double onGrid(double value) { return std::round(value / grid_step) * grid_step; }

/// A group of the design as a card.
struct SceneCard {
  DesignNode node;
  QString typeTitle;
  int category = 0;  ///< Of componentCategories().
  int zone = -1;     ///< Index of the one zone it stands in; -1: none, or several.
  QRectF rect;
  bool hasPorts = false;  ///< Wires can begin here.
};

/// All references from one group to another: one line.
struct SceneWire {
  int from = -1;
  int to = -1;             ///< -1: the target does not exist; a stub is drawn.
  QString missing;         ///< Then: its name.
  std::vector<int> parts;  ///< Indices into DesignModel::wires.
  WireWay way;
};

struct SceneZone {
  DesignZone zone;
  QRectF frame;
  bool empty = true;  ///< No card stands in it; the frame is a place to drop something.
  int members = 0;    ///< Cards within the frame.
  /// Of groups that are spread over several zones, whose cards stand elsewhere: "cdn: 1 of 3".
  QStringList guests;
};

struct SceneNote {
  QString text;
  QRectF rect;
};

/// What is at a point.
struct SceneHit {
  enum class Kind { none, card, port, wire, wireEnd, zoneTitle, zoneFrame, note, noteCorner };
  Kind kind = Kind::none;
  int index = -1;
};

class CanvasScene {
 public:
  void setDesign(const DesignModel& design);
  const DesignModel& design() const { return design_; }

  const std::vector<SceneCard>& cards() const { return cards_; }
  const std::vector<SceneWire>& wires() const { return wires_; }
  const std::vector<SceneZone>& zones() const { return zones_; }
  const std::vector<SceneNote>& notes() const { return notes_; }
  int cardOf(const QString& name) const { return cardIndex_.value(name, -1); }
  int zoneOf(const QString& name) const;
  /// Another number after every change, of any scene.
  std::uint64_t revision() const { return revision_; }
  /// A card with its stack of replicas.
  static QRectF bodyOf(const SceneCard& card);
  QRectF bounds() const;  ///< Of everything; null if there is nothing.

  /// Moves cards for the eye only, while a hand drags them: their wires follow, the frames of zones
  /// stay unless `frames`.
  void previewCards(const std::vector<std::pair<int, QPointF>>& centres, bool frames);
  void previewNote(int index, const QRectF& rect);

  /// Topmost first. `reach` is how far from a thin thing still hits it, in scene units; `active`
  /// are the wires whose ends can be grabbed.
  SceneHit hit(QPointF point, double reach, const std::vector<int>& activeWires = {}) const;
  std::vector<int> cardsIn(const QRectF& rect) const;  ///< Touched by it.
  std::vector<int> wiresIn(const QRectF& rect) const;  ///< Whose line passes through it.
  /// The frame a card dropped with its centre at `point` goes into; -1: none.
  int zoneAt(QPointF point) const;
  static QRectF titleRect(const SceneZone& zone);
  static QPointF portOf(const SceneCard& card);  ///< Where wires are drawn from.
  /// Near `at`, a place for a card that covers no other.
  QPointF freePlace(QPointF at) const;

 private:
  void changed();
  void frameZones();
  void route(const std::vector<int>* only);

  DesignModel design_;
  std::vector<SceneCard> cards_;
  std::vector<SceneWire> wires_;
  std::vector<SceneZone> zones_;
  std::vector<SceneNote> notes_;
  QHash<QString, int> cardIndex_;
  std::uint64_t revision_ = 0;
};

}  // namespace faultline::gui
