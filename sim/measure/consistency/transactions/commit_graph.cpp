#include "sim/measure/consistency/transactions/commit_graph.hpp"

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <map>
#include <numeric>

namespace faultline::sim::consistency::commits {

Adjacency::Adjacency(const std::vector<Edge>& edges, std::size_t node_count)
    : first_(node_count + 1) {
  for (const Edge& edge : edges) ++first_[edge.from + 1];
  std::partial_sum(first_.begin(), first_.end(), first_.begin());
  edge_.resize(edges.size());
  std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
  for (std::size_t i = 0; i < edges.size(); ++i) {
    edge_[next[edges[i].from]++] = static_cast<Number>(i);
  }
}

std::vector<Number> topological_order(const std::vector<Edge>& edges, const Adjacency& adjacency,
                                      std::size_t node_count) {
  std::vector<Number> missing(node_count);
  for (const Edge& edge : edges) ++missing[edge.to];
  std::vector<Number> order;
  order.reserve(node_count);
  for (Number node = 0; node < node_count; ++node) {
    if (missing[node] == 0) order.push_back(node);
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto [begin, end] = adjacency.out(order[i]);
    for (const Number* edge = begin; edge != end; ++edge) {
      if (--missing[edges[*edge].to] == 0) order.push_back(edges[*edge].to);
    }
  }
  if (order.size() < node_count) order.clear();
  return order;
}

std::vector<Number> way_between(const std::vector<Edge>& edges, const Adjacency& adjacency,
                                std::size_t node_count, Number from, Number to, Number round) {
  std::vector<Number> by(node_count, none);
  std::vector<Number> queue{from};
  for (std::size_t i = 0; i < queue.size() && by[to] == none; ++i) {
    const auto [begin, end] = adjacency.out(queue[i]);
    for (const Number* edge = begin; edge != end; ++edge) {
      const Edge& next = edges[*edge];
      if (next.round >= round || by[next.to] != none) continue;
      by[next.to] = *edge;
      queue.push_back(next.to);
    }
  }
  std::vector<Number> way;
  if (by[to] == none) return way;
  Number node = to;
  do {
    way.push_back(by[node]);
    node = edges[by[node]].from;
  } while (node != from);
  std::reverse(way.begin(), way.end());
  return way;
}

std::vector<Number> cycle_of(const std::vector<Edge>& edges, const Adjacency& adjacency,
                             std::size_t node_count) {
  using Csr =
      boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, boost::no_property,
                                         boost::no_property, Number, std::size_t>;
  std::vector<std::pair<Number, Number>> pairs;
  pairs.reserve(edges.size());
  for (const Edge& edge : edges) pairs.emplace_back(edge.from, edge.to);
  std::sort(pairs.begin(), pairs.end());
  const Csr graph(boost::edges_are_sorted, pairs.begin(), pairs.end(),
                  static_cast<Number>(node_count));
  std::vector<Number> component(node_count);
  const Number count = boost::strong_components(
      graph,
      boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, graph)));
  std::vector<Number> size(count);
  for (const Number c : component) ++size[c];
  Number smallest = none;
  for (Number node = 0; node < node_count; ++node) {
    const Number c = component[node];
    if (size[c] > 1 && (smallest == none || size[c] < size[smallest])) smallest = c;
  }
  if (smallest == none) return {};
  std::vector<Number> best;
  std::size_t tried = 0;
  for (Number node = 0; node < node_count && tried < 64; ++node) {
    if (component[node] != smallest) continue;
    ++tried;
    std::vector<Number> way = way_between(edges, adjacency, node_count, node, node, none);
    if (best.empty() || way.size() < best.size()) best = std::move(way);
  }
  return best;
}

Reach::Reach(const std::vector<Edge>& edges, const Adjacency& adjacency,
             const std::vector<Number>& order)
    : words_((order.size() + 63) / 64), bits_(order.size() * words_) {
  for (auto node = order.rbegin(); node != order.rend(); ++node) {
    std::uint64_t* row = &bits_[*node * words_];
    const auto [begin, end] = adjacency.out(*node);
    for (const Number* edge = begin; edge != end; ++edge) {
      const Number to = edges[*edge].to;
      if ((row[to / 64] >> (to % 64) & 1) != 0) continue;
      const std::uint64_t* other = &bits_[to * words_];
      for (std::size_t i = 0; i < words_; ++i) row[i] |= other[i];
      row[to / 64] |= std::uint64_t{1} << (to % 64);
    }
  }
}

Keys::Keys(const CommitProblem& problem) {
  Number count = 0;
  for (const CommitProblem::Transaction& transaction : problem.transactions) {
    for (const CommitProblem::Read& read : transaction.reads) count = std::max(count, read.key + 1);
    for (const Number key : transaction.writes) count = std::max(count, key + 1);
  }
  writers.resize(count);
  readers.resize(count);
  std::vector<std::map<Number, std::vector<Number>>> by_writer(count);
  for (Number t = 0; t < problem.transactions.size(); ++t) {
    const CommitProblem::Transaction& transaction = problem.transactions[t];
    for (const Number key : transaction.writes) writers[key].push_back(t);
    for (const CommitProblem::Read& read : transaction.reads) {
      std::vector<Number>& those = by_writer[read.key][read.writer];
      if (those.empty() || those.back() != t) those.push_back(t);
    }
  }
  for (Number key = 0; key < count; ++key) {
    for (auto& [writer, those] : by_writer[key]) {
      readers[key].push_back({writer, std::move(those)});
    }
  }
}

bool writes(const CommitProblem& problem, Number transaction, Number key) {
  const std::vector<Number>& keys = problem.transactions[transaction].writes;
  return std::binary_search(keys.begin(), keys.end(), key);
}

}  // namespace faultline::sim::consistency::commits
