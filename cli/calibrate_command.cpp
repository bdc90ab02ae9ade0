#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "cli/commands.hpp"
#include "cli/exit_status.hpp"
#include "cli/output.hpp"
#include "cli/problems_text.hpp"
#include "models/algorithms/computing/computation.hpp"

namespace faultline::cli {

namespace {

struct Calibration {
  double rate = 0;    ///< Operations in a second: the median of several measurements.
  double spread = 0;  ///< (fastest - slowest) / median.
  std::int64_t n = 0;
};

/// The size is raised until one run takes long enough to be measured. The time of making the data
/// counts too: a server gets its data from somewhere as well.
Calibration measure(const models::Computation& computation) {
  using Clock = std::chrono::steady_clock;
  constexpr double long_enough = 0.02;
  constexpr std::size_t rounds = 9;
  const auto seconds_of = [&](std::int64_t n, std::uint64_t seed, std::uint64_t& operations) {
    models::SplitMixSource random(seed);
    const auto begin = Clock::now();
    operations = computation.run(n, random).operations;
    return std::chrono::duration<double>(Clock::now() - begin).count();
  };
  Calibration result{.n = std::min<std::int64_t>(1000, computation.size_max())};
  std::uint64_t operations = 0;
  while (seconds_of(result.n, 1, operations) < long_enough && result.n < computation.size_max())
    result.n = std::min(2 * result.n, computation.size_max());
  std::vector<double> rates;
  for (std::uint64_t round = 1; round <= rounds; ++round) {
    const double seconds = seconds_of(result.n, round, operations);
    rates.push_back(static_cast<double>(operations) / seconds);
  }
  std::sort(rates.begin(), rates.end());
  result.rate = rates[rounds / 2];
  result.spread = (rates.back() - rates.front()) / result.rate;
  return result;
}

}  // namespace

int calibrate(const CalibrateArguments& arguments) {
  const auto& catalogue = sim::TypeCatalogue::instance();
  std::vector<std::string> names = arguments.algorithms;
  std::vector<std::string> known;
  for (const sim::TypeRecord* type : catalogue.types(models::Computation::kind)) {
    known.push_back(type->name());
  }
  if (names.empty()) names = known;
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::fprintf(stderr, "faultline: no computation is called %s; %s\n",
                 printable(sim::in_quotes(name)).c_str(), sim::suggestion(name, known).c_str());
    return wrong_input;
  }
  std::string text = fmt::format("{:<28}{:>16}{:>10}{:>12}\n", "algorithm", "operation_rate",
                                 "spread", "measured n");
  for (const std::string& name : names) {
    const auto computation = sim::Choice<models::Computation>(name).make({});
    const Calibration found = measure(*computation);
    text += fmt::format("{:<28}{:>16}{:>9.0f}%{:>12}\n", name, fmt::format("{:.3g}/s", found.rate),
                        100 * found.spread, found.n);
  }
  return write_stdout(text) ? done : cannot_go_on;
}

}  // namespace faultline::cli
