#include "gui/inspector/now_model.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <QCoreApplication>

#include "gui/shell/format.hpp"
#include "gui/shell/language.hpp"
#include "gui/shell/theme.hpp"
#include "sim/registry/language.hpp"

namespace faultline::gui {
namespace {

constexpr std::size_t replicasShown = 64;

QString conditionText(const sim::NodeCondition& condition) {
  QStringList words;
  if (condition.down) words << QCoreApplication::translate("NodeState", "down");
  if (condition.paused) words << QCoreApplication::translate("NodeState", "standing still");
  if (condition.slow) words << QCoreApplication::translate("NodeState", "slow");
  if (condition.cut_off) words << QCoreApplication::translate("NodeState", "cut off");
  if (condition.draining) words << QCoreApplication::translate("NodeState", "draining");
  if (condition.faulty) words << QCoreApplication::translate("NodeState", "faulty");
  if (condition.off) words << QCoreApplication::translate("NodeState", "not in service");
  if (condition.starting) words << QCoreApplication::translate("NodeState", "starting");
  return words.isEmpty() ? QCoreApplication::translate("NodeState", "in order")
                         : words.join(QStringLiteral(", "));
}

}  // namespace

void NowModel::show(const QString& group, const SnapshotPtr& snapshot) {
  QStringList columns;
  std::vector<Figure> figures;
  QString window;
  if (snapshot && snapshot->legend && snapshot->frame) {
    const auto& legend = *snapshot->legend;
    const auto& frame = *snapshot->frame;
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < legend.nodes.size() && i < frame.nodes.size(); ++i) {
      if (legend.nodes[i].group == group.toStdString() && indices.size() < replicasShown) {
        indices.push_back(i);
        columns << QString::fromStdString(legend.nodes[i].name);
      }
    }
    if (!indices.empty()) {
      window = tr("%1 to %2").arg(formatClock(frame.from_seconds), formatClock(frame.to_seconds));
      const auto say = [](const char* name) {
        return QString::fromStdString(sim::statistic_text(name, modelLanguage()));
      };
      const auto row = [&](const QString& name,
                           const std::function<QString(const sim::NodeSample&)>& text) {
        Figure figure;
        figure.name = name;
        bool any = false;
        for (const std::size_t i : indices) {
          figure.values << text(frame.nodes[i]);
          any = any || !figure.values.back().isEmpty();
        }
        if (any) figures.push_back(std::move(figure));
      };
      const auto number = [](float value, QString (*format)(double)) {
        return std::isnan(value) ? QString() : format(static_cast<double>(value));
      };
      const auto percent = [](double value) { return formatPercent(value); };
      const auto seconds = [](double value) { return formatSeconds(value); };
      const auto plain = [](double value) { return formatNumber(value); };
      row(tr("State"), [](const sim::NodeSample& node) { return conditionText(node.condition); });
      row(tr("Role"), [](const sim::NodeSample& node) {
        const std::string* text =
            sim::find_translation(modelLanguage(), sim::section::words, {}, node.role);
        return QString::fromStdString(text ? *text : node.role);
      });
      row(say("utilization"), [&](const auto& node) { return number(node.utilization, percent); });
      row(tr("Queue"), [&](const auto& node) { return number(node.queue_length, plain); });
      row(tr("Requests here"), [&](const auto& node) { return number(node.in_service, plain); });
      row(tr("Received"),
          [&](const auto& node) { return number(node.received_per_second, formatRate); });
      row(tr("Answered ok"),
          [&](const auto& node) { return number(node.ok_per_second, formatRate); });
      row(tr("Failed"), [&](const auto& node) { return number(node.fail_per_second, formatRate); });
      row(tr("Latency p50"),
          [&](const auto& node) { return number(node.latency_p50_seconds, seconds); });
      row(tr("Latency p99"),
          [&](const auto& node) { return number(node.latency_p99_seconds, seconds); });
      row(say("hit_ratio"), [&](const auto& node) { return number(node.hit_ratio, percent); });
      // Wires of the group as a whole, in the first column.
      for (std::size_t i = 0; i < legend.wires.size() && i < frame.wires.size(); ++i) {
        const auto& wire = legend.wires[i];
        if (wire.from != group.toStdString()) continue;
        Figure figure;
        figure.name = tr("to %1, all").arg(QString::fromStdString(wire.to));
        const auto same_way = [&](const auto& other) {
          return other.from == wire.from && other.to == wire.to;
        };
        if (std::count_if(legend.wires.begin(), legend.wires.end(), same_way) > 1) {
          // Of several roles each is told by what it asks of the other end.
          const QString to = QString::fromStdString(wire.to);
          figure.name = wire.role == "any"
                            ? tr("to %1 otherwise, all").arg(to)
                            : tr("to %1 as %2, all").arg(to, QString::fromStdString(wire.role));
        }
        QString text = formatRate(static_cast<double>(frame.wires[i].per_second));
        if (frame.wires[i].fail_per_second > 0) {
          text += tr(", failed %1")
                      .arg(formatRate(static_cast<double>(frame.wires[i].fail_per_second)));
        }
        if (frame.wires[i].cut) text += tr(", cut");
        figure.values << text;
        for (std::size_t k = 1; k < indices.size(); ++k) figure.values << QString();
        figures.push_back(std::move(figure));
      }
    }
  }
  window_ = window;
  const bool same = columns == columns_ && figures.size() == figures_.size() &&
                    std::equal(figures.begin(), figures.end(), figures_.begin(),
                               [](const Figure& a, const Figure& b) { return a.name == b.name; });
  if (same) {
    figures_ = std::move(figures);
    if (!figures_.empty()) {
      Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1), {Qt::DisplayRole});
    }
    return;
  }
  beginResetModel();
  columns_ = columns;
  figures_ = std::move(figures);
  endResetModel();
}

QString NowModel::windowText() const { return window_; }

int NowModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(figures_.size());
}

int NowModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(columns_.size());
}

QVariant NowModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const Figure& figure = figures_[static_cast<std::size_t>(index.row())];
  if (role == Qt::DisplayRole) return figure.values.value(index.column());
  if (role == Qt::TextAlignmentRole) return int(Qt::AlignRight | Qt::AlignVCenter);
  return {};
}

QVariant NowModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (role != Qt::DisplayRole || section < 0) return {};
  if (orientation == Qt::Horizontal) return columns_.value(section);
  return section < rowCount() ? figures_[static_cast<std::size_t>(section)].name : QString();
}

}  // namespace faultline::gui
