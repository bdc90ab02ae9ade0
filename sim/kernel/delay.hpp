/// `co_await delay(5ms)`: the process goes on after a span of virtual time.
#pragma once

#include <coroutine>

#include "sim/kernel/task.hpp"

namespace faultline::sim {

/// Awaiting it waits; destroying it in the meantime cancels.
class Delay final : public Event {
 public:
  Delay(Duration duration, EventQueue::Lane lane)
      : Event(&fire), duration_(duration), lane_(lane) {}
  ~Delay() {
    if (scheduled()) kernel_->cancel(*this);
  }

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> frame) {
    ProcessOwner& owner = frame.promise().owner();
    frame_ = frame;
    kernel_ = &owner.kernel();
    set_tag(owner.id(), EventKind::resume);
    kernel_->schedule_constant(*this, lane_, duration_);
  }
  void await_resume() const noexcept {}

 private:
  static void fire(Event& event) { static_cast<Delay&>(event).frame_.resume(); }

  Duration duration_;
  EventQueue::Lane lane_;
  Kernel* kernel_ = nullptr;
  std::coroutine_handle<> frame_;
};

/// Requires: not negative. delay(0) lets everything scheduled for now run first. `lane`:
/// Kernel::lane_of this duration, if it is a constant.
inline Delay delay(Duration duration, EventQueue::Lane lane = EventQueue::no_lane) {
  return Delay(duration, lane);
}

/// `co_await delay(span); co_await idle_since(then);` the process did nothing since `then` but wait
/// for the time to come: for those who want to know where its time went, to whom a delay is work.
/// Takes no time.
class IdleSince {
 public:
  explicit IdleSince(Time since) : since_(since) {}
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> frame) const {
    Kernel& kernel = frame.promise().owner().kernel();
    kernel.tell_waited(frame, WaitFor::others, since_);
    return false;
  }
  void await_resume() const noexcept {}

 private:
  Time since_;
};
inline IdleSince idle_since(Time since) { return IdleSince(since); }

}  // namespace faultline::sim
