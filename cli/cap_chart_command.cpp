#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/commands.hpp"
#include "cli/exit_status.hpp"
#include "cli/output.hpp"
#include "cli/problems_text.hpp"
#include "reports/cap_chart.hpp"
#include "sim/param/json_reader.hpp"
#include "sim/scenario/expectation.hpp"

namespace faultline::cli {

namespace {

using nlohmann::json;

/// NaN if there is none, or none within these bounds: anybody may have written the file.
double number_at(const json& result, const char* path, double least, double most) {
  const json* found = sim::find_in_result(result, path);
  const double number = found && found->is_number() ? found->get<double>() : std::nan("");
  return number >= least && number <= most ? number : std::nan("");
}

std::string text_at(const json& result, const char* path) {
  const json* found = sim::find_in_result(result, path);
  return found && found->is_string() ? found->get<std::string>() : std::string();
}

/// What is wrong with the file has been said if there is nothing.
std::optional<reports::CapPoint> read_point(const std::string& file) {
  sim::Problems problems;
  const std::optional<json> read = sim::read_json_file(file, problems);
  if (!read) {
    print_problems(file, problems);
    return std::nullopt;
  }
  const json& result = *read;
  if (!result.is_object() || !result.contains("faultline")) {
    std::fprintf(stderr, "faultline: %s: no result of \"faultline run --json\"\n",
                 printable(file).c_str());
    return std::nullopt;
  }
  const json* consistency = sim::find_in_result(result, "consistency");
  if (!consistency || !consistency->is_object() || consistency->empty()) {
    std::fprintf(stderr,
                 "faultline: %s: consistency was not measured; give the scenario a "
                 "\"consistency\" section\n",
                 printable(file).c_str());
    return std::nullopt;
  }
  reports::CapPoint point;
  point.name = text_at(result, "scenario.title");
  if (point.name.empty()) point.name = std::filesystem::path(file).stem().string();
  point.strongest = text_at(result, "consistency.strongest");
  const double histories = number_at(result, "consistency.histories", 0, 1e15);
  point.histories = histories > 0 ? static_cast<std::uint64_t>(histories) : 0;
  point.latency_p99_seconds =
      number_at(result, "consistency.undisturbed_latency_seconds.p99", 0, 1e9);
  point.availability = number_at(result, "consistency.disturbed_availability", 0, 1);
  return point;
}

/// Several results of one title are told apart by their files.
void name_apart(std::vector<reports::CapPoint>& points, const std::vector<std::string>& files) {
  std::vector<std::string> titles;
  for (const reports::CapPoint& point : points) titles.push_back(point.name);
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (std::count(titles.begin(), titles.end(), titles[i]) > 1) {
      points[i].name = std::filesystem::path(files[i]).stem().string();
    }
  }
}

}  // namespace

int draw_cap(const CapChartArguments& arguments) {
  std::vector<reports::CapPoint> points;
  bool readable = true;
  for (const std::string& file : arguments.files) {
    if (auto point = read_point(file)) {
      points.push_back(std::move(*point));
    } else {
      readable = false;
    }
  }
  if (!readable) return wrong_input;
  name_apart(points, arguments.files);
  std::string error;
  if (arguments.html_file != "-" &&
      !write_stdout(reports::cap_chart_table(points, 80, is_terminal(1)))) {
    std::fprintf(stderr, "faultline: cannot write to standard output\n");
    return cannot_go_on;
  }
  if (!arguments.html_file.empty() &&
      !write_file(arguments.html_file,
                  reports::cap_chart_page(points, {.language = arguments.language}), error)) {
    std::fprintf(stderr, "faultline: %s\n", error.c_str());
    return cannot_go_on;
  }
  return done;
}

}  // namespace faultline::cli
