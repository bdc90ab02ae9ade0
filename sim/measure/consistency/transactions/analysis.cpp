#include "sim/measure/consistency/transactions/analysis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "sim/measure/consistency/transactions/anomalies.hpp"

namespace faultline::sim::consistency {

WriterIndex::WriterIndex(const TransactionHistory& history) {
  for (std::size_t t = 0; t < history.transactions.size(); ++t) {
    std::unordered_map<std::uint64_t, Value> last;  // Looked up, never walked.
    for (const MicroOperation& operation : history.transactions[t].operations) {
      const bool is_write = operation.kind == MicroOperation::Kind::write ||
                            operation.kind == MicroOperation::Kind::append;
      if (!is_write) continue;
      const auto [before, is_first] = last.try_emplace(operation.key, operation.value);
      if (!is_first) {
        entries_.at({operation.key, before->second}).is_final = false;
        before->second = operation.value;
      }
      const auto [entry, is_new] =
          entries_.try_emplace({operation.key, operation.value}, Entry{t, true, false});
      if (is_new) continue;
      // A transaction that writes a register's value again is no puzzle: it is the same writer. An
      // element that is appended again is one.
      if (entry->second.transaction != t || operation.kind == MicroOperation::Kind::append) {
        entry->second.is_ambiguous = true;
      } else {
        entry->second.is_final = true;
      }
    }
  }
}

const WriterIndex::Entry* WriterIndex::find(std::uint64_t key, Value value) const {
  const auto found = entries_.find({key, value});
  return found == entries_.end() ? nullptr : &found->second;
}

void AnomalyList::add(TransactionAnomaly anomaly) {
  constexpr int of_a_name_max = 8;
  if (++counts_[anomaly.name] > of_a_name_max) return;
  std::sort(anomaly.transactions.begin(), anomaly.transactions.end());
  anomaly.transactions.erase(std::unique(anomaly.transactions.begin(), anomaly.transactions.end()),
                             anomaly.transactions.end());
  anomalies_.push_back(std::move(anomaly));
}

std::vector<TransactionAnomaly> AnomalyList::sorted() && {
  sort_by_severity(anomalies_);
  return std::move(anomalies_);
}

CommitProblemBuilder::CommitProblemBuilder(const TransactionHistory& history,
                                           TransactionAnalysis& analysis)
    : analysis_(analysis), numbers_(history.transactions.size(), CommitProblem::initial) {
  std::unordered_map<std::uint32_t, std::size_t> sessions;
  for (std::size_t t = 0; t < history.transactions.size(); ++t) {
    if (!analysis.committed[t]) continue;
    const Transaction& transaction = history.transactions[t];
    const auto number = static_cast<CommitProblem::Number>(analysis.transactions.size());
    numbers_[t] = number;
    analysis.transactions.push_back(t);
    CommitProblem::Transaction& mine = analysis.problem.transactions.emplace_back();
    mine.is_floating = transaction.outcome != Outcome::ok;
    mine.invoked = transaction.invoked.time_since_epoch().count();
    mine.completed = mine.is_floating ? std::numeric_limits<std::int64_t>::max()
                                      : transaction.completed.time_since_epoch().count();
    const auto [session, is_new] =
        sessions.try_emplace(transaction.session, analysis.problem.sessions.size());
    if (is_new) analysis.problem.sessions.emplace_back();
    analysis.problem.sessions[session->second].push_back(number);
  }
}

CommitProblem::Number CommitProblemBuilder::key_of(std::uint64_t key) {
  const auto [found, is_new] =
      keys_.try_emplace(key, static_cast<CommitProblem::Number>(analysis_.keys.size()));
  if (is_new) analysis_.keys.push_back(key);
  return found->second;
}

void CommitProblemBuilder::add_read(std::size_t reader, std::uint64_t key,
                                    CommitProblem::Number writer) {
  analysis_.problem.transactions[numbers_[reader]].reads.push_back({key_of(key), writer});
}

void CommitProblemBuilder::add_write(std::size_t writer, std::uint64_t key) {
  analysis_.problem.transactions[numbers_[writer]].writes.push_back(key_of(key));
}

void CommitProblemBuilder::finish() {
  for (CommitProblem::Transaction& transaction : analysis_.problem.transactions) {
    std::sort(transaction.writes.begin(), transaction.writes.end());
    transaction.writes.erase(std::unique(transaction.writes.begin(), transaction.writes.end()),
                             transaction.writes.end());
  }
}

namespace {

/// The last that a transaction wrote to a key; nil if it did not.
Value last_written(const TransactionHistory& history, std::size_t transaction, std::uint64_t key) {
  Value value = nil;
  for (const MicroOperation& operation : history.transactions[transaction].operations) {
    const bool is_write = operation.kind == MicroOperation::Kind::write ||
                          operation.kind == MicroOperation::Kind::append;
    if (is_write && operation.key == key) value = operation.value;
  }
  return value;
}

}  // namespace

Dependency dependency_of(const TransactionHistory& history, const TransactionAnalysis& analysis,
                         const CommitEdge& edge) {
  Dependency dependency;
  dependency.from = analysis.transactions[edge.from];
  dependency.to = analysis.transactions[edge.to];
  const bool has_key =
      edge.why != CommitEdge::Why::session && edge.why != CommitEdge::Why::realtime;
  if (has_key) dependency.key = analysis.keys[edge.key];
  const auto written = [&](std::size_t transaction) {
    return last_written(history, transaction, dependency.key);
  };
  switch (edge.why) {
    case CommitEdge::Why::session:
      dependency.kind = DependencyKind::session;
      break;
    case CommitEdge::Why::realtime:
      dependency.kind = DependencyKind::realtime;
      break;
    case CommitEdge::Why::wr:
      dependency.kind = DependencyKind::wr;
      dependency.value = written(dependency.from);
      break;
    case CommitEdge::Why::version:
    case CommitEdge::Why::unseen:
      dependency.kind = DependencyKind::ww;
      dependency.value = written(dependency.from);
      dependency.next = written(dependency.to);
      break;
    case CommitEdge::Why::replaced:
      dependency.kind = DependencyKind::rw;
      dependency.value = edge.third == CommitProblem::initial
                             ? history.initial
                             : written(analysis.transactions[edge.third]);
      dependency.next = written(dependency.to);
      break;
  }
  return dependency;
}

TransactionAnomaly describe(const TransactionHistory& history, const TransactionAnalysis& analysis,
                            const CommitOrderResult& result, std::string name) {
  TransactionAnomaly anomaly;
  anomaly.name = std::move(name);
  for (const CommitProblem::Number t : result.transactions) {
    anomaly.transactions.push_back(analysis.transactions[t]);
  }
  if (result.cycle.empty()) {
    anomaly.why =
        fmt::format("no order of these {} transactions lets each of them read what it read",
                    anomaly.transactions.size());
    return anomaly;
  }
  for (const CommitEdge& edge : result.cycle) {
    const Dependency dependency = dependency_of(history, analysis, edge);
    if (!anomaly.why.empty()) anomaly.why += ", ";
    anomaly.why += to_text(history, dependency);
    if (edge.why == CommitEdge::Why::unseen) {
      const std::string reader = history.transaction_name(analysis.transactions[edge.third]);
      anomaly.why +=
          fmt::format(" (since {} saw {} and yet read {} of {})", reader,
                      history.transaction_name(dependency.from), history.key_name(dependency.key),
                      history.transaction_name(dependency.to));
    }
    anomaly.cycle.push_back(dependency);
  }
  anomaly.why += ": no order of them allows all of that";
  return anomaly;
}

std::string ambiguity_text(const TransactionHistory& history, std::uint64_t key, Value value) {
  std::vector<std::string> writers;
  for (std::size_t t = 0; t < history.transactions.size() && writers.size() < 2; ++t) {
    for (const MicroOperation& operation : history.transactions[t].operations) {
      const bool is_write = operation.kind == MicroOperation::Kind::write ||
                            operation.kind == MicroOperation::Kind::append;
      if (is_write && operation.key == key && operation.value == value && writers.size() < 2) {
        writers.push_back(history.transaction_name(t));
      }
    }
  }
  if (writers.size() < 2) writers.insert(writers.begin(), "the initial state");
  return fmt::format("whose write was read is not certain: {} and {} both have {} = {}", writers[0],
                     writers[1], history.key_name(key), history.values.to_text(value));
}

}  // namespace faultline::sim::consistency
