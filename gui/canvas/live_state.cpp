#include "gui/canvas/live_state.hpp"

#include <algorithm>
#include <cmath>

namespace faultline::gui {
namespace {

/// The greatest that is a number.
void raise(double& value, float sample) {
  if (std::isnan(sample)) return;
  if (std::isnan(value) || static_cast<double>(sample) > value) value = sample;
}

std::uint64_t nextRevision() {
  static std::uint64_t last = 0;
  return ++last;
}

}  // namespace

void LiveState::clear() {
  revision_ = nextRevision();
  cards_.clear();
  wires_.clear();
  byRole_.clear();
  legend_.reset();
}

void LiveState::set(const std::shared_ptr<const sim::SnapshotLegend>& legend,
                    const sim::Frame& frame) {
  if (!legend) {
    clear();
    return;
  }
  if (legend != legend_) {
    legend_ = legend;
    groupOf_.clear();
    names_.clear();
    members_.clear();
    wireNames_.clear();
    wireRoles_.clear();
    QHash<QString, int> index;
    for (const auto& node : legend->nodes) {
      const QString group = QString::fromStdString(node.group);
      auto found = index.find(group);
      if (found == index.end()) {
        found = index.insert(group, static_cast<int>(names_.size()));
        names_.push_back(group);
      }
      groupOf_.push_back(*found);
      members_.push_back(QString::fromStdString(node.name));
    }
    for (const auto& wire : legend->wires) {
      wireNames_.emplace_back(QString::fromStdString(wire.from), QString::fromStdString(wire.to));
      wireRoles_.push_back(QString::fromStdString(wire.role));
    }
  }
  revision_ = nextRevision();
  from_ = frame.from_seconds;
  to_ = frame.to_seconds;

  struct Sums {
    double utilization = 0, hits = 0, asked = 0;
    int withUtilization = 0;
    QString leader;
  };
  std::vector<CardLive> groups(names_.size());
  std::vector<Sums> sums(names_.size());
  const std::size_t nodes = std::min(frame.nodes.size(), groupOf_.size());
  for (std::size_t i = 0; i < nodes; ++i) {
    const sim::NodeSample& sample = frame.nodes[i];
    CardLive& group = groups[static_cast<std::size_t>(groupOf_[i])];
    Sums& sum = sums[static_cast<std::size_t>(groupOf_[i])];
    const sim::NodeCondition& condition = sample.condition;
    ++group.replicas;
    group.off += condition.off || condition.starting;
    group.down += condition.down;
    group.paused += condition.paused;
    group.slow += condition.slow;
    group.cutOff += condition.cut_off;
    group.draining += condition.draining;
    group.faulty += condition.faulty;
    group.members.emplace_back(members_[i], condition);
    if (!std::isnan(sample.utilization)) {
      sum.utilization += static_cast<double>(sample.utilization);
      ++sum.withUtilization;
    }
    if (!std::isnan(sample.queue_length)) {
      group.queueLength = (std::isnan(group.queueLength) ? 0 : group.queueLength) +
                          static_cast<double>(sample.queue_length);
    }
    group.inService += static_cast<double>(sample.in_service);
    group.receivedPerSecond += static_cast<double>(sample.received_per_second);
    group.okPerSecond += static_cast<double>(sample.ok_per_second);
    group.failPerSecond += static_cast<double>(sample.fail_per_second);
    raise(group.latencyP50, sample.latency_p50_seconds);
    raise(group.latencyP99, sample.latency_p99_seconds);
    if (!std::isnan(sample.hit_ratio)) {
      // Nothing asked: it counts a little, so that an idle cache still has its ratio.
      const double weight = std::max(1e-9, static_cast<double>(sample.received_per_second));
      sum.hits += static_cast<double>(sample.hit_ratio) * weight;
      sum.asked += weight;
    }
    if (!sample.role.empty()) {
      const QString role = QString::fromStdString(sample.role);
      if (group.replicas == 1) group.role = role;
      if (sum.leader.isEmpty() && (sample.role == "leader" || sample.role == "primary")) {
        sum.leader = role + QStringLiteral(": ") + members_[i];
      }
    }
  }
  cards_.clear();
  for (std::size_t g = 0; g < groups.size(); ++g) {
    CardLive& group = groups[g];
    if (sums[g].withUtilization > 0) {
      group.utilization = sums[g].utilization / sums[g].withUtilization;
    }
    if (sums[g].asked > 0) group.hitRatio = sums[g].hits / sums[g].asked;
    group.servesNobody = group.replicas > 0 && group.down == group.replicas;
    // Of several replicas, only one that leads is worth a word on the card.
    if (group.replicas > 1) group.role = sums[g].leader;
    cards_.insert(names_[g], std::move(group));
  }
  wires_.clear();
  byRole_.clear();
  const std::size_t wires = std::min(frame.wires.size(), wireNames_.size());
  for (std::size_t i = 0; i < wires; ++i) {
    const sim::WireSample& sample = frame.wires[i];
    const WireLive one{static_cast<double>(sample.per_second),
                       static_cast<double>(sample.fail_per_second), sample.cut,
                       static_cast<double>(sample.cut_ratio)};
    byRole_.insert({wireNames_[i], wireRoles_[i]}, one);
    // They all go the same way, so it is cut for all of them or for none.
    WireLive& line = wires_[wireNames_[i]];
    line.perSecond += one.perSecond;
    line.failPerSecond += one.failPerSecond;
    line.cut = one.cut;
    line.cutRatio = one.cutRatio;
  }
}

void LiveState::setClients(const sim::Headline& seen) {
  if (!legend_) return;
  QString group;
  for (const auto& node : legend_->nodes) {
    if (node.type != "clients") continue;
    const QString name = QString::fromStdString(node.group);
    if (!group.isEmpty() && group != name) {
      countCalls();
      return;
    }
    group = name;
  }
  const auto found = cards_.find(group);
  if (found == cards_.end()) return;
  revision_ = nextRevision();
  found->latencyP50 = seen.latency_p50_seconds;
  found->latencyP99 = seen.latency_p99_seconds;
  found->okPerSecond = seen.throughput_per_second;
  if (seen.fail_ratio < 1) {
    found->failPerSecond = seen.throughput_per_second * seen.fail_ratio / (1 - seen.fail_ratio);
    return;
  }
  // Nothing ended ok, so the share says nothing of the rate: it is that of their calls.
  found->failPerSecond = 0;
  for (auto wire = wires_.constBegin(); wire != wires_.constEnd(); ++wire) {
    if (wire.key().first == group) found->failPerSecond += wire->failPerSecond;
  }
}

/// With several groups of clients the figures of all together are nobody's: each shows what it
/// asks of others.
void LiveState::countCalls() {
  revision_ = nextRevision();
  QHash<QString, QString> types;
  for (const auto& node : legend_->nodes) {
    types.insert(QString::fromStdString(node.group), QString::fromStdString(node.type));
  }
  for (auto type = types.constBegin(); type != types.constEnd(); ++type) {
    const auto found = cards_.find(type.key());
    if (*type != QLatin1String("clients") || found == cards_.end()) continue;
    found->okPerSecond = 0;
    found->failPerSecond = 0;
    for (auto wire = wires_.constBegin(); wire != wires_.constEnd(); ++wire) {
      // Names are looked up on the way.
      if (wire.key().first != type.key() || types[wire.key().second].startsWith("dns")) continue;
      found->okPerSecond += wire->perSecond - wire->failPerSecond;
      found->failPerSecond += wire->failPerSecond;
    }
  }
}

const CardLive* LiveState::card(const QString& group) const {
  const auto found = cards_.constFind(group);
  return found == cards_.constEnd() ? nullptr : &*found;
}

const WireLive* LiveState::wire(const QString& from, const QString& to) const {
  const auto found = wires_.constFind({from, to});
  return found == wires_.constEnd() ? nullptr : &*found;
}

const WireLive* LiveState::wire(const QString& from, const QString& to, const QString& role) const {
  const auto found = byRole_.constFind({{from, to}, role});
  return found == byRole_.constEnd() ? nullptr : &*found;
}

}  // namespace faultline::gui
