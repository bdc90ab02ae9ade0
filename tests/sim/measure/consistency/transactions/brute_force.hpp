/// The levels from their axioms, by trying every order of commits: slow, short, and with nothing in
/// common with the checker. For histories of a handful of transactions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "sim/measure/consistency/transactions/transaction.hpp"

namespace faultline::sim::consistency {

class BruteForce {
 public:
  /// What each level says, in the order of `levels()`.
  using Verdicts = std::map<TransactionLevel, bool>;

  static const std::vector<TransactionLevel>& levels() {
    static const std::vector<TransactionLevel> all{TransactionLevel::read_committed,
                                                   TransactionLevel::read_atomic,
                                                   TransactionLevel::causal,
                                                   TransactionLevel::prefix,
                                                   TransactionLevel::snapshot_isolation,
                                                   TransactionLevel::serializable,
                                                   TransactionLevel::strong_snapshot_isolation,
                                                   TransactionLevel::strict_serializable};
    return all;
  }

  explicit BruteForce(const TransactionHistory& history) : history_(history) {}

  /// Writers of a key that must commit in this order: (first, second), transactions of the history.
  void add_version_order(std::size_t first, std::size_t second) {
    versions_.emplace_back(first, second);
  }
  /// One of unknown outcome of which it is known.
  void must_commit(std::size_t transaction) { must_commit_.insert(transaction); }

  Verdicts run() {
    Verdicts verdicts;
    for (const TransactionLevel level : levels()) verdicts[level] = false;
    // Those of unknown outcome may have committed or not.
    std::vector<std::size_t> known;
    std::vector<std::size_t> unknown;
    for (std::size_t t = 0; t < history_.transactions.size(); ++t) {
      const Outcome outcome = history_.transactions[t].outcome;
      if (outcome == Outcome::ok) known.push_back(t);
      if (outcome == Outcome::unknown) unknown.push_back(t);
    }
    for (std::size_t subset = 0; subset < std::size_t{1} << unknown.size(); ++subset) {
      std::vector<std::size_t> committed = known;
      for (std::size_t i = 0; i < unknown.size(); ++i) {
        if ((subset >> i & 1) != 0) committed.push_back(unknown[i]);
      }
      std::sort(committed.begin(), committed.end());
      const bool has_all = std::all_of(
          must_commit_.begin(), must_commit_.end(),
          [&](std::size_t t) { return std::binary_search(committed.begin(), committed.end(), t); });
      if (!has_all) continue;
      if (!read_writes(committed)) continue;
      do {
        try_order(committed, verdicts);
      } while (std::next_permutation(committed.begin(), committed.end()));
    }
    return verdicts;
  }

 private:
  static constexpr int initial = -1;

  struct Read {
    std::uint64_t key;
    int writer;
    std::size_t place;  ///< In its transaction.
  };

  /// Who reads from whom; false if a read has no committed writer.
  bool read_writes(const std::vector<std::size_t>& committed) {
    reads_.clear();
    for (const std::size_t t : committed) {
      const Transaction& transaction = history_.transactions[t];
      if (transaction.outcome != Outcome::ok) continue;
      std::map<std::uint64_t, Value> own;
      for (std::size_t place = 0; place < transaction.operations.size(); ++place) {
        const MicroOperation& operation = transaction.operations[place];
        const bool is_list = operation.kind == MicroOperation::Kind::read_list;
        if (operation.kind != MicroOperation::Kind::read && !is_list) {
          own[operation.key] = operation.value;
          continue;
        }
        const Value value = !is_list                 ? operation.value
                            : operation.list.empty() ? history_.initial
                                                     : operation.list.back();
        if (own.contains(operation.key)) {
          if (own[operation.key] != value) return false;
          continue;
        }
        const std::optional<int> writer = writer_of(committed, t, operation.key, value);
        if (!writer) return false;
        reads_[t].push_back({operation.key, *writer, place});
      }
    }
    return true;
  }

  std::optional<int> writer_of(const std::vector<std::size_t>& committed, std::size_t reader,
                               std::uint64_t key, Value value) const {
    if (value == history_.initial) return initial;
    for (const std::size_t t : committed) {
      std::optional<Value> last;
      for (const MicroOperation& operation : history_.transactions[t].operations) {
        const bool is_write = operation.kind == MicroOperation::Kind::write ||
                              operation.kind == MicroOperation::Kind::append;
        if (is_write && operation.key == key) last = operation.value;
      }
      if (last == value && t != reader) return static_cast<int>(t);
    }
    return std::nullopt;
  }

  bool writes(int t, std::uint64_t key) const {
    if (t == initial) return true;
    const std::vector<MicroOperation>& operations = history_.transactions[t].operations;
    return std::any_of(operations.begin(), operations.end(), [key](const MicroOperation& o) {
      return o.key == key &&
             (o.kind == MicroOperation::Kind::write || o.kind == MicroOperation::Kind::append);
    });
  }

  bool session_before(int a, int b) const {
    const Transaction& first = history_.transactions[a];
    return a < b && first.session == history_.transactions[b].session &&
           first.outcome == Outcome::ok;
  }
  bool realtime_before(int a, int b) const {
    const Transaction& first = history_.transactions[a];
    return first.outcome == Outcome::ok && first.completed < history_.transactions[b].invoked;
  }

  void try_order(const std::vector<std::size_t>& order, Verdicts& verdicts) {
    const std::size_t count = order.size();
    std::map<int, int> place;
    place[initial] = -1;
    for (std::size_t i = 0; i < count; ++i) {
      place[static_cast<int>(order[i])] = static_cast<int>(i);
    }
    const auto co = [&](int a, int b) { return place.at(a) < place.at(b); };
    for (const auto& [first, second] : versions_) {
      const int a = static_cast<int>(first);
      const int b = static_cast<int>(second);
      if (place.contains(a) && place.contains(b) && !co(a, b)) return;
    }
    for (const std::size_t t : order) {
      for (const Read& read : reads_[t]) {
        if (!co(read.writer, static_cast<int>(t))) return;
      }
    }
    bool has_session_order = true;
    bool has_realtime_order = true;
    for (const std::size_t a : order) {
      for (const std::size_t b : order) {
        const int x = static_cast<int>(a);
        const int y = static_cast<int>(b);
        if (session_before(x, y) && !co(x, y)) has_session_order = false;
        if (realtime_before(x, y) && !co(x, y)) has_realtime_order = false;
      }
    }
    if (!has_session_order) return;

    const auto wr = [&](int a, int b) {
      const std::vector<Read>& reads = reads_[static_cast<std::size_t>(b)];
      return std::any_of(reads.begin(), reads.end(),
                         [a](const Read& read) { return read.writer == a; });
    };
    const auto so_wr = [&](int a, int b) { return session_before(a, b) || wr(a, b); };
    const auto so_wr_rt = [&](int a, int b) { return so_wr(a, b) || realtime_before(a, b); };
    std::set<std::pair<int, int>> causal;
    for (std::size_t i = count; i-- > 0;) {
      for (std::size_t k = 0; k < count; ++k) {
        // Ways go along the order of commits, so going backwards sees the shorter ones first.
        const int a = static_cast<int>(order[i]);
        const int b = static_cast<int>(order[k]);
        if (so_wr(a, b)) causal.emplace(a, b);
        for (const std::size_t m : order) {
          const int c = static_cast<int>(m);
          if (so_wr(a, c) && causal.contains({c, b})) causal.emplace(a, b);
        }
      }
    }
    const auto prefix = [&](int a, int b, const auto& direct) {
      return std::any_of(order.begin(), order.end(), [&](std::size_t m) {
        const int c = static_cast<int>(m);
        return (a == c || co(a, c)) && direct(c, b);
      });
    };
    const auto conflict = [&](int a, int b) {
      return std::any_of(order.begin(), order.end(), [&](std::size_t m) {
        const int c = static_cast<int>(m);
        if (c == b || !(a == c || co(a, c)) || !co(c, b)) return false;
        const std::vector<MicroOperation>& operations = history_.transactions[m].operations;
        return std::any_of(operations.begin(), operations.end(), [&](const MicroOperation& o) {
          return writes(c, o.key) && writes(b, o.key);
        });
      });
    };

    Verdicts here;
    for (const TransactionLevel level : levels()) here[level] = true;
    here[TransactionLevel::strong_snapshot_isolation] = has_realtime_order;
    here[TransactionLevel::strict_serializable] = has_realtime_order;
    for (const std::size_t t : order) {
      const int t3 = static_cast<int>(t);
      for (const Read& read : reads_[t]) {
        const int t1 = read.writer;
        for (const std::size_t other : order) {
          const int t2 = static_cast<int>(other);
          if (t2 == t1 || t2 == t3 || !writes(t2, read.key) || co(t2, t1)) continue;
          // t2 must not be visible.
          const bool was_seen =
              std::any_of(reads_[t].begin(), reads_[t].end(), [&](const Read& earlier) {
                return earlier.place < read.place && earlier.writer == t2;
              });
          const bool in_prefix = prefix(t2, t3, so_wr);
          const auto demand = [&](TransactionLevel level, bool is_visible) {
            if (is_visible) here[level] = false;
          };
          demand(TransactionLevel::read_committed, was_seen);
          demand(TransactionLevel::read_atomic, so_wr(t2, t3));
          demand(TransactionLevel::causal, causal.contains({t2, t3}));
          demand(TransactionLevel::prefix, in_prefix);
          demand(TransactionLevel::snapshot_isolation, in_prefix || conflict(t2, t3));
          demand(TransactionLevel::serializable, co(t2, t3));
          demand(TransactionLevel::strong_snapshot_isolation,
                 prefix(t2, t3, so_wr_rt) || conflict(t2, t3));
          demand(TransactionLevel::strict_serializable, co(t2, t3));
        }
      }
    }
    for (const TransactionLevel level : levels()) verdicts[level] |= here[level];
  }

  const TransactionHistory& history_;
  std::set<std::size_t> must_commit_;
  std::vector<std::pair<std::size_t, std::size_t>> versions_;
  std::map<std::size_t, std::vector<Read>> reads_;
};

}  // namespace faultline::sim::consistency
