/// Places of the boxes of a directed graph, in layers from left to right: who calls stands left of
/// whom it calls.
///
/// Cycles are broken at the edges that lead back in a depth-first walk; a layer is the longest way
/// from a source; within a layer, boxes are ordered by the mean place of their neighbours and moved
/// towards it as far as the gaps allow. Source: Sugiyama, Tagawa, Toda, "Methods for Visual
/// Understanding of Hierarchical System Structures", 1981.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace faultline::reports {

/// A point of the picture.
struct Point {
  double x = 0;
  double y = 0;
};

/// An edge by the indices of its nodes.
struct GraphEdge {
  std::size_t from = 0;
  std::size_t to = 0;
};

struct LayoutOptions {
  double layer_distance = 200;  ///< From one layer's centres to the next.
  double box_distance = 80;     ///< Least distance of the centres of two boxes in a layer.
  double edge_distance =
      30;  ///< Least distance of an edge passing through a layer from its neighbours.
};

struct Layout {
  std::vector<Point> nodes;  ///< Centres, least x and y at 0.
  std::vector<std::vector<Point>>
      edges;  ///< For each edge: where it passes through layers between its ends, in its direction.
  std::size_t layer_size_max = 0;  ///< Nodes of the fullest layer.
};

/// The same layout for the same graph, always. Edges from a node to itself are left without a way.
/// Requires: indices in edges are below `node_count`.
Layout layered_layout(std::size_t node_count, const std::vector<GraphEdge>& edges,
                      const LayoutOptions& options = {});

}  // namespace faultline::reports
