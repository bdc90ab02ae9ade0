/// What the canvas draws of a scenario: read tolerantly from its JSON, so that a file with problems
/// can be seen and mended.
#pragma once

#include <map>
#include <optional>
#include <QHash>
#include <QPointF>
#include <QRectF>
#include <QString>
#include <QStringList>
#include <vector>

namespace faultline::gui {

/// One entry of `nodes`.
struct DesignNode {
  QString name;
  QString type;  ///< As written; may name no type that there is.
  bool knownType = false;
  qint64 replicas = 1;
  QStringList zones;
  /// How many of the replicas stand in each of `zones`, which they take in turns.
  QHash<QString, qint64> replicasIn;
  QString subtitle;     ///< What of its parameters is worth a line on the card: "LRU, 20 000".
  QPointF position;     ///< Of the card's centre. From `layout`, or from the automatic layout.
  bool placed = false;  ///< Whether `layout` gives the position.
  bool operator==(const DesignNode&) const = default;
};

/// A reference from a parameter of one node to another.
struct DesignWire {
  QString from;
  QString to;
  QString role;           ///< What the port asks of its target: "any", "cache", "store", ...
  QString path;           ///< Of the reference in the file: "nodes.app.endpoints.default[1].store".
  bool dangling = false;  ///< `to` is not there.
  bool operator==(const DesignWire&) const = default;
};

struct DesignZone {
  QString name;
  QString region;
  bool operator==(const DesignZone&) const = default;
};

/// A text on the canvas, entry of `notes`.
struct DesignNote {
  QString text;
  QRectF rect;
  bool operator==(const DesignNote&) const = default;
};

struct DesignModel {
  QString title;
  std::vector<DesignNode> nodes;  ///< In the order of the file.
  std::vector<DesignWire> wires;
  std::vector<DesignZone> zones;
  std::vector<DesignNote> notes;
  bool operator==(const DesignModel&) const = default;

  const DesignNode* find(const QString& name) const;
};

/// Places for cards in layers from left to right, whoever calls left of whom it calls, by
/// reports/layered_layout; of large graphs in a simpler way. `ends` holds indices below `count`.
std::vector<QPointF> layeredPlaces(std::size_t count,
                                   const std::vector<std::pair<std::size_t, std::size_t>>& ends);

/// A port of a type of component: a parameter, perhaps nested, that takes references.
struct Port {
  /// "target", "backends"; of an object within a parameter "health.node"; of a choice within one
  /// "endpoints:cache_aside.store", the store of a step of that type.
  QString parameter;
  QString role;
  bool list = false;  ///< Takes several.
  bool required = false;
};
/// The ports of a component type at its top level and in its steps; empty for an unknown type.
std::vector<Port> portsOf(const QString& type);
/// Whether a node of this type can be what a port of that role asks for.
bool typeOffers(const QString& type, const QString& role);
/// Why a wire from a node of `fromType` to one of `toType` cannot be; empty if it can. With `port`,
/// for that one.
QString wireProblem(const QString& fromType, const QString& toType, const QString& port = {});

}  // namespace faultline::gui
