#include "sim/measure/consistency/transactions/read.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <sstream>
#include <string>

#include "tests/sim/measure/lcg.hpp"

namespace faultline::sim::consistency {
namespace {

using Kind = MicroOperation::Kind;
using ::testing::ElementsAre;

TransactionHistory read_text(const std::string& text, TransactionFormat format,
                             TransactionModel model = TransactionModel::rw_register,
                             std::optional<Value> initial = std::nullopt) {
  std::istringstream input(text);
  std::string error;
  const std::optional<TransactionHistory> history =
      read_transactions(input, format, model, initial, error);
  EXPECT_TRUE(history.has_value()) << error;
  return history.value_or(TransactionHistory{});
}

std::string error_of(const std::string& text, TransactionFormat format,
                     TransactionModel model = TransactionModel::rw_register) {
  std::istringstream input(text);
  std::string error;
  EXPECT_FALSE(read_transactions(input, format, model, std::nullopt, error).has_value());
  return error;
}

TEST(ReadTransactions, TextGroupsOperationsByTransactionAndSession) {
  const TransactionHistory history = read_text(
      "w(7,1,0,3)\n"
      "r(8, 0, 0, 3)\r\n"
      "\n"
      "r(7,1,2,4)\n",
      TransactionFormat::txn_text);
  ASSERT_EQ(history.transactions.size(), 2U);
  EXPECT_FALSE(history.timed);
  EXPECT_EQ(history.initial, 0);
  EXPECT_THAT(history.transaction_names, ElementsAre("T3", "T4"));
  EXPECT_THAT(history.key_names, ElementsAre("7", "8"));
  EXPECT_THAT(history.session_names, ElementsAre("0", "2"));
  EXPECT_THAT(
      history.transactions[0].operations,
      ElementsAre(MicroOperation{Kind::write, 0, 1, {}}, MicroOperation{Kind::read, 1, 0, {}}));
  EXPECT_EQ(history.transactions[1].session, 1U);
  EXPECT_EQ(history.to_text(history.transactions[0]), "write 7 = 1, read 8: 0");
}

TEST(ReadTransactions, TextWithTheSameNumberInTwoSessionsSaysWhich) {
  const TransactionHistory history =
      read_text("w(1,1,0,1)\nw(1,2,5,1)\n", TransactionFormat::txn_text);
  EXPECT_THAT(history.transaction_names, ElementsAre("T0.1", "T5.1"));
}

TEST(ReadTransactions, TextErrorsNameTheLine) {
  const TransactionFormat format = TransactionFormat::txn_text;
  EXPECT_EQ(error_of("w(1,2,3,4)\nx(1,2,3,4)\n", format),
            "line 2: expected r(key,value,session,transaction) or w(...), got \"x(1,2,3,4)\"");
  EXPECT_EQ(error_of("w(1,2,3)", format),
            "line 1: expected r(key,value,session,transaction) or w(...), got \"w(1,2,3)\"");
  EXPECT_EQ(error_of("w(1,2,3,4,5)", format),
            "line 1: expected r(key,value,session,transaction) or w(...), got \"w(1,2,3,4,5)\"");
  EXPECT_EQ(error_of("w(1,x,3,4)", format), "line 1: expected a whole number, got \"x\"");
  EXPECT_EQ(error_of("w(1,99999999999999999999,3,4)", format),
            "line 1: expected a whole number, got \"99999999999999999999\"");
  EXPECT_EQ(error_of("w(1,2,3,4)", format, TransactionModel::list_append),
            "txn_text has registers only; expected the model rw_register, got list_append");
}

TEST(ReadTransactions, JsonPairsInvocationsWithCompletions) {
  const TransactionHistory history = read_text(
      R"({"process": 0, "type": "invoke", "f": "txn", "value": [["append", "x", 1], ["r", 5, null]]}
{"process": 1, "type": "invoke", "f": "txn", "value": [["r", "x", null]]}
{"process": "nemesis", "type": "info", "f": "kill", "value": "n1"}
{"process": 0, "type": "ok", "f": "txn", "value": [["append", "x", 1], ["r", 5, [2, "b"]]]}
{"process": 1, "type": "fail", "f": "txn", "value": [["r", "x", null]]}
{"process": 0, "type": "invoke", "f": "txn", "value": [["append", "x", 3]]}
{"process": 0, "type": "info", "f": "txn", "value": null}
{"process": 2, "type": "invoke", "f": "txn", "value": [["append", "x", 4]]}
)",
      TransactionFormat::elle_json, TransactionModel::list_append);
  ASSERT_EQ(history.transactions.size(), 4U);
  EXPECT_TRUE(history.timed);
  EXPECT_EQ(history.clock, History::Clock::positions);
  const Transaction& first = history.transactions[0];
  EXPECT_EQ(first.outcome, Outcome::ok);
  EXPECT_EQ(first.invoked, Time(Duration(1)));
  EXPECT_EQ(first.completed, Time(Duration(4)));
  EXPECT_EQ(history.to_text(first), "append 1 to x, read 5: [2, \"b\"]");
  EXPECT_EQ(history.transactions[1].outcome, Outcome::fail);
  EXPECT_EQ(history.transactions[2].outcome, Outcome::unknown);
  EXPECT_EQ(history.transactions[2].completed, time_max);
  EXPECT_EQ(history.transactions[3].outcome, Outcome::unknown);
  EXPECT_THAT(history.session_names, ElementsAre("0", "1", "2"));
}

TEST(ReadTransactions, JsonMayBeOneArrayAndLackProcesses) {
  const TransactionHistory history = read_text(
      R"([{"type": "invoke", "value": [["w", "x", 1]]}, {"type": "ok", "value": [["w", "x", 1]]},
          {"type": "invoke", "value": [["r", "x", null]]}, {"type": "ok", "value": [["r", "x", 1]]}])",
      TransactionFormat::elle_json);
  ASSERT_EQ(history.transactions.size(), 2U);
  EXPECT_NE(history.transactions[0].session, history.transactions[1].session);
  EXPECT_EQ(history.transactions[1].invoked, Time(Duration(3)));
  const TransactionHistory untimed = read_text(
      R"({"process": 0, "type": "ok", "value": [["w", "x", 1]]})", TransactionFormat::elle_json);
  EXPECT_FALSE(untimed.timed);
}

TEST(ReadTransactions, EdnIsTheSame) {
  const TransactionHistory history = read_text(
      R"({:process 0, :type :invoke, :f :txn, :value [[:append :x 1] [:r 5 nil]], :index 0}
{:process 0, :type :ok, :f :txn, :value [[:append :x 1] [:r 5 [2]]], :index 1}
{:process :nemesis, :type :info, :f :start, :value nil}
)",
      TransactionFormat::elle_edn, TransactionModel::list_append);
  ASSERT_EQ(history.transactions.size(), 1U);
  EXPECT_EQ(history.transactions[0].outcome, Outcome::ok);
  EXPECT_EQ(history.to_text(history.transactions[0]), "append 1 to x, read 5: [2]");
  EXPECT_EQ(history.transactions[0].completed, Time(Duration(2)));
  const TransactionHistory vector = read_text(
      "[{:process 0, :type :invoke, :f :txn, :value [[:w :x 1]]}\n"
      " {:process 0, :type :ok, :f :txn, :value [[:w :x 1]]}]\n",
      TransactionFormat::elle_edn);
  EXPECT_EQ(vector.transactions.size(), 1U);
}

TEST(ReadTransactions, JsonErrorsNameTheLineAndWhatWasExpected) {
  const TransactionFormat format = TransactionFormat::elle_json;
  const std::string invoke = R"({"process": 0, "type": "invoke", "value": [["w", "x", 1]]})";
  EXPECT_EQ(error_of(invoke + "\n{", format), "line 2: expected a JSON object, got \"{\"");
  EXPECT_EQ(error_of("[1]", format), "line 1: expected a JSON object, got \"1\"");
  EXPECT_EQ(error_of(invoke + "\n" + invoke, format),
            "line 2: expected process 0 to complete its invocation of line 1, got another one");
  EXPECT_EQ(error_of(R"({"process": 0, "type": "okay", "value": []})", format),
            "line 1: expected \"type\": \"invoke\", \"ok\", \"fail\" or \"info\", got \"okay\"");
  EXPECT_EQ(error_of(R"({"process": 0, "type": "ok", "f": "read", "value": 3})", format),
            "line 1: expected \"f\": \"txn\", got \"\\\"read\\\"\"");
  EXPECT_EQ(error_of(R"({"process": 0, "type": "ok", "value": [["append", "x", 1]]})", format),
            "line 1: expected [\"w\", key, value] or [\"r\", key, value], got "
            "\"[\\\"append\\\",\\\"x\\\",1]\"; is it a list_append history?");
  EXPECT_EQ(error_of(R"({"process": 0, "type": "ok", "value": [["w", "x", 1.5]]})", format),
            "line 1: expected a value that is a whole number or a text, got \"1.5\"");
  EXPECT_EQ(error_of(R"({"process": 0, "type": "ok", "value": [["w", [1], 1]]})", format),
            "line 1: expected a key that is a text or a whole number, got \"[1]\"");
  EXPECT_EQ(error_of(invoke + "\n" + R"({"process": 1, "type": "ok", "value": []})", format),
            "line 2: expected an invocation before its completion, got "
            "\"{\\\"process\\\":1,\\\"type\\\":\\\"ok\\\",\\\"value\\\":[]}\"");
}

/// Found by the fuzzer: a byte that is no character came as far as a message, which could not be
/// written.
TEST(ReadTransactions, WhatIsNoTextIsRefused) {
  for (const std::string& name : transaction_format_names()) {
    const TransactionFormat format = *parse_transaction_format(name);
    EXPECT_EQ(error_of("{:process 0, :type :\xfe}\n", format, TransactionModel::rw_register),
              "line 1: expected UTF-8, got another byte")
        << name;
  }
}

/// A message about such a value would need more stack than there is.
TEST(ReadTransactions, WhatIsNestedWithoutEndIsRefused) {
  const std::string deep = std::string(300'000, '[') + std::string(300'000, ']');
  for (const std::string& text : {deep, R"({"type": "ok", "value": )" + deep + "}"}) {
    EXPECT_EQ(error_of(text, TransactionFormat::elle_json),
              "line 1: it is nested more than 64 levels deep");
  }
  // Brackets in texts are no nesting.
  const std::string text =
      R"({"process": 0, "type": "ok", "value": [["w", ")" + std::string(100, '[') + R"(\"[", 1]]})";
  std::istringstream input(text);
  std::string error;
  EXPECT_TRUE(read_transactions(input, TransactionFormat::elle_json, TransactionModel::rw_register,
                                std::nullopt, error))
      << error;
}

TEST(ReadTransactions, TheBeginningTellsTheFormat) {
  EXPECT_EQ(detect_transaction_format("w(1,2,3,4)\n"), TransactionFormat::txn_text);
  EXPECT_EQ(detect_transaction_format("\n {\"type\": 1}"), TransactionFormat::elle_json);
  EXPECT_EQ(detect_transaction_format("[\n {\"type\": 1}]"), TransactionFormat::elle_json);
  EXPECT_EQ(detect_transaction_format("{:type :ok}"), TransactionFormat::elle_edn);
  EXPECT_EQ(detect_transaction_format("[{:type :ok}]"), TransactionFormat::elle_edn);
  EXPECT_EQ(detect_transaction_format("hello"), std::nullopt);
  for (const std::string& name : transaction_format_names()) {
    EXPECT_TRUE(parse_transaction_format(name).has_value()) << name;
  }
}

TEST(ReadTransactions, WhatIsWrittenIsReadAgain) {
  Lcg random(11);
  for (int round = 0; round < 50; ++round) {
    TransactionHistory history;
    history.clock = History::Clock::positions;
    std::int64_t now = 0;
    for (int t = 0; t < 8; ++t) {
      Transaction transaction;
      transaction.session = static_cast<std::uint32_t>(t % 3);
      transaction.outcome = static_cast<Outcome>(random.below(3));
      transaction.invoked = Time(Duration(now += 1 + random.below(3)));
      if (transaction.outcome != Outcome::unknown) {
        transaction.completed = Time(Duration(now + random.below(2)));
      }
      for (std::int64_t i = random.below(3); i >= 0; --i) {
        MicroOperation operation;
        operation.key = static_cast<std::uint64_t>(random.below(2));
        operation.kind = random.below(2) == 0 ? Kind::append : Kind::read_list;
        if (operation.kind == Kind::append) {
          operation.value = random.below(2) == 0 ? random.below(100) : history.values.text("a");
        } else if (transaction.outcome == Outcome::ok) {
          operation.list = {1, history.values.text("b")};
        }
        transaction.operations.push_back(operation);
      }
      history.transactions.push_back(transaction);
    }
    const std::string text = elle_json_text(history);
    const TransactionHistory again =
        read_text(text, TransactionFormat::elle_json, TransactionModel::list_append);
    ASSERT_EQ(again.transactions.size(), history.transactions.size()) << text;
    for (std::size_t t = 0; t < 8; ++t) {
      const Transaction& before = history.transactions[t];
      const Transaction& after = again.transactions[t];
      EXPECT_EQ(after.outcome, before.outcome) << text;
      EXPECT_EQ(again.to_text(after), history.to_text(before)) << text;
      for (std::size_t other = 0; other < 8; ++other) {
        // Nothing came before or ceased to, as far as anybody may tell.
        if (before.outcome == Outcome::unknown) continue;
        EXPECT_EQ(after.completed < again.transactions[other].invoked,
                  before.completed < history.transactions[other].invoked)
            << text;
      }
    }
  }
}

}  // namespace
}  // namespace faultline::sim::consistency
