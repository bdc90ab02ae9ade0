/// How much work a check may still do.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "sim/measure/consistency/history.hpp"

namespace faultline::sim::consistency {

/// Steps are counted, so that a verdict repeats; the machine's clock is asked only where the user
/// gave a limit in seconds.
class Budget {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Budget(std::uint64_t steps, std::optional<Clock::time_point> deadline = {})
      : steps_left_(steps), deadline_(deadline) {}

  /// Takes `count` steps; false, now and ever after, if there are not that many left.
  bool take(std::uint64_t count = 1) {
    if (steps_left_ < count) {
      steps_left_ = 0;
      return false;
    }
    steps_left_ -= count;
    taken_ += count;
    if (deadline_ && taken_ >= next_look_) {
      next_look_ = taken_ + 1024;
      if (Clock::now() >= *deadline_) {
        steps_left_ = 0;
        return false;
      }
    }
    return true;
  }
  std::uint64_t taken() const { return taken_; }
  bool is_spent() const { return steps_left_ == 0; }
  const std::optional<Clock::time_point>& deadline() const { return deadline_; }

 private:
  std::uint64_t steps_left_;
  std::uint64_t taken_ = 0;
  std::uint64_t next_look_ = 0;
  std::optional<Clock::time_point> deadline_;
};

}  // namespace faultline::sim::consistency
