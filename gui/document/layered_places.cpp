#include <algorithm>

#include "gui/document/design_model.hpp"
#include "reports/layered_layout.hpp"

namespace faultline::gui {
namespace {

constexpr double layerDistance = 240;
constexpr double boxDistance = 110;
/// From so many on the order within layers is not worth its time: nobody sees it.
constexpr std::size_t orderedMax = 2500;

/// Layers by the longest way from a source, each cut into columns of a readable height.
std::vector<QPointF> plainPlaces(std::size_t count,
                                 const std::vector<std::pair<std::size_t, std::size_t>>& ends) {
  std::vector<std::size_t> layer(count, 0);
  std::vector<std::size_t> waiting(count, 0);
  std::vector<std::vector<std::size_t>> outgoing(count);
  for (const auto& [from, to] : ends) {
    outgoing[from].push_back(to);
    ++waiting[to];
  }
  std::vector<std::size_t> ready;
  std::vector<bool> done(count, false);
  for (std::size_t i = 0; i < count; ++i) {
    if (waiting[i] == 0) ready.push_back(i);
  }
  std::size_t next = 0;
  for (std::size_t i = 0;; ++i) {
    if (i == ready.size()) {
      // What is left stands in a circle: broken at the first of it.
      while (next < count && (done[next] || waiting[next] == 0)) ++next;
      if (next == count) break;
      waiting[next] = 0;
      ready.push_back(next);
    }
    const std::size_t node = ready[i];
    done[node] = true;
    for (const std::size_t to : outgoing[node]) {
      if (done[to] || waiting[to] == 0) continue;
      layer[to] = std::max(layer[to], layer[node] + 1);
      if (--waiting[to] == 0) ready.push_back(to);
    }
  }
  const std::size_t layers = count == 0 ? 0 : *std::max_element(layer.begin(), layer.end()) + 1;
  std::vector<std::vector<std::size_t>> columns(layers);
  for (std::size_t i = 0; i < count; ++i) columns[layer[i]].push_back(i);
  constexpr std::size_t height = 100;
  std::vector<QPointF> places(count);
  double x = 0;
  for (const auto& column : columns) {
    const std::size_t wide = std::max<std::size_t>(1, (column.size() + height - 1) / height);
    const std::size_t tall = (column.size() + wide - 1) / wide;
    for (std::size_t i = 0; i < column.size(); ++i) {
      places[column[i]] = QPointF(x + static_cast<double>(i / tall) * layerDistance * 0.85,
                                  static_cast<double>(i % tall) * boxDistance);
    }
    x += static_cast<double>(wide - 1) * layerDistance * 0.85 + layerDistance;
  }
  return places;
}

}  // namespace

std::vector<QPointF> layeredPlaces(std::size_t count,
                                   const std::vector<std::pair<std::size_t, std::size_t>>& ends) {
  if (count > orderedMax) return plainPlaces(count, ends);
  std::vector<reports::GraphEdge> edges;
  edges.reserve(ends.size());
  for (const auto& [from, to] : ends) edges.push_back({from, to});
  const reports::Layout layout = reports::layered_layout(
      count, edges,
      {.layer_distance = layerDistance, .box_distance = boxDistance, .edge_distance = 40});
  std::vector<QPointF> places;
  places.reserve(count);
  for (const reports::Point& point : layout.nodes) {
    places.emplace_back(std::round(point.x), std::round(point.y));
  }
  return places;
}

}  // namespace faultline::gui
