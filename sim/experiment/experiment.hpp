/// One scenario run several times with different luck, on several threads; what the runs have in
/// common, with intervals.
///
/// Replication r draws from the streams (seed, r, ...). Results are pooled in the order of
/// replications, so they do not depend on the number of threads or on which finishes first.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>

#include "sim/scenario/result.hpp"
#include "sim/scenario/spec.hpp"

namespace faultline::sim {

/// How far an experiment has come.
struct Progress {
  std::uint64_t replications_done = 0;
  std::uint64_t replications = 1;
  double virtual_seconds = 0;          ///< Of all replications together.
  double virtual_seconds_planned = 0;  ///< Of all replications together.
  std::uint64_t events = 0;
  double wall_seconds = 0;
};

struct ExperimentOptions {
  std::uint64_t seed = 1;
  std::uint64_t replications = 1;  ///< At least 1.
  std::uint64_t jobs = 1;          ///< Threads, at least 1.
  /// Called on the calling thread, about ten times a second.
  std::function<void(const Progress&)> progress;
  /// Set from outside (a signal handler) to end in order with what was measured.
  const std::atomic<bool>* stop = nullptr;
};

inline constexpr std::uint64_t replications_max = 1'000'000;
inline constexpr std::uint64_t jobs_max = 1024;

/// Runs `spec`. Nothing if building it found problems. Throws RunError when a replication cannot go
/// on. With more than one replication, those that were cut short are left out, unless none was
/// finished.
std::optional<Result> run_experiment(const Spec& spec, const ExperimentOptions& options,
                                     Problems& problems);

}  // namespace faultline::sim
