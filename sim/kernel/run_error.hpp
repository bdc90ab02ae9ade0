/// The run cannot go on: caught once, at the edge of the run, and shown to the user with virtual
/// time and node.
#pragma once

#include <stdexcept>
#include <string>

#include "sim/kernel/time.hpp"

namespace faultline::sim {

/// A model or the engine met a state the run cannot leave (a queue without end, too many pending
/// events).
class RunError : public std::runtime_error {
 public:
  RunError(Time when, std::string where, const std::string& message);
  Time when() const { return when_; }
  const std::string& where() const {
    return where_;
  }  ///< The node's name; empty for the engine itself.

 private:
  Time when_;
  std::string where_;
};

}  // namespace faultline::sim
