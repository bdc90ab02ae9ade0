#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/exit_status.hpp"
#include "cli/output.hpp"
#include "cli/problems_text.hpp"
#include "models/algorithms/eviction/cache_trace.hpp"

namespace faultline::cli {

namespace {

std::atomic<bool> stop_requested{false};

void on_interrupt(int signal) {
  stop_requested.store(true, std::memory_order_relaxed);
  std::signal(signal, SIG_DFL);
}

models::TraceFormat format_of(const std::string& word) {
  if (word == "keys") return models::TraceFormat::keys;
  if (word == "csv") return models::TraceFormat::csv;
  if (word == "binary") return models::TraceFormat::binary;
  return models::TraceFormat::detect;
}

}  // namespace

int trace_cache(const CacheTraceArguments& arguments) {
  const bool progress_shown = is_terminal(2);
  bool drawn = false;
  models::CacheTraceOptions options;
  options.file = arguments.file;
  options.policies = arguments.policy;
  options.capacity = arguments.capacity;
  options.admission = arguments.admission;
  options.format = format_of(arguments.format);
  options.progress = [&](const models::CacheTraceProgress& progress) {
    if (progress_shown && progress.bytes_total > 0) {
      std::fprintf(stderr, "\r%.0f %% of the trace, %.1f M requests\x1b[K",
                   100.0 * static_cast<double>(progress.bytes_read) /
                       static_cast<double>(progress.bytes_total),
                   static_cast<double>(progress.requests) * 1e-6);
      drawn = true;
    }
    return !stop_requested.load(std::memory_order_relaxed);
  };
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);

  sim::Problems problems;
  const std::vector<models::CacheTraceResult> results = models::run_cache_trace(options, problems);
  if (drawn) std::fputs("\r\x1b[K", stderr);
  if (!problems.empty()) {
    for (const sim::Problem& problem : problems.sorted()) {
      std::fprintf(stderr, "faultline: %s\n", printable(problem.to_text()).c_str());
    }
    return wrong_input;
  }
  std::string error;
  if (arguments.json_file != "-" && !write_stdout(models::cache_trace_table(results))) {
    std::fprintf(stderr, "faultline: cannot write to standard output\n");
    return cannot_go_on;
  }
  if (!arguments.json_file.empty() &&
      !write_file(arguments.json_file, models::to_json(results).dump(2) + "\n", error)) {
    std::fprintf(stderr, "faultline: %s\n", error.c_str());
    return cannot_go_on;
  }
  return done;
}

}  // namespace faultline::cli
