/// What a frame of a run says of each card and each line: the samples of replicas pooled for one
/// card, the way the result pools groups.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <QHash>
#include <QString>
#include <utility>
#include <vector>

#include "sim/scenario/snapshot.hpp"

namespace faultline::gui {

/// A group over one window of time. NaN: it has no such quantity.
struct CardLive {
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();
  int replicas = 0;
  int off = 0;  ///< Replicas that are not in service, or start: no trouble.
  int down = 0, paused = 0, slow = 0, cutOff = 0, draining = 0, faulty = 0;  ///< Replicas.
  double utilization = none;  ///< Mean over those that have one.
  double queueLength = none;  ///< Sum of the replicas' means.
  double inService = 0;       ///< Sum.
  double receivedPerSecond = 0;
  double okPerSecond = 0;
  double failPerSecond = 0;
  double latencyP50 = none;  ///< Seconds. Of one replica; of several, the greatest of theirs.
  double latencyP99 = none;
  double hitRatio = none;     ///< Weighted by what each received.
  bool servesNobody = false;  ///< All are down.
  QString role;               ///< Of the one replica, or "leader: db[0]" of several.
  std::vector<std::pair<QString, sim::NodeCondition>> members;  ///< In the order of the legend.

  bool disturbed() const { return down + paused + slow + cutOff + draining + faulty > 0; }
};

struct WireLive {
  double perSecond = 0;
  double failPerSecond = 0;
  bool cut = false;     ///< No message can pass at the end of the window.
  double cutRatio = 0;  ///< Of the ways between their replicas, the share that is cut then.
};

class LiveState {
 public:
  void clear();
  /// Requires: `frame` is of a run with this legend.
  void set(const std::shared_ptr<const sim::SnapshotLegend>& legend, const sim::Frame& frame);
  /// What all clients together saw over the same window, for the card of the clients if all of them
  /// are one group: nodes count what they receive, and clients receive nothing. Of several groups
  /// each shows the calls that it sends.
  void setClients(const sim::Headline& seen);
  bool isEmpty() const { return cards_.isEmpty(); }
  const CardLive* card(const QString& group) const;
  /// What passes along the line between two groups: of all references together.
  const WireLive* wire(const QString& from, const QString& to) const;
  /// The same of the references of one role (DesignWire::role).
  const WireLive* wire(const QString& from, const QString& to, const QString& role) const;
  /// Another number after every change, of any state.
  std::uint64_t revision() const { return revision_; }
  double fromSeconds() const { return from_; }
  double toSeconds() const { return to_; }

 private:
  void countCalls();

  std::shared_ptr<const sim::SnapshotLegend> legend_;
  std::vector<int> groupOf_;  ///< Of each node of the legend, into names_.
  std::vector<QString> names_, members_;
  std::vector<std::pair<QString, QString>> wireNames_;
  std::vector<QString> wireRoles_;
  QHash<QString, CardLive> cards_;
  QHash<std::pair<QString, QString>, WireLive> wires_;
  QHash<std::pair<std::pair<QString, QString>, QString>, WireLive> byRole_;
  double from_ = 0;
  double to_ = 0;
  std::uint64_t revision_ = 0;
};

}  // namespace faultline::gui
