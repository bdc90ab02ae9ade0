#include <algorithm>
#include <map>
#include <unordered_set>
#include <utility>

#include "sim/measure/consistency/transactions/commit_graph.hpp"
#include "sim/param/assert.hpp"

namespace faultline::sim::consistency::commits {
namespace {

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

}  // namespace

CommitOrderResult saturate(const CommitProblem& problem, CommitAxiom axiom, CommitBudget& budget) {
  return KnownVisibility(problem, axiom, budget).run();
}

}  // namespace faultline::sim::consistency::commits
