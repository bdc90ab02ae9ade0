#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/commands.hpp"
#include "cli/exit_status.hpp"
#include "cli/output.hpp"
#include "cli/problems_text.hpp"
#include "reports/text_table.hpp"
#include "sim/measure/consistency/check.hpp"
#include "sim/measure/consistency/read_history.hpp"
#include "sim/measure/consistency/result_json.hpp"
#include "sim/measure/consistency/transactions/check.hpp"
#include "sim/measure/consistency/transactions/read.hpp"
#include "sim/param/json_reader.hpp"

namespace faultline::cli {

namespace {

using sim::consistency::CheckOptions;
using sim::consistency::CheckResult;
using sim::consistency::History;
using sim::consistency::HistoryFormat;
using sim::consistency::Level;
using sim::consistency::Model;
using sim::consistency::TransactionFormat;
using sim::consistency::TransactionLevel;
using sim::consistency::TransactionModel;
using sim::consistency::Verdict;
using sim::consistency::WitnessOperation;

/// Wrong usage, or a file that cannot be read. The text is one line.
int wrong(const std::string& text) {
  std::fprintf(stderr, "faultline: %s\n", printable(text).c_str());
  return wrong_input;
}

int wrong_word(std::string_view what, const std::string& word, std::vector<std::string> known) {
  std::sort(known.begin(), known.end());
  std::string text = fmt::format("unknown {} {}", what, sim::in_quotes(word));
  const std::string hint = sim::suggestion(word, known);
  return wrong(hint.empty() ? text : text + "; " + hint);
}

/// Names are written with underscores; with hyphens they are as good.
std::string with_underscores(std::string word) {
  std::replace(word.begin(), word.end(), '-', '_');
  return word;
}

std::string first_line(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  return std::string(text.substr(begin, text.find('\n', begin) - begin));
}

struct Input {
  std::string file;
  std::string content;
  std::string format;
  std::optional<std::string> initial;
  std::string level;
  CheckOptions options;
};

std::optional<CheckResult> check_operations(const Input& input, Model model, int& status) {
  const std::optional<Level> level = sim::consistency::level_of(input.level);
  if (!level) {
    if (sim::consistency::parse_transaction_level(input.level)) {
      status =
          wrong(fmt::format("the level {} is one of transactions; models list_append and "
                            "rw_register have it",
                            input.level));
    } else {
      status = wrong_word("level", input.level, sim::consistency::level_names());
    }
    return std::nullopt;
  }
  if (const auto unfit = sim::consistency::unfit(model, *level)) {
    status = wrong("--level: " + *unfit);
    return std::nullopt;
  }
  std::optional<HistoryFormat> format = sim::consistency::history_format_of(input.format);
  if (!format && input.format != "auto") {
    if (sim::consistency::parse_transaction_format(input.format)) {
      status =
          wrong(fmt::format("the format {} is one of transactions; models list_append and "
                            "rw_register read it",
                            input.format));
    } else {
      std::vector<std::string> known = sim::consistency::history_format_names();
      known.emplace_back("auto");
      status = wrong_word("format", input.format, std::move(known));
    }
    return std::nullopt;
  }
  const std::string line = first_line(input.content);
  if (!format) format = sim::consistency::detect_format(input.content);
  if (!format && line.empty()) format = HistoryFormat::jepsen_json;  // Nothing in any format.
  if (!format && sim::consistency::detect_transaction_format(input.content)) {
    status = wrong(fmt::format(
        "{}: these are transactions; models list_append and rw_register read them", input.file));
    return std::nullopt;
  }
  if (!format) {
    status = wrong(fmt::format("{}: cannot tell the format of {}; name it with --format: {}",
                               input.file, sim::in_quotes(line),
                               sim::joined(sim::consistency::history_format_names())));
    return std::nullopt;
  }
  sim::Problems problems;
  const std::optional<History> history =
      sim::consistency::read_history(input.content, *format, model, input.initial, problems);
  if (!history) {
    constexpr std::size_t shown_max = 20;
    const std::vector<sim::Problem> sorted = problems.sorted();
    for (std::size_t number = 0; number < sorted.size() && number < shown_max; ++number) {
      std::fprintf(stderr, "%s: %s\n", printable(input.file).c_str(),
                   printable(sorted[number].to_text()).c_str());
    }
    if (sorted.size() > shown_max) {
      std::fprintf(stderr, "... and %zu more problems\n", sorted.size() - shown_max);
    }
    status = wrong_input;
    return std::nullopt;
  }
  return sim::consistency::check(*history, model, *level, input.options);
}

std::optional<CheckResult> check_transactions(const Input& input, TransactionModel model,
                                              int& status) {
  std::optional<TransactionFormat> format =
      sim::consistency::parse_transaction_format(input.format);
  if (!format && input.format != "auto") {
    std::vector<std::string> known = sim::consistency::transaction_format_names();
    known.emplace_back("auto");
    status = wrong_word("format of transactions", input.format, std::move(known));
    return std::nullopt;
  }
  const std::string line = first_line(input.content);
  if (!format) format = sim::consistency::detect_transaction_format(input.content);
  if (!format && line.empty()) format = TransactionFormat::elle_json;  // Nothing in any format.
  if (!format) {
    status = wrong(fmt::format("{}: cannot tell the format of {}; name it with --format: {}",
                               input.file, sim::in_quotes(line),
                               sim::joined(sim::consistency::transaction_format_names())));
    return std::nullopt;
  }
  std::optional<sim::consistency::Value> initial;
  if (input.initial) {
    sim::Problems ignored;
    const std::optional<sim::Json> json = sim::read_json(*input.initial, ignored);
    if (*input.initial == "nil" || (json && json->is_null())) {
      initial = sim::consistency::nil;
    } else if (json && json->is_number_integer() &&
               sim::consistency::is_number(json->get<std::int64_t>())) {
      initial = json->get<std::int64_t>();
    } else {
      status = wrong("--initial: expected a whole number or nil for transactions, got " +
                     sim::in_quotes(*input.initial));
      return std::nullopt;
    }
  }
  std::istringstream stream(input.content);
  std::string error;
  const auto history = sim::consistency::read_transactions(stream, *format, model, initial, error);
  if (!history) {
    status = wrong(input.file + ": " + error);
    return std::nullopt;
  }
  // Of transactions, linearizable is called strict serializable; without times only the order of
  // sessions is left of it.
  std::string name = input.level;
  if (name.empty()) name = history->timed ? "strict_serializable" : "serializable";
  if (name == "linearizable") name = "strict_serializable";
  const std::vector<TransactionLevel> known = sim::consistency::transaction_levels(model);
  const std::optional<TransactionLevel> level = sim::consistency::parse_transaction_level(name);
  if (!level || std::find(known.begin(), known.end(), *level) == known.end()) {
    std::vector<std::string> names;
    for (const TransactionLevel one : known) names.emplace_back(to_text(one));
    status = wrong_word(fmt::format("level of {}", to_text(model)), name, std::move(names));
    return std::nullopt;
  }
  return sim::consistency::check_transactions(*history, model, *level, input.options).result;
}

std::string time_text(sim::Time time, History::Clock clock) {
  if (time == sim::time_max) return "never";
  const std::int64_t count = time.time_since_epoch().count();
  if (clock == History::Clock::positions) return std::to_string(count);
  return fmt::format("{:.9f}", static_cast<double>(count) * 1e-9);
}

std::string result_text(const std::string& file, const CheckResult& result, bool colour) {
  using reports::Emphasis;
  const Emphasis mark = result.verdict == Verdict::holds      ? Emphasis::good
                        : result.verdict == Verdict::violated ? Emphasis::bad
                                                              : Emphasis::heading;
  const bool is_transactional = sim::consistency::parse_transaction_model(result.model).has_value();
  std::string text =
      fmt::format("{}: {} {}, {}, {}: {}\n", printable(file), result.operations,
                  is_transactional ? "transactions" : "operations", result.model, result.level,
                  reports::emphasized(to_text(result.verdict), mark, colour));
  if (result.verdict == Verdict::unknown && !result.reason.empty()) {
    text += "  " + printable(result.reason) + "\n";
  }
  if (!result.anomalies.empty()) text += "  anomalies: " + sim::joined(result.anomalies) + "\n";
  if (result.witness.operations.empty()) return text;
  text += "  " + printable(result.witness.why) + "\n\n";
  const bool in_positions = result.witness.clock == History::Clock::positions;
  reports::TextTable table({{.header = is_transactional ? "transaction" : "operation"},
                            {.header = "session"},
                            {.header = "node", .left = true},
                            {.header = in_positions ? "from line" : "from s"},
                            {.header = in_positions ? "to line" : "to s"},
                            {.header = "outcome", .left = true}});
  // Some formats tell no times.
  const bool has_times =
      std::any_of(result.witness.operations.begin(), result.witness.operations.end(),
                  [](const WitnessOperation& one) {
                    return one.invoked != sim::Time() || one.completed != sim::time_max;
                  });
  for (const WitnessOperation& one : result.witness.operations) {
    table.add({{one.text},
               {one.session},
               {one.node},
               {has_times ? time_text(one.invoked, result.witness.clock) : ""},
               {has_times ? time_text(one.completed, result.witness.clock) : ""},
               {one.outcome == sim::Outcome::ok     ? "ok"
                : one.outcome == sim::Outcome::fail ? "fail"
                                                    : "unknown"}});
  }
  constexpr std::size_t width = 120;
  return text + table.print(width, colour);
}

}  // namespace

int check_history(const CheckHistoryArguments& arguments) {
  Input input;
  input.file = arguments.file;
  input.format = with_underscores(arguments.format);
  input.level = with_underscores(arguments.level);
  input.initial = arguments.initial;
  input.options.threads = static_cast<unsigned>(arguments.jobs);
  std::string error;
  const std::optional<sim::Duration> budget = sim::parse_duration(arguments.budget, error);
  if (!budget) return wrong("--budget: " + error);
  if (*budget <= sim::Duration(0)) return wrong("--budget: expected more than 0s");
  input.options.seconds_max = sim::to_seconds(*budget);

  const std::string model_name = with_underscores(arguments.model);
  const std::optional<Model> model = sim::consistency::model_of(model_name);
  const std::optional<TransactionModel> transaction_model =
      sim::consistency::parse_transaction_model(model_name);
  if (!model && !transaction_model) {
    std::vector<std::string> known = sim::consistency::model_names();
    known.insert(known.end(), {"list_append", "rw_register"});
    return wrong_word("model", arguments.model, std::move(known));
  }
  sim::Problems problems;
  std::optional<std::string> content = sim::read_text_file(arguments.file, problems);
  if (!content) {
    for (const sim::Problem& problem : problems.sorted()) {
      wrong(arguments.file + ": " + problem.to_text());
    }
    return wrong_input;
  }
  input.content = std::move(*content);

  int status = wrong_input;
  if (model && input.level.empty()) input.level = "linearizable";
  const std::optional<CheckResult> result =
      model ? check_operations(input, *model, status)
            : check_transactions(input, *transaction_model, status);
  if (!result) return status;
  if (arguments.json_file != "-" &&
      !write_stdout(result_text(arguments.file, *result, is_terminal(1)))) {
    std::fprintf(stderr, "faultline: cannot write to standard output\n");
    return cannot_go_on;
  }
  if (!arguments.json_file.empty() &&
      !write_file(arguments.json_file, sim::consistency::to_json(*result).dump(2) + "\n", error)) {
    std::fprintf(stderr, "faultline: %s\n", error.c_str());
    return cannot_go_on;
  }
  switch (result->verdict) {
    case Verdict::holds:
      return done;
    case Verdict::violated:
      return violated;
    case Verdict::unknown:
      break;
  }
  return undecided;
}

}  // namespace faultline::cli
