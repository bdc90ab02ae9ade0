#include "sim/measure/consistency/transactions/commit_order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <map>
#include <numeric>
#include <optional>
#include <unordered_set>
#include <utility>

#include "sim/param/assert.hpp"

namespace faultline::sim::consistency {
namespace {

using Number = CommitProblem::Number;
using Why = CommitEdge::Why;
constexpr Number initial = CommitProblem::initial;
constexpr Number none = std::numeric_limits<Number>::max();

/// The matrix of who reaches whom is at most 128 MiB.
constexpr std::size_t matrix_nodes_max = 32'768;
/// States that the search remembers, 16 bytes each and their buckets.
constexpr std::size_t states_max = 4'000'000;
/// Work for making a witness smaller, in steps.
constexpr std::uint64_t shrink_steps_max = 20'000'000;
constexpr std::size_t shrink_transactions_max = 600;

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
  Adjacency(const std::vector<Edge>& edges, std::size_t node_count) : first_(node_count + 1) {
    for (const Edge& edge : edges) ++first_[edge.from + 1];
    std::partial_sum(first_.begin(), first_.end(), first_.begin());
    edge_.resize(edges.size());
    std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
    for (std::size_t i = 0; i < edges.size(); ++i) {
      edge_[next[edges[i].from]++] = static_cast<Number>(i);
    }
  }
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

/// The shortest way by edges of rounds before `round`; empty if there is none, or if from is to.
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

/// A short cycle, as numbers of edges: the shortest through one of the first vertices of the
/// smallest component. Empty if there is none.
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

/// Who reaches whom, a bit for each pair.
class Reach {
 public:
  Reach(const std::vector<Edge>& edges, const Adjacency& adjacency,
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

  explicit Keys(const CommitProblem& problem) {
    Number count = 0;
    for (const CommitProblem::Transaction& transaction : problem.transactions) {
      for (const CommitProblem::Read& read : transaction.reads)
        count = std::max(count, read.key + 1);
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
};

bool writes(const CommitProblem& problem, Number transaction, Number key) {
  const std::vector<Number>& keys = problem.transactions[transaction].writes;
  return std::binary_search(keys.begin(), keys.end(), key);
}

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

// ---------------------------------------------------------------------------------------------
// read_committed, read_atomic, causal: what is visible is known.

/// The edges that a level of these demands, over the transactions and a node for the initial state.
class KnownVisibility {
 public:
  KnownVisibility(const CommitProblem& problem, CommitAxiom axiom, CommitBudget& budget)
      : problem_(problem), axiom_(axiom), budget_(budget), keys_(problem) {}

  CommitOrderResult run() {
    CommitOrderResult result;
    add_known_edges();
    const std::size_t known_count = edges_.size();
    if (!find_cycle(result)) {
      switch (axiom_) {
        case CommitAxiom::read_committed:
          add_seen_before();
          break;
        case CommitAxiom::read_atomic:
          add_seen_directly();
          break;
        default:
          add_seen_causally(known_count);
      }
      if (budget_.is_exhausted()) {
        result.reason = budget_.reason();
        return result;
      }
      if (!find_cycle(result)) result.verdict = Verdict::holds;
    }
    return result;
  }

 private:
  Number count() const { return static_cast<Number>(problem_.transactions.size()); }
  Number node_of(Number transaction) const {
    return transaction == initial ? count() : transaction;
  }
  std::size_t node_count() const { return problem_.transactions.size() + 1; }

  void add(Number from, Number to, Why why, Number key, Number third, Number round) {
    edges_.push_back({node_of(from), node_of(to), why, key, third, round});
  }

  void add_known_edges() {
    for_each_session_edge(problem_, [this](Number before, Number after) {
      add(before, after, Why::session, 0, 0, 0);
    });
    for (Number t = 0; t < count(); ++t) {
      for (const CommitProblem::Read& read : problem_.transactions[t].reads) {
        if (read.writer != initial) add(read.writer, t, Why::wr, read.key, 0, 0);
      }
    }
  }

  /// The order of versions and of the initial state: part of the order of commits, but not of what
  /// is visible.
  void add_versions() {
    for (const CommitProblem::VersionEdge& version : problem_.versions) {
      add(version.before, version.after, Why::version, version.key, 0, 1);
    }
    for (Number t = 0; t < count(); ++t) add(initial, t, Why::session, 0, 0, 1);
  }

  void unseen(Number other, Number writer, Number key, Number reader) {
    add(other, writer, Why::unseen, key, reader, 2);
  }

  void add_seen_before() {
    add_versions();
    for (Number t = 0; t < count(); ++t) {
      const std::vector<CommitProblem::Read>& reads = problem_.transactions[t].reads;
      std::vector<Number> wanted;
      for (const CommitProblem::Read& read : reads) wanted.push_back(read.key);
      std::sort(wanted.begin(), wanted.end());
      wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
      // Of each key that it reads, the writers it has read from so far, and up to where the last
      // reading demanded something of them.
      std::map<Number, std::vector<Number>> seen;
      std::map<std::pair<Number, Number>, std::size_t> done;
      std::unordered_set<Number> known;
      for (const CommitProblem::Read& read : reads) {
        const std::vector<Number>& others = seen[read.key];
        std::size_t& from = done[{read.key, read.writer}];
        if (!budget_.spend(1 + others.size() - from)) return;
        for (; from < others.size(); ++from) {
          if (others[from] != read.writer) unseen(others[from], read.writer, read.key, t);
        }
        if (read.writer == initial || !known.insert(read.writer).second) continue;
        for (const Number key : problem_.transactions[read.writer].writes) {
          if (std::binary_search(wanted.begin(), wanted.end(), key)) {
            seen[key].push_back(read.writer);
          }
        }
      }
    }
  }

  void add_seen_directly() {
    add_versions();
    for (const std::vector<Number>& session : problem_.sessions) {
      // The last writer of each key: those before it are before it.
      std::map<Number, Number> last;
      for (const Number t : session) {
        if (!add_seen_directly(t, last)) return;
        if (problem_.transactions[t].is_floating) continue;
        for (const Number key : problem_.transactions[t].writes) last[key] = t;
      }
    }
  }

  bool add_seen_directly(Number t, const std::map<Number, Number>& last_of_session) {
    const std::vector<CommitProblem::Read>& reads = problem_.transactions[t].reads;
    std::vector<Number> writers;
    for (const CommitProblem::Read& read : reads) {
      if (read.writer != initial) writers.push_back(read.writer);
    }
    std::sort(writers.begin(), writers.end());
    writers.erase(std::unique(writers.begin(), writers.end()), writers.end());
    for (const CommitProblem::Read& read : reads) {
      if (!budget_.spend(1 + writers.size())) return false;
      for (const Number other : writers) {
        if (other != read.writer && writes(problem_, other, read.key)) {
          unseen(other, read.writer, read.key, t);
        }
      }
      const auto own = last_of_session.find(read.key);
      if (own != last_of_session.end() && own->second != read.writer) {
        unseen(own->second, read.writer, read.key, t);
      }
    }
    return true;
  }

  /// Requires: the edges so far have no cycle.
  void add_seen_causally(std::size_t known_count) {
    const Adjacency adjacency(edges_, node_count());
    const std::vector<Number> order = topological_order(edges_, adjacency, node_count());
    std::vector<std::pair<Number, Number>> flow;  // In topological order.
    for (const Number node : order) {
      const auto [begin, end] = adjacency.out(node);
      for (const Number* edge = begin; edge != end; ++edge)
        flow.emplace_back(node, edges_[*edge].to);
    }
    SIM_ASSERT(known_count == flow.size());
    add_versions();
    // Who is reached from the writers of a block of transactions, a bit each.
    constexpr Number block = 64;
    std::vector<std::uint64_t> reached(node_count());
    std::vector<Number> writers;
    for (Number begin = 0; begin < count(); begin += block) {
      const Number end = std::min(begin + block, count());
      if (!budget_.spend(flow.size() / 64 + 1)) return;
      std::fill(reached.begin(), reached.end(), 0);
      std::map<Number, std::vector<Number>> by_key;
      for (Number t = begin; t < end; ++t) {
        reached[t] = std::uint64_t{1} << (t - begin);
        for (const Number key : problem_.transactions[t].writes) by_key[key].push_back(t);
      }
      for (const auto& [from, to] : flow) reached[to] |= reached[from];
      for (Number t = begin; t < end; ++t) {
        // Only for itself: it is reached from itself, which says nothing.
        reached[t] &= ~(std::uint64_t{1} << (t - begin));
      }
      for (const auto& [key, others] : by_key) {
        for (const Keys::Readers& group : keys_.readers[key]) {
          if (!budget_.spend(others.size() * group.readers.size())) return;
          for (const Number other : others) {
            if (other == group.writer) continue;
            const std::uint64_t bit = std::uint64_t{1} << (other - begin);
            // If it is before the writer anyway, nothing new follows.
            if (group.writer != initial && (reached[group.writer] & bit) != 0) continue;
            for (const Number reader : group.readers) {
              if ((reached[reader] & bit) != 0) {
                unseen(other, group.writer, key, reader);
                break;  // Another reader would demand the same edge.
              }
            }
          }
        }
      }
    }
  }

  bool find_cycle(CommitOrderResult& result) {
    const Adjacency adjacency(edges_, node_count());
    if (!topological_order(edges_, adjacency, node_count()).empty()) return false;
    result.verdict = Verdict::violated;
    std::vector<Number> taking_part;
    for (const Number index : cycle_of(edges_, adjacency, node_count())) {
      const Edge& edge = edges_[index];
      const bool from_initial = edge.from == count();
      if (!from_initial) taking_part.push_back(edge.from);
      if (edge.why != Why::unseen) {
        if (!from_initial) {
          result.cycle.push_back({edge.from, edge.to, edge.why, edge.key, edge.third});
        }
        continue;
      }
      taking_part.push_back(edge.third);
      const std::vector<Number> way = visibility(edge, adjacency);
      for (const Number on_the_way : way) {
        taking_part.push_back(edges_[on_the_way].from);
        taking_part.push_back(edges_[on_the_way].to);
      }
      if (edge.to != count()) {
        result.cycle.push_back({edge.from, edge.to, edge.why, edge.key, edge.third});
        continue;
      }
      // It is before the initial state: its reader is before it, and after it by another way.
      result.cycle.clear();
      result.cycle.push_back({edge.third, edge.from, Why::replaced, edge.key, initial});
      for (const Number on_the_way : way) {
        const Edge& step = edges_[on_the_way];
        result.cycle.push_back({step.from, step.to, step.why, step.key, step.third});
      }
      break;
    }
    std::sort(taking_part.begin(), taking_part.end());
    taking_part.erase(std::unique(taking_part.begin(), taking_part.end()), taking_part.end());
    result.transactions = std::move(taking_part);
    return true;
  }

  /// By which edges `edge.from` is visible to `edge.third`.
  std::vector<Number> visibility(const Edge& edge, const Adjacency& adjacency) const {
    return way_between(edges_, adjacency, node_count(), edge.from, edge.third, 1);
  }

  const CommitProblem& problem_;
  CommitAxiom axiom_;
  CommitBudget& budget_;
  Keys keys_;
  std::vector<Edge> edges_;
};

// ---------------------------------------------------------------------------------------------
// prefix, snapshot_isolation, serializable: choices.

class OrderSearch {
 public:
  OrderSearch(const CommitProblem& problem, CommitAxiom axiom, CommitConstraint constraint,
              CommitBudget& budget, bool infers)
      : problem_(problem),
        axiom_(axiom),
        constraint_(constraint),
        infers_(infers),
        budget_(budget),
        keys_(problem),
        is_split_(axiom != CommitAxiom::serializable) {}

  CommitOrderResult run() {
    CommitOrderResult result;
    add_known_edges();
    if (!reads_agree(result)) return result;
    if (!infer(result)) return result;
    search(result);
    return result;
  }

 private:
  Number count() const { return static_cast<Number>(problem_.transactions.size()); }
  Number snapshot(Number t) const { return is_split_ ? 2 * t : t; }
  Number commit(Number t) const {
    if (t == initial) return initial_node();
    return is_split_ ? 2 * t + 1 : t;
  }
  Number initial_node() const { return is_split_ ? 2 * count() : count(); }
  Number transaction_of(Number node) const {
    if (node >= initial_node()) return initial;
    return is_split_ ? node / 2 : node;
  }
  bool is_snapshot(Number node) const {
    return node < initial_node() && (!is_split_ || node % 2 == 0);
  }
  bool is_commit(Number node) const {
    return node < initial_node() && (!is_split_ || node % 2 == 1);
  }
  /// Where a writer of a key must have come to before another one commits, if it is the earlier.
  Number after_conflict(Number t) const {
    return axiom_ == CommitAxiom::snapshot_isolation && t != initial ? snapshot(t) : commit(t);
  }

  void add(Number from, Number to, Why why, Number key, Number third, Number round) {
    edges_.push_back({from, to, why, key, third, round});
  }

  void add_known_edges() {
    node_count_ = initial_node() + 1;
    for (Number t = 0; t < count(); ++t) {
      add(initial_node(), snapshot(t), Why::session, 0, 0, 0);
      if (is_split_) add(snapshot(t), commit(t), Why::session, 0, 0, 0);
      for (const CommitProblem::Read& read : problem_.transactions[t].reads) {
        if (read.writer != initial) {
          add(commit(read.writer), snapshot(t), Why::wr, read.key, 0, 0);
        }
      }
    }
    if (constraint_ != CommitConstraint::nothing) {
      for_each_session_edge(problem_, [this](Number before, Number after) {
        add(commit(before), snapshot(after), Why::session, 0, 0, 0);
      });
    }
    for (const CommitProblem::VersionEdge& version : problem_.versions) {
      add(commit(version.before), after_conflict(version.after), Why::version, version.key, 0, 0);
    }
    if (constraint_ == CommitConstraint::realtime) add_realtime();
  }

  /// By way of nodes for the ends of transactions in the order of time.
  void add_realtime() {
    std::vector<Number> ended;
    for (Number t = 0; t < count(); ++t) {
      if (!problem_.transactions[t].is_floating) ended.push_back(t);
    }
    std::stable_sort(ended.begin(), ended.end(), [this](Number a, Number b) {
      return problem_.transactions[a].completed < problem_.transactions[b].completed;
    });
    const auto first = static_cast<Number>(node_count_);
    for (Number i = 0; i < ended.size(); ++i) {
      add(commit(ended[i]), first + i, Why::realtime, 0, 0, 0);
      if (i > 0) add(first + i - 1, first + i, Why::realtime, 0, 0, 0);
    }
    for (Number t = 0; t < count(); ++t) {
      const auto later = std::partition_point(ended.begin(), ended.end(), [&](Number other) {
        return problem_.transactions[other].completed < problem_.transactions[t].invoked;
      });
      if (later != ended.begin()) {
        add(first + static_cast<Number>(later - ended.begin()) - 1, snapshot(t), Why::realtime, 0,
            0, 0);
      }
    }
    node_count_ += ended.size();
  }

  /// No transaction may read a key from two writers.
  bool reads_agree(CommitOrderResult& result) {
    for (Number t = 0; t < count(); ++t) {
      std::map<Number, Number> from;
      for (const CommitProblem::Read& read : problem_.transactions[t].reads) {
        const auto [found, is_new] = from.try_emplace(read.key, read.writer);
        if (is_new || found->second == read.writer) continue;
        result.verdict = Verdict::violated;
        result.transactions.push_back(t);
        for (const Number writer : {found->second, read.writer}) {
          if (writer != initial) result.transactions.push_back(writer);
        }
        std::sort(result.transactions.begin(), result.transactions.end());
        return false;
      }
    }
    return true;
  }

  /// Chooses what follows until nothing does. False if the result stands.
  bool infer(CommitOrderResult& result) {
    for (Number round = 1;; ++round) {
      const Adjacency adjacency(edges_, node_count_);
      std::vector<Number> order = topological_order(edges_, adjacency, node_count_);
      if (order.empty()) {
        result.verdict = Verdict::violated;
        explain(adjacency, result);
        return false;
      }
      position_.assign(node_count_, 0);
      for (Number i = 0; i < order.size(); ++i) position_[order[i]] = i;
      if (!infers_ || node_count_ > matrix_nodes_max) return true;
      if (!budget_.spend(edges_.size() / 8 + 1)) break;
      const Reach reach(edges_, adjacency, order);
      const std::size_t before = edges_.size();
      open_ = 0;
      for (Number key = 0; key < keys_.writers.size() && !budget_.is_exhausted(); ++key) {
        infer_key(key, reach, round);
      }
      if (budget_.is_exhausted()) break;
      if (edges_.size() > before) continue;
      if (open_ > 0) return true;
      result.verdict = Verdict::holds;
      return false;
    }
    result.reason = budget_.reason();
    return false;
  }

  void infer_key(Number key, const Reach& reach, Number round) {
    std::vector<Number> writers = keys_.writers[key];
    std::sort(writers.begin(), writers.end(),
              [this](Number a, Number b) { return position_[commit(a)] < position_[commit(b)]; });
    for (const Keys::Readers& group : keys_.readers[key]) {
      for (const Number reader : group.readers) {
        if (!budget_.spend(writers.size() + 1)) return;
        infer_read(key, group.writer, reader, writers, reach, round);
      }
    }
    if (axiom_ == CommitAxiom::snapshot_isolation) {
      if (!budget_.spend(writers.size() * writers.size() / 2 + 1)) return;
      infer_conflicts(key, writers, reach, round);
    }
  }

  /// `reader` reads `key` from `writer`: each other writer is before the one or after the other.
  /// Requires: the writers in topological order.
  void infer_read(Number key, Number writer, Number reader, const std::vector<Number>& writers,
                  const Reach& reach, Number round) {
    const Number read = snapshot(reader);
    const Number before = after_conflict(writer);
    said_.clear();
    unsaid_.clear();
    for (const Number other : writers) {
      if (other == writer || other == reader) continue;
      const Number node = commit(other);
      if (reach(read, node) || reach(node, before)) continue;
      if (reach(before, node)) {
        // What comes after one that must come after the reader need not be said.
        const bool is_implied = std::any_of(said_.begin(), said_.end(),
                                            [&](Number earlier) { return reach(earlier, node); });
        if (is_implied) continue;
        said_.push_back(node);
        add(read, node, Why::replaced, key, writer, round);
      } else if (reach(node, read)) {
        unsaid_.push_back(node);
      } else {
        ++open_;
      }
    }
    said_.clear();
    for (auto node = unsaid_.rbegin(); node != unsaid_.rend(); ++node) {
      const bool is_implied = std::any_of(said_.begin(), said_.end(),
                                          [&](Number later) { return reach(*node, later); });
      if (is_implied) continue;
      said_.push_back(*node);
      add(*node, before, Why::unseen, key, reader, round);
    }
  }

  /// Of two writers of a key one has committed when the other takes its snapshot.
  void infer_conflicts(Number key, const std::vector<Number>& writers, const Reach& reach,
                       Number round) {
    for (std::size_t i = 0; i < writers.size(); ++i) {
      for (std::size_t k = i + 1; k < writers.size(); ++k) {
        const Number a = writers[i];
        const Number b = writers[k];
        if (reach(commit(a), snapshot(b)) || reach(commit(b), snapshot(a))) continue;
        if (reach(snapshot(a), commit(b))) {
          add(commit(a), snapshot(b), Why::version, key, 0, round);
        } else if (reach(snapshot(b), commit(a))) {
          add(commit(b), snapshot(a), Why::version, key, 0, round);
        } else {
          ++open_;
        }
      }
    }
  }

  /// A cycle, and who took part in its inference.
  void explain(const Adjacency& adjacency, CommitOrderResult& result) const {
    const std::vector<Number> cycle = cycle_of(edges_, adjacency, node_count_);
    std::vector<bool> takes_part(problem_.transactions.size());
    std::vector<bool> expanded(edges_.size());
    std::vector<Number> todo = cycle;
    const auto take = [&](Number t) {
      if (t != initial) takes_part[t] = true;
    };
    while (!todo.empty()) {
      const Number index = todo.back();
      todo.pop_back();
      if (expanded[index]) continue;
      expanded[index] = true;
      const Edge& edge = edges_[index];
      take(transaction_of(edge.from));
      take(transaction_of(edge.to));
      for (const Number premise : premises(edge, adjacency)) todo.push_back(premise);
      if (edge.why == Why::unseen || edge.why == Why::replaced) take(edge.third);
    }
    for (Number t = 0; t < count(); ++t) {
      if (takes_part[t]) result.transactions.push_back(t);
    }
    collapse(cycle, adjacency, result);
  }

  /// The way from which an edge was inferred.
  std::vector<Number> premises(const Edge& edge, const Adjacency& adjacency) const {
    if (edge.round == 0) return {};
    Number from = none;
    Number to = none;
    switch (edge.why) {
      case Why::unseen:
        from = edge.from;
        to = snapshot(edge.third);
        break;
      case Why::replaced:
        from = after_conflict(edge.third);
        to = edge.to;
        break;
      default:
        // A conflict: the snapshot of the one was before the commit of the other.
        from = snapshot(transaction_of(edge.from));
        to = commit(transaction_of(edge.to));
    }
    if (from == to) return {};
    return way_between(edges_, adjacency, node_count_, from, to, edge.round);
  }

  /// The cycle in terms of transactions.
  void collapse(const std::vector<Number>& cycle, const Adjacency& adjacency,
                CommitOrderResult& result) const {
    std::vector<Number> way = cycle;
    const auto at_initial = std::find_if(way.begin(), way.end(), [this](Number index) {
      return edges_[index].to == initial_node();
    });
    if (at_initial != way.end()) {
      // A writer before the initial state: the reader of that is before it, and after it by the
      // way that the edge was inferred from.
      const Edge edge = edges_[*at_initial];
      way = premises(edge, adjacency);
      result.cycle.push_back(
          {edge.third, transaction_of(edge.from), Why::replaced, edge.key, initial});
    }
    std::optional<CommitEdge> realtime;
    for (const Number index : way) {
      const Edge& edge = edges_[index];
      const Number from = transaction_of(edge.from);
      const Number to = transaction_of(edge.to);
      if (edge.why == Why::realtime) {
        if (!realtime) realtime = CommitEdge{from, to, Why::realtime, 0, 0};
        if (from != initial) realtime->from = from;
        if (to != initial) {
          realtime->to = to;
          result.cycle.push_back(*realtime);
          realtime.reset();
        }
        continue;
      }
      if (from != to && from != initial && to != initial) {
        result.cycle.push_back({from, to, edge.why, edge.key, edge.third});
      }
    }
    // The cycle may have begun in the middle of an edge of real time.
    if (realtime) {
      for (CommitEdge& edge : result.cycle) {
        if (edge.why == Why::realtime && edge.from == initial) edge.from = realtime->from;
      }
    }
  }

  // --- The search -----------------------------------------------------------------------------

  /// Nodes are placed one after another. A set of placed nodes decides what can follow: a version
  /// that still has readers to come cannot have been replaced.
  void search(CommitOrderResult& result) {
    adjacency_.emplace(edges_, node_count_);
    missing_.assign(node_count_, 0);
    for (const Edge& edge : edges_) ++missing_[edge.to];
    waiting_.assign(keys_.writers.size(), 0);
    unplaced_writers_.assign(keys_.writers.size(), 0);
    active_.assign(keys_.writers.size(), 0);
    readers_of_.resize(count());
    for (Number key = 0; key < keys_.writers.size(); ++key) {
      unplaced_writers_[key] = static_cast<Number>(keys_.writers[key].size());
      for (const Keys::Readers& group : keys_.readers[key]) {
        const auto readers = static_cast<Number>(group.readers.size());
        if (group.writer == initial) {
          waiting_[key] = readers;
        } else {
          readers_of_[group.writer].emplace_back(key, readers);
        }
      }
    }
    reads_once_.resize(count());
    for (Number t = 0; t < count(); ++t) {
      std::vector<Number>& keys = reads_once_[t];
      for (const CommitProblem::Read& read : problem_.transactions[t].reads) {
        keys.push_back(read.key);
      }
      std::sort(keys.begin(), keys.end());
      keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    }
    for (Number node = 0; node < node_count_; ++node) {
      if (missing_[node] == 0) ready_.push_back(node);
    }

    struct Frame {
      std::size_t trail;
      std::vector<Number> candidates;
      std::size_t next = 0;
    };
    std::vector<Frame> frames;
    bool enters = true;
    while (true) {
      if (enters) {
        if (!place_free_ones()) {
          result.reason = budget_.reason();
          return;
        }
        if (trail_.size() == node_count_) {
          result.verdict = Verdict::holds;
          return;
        }
        Frame frame{trail_.size(), {}, 0};
        if (remember()) frame.candidates = candidates();
        if (seen_.size() > states_max) {
          result.reason =
              fmt::format("no order of commits found among {} partial ones", states_max);
          return;
        }
        frames.push_back(std::move(frame));
      }
      Frame& frame = frames.back();
      while (trail_.size() > frame.trail) take_back();
      if (frame.next == frame.candidates.size()) {
        frames.pop_back();
        if (frames.empty()) break;
        enters = false;
        continue;
      }
      const Number node = frame.candidates[frame.next++];
      if (!budget_.spend(1)) {
        result.reason = budget_.reason();
        return;
      }
      place(node);
      enters = true;
    }
    result.verdict = Verdict::violated;
    for (Number t = 0; t < count(); ++t) result.transactions.push_back(t);
  }

  bool reads(Number t, Number key) const {
    return std::binary_search(reads_once_[t].begin(), reads_once_[t].end(), key);
  }

  /// Requires: everything that must be before it is placed.
  bool can_be_placed(Number node) const {
    const Number t = transaction_of(node);
    if (t == initial) return true;
    if (is_commit(node)) {
      // Without a snapshot of its own it reads at the same instant.
      const bool can_commit = std::all_of(
          problem_.transactions[t].writes.begin(), problem_.transactions[t].writes.end(),
          [&](Number key) { return waiting_[key] <= (!is_split_ && reads(t, key) ? 1U : 0U); });
      if (!can_commit) return false;
    }
    if (axiom_ == CommitAxiom::snapshot_isolation && is_snapshot(node)) {
      for (const Number key : problem_.transactions[t].writes) {
        if (active_[key] > 0) return false;
      }
    }
    return true;
  }

  /// Whether placing it at once, since it can be placed, never spoils what could follow otherwise.
  bool is_free(Number node) const {
    const Number t = transaction_of(node);
    if (t == initial) return true;
    if (!is_commit(node)) {
      // A snapshot only makes other writers wait, and not that if the commit can follow at once.
      if (axiom_ != CommitAxiom::snapshot_isolation) return true;
      if (problem_.transactions[t].writes.empty()) return true;
      return missing_[commit(t)] == 1 && is_free(commit(t)) && has_no_others_waiting(t);
    }
    // What it writes has no reader, or nobody is left to replace it.
    for (const auto& [key, readers] : readers_of_[t]) {
      if (unplaced_writers_[key] > 1) return false;
    }
    return true;
  }

  /// Whether nobody but itself is yet to read what it replaces.
  bool has_no_others_waiting(Number t) const {
    return std::all_of(problem_.transactions[t].writes.begin(),
                       problem_.transactions[t].writes.end(),
                       [&](Number key) { return waiting_[key] <= (reads(t, key) ? 1U : 0U); });
  }

  /// False if the budget is exhausted.
  bool place_free_ones() {
    bool goes_on = true;
    while (goes_on) {
      goes_on = false;
      for (std::size_t i = 0; i < ready_.size();) {
        const Number node = ready_[i];
        if (!can_be_placed(node) || !is_free(node)) {
          ++i;
          continue;
        }
        if (!budget_.spend(1)) return false;
        place(node);
        goes_on = true;
      }
    }
    return true;
  }

  std::vector<Number> candidates() const {
    std::vector<Number> those;
    for (const Number node : ready_) {
      if (can_be_placed(node)) those.push_back(node);
    }
    std::sort(those.begin(), those.end(),
              [this](Number a, Number b) { return position_[a] < position_[b]; });
    return those;
  }

  void place(Number node) {
    trail_.push_back(node);
    ready_.erase(std::find(ready_.begin(), ready_.end(), node));
    state_.first ^= mixed(2 * std::uint64_t{node});
    state_.second ^= mixed(2 * std::uint64_t{node} + 1);
    const Number t = transaction_of(node);
    if (t != initial) {
      const CommitProblem::Transaction& transaction = problem_.transactions[t];
      if (is_snapshot(node)) {
        for (const Number key : reads_once_[t]) --waiting_[key];
        if (is_split_) {
          for (const Number key : transaction.writes) ++active_[key];
        }
      }
      if (is_commit(node)) {
        for (const Number key : transaction.writes) {
          --unplaced_writers_[key];
          if (is_split_) --active_[key];
        }
        for (const auto& [key, readers] : readers_of_[t]) waiting_[key] = readers;
      }
    }
    const auto [begin, end] = adjacency_->out(node);
    for (const Number* edge = begin; edge != end; ++edge) {
      const Number to = edges_[*edge].to;
      if (--missing_[to] == 0) ready_.push_back(to);
    }
  }

  void take_back() {
    const Number node = trail_.back();
    trail_.pop_back();
    const auto [begin, end] = adjacency_->out(node);
    for (const Number* edge = begin; edge != end; ++edge) {
      const Number to = edges_[*edge].to;
      if (missing_[to]++ == 0) ready_.erase(std::find(ready_.begin(), ready_.end(), to));
    }
    const Number t = transaction_of(node);
    if (t != initial) {
      const CommitProblem::Transaction& transaction = problem_.transactions[t];
      if (is_commit(node)) {
        for (const auto& [key, readers] : readers_of_[t]) waiting_[key] = 0;
        for (const Number key : transaction.writes) {
          ++unplaced_writers_[key];
          if (is_split_) ++active_[key];
        }
      }
      if (is_snapshot(node)) {
        for (const Number key : reads_once_[t]) ++waiting_[key];
        if (is_split_) {
          for (const Number key : transaction.writes) --active_[key];
        }
      }
    }
    state_.first ^= mixed(2 * std::uint64_t{node});
    state_.second ^= mixed(2 * std::uint64_t{node} + 1);
    ready_.push_back(node);
  }

  /// A set of nodes is known by 128 bits of a hash (Zobrist's): of a billion sets, two are taken
  /// for each other with a probability of 1e-21.
  bool remember() { return seen_.insert(state_).second; }

  static std::uint64_t mixed(std::uint64_t x) {
    // SplitMix64.
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
  }

  struct StateHash {
    std::size_t operator()(const std::pair<std::uint64_t, std::uint64_t>& state) const {
      return state.first;
    }
  };

  const CommitProblem& problem_;
  CommitAxiom axiom_;
  CommitConstraint constraint_;
  bool infers_;
  CommitBudget& budget_;
  Keys keys_;
  bool is_split_;
  std::size_t node_count_ = 0;
  std::vector<Edge> edges_;
  std::vector<Number> position_;  ///< In a topological order of the edges.
  std::uint64_t open_ = 0;        ///< Choices of which nothing is known.
  std::vector<Number> said_;      ///< Scratch of infer_read, as is the next.
  std::vector<Number> unsaid_;

  std::optional<Adjacency> adjacency_;
  std::vector<Number> missing_;  ///< How many nodes that must be before are not placed.
  std::vector<Number> waiting_;  ///< Of each key, how many readers of its version are not placed.
  std::vector<Number> unplaced_writers_;
  std::vector<Number> active_;  ///< Writers of each key between snapshot and commit.
  std::vector<std::vector<std::pair<Number, Number>>> readers_of_;  ///< (key, how many)
  std::vector<std::vector<Number>> reads_once_;                     ///< Keys, ascending.
  std::vector<Number> ready_;
  std::vector<Number> trail_;
  std::pair<std::uint64_t, std::uint64_t> state_{};
  std::unordered_set<std::pair<std::uint64_t, std::uint64_t>, StateHash> seen_;
};

// ---------------------------------------------------------------------------------------------

CommitOrderResult solve(const CommitProblem& problem, CommitAxiom axiom,
                        CommitConstraint constraint, CommitBudget& budget, bool infers) {
  if (axiom <= CommitAxiom::causal) return KnownVisibility(problem, axiom, budget).run();
  return OrderSearch(problem, axiom, constraint, budget, infers).run();
}

/// Some of the transactions as a problem of their own, with keys numbered anew.
struct Part {
  CommitProblem problem;
  std::vector<Number> transactions;  ///< What the whole calls them, ascending.
  std::vector<Number> keys;          ///< Likewise.
};

/// What the chosen ones (ascending) read from others is forgotten. An order for all of them is one
/// for these.
Part part_of(const CommitProblem& problem, std::vector<Number> chosen) {
  Part part;
  part.transactions = std::move(chosen);
  std::vector<Number> number(problem.transactions.size(), none);
  for (Number i = 0; i < part.transactions.size(); ++i) number[part.transactions[i]] = i;
  std::map<Number, Number> keys;
  const auto key_of = [&](Number key) {
    const auto [found, is_new] = keys.try_emplace(key, static_cast<Number>(part.keys.size()));
    if (is_new) part.keys.push_back(key);
    return found->second;
  };
  for (const Number t : part.transactions) {
    CommitProblem::Transaction mine = problem.transactions[t];
    mine.reads.clear();
    for (const CommitProblem::Read& read : problem.transactions[t].reads) {
      if (read.writer == initial) {
        mine.reads.push_back({key_of(read.key), initial});
      } else if (number[read.writer] != none) {
        mine.reads.push_back({key_of(read.key), number[read.writer]});
      }
    }
    for (Number& key : mine.writes) key = key_of(key);
    std::sort(mine.writes.begin(), mine.writes.end());
    part.problem.transactions.push_back(std::move(mine));
  }
  for (const std::vector<Number>& session : problem.sessions) {
    std::vector<Number> mine;
    for (const Number t : session) {
      if (number[t] != none) mine.push_back(number[t]);
    }
    if (!mine.empty()) part.problem.sessions.push_back(std::move(mine));
  }
  for (const CommitProblem::VersionEdge& version : problem.versions) {
    if (number[version.before] != none && number[version.after] != none) {
      part.problem.versions.push_back(
          {number[version.before], number[version.after], key_of(version.key)});
    }
  }
  return part;
}

/// Calls transactions and keys what the whole calls them.
void translate(CommitOrderResult& result, const Part& part) {
  for (Number& t : result.transactions) t = part.transactions[t];
  for (CommitEdge& edge : result.cycle) {
    edge.from = part.transactions[edge.from];
    edge.to = part.transactions[edge.to];
    if (edge.why == Why::session || edge.why == Why::realtime) continue;
    edge.key = part.keys[edge.key];
    const bool has_third = edge.why == Why::unseen || edge.why == Why::replaced;
    if (has_third && edge.third != initial) edge.third = part.transactions[edge.third];
  }
}

/// Transactions that share a key or a session, directly or by way of others. The smallest first.
std::vector<std::vector<Number>> parts_of(const CommitProblem& problem, bool with_sessions) {
  std::vector<Number> parent(problem.transactions.size());
  std::iota(parent.begin(), parent.end(), Number{0});
  const auto root = [&](Number t) {
    while (parent[t] != t) t = parent[t] = parent[parent[t]];
    return t;
  };
  std::map<Number, Number> first_with;
  const auto join_by_key = [&](Number t, Number key) {
    const Number other = first_with.try_emplace(key, t).first->second;
    parent[root(t)] = root(other);
  };
  for (Number t = 0; t < problem.transactions.size(); ++t) {
    for (const CommitProblem::Read& read : problem.transactions[t].reads) {
      join_by_key(t, read.key);
    }
    for (const Number key : problem.transactions[t].writes) join_by_key(t, key);
  }
  if (with_sessions) {
    for (const std::vector<Number>& session : problem.sessions) {
      for (const Number t : session) parent[root(t)] = root(session[0]);
    }
  }
  std::map<Number, std::vector<Number>> by_root;
  for (Number t = 0; t < problem.transactions.size(); ++t) by_root[root(t)].push_back(t);
  std::vector<std::vector<Number>> parts;
  for (auto& [r, part] : by_root) parts.push_back(std::move(part));
  std::stable_sort(parts.begin(), parts.end(),
                   [](const auto& a, const auto& b) { return a.size() < b.size(); });
  return parts;
}

/// Makes the transactions of a violation fewer, as long as they remain one.
void shrink(const CommitProblem& problem, CommitAxiom axiom, CommitConstraint constraint,
            CommitOrderResult& result) {
  CheckOptions options;
  options.steps_max = shrink_steps_max;
  CommitBudget budget(options);
  std::optional<CommitOrderResult> best;
  const auto is_violated = [&](const std::vector<Number>& chosen) {
    const Part part = part_of(problem, chosen);
    CommitOrderResult found = solve(part.problem, axiom, constraint, budget, true);
    if (found.verdict != Verdict::violated) return false;
    translate(found, part);
    best = std::move(found);
    return true;
  };
  std::vector<Number> chosen = result.transactions;
  if (chosen.size() > shrink_transactions_max || !is_violated(chosen)) return;
  for (std::size_t size = std::max<std::size_t>(chosen.size() / 2, 1); size > 0;) {
    bool is_smaller = false;
    for (std::size_t begin = 0; begin < chosen.size() && !budget.is_exhausted();) {
      std::vector<Number> fewer = chosen;
      fewer.erase(
          fewer.begin() + static_cast<std::ptrdiff_t>(begin),
          fewer.begin() + static_cast<std::ptrdiff_t>(std::min(begin + size, fewer.size())));
      if (is_violated(fewer)) {
        chosen = std::move(fewer);
        is_smaller = true;
      } else {
        begin += size;
      }
    }
    if (budget.is_exhausted()) break;
    if (size == 1 && !is_smaller) break;
    if (size > 1) size /= 2;
  }
  best->transactions = chosen;
  result = std::move(*best);
}

}  // namespace

CommitBudget::CommitBudget(const CheckOptions& options)
    : steps_max_(options.steps_max),
      steps_left_(options.steps_max),
      seconds_max_(options.seconds_max),
      start_(std::chrono::steady_clock::now()) {}

bool CommitBudget::spend(std::uint64_t steps) {
  if (exhausted_) return false;
  if (steps > steps_left_) {
    exhausted_ = true;
    return false;
  }
  steps_left_ -= steps;
  if (seconds_max_ <= 0) return true;
  if (steps < until_clock_) {
    until_clock_ -= steps;
    return true;
  }
  until_clock_ = 1024;
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start_;
  is_out_of_time_ = passed.count() > seconds_max_;
  exhausted_ = is_out_of_time_;
  return !exhausted_;
}

std::string CommitBudget::reason() const {
  return is_out_of_time_ ? fmt::format("not decided within {:g} s", seconds_max_)
                         : fmt::format("not decided within {} steps", steps_max_);
}

namespace {

/// so and wr, each transaction a node.
std::vector<Edge> flow_of(const CommitProblem& problem) {
  std::vector<Edge> flow;
  for_each_session_edge(problem, [&](Number before, Number after) {
    flow.push_back({before, after, Why::session, 0, 0, 0});
  });
  for (Number t = 0; t < problem.transactions.size(); ++t) {
    for (const CommitProblem::Read& read : problem.transactions[t].reads) {
      if (read.writer != initial) flow.push_back({read.writer, t, Why::wr, read.key, 0, 0});
    }
  }
  return flow;
}

}  // namespace

std::vector<std::uint32_t> causal_way(const CommitProblem& problem, std::uint32_t from,
                                      std::uint32_t to) {
  const std::vector<Edge> flow = flow_of(problem);
  const Adjacency adjacency(flow, problem.transactions.size());
  const std::vector<Number> way =
      way_between(flow, adjacency, problem.transactions.size(), from, to, none);
  std::vector<Number> transactions;
  if (!way.empty()) transactions.push_back(from);
  for (const Number edge : way) transactions.push_back(flow[edge].to);
  return transactions;
}

std::vector<CommitEdge> causal_versions(const CommitProblem& problem, CommitBudget& budget) {
  constexpr std::size_t edges_max = 2'000'000;
  const std::size_t count = problem.transactions.size();
  if (count > matrix_nodes_max / 2) return {};
  const std::vector<Edge> flow = flow_of(problem);
  const Adjacency adjacency(flow, count);
  const std::vector<Number> order = topological_order(flow, adjacency, count);
  if (order.empty()) return {};
  std::vector<Number> position(count);
  for (Number i = 0; i < count; ++i) position[order[i]] = i;
  const Reach reach(flow, adjacency, order);

  Keys keys(problem);
  std::vector<CommitEdge> edges;
  for (Number key = 0; key < keys.writers.size(); ++key) {
    std::vector<Number>& writers = keys.writers[key];
    std::sort(writers.begin(), writers.end(),
              [&](Number a, Number b) { return position[a] < position[b]; });
    // The next writers after one, or after the initial state.
    const auto next_after = [&](std::size_t begin, Number writer) {
      std::vector<Number> next;
      for (std::size_t i = begin; i < writers.size(); ++i) {
        if (writer != initial && !reach(writer, writers[i])) continue;
        const bool is_later = std::any_of(
            next.begin(), next.end(), [&](Number earlier) { return reach(earlier, writers[i]); });
        if (!is_later) next.push_back(writers[i]);
      }
      return next;
    };
    std::map<Number, std::vector<Number>> next_of;
    next_of[initial] = next_after(0, initial);
    for (std::size_t i = 0; i < writers.size(); ++i) {
      if (!budget.spend(writers.size() / 8 + 1)) return edges;
      next_of[writers[i]] = next_after(i + 1, writers[i]);
      for (const Number next : next_of[writers[i]]) {
        edges.push_back({writers[i], next, Why::version, key, 0});
      }
    }
    for (const Keys::Readers& group : keys.readers[key]) {
      const std::vector<Number>& next = next_of[group.writer];
      if (edges.size() + next.size() * group.readers.size() > edges_max) return edges;
      for (const Number reader : group.readers) {
        for (const Number other : next) {
          if (other != reader) edges.push_back({reader, other, Why::replaced, key, group.writer});
        }
      }
    }
  }
  return edges;
}

CommitOrderResult find_commit_order(const CommitProblem& problem, CommitAxiom axiom,
                                    CommitConstraint constraint, CommitBudget& budget,
                                    const CommitOrderOptions& options) {
  const bool with_sessions =
      axiom <= CommitAxiom::causal || constraint != CommitConstraint::nothing;
  CommitOrderResult all;
  all.verdict = Verdict::holds;
  for (std::vector<Number>& chosen : parts_of(problem, with_sessions)) {
    if (chosen.size() == 1) continue;  // There is no other writer.
    const Part part = part_of(problem, std::move(chosen));
    CommitOrderResult result = solve(part.problem, axiom, constraint, budget, options.infers);
    if (result.verdict == Verdict::holds) continue;
    if (result.verdict == Verdict::violated) {
      if (options.with_witness) shrink(part.problem, axiom, constraint, result);
      translate(result, part);
      return result;
    }
    all = std::move(result);
    if (budget.is_exhausted()) break;
  }
  return all;
}

}  // namespace faultline::sim::consistency
