/// What the searches for an order of commits have in common: a graph of what must be before what,
/// and who writes and reads each key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "sim/measure/consistency/transactions/commit_order.hpp"

namespace faultline::sim::consistency::commits {

using Number = CommitProblem::Number;
using Why = CommitEdge::Why;
inline constexpr Number initial = CommitProblem::initial;
inline constexpr Number none = std::numeric_limits<Number>::max();

/// The matrix of who reaches whom is at most 128 MiB.
inline constexpr std::size_t matrix_nodes_max = 32'768;

/// An edge between nodes of a graph, with its reason in terms of transactions.
struct Edge {
  Number from;
  Number to;
  Why why;
  Number key;
  Number third;
  Number round;  ///< When it was inferred; what it was inferred from is of earlier rounds.
};

/// Adjacency in one piece of memory.
class Adjacency {
 public:
  Adjacency(const std::vector<Edge>& edges, std::size_t node_count);
  /// The numbers of the edges that leave a node.
  std::pair<const Number*, const Number*> out(Number node) const {
    return {edge_.data() + first_[node], edge_.data() + first_[node + 1]};
  }

 private:
  std::vector<std::size_t> first_;
  std::vector<Number> edge_;
};

/// Kahn's algorithm, the smallest numbers first. Empty if there is a cycle.
std::vector<Number> topological_order(const std::vector<Edge>& edges, const Adjacency& adjacency,
                                      std::size_t node_count);

/// The shortest way by edges of rounds before `round`; empty if there is none, or if from is to.
std::vector<Number> way_between(const std::vector<Edge>& edges, const Adjacency& adjacency,
                                std::size_t node_count, Number from, Number to, Number round);

/// A short cycle, as numbers of edges: the shortest through one of the first vertices of the
/// smallest component. Empty if there is none.
std::vector<Number> cycle_of(const std::vector<Edge>& edges, const Adjacency& adjacency,
                             std::size_t node_count);

/// Who reaches whom, a bit for each pair.
class Reach {
 public:
  /// `order` is a topological one.
  Reach(const std::vector<Edge>& edges, const Adjacency& adjacency,
        const std::vector<Number>& order);
  bool operator()(Number from, Number to) const {
    return (bits_[from * words_ + to / 64] >> (to % 64) & 1) != 0;
  }

 private:
  std::size_t words_;
  std::vector<std::uint64_t> bits_;
};

/// Who writes and who reads each key.
struct Keys {
  struct Readers {
    Number writer;
    std::vector<Number> readers;
  };
  std::vector<std::vector<Number>> writers;
  std::vector<std::vector<Readers>> readers;

  explicit Keys(const CommitProblem& problem);
};

bool writes(const CommitProblem& problem, Number transaction, Number key);

/// Calls edge(before, after) for each transaction and the one it must follow in its session.
template <typename Function>
void for_each_session_edge(const CommitProblem& problem, Function edge) {
  for (const std::vector<Number>& session : problem.sessions) {
    Number before = none;
    for (const Number t : session) {
      if (before != none) edge(before, t);
      if (!problem.transactions[t].is_floating) before = t;
    }
  }
}

/// read_committed, read_atomic, causal: what is visible is known, and so are all edges.
CommitOrderResult saturate(const CommitProblem& problem, CommitAxiom axiom, CommitBudget& budget);

/// prefix, snapshot_isolation, serializable: what is visible depends on the order, so it is chosen,
/// with what follows from the choices first if `infers`.
CommitOrderResult search_order(const CommitProblem& problem, CommitAxiom axiom,
                               CommitConstraint constraint, CommitBudget& budget, bool infers);

}  // namespace faultline::sim::consistency::commits
