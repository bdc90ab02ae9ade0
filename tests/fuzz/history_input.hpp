/// What the fuzzer of histories and the replay of its corpus do with a piece of text: read it in
/// every format as a history of every model, and check what was read at every level, on a small
/// budget. Anything may be wrong with the text; nothing may be wrong with the program.
#pragma once

#include <sstream>
#include <string>
#include <string_view>

#include "sim/measure/consistency/check.hpp"
#include "sim/measure/consistency/read_history.hpp"
#include "sim/measure/consistency/result_json.hpp"
#include "sim/measure/consistency/transactions/check.hpp"
#include "sim/measure/consistency/transactions/read.hpp"
#include "sim/param/assert.hpp"

namespace faultline::tests {

/// How many times the text was a history of a model in a format. Ends the program where it finds a
/// fault.
inline int check_history_text(std::string_view text) {
  namespace consistency = sim::consistency;
  constexpr std::size_t operations_max = 200;
  static_cast<void>(consistency::detect_format(text));
  int readable = 0;
  for (const std::string& format_name : consistency::history_format_names()) {
    for (const std::string& model_name : consistency::model_names()) {
      const consistency::HistoryFormat format = *consistency::history_format_of(format_name);
      const consistency::Model model = *consistency::model_of(model_name);
      sim::Problems problems;
      const auto history = consistency::read_history(text, format, model, std::nullopt, problems);
      SIM_ASSERT(history.has_value() == problems.empty());
      if (!history) {
        for (const sim::Problem& problem : problems.sorted()) {
          SIM_ASSERT(!problem.message.empty());
        }
        continue;
      }
      ++readable;
      if (history->operations.empty() || history->operations.size() > operations_max) continue;
      // What we write, we read, and it says the same.
      const std::string written = consistency::history_text(*history);
      const auto again = consistency::read_history(written, consistency::HistoryFormat::faultline,
                                                   model, std::nullopt, problems);
      SIM_ASSERT(again.has_value());
      SIM_ASSERT(consistency::history_text(*again) == written);
      for (const std::string& level_name : consistency::level_names()) {
        const consistency::Level level = *consistency::level_of(level_name);
        if (consistency::unfit(model, level)) continue;
        consistency::CheckOptions options;
        options.steps_max = 300;
        const consistency::CheckResult result = consistency::check(*history, model, level, options);
        const bool is_violated = result.verdict == consistency::Verdict::violated;
        SIM_ASSERT(result.witness.operations.empty() != is_violated);
        SIM_ASSERT(result.reason.empty() == (result.verdict != consistency::Verdict::unknown));
        SIM_ASSERT(!consistency::to_json(result).dump().empty());
      }
    }
  }
  return readable;
}

/// The same for transactions: every format, both models, every level.
inline int check_transaction_text(std::string_view text) {
  namespace consistency = sim::consistency;
  constexpr std::size_t transactions_max = 100;
  static_cast<void>(consistency::detect_transaction_format(text));
  int readable = 0;
  const auto read = [](std::string_view from, consistency::TransactionFormat format,
                       consistency::TransactionModel model) {
    std::istringstream input{std::string(from)};
    std::string error;
    auto history = consistency::read_transactions(input, format, model, std::nullopt, error);
    SIM_ASSERT(history.has_value() == error.empty());
    return history;
  };
  for (const std::string& format_name : consistency::transaction_format_names()) {
    for (const auto model :
         {consistency::TransactionModel::rw_register, consistency::TransactionModel::list_append}) {
      const auto history = read(text, *consistency::parse_transaction_format(format_name), model);
      if (!history) continue;
      ++readable;
      if (history->transactions.empty() || history->transactions.size() > transactions_max) {
        continue;
      }
      // What we write, we read, and it says the same.
      const std::string written = consistency::elle_json_text(*history);
      const auto again = read(written, consistency::TransactionFormat::elle_json, model);
      SIM_ASSERT(again.has_value());
      SIM_ASSERT(consistency::elle_json_text(*again) == written);
      consistency::CheckOptions options;
      options.steps_max = 1000;
      const auto all = consistency::check_transaction_levels(*history, model, options);
      for (const auto& [level, verdict] : all) {
        const consistency::TransactionCheck found =
            consistency::check_transactions(*history, model, level, options);
        const consistency::CheckResult& result = found.result;
        const bool is_violated = result.verdict == consistency::Verdict::violated;
        SIM_ASSERT(result.witness.operations.empty() != is_violated);
        SIM_ASSERT(result.anomalies.empty() != is_violated);
        SIM_ASSERT(result.reason.empty() == (result.verdict != consistency::Verdict::unknown));
        SIM_ASSERT(!consistency::to_json(result).dump().empty());
        // Asked alone or with the others, a level is not both held and violated.
        const bool decided = verdict != consistency::Verdict::unknown &&
                             result.verdict != consistency::Verdict::unknown;
        SIM_ASSERT(!decided || verdict == result.verdict);
      }
    }
  }
  return readable;
}

}  // namespace faultline::tests
