#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/exit_status.hpp"
#include "cli/output.hpp"
#include "cli/problems_text.hpp"
#include "sim/param/json_reader.hpp"
#include "sim/registry/reference.hpp"
#include "sim/scenario/spec.hpp"
#include "sim/scenario/system.hpp"

namespace faultline::cli {

namespace {

int print(const std::string& text) { return write_stdout(text) ? done : cannot_go_on; }

}  // namespace

int validate_scenarios(const std::vector<std::string>& files, const std::string& language) {
  int status = done;
  for (const std::string& file : files) {
    sim::Problems problems;
    if (const auto spec = sim::read_spec_file(file, {}, problems)) {
      // Some problems show only when the system is put together.
      const sim::System system(*spec, static_cast<std::uint64_t>(spec->run.seed), 0, problems);
    }
    if (problems.empty()) {
      if (print(printable(file) + ": ok\n") != done) return cannot_go_on;
    } else {
      print_problems(file, problems, sim::language_of(language));
      status = wrong_input;
    }
  }
  return status;
}

int list_types(const std::string& name, const std::string& language) {
  std::string error;
  const std::optional<std::string> text = sim::types_text(name, error, sim::language_of(language));
  if (!text) {
    std::fprintf(stderr, "faultline: %s\n", printable(error).c_str());
    return wrong_input;
  }
  return print(*text);
}

int print_schema() { return print(sim::scenario_schema().dump(2) + "\n"); }

int write_reference(const std::string& directory, const std::string& language) {
  std::error_code code;
  if (!std::filesystem::is_directory(directory, code)) {
    std::fprintf(stderr, "faultline: there is no directory %s\n", printable(directory).c_str());
    return wrong_input;
  }
  for (const auto& [name, text] : sim::reference_pages(sim::language_of(language))) {
    std::string error;
    if (!write_file(std::filesystem::path(directory) / name, text, error)) {
      std::fprintf(stderr, "faultline: %s\n", error.c_str());
      return cannot_go_on;
    }
  }
  return done;
}

}  // namespace faultline::cli
