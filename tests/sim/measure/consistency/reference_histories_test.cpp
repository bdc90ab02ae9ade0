/// Histories that nobody here wrote, with the verdicts of those who did: real runs of etcd, logs of
/// a key-value store, registers of Knossos, applications of Jepsen, session cases of conver. Each
/// file is a test by its own name.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/measure/consistency/check.hpp"
#include "sim/measure/consistency/read_history.hpp"

namespace faultline::sim::consistency {
namespace {

const std::filesystem::path folder = std::filesystem::path(FAULTLINE_SHARED_DATA) / "consistency";

struct Case {
  std::string file;  ///< Empty: the data are not there.
  Model model = Model::rw_register;
  std::string initial = "nil";
  Verdict verdict = Verdict::holds;
};

std::vector<Case> cases() {
  std::vector<Case> list;
  std::ifstream table(folder / "verdicts.tsv");
  std::string line;
  std::getline(table, line);
  while (std::getline(table, line)) {
    std::istringstream columns(line);
    std::string file;
    std::string model;
    std::string verdict;
    std::getline(columns, file, '\t');
    std::getline(columns, model, '\t');
    std::getline(columns, verdict, '\t');
    Case one{file, Model::cas_register, "nil",
             verdict.starts_with("not") ? Verdict::violated : Verdict::holds};
    if (model == "cas-register(init 0)") {
      one.initial = "0";
    } else if (model.starts_with("kv ")) {
      one.model = Model::kv_append;
      one.initial = "";
    } else if (model == "bank" || model == "counter" || model == "set") {
      one.model = *model_of(model);
    } else if (model != "cas-register(init nil)") {
      continue;  // Transactions, quorums, delays.
    }
    list.push_back(one);
  }
  if (list.empty()) list.emplace_back();
  return list;
}

void PrintTo(const Case& one, std::ostream* stream) { *stream << one.file; }

std::string name_of(const ::testing::TestParamInfo<Case>& info) {
  std::string name = info.param.file.empty() ? "missing" : info.param.file;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(c); }, '_');
  return name;
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream content;
  content << stream.rdbuf();
  return content.str();
}

History read(const Case& one) {
  const std::string content = content_of(folder / one.file);
  const std::optional<HistoryFormat> format = detect_format(content);
  EXPECT_TRUE(format.has_value()) << one.file;
  Problems problems;
  std::optional<History> history = read_history(
      content, format.value_or(HistoryFormat::jepsen_json), one.model, one.initial, problems);
  for (const Problem& problem : problems.sorted()) ADD_FAILURE() << problem.to_text();
  return history.value_or(History{});
}

std::string shown(const Witness& witness) {
  std::string text = witness.why + "\n";
  for (const WitnessOperation& one : witness.operations) {
    text += one.session + " " + one.text + " " +
            std::to_string(one.invoked.time_since_epoch().count()) + " " +
            (one.completed == time_max ? "-"
                                       : std::to_string(one.completed.time_since_epoch().count())) +
            "\n";
  }
  return text;
}

class ReferenceHistories : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (GetParam().file.empty()) GTEST_SKIP() << folder << " is not there";
  }
};

TEST_P(ReferenceHistories, HasTheVerdictOfItsAuthors) {
  const History history = read(GetParam());
  const CheckResult result = check(history, GetParam().model, Level::linearizable);
  EXPECT_EQ(result.verdict, GetParam().verdict) << result.reason;
  EXPECT_EQ(result.operations, history.operations.size());
  EXPECT_EQ(result.witness.operations.empty(), result.verdict != Verdict::violated);
}

TEST_P(ReferenceHistories, WitnessViolatesByItself) {
  const History history = read(GetParam());
  const CheckResult result = check(history, GetParam().model, Level::linearizable);
  if (result.verdict != Verdict::violated) return;
  EXPECT_LE(result.witness.operations.size(), 12U) << shown(result.witness);
  History few = history;
  few.operations.clear();
  for (const WitnessOperation& one : result.witness.operations) {
    few.operations.push_back(history.operations[one.index]);
  }
  EXPECT_EQ(check(few, GetParam().model, Level::linearizable).verdict, Verdict::violated)
      << shown(result.witness);
}

TEST_P(ReferenceHistories, SurvivesOurOwnFormat) {
  const History history = read(GetParam());
  Problems problems;
  const std::optional<History> again = read_history(history_text(history), HistoryFormat::faultline,
                                                    GetParam().model, std::nullopt, problems);
  ASSERT_TRUE(again.has_value());
  ASSERT_EQ(again->operations.size(), history.operations.size());
  EXPECT_EQ(history_text(*again), history_text(history));
}

INSTANTIATE_TEST_SUITE_P(Files, ReferenceHistories, ::testing::ValuesIn(cases()), name_of);

/// conver's names for the levels, in ours. Its MRW is about what one session sees of the writes of
/// another: monotonic reads and monotonic writes both.
std::vector<Level> levels_of(const std::string& name) {
  if (name == "LIN") return {Level::linearizable};
  if (name == "REG") return {Level::regular};
  if (name == "SEQ") return {Level::sequential};
  if (name == "CAU") return {Level::causal};
  if (name == "MRW") return {Level::monotonic_reads, Level::monotonic_writes};
  if (name == "WFR") return {Level::writes_follow_reads};
  if (name == "RYW") return {Level::read_your_writes};
  ADD_FAILURE() << "unknown level " << name;
  return {};
}

struct SessionCase {
  std::string name;  ///< Empty: the data are not there.
  nlohmann::json content;
};

std::vector<SessionCase> session_cases() {
  std::vector<SessionCase> list;
  const nlohmann::json all =
      nlohmann::json::parse(content_of(folder / "conver" / "session-cases.json"), nullptr, false);
  if (all.is_object()) {
    for (const nlohmann::json& one : all["cases"]) list.push_back({one["name"], one});
  }
  if (list.empty()) list.emplace_back();
  return list;
}

class SessionCases : public ::testing::TestWithParam<SessionCase> {};

TEST_P(SessionCases, HasTheVerdictsOfItsAuthors) {
  const nlohmann::json& content = GetParam().content;
  if (GetParam().name.empty()) GTEST_SKIP() << folder << " is not there";
  History history;
  history.initial = content["initial"].get<Value>();
  for (const nlohmann::json& one : content["ops"]) {
    Operation operation;
    operation.kind = one["op"] == "read" ? Kind::read : Kind::write;
    operation.value = one["value"].get<Value>();
    operation.session = static_cast<std::uint32_t>(one["session"].get<std::string>().front());
    operation.invoked = Time(Duration(one["start"].get<std::int64_t>()));
    operation.completed = Time(Duration(one["end"].get<std::int64_t>()));
    history.operations.push_back(operation);
  }
  ASSERT_GE(content["upstream_verdict"].size(), 7U);
  for (const auto& [name, expected] : content["upstream_verdict"].items()) {
    bool holds = true;
    for (const Level level : levels_of(name)) {
      const Verdict verdict = check(history, Model::rw_register, level).verdict;
      EXPECT_NE(verdict, Verdict::unknown);
      holds = holds && verdict == Verdict::holds;
    }
    EXPECT_EQ(holds, expected.get<bool>()) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Files, SessionCases, ::testing::ValuesIn(session_cases()),
                         [](const ::testing::TestParamInfo<SessionCase>& info) {
                           std::string name = info.param.name.empty() ? "missing" : info.param.name;
                           std::replace_if(
                               name.begin(), name.end(), [](char c) { return !std::isalnum(c); },
                               '_');
                           return name;
                         });

double seconds_of(const std::vector<Case>& list) {
  const auto start = std::chrono::steady_clock::now();
  for (const Case& one : list) {
    EXPECT_EQ(check(read(one), one.model, Level::linearizable).verdict, one.verdict) << one.file;
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::vector<Case> cases_in(const std::string& subfolder) {
  std::vector<Case> list = cases();
  std::erase_if(list, [&](const Case& one) { return !one.file.starts_with(subfolder); });
  return list;
}

/// Reading, checking and witnesses included. The bounds are those of the project.
TEST(SlowReferenceHistories, FiftyLogsOfEtcdTakeLessThanTwoSeconds) {
  const std::vector<Case> list = cases_in("etcd-jepsen/");
  if (list.empty()) GTEST_SKIP() << folder << " is not there";
  EXPECT_EQ(list.size(), 50U);
  const double seconds = seconds_of(list);
  RecordProperty("milliseconds", static_cast<int>(seconds * 1e3));
  EXPECT_LT(seconds, 2);
}

TEST(SlowReferenceHistories, KeyValueLogsOfTenClientsTakeLessThanFiftyMilliseconds) {
  const std::vector<Case> list = cases_in("kv/c10");
  if (list.empty()) GTEST_SKIP() << folder << " is not there";
  EXPECT_EQ(list.size(), 2U);
  const double seconds = seconds_of(list);
  RecordProperty("milliseconds", static_cast<int>(seconds * 1e3));
  EXPECT_LT(seconds, 2 * 0.050);
}

}  // namespace
}  // namespace faultline::sim::consistency
