#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "sim/measure/consistency/transactions/analysis.hpp"
#include "sim/measure/consistency/transactions/anomalies.hpp"
#include "sim/param/assert.hpp"

namespace faultline::sim::consistency {
namespace {

using Kind = MicroOperation::Kind;

/// More edges than this to writes in an open order are not made.
constexpr std::size_t open_edges_max = 5'000'000;

constexpr std::size_t nobody = static_cast<std::size_t>(-1);

/// The versions of one key, as the longest read tells them.
struct Versions {
  std::vector<Value> elements;
  std::vector<std::size_t> writers;  ///< Of each element; nobody if it is not a committed one.
  std::unordered_map<Value, std::size_t> position;  ///< Looked up, never walked.
  /// Committed writers of elements that no read shows: after all the others, in an open order.
  std::vector<std::pair<std::size_t, Value>> unseen;
  std::vector<const std::vector<Value>*> reads;  ///< Of committed transactions, not empty.
};

class ListAppend {
 public:
  explicit ListAppend(const TransactionHistory& history) : history_(history), writers_(history) {}

  TransactionAnalysis run() {
    collect_reads();
    if (!analysis_.ambiguity.empty()) return std::move(analysis_);
    find_committed();
    find_versions();
    for (std::size_t t = 0; t < history_.transactions.size(); ++t) {
      if (history_.transactions[t].outcome == Outcome::ok) {
        check_inside(t);
        check_reads(t);
      }
    }
    check_orders();
    check_dirty_updates();
    check_lost_updates();
    find_cycles();
    build_problem();
    analysis_.anomalies = std::move(anomalies_).sorted();
    return std::move(analysis_);
  }

 private:
  std::string name(std::size_t t) const { return history_.transaction_name(t); }
  std::string text(Value value) const { return history_.values.to_text(value); }

  void report(std::string_view what, std::vector<std::size_t> transactions, std::string why) {
    TransactionAnomaly anomaly;
    anomaly.name = what;
    anomaly.why = std::move(why);
    anomaly.transactions = std::move(transactions);
    anomalies_.add(std::move(anomaly));
  }

  void collect_reads() {
    for (const Transaction& transaction : history_.transactions) {
      if (transaction.outcome != Outcome::ok) continue;
      for (const MicroOperation& operation : transaction.operations) {
        if (operation.kind != Kind::read_list) continue;
        Versions& versions = versions_[operation.key];
        if (!operation.list.empty()) versions.reads.push_back(&operation.list);
      }
    }
    for (auto& [key, versions] : versions_) {
      // The first of the longest.
      std::stable_sort(versions.reads.begin(), versions.reads.end(),
                       [](const auto* a, const auto* b) { return a->size() < b->size(); });
      std::unordered_set<Value> seen;
      for (const std::vector<Value>* read : versions.reads) {
        const Value last = read->back();
        const WriterIndex::Entry* entry = writers_.find(key, last);
        if (entry != nullptr && entry->is_ambiguous) {
          analysis_.ambiguity = ambiguity_text(history_, key, last);
          return;
        }
      }
      if (versions.reads.empty()) continue;
      const std::size_t size_max = versions.reads.back()->size();
      const auto longest =
          std::find_if(versions.reads.begin(), versions.reads.end(),
                       [size_max](const auto* read) { return read->size() == size_max; });
      for (const Value element : **longest) {
        if (!seen.insert(element).second) continue;
        const WriterIndex::Entry* entry = writers_.find(key, element);
        if (entry != nullptr && entry->is_ambiguous) {
          analysis_.ambiguity = ambiguity_text(history_, key, element);
          return;
        }
        versions.position.emplace(element, versions.elements.size());
        versions.elements.push_back(element);
      }
    }
  }

  void find_committed() {
    analysis_.committed.resize(history_.transactions.size());
    for (std::size_t t = 0; t < history_.transactions.size(); ++t) {
      analysis_.committed[t] = history_.transactions[t].outcome == Outcome::ok;
    }
    const auto saw = [&](std::uint64_t key, Value element) {
      const WriterIndex::Entry* entry = writers_.find(key, element);
      if (entry == nullptr) return;
      if (history_.transactions[entry->transaction].outcome == Outcome::unknown) {
        analysis_.committed[entry->transaction] = true;
      }
    };
    for (const auto& [key, versions] : versions_) {
      for (const Value element : versions.elements) saw(key, element);
      for (const std::vector<Value>* read : versions.reads) {
        // Only lists that are no part of the longest one have anything new.
        if (is_prefix(*read, versions.elements)) continue;
        for (const Value element : *read) saw(key, element);
      }
    }
  }

  static bool is_prefix(const std::vector<Value>& a, const std::vector<Value>& b) {
    return a.size() <= b.size() && std::equal(a.begin(), a.end(), b.begin());
  }

  void find_versions() {
    for (auto& [key, versions] : versions_) {
      for (const Value element : versions.elements) {
        const WriterIndex::Entry* entry = writers_.find(key, element);
        const bool is_committed = entry != nullptr && analysis_.committed[entry->transaction];
        versions.writers.push_back(is_committed ? entry->transaction : nobody);
      }
    }
    for (std::size_t t = 0; t < history_.transactions.size(); ++t) {
      if (!analysis_.committed[t]) continue;
      for (const MicroOperation& operation : history_.transactions[t].operations) {
        if (operation.kind != Kind::append) continue;
        Versions& versions = versions_[operation.key];
        if (versions.position.contains(operation.value)) continue;
        if (!versions.unseen.empty() && versions.unseen.back().first == t) continue;
        versions.unseen.emplace_back(t, operation.value);
        if (versions.unseen.size() > 1) analysis_.has_open_orders = true;
      }
    }
  }

  /// What a transaction reads fits what it did itself before.
  void check_inside(std::size_t t) {
    if (!touches_a_key_twice(t)) return;
    struct State {
      bool is_whole = false;  ///< The list is known from its beginning.
      std::vector<Value> end;
    };
    std::map<std::uint64_t, State> states;
    std::map<std::uint64_t, std::unordered_set<Value>> read_so_far;
    bool is_reported = false;
    bool is_future_reported = false;
    for (const MicroOperation& operation : history_.transactions[t].operations) {
      const auto found = states.find(operation.key);
      if (operation.kind == Kind::append) {
        if (!is_future_reported && read_so_far[operation.key].contains(operation.value)) {
          is_future_reported = true;
          report("future-read", {t},
                 fmt::format("{} read element {} of {} before it appended it", name(t),
                             text(operation.value), history_.key_name(operation.key)));
        }
        states[operation.key].end.push_back(operation.value);
        continue;
      }
      if (found != states.end() && !is_reported) {
        const State& state = found->second;
        const std::vector<Value>& list = operation.list;
        const bool fits = state.is_whole
                              ? list == state.end
                              : list.size() >= state.end.size() &&
                                    std::equal(state.end.rbegin(), state.end.rend(), list.rbegin());
        if (!fits) {
          is_reported = true;
          report("internal", {t},
                 fmt::format("{} read {}, which does not fit what it had read or appended itself",
                             name(t), history_.to_text(operation)));
        }
      }
      State& state = states[operation.key];
      state.is_whole = true;
      state.end = operation.list;
      if (has_appends_after(t, operation)) {
        read_so_far[operation.key].insert(operation.list.begin(), operation.list.end());
      }
    }
  }

  bool touches_a_key_twice(std::size_t t) const {
    std::vector<std::uint64_t> keys;
    for (const MicroOperation& operation : history_.transactions[t].operations) {
      keys.push_back(operation.key);
    }
    std::sort(keys.begin(), keys.end());
    return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
  }

  bool has_appends_after(std::size_t t, const MicroOperation& read) const {
    const std::vector<MicroOperation>& operations = history_.transactions[t].operations;
    return std::any_of(operations.begin() + (&read - operations.data()), operations.end(),
                       [&](const MicroOperation& operation) {
                         return operation.kind == Kind::append && operation.key == read.key;
                       });
  }

  /// Elements of aborted transactions, of nobody, twice; lists that end within a transaction.
  void check_reads(std::size_t t) {
    for (const MicroOperation& operation : history_.transactions[t].operations) {
      if (operation.kind != Kind::read_list || operation.list.empty()) continue;
      const Versions& versions = versions_.at(operation.key);
      const std::string key = history_.key_name(operation.key);
      const WriterIndex::Entry* last = writers_.find(operation.key, operation.list.back());
      if (last != nullptr && !last->is_final && last->transaction != t) {
        report("G1b", {t, last->transaction},
               fmt::format("{} read {} up to {}, which {} appended before it appended more",
                           name(t), key, text(operation.list.back()), name(last->transaction)));
      }
      // In most lists there is nothing to be found.
      const bool is_clean = clean_prefix(operation.key, versions) >= operation.list.size() &&
                            is_prefix(operation.list, versions.elements);
      if (is_clean) continue;
      std::unordered_set<Value> seen;
      for (const Value element : operation.list) {
        if (!seen.insert(element).second) {
          report("duplicate-elements", {t},
                 fmt::format("{} read element {} of {} twice", name(t), text(element), key));
          continue;
        }
        const WriterIndex::Entry* writer = writers_.find(operation.key, element);
        if (writer == nullptr) {
          report("thin-air-read", {t},
                 fmt::format("{} read element {} of {}, which nobody appended", name(t),
                             text(element), key));
        } else if (history_.transactions[writer->transaction].outcome == Outcome::fail) {
          report("G1a", {t, writer->transaction},
                 fmt::format("{} read element {} of {}, which {} appended and then aborted",
                             name(t), text(element), key, name(writer->transaction)));
        }
      }
    }
  }

  /// How many of the first elements were all appended by committed transactions.
  std::size_t clean_prefix(std::uint64_t key, const Versions& versions) {
    const auto [found, is_new] = clean_.try_emplace(key, 0);
    if (is_new) {
      found->second = static_cast<std::size_t>(
          std::find(versions.writers.begin(), versions.writers.end(), nobody) -
          versions.writers.begin());
    }
    return found->second;
  }

  void check_orders() {
    int reported = 0;
    for (const auto& [key, versions] : versions_) {
      if (reported == 8) break;
      for (std::size_t i = 1; i < versions.reads.size(); ++i) {
        if (is_prefix(*versions.reads[i - 1], *versions.reads[i])) continue;
        ++reported;
        MicroOperation shorter{Kind::read_list, key, nil, *versions.reads[i - 1]};
        MicroOperation longer{Kind::read_list, key, nil, *versions.reads[i]};
        report("incompatible-order", readers_of(key, shorter.list, longer.list),
               fmt::format("no order of appends gives both {} and {}", history_.to_text(shorter),
                           history_.to_text(longer)));
        break;
      }
    }
  }

  std::vector<std::size_t> readers_of(std::uint64_t key, const std::vector<Value>& a,
                                      const std::vector<Value>& b) const {
    std::vector<std::size_t> readers;
    for (const std::vector<Value>* list : {&a, &b}) {
      for (std::size_t t = 0; t < history_.transactions.size(); ++t) {
        const Transaction& transaction = history_.transactions[t];
        const bool is_reader =
            transaction.outcome == Outcome::ok &&
            std::any_of(transaction.operations.begin(), transaction.operations.end(),
                        [&](const MicroOperation& operation) {
                          return operation.kind == Kind::read_list && operation.key == key &&
                                 operation.list == *list;
                        });
        if (is_reader) {
          readers.push_back(t);
          break;
        }
      }
    }
    return readers;
  }

  /// An aborted append that a committed one builds upon.
  void check_dirty_updates() {
    for (const auto& [key, versions] : versions_) {
      std::size_t aborted = nobody;
      for (const Value element : versions.elements) {
        const WriterIndex::Entry* writer = writers_.find(key, element);
        if (writer == nullptr) continue;
        switch (history_.transactions[writer->transaction].outcome) {
          case Outcome::fail:
            aborted = writer->transaction;
            break;
          case Outcome::ok:
            if (aborted != nobody) {
              report("dirty-update", {aborted, writer->transaction},
                     fmt::format("{} appended {} to {} after what {} had appended and then aborted",
                                 name(writer->transaction), text(element), history_.key_name(key),
                                 name(aborted)));
            }
            aborted = nobody;
            break;
          case Outcome::unknown:
            break;
        }
      }
    }
  }

  /// Two transactions that read the same version of a key and then both append to it.
  void check_lost_updates() {
    struct Update {
      std::uint64_t key;
      std::size_t length;
      Value last;
      auto operator<=>(const Update&) const = default;
    };
    std::map<Update, std::vector<std::size_t>> updates;
    for (std::size_t t = 0; t < history_.transactions.size(); ++t) {
      if (history_.transactions[t].outcome != Outcome::ok) continue;
      std::map<std::uint64_t, const MicroOperation*> first_read;
      std::unordered_set<std::uint64_t> written;
      for (const MicroOperation& operation : history_.transactions[t].operations) {
        if (operation.kind == Kind::read_list) {
          first_read.try_emplace(operation.key, &operation);
          continue;
        }
        if (!written.insert(operation.key).second) continue;
        const auto read = first_read.find(operation.key);
        if (read == first_read.end()) continue;
        const std::vector<Value>& list = read->second->list;
        updates[{operation.key, list.size(), list.empty() ? nil : list.back()}].push_back(t);
      }
    }
    for (const auto& [update, transactions] : updates) {
      if (transactions.size() < 2) continue;
      report(
          "lost-update", {transactions[0], transactions[1]},
          fmt::format("{} and {} both read {} {} and then both appended to it",
                      name(transactions[0]), name(transactions[1]), history_.key_name(update.key),
                      update.last == nil ? std::string("empty") : "up to " + text(update.last)));
    }
  }

  void find_cycles() {
    DependencyGraph graph(history_, analysis_.committed);
    add_data_edges([&](const Dependency& edge) { graph.add(edge); });
    graph.add_session_order();
    if (history_.timed) graph.add_realtime_order();
    for (NamedCycle& cycle : graph.cycles()) {
      shorten(cycle);
      anomalies_.add(describe(history_, cycle));
    }
  }

  template <typename Function>
  void add_data_edges(Function add) {
    for (const auto& [key, versions] : versions_) {
      std::size_t last = nobody;  // The position of the last committed element.
      for (std::size_t i = 0; i < versions.writers.size(); ++i) {
        if (versions.writers[i] == nobody) continue;
        if (last != nobody) {
          add(Dependency{versions.writers[last], versions.writers[i], DependencyKind::ww, key,
                         versions.elements[last], versions.elements[i]});
        }
        last = i;
      }
      if (last == nobody) continue;
      for (const auto& [writer, value] : versions.unseen) {
        add(Dependency{versions.writers[last], writer, DependencyKind::ww, key,
                       versions.elements[last], value});
      }
    }
    std::size_t open_edges = 0;
    for (std::size_t t = 0; t < history_.transactions.size(); ++t) {
      if (history_.transactions[t].outcome != Outcome::ok) continue;
      for (const MicroOperation& operation : history_.transactions[t].operations) {
        if (operation.kind == Kind::read_list) add_edges_of_read(t, operation, open_edges, add);
      }
    }
    if (open_edges > open_edges_max) {
      analysis_.incompleteness = "too many reads of states that many unread appends may follow";
    }
  }

  template <typename Function>
  void add_edges_of_read(std::size_t reader, const MicroOperation& read, std::size_t& open_edges,
                         Function add) {
    const Versions& versions = versions_.at(read.key);
    std::size_t next = 0;  // The position after the last element read.
    if (!read.list.empty()) {
      const auto position = versions.position.find(read.list.back());
      if (position == versions.position.end()) {
        // No part of the longest list: only who wrote it is known.
        const WriterIndex::Entry* writer = writers_.find(read.key, read.list.back());
        if (writer != nullptr && analysis_.committed[writer->transaction]) {
          add(Dependency{writer->transaction, reader, DependencyKind::wr, read.key,
                         read.list.back(), nil});
        }
        return;
      }
      next = position->second + 1;
      for (std::size_t i = next; i > 0; --i) {
        if (versions.writers[i - 1] == nobody) continue;
        add(Dependency{versions.writers[i - 1], reader, DependencyKind::wr, read.key,
                       versions.elements[i - 1], nil});
        break;
      }
    }
    const Value found = read.list.empty() ? nil : read.list.back();
    while (next < versions.writers.size() && versions.writers[next] == nobody) ++next;
    if (next < versions.writers.size()) {
      add(Dependency{reader, versions.writers[next], DependencyKind::rw, read.key, found,
                     versions.elements[next]});
      return;
    }
    open_edges += versions.unseen.size();
    if (open_edges > open_edges_max) return;
    for (const auto& [writer, value] : versions.unseen) {
      add(Dependency{reader, writer, DependencyKind::rw, read.key, found, value});
    }
  }

  /// The same as registers that hold the last element of each list.
  void build_problem() {
    CommitProblemBuilder builder(history_, analysis_);
    for (const std::size_t t : analysis_.transactions) {
      std::unordered_set<std::uint64_t> done;
      for (const MicroOperation& operation : history_.transactions[t].operations) {
        if (operation.kind == Kind::append) {
          builder.add_write(t, operation.key);
          done.insert(operation.key);
          continue;
        }
        if (history_.transactions[t].outcome != Outcome::ok) continue;
        if (!done.insert(operation.key).second) continue;
        add_problem_read(builder, t, operation);
      }
    }
    for (const auto& [key, versions] : versions_) {
      std::size_t last = nobody;
      const auto follows = [&, this_key = key](std::size_t writer) {
        if (last == nobody || last == writer) return;
        analysis_.problem.versions.push_back(
            {builder.number_of(last), builder.number_of(writer), builder.key_of(this_key)});
      };
      for (const std::size_t writer : versions.writers) {
        if (writer == nobody) continue;
        follows(writer);
        last = writer;
      }
      for (const auto& [writer, value] : versions.unseen) follows(writer);
    }
    builder.finish();
    analysis_.open_writers.resize(analysis_.keys.size());
    for (const auto& [key, versions] : versions_) {
      for (const auto& [writer, value] : versions.unseen) {
        const bool is_seen_too = std::find(versions.writers.begin(), versions.writers.end(),
                                           writer) != versions.writers.end();
        if (is_seen_too) continue;
        analysis_.open_writers[builder.key_of(key)].push_back(builder.number_of(writer));
      }
    }
  }

  void add_problem_read(CommitProblemBuilder& builder, std::size_t t, const MicroOperation& read) {
    if (read.list.empty()) {
      builder.add_read(t, read.key, CommitProblem::initial);
      return;
    }
    const WriterIndex::Entry* writer = writers_.find(read.key, read.list.back());
    const bool is_readable =
        writer != nullptr && analysis_.committed[writer->transaction] && writer->transaction != t;
    if (is_readable) builder.add_read(t, read.key, builder.number_of(writer->transaction));
  }

  const TransactionHistory& history_;
  WriterIndex writers_;
  TransactionAnalysis analysis_;
  AnomalyList anomalies_;
  std::map<std::uint64_t, Versions> versions_;
  std::unordered_map<std::uint64_t, std::size_t> clean_;
};

}  // namespace

TransactionAnalysis analyze_list_append(const TransactionHistory& history) {
  return ListAppend(history).run();
}

namespace {

/// The dependencies of lists for one way to order the appends that nobody read.
class ChosenOrders {
 public:
  using Number = CommitProblem::Number;

  ChosenOrders(const TransactionHistory& history, const TransactionAnalysis& analysis)
      : history_(history), analysis_(analysis), index_(history) {
    for (Number key = 0; key < analysis.keys.size(); ++key) {
      number_of_key_[analysis.keys[key]] = key;
    }
    number_of_.assign(history.transactions.size(), CommitProblem::initial);
    for (Number t = 0; t < analysis.transactions.size(); ++t) {
      number_of_[analysis.transactions[t]] = t;
    }
    // The known order of each key goes along the ww and wr edges; so does the first choice.
    std::vector<std::size_t> place(analysis.transactions.size());
    const std::vector<Number> order = order_of_flow();
    for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
    known_.resize(analysis.keys.size());
    open_ = analysis.open_writers;
    for (Number t : order) {
      for (const Number key : analysis.problem.transactions[t].writes) {
        const std::vector<Number>& open = analysis.open_writers[key];
        if (std::find(open.begin(), open.end(), t) == open.end()) known_[key].push_back(t);
      }
    }
    for (std::vector<Number>& open : open_) {
      std::sort(open.begin(), open.end(), [&](Number a, Number b) { return place[a] < place[b]; });
    }
  }

  /// A cycle that consistent_view forbids, if there is one.
  std::vector<NamedCycle> anomaly() const {
    DependencyGraph graph(history_, analysis_.committed);
    std::vector<std::vector<Number>> writers = known_;
    for (std::size_t key = 0; key < writers.size(); ++key) {
      writers[key].insert(writers[key].end(), open_[key].begin(), open_[key].end());
      for (std::size_t i = 1; i < writers[key].size(); ++i) {
        add(graph, writers[key][i - 1], writers[key][i], CommitEdge::Why::version,
            static_cast<Number>(key), 0);
      }
    }
    for (Number t = 0; t < analysis_.transactions.size(); ++t) {
      const Transaction& transaction = history_.transactions[analysis_.transactions[t]];
      if (transaction.outcome != Outcome::ok) continue;
      // All reads, also those after an append of their own transaction.
      for (const MicroOperation& operation : transaction.operations) {
        if (operation.kind == Kind::read_list) add_read(graph, writers, t, operation);
      }
    }
    std::vector<NamedCycle> cycles = graph.cycles();
    std::erase_if(cycles, [](const NamedCycle& cycle) {
      return !is_forbidden(cycle.name, TransactionLevel::consistent_view);
    });
    return cycles;
  }

  /// How many choices there are, at most `max`.
  std::size_t choices(std::size_t max) const {
    std::size_t count = 1;
    for (const std::vector<Number>& open : open_) {
      for (std::size_t i = 2; i <= open.size(); ++i) count = std::min(count * i, max);
    }
    return count;
  }

  void sort() {
    for (std::vector<Number>& open : open_) std::sort(open.begin(), open.end());
  }
  /// False, with all sorted again, after the last one.
  bool next() {
    for (std::vector<Number>& open : open_) {
      if (std::next_permutation(open.begin(), open.end())) return true;
    }
    return false;
  }

 private:
  std::vector<Number> order_of_flow() const {
    const CommitProblem& problem = analysis_.problem;
    std::vector<std::vector<Number>> after(problem.transactions.size());
    std::vector<std::size_t> missing(problem.transactions.size());
    const auto edge = [&](Number before, Number later) {
      after[before].push_back(later);
      ++missing[later];
    };
    for (const CommitProblem::VersionEdge& version : problem.versions) {
      edge(version.before, version.after);
    }
    for (Number t = 0; t < problem.transactions.size(); ++t) {
      for (const CommitProblem::Read& read : problem.transactions[t].reads) {
        if (read.writer != CommitProblem::initial) edge(read.writer, t);
      }
    }
    std::vector<Number> order;
    for (Number t = 0; t < problem.transactions.size(); ++t) {
      if (missing[t] == 0) order.push_back(t);
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
      for (const Number later : after[order[i]]) {
        if (--missing[later] == 0) order.push_back(later);
      }
    }
    SIM_ASSERT(order.size() == problem.transactions.size());
    return order;
  }

  void add(DependencyGraph& graph, Number from, Number to, CommitEdge::Why why, Number key,
           Number third) const {
    graph.add(dependency_of(history_, analysis_, {from, to, why, key, third}));
  }

  void add_read(DependencyGraph& graph, const std::vector<std::vector<Number>>& writers, Number t,
                const MicroOperation& read) const {
    const Number key = number_of_key_.at(read.key);
    Number writer = CommitProblem::initial;
    for (auto element = read.list.rbegin(); element != read.list.rend(); ++element) {
      const WriterIndex::Entry* entry = index_.find(read.key, *element);
      if (entry == nullptr || number_of_[entry->transaction] == CommitProblem::initial) continue;
      writer = number_of_[entry->transaction];
      add(graph, writer, t, CommitEdge::Why::wr, key, 0);
      break;
    }
    auto next = writers[key].begin();
    if (writer != CommitProblem::initial) {
      next = std::find(writers[key].begin(), writers[key].end(), writer) + 1;
    }
    if (next != writers[key].end()) {
      add(graph, t, *next, CommitEdge::Why::replaced, key, writer);
    }
  }

  const TransactionHistory& history_;
  const TransactionAnalysis& analysis_;
  WriterIndex index_;
  std::unordered_map<std::uint64_t, Number> number_of_key_;
  std::vector<Number> number_of_;           ///< Of each transaction of the history in the problem.
  std::vector<std::vector<Number>> known_;  ///< The writers of each key in their order.
  std::vector<std::vector<Number>> open_;   ///< Those after them, as chosen.
};

}  // namespace

ConsistentView consistent_view_of(const TransactionHistory& history,
                                  const TransactionAnalysis& analysis) {
  constexpr std::size_t work_max = 1'000'000;  // Choices times transactions.
  ConsistentView view;
  ChosenOrders orders(history, analysis);
  const std::vector<NamedCycle> first = orders.anomaly();
  if (first.empty()) {
    view.verdict = Verdict::holds;
    return view;
  }
  if (orders.choices(work_max) * analysis.transactions.size() > work_max) return view;
  orders.sort();
  do {
    if (orders.anomaly().empty()) {
      view.verdict = Verdict::holds;
      return view;
    }
  } while (orders.next());
  view.verdict = Verdict::violated;
  view.anomalies.push_back(describe(history, first.front()));
  view.anomalies.back().why +=
      ", and in every other order of the appends that nobody read it is alike";
  return view;
}

}  // namespace faultline::sim::consistency
