#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/exit_status.hpp"
#include "cli/output.hpp"
#include "cli/problems_text.hpp"
#include "reports/console.hpp"
#include "reports/html.hpp"
#include "sim/experiment/experiment.hpp"
#include "sim/kernel/run_error.hpp"
#include "sim/param/json_reader.hpp"

namespace faultline::cli {

namespace {

std::atomic<bool> stop_requested{false};

/// The first Ctrl-C ends the run in order; the second ends the program at once.
void on_interrupt(int signal) {
  stop_requested.store(true, std::memory_order_relaxed);
  std::signal(signal, SIG_DFL);
}

/// One line on the terminal that is written again and again: virtual time, events a second, time
/// left.
class ProgressLine {
 public:
  explicit ProgressLine(bool shown) : shown_(shown) {}
  ~ProgressLine() { clear(); }
  void show(const sim::Progress& progress) {
    // Short runs end before anybody could read it.
    if (!shown_ || progress.wall_seconds < 0.5) return;
    const double share = progress.virtual_seconds_planned > 0
                             ? progress.virtual_seconds / progress.virtual_seconds_planned
                             : 0;
    const double rate = static_cast<double>(progress.events) / progress.wall_seconds;
    std::string line = fmt::format("\r{:.0f} of {:.0f} s virtual ({:.0f} %), {:.1f} M events/s",
                                   progress.virtual_seconds, progress.virtual_seconds_planned,
                                   100 * share, rate / 1e6);
    if (progress.replications > 1) {
      line +=
          fmt::format(", {} of {} replications", progress.replications_done, progress.replications);
    }
    if (share > 0.001)
      line += fmt::format(", {:.0f} s left", progress.wall_seconds * (1 - share) / share);
    line += "\x1b[K";
    std::fputs(line.c_str(), stderr);
    std::fflush(stderr);
    drawn_ = true;
  }
  void clear() {
    if (drawn_) std::fputs("\r\x1b[K", stderr);
    drawn_ = false;
  }

 private:
  bool shown_;
  bool drawn_ = false;
};

std::optional<std::vector<sim::Override>> parse_overrides(const std::vector<std::string>& texts) {
  std::vector<sim::Override> overrides;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      std::fprintf(
          stderr,
          "faultline: --set: expected PATH=VALUE, got \"%s\"; for example nodes.app.replicas=4\n",
          printable(text).c_str());
      return std::nullopt;
    }
    overrides.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  return overrides;
}

}  // namespace

int run_scenario(const RunArguments& arguments) {
  const auto overrides = parse_overrides(arguments.overrides);
  if (!overrides) return wrong_input;
  sim::Problems problems;
  const std::optional<sim::Spec> spec = sim::read_spec_file(arguments.file, *overrides, problems);
  if (!spec) {
    print_problems(arguments.file, problems, sim::language_of(arguments.language));
    return wrong_input;
  }
  sim::ExperimentOptions options;
  options.seed = arguments.seed.value_or(static_cast<std::uint64_t>(spec->run.seed));
  options.replications = arguments.replications;
  options.jobs = arguments.jobs;
  options.stop = &stop_requested;
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  std::optional<sim::Result> result;
  {
    ProgressLine line(!arguments.quiet && is_terminal(2));
    options.progress = [&line](const sim::Progress& progress) { line.show(progress); };
    try {
      result = sim::run_experiment(*spec, options, problems);
    } catch (const sim::RunError& error) {
      line.clear();
      std::fprintf(stderr, "faultline: %s: the run cannot go on %s\n",
                   printable(arguments.file).c_str(), printable(error.what()).c_str());
      return cannot_go_on;
    }
  }
  if (!problems.empty()) {
    print_problems(arguments.file, problems, sim::language_of(arguments.language));
    return wrong_input;
  }
  if (!result) {
    std::fprintf(stderr, "faultline: stopped before anything was measured\n");
    return cannot_go_on;
  }

  bool written = true;
  std::string error;
  const bool table = !arguments.quiet && arguments.json_file != "-" && arguments.html_file != "-";
  if (table && !write_stdout(reports::console_report(*result, {.colour = is_terminal(1)}))) {
    std::fprintf(stderr, "faultline: cannot write to standard output\n");
    written = false;
  }
  if (!arguments.json_file.empty() &&
      !write_file(arguments.json_file, sim::to_json(*result).dump(2) + "\n", error)) {
    std::fprintf(stderr, "faultline: %s\n", error.c_str());
    written = false;
  }
  if (!arguments.html_file.empty() &&
      !write_file(arguments.html_file,
                  reports::html_report(*result, {.language = arguments.language}), error)) {
    std::fprintf(stderr, "faultline: %s\n", error.c_str());
    written = false;
  }
  if (!written) return cannot_go_on;
  for (const sim::ExpectationResult& expectation : result->expectations) {
    if (expectation.held) continue;
    if (!table) {
      std::fprintf(stderr, "faultline: expectation failed: %s (%s)\n",
                   printable(expectation.claim).c_str(),
                   expectation.found ? fmt::format("it is {}", expectation.value).c_str()
                                     : "there is no such value");
    }
  }
  for (const sim::ExpectationResult& expectation : result->expectations) {
    if (!expectation.held) return expectation_failed;
  }
  return done;
}

}  // namespace faultline::cli
