#include "sim/measure/consistency/transactions/check.hpp"

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <string_view>

#include "sim/measure/consistency/transactions/analysis.hpp"
#include "sim/measure/consistency/transactions/anomalies.hpp"
#include "sim/measure/consistency/transactions/commit_order.hpp"
#include "sim/param/assert.hpp"

namespace faultline::sim::consistency {
namespace {

using Level = TransactionLevel;

bool is_one_of(Level level, std::initializer_list<Level> levels) {
  return std::find(levels.begin(), levels.end(), level) != levels.end();
}

/// Whether the level speaks of real time.
bool is_strong(Level level) {
  return is_one_of(level, {Level::strong_read_uncommitted, Level::strong_read_committed,
                           Level::strong_snapshot_isolation, Level::strict_serializable});
}

bool is_of_sessions(Level level) {
  return is_one_of(level,
                   {Level::strong_session_read_uncommitted, Level::strong_session_read_committed,
                    Level::strong_session_snapshot_isolation, Level::strong_session_serializable});
}

/// The axiom of a level for an order of commits.
CommitAxiom axiom_of(Level level) {
  switch (level) {
    case Level::read_committed:
      return CommitAxiom::read_committed;
    case Level::read_atomic:
      return CommitAxiom::read_atomic;
    case Level::causal:
      return CommitAxiom::causal;
    case Level::prefix:
      return CommitAxiom::prefix;
    case Level::snapshot_isolation:
    case Level::strong_session_snapshot_isolation:
    case Level::strong_snapshot_isolation:
      return CommitAxiom::snapshot_isolation;
    case Level::serializable:
    case Level::strong_session_serializable:
    case Level::strict_serializable:
      return CommitAxiom::serializable;
    default:
      break;
  }
  SIM_ASSERT(!"a level without an axiom");
  return CommitAxiom::serializable;
}

/// What to call a violation of an axiom that no cycle or pattern explains.
std::string_view violation_name(CommitAxiom axiom) {
  switch (axiom) {
    case CommitAxiom::read_committed:
      return "G-monotonic";
    case CommitAxiom::read_atomic:
      return "fractured-read";
    case CommitAxiom::causal:
      return "causality-violation";
    case CommitAxiom::prefix:
      return "prefix-violation";
    case CommitAxiom::snapshot_isolation:
      return "G-SI";
    case CommitAxiom::serializable:
      return "G2-item";
  }
  return "";
}

/// The weakest axiom that a register history with the anomaly violates. The dependencies of
/// registers follow from causality, so that a cycle with one rw edge is a read of what was causally
/// replaced; one with several rw edges, none after another, goes against every order of snapshots;
/// and any other goes against every order of transactions.
CommitAxiom axiom_against(std::string_view anomaly) {
  const auto begins = [anomaly](std::string_view prefix) { return anomaly.starts_with(prefix); };
  if (anomaly == "non-repeatable-read" || anomaly == "fractured-read") {
    return CommitAxiom::read_atomic;
  }
  if (begins("G-single") || anomaly == "causality-violation") return CommitAxiom::causal;
  if (begins("G-nonadjacent") || anomaly == "prefix-violation") return CommitAxiom::prefix;
  if (anomaly == "lost-update" || begins("G-SI")) return CommitAxiom::snapshot_isolation;
  if (begins("G2-item")) return CommitAxiom::serializable;
  return CommitAxiom::read_committed;
}

bool is_forbidden_by_axiom(std::string_view anomaly, Level level) {
  if (anomaly.ends_with("-realtime") && !is_strong(level)) return false;
  return axiom_against(anomaly) <= axiom_of(level);
}

/// The levels that hold if this one does, of those the model has; the nearest ones.
std::vector<Level> next_weaker(Level level, TransactionModel model) {
  const bool is_list = model == TransactionModel::list_append;
  switch (level) {
    case Level::read_uncommitted:
      return {};
    case Level::read_committed:
      return is_list ? std::vector{Level::read_uncommitted} : std::vector<Level>{};
    case Level::read_atomic:
      return {Level::read_committed};
    case Level::causal:
      return {Level::read_atomic};
    case Level::prefix:
      return {Level::causal};
    case Level::consistent_view:
    case Level::repeatable_read:
      return {Level::read_committed};
    case Level::snapshot_isolation:
      return is_list ? std::vector{Level::consistent_view} : std::vector{Level::prefix};
    case Level::serializable:
      return is_list ? std::vector{Level::snapshot_isolation, Level::repeatable_read}
                     : std::vector{Level::snapshot_isolation};
    case Level::strong_session_read_uncommitted:
      return {Level::read_uncommitted};
    case Level::strong_session_read_committed:
      return {Level::read_committed, Level::strong_session_read_uncommitted};
    case Level::strong_session_snapshot_isolation:
      return is_list ? std::vector{Level::snapshot_isolation, Level::prefix,
                                   Level::strong_session_read_committed}
                     : std::vector{Level::snapshot_isolation};
    case Level::strong_session_serializable:
      return {Level::serializable, Level::strong_session_snapshot_isolation};
    case Level::strong_read_uncommitted:
      return {Level::strong_session_read_uncommitted};
    case Level::strong_read_committed:
      return {Level::strong_session_read_committed, Level::strong_read_uncommitted};
    case Level::strong_snapshot_isolation:
      return is_list ? std::vector{Level::strong_session_snapshot_isolation,
                                   Level::strong_read_committed}
                     : std::vector{Level::strong_session_snapshot_isolation};
    case Level::strict_serializable:
      return {Level::strong_session_serializable, Level::strong_snapshot_isolation};
  }
  return {};
}

/// A history of one model, analyzed once and asked about any number of levels.
class Checker {
 public:
  Checker(const TransactionHistory& history, TransactionModel model, const CheckOptions& options)
      : history_(history), model_(model), options_(options), budget_(options) {
    analysis_ = model == TransactionModel::list_append ? analyze_list_append(history)
                                                       : analyze_rw_register(history, budget_);
  }

  /// What was found is kept, and the whole budget is there again.
  void renew_budget() { budget_ = CommitBudget(options_); }
  TransactionCheck check(Level level) {
    TransactionCheck check;
    for (const TransactionAnomaly& anomaly : analysis_.anomalies) {
      if (speaks_of(level, anomaly.name)) check.anomalies.push_back(anomaly);
    }
    decide(level, check);
    if (check.result.verdict == Verdict::violated) fill_violated(level, check);
    check.ruled_out = ruled_out(check.anomalies);
    return check;
  }

 private:
  bool is_list() const { return model_ == TransactionModel::list_append; }

  /// Whether the level has to do with the order of sessions or real time, if the anomaly has.
  bool speaks_of(Level level, std::string_view anomaly) const {
    if (anomaly.ends_with("-realtime")) return is_strong(level);
    if (anomaly.ends_with("-process") && is_list()) {
      return is_strong(level) || is_of_sessions(level);
    }
    return true;
  }

  bool forbids(Level level, std::string_view anomaly) const {
    return is_list() ? is_forbidden(anomaly, level) : is_forbidden_by_axiom(anomaly, level);
  }

  std::vector<std::string> ruled_out(const std::vector<TransactionAnomaly>& anomalies) const {
    std::vector<std::string> names;
    for (const TransactionAnomaly& anomaly : anomalies) names.push_back(anomaly.name);
    if (is_list()) return weakest_ruled_out(names);
    const auto is_out = [&](Level level) {
      return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return is_forbidden_by_axiom(name, level);
      });
    };
    std::vector<std::string> weakest;
    for (const Level level : transaction_levels(model_)) {
      const std::vector<Level> weaker = next_weaker(level, model_);
      const bool is_news = std::none_of(weaker.begin(), weaker.end(), is_out);
      if (is_out(level) && is_news) weakest.emplace_back(to_text(level));
    }
    return weakest;
  }

  void decide(Level level, TransactionCheck& check) {
    CheckResult& result = check.result;
    result.verdict = Verdict::unknown;
    if (!analysis_.ambiguity.empty()) {
      result.reason = analysis_.ambiguity;
      return;
    }
    const bool has_forbidden = std::any_of(
        check.anomalies.begin(), check.anomalies.end(),
        [&](const TransactionAnomaly& anomaly) { return forbids(level, anomaly.name); });
    if (has_forbidden) {
      result.verdict = Verdict::violated;
      return;
    }
    if (!analysis_.incompleteness.empty()) {
      result.reason = analysis_.incompleteness;
      return;
    }
    if (needs_order(level)) {
      find_order(level, check);
    } else if (level == Level::consistent_view && analysis_.has_open_orders) {
      find_consistent_view(check);
    } else {
      result.verdict = Verdict::holds;
    }
    if (result.verdict == Verdict::holds && is_strong(level) && !history_.timed) {
      result.verdict = Verdict::unknown;
      result.reason = "the history has no times";
    }
  }

  /// Whether the absence of forbidden anomalies does not prove the level.
  bool needs_order(Level level) const {
    if (!is_list()) return true;
    if (is_one_of(level, {Level::read_atomic, Level::causal, Level::prefix})) return true;
    // With the order of versions known, an acyclic graph is a proof. Where it is open, versions in
    // a topological order of the graph do for the levels that forbid all cycles of some edges; for
    // snapshots they may not.
    return analysis_.has_open_orders &&
           is_one_of(level, {Level::snapshot_isolation, Level::strong_session_snapshot_isolation,
                             Level::strong_snapshot_isolation});
  }

  /// It is not known how to choose the open orders so that no cycle has a single rw edge, if any
  /// will do. Stronger levels prove it; else some choices are tried, or all if they are few.
  void find_consistent_view(TransactionCheck& check) {
    const auto has_none_against = [&](Level level) {
      return std::none_of(
          analysis_.anomalies.begin(), analysis_.anomalies.end(),
          [&](const TransactionAnomaly& anomaly) { return is_forbidden(anomaly.name, level); });
    };
    CheckResult& result = check.result;
    result.verdict = Verdict::holds;
    if (has_none_against(Level::serializable)) return;
    if (has_none_against(Level::snapshot_isolation) &&
        find_commit_order(analysis_.problem, CommitAxiom::snapshot_isolation,
                          CommitConstraint::nothing, budget_, {.with_witness = false})
                .verdict == Verdict::holds) {
      return;
    }
    const ConsistentView view = consistent_view_of(history_, analysis_);
    result.verdict = view.verdict;
    if (view.verdict == Verdict::unknown) {
      result.reason = "the order of some unread appends is open, and not every one will do";
    }
    check.anomalies.insert(check.anomalies.end(), view.anomalies.begin(), view.anomalies.end());
    sort_by_severity(check.anomalies);
  }

  void find_order(Level level, TransactionCheck& check) {
    const CommitAxiom axiom = axiom_of(level);
    const bool has_realtime = is_strong(level) && history_.timed;
    const bool is_plain_adya =
        is_list() && is_one_of(level, {Level::snapshot_isolation, Level::serializable});
    const CommitConstraint constraint = has_realtime    ? CommitConstraint::realtime
                                        : is_plain_adya ? CommitConstraint::nothing
                                                        : CommitConstraint::sessions;
    const CommitOrderResult found = find_commit_order(analysis_.problem, axiom, constraint, budget_,
                                                      {.with_witness = options_.with_witness});
    check.result.verdict = found.verdict;
    check.result.reason = found.reason;
    if (found.verdict != Verdict::violated) return;
    std::string name(violation_name(axiom));
    if (is_list() && is_of_sessions(level)) name += "-process";
    if (has_realtime) {
      // A name without the suffix says that it is wrong even without real time.
      const CommitOrderResult without = find_commit_order(
          analysis_.problem, axiom, CommitConstraint::sessions, budget_, {.with_witness = false});
      if (without.verdict != Verdict::violated) name += "-realtime";
    }
    check.anomalies.push_back(describe(history_, analysis_, found, name));
    sort_by_severity(check.anomalies);
  }

  void fill_violated(Level level, TransactionCheck& check) const {
    CheckResult& result = check.result;
    const TransactionAnomaly* worst = nullptr;
    for (const TransactionAnomaly& anomaly : check.anomalies) {
      if (!forbids(level, anomaly.name)) continue;
      if (worst == nullptr) worst = &anomaly;
      if (std::find(result.anomalies.begin(), result.anomalies.end(), anomaly.name) ==
          result.anomalies.end()) {
        result.anomalies.push_back(anomaly.name);
      }
    }
    SIM_ASSERT(worst != nullptr);
    if (options_.with_witness) result.witness = witness_of(history_, *worst);
  }

  const TransactionHistory& history_;
  TransactionModel model_;
  CheckOptions options_;
  CommitBudget budget_;
  TransactionAnalysis analysis_;
};

/// Whether a history that holds at `stronger` holds at `weaker`.
bool is_implied(Level weaker, Level stronger, TransactionModel model) {
  if (weaker == stronger) return true;
  const std::vector<Level> nearest = next_weaker(stronger, model);
  return std::any_of(nearest.begin(), nearest.end(),
                     [&](Level level) { return is_implied(weaker, level, model); });
}

bool has_level(TransactionModel model, Level level) {
  const std::vector<Level> levels = transaction_levels(model);
  return std::find(levels.begin(), levels.end(), level) != levels.end();
}

}  // namespace

std::string_view to_text(DependencyKind kind) {
  switch (kind) {
    case DependencyKind::ww:
      return "ww";
    case DependencyKind::wr:
      return "wr";
    case DependencyKind::rw:
      return "rw";
    case DependencyKind::session:
      return "process";
    case DependencyKind::realtime:
      return "realtime";
  }
  return "";
}

TransactionCheck check_transactions(const TransactionHistory& history, TransactionModel model,
                                    TransactionLevel level, const CheckOptions& options) {
  SIM_ASSERT(has_level(model, level));
  const auto start = std::chrono::steady_clock::now();
  TransactionCheck check = Checker(history, model, options).check(level);
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  check.result.model = to_text(model);
  check.result.level = to_text(level);
  check.result.operations = history.transactions.size();
  check.result.seconds = passed.count();
  return check;
}

std::vector<std::pair<TransactionLevel, Verdict>> check_transaction_levels(
    const TransactionHistory& history, TransactionModel model, const CheckOptions& options) {
  CheckOptions plain = options;
  plain.with_witness = false;
  Checker checker(history, model, plain);
  const std::vector<Level> levels = transaction_levels(model);
  std::vector<std::pair<Level, Verdict>> verdicts;
  const auto verdict_of = [&](Level level) -> Verdict& {
    return std::find_if(verdicts.begin(), verdicts.end(),
                        [level](const auto& entry) { return entry.first == level; })
        ->second;
  };
  // A level does not hold without the weaker ones.
  for (const Level level : levels) {
    const std::vector<Level> weaker = next_weaker(level, model);
    const bool is_ruled_out = std::any_of(weaker.begin(), weaker.end(), [&](Level other) {
      return verdict_of(other) == Verdict::violated;
    });
    verdicts.emplace_back(level,
                          is_ruled_out ? Verdict::violated : checker.check(level).result.verdict);
  }
  // And the weaker ones hold with it, if they could not be decided.
  for (auto level = verdicts.rbegin(); level != verdicts.rend(); ++level) {
    if (level->second != Verdict::holds) continue;
    for (const Level weaker : next_weaker(level->first, model)) {
      SIM_ASSERT(verdict_of(weaker) != Verdict::violated);
      verdict_of(weaker) = Verdict::holds;
    }
  }
  return verdicts;
}

std::vector<std::pair<TransactionLevel, TransactionCheck>> check_each_transaction_level(
    const TransactionHistory& history, TransactionModel model, const std::vector<Level>& wanted,
    const CheckOptions& options) {
  Checker checker(history, model, options);
  std::vector<std::pair<Level, TransactionCheck>> checks;
  for (const Level level : transaction_levels(model)) {
    if (std::find(wanted.begin(), wanted.end(), level) != wanted.end()) {
      checks.emplace_back(level, TransactionCheck{});
    }
  }
  SIM_ASSERT(checks.size() == wanted.size());
  // The strongest first: if it holds, nothing else has to be searched for.
  std::vector<bool> decided(checks.size());
  for (std::size_t i = checks.size(); i-- > 0;) {
    if (decided[i]) continue;
    checker.renew_budget();
    checks[i].second = checker.check(checks[i].first);
    decided[i] = checks[i].second.result.verdict != Verdict::unknown;
    if (checks[i].second.result.verdict != Verdict::holds) continue;
    for (std::size_t weaker = 0; weaker < checks.size(); ++weaker) {
      if (decided[weaker] || !is_implied(checks[weaker].first, checks[i].first, model)) continue;
      checks[weaker].second = checks[i].second;
      decided[weaker] = true;
    }
  }
  for (std::size_t i = 0; i < checks.size(); ++i) {
    if (decided[i]) continue;
    for (std::size_t weaker = 0; weaker < i; ++weaker) {
      const TransactionCheck& found = checks[weaker].second;
      if (found.result.verdict != Verdict::violated) continue;
      if (!is_implied(checks[weaker].first, checks[i].first, model)) continue;
      checks[i].second = found;
      break;
    }
  }
  for (auto& [level, check] : checks) {
    check.result.model = to_text(model);
    check.result.level = to_text(level);
    check.result.operations = history.transactions.size();
  }
  return checks;
}

}  // namespace faultline::sim::consistency
