#include "sim/kernel/kernel.hpp"

#include <fmt/format.h>

#include <utility>

#include "sim/kernel/run_error.hpp"

namespace faultline::sim {

template <bool some_frozen>
Kernel::Left Kernel::run(Time until) {
  for (;;) {
    Time time;
    Event* event = queue_.pop_until(until, time);
    if (!event) return Left::reached;
    now_ = time;
    if constexpr (some_frozen) {
      if (frozen_.hold(*event)) continue;
    }
    fire(*event);
    if (__builtin_expect(interrupt_.load(std::memory_order_relaxed) != 0, false)) {
      const std::uint8_t why = interrupt_.exchange(0, std::memory_order_relaxed);
      if (failure_) rethrow_failure();
      if ((why & asked_to_pause) != 0) return Left::paused;
      if (frozen_.any() != some_frozen) return Left::other_loop;
    }
  }
}

StopReason Kernel::run_until(Time until) {
  for (;;) {
    const Left left = frozen_.any() ? run<true>(until) : run<false>(until);
    if (left == Left::paused) return StopReason::paused;
    if (left == Left::reached) break;
  }
  if (until > now_ && until != time_max) now_ = until;
  return StopReason::reached;
}

bool Kernel::step(Time until) {
  Event* event;
  do {
    Time time;
    event = queue_.pop_until(until, time);
    if (!event) return false;
    now_ = time;
  } while (frozen_.any() && frozen_.hold(*event));
  fire(*event);
  if (failure_) rethrow_failure();
  return true;
}

void Kernel::fail(std::exception_ptr error) {
  if (!failure_) failure_ = std::move(error);
  interrupt_.fetch_or(failed, std::memory_order_relaxed);
}

void Kernel::freeze(std::uint32_t owner_id) {
  frozen_.freeze(owner_id, now_, queue_);
  interrupt_.fetch_or(frozen_changed, std::memory_order_relaxed);
}

void Kernel::thaw(std::uint32_t owner_id) {
  const Frozen::Held held = frozen_.release(owner_id);
  for (const Frozen::Work& work : held.work) schedule_after(*work.event, work.left);
  for (Event* event : held.due) schedule_at(*event, now_);
  interrupt_.fetch_or(frozen_changed, std::memory_order_relaxed);
}

void Kernel::thaw_messages(std::uint32_t owner_id) {
  const Frozen::Held held = frozen_.release(owner_id);
  for (Event* event : held.due) {
    if (is_message(event->kind())) schedule_at(*event, now_);
  }
  interrupt_.fetch_or(frozen_changed, std::memory_order_relaxed);
}

void Kernel::rethrow_failure() {
  interrupt_.store(0, std::memory_order_relaxed);
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
