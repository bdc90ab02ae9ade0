#include "gui/canvas/auto_layout.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <QHash>

#include "gui/canvas/canvas_scene.hpp"
#include "reports/layered_layout.hpp"

namespace faultline::gui {
namespace {

constexpr double layer_distance = card_width + 80;
constexpr double box_distance = card_height + 36;
constexpr double band_distance = 70;  ///< Between the cards of two bands: frames and titles.

}  // namespace

std::vector<std::pair<QString, QPointF>> layeredPositions(const DesignModel& design,
                                                          const QStringList& only) {
  std::vector<const DesignNode*> nodes;
  QHash<QString, std::size_t> index;
  for (const DesignNode& node : design.nodes) {
    if (!only.isEmpty() && !only.contains(node.name)) continue;
    index.insert(node.name, nodes.size());
    nodes.push_back(&node);
  }
  if (nodes.empty()) return {};
  std::vector<reports::GraphEdge> edges;
  for (const DesignWire& wire : design.wires) {
    const auto from = index.constFind(wire.from);
    const auto to = index.constFind(wire.to);
    if (from == index.constEnd() || to == index.constEnd() || *from == *to) continue;
    const bool known = std::any_of(edges.begin(), edges.end(), [&](const reports::GraphEdge& edge) {
      return edge.from == *from && edge.to == *to;
    });
    if (!known || edges.size() > 4000) edges.push_back({*from, *to});
  }
  const reports::Layout layout = reports::layered_layout(
      nodes.size(), edges,
      {.layer_distance = layer_distance, .box_distance = box_distance, .edge_distance = 40});

  std::vector<QPointF> places(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    places[i] = {layout.nodes[i].x, layout.nodes[i].y};
  }

  // A band for each zone with members, and one for who stands in none, in the order in which the
  // layout has them from top to bottom.
  std::map<QString, std::vector<std::size_t>> bands;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    bands[nodes[i]->zones.size() == 1 ? nodes[i]->zones.front() : QString()].push_back(i);
  }
  if (bands.size() > 1) {
    struct Band {
      bool zone = false;
      double mean = 0;
      double from_x = 0, to_x = 0;
      std::map<double, std::vector<std::size_t>> columns;
      double height = 0;
    };
    std::vector<Band> order;
    for (const auto& [zone, members] : bands) {
      Band band;
      band.zone = !zone.isEmpty();
      band.from_x = band.to_x = places[members.front()].x();
      for (const std::size_t i : members) {
        band.mean += places[i].y() / static_cast<double>(members.size());
        band.from_x = std::min(band.from_x, places[i].x());
        band.to_x = std::max(band.to_x, places[i].x());
        band.columns[places[i].x()].push_back(i);
      }
      std::size_t most = 0;
      for (auto& [x, column] : band.columns) {
        std::stable_sort(column.begin(), column.end(), [&](std::size_t a, std::size_t b) {
          return places[a].y() < places[b].y();
        });
        most = std::max(most, column.size());
      }
      band.height = static_cast<double>(most) * box_distance;
      order.push_back(std::move(band));
    }
    // Columns of the zoneless that no zone reaches into stand free, in the middle of everything.
    std::map<double, std::vector<std::size_t>> free;
    for (Band& band : order) {
      if (band.zone) continue;
      for (auto column = band.columns.begin(); column != band.columns.end();) {
        const bool within = std::any_of(order.begin(), order.end(), [&](const Band& other) {
          return other.zone && column->first >= other.from_x - 1 && column->first <= other.to_x + 1;
        });
        if (within) {
          ++column;
        } else {
          free.insert(*column);
          column = band.columns.erase(column);
        }
      }
      std::size_t most = 0;
      for (const auto& [x, column] : band.columns) most = std::max(most, column.size());
      band.height = static_cast<double>(most) * box_distance;
    }
    std::stable_sort(order.begin(), order.end(),
                     [](const Band& a, const Band& b) { return a.mean < b.mean; });
    double top = 0;
    for (const Band& band : order) {
      if (band.columns.empty()) continue;
      for (const auto& [x, column] : band.columns) {
        const double start =
            top + (band.height - static_cast<double>(column.size()) * box_distance) / 2;
        for (std::size_t k = 0; k < column.size(); ++k) {
          places[column[k]] = {x, start + (static_cast<double>(k) + 0.5) * box_distance};
        }
      }
      top += band.height + band_distance;
    }
    const double middle = (top - band_distance) / 2;
    for (auto& [x, column] : free) {
      const double start = middle - static_cast<double>(column.size()) * box_distance / 2;
      for (std::size_t k = 0; k < column.size(); ++k) {
        places[column[k]] = {x, start + (static_cast<double>(k) + 0.5) * box_distance};
      }
    }
  }

  // All: from the origin of the sheet. Some: about where they are.
  QPointF shift;
  if (!only.isEmpty()) {
    QPointF before;
    QPointF after;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      before += nodes[i]->position;
      after += places[i];
    }
    shift = (before - after) / static_cast<double>(nodes.size());
  }
  std::vector<std::pair<QString, QPointF>> positions;
  positions.reserve(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const QPointF at = places[i] + shift;
    positions.emplace_back(nodes[i]->name, QPointF(onGrid(at.x()), onGrid(at.y())));
  }
  return positions;
}

}  // namespace faultline::gui
