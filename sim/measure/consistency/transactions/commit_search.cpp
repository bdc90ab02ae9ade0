#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_set>
#include <utility>

#include "sim/measure/consistency/transactions/commit_graph.hpp"

namespace faultline::sim::consistency::commits {
namespace {

/// States that the search remembers, 16 bytes each and their buckets.
constexpr std::size_t states_max = 4'000'000;

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

}  // namespace

CommitOrderResult search_order(const CommitProblem& problem, CommitAxiom axiom,
                               CommitConstraint constraint, CommitBudget& budget, bool infers) {
  return OrderSearch(problem, axiom, constraint, budget, infers).run();
}

}  // namespace faultline::sim::consistency::commits
