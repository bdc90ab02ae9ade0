/// The headless program: reads the command line and hands over to cli/commands.hpp.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <new>
#include <string>
#include <thread>

#include "cli/commands.hpp"
#include "cli/exit_status.hpp"
#include "sim/experiment/experiment.hpp"

using namespace faultline;

namespace {

constexpr const char* run_example =
    "Examples:\n"
    "  faultline run scenarios/library/three_tier.json\n"
    "  faultline run three_tier.json --set nodes.app.replicas=4 --seed 7\n"
    "  faultline run three_tier.json --replications 20 --jobs 2 --json result.json --html "
    "report.html\n"
    "Exit status: 0 done; 1 an expectation of the file failed; 2 wrong usage or scenario; 3 the "
    "run could not go on.";

void add_run(CLI::App& app, cli::RunArguments& arguments) {
  CLI::App* run = app.add_subcommand("run", "Run a scenario and print what was measured");
  run->footer(run_example);
  run->add_option("FILE", arguments.file, "Scenario file")->required();
  run->add_option("--seed", arguments.seed,
                  "Names the random streams; instead of the file's run.seed");
  run->add_option("--replications", arguments.replications,
                  "Runs with different luck, pooled, with 95 % intervals")
      ->check(CLI::Range(std::uint64_t{1}, sim::replications_max));
  run->add_option("--jobs", arguments.jobs, "Threads; the result does not depend on it")
      ->check(CLI::Range(std::uint64_t{1}, sim::jobs_max));
  run->add_option("--set", arguments.overrides,
                  "Override a value: PATH=VALUE, such as nodes.app.replicas=4")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  run->add_option("--json", arguments.json_file, "Write the result as JSON; - for standard output");
  run->add_option("--html", arguments.html_file, "Write a report as one HTML file");
  run->add_option("--lang", arguments.language,
                  "Language of the HTML report and of what is wrong with the file: en or ru")
      ->check(CLI::IsMember({"en", "ru"}));
  run->add_flag("--quiet", arguments.quiet, "Print no table");
}

constexpr const char* check_history_text =
    "Examples:\n"
    "  faultline check-history etcd_007.log --model cas_register\n"
    "  faultline check-history history.jsonl --model register --initial 0 --level causal\n"
    "  faultline check-history c10-bad.txt --model kv_append --initial \"\" --json verdict.json\n"
    "  faultline check-history list.jsonl --model list_append --level snapshot_isolation\n"
    "Levels of operations: linearizable (the default), regular, sequential, causal, pram,\n"
    "  read_your_writes, monotonic_reads, monotonic_writes, writes_follow_reads,\n"
    "  causal_convergence.\n"
    "Levels of transactions: strict_serializable (the default, if the file has times), "
    "serializable,\n"
    "  snapshot_isolation, prefix, causal, read_atomic, read_committed and more; a wrong one lists "
    "all.\n"
    "Formats of operations: jepsen_log, jepsen_json, jepsen_edn, porcupine_kv, faultline; of\n"
    "  transactions: txn_text, elle_json, elle_edn. Without --format it is told by the first "
    "lines.\n"
    "Exit status: 0 holds; 1 violated; 4 unknown; 2 wrong usage or unreadable.";

void add_check_history(CLI::App& app, cli::CheckHistoryArguments& arguments) {
  CLI::App* check = app.add_subcommand(
      "check-history", "Say whether a consistency level allows what the clients of a store saw");
  check->footer(check_history_text);
  check->add_option("FILE", arguments.file, "History")->required();
  check
      ->add_option("--model", arguments.model,
                   "register, cas_register, counter, set, queue, unordered_queue, bank, kv_append; "
                   "of transactions list_append, rw_register")
      ->required();
  check->add_option("--level", arguments.level, "Consistency level");
  check->add_option("--format", arguments.format, "Format of the file; auto");
  check->add_option("--initial", arguments.initial,
                    "What every key holds at first: nil, 0, \"\", {\"0\": 100}");
  check->add_option("--budget", arguments.budget,
                    "How long to look for a verdict; after it, the verdict is unknown");
  check
      ->add_option("--jobs", arguments.jobs,
                   "Threads; without the budget, the result does not depend on it")
      ->check(CLI::Range(std::uint64_t{1}, sim::jobs_max));
  check->add_option("--json", arguments.json_file,
                    "Write the verdict as JSON; - for standard output");
}

void add_cap_chart(CLI::App& app, cli::CapChartArguments& cap) {
  CLI::App* cap_chart = app.add_subcommand(
      "cap-chart", "Compare the consistency, latency and availability of several results");
  cap_chart->footer(
      "Each point is one result of a scenario with a \"consistency\" section: p99 latency while "
      "nothing is wrong, share of operations that ended ok during the fault, strongest model that "
      "held.\n"
      "Example:\n"
      "  for s in raft primary_async quorum; do faultline run scenarios/library/cap/$s.json --json "
      "$s.json --quiet; done\n"
      "  faultline cap-chart raft.json primary_async.json quorum.json --html cap.html");
  cap_chart->add_option("RESULT", cap.files, "Results written by run --json")->required();
  cap_chart->add_option("--html", cap.html_file, "Write the chart as one HTML file");
  cap_chart->add_option("--lang", cap.language, "Language of the chart: en or ru")
      ->check(CLI::IsMember({"en", "ru"}));
}

void add_calibrate(CLI::App& app, cli::CalibrateArguments& arguments) {
  CLI::App* calibrate = app.add_subcommand(
      "calibrate", "Measure what one operation of the computations takes on this machine");
  calibrate->footer(
      "Prints for each algorithm the `operation_rate` to write into a `compute` step. Let the "
      "machine be idle\nmeanwhile.\n"
      "Example:\n  faultline calibrate find_duplicates_linear merge_sort");
  calibrate->add_option("ALGORITHM", arguments.algorithms, "Computations; without any, all");
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app{"Faultline simulates distributed systems in virtual time.", "faultline"};
  app.set_version_flag("--version", FAULTLINE_VERSION);
  app.require_subcommand(1);
  app.footer("Help on a command, with examples: faultline COMMAND --help");

  cli::RunArguments run;
  add_run(app, run);

  std::vector<std::string> files;
  CLI::App* validate =
      app.add_subcommand("validate", "Check scenario files and print every problem with its place");
  validate->footer(
      "Examples:\n  faultline validate scenarios/library/*.json\n  faultline validate my.json "
      "--lang ru\nExit status: 0 all are right, 2 one is not.");
  validate->add_option("FILE", files, "Scenario files")->required();
  std::string language = "en";
  validate->add_option("--lang", language, "Language of what is said: en or ru")
      ->check(CLI::IsMember({"en", "ru"}));

  std::string type_name;
  CLI::App* types = app.add_subcommand(
      "types", "What can be put in a file, with units, defaults, ranges and sources");
  types->footer(
      "Examples:\n  faultline types\n  faultline types eviction\n  faultline types exponential\n"
      "  faultline types cache --lang ru");
  types->add_option("NAME", type_name,
                    "A kind (eviction) or a type (lru); without it, everything in short");
  types->add_option("--lang", language, "Language of the texts: en or ru")
      ->check(CLI::IsMember({"en", "ru"}));

  CLI::App* schema =
      app.add_subcommand("schema", "Print the JSON Schema (draft 2020-12) of scenario files");
  schema->footer("Example:\n  faultline schema > faultline.schema.json");

  std::string directory;
  CLI::App* reference =
      app.add_subcommand("reference", "Write the reference pages of all types as Markdown");
  reference->footer("Example:\n  faultline reference docs/reference");
  reference->add_option("DIRECTORY", directory, "Where to; it must exist")->required();
  reference->add_option("--lang", language, "Language of the texts: en or ru")
      ->check(CLI::IsMember({"en", "ru"}));

  cli::CacheTraceArguments trace;
  CLI::App* cache_trace =
      app.add_subcommand("cache-trace", "Run cache algorithms on a trace of requests");
  cache_trace->footer(
      "Examples:\n"
      "  faultline cache-trace trace.txt.gz --policy lru --capacity 5000\n"
      "  faultline cache-trace trace.csv --policy \"lru, s3_fifo, clock(counter_bits=2)\" "
      "--capacity 64MiB\n"
      "  faultline cache-trace trace.bin --policy all --capacity 5000 --json result.json\n"
      "A trace is one key a line, or CSV time,key,size, or 24-byte binary records; any of them may "
      "be gzipped.");
  cache_trace->add_option("FILE", trace.file, "Trace")->required();
  cache_trace->add_option("--policy", trace.policy, "Policies, separated by commas, or all")
      ->required();
  cache_trace->add_option("--capacity", trace.capacity, "Entries (5000) or bytes (64MiB)")
      ->required();
  cache_trace->add_option("--admission", trace.admission,
                          "Who is let in, in front of each policy: tiny_lfu, second_request, ..");
  cache_trace->add_option("--format", trace.format, "auto, keys, csv or binary")
      ->check(CLI::IsMember({"auto", "keys", "csv", "binary"}));
  cache_trace->add_option("--json", trace.json_file,
                          "Write the result as JSON; - for standard output");

  cli::CheckHistoryArguments history;
  add_check_history(app, history);
  cli::CapChartArguments cap;
  add_cap_chart(app, cap);
  cli::CalibrateArguments calibration;
  add_calibrate(app, calibration);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? cli::done : cli::wrong_input;
  }
  try {
    if (app.got_subcommand("run")) return cli::run_scenario(run);
    if (*validate) return cli::validate_scenarios(files, language);
    if (*types) return cli::list_types(type_name, language);
    if (*schema) return cli::print_schema();
    if (*reference) return cli::write_reference(directory, language);
    if (*cache_trace) return cli::trace_cache(trace);
    if (app.got_subcommand("check-history")) return cli::check_history(history);
    if (app.got_subcommand("calibrate")) return cli::calibrate(calibration);
    if (app.got_subcommand("cap-chart")) return cli::draw_cap(cap);
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "faultline: out of memory\n");
    return cli::cannot_go_on;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "faultline: %s\n", error.what());
    return cli::cannot_go_on;
  }
  return cli::wrong_input;
}
