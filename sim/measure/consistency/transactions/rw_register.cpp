#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "sim/measure/consistency/transactions/analysis.hpp"
#include "sim/measure/consistency/transactions/anomalies.hpp"

namespace faultline::sim::consistency {
namespace {

using Kind = MicroOperation::Kind;

class RwRegister {
 public:
  RwRegister(const TransactionHistory& history, CommitBudget& budget)
      : history_(history), budget_(budget), writers_(history) {}

  TransactionAnalysis run() {
    find_committed();
    CommitProblemBuilder builder(history_, analysis_);
    for (const std::size_t t : analysis_.transactions) read_transaction(t, builder);
    builder.finish();
    if (!analysis_.ambiguity.empty()) return std::move(analysis_);
    check_lost_updates();
    find_cycles();
    analysis_.anomalies = std::move(anomalies_).sorted();
    return std::move(analysis_);
  }

 private:
  std::string name(std::size_t t) const { return history_.transaction_name(t); }
  bool is_initial(Value value) const { return value == nil || value == history_.initial; }

  void report(std::string_view what, std::vector<std::size_t> transactions, std::string why) {
    TransactionAnomaly anomaly;
    anomaly.name = what;
    anomaly.why = std::move(why);
    anomaly.transactions = std::move(transactions);
    anomalies_.add(std::move(anomaly));
  }

  void find_committed() {
    analysis_.committed.resize(history_.transactions.size());
    for (std::size_t t = 0; t < history_.transactions.size(); ++t) {
      const Transaction& transaction = history_.transactions[t];
      if (transaction.outcome != Outcome::ok) continue;
      analysis_.committed[t] = true;
      for (const MicroOperation& operation : transaction.operations) {
        if (operation.kind != Kind::read) continue;
        const WriterIndex::Entry* writer = writers_.find(operation.key, operation.value);
        if (writer == nullptr) continue;
        if (writer->is_ambiguous || is_initial(operation.value)) {
          if (analysis_.ambiguity.empty()) {
            analysis_.ambiguity = ambiguity_text(history_, operation.key, operation.value);
          }
        } else if (history_.transactions[writer->transaction].outcome == Outcome::unknown) {
          analysis_.committed[writer->transaction] = true;
        }
      }
    }
  }

  void read_transaction(std::size_t t, CommitProblemBuilder& builder) {
    const Transaction& transaction = history_.transactions[t];
    std::unordered_map<std::uint64_t, Value> written;  // Looked up, never walked, as is the next.
    std::unordered_map<std::uint64_t, Value> first_read;
    for (const MicroOperation& operation : transaction.operations) {
      if (operation.kind == Kind::write) {
        builder.add_write(t, operation.key);
        written[operation.key] = operation.value;
        continue;
      }
      if (transaction.outcome != Outcome::ok) continue;
      const auto own = written.find(operation.key);
      if (own != written.end()) {
        if (own->second != operation.value) {
          report("internal", with_writers(t, operation.key, {operation.value}),
                 fmt::format("{} read {} after it had written {}", name(t),
                             history_.to_text(operation), history_.values.to_text(own->second)));
        }
        continue;
      }
      const auto [first, is_first] = first_read.try_emplace(operation.key, operation.value);
      if (!is_first && first->second != operation.value &&
          !(is_initial(first->second) && is_initial(operation.value))) {
        report("non-repeatable-read",
               with_writers(t, operation.key, {first->second, operation.value}),
               fmt::format("{} read {} after it had read {}", name(t), history_.to_text(operation),
                           history_.values.to_text(first->second)));
      }
      read(t, operation, builder);
    }
  }

  /// The reader and whoever wrote what it read.
  std::vector<std::size_t> with_writers(std::size_t t, std::uint64_t key,
                                        std::initializer_list<Value> values) const {
    std::vector<std::size_t> transactions{t};
    for (const Value value : values) {
      const WriterIndex::Entry* writer = writers_.find(key, value);
      if (writer != nullptr) transactions.push_back(writer->transaction);
    }
    return transactions;
  }

  void read(std::size_t t, const MicroOperation& operation, CommitProblemBuilder& builder) {
    if (is_initial(operation.value)) {
      builder.add_read(t, operation.key, CommitProblem::initial);
      return;
    }
    const WriterIndex::Entry* writer = writers_.find(operation.key, operation.value);
    if (writer == nullptr) {
      report("thin-air-read", {t},
             fmt::format("{} read {}, which nobody wrote", name(t), history_.to_text(operation)));
    } else if (history_.transactions[writer->transaction].outcome == Outcome::fail) {
      report("G1a", {t, writer->transaction},
             fmt::format("{} read {}, which {} wrote and then aborted", name(t),
                         history_.to_text(operation), name(writer->transaction)));
    } else if (writer->transaction == t) {
      report("future-read", {t},
             fmt::format("{} read {} before it wrote it", name(t), history_.to_text(operation)));
    } else if (!writer->is_final) {
      report("G1b", {t, writer->transaction},
             fmt::format("{} read {}, which {} wrote before it wrote {} again", name(t),
                         history_.to_text(operation), name(writer->transaction),
                         history_.key_name(operation.key)));
    } else {
      builder.add_read(t, operation.key, builder.number_of(writer->transaction));
    }
  }

  /// Two transactions that read the same version of a key and then both replace it.
  void check_lost_updates() {
    std::map<std::pair<CommitProblem::Number, CommitProblem::Number>, CommitProblem::Number>
        updates;
    for (CommitProblem::Number t = 0; t < analysis_.problem.transactions.size(); ++t) {
      const CommitProblem::Transaction& transaction = analysis_.problem.transactions[t];
      for (const CommitProblem::Read& read : transaction.reads) {
        if (!std::binary_search(transaction.writes.begin(), transaction.writes.end(), read.key)) {
          continue;
        }
        const auto [other, is_first] = updates.try_emplace({read.key, read.writer}, t);
        if (is_first || other->second == t) continue;
        const std::size_t first = analysis_.transactions[other->second];
        const std::size_t second = analysis_.transactions[t];
        std::vector<std::size_t> transactions{first, second};
        if (read.writer != CommitProblem::initial) {
          transactions.push_back(analysis_.transactions[read.writer]);
        }
        report("lost-update", std::move(transactions),
               fmt::format("{} and {} both read {} of {} and then both replaced it", name(first),
                           name(second), history_.key_name(analysis_.keys[read.key]),
                           read.writer == CommitProblem::initial
                               ? std::string("the initial value")
                               : name(analysis_.transactions[read.writer])));
      }
    }
  }

  void find_cycles() {
    DependencyGraph graph(history_, analysis_.committed);
    const CommitProblem& problem = analysis_.problem;
    for (CommitProblem::Number t = 0; t < problem.transactions.size(); ++t) {
      for (const CommitProblem::Read& read : problem.transactions[t].reads) {
        if (read.writer == CommitProblem::initial) continue;
        graph.add(
            dependency_of(history_, analysis_, {read.writer, t, CommitEdge::Why::wr, read.key, 0}));
      }
    }
    for (const CommitEdge& edge : causal_versions(problem, budget_)) {
      graph.add(dependency_of(history_, analysis_, edge));
    }
    graph.add_session_order();
    if (history_.timed) graph.add_realtime_order();
    for (NamedCycle& cycle : graph.cycles()) {
      shorten(cycle);
      TransactionAnomaly anomaly = describe(history_, cycle);
      add_reasons(anomaly);
      anomalies_.add(std::move(anomaly));
    }
  }

  /// Without whom the dependencies of the cycle would not follow: who wrote what was read, and by
  /// way of whom one version is known to be before another.
  void add_reasons(TransactionAnomaly& anomaly) const {
    const auto number_of = [&](std::size_t t) {
      return static_cast<CommitProblem::Number>(
          std::lower_bound(analysis_.transactions.begin(), analysis_.transactions.end(), t) -
          analysis_.transactions.begin());
    };
    for (const Dependency& edge : anomaly.cycle) {
      if (edge.kind != DependencyKind::ww && edge.kind != DependencyKind::rw) continue;
      std::size_t writer = edge.from;
      if (edge.kind == DependencyKind::rw) {
        if (is_initial(edge.value)) continue;
        writer = writers_.find(edge.key, edge.value)->transaction;
      }
      for (const CommitProblem::Number t :
           causal_way(analysis_.problem, number_of(writer), number_of(edge.to))) {
        anomaly.transactions.push_back(analysis_.transactions[t]);
      }
    }
  }

  const TransactionHistory& history_;
  CommitBudget& budget_;
  WriterIndex writers_;
  TransactionAnalysis analysis_;
  AnomalyList anomalies_;
};

}  // namespace

TransactionAnalysis analyze_rw_register(const TransactionHistory& history, CommitBudget& budget) {
  return RwRegister(history, budget).run();
}

}  // namespace faultline::sim::consistency
