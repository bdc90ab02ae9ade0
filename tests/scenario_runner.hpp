/// Runs scenarios written in a test, and reads their results by path.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "sim/experiment/experiment.hpp"
#include "sim/scenario/result.hpp"
#include "sim/scenario/spec.hpp"
#include "sim/scenario/system.hpp"

namespace faultline::tests {

/// All problems of a scenario as lines; empty if it is right.
inline std::string problems_of(std::string_view text) {
  sim::Problems problems;
  const auto spec = sim::read_spec(text, FAULTLINE_SOURCE_DIR, {}, problems);
  if (spec) {
    const sim::System system(*spec, 1, 0, problems);
  }
  std::string lines;
  for (const sim::Problem& problem : problems.sorted()) lines += problem.to_text() + "\n";
  return lines;
}

inline sim::Result run_spec(const sim::Spec& spec, std::uint64_t replications = 1,
                            std::uint64_t jobs = 2) {
  sim::Problems problems;
  sim::ExperimentOptions options;
  options.seed = static_cast<std::uint64_t>(spec.run.seed);
  options.replications = replications;
  options.jobs = jobs;
  auto result = sim::run_experiment(spec, options, problems);
  for (const sim::Problem& problem : problems.sorted()) ADD_FAILURE() << problem.to_text();
  return result ? std::move(*result) : sim::Result{};
}

inline sim::Spec spec_of(std::string_view text, const std::vector<sim::Override>& overrides = {}) {
  sim::Problems problems;
  auto spec = sim::read_spec(text, FAULTLINE_SOURCE_DIR, overrides, problems);
  for (const sim::Problem& problem : problems.sorted()) ADD_FAILURE() << problem.to_text();
  return spec ? std::move(*spec) : sim::Spec{};
}

inline sim::Result run_text(std::string_view text, std::uint64_t replications = 1,
                            std::uint64_t jobs = 2) {
  return run_spec(spec_of(text), replications, jobs);
}

/// The exact value must lie in the 95 % interval of the scalar at `path`, whose half width is at
/// most `width_max` of it.
inline void expect_interval_holds(const sim::Result& result, const std::string& path, double exact,
                                  double width_max = 0.02) {
  const auto found = result.intervals.find(path);
  ASSERT_NE(found, result.intervals.end()) << path;
  const sim::Interval& interval = found->second;
  EXPECT_LE(interval.half_width, width_max * exact) << path;
  EXPECT_NEAR(interval.mean, exact, interval.half_width)
      << path << ", half width " << interval.half_width;
}

/// Runs of one scenario with different seeds, made when they are asked for.
class Runs {
 public:
  Runs(std::string text, std::uint64_t replications)
      : spec_(spec_of(text)), replications_(replications) {}
  const sim::Result& with_seed(std::int64_t seed) {
    auto [place, fresh] = results_.try_emplace(seed);
    if (fresh) {
      spec_.run.seed = seed;
      place->second = run_spec(spec_, replications_);
    }
    return place->second;
  }

 private:
  sim::Spec spec_;
  std::uint64_t replications_;
  std::map<std::int64_t, sim::Result> results_;
};

/// As above. One interval in twenty misses by right; then the next seed's must hold, which a bias
/// of the size of the interval would miss too.
inline void expect_interval_holds(Runs& runs, const std::string& path, double exact,
                                  double width_max = 0.02) {
  const sim::Result& first = runs.with_seed(1);
  const auto found = first.intervals.find(path);
  ASSERT_NE(found, first.intervals.end()) << path;
  const bool missed = std::abs(found->second.mean - exact) > found->second.half_width;
  if (missed) std::cout << "seed 1 misses " << path << ", as one in twenty does; seed 2 decides\n";
  expect_interval_holds(missed ? runs.with_seed(2) : first, path, exact, width_max);
}

}  // namespace faultline::tests
