#include "sim/kernel/kernel.hpp"

#include <fmt/format.h>

#include <utility>

#include "sim/kernel/run_error.hpp"

namespace faultline::sim {

StopReason Kernel::run_until(Time until) {
  for (;;) {
    Time time;
    Event* event = queue_.pop_until(until, time);
    if (!event) break;
    now_ = time;
    fire(*event);
    if (__builtin_expect(interrupt_.load(std::memory_order_relaxed), false)) {
      interrupt_.store(false, std::memory_order_relaxed);
      if (failure_) rethrow_failure();
      return StopReason::paused;
    }
  }
  if (until > now_ && until != time_max) now_ = until;
  return StopReason::reached;
}

bool Kernel::step(Time until) {
  Time time;
  Event* event = queue_.pop_until(until, time);
  if (!event) return false;
  now_ = time;
  fire(*event);
  if (failure_) rethrow_failure();
  return true;
}

void Kernel::fail(std::exception_ptr error) {
  if (!failure_) failure_ = std::move(error);
  interrupt_.store(true, std::memory_order_relaxed);
}

void Kernel::rethrow_failure() {
  interrupt_.store(false, std::memory_order_relaxed);
  std::rethrow_exception(std::exchange(failure_, nullptr));
}

void Kernel::schedule_constant_slowly(Event& event, EventQueue::Lane lane, Duration delay) {
  if (lane == EventQueue::no_lane) {
    schedule_at(event, later(delay));
  } else {
    queue_.push_lane(event, lane, later(delay));
  }
}

void Kernel::too_many_pending() const {
  throw RunError(now_, "", fmt::format("more than {} events are pending", EventQueue::pending_max));
}

}  // namespace faultline::sim
