#include "reports/layered_layout.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>

#include "sim/param/assert.hpp"

namespace faultline::reports {
namespace {

constexpr int order_sweeps = 12;
constexpr int place_sweeps = 8;

/// A node of the graph, or the place where an edge passes through a layer.
struct Item {
  std::size_t layer = 0;
  bool is_node = true;
  std::vector<std::size_t> left;   ///< Neighbours in the layer before.
  std::vector<std::size_t> right;  ///< Neighbours in the layer after.
  double y = 0;
};

/// Marks the edges that close a cycle in a depth-first walk from each node in turn.
std::vector<bool> back_edges(std::size_t node_count, const std::vector<GraphEdge>& edges) {
  std::vector<std::vector<std::size_t>> outgoing(node_count);
  for (std::size_t i = 0; i < edges.size(); ++i) outgoing[edges[i].from].push_back(i);
  enum class Visit : std::uint8_t { never, open, done };
  std::vector<Visit> visits(node_count, Visit::never);
  std::vector<bool> back(edges.size(), false);
  struct Frame {
    std::size_t node;
    std::size_t next;
  };
  for (std::size_t start = 0; start < node_count; ++start) {
    if (visits[start] != Visit::never) continue;
    std::vector<Frame> stack = {{start, 0}};
    visits[start] = Visit::open;
    while (!stack.empty()) {
      Frame& frame = stack.back();
      if (frame.next == outgoing[frame.node].size()) {
        visits[frame.node] = Visit::done;
        stack.pop_back();
        continue;
      }
      const std::size_t edge = outgoing[frame.node][frame.next++];
      const std::size_t to = edges[edge].to;
      if (visits[to] == Visit::open) back[edge] = true;
      if (visits[to] != Visit::never) continue;
      visits[to] = Visit::open;
      stack.push_back({to, 0});
    }
  }
  return back;
}

/// The longest way from a source to each node. Requires: `edges` has no cycle.
std::vector<std::size_t> layers_of(std::size_t node_count, const std::vector<GraphEdge>& edges) {
  std::vector<std::size_t> waiting_for(node_count, 0);
  std::vector<std::vector<std::size_t>> outgoing(node_count);
  for (const GraphEdge& edge : edges) {
    ++waiting_for[edge.to];
    outgoing[edge.from].push_back(edge.to);
  }
  std::vector<std::size_t> layers(node_count, 0);
  std::vector<std::size_t> ready;
  for (std::size_t node = 0; node < node_count; ++node) {
    if (waiting_for[node] == 0) ready.push_back(node);
  }
  for (std::size_t i = 0; i < ready.size(); ++i) {
    for (const std::size_t to : outgoing[ready[i]]) {
      layers[to] = std::max(layers[to], layers[ready[i]] + 1);
      if (--waiting_for[to] == 0) ready.push_back(to);
    }
  }
  SIM_ASSERT(ready.size() == node_count);
  return layers;
}

/// The graph cut into layers, with an item for every layer that an edge passes through.
class Layers {
 public:
  Layers(std::size_t node_count, const std::vector<GraphEdge>& edges, const LayoutOptions& options)
      : options_(options), passages_(edges.size()), reversed_(back_edges(node_count, edges)) {
    std::vector<GraphEdge> forward;
    for (std::size_t i = 0; i < edges.size(); ++i) {
      GraphEdge edge = edges[i];
      if (reversed_[i]) std::swap(edge.from, edge.to);
      if (edge.from != edge.to) forward.push_back(edge);
    }
    const std::vector<std::size_t> layers = layers_of(node_count, forward);
    for (std::size_t node = 0; node < node_count; ++node) add_item(layers[node], true);
    for (std::size_t i = 0; i < edges.size(); ++i) {
      if (edges[i].from == edges[i].to) continue;
      const std::size_t from = reversed_[i] ? edges[i].to : edges[i].from;
      const std::size_t to = reversed_[i] ? edges[i].from : edges[i].to;
      std::size_t last = from;
      for (std::size_t layer = layers[from] + 1; layer < layers[to]; ++layer) {
        const std::size_t passage = add_item(layer, false);
        passages_[i].push_back(passage);
        connect(last, passage);
        last = passage;
      }
      connect(last, to);
    }
  }

  void order() {
    auto best = layers_;
    std::size_t fewest = crossings();
    for (int sweep = 0; sweep < order_sweeps && fewest > 0; ++sweep) {
      sort_layers(sweep % 2 == 0);
      const std::size_t now = crossings();
      if (now < fewest) {
        fewest = now;
        best = layers_;
      }
    }
    layers_ = std::move(best);
  }

  void place() {
    for (auto& layer : layers_) {
      double y = 0;
      for (std::size_t i = 0; i < layer.size(); ++i) {
        if (i > 0) y += distance(layer[i - 1], layer[i]);
        items_[layer[i]].y = y;
      }
      for (const std::size_t item : layer) items_[item].y -= y / 2;
    }
    for (int sweep = 0; sweep < place_sweeps; ++sweep) {
      const bool rightwards = sweep % 2 == 0;
      for (std::size_t i = 0; i < layers_.size(); ++i) {
        pull(layers_[rightwards ? i : layers_.size() - 1 - i], rightwards);
      }
    }
  }

  Layout finish(std::size_t node_count) const {
    Layout layout;
    double top = 0;
    if (!items_.empty()) {
      top = std::min_element(items_.begin(), items_.end(), [](const Item& a, const Item& b) {
              return a.y < b.y;
            })->y;
    }
    const auto point_of = [&](std::size_t item) {
      return Point{static_cast<double>(items_[item].layer) * options_.layer_distance,
                   items_[item].y - top};
    };
    for (std::size_t node = 0; node < node_count; ++node) layout.nodes.push_back(point_of(node));
    for (std::size_t i = 0; i < passages_.size(); ++i) {
      std::vector<Point> way;
      for (const std::size_t passage : passages_[i]) way.push_back(point_of(passage));
      if (reversed_[i]) std::reverse(way.begin(), way.end());
      layout.edges.push_back(std::move(way));
    }
    for (const auto& layer : layers_) {
      const auto nodes = static_cast<std::size_t>(std::count_if(
          layer.begin(), layer.end(), [&](std::size_t item) { return items_[item].is_node; }));
      layout.layer_size_max = std::max(layout.layer_size_max, nodes);
    }
    return layout;
  }

 private:
  std::size_t add_item(std::size_t layer, bool is_node) {
    items_.push_back({layer, is_node, {}, {}, 0});
    if (layers_.size() <= layer) layers_.resize(layer + 1);
    layers_[layer].push_back(items_.size() - 1);
    return items_.size() - 1;
  }
  void connect(std::size_t from, std::size_t to) {
    items_[from].right.push_back(to);
    items_[to].left.push_back(from);
  }
  double distance(std::size_t above, std::size_t below) const {
    return items_[above].is_node && items_[below].is_node ? options_.box_distance
           : items_[above].is_node || items_[below].is_node
               ? (options_.box_distance + options_.edge_distance) / 2
               : options_.edge_distance;
  }

  /// Orders each layer by the mean position of the neighbours in the layer before it (or after it).
  void sort_layers(bool rightwards) {
    std::vector<double> position(items_.size(), 0);
    const auto number = [&](const std::vector<std::size_t>& layer) {
      for (std::size_t i = 0; i < layer.size(); ++i) position[layer[i]] = static_cast<double>(i);
    };
    for (const auto& layer : layers_) number(layer);
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      auto& layer = layers_[rightwards ? i : layers_.size() - 1 - i];
      std::vector<std::pair<double, std::size_t>> keyed;
      for (const std::size_t item : layer) {
        const auto& neighbours = rightwards ? items_[item].left : items_[item].right;
        double sum = 0;
        for (const std::size_t neighbour : neighbours) sum += position[neighbour];
        keyed.emplace_back(
            neighbours.empty() ? position[item] : sum / static_cast<double>(neighbours.size()),
            item);
      }
      std::stable_sort(keyed.begin(), keyed.end(),
                       [](const auto& a, const auto& b) { return a.first < b.first; });
      for (std::size_t k = 0; k < layer.size(); ++k) layer[k] = keyed[k].second;
      number(layer);
    }
  }

  std::size_t crossings() const {
    std::vector<std::size_t> position(items_.size(), 0);
    for (const auto& layer : layers_) {
      for (std::size_t i = 0; i < layer.size(); ++i) position[layer[i]] = i;
    }
    std::size_t count = 0;
    for (const auto& layer : layers_) {
      std::vector<std::pair<std::size_t, std::size_t>> ends;
      for (const std::size_t item : layer) {
        for (const std::size_t to : items_[item].right)
          ends.emplace_back(position[item], position[to]);
      }
      for (std::size_t a = 0; a < ends.size(); ++a) {
        for (std::size_t b = a + 1; b < ends.size(); ++b) {
          const bool upward = ends[a].first < ends[b].first && ends[a].second > ends[b].second;
          const bool downward = ends[a].first > ends[b].first && ends[a].second < ends[b].second;
          if (upward || downward) ++count;
        }
      }
    }
    return count;
  }

  /// Moves each item of a layer towards the mean of its neighbours, keeping order and distances:
  /// least squares by pooling adjacent violators.
  void pull(const std::vector<std::size_t>& layer, bool rightwards) {
    struct Pool {
      double sum;
      double size;
      double mean() const { return sum / size; }
    };
    std::vector<Pool> pools;
    std::vector<double> offsets;
    double offset = 0;
    for (std::size_t i = 0; i < layer.size(); ++i) {
      if (i > 0) offset += distance(layer[i - 1], layer[i]);
      offsets.push_back(offset);
      const Item& item = items_[layer[i]];
      const auto& neighbours = rightwards ? item.left : item.right;
      double wanted = item.y;
      if (!neighbours.empty()) {
        wanted = 0;
        for (const std::size_t neighbour : neighbours) wanted += items_[neighbour].y;
        wanted /= static_cast<double>(neighbours.size());
      }
      pools.push_back({wanted - offset, 1});
      while (pools.size() > 1 && pools[pools.size() - 2].mean() >= pools.back().mean()) {
        const Pool last = pools.back();
        pools.pop_back();
        pools.back().sum += last.sum;
        pools.back().size += last.size;
      }
    }
    std::size_t next = 0;
    for (const Pool& pool : pools) {
      for (double i = 0; i < pool.size; ++i, ++next)
        items_[layer[next]].y = pool.mean() + offsets[next];
    }
  }

  LayoutOptions options_;
  std::vector<Item> items_;  ///< The graph's nodes first, at their own indices.
  std::vector<std::vector<std::size_t>> layers_;  ///< Items from top to bottom.
  std::vector<std::vector<std::size_t>>
      passages_;                ///< For each edge, from its left end to its right.
  std::vector<bool> reversed_;  ///< Edges that lead from right to left.
};

}  // namespace

Layout layered_layout(std::size_t node_count, const std::vector<GraphEdge>& edges,
                      const LayoutOptions& options) {
  Layers layers(node_count, edges, options);
  layers.order();
  layers.place();
  return layers.finish(node_count);
}

}  // namespace faultline::reports
