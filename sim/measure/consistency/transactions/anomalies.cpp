#include "sim/measure/consistency/transactions/anomalies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <set>
#include <span>

namespace faultline::sim::consistency {
namespace {

/// "a": what follows from an anomaly, or from a level that holds.
struct Implication {
  std::string_view name;
  std::vector<std::string_view> implied;
};

/// Every "b" that an anomaly "a" is a case of.
const std::vector<Implication>& implied_anomalies() {
  static const std::vector<Implication> all{
      {"G0", {"G1c", "G0-process"}},
      {"G0-process", {"G1c-process", "G0-realtime"}},
      {"G0-realtime", {"G1c-realtime"}},
      {"G1a", {"G1"}},
      {"G1b", {"G1"}},
      {"G1c", {"G1", "G1c-process"}},
      {"G1c-process", {"G1-process", "G1c-realtime"}},
      {"G1c-realtime", {"G1-realtime"}},
      {"G1", {"G1-process"}},
      {"G1-process", {"G1-realtime"}},
      {"G-single-item", {"G-nonadjacent-item", "G-single-item-process"}},
      {"G-single-item-process", {"G-nonadjacent-item-process", "G-single-item-realtime"}},
      {"G-single-item-realtime", {"G-nonadjacent-item-realtime"}},
      {"G-nonadjacent-item", {"G2-item", "G-nonadjacent-item-process"}},
      {"G-nonadjacent-item-process", {"G2-item-process", "G-nonadjacent-item-realtime"}},
      {"G-nonadjacent-item-realtime", {"G2-item-realtime"}},
      {"G2-item", {"G2-item-process"}},
      {"G2-item-process", {"G2-item-realtime"}},
      {"incompatible-order", {"G1a"}},
      {"future-read", {"G1c"}},
      {"dirty-update", {"G1a"}},
      {"lost-update", {"G2-item"}},
      // Ours: a value that nobody wrote is no version of anything.
      {"thin-air-read", {"G1a", "duplicate-elements"}},
      // What a search for an order of commits finds out without naming a cycle.
      {"G-SI", {"G2-item", "G-SI-process"}},
      {"G-SI-process", {"G2-item-process", "G-SI-realtime"}},
      {"G-SI-realtime", {"G2-item-realtime"}},
  };
  return all;
}

/// What each level forbids beyond what the weaker ones do.
const std::vector<Implication>& forbidden_anomalies() {
  static const std::vector<Implication> all{
      {"read_uncommitted", {"G0", "duplicate-elements"}},
      {"read_committed", {"G1"}},
      {"cursor_stability", {"lost-update"}},
      {"read_atomic", {"internal", "G1a", "future-read", "fractured-read"}},
      {"causal", {"causality-violation"}},
      {"prefix", {"prefix-violation"}},
      {"update_atomic", {"lost-update"}},
      {"consistent_view", {"G-single-item"}},
      {"repeatable_read", {"G2-item", "lost-update"}},
      {"snapshot_isolation", {"internal", "G-nonadjacent-item", "G-SI"}},
      {"serializable", {"G2-item"}},
      {"strong_session_read_uncommitted", {"G0-process"}},
      {"strong_session_read_committed", {"G1c-process"}},
      {"strong_session_snapshot_isolation",
       {"G1-process", "G-nonadjacent-item-process", "G-SI-process"}},
      {"strong_session_serializable", {"G2-item-process"}},
      {"strong_read_uncommitted", {"G0-realtime"}},
      {"strong_read_committed", {"G1c-realtime"}},
      {"strong_snapshot_isolation",
       {"G1-realtime", "G-nonadjacent-item-realtime", "G-SI-realtime"}},
      {"strict_serializable", {"G2-item-realtime"}},
  };
  return all;
}

/// The next weaker levels of each.
const std::vector<Implication>& weaker_levels() {
  static const std::vector<Implication> all{
      {"read_committed", {"read_uncommitted"}},
      {"monotonic_atomic_view", {"read_committed"}},
      {"cursor_stability", {"read_committed"}},
      {"read_atomic", {"monotonic_atomic_view"}},
      {"causal", {"read_atomic"}},
      {"update_atomic", {"read_atomic"}},
      {"parallel_snapshot_isolation", {"causal", "update_atomic"}},
      {"prefix", {"causal"}},
      {"consistent_view", {"cursor_stability"}},
      {"repeatable_read", {"cursor_stability", "monotonic_atomic_view"}},
      {"snapshot_isolation", {"consistent_view", "parallel_snapshot_isolation", "prefix"}},
      {"serializable", {"repeatable_read", "snapshot_isolation"}},
      {"strong_session_read_uncommitted", {"read_uncommitted"}},
      {"strong_session_read_committed", {"read_committed", "strong_session_read_uncommitted"}},
      {"strong_session_snapshot_isolation",
       {"snapshot_isolation", "strong_session_read_committed"}},
      {"strong_session_serializable", {"serializable", "strong_session_snapshot_isolation"}},
      {"strong_read_uncommitted", {"strong_session_read_uncommitted"}},
      {"strong_read_committed", {"strong_session_read_committed", "strong_read_uncommitted"}},
      {"strong_snapshot_isolation", {"strong_session_snapshot_isolation", "strong_read_committed"}},
      {"strict_serializable", {"strong_session_serializable", "strong_snapshot_isolation"}},
  };
  return all;
}

/// `names` and all that follows from them.
std::set<std::string_view> closure(std::vector<std::string_view> names,
                                   const std::vector<Implication>& implications) {
  std::set<std::string_view> all(names.begin(), names.end());
  while (!names.empty()) {
    const std::string_view name = names.back();
    names.pop_back();
    for (const Implication& entry : implications) {
      if (entry.name != name) continue;
      for (const std::string_view implied : entry.implied) {
        if (all.insert(implied).second) names.push_back(implied);
      }
    }
  }
  return all;
}

/// The levels that themselves name one of the anomalies, or what these imply.
std::set<std::string_view> directly_ruled_out(std::vector<std::string_view> anomalies) {
  const std::set<std::string_view> present = closure(std::move(anomalies), implied_anomalies());
  std::set<std::string_view> levels;
  for (const Implication& entry : forbidden_anomalies()) {
    for (const std::string_view anomaly : entry.implied) {
      if (present.contains(anomaly)) levels.insert(entry.name);
    }
  }
  return levels;
}

/// The worst first.
constexpr std::array severities{
    std::string_view("thin-air-read"),
    std::string_view("duplicate-elements"),
    std::string_view("incompatible-order"),
    std::string_view("G0"),
    std::string_view("dirty-update"),
    std::string_view("G1a"),
    std::string_view("G1b"),
    std::string_view("future-read"),
    std::string_view("internal"),
    std::string_view("G1c"),
    std::string_view("G-monotonic"),
    std::string_view("non-repeatable-read"),
    std::string_view("fractured-read"),
    std::string_view("causality-violation"),
    std::string_view("lost-update"),
    std::string_view("G-single-item"),
    std::string_view("G-nonadjacent-item"),
    std::string_view("prefix-violation"),
    std::string_view("G-SI"),
    std::string_view("G2-item"),
    std::string_view("G0-process"),
    std::string_view("G1c-process"),
    std::string_view("G-single-item-process"),
    std::string_view("G-nonadjacent-item-process"),
    std::string_view("G-SI-process"),
    std::string_view("G2-item-process"),
    std::string_view("G0-realtime"),
    std::string_view("G1c-realtime"),
    std::string_view("G-single-item-realtime"),
    std::string_view("G-nonadjacent-item-realtime"),
    std::string_view("G-SI-realtime"),
    std::string_view("G2-item-realtime"),
};

std::string value_text(const TransactionHistory& history, Value value) {
  return history.values.to_text(value);
}

/// What an operation on a key did: lists grow, registers change.
std::string wrote(const TransactionHistory& history, std::uint64_t key, Value value, bool is_list) {
  return is_list
             ? fmt::format("appended {} to {}", value_text(history, value), history.key_name(key))
             : fmt::format("wrote {} = {}", history.key_name(key), value_text(history, value));
}

bool appends(const Transaction& transaction, std::uint64_t key) {
  return std::any_of(transaction.operations.begin(), transaction.operations.end(),
                     [key](const MicroOperation& operation) {
                       return operation.key == key &&
                              operation.kind == MicroOperation::Kind::append;
                     });
}

std::size_t count_of(const NamedCycle& cycle, DependencyKind kind) {
  return static_cast<std::size_t>(
      std::count_if(cycle.edges.begin(), cycle.edges.end(),
                    [kind](const Dependency& edge) { return edge.kind == kind; }));
}

/// What people call a cycle of this shape, followed by a colon; empty if they have no word for it.
std::string shape_of(const NamedCycle& cycle) {
  const std::size_t length = cycle.edges.size();
  const std::size_t anti = count_of(cycle, DependencyKind::rw);
  const std::size_t reads = count_of(cycle, DependencyKind::wr);
  const bool is_of_one_key =
      std::all_of(cycle.edges.begin(), cycle.edges.end(),
                  [&](const Dependency& edge) { return edge.key == cycle.edges[0].key; });
  if (length == 2 && anti == 2) return is_of_one_key ? "Lost update: " : "Write skew: ";
  if (length == 2 && anti == 1 && reads == 1) {
    return is_of_one_key ? "Fractured read: " : "Read skew: ";
  }
  if (length == 4 && anti == 2 && reads == 2 && cycle.name.starts_with("G-nonadjacent")) {
    return "Long fork: ";
  }
  if (length == 2 && anti == 1 && cycle.edges[1].kind >= DependencyKind::session) {
    return "Stale read: ";
  }
  return "";
}

}  // namespace

bool is_forbidden(std::string_view anomaly, TransactionLevel level) {
  const std::set<std::string_view> levels = directly_ruled_out({anomaly});
  const std::set<std::string_view> included = closure({to_text(level)}, weaker_levels());
  return std::any_of(levels.begin(), levels.end(),
                     [&](std::string_view name) { return included.contains(name); });
}

std::vector<std::string> weakest_ruled_out(const std::vector<std::string>& anomalies) {
  const std::set<std::string_view> direct =
      directly_ruled_out({anomalies.begin(), anomalies.end()});
  // A level that includes one that is ruled out is no news.
  std::vector<std::string> weakest;
  for (const std::string_view level : direct) {
    std::set<std::string_view> weaker = closure({level}, weaker_levels());
    weaker.erase(level);
    const bool is_news = std::none_of(weaker.begin(), weaker.end(), [&](std::string_view other) {
      return direct.contains(other);
    });
    if (is_news) weakest.emplace_back(level);
  }
  return weakest;
}

int severity(std::string_view anomaly) {
  const auto found = std::find(severities.begin(), severities.end(), anomaly);
  return static_cast<int>(std::distance(severities.begin(), found));
}

void sort_by_severity(std::vector<TransactionAnomaly>& anomalies) {
  std::stable_sort(anomalies.begin(), anomalies.end(),
                   [](const TransactionAnomaly& a, const TransactionAnomaly& b) {
                     return severity(a.name) < severity(b.name);
                   });
}

std::string to_text(const TransactionHistory& history, const Dependency& dependency) {
  const std::string from = history.transaction_name(dependency.from);
  const std::string to = history.transaction_name(dependency.to);
  const bool is_list = dependency.kind <= DependencyKind::rw &&
                       (appends(history.transactions[dependency.from], dependency.key) ||
                        appends(history.transactions[dependency.to], dependency.key));
  switch (dependency.kind) {
    case DependencyKind::ww:
      return fmt::format("{} {} before {} {}", from,
                         wrote(history, dependency.key, dependency.value, is_list), to,
                         wrote(history, dependency.key, dependency.next, is_list));
    case DependencyKind::wr:
      return fmt::format("{} {}, which {} read", from,
                         wrote(history, dependency.key, dependency.value, is_list), to);
    case DependencyKind::rw:
      if (is_list) {
        return fmt::format("{} read {} {} before {} {}", from, history.key_name(dependency.key),
                           dependency.value == nil
                               ? std::string("empty")
                               : "up to " + value_text(history, dependency.value),
                           to, wrote(history, dependency.key, dependency.next, is_list));
      }
      return fmt::format("{} read {}: {} before {} {}", from, history.key_name(dependency.key),
                         value_text(history, dependency.value), to,
                         wrote(history, dependency.key, dependency.next, is_list));
    case DependencyKind::session:
      return fmt::format("{} came before {} in session {}", from, to,
                         history.session_name(history.transactions[dependency.from].session));
    case DependencyKind::realtime:
      return fmt::format("{} had ended when {} began", from, to);
  }
  return "";
}

void shorten(NamedCycle& cycle) {
  std::vector<Dependency> edges;
  for (const Dependency& edge : cycle.edges) {
    const bool goes_on =
        !edges.empty() && edge.kind == DependencyKind::ww && edges.back().key == edge.key &&
        (edges.back().kind == DependencyKind::ww || edges.back().kind == DependencyKind::rw);
    if (goes_on && edge.to != edges.back().from) {
      edges.back().to = edge.to;
      edges.back().next = edge.next;
    } else {
      edges.push_back(edge);
    }
  }
  cycle.edges = std::move(edges);
}

TransactionAnomaly describe(const TransactionHistory& history, const NamedCycle& cycle) {
  TransactionAnomaly anomaly;
  anomaly.name = cycle.name;
  anomaly.cycle = cycle.edges;
  anomaly.why = shape_of(cycle);
  for (std::size_t i = 0; i < cycle.edges.size(); ++i) {
    if (i > 0) anomaly.why += ", ";
    anomaly.why += to_text(history, cycle.edges[i]);
    anomaly.transactions.push_back(cycle.edges[i].from);
  }
  anomaly.why += cycle.edges.size() == 2 ? ": no order of the two allows both"
                                         : ": no order of them allows all of that";
  std::sort(anomaly.transactions.begin(), anomaly.transactions.end());
  anomaly.transactions.erase(std::unique(anomaly.transactions.begin(), anomaly.transactions.end()),
                             anomaly.transactions.end());
  return anomaly;
}

Witness witness_of(const TransactionHistory& history, const TransactionAnomaly& anomaly) {
  Witness witness;
  witness.why = anomaly.why;
  witness.clock = history.clock;
  std::vector<std::size_t> order = anomaly.transactions;
  if (history.timed) {
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return history.transactions[a].invoked < history.transactions[b].invoked;
    });
  }
  for (const std::size_t index : order) {
    const Transaction& transaction = history.transactions[index];
    WitnessOperation shown;
    shown.session = history.session_name(transaction.session);
    if (transaction.node < history.node_names.size()) {
      shown.node = history.node_names[transaction.node];
    }
    shown.text =
        fmt::format("{}: {}{}", history.transaction_name(index), history.to_text(transaction),
                    transaction.outcome == Outcome::fail ? ", abort" : "");
    shown.outcome = transaction.outcome;
    if (history.timed) {
      shown.invoked = transaction.invoked;
      if (transaction.outcome != Outcome::unknown) shown.completed = transaction.completed;
    }
    shown.index = index;
    witness.operations.push_back(std::move(shown));
  }
  return witness;
}

}  // namespace faultline::sim::consistency
