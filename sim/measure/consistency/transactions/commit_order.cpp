#include "sim/measure/consistency/transactions/commit_order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "sim/measure/consistency/transactions/commit_graph.hpp"

namespace faultline::sim::consistency {
namespace {

using commits::Adjacency;
using commits::Edge;
using commits::initial;
using commits::Keys;
using commits::none;
using commits::Number;
using commits::Reach;
using commits::Why;

/// Work for making a witness smaller, in steps.
constexpr std::uint64_t shrink_steps_max = 20'000'000;
constexpr std::size_t shrink_transactions_max = 600;

CommitOrderResult solve(const CommitProblem& problem, CommitAxiom axiom,
                        CommitConstraint constraint, CommitBudget& budget, bool infers) {
  if (axiom <= CommitAxiom::causal) return commits::saturate(problem, axiom, budget);
  return commits::search_order(problem, axiom, constraint, budget, infers);
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
  commits::for_each_session_edge(problem, [&](Number before, Number after) {
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
      commits::way_between(flow, adjacency, problem.transactions.size(), from, to, none);
  std::vector<Number> transactions;
  if (!way.empty()) transactions.push_back(from);
  for (const Number edge : way) transactions.push_back(flow[edge].to);
  return transactions;
}

std::vector<CommitEdge> causal_versions(const CommitProblem& problem, CommitBudget& budget) {
  constexpr std::size_t edges_max = 2'000'000;
  const std::size_t count = problem.transactions.size();
  if (count > commits::matrix_nodes_max / 2) return {};
  const std::vector<Edge> flow = flow_of(problem);
  const Adjacency adjacency(flow, count);
  const std::vector<Number> order = commits::topological_order(flow, adjacency, count);
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
