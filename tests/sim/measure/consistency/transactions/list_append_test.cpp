#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/measure/consistency/transactions/analysis.hpp"
#include "sim/measure/consistency/transactions/check.hpp"
#include "tests/sim/measure/consistency/transactions/brute_force.hpp"
#include "tests/sim/measure/lcg.hpp"

namespace faultline::sim::consistency {
namespace {

using Kind = MicroOperation::Kind;
using Level = TransactionLevel;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Writes a history down as a story; transactions overlap unless told otherwise.
class Story {
 public:
  explicit Story() { history_.key_names = {"x", "y", "z"}; }

  /// The next transaction, each in a session of its own.
  Story& transaction(Outcome outcome = Outcome::ok) {
    Transaction& added = history_.transactions.emplace_back();
    added.session = static_cast<std::uint32_t>(history_.transactions.size());
    added.outcome = outcome;
    added.invoked = Time(Duration(0));
    added.completed = Time(Duration(1000));
    return *this;
  }
  Story& in_session(std::uint32_t session) {
    last().session = session;
    return *this;
  }
  Story& during(std::int64_t invoked, std::int64_t completed) {
    last().invoked = Time(Duration(invoked));
    last().completed = Time(Duration(completed));
    return *this;
  }
  Story& append(char key, Value value) {
    last().operations.push_back({Kind::append, number_of(key), value, {}});
    return *this;
  }
  Story& read(char key, std::vector<Value> list) {
    last().operations.push_back({Kind::read_list, number_of(key), nil, std::move(list)});
    return *this;
  }

  TransactionCheck check(Level level, CheckOptions options = {}) const {
    return check_transactions(history_, TransactionModel::list_append, level, options);
  }
  Verdict verdict(Level level) const { return check(level).result.verdict; }
  std::vector<std::string> anomalies(Level level) const { return check(level).result.anomalies; }
  const TransactionHistory& history() const { return history_; }

 private:
  Transaction& last() { return history_.transactions.back(); }
  static std::uint64_t number_of(char key) { return static_cast<std::uint64_t>(key - 'x'); }

  TransactionHistory history_;
};

TEST(ListAppend, NothingAtAllHoldsAtEveryLevel) {
  for (const Level level : transaction_levels(TransactionModel::list_append)) {
    EXPECT_EQ(Story().verdict(level), Verdict::holds) << to_text(level);
  }
}

TEST(ListAppend, WritesThatInterleaveAreG0) {
  Story story;
  story.transaction().append('x', 1).append('y', 1);
  story.transaction().append('x', 2).append('y', 2);
  story.transaction().read('x', {1, 2}).read('y', {2, 1});
  const TransactionCheck check = story.check(Level::read_uncommitted);
  EXPECT_EQ(check.result.verdict, Verdict::violated);
  EXPECT_THAT(check.result.anomalies, ElementsAre("G0"));
  EXPECT_EQ(check.result.witness.why,
            "T1 appended 1 to x before T2 appended 2 to x, T2 appended 2 to y before T1 appended 1 "
            "to y: no order of the two allows both");
  ASSERT_EQ(check.result.witness.operations.size(), 2U);
  EXPECT_EQ(check.result.witness.operations[0].text, "T1: append 1 to x, append 1 to y");
  ASSERT_EQ(check.anomalies.size(), 1U);
  EXPECT_THAT(check.anomalies[0].cycle, ElementsAre(Dependency{0, 1, DependencyKind::ww, 0, 1, 2},
                                                    Dependency{1, 0, DependencyKind::ww, 1, 2, 1}));
}

TEST(ListAppend, AnAbortedAppendThatIsReadIsG1a) {
  Story story;
  story.transaction(Outcome::fail).append('x', 1);
  story.transaction().read('x', {1});
  EXPECT_EQ(story.verdict(Level::read_uncommitted), Verdict::holds);
  EXPECT_THAT(story.anomalies(Level::read_committed), ElementsAre("G1a"));
  EXPECT_EQ(story.check(Level::serializable).result.witness.why,
            "T2 read element 1 of x, which T1 appended and then aborted");
}

TEST(ListAppend, AnAppendInTheMiddleOfATransactionThatIsReadIsG1b) {
  Story story;
  story.transaction().append('x', 1).append('x', 2);
  story.transaction().read('x', {1});
  EXPECT_THAT(story.anomalies(Level::read_committed), ElementsAre("G1b"));
  EXPECT_EQ(story.check(Level::read_committed).result.witness.why,
            "T2 read x up to 1, which T1 appended before it appended more");
}

TEST(ListAppend, InformationInACircleIsG1c) {
  Story story;
  story.transaction().append('x', 1).read('y', {1});
  story.transaction().append('y', 1).read('x', {1});
  EXPECT_EQ(story.verdict(Level::read_uncommitted), Verdict::holds);
  EXPECT_THAT(story.anomalies(Level::read_committed), ElementsAre("G1c"));
}

TEST(ListAppend, ReadSkewIsForbiddenFromConsistentViewOn) {
  Story story;
  story.transaction().append('x', 1).append('y', 1);
  story.transaction().read('x', {1}).read('y', {});
  EXPECT_EQ(story.verdict(Level::read_committed), Verdict::holds);
  EXPECT_THAT(story.anomalies(Level::consistent_view), ElementsAre("G-single-item"));
  EXPECT_EQ(story.check(Level::consistent_view).result.witness.why,
            "Read skew: T2 read y empty before T1 appended 1 to y, T1 appended 1 to x, which T2 "
            "read: no order of the two allows both");
}

TEST(ListAppend, WriteSkewIsForbiddenBySerializableOnly) {
  Story story;
  story.transaction().read('x', {}).append('y', 1);
  story.transaction().read('y', {}).append('x', 1);
  EXPECT_EQ(story.verdict(Level::snapshot_isolation), Verdict::holds);
  EXPECT_THAT(story.anomalies(Level::serializable), ElementsAre("G2-item"));
  EXPECT_EQ(story.check(Level::serializable).result.witness.why,
            "Write skew: T1 read x empty before T2 appended 1 to x, T2 read y empty before T1 "
            "appended 1 to y: no order of the two allows both");
}

TEST(ListAppend, ALostUpdateIsFoundThoughNobodyReadsTheResult) {
  Story story;
  story.transaction().append('x', 1);
  story.transaction().read('x', {1}).append('x', 2);
  story.transaction().read('x', {1}).append('x', 3);
  EXPECT_THAT(story.anomalies(Level::snapshot_isolation), ElementsAre("lost-update"));
  EXPECT_EQ(story.check(Level::snapshot_isolation).ruled_out,
            (std::vector<std::string>{"cursor_stability", "update_atomic"}));
}

TEST(ListAppend, ALongForkIsForbiddenByPrefixAndSnapshotIsolation) {
  Story story;
  story.transaction().append('x', 1);
  story.transaction().append('y', 1);
  story.transaction().read('x', {1}).read('y', {});
  story.transaction().read('x', {}).read('y', {1});
  EXPECT_EQ(story.verdict(Level::causal), Verdict::holds);
  EXPECT_EQ(story.verdict(Level::consistent_view), Verdict::holds);
  EXPECT_EQ(story.verdict(Level::prefix), Verdict::violated);
  EXPECT_THAT(story.anomalies(Level::snapshot_isolation), ElementsAre("G-nonadjacent-item"));
  EXPECT_THAT(story.check(Level::snapshot_isolation).result.witness.why,
              testing::StartsWith("Long fork: "));
}

TEST(ListAppend, InternalReadsMustFitWhatTheTransactionDid) {
  Story story;
  story.transaction().append('x', 1).read('x', {});
  EXPECT_EQ(story.verdict(Level::read_committed), Verdict::holds);
  EXPECT_THAT(story.anomalies(Level::read_atomic), testing::Contains("internal"));
  Story again;
  again.transaction().append('x', 1);
  again.transaction().read('x', {1}).append('x', 2).read('x', {1, 2}).read('x', {1, 2});
  EXPECT_EQ(again.verdict(Level::strict_serializable), Verdict::holds);
  Story later;
  later.transaction().read('x', {1}).append('x', 1);
  EXPECT_THAT(later.anomalies(Level::read_committed), testing::Contains("future-read"));
}

TEST(ListAppend, IncompatibleOrdersAndElementsOfNobody) {
  Story story;
  story.transaction().append('x', 1);
  story.transaction().append('x', 2);
  story.transaction().read('x', {1, 2});
  story.transaction().read('x', {2, 1});
  EXPECT_THAT(story.anomalies(Level::read_committed), testing::Contains("incompatible-order"));
  EXPECT_EQ(story.check(Level::read_committed).result.witness.why,
            "no order of appends gives both x: [1, 2] and x: [2, 1]");
  Story from_nowhere;
  from_nowhere.transaction().append('x', 1);
  from_nowhere.transaction().read('x', {1, 7});
  EXPECT_THAT(from_nowhere.anomalies(Level::read_uncommitted), ElementsAre("thin-air-read"));
  EXPECT_EQ(from_nowhere.check(Level::read_uncommitted).result.witness.why,
            "T2 read element 7 of x, which nobody appended");
}

TEST(ListAppend, AnAppendOfUnknownOutcomeMayBeSeenOrNot) {
  Story seen;
  seen.transaction(Outcome::unknown).append('x', 1).append('y', 1);
  seen.transaction().read('x', {1});
  seen.transaction().read('y', {});
  EXPECT_EQ(seen.verdict(Level::serializable), Verdict::holds);
  // It committed, since x shows it, and so its other write counts too.
  Story half;
  half.transaction(Outcome::unknown).append('x', 1).append('y', 1);
  half.transaction().read('x', {1}).read('y', {});
  EXPECT_EQ(half.verdict(Level::serializable), Verdict::violated);
  Story late;
  late.transaction(Outcome::unknown).append('x', 1).during(0, 10);
  late.transaction().read('x', {}).during(20, 30);
  late.transaction().read('x', {1}).during(40, 50);
  EXPECT_EQ(late.verdict(Level::strict_serializable), Verdict::holds);
}

TEST(ListAppend, AReadThatMissesWhatHadEndedIsStaleInRealTime) {
  Story story;
  story.transaction().append('x', 1).during(0, 10);
  story.transaction().read('x', {}).during(11, 20);
  EXPECT_EQ(story.verdict(Level::strong_session_serializable), Verdict::holds);
  EXPECT_THAT(story.anomalies(Level::strict_serializable), ElementsAre("G-single-item-realtime"));
  EXPECT_EQ(story.check(Level::strict_serializable).result.witness.why,
            "Stale read: T2 read x empty before T1 appended 1 to x, T1 had ended when T2 began: no "
            "order of the two allows both");
  // Closed intervals: what ends when the other begins overlaps it.
  Story touching;
  touching.transaction().append('x', 1).during(0, 10);
  touching.transaction().read('x', {}).during(10, 20);
  EXPECT_EQ(touching.verdict(Level::strict_serializable), Verdict::holds);
  Story own;
  own.transaction().append('x', 1).during(0, 10).in_session(1);
  own.transaction().read('x', {}).during(11, 20).in_session(1);
  EXPECT_EQ(own.verdict(Level::serializable), Verdict::holds);
  EXPECT_THAT(own.anomalies(Level::strong_session_serializable),
              ElementsAre("G-single-item-process"));
}

TEST(ListAppend, TheSameElementTwiceLeavesOpenWhoseItIs) {
  Story story;
  story.transaction().append('x', 1);
  story.transaction().append('x', 1);
  EXPECT_EQ(story.verdict(Level::serializable), Verdict::holds);  // Nobody read it.
  story.transaction().read('x', {1});
  const TransactionCheck check = story.check(Level::serializable);
  EXPECT_EQ(check.result.verdict, Verdict::unknown);
  EXPECT_EQ(check.result.reason, "whose write was read is not certain: T1 and T2 both have x = 1");
}

// --- Against every order of versions -----------------------------------------------------------

/// Adya's levels by their phenomena, over all orders of what no read tells.
class AllVersionOrders {
 public:
  explicit AllVersionOrders(const TransactionHistory& history) : history_(history) {}

  std::map<Level, bool> run() {
    std::map<Level, bool> verdicts;
    for (const Level level : transaction_levels(TransactionModel::list_append)) {
      verdicts[level] = false;
    }
    find_observed();
    std::vector<std::size_t> open;
    for (std::size_t t = 0; t < history_.transactions.size(); ++t) {
      if (history_.transactions[t].outcome == Outcome::unknown && !is_observed_.contains(t)) {
        open.push_back(t);
      }
    }
    for (std::size_t subset = 0; subset < std::size_t{1} << open.size(); ++subset) {
      committed_.assign(history_.transactions.size(), false);
      for (std::size_t t = 0; t < history_.transactions.size(); ++t) {
        committed_[t] = history_.transactions[t].outcome == Outcome::ok || is_observed_.contains(t);
      }
      for (std::size_t i = 0; i < open.size(); ++i) {
        if ((subset >> i & 1) != 0) committed_[open[i]] = true;
      }
      std::map<std::uint64_t, std::vector<Value>> order = observed_;
      choose(order, 0, verdicts);
    }
    by_commit_orders(verdicts);
    return verdicts;
  }

 private:
  using Matrix = std::vector<std::vector<bool>>;

  std::size_t writer_of(std::uint64_t key, Value value) const {
    for (std::size_t t = 0; t < history_.transactions.size(); ++t) {
      for (const MicroOperation& o : history_.transactions[t].operations) {
        if (o.kind == Kind::append && o.key == key && o.value == value) return t;
      }
    }
    ADD_FAILURE() << "an element of nobody";
    return 0;
  }

  void find_observed() {
    for (const Transaction& transaction : history_.transactions) {
      if (transaction.outcome != Outcome::ok) continue;
      for (const MicroOperation& o : transaction.operations) {
        if (o.kind != Kind::read_list) continue;
        if (o.list.size() > observed_[o.key].size()) observed_[o.key] = o.list;
        for (const Value element : o.list) {
          const std::size_t writer = writer_of(o.key, element);
          if (history_.transactions[writer].outcome == Outcome::unknown) {
            is_observed_.insert(writer);
          }
          if (history_.transactions[writer].outcome == Outcome::fail) has_g1a_ = true;
        }
      }
    }
    for (std::size_t t = 0; t < history_.transactions.size(); ++t) look_inside(t);
  }

  void look_inside(std::size_t t) {
    if (history_.transactions[t].outcome != Outcome::ok) return;
    const std::vector<MicroOperation>& operations = history_.transactions[t].operations;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      if (operations[i].kind != Kind::read_list) continue;
      const std::vector<Value>& list = operations[i].list;
      // What it did with the key since its last read, and that read.
      std::vector<Value> tail;
      bool has_earlier = false;
      for (std::size_t k = i; k-- > 0 && !has_earlier;) {
        if (operations[k].key != operations[i].key) continue;
        if (operations[k].kind == Kind::append) {
          tail.insert(tail.begin(), operations[k].value);
        } else {
          tail.insert(tail.begin(), operations[k].list.begin(), operations[k].list.end());
          has_earlier = true;
        }
      }
      if (has_earlier && list != tail) has_internal_ = true;
      const bool ends_so =
          list.size() >= tail.size() && std::equal(tail.rbegin(), tail.rend(), list.rbegin());
      if (!ends_so) has_internal_ = true;
      for (std::size_t k = i + 1; k < operations.size(); ++k) {
        if (operations[k].kind == Kind::append && operations[k].key == operations[i].key &&
            std::find(list.begin(), list.end(), operations[k].value) != list.end()) {
          has_future_read_ = true;
        }
      }
    }
  }

  /// Every order of the elements that no read shows, key after key.
  void choose(std::map<std::uint64_t, std::vector<Value>>& order, std::uint64_t key,
              std::map<Level, bool>& verdicts) {
    constexpr std::uint64_t keys = 3;
    if (key == keys) {
      judge(order, verdicts);
      return;
    }
    std::vector<Value> unseen;
    for (std::size_t t = 0; t < history_.transactions.size(); ++t) {
      if (!committed_[t]) continue;
      for (const MicroOperation& o : history_.transactions[t].operations) {
        const std::vector<Value>& seen = observed_[key];
        if (o.kind == Kind::append && o.key == key &&
            std::find(seen.begin(), seen.end(), o.value) == seen.end()) {
          unseen.push_back(o.value);
        }
      }
    }
    std::sort(unseen.begin(), unseen.end());
    do {
      std::vector<Value> chosen = observed_[key];
      chosen.insert(chosen.end(), unseen.begin(), unseen.end());
      order[key] = chosen;
      choose(order, key + 1, verdicts);
    } while (std::next_permutation(unseen.begin(), unseen.end()));
  }

  static Matrix closure(Matrix m) {
    for (std::size_t k = 0; k < m.size(); ++k) {
      for (std::size_t i = 0; i < m.size(); ++i) {
        for (std::size_t j = 0; j < m.size(); ++j) {
          if (m[i][k] && m[k][j]) m[i][j] = true;
        }
      }
    }
    return m;
  }
  static bool is_acyclic(const Matrix& m) {
    const Matrix closed = closure(m);
    for (std::size_t i = 0; i < m.size(); ++i) {
      if (closed[i][i]) return false;
    }
    return true;
  }
  static Matrix sum(const Matrix& a, const Matrix& b) {
    Matrix m = a;
    for (std::size_t i = 0; i < m.size(); ++i) {
      for (std::size_t j = 0; j < m.size(); ++j) m[i][j] = a[i][j] || b[i][j];
    }
    return m;
  }

  void judge(const std::map<std::uint64_t, std::vector<Value>>& order,
             std::map<Level, bool>& verdicts) {
    const std::size_t count = history_.transactions.size();
    const Matrix nothing(count, std::vector<bool>(count));
    Matrix ww = nothing;
    Matrix wr = nothing;
    Matrix rw = nothing;
    Matrix sessions = nothing;
    Matrix realtime = nothing;
    for (const auto& [key, elements] : order) {
      std::vector<std::pair<Value, std::size_t>> versions;  // Of the committed ones.
      for (const Value element : elements) {
        const std::size_t writer = writer_of(key, element);
        if (committed_[writer]) versions.emplace_back(element, writer);
      }
      for (std::size_t i = 1; i < versions.size(); ++i) {
        ww[versions[i - 1].second][versions[i].second] = true;
      }
      for (std::size_t t = 0; t < count; ++t) {
        if (history_.transactions[t].outcome != Outcome::ok) continue;
        for (const MicroOperation& o : history_.transactions[t].operations) {
          if (o.kind != Kind::read_list || o.key != key) continue;
          std::size_t seen = 0;  // How many of the committed versions it shows.
          for (const Value element : o.list) {
            if (committed_[writer_of(key, element)]) ++seen;
          }
          if (seen > 0) wr[versions[seen - 1].second][t] = true;
          if (seen < versions.size()) rw[t][versions[seen].second] = true;
        }
      }
    }
    for (std::size_t a = 0; a < count; ++a) {
      ww[a][a] = wr[a][a] = rw[a][a] = false;
      const Transaction& first = history_.transactions[a];
      for (std::size_t b = 0; b < count; ++b) {
        if (!committed_[a] || !committed_[b] || first.outcome != Outcome::ok) continue;
        const Transaction& second = history_.transactions[b];
        sessions[a][b] = a < b && first.session == second.session;
        realtime[a][b] = sessions[a][b] || first.completed < second.invoked;
      }
    }
    const auto judge_with = [&](const Matrix& time, Level pl1, Level pl2, Level si, Level pl3) {
      const Matrix writes = sum(ww, time);
      const Matrix flow = sum(writes, wr);
      const bool is_pl1 = is_acyclic(writes);
      const bool is_pl2 = is_acyclic(flow) && !has_g1a_ && !has_future_read_;
      const bool is_pl3 = is_pl2 && is_acyclic(sum(flow, rw));
      Matrix hops = flow;
      for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < count; ++j) {
          for (std::size_t k = 0; k < count; ++k) {
            if (flow[i][j] && rw[j][k]) hops[i][k] = true;
          }
        }
      }
      verdicts[pl1] |= is_pl1;
      verdicts[pl2] |= is_pl2;
      verdicts[si] |= is_pl2 && !has_internal_ && is_acyclic(hops);
      verdicts[pl3] |= is_pl3 && !has_internal_;
      return std::pair(is_pl2, is_pl3);
    };
    const auto [is_pl2, is_pl3] =
        judge_with(nothing, Level::read_uncommitted, Level::read_committed,
                   Level::snapshot_isolation, Level::serializable);
    judge_with(sessions, Level::strong_session_read_uncommitted,
               Level::strong_session_read_committed, Level::strong_session_snapshot_isolation,
               Level::strong_session_serializable);
    judge_with(realtime, Level::strong_read_uncommitted, Level::strong_read_committed,
               Level::strong_snapshot_isolation, Level::strict_serializable);
    verdicts[Level::repeatable_read] |= is_pl3;
    const Matrix flow = closure(sum(ww, wr));
    bool has_g_single = false;
    for (std::size_t a = 0; a < count; ++a) {
      for (std::size_t b = 0; b < count; ++b) has_g_single |= rw[a][b] && flow[b][a];
    }
    verdicts[Level::consistent_view] |= is_pl2 && !has_g_single;
  }

  void by_commit_orders(std::map<Level, bool>& verdicts) {
    BruteForce force(history_);
    for (const std::size_t t : is_observed_) force.must_commit(t);
    for (std::uint64_t key = 0; key < 3; ++key) {
      std::vector<std::size_t> seen;
      for (const Value element : observed_[key]) {
        const std::size_t writer = writer_of(key, element);
        if (history_.transactions[writer].outcome != Outcome::fail) seen.push_back(writer);
      }
      for (std::size_t i = 1; i < seen.size(); ++i) force.add_version_order(seen[i - 1], seen[i]);
      if (seen.empty()) continue;
      for (std::size_t t = 0; t < history_.transactions.size(); ++t) {
        for (const MicroOperation& o : history_.transactions[t].operations) {
          if (o.kind == Kind::append && o.key == key &&
              std::find(seen.begin(), seen.end(), t) == seen.end()) {
            force.add_version_order(seen.back(), t);
          }
        }
      }
    }
    const BruteForce::Verdicts forced = force.run();
    for (const Level level : {Level::read_atomic, Level::causal, Level::prefix}) {
      verdicts[level] = forced.at(level) && !has_g1a_ && !has_internal_ && !has_future_read_;
    }
  }

  const TransactionHistory& history_;
  std::map<std::uint64_t, std::vector<Value>> observed_;
  std::set<std::size_t> is_observed_;  ///< Of unknown outcome, but seen.
  std::vector<bool> committed_;
  bool has_g1a_ = false;
  bool has_internal_ = false;
  bool has_future_read_ = false;
};

/// Reads show any beginning of a list; each transaction appends to a key at most once.
TransactionHistory random_history(Lcg& random, std::int64_t transactions, std::int64_t keys,
                                  std::int64_t odd_percent) {
  TransactionHistory history;
  std::map<std::uint64_t, std::vector<Value>> appended;
  std::array<std::int64_t, 3> session_end{};
  for (std::int64_t t = 0; t < transactions; ++t) {
    Transaction transaction;
    transaction.session = static_cast<std::uint32_t>(random.below(3));
    std::int64_t& end = session_end[transaction.session];
    const std::int64_t invoked = end + 1 + random.below(6);
    end = invoked + random.below(8);
    transaction.invoked = Time(Duration(invoked));
    transaction.completed = Time(Duration(end));
    const std::int64_t draw = random.below(100);
    if (draw < odd_percent) {
      transaction.outcome = Outcome::fail;
    } else if (draw < 2 * odd_percent) {
      transaction.outcome = Outcome::unknown;
    }
    const std::int64_t count = 1 + random.below(3);
    std::set<std::uint64_t> has_appended;
    for (std::int64_t i = 0; i < count; ++i) {
      MicroOperation operation;
      operation.key = static_cast<std::uint64_t>(random.below(keys));
      operation.kind = Kind::read_list;
      if (random.below(2) == 0 && has_appended.insert(operation.key).second) {
        operation.kind = Kind::append;
        std::vector<Value>& values = appended[operation.key];
        operation.value = static_cast<Value>(values.size() + 1);
        values.push_back(operation.value);
      }
      transaction.operations.push_back(operation);
    }
    history.transactions.push_back(transaction);
  }
  for (auto& [key, values] : appended) {
    for (std::size_t i = values.size(); i > 1; --i) {
      std::swap(values[i - 1],
                values[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(i)))]);
    }
  }
  for (Transaction& transaction : history.transactions) {
    for (MicroOperation& operation : transaction.operations) {
      if (operation.kind != Kind::read_list) continue;
      const std::vector<Value>& values = appended[operation.key];
      const std::int64_t length = random.below(static_cast<std::int64_t>(values.size()) + 1);
      operation.list.assign(values.begin(), values.begin() + length);
    }
  }
  return history;
}

std::string to_text(const TransactionHistory& history) {
  std::string text;
  for (std::size_t t = 0; t < history.transactions.size(); ++t) {
    const Transaction& transaction = history.transactions[t];
    text += history.transaction_name(t) + " session " + std::to_string(transaction.session) +
            " outcome " + std::to_string(static_cast<int>(transaction.outcome)) + " [" +
            std::to_string(transaction.invoked.time_since_epoch().count()) + ", " +
            std::to_string(transaction.completed.time_since_epoch().count()) +
            "]: " + history.to_text(transaction) + "\n";
  }
  return text;
}

struct Tally {
  std::map<Level, int> held;
  int undecided = 0;
};

void compare(std::uint64_t seed, int count, std::int64_t transactions, std::int64_t keys,
             std::int64_t odd_percent, Tally& tally) {
  Lcg random(seed);
  for (int i = 0; i < count; ++i) {
    const TransactionHistory history = random_history(random, transactions, keys, odd_percent);
    const std::map<Level, bool> expected = AllVersionOrders(history).run();
    const std::string text = to_text(history);
    std::map<Level, Verdict> together;
    for (const auto& [level, verdict] :
         check_transaction_levels(history, TransactionModel::list_append)) {
      together[level] = verdict;
    }
    for (const auto& [level, holds] : expected) {
      const TransactionCheck check =
          check_transactions(history, TransactionModel::list_append, level);
      tally.held[level] += holds ? 1 : 0;
      if (level == Level::consistent_view && check.result.verdict == Verdict::unknown) {
        ++tally.undecided;
        continue;
      }
      ASSERT_EQ(check.result.verdict, holds ? Verdict::holds : Verdict::violated)
          << "seed " << seed << ", history " << i << ", " << to_text(level) << "\n"
          << text << check.result.witness.why << check.result.reason;
      ASSERT_EQ(together.at(level), check.result.verdict) << to_text(level) << "\n" << text;
    }
  }
}

TEST(ListAppend, EveryLevelAgreesWithItsPhenomenaOverAllOrdersOfVersions) {
  Tally tally;
  compare(1, 200, 3, 2, 10, tally);
  compare(2, 200, 4, 3, 5, tally);
  compare(3, 100, 5, 2, 0, tally);
  for (const auto& [level, held] : tally.held) {
    EXPECT_GT(held, 20) << to_text(level);
    EXPECT_LT(held, 499) << to_text(level);
  }
  EXPECT_EQ(tally.undecided, 0);
}

TEST(SlowListAppend, SixTransactionsAgreeWithThePhenomena) {
  Tally tally;
  compare(4, 300, 6, 3, 0, tally);
  compare(5, 1000, 5, 3, 4, tally);
  compare(6, 3000, 4, 2, 5, tally);
  EXPECT_EQ(tally.undecided, 0);
}

}  // namespace
}  // namespace faultline::sim::consistency
