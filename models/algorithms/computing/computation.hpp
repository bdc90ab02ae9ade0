/// Real code on real data, whose steps are counted: what it takes grows as the code has it, not as
/// somebody guessed.
///
///   data of size n, made by chance --> the code --> its answer, and how many operations it took
///
/// An operation is a step that takes about the same time each time; each computation says what it
/// counts. How long one takes is measured by a command and stated in the file, never during a run.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/algorithms/random_source.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {

class Computation {
 public:
  static constexpr std::string_view kind = "computation";
  struct MakeArgs {};

  struct Outcome {
    std::uint64_t operations = 0;
    std::uint64_t answer =
        0;  ///< What it found out: a number by which a test can tell that it did.
  };

  virtual ~Computation() = default;
  /// Makes data of size `n` and does its work on them. Requires: `n` from 0 to size_max().
  virtual Outcome run(std::int64_t n, RandomSource& random) const = 0;
  /// The largest size it does, so that no file asks for a run without end.
  virtual std::int64_t size_max() const = 0;
};

}  // namespace faultline::models
