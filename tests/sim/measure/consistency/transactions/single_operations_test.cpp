#include "sim/measure/consistency/transactions/single_operations.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/measure/consistency/check.hpp"

namespace faultline::sim::consistency {
namespace {

/// One line a session: "wx1 ry0" writes 1 to x, then reads 0 of y.
History history_of(const std::vector<std::string>& sessions) {
  History history;
  history.initial = 0;
  std::int64_t time = 0;
  for (std::uint32_t session = 0; session < sessions.size(); ++session) {
    for (std::size_t at = 0; at < sessions[session].size(); at += 4) {
      Operation operation;
      operation.kind = sessions[session][at] == 'w' ? Kind::write : Kind::read;
      operation.key = static_cast<std::uint64_t>(sessions[session][at + 1] - 'x');
      operation.value = sessions[session][at + 2] - '0';
      operation.session = session;
      operation.invoked = Time(Duration(++time));
      operation.completed = Time(Duration(++time));
      history.operations.push_back(operation);
    }
  }
  return history;
}

bool converges(const History& history) {
  const CheckResult result = check(history, Model::rw_register, Level::causal_convergence);
  EXPECT_EQ(result.verdict == Verdict::violated, !result.witness.operations.empty());
  return result.verdict == Verdict::holds;
}
bool is_causal_memory(const History& history) {
  return check(history, Model::rw_register, Level::causal).verdict == Verdict::holds;
}

/// The five histories of Bouajjani et al., figure 3, that tell the kinds of causal consistency
/// apart.
TEST(SingleOperations, TellCausalConvergenceFromCausalMemory) {
  const History a = history_of({"wx1 rx2", "wx2 rx1"});
  EXPECT_TRUE(is_causal_memory(a));
  EXPECT_FALSE(converges(a));
  const History b = history_of({"wz1 wx1 wy1", "wx2 rz0 ry1 rx2"});
  EXPECT_FALSE(is_causal_memory(b));
  EXPECT_TRUE(converges(b));
  const History c = history_of({"wx1", "wx2 rx1 rx2"});
  EXPECT_FALSE(is_causal_memory(c));
  EXPECT_FALSE(converges(c));
  const History d = history_of({"wx1 ry0 wy1 rx1", "wx2 ry0 wy2 rx2"});
  EXPECT_TRUE(is_causal_memory(d));
  EXPECT_TRUE(converges(d));
  EXPECT_EQ(check(d, Model::rw_register, Level::sequential).verdict, Verdict::violated);
  const History e = history_of({"wx1 wy1", "ry1 wx2", "rx2 rx1"});
  EXPECT_FALSE(is_causal_memory(e));
  EXPECT_FALSE(converges(e));
}

/// By its definition, over every order of the writes: one that keeps to what comes before what (the
/// order of sessions, and a read after the write that it found), in which each read finds the last
/// write of its key among those that come before it.
bool converges_slowly(const History& history) {
  const auto& all = history.operations;
  const std::size_t count = all.size();
  std::vector<std::vector<bool>> before(count, std::vector<bool>(count));
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = 0; b < count; ++b) {
      const bool same_session = all[a].session == all[b].session && a < b;
      const bool found = all[a].kind == Kind::write && all[b].kind == Kind::read &&
                         all[a].key == all[b].key && all[a].value == all[b].value;
      before[a][b] = same_session || found;
    }
  }
  for (std::size_t via = 0; via < count; ++via) {
    for (std::size_t a = 0; a < count; ++a) {
      for (std::size_t b = 0; b < count; ++b) {
        if (before[a][via] && before[via][b]) before[a][b] = true;
      }
    }
  }
  std::vector<std::size_t> writes;
  for (std::size_t place = 0; place < count; ++place) {
    if (before[place][place]) return false;
    if (all[place].kind == Kind::write) writes.push_back(place);
  }
  do {
    bool fits = true;
    for (std::size_t a = 0; a < writes.size(); ++a) {
      for (std::size_t b = a + 1; b < writes.size(); ++b) fits &= !before[writes[b]][writes[a]];
    }
    for (std::size_t read = 0; fits && read < count; ++read) {
      if (all[read].kind != Kind::read) continue;
      Value last = 0;
      for (const std::size_t write : writes) {
        if (before[write][read] && all[write].key == all[read].key) last = all[write].value;
      }
      fits = last == all[read].value;
    }
    if (fits) return true;
  } while (std::next_permutation(writes.begin(), writes.end()));
  return false;
}

TEST(SingleOperations, ConvergenceIsItsDefinition) {
  std::uint64_t state = 1;
  const auto below = [&state](std::uint64_t bound) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (state >> 33) % bound;
  };
  int held = 0;
  for (int round = 0; round < 4000; ++round) {
    std::vector<std::string> sessions(3);
    std::vector<std::string> written{"x0", "y0"};
    char value = '0';
    const auto operations = 4 + below(4);
    for (std::uint64_t i = 0; i < operations; ++i) {
      std::string& session = sessions[below(3)];
      if (value < '5' && below(2) == 0) {
        written.push_back(std::string(1, below(2) == 0 ? 'x' : 'y') + ++value);
        session += "w" + written.back() + " ";
      } else {
        session += "r" + written[below(written.size())] + " ";
      }
    }
    const History history = history_of(sessions);
    const bool converges_here = converges(history);
    ASSERT_EQ(converges_here, converges_slowly(history))
        << sessions[0] << "| " << sessions[1] << "| " << sessions[2];
    held += converges_here;
    if (check(history, Model::rw_register, Level::sequential).verdict == Verdict::holds) {
      ASSERT_TRUE(converges_here);
    }
  }
  EXPECT_GT(held, 500);
  EXPECT_LT(held, 3500);
}

/// A compare-and-set reads and writes at once. Two may take the same value: neither is in the past
/// of the other.
TEST(SingleOperations, CompareAndSetIsAReadAndAWrite) {
  History history = history_of({"wx1", "rx1", "rx1"});
  for (std::size_t place : {1u, 2u}) {
    history.operations[place].kind = Kind::cas;
    history.operations[place].second = static_cast<Value>(place) + 1;
  }
  EXPECT_EQ(check(history, Model::cas_register, Level::causal_convergence).verdict,
            Verdict::holds);  // Each of them is the last one of its past.
  const TransactionHistory all = as_transactions(history);
  ASSERT_EQ(all.transactions[1].operations.size(), 2u);
  EXPECT_EQ(all.transactions[1].operations[0].value, 1);
  EXPECT_EQ(all.transactions[1].operations[1].value, 2);
}

TEST(SingleOperations, KeepEverything) {
  History history = history_of({"wx1 rx1"});
  history.operations[1].outcome = Outcome::unknown;
  history.operations[1].node = 3;
  const TransactionHistory all = as_transactions(history);
  ASSERT_EQ(all.transactions.size(), 2u);
  EXPECT_EQ(all.transactions[1].outcome, Outcome::unknown);
  EXPECT_EQ(all.transactions[1].node, 3u);
  EXPECT_EQ(all.transactions[1].invoked, history.operations[1].invoked);
  EXPECT_EQ(all.transactions[0].operations.front().kind, MicroOperation::Kind::write);
  EXPECT_EQ(all.initial, 0);
}

}  // namespace
}  // namespace faultline::sim::consistency
