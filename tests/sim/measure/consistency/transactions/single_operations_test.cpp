#include "sim/measure/consistency/transactions/single_operations.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/measure/consistency/check.hpp"
#include "sim/measure/consistency/transactions/check.hpp"

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
  return check_transactions(as_transactions(history), TransactionModel::rw_register,
                            TransactionLevel::causal)
             .result.verdict == Verdict::holds;
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
