#include "cli/problems_text.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "reports/plain_text.hpp"
#include "sim/param/json_reader.hpp"
#include "sim/registry/sentences.hpp"

namespace faultline::cli {

std::string printable(std::string_view text) { return reports::visible_text(text); }

void print_problems(const std::string& file, const sim::Problems& problems,
                    sim::Language language) {
  constexpr std::size_t shown_max = 100;
  const std::vector<sim::Problem> sorted = problems.sorted();
  std::vector<sim::TextPosition> positions(sorted.size());
  sim::Problems ignored;
  if (const auto text = sim::read_text_file(file, ignored);
      text && sim::read_json(*text, ignored)) {
    positions = sim::locate(*text, sorted);
  }
  for (std::size_t i = 0; i < sorted.size() && i < shown_max; ++i) {
    std::string place = printable(file);
    if (positions[i].line > 0)
      place += fmt::format(":{}:{}", positions[i].line, positions[i].column);
    const sim::Problem shown = sim::problem_text(sorted[i], language);
    std::fprintf(stderr, "%s: %s\n", place.c_str(), printable(shown.to_text()).c_str());
  }
  if (sorted.size() > shown_max)
    std::fprintf(stderr, "... and %zu more problems\n", sorted.size() - shown_max);
}

}  // namespace faultline::cli
