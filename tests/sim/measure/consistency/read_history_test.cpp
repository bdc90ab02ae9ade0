#include "sim/measure/consistency/read_history.hpp"

#include <gtest/gtest.h>

#include "sim/measure/consistency/check.hpp"

namespace faultline::sim::consistency {
namespace {

/// The history, or its problems, one a line.
std::string problems_of(std::string_view text, HistoryFormat format,
                        Model model = Model::cas_register,
                        const std::optional<std::string>& initial = std::nullopt) {
  Problems problems;
  const std::optional<History> history = read_history(text, format, model, initial, problems);
  EXPECT_EQ(history.has_value(), problems.empty());
  std::string lines;
  for (const Problem& problem : problems.sorted()) lines += problem.to_text() + "\n";
  return lines;
}

History read(std::string_view text, HistoryFormat format, Model model = Model::cas_register,
             const std::optional<std::string>& initial = std::nullopt) {
  Problems problems;
  const std::optional<History> history = read_history(text, format, model, initial, problems);
  for (const Problem& problem : problems.sorted()) ADD_FAILURE() << problem.to_text();
  return history.value_or(History{});
}

std::string line_of(const History& history, std::size_t index) {
  const Operation& one = history.operations.at(index);
  const auto time = [](Time at) {
    return at == time_max ? std::string("-") : std::to_string(at.time_since_epoch().count());
  };
  return history.session_name(one.session) + " " + history.to_text(one) + " " + time(one.invoked) +
         " " + time(one.completed) +
         (one.outcome == Outcome::ok     ? ""
          : one.outcome == Outcome::fail ? " fail"
                                         : " unknown");
}

TEST(ReadHistory, JepsenLog) {
  const History history = read(
      "2015-02-26 INFO  jepsen.util - 3\t:invoke\t:read\tnil\n"
      "INFO  jepsen.util - 1\t:invoke\t:write\t4\n"
      "something else\n"
      "INFO  jepsen.util - 3\t:ok\t:read\tnil\n"
      "INFO  jepsen.util - 2\t:invoke\t:cas\t[4 1]\r\n"
      "INFO  jepsen.util - 2\t:fail\t:cas\t[4 1]\r\n"
      "INFO  jepsen.util - 1\t:info\t:write\t:timed-out\n"
      "INFO  jepsen.util - 4\t:invoke\t:cas\t[0 2]\n"
      "INFO  jepsen.util - 4\t:ok\t:cas\t[0 2]\n"
      "INFO  jepsen.util - :nemesis\t:info\t:start\tnil\n"
      "INFO  jepsen.util - 5\t:invoke\t:read\tnil\n"
      "INFO  jepsen.util - 5\t:fail\t:read\t:timed-out\n",
      HistoryFormat::jepsen_log);
  ASSERT_EQ(history.operations.size(), 5U);
  EXPECT_EQ(line_of(history, 0), "3 read: nil 1 4");
  EXPECT_EQ(line_of(history, 1), "1 write = 4 2 - unknown");
  // A compare-and-set that failed saw something.
  EXPECT_EQ(line_of(history, 2), "2 cas: it is not 4 5 6");
  EXPECT_EQ(line_of(history, 3), "4 cas: 0 -> 2 8 9");
  EXPECT_EQ(line_of(history, 4), "5 read 11 12 fail");
  EXPECT_EQ(history.clock, History::Clock::positions);
}

TEST(ReadHistory, JepsenJson) {
  const std::string text =
      "{\"process\": 0, \"type\": \"invoke\", \"f\": \"cas\", \"value\": [1, 2], \"key\": \"x\"}\n"
      "{\"process\": \"nemesis\", \"type\": \"info\", \"f\": \"kill\", \"value\": null}\n"
      "\n"
      "{\"process\": 1, \"type\": \"invoke\", \"f\": \"read\", \"key\": 7}\n"
      "{\"process\": 0, \"type\": \"fail\", \"f\": \"cas\", \"value\": [1, 2], \"key\": \"x\"}\n"
      "{\"process\": 1, \"type\": \"ok\", \"f\": \"read\", \"value\": 3, \"key\": 7}\n"
      "{\"process\": 2, \"type\": \"invoke\", \"f\": \"write\", \"value\": \"a\\u001b\"}\n";
  const History history = read(text, HistoryFormat::jepsen_json);
  ASSERT_EQ(history.operations.size(), 3U);
  EXPECT_EQ(line_of(history, 0), "0 cas x: 1 -> 2 1 5 fail");
  EXPECT_EQ(line_of(history, 1), "1 read 7: 3 4 6");
  EXPECT_EQ(line_of(history, 2), "2 write = \"a\\x1b\" 7 - unknown");
  EXPECT_EQ(detect_format(text), HistoryFormat::jepsen_json);
}

TEST(ReadHistory, IndexIsTheOrder) {
  const History history = read(
      "[{\"index\": 2, \"process\": 1, \"type\": \"invoke\", \"f\": \"read\"},\n"
      " {\"index\": 0, \"process\": 0, \"type\": \"invoke\", \"f\": \"write\", \"value\": 1},\n"
      " {\"index\": 3, \"process\": 1, \"type\": \"ok\", \"f\": \"read\", \"value\": 1},\n"
      " {\"index\": 1, \"process\": 0, \"type\": \"ok\", \"f\": \"write\", \"value\": 1}]",
      HistoryFormat::jepsen_json);
  ASSERT_EQ(history.operations.size(), 2U);
  EXPECT_EQ(line_of(history, 0), "0 write = 1 1 2");
  EXPECT_EQ(line_of(history, 1), "1 read: 1 3 4");
}

TEST(ReadHistory, ReadsOfNilTellNothingWhereNilCannotBe) {
  const std::string text =
      "{\"process\": 0, \"type\": \"invoke\", \"f\": \"read\", \"value\": null}\n"
      "{\"process\": 0, \"type\": \"ok\", \"f\": \"read\", \"value\": null}\n";
  EXPECT_EQ(line_of(read(text, HistoryFormat::jepsen_json), 0), "0 read: nil 1 2");
  EXPECT_EQ(line_of(read(text, HistoryFormat::jepsen_json, Model::cas_register, "0"), 0),
            "0 read 1 2 unknown");
}

TEST(ReadHistory, KeysInValuesAndEdn) {
  const std::string text =
      "{:type :invoke, :f :read, :value [5 nil], :process 0, :time 1}\n"
      "{:type :ok, :f :read, :value [5 nil], :process 0, :time 2}\n"
      "#jepsen.history.Op{:type :invoke, :f :cas, :value [6 [1 2]], :process 1}\n"
      "; a comment\n"
      "{:type :ok, :f :cas, :value [6 [1 2]], :process 1, :error #{:a nil}}\n";
  const History history = read(text, HistoryFormat::jepsen_edn);
  ASSERT_EQ(history.operations.size(), 2U);
  EXPECT_EQ(line_of(history, 0), "0 read 5: nil 1 2");
  EXPECT_EQ(line_of(history, 1), "1 cas 6: 1 -> 2 3 5");
  EXPECT_EQ(detect_format(text), HistoryFormat::jepsen_edn);
}

TEST(ReadHistory, PorcupineKeyValue) {
  const std::string text =
      "{:process 0, :type :invoke, :f :append, :key \"0\", :value \"x \\\"0\\\" y\"}\n"
      "{:process 0, :type :ok, :f :append, :key \"0\", :value \"x \\\"0\\\" y\"}\n"
      "{:process 1, :type :invoke, :f :get, :key \"0\", :value nil}\n"
      "{:process 1, :type :ok, :f :get, :key \"0\", :value \"x \\\"0\\\" y\"}\n";
  const History history = read(text, HistoryFormat::porcupine_kv, Model::kv_append);
  EXPECT_EQ(line_of(history, 0), "0 append 0 \"x \\\"0\\\" y\" 1 2");
  EXPECT_EQ(detect_format(text), HistoryFormat::porcupine_kv);
  EXPECT_EQ(check(history, Model::kv_append, Level::linearizable).verdict, Verdict::holds);
}

TEST(ReadHistory, OtherFunctions) {
  const History counted = read(
      "{\"process\": 0, \"type\": \"invoke\", \"f\": \"increment\"}\n"
      "{\"process\": 1, \"type\": \"invoke\", \"f\": \"decrement\", \"value\": 5}\n"
      "{\"process\": 2, \"type\": \"invoke\", \"f\": \"add\", \"value\": 3}\n",
      HistoryFormat::jepsen_json, Model::counter);
  EXPECT_EQ(counted.operations[0].value, 1);
  EXPECT_EQ(counted.operations[1].value, -5);
  EXPECT_EQ(counted.operations[2].value, 3);
  // A drain is many dequeues; who asked for it got all that was left.
  const History drained = read(
      "{\"process\": 0, \"type\": \"invoke\", \"f\": \"enqueue\", \"value\": 1}\n"
      "{\"process\": 0, \"type\": \"ok\", \"f\": \"enqueue\", \"value\": 1}\n"
      "{\"process\": 0, \"type\": \"invoke\", \"f\": \"enqueue\", \"value\": 2}\n"
      "{\"process\": 0, \"type\": \"ok\", \"f\": \"enqueue\", \"value\": 2}\n"
      "{\"process\": 1, \"type\": \"invoke\", \"f\": \"drain\"}\n"
      "{\"process\": 1, \"type\": \"ok\", \"f\": \"drain\", \"value\": [1, 2]}\n",
      HistoryFormat::jepsen_json, Model::queue);
  EXPECT_EQ(drained.operations.size(), 5U);
  EXPECT_EQ(check(drained, Model::queue, Level::linearizable).verdict, Verdict::holds);
}

TEST(ReadHistory, OwnFormat) {
  const std::string text =
      "{\"format\": \"faultline_history\", \"version\": 1, \"initial\": {\"0\": 5, \"a\": 0}}\n"
      "{\"session\": \"s\", \"kind\": \"transfer\", \"value\": [0, \"a\", 2], \"invoked\": 3}\n"
      "{\"session\": 7, \"node\": \"db[0]\", \"kind\": \"read\", \"value\": {\"a\": 2, \"0\": 3}, "
      "\"invoked\": 5, \"completed\": 9, \"outcome\": \"ok\"}\n";
  const History history = read(text, HistoryFormat::faultline, Model::bank);
  ASSERT_EQ(history.operations.size(), 2U);
  EXPECT_EQ(line_of(history, 0), "s transfer [0, \"a\", 2] 3 - unknown");
  EXPECT_EQ(line_of(history, 1), "7 read: {0: 3, \"a\": 2} 5 9");
  EXPECT_EQ(detect_format(text), HistoryFormat::faultline);
  EXPECT_EQ(check(history, Model::bank, Level::linearizable).verdict, Verdict::holds);
}

TEST(ReadHistory, InitialIsJsonOrAWord) {
  const auto initial = [](const std::string& text, Model model = Model::rw_register) {
    const History history = read("", HistoryFormat::jepsen_json, model, text);
    return history.values.to_text(history.initial);
  };
  EXPECT_EQ(initial("0"), "0");
  EXPECT_EQ(initial("nil"), "nil");
  EXPECT_EQ(initial("null"), "nil");
  EXPECT_EQ(initial(""), "\"\"");
  EXPECT_EQ(initial("[1, 2"), "\"[1, 2\"");
  EXPECT_EQ(initial("{\"1\": 7}", Model::bank), "{1: 7}");
  EXPECT_EQ(problems_of("", HistoryFormat::jepsen_json, Model::counter, "many"),
            "--initial: expected a whole number, got \"many\"\n");
}

TEST(ReadHistory, WrongEventsAreToldByLine) {
  using enum HistoryFormat;
  EXPECT_EQ(problems_of("{\"process\": 0, \"type\": \"ok\", \"f\": \"read\"}", jepsen_json),
            "line 1: process \"0\" ends an operation that it did not begin\n");
  EXPECT_EQ(
      problems_of("{\"process\": 0, \"type\": \"invoke\", \"f\": \"read\"}\n"
                  "{\"process\": 0, \"type\": \"invoke\", \"f\": \"read\"}\n",
                  jepsen_json),
      "line 2: process \"0\" begins an operation while its last one, of line 1, has no answer; "
      "a process that got no answer is ended by \"info\"\n");
  EXPECT_EQ(problems_of("{\"process\": 0, \"type\": \"invoke\", \"f\": \"read\"}\n"
                        "{\"process\": 0, \"type\": \"ok\", \"f\": \"write\"}\n",
                        jepsen_json),
            "line 2: expected the end of \"read\", begun in line 1, got \"write\"\n");
  EXPECT_EQ(problems_of("{\"process\": 0, \"type\": \"invoked\", \"f\": \"read\"}", jepsen_json),
            "line 1: \"type\": expected invoke, ok, fail or info, got \"invoked\"; did you mean "
            "\"invoke\"?\n");
  EXPECT_EQ(problems_of("{\"process\": 0, \"type\": \"invoke\", \"f\": \"reed\"}", jepsen_json),
            "line 1: \"f\": unknown operation \"reed\"; did you mean \"read\"?\n");
  EXPECT_EQ(problems_of("{\"process\": 0, \"type\": \"invoke\", \"f\": \"txn\"}", jepsen_json),
            "line 1: expected single operations, got a transaction; the models list_append and "
            "rw_register are for transactions\n");
  EXPECT_EQ(problems_of("{\"process\": 0, \"type\": \"invoke\", \"f\": \"cas\", \"value\": 3}",
                        jepsen_json),
            "line 1: \"value\" of \"cas\": expected [expected, new], got 3\n");
  EXPECT_EQ(
      problems_of("{\"type\": \"invoke\", \"f\": \"read\"}\n7\n{\"process\": 1.5}", jepsen_json),
      "line 1: \"process\" is missing\n"
      "line 2: expected an object, got 7\n"
      "line 3: \"process\": expected a whole number or a name, got 1.5\n");
  EXPECT_EQ(problems_of("{\"process\": 0, \"type\": \"invoke\", \"f\": \"append\", \"value\": 1}",
                        jepsen_json),
            "line 1: a cas_register has no append\n");
  EXPECT_EQ(problems_of("{\"process\": 0, \"type\": \"invoke\", \"f\": \"add\", \"value\": \"1\"}",
                        jepsen_json, Model::counter),
            "line 1: expected a whole number, got \"1\"\n");
  EXPECT_NE(problems_of("{\"process\": 0,", jepsen_json), "");
}

TEST(ReadHistory, WrongTextIsToldByLine) {
  using enum HistoryFormat;
  EXPECT_EQ(problems_of("INFO jepsen.util - 0 :invoke\n", jepsen_log),
            "line 1: expected process, type, function and value; such as 0 :invoke :write 3\n");
  EXPECT_EQ(problems_of("INFO jepsen.util - 0 :invoke :cas [1 2\n", jepsen_log),
            "line 1: expected ']', got the end of the line; such as 0 :invoke :write 3\n");
  EXPECT_EQ(problems_of("\n{:process 0 :type}\n", jepsen_edn),
            "line 2: the key \"type\" has no value\n");
  EXPECT_EQ(problems_of("{:a 1} 2", jepsen_edn), "line 1: expected the end of the line\n");
  EXPECT_EQ(problems_of("{:a 1 :a 2}", jepsen_edn), "line 1: a map has one key twice\n");
  EXPECT_EQ(problems_of(std::string(100, '['), jepsen_edn),
            "line 1: it is nested more than 64 levels deep\n");
  EXPECT_EQ(problems_of("{\"a\": 1}\n\xff\n", jepsen_json),
            "line 2: expected UTF-8, got another byte\n");
}

TEST(ReadHistory, WrongLinesOfOurOwnFormat) {
  const auto problems = [](const std::string& lines) {
    return problems_of("{\"format\": \"faultline_history\", \"version\": 1}\n" + lines,
                       HistoryFormat::faultline);
  };
  EXPECT_EQ(problems("{\"session\": 1, \"kind\": \"read\", \"invoked\": 5, \"completed\": 4}"),
            "line 2: expected \"completed\" to be at least \"invoked\" (5), got 4\n");
  EXPECT_EQ(problems("{\"session\": 1, \"kind\": \"reed\", \"invoked\": 5}"),
            "line 2: \"kind\": unknown \"reed\"; did you mean \"read\"?\n");
  EXPECT_EQ(problems("{\"session\": 1, \"kind\": \"read\", \"invoked\": -5}"),
            "line 2: \"invoked\": expected a whole number, at least 0, got -5\n");
  EXPECT_EQ(problems("{\"session\": 1, \"kind\": \"read\", \"invoked\": 5, \"colour\": 1}"),
            "line 2: unknown member \"colour\"; known: session, node, kind, key, value, completed, "
            "invoked, outcome\n");
  EXPECT_EQ(problems("{\"session\": 1, \"kind\": \"read\", \"invoked\": 5, \"outcome\": \"ok\"}"),
            "line 2: \"completed\" is missing of an operation that is ok\n");
  EXPECT_EQ(problems("{\"kind\": \"read\", \"invoked\": 5}"), "line 2: \"session\" is missing\n");
  EXPECT_EQ(
      problems_of("{\"format\": \"x\", \"version\": 2, \"clock\": 3}", HistoryFormat::faultline),
      "line 1: \"clock\": expected \"nanoseconds\" or \"positions\", got 3\n"
      "line 1: \"version\": expected 1, got 2\n"
      "line 1: expected \"format\": \"faultline_history\"\n");
  EXPECT_EQ(problems_of("", HistoryFormat::faultline),
            "line 1: expected the header of a history, got nothing\n");
}

TEST(ReadHistory, TransactionsAreNoneOfTheseFormats) {
  EXPECT_EQ(detect_format("{\"type\": \"ok\", \"f\": \"txn\", \"value\": [[\"w\", \"x\", 2]]}"),
            std::nullopt);
  EXPECT_EQ(detect_format("w(0,1,1,1)\n"), std::nullopt);
  EXPECT_EQ(detect_format(""), std::nullopt);
}

}  // namespace
}  // namespace faultline::sim::consistency
