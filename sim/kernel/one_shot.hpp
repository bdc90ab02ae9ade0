/// A value that is set once and awaited by one process.
#pragma once

#include <coroutine>
#include <optional>
#include <utility>

#include "sim/kernel/task.hpp"

namespace faultline::sim {

/// `set` may come before or after the wait; the waiting process goes on in a turn of its own, at
/// the time of `set`. Does not model: network delay; both ends are on one node.
template <class T>
class OneShot {
 public:
  /// `what`: what whoever waits waits for, to those who want to know.
  explicit OneShot(Kernel& kernel, WaitFor what = WaitFor::others) : kernel_(kernel), what_(what) {}
  OneShot(const OneShot&) = delete;
  OneShot& operator=(const OneShot&) = delete;

  bool is_set() const { return value_.has_value(); }
  /// Requires: not set yet.
  void set(T value) {
    SIM_ASSERT(!value_);
    value_.emplace(std::move(value));
    if (waiter_) kernel_.schedule_now(*waiter_);
  }

  class Wait final : public Event {
   public:
    explicit Wait(OneShot& shot) : Event(&fire), shot_(shot) {}
    ~Wait() {
      shot_.kernel_.cancel_if_scheduled(*this);
      if (shot_.waiter_ == this) shot_.waiter_ = nullptr;
    }
    bool await_ready() const noexcept { return shot_.is_set(); }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) {
      SIM_ASSERT(!shot_.waiter_);
      frame_ = frame;
      since_ = shot_.kernel_.now();
      set_tag(frame.promise().owner().id(), EventKind::resume);
      shot_.waiter_ = this;
    }
    T await_resume() { return *shot_.value_; }

   private:
    static void fire(Event& event) {
      Wait& wait = static_cast<Wait&>(event);
      const Kernel& kernel = wait.shot_.kernel_;
      kernel.tell_waited(wait.frame_, wait.shot_.what_, wait.since_);
      wait.frame_.resume();
    }
    OneShot& shot_;
    Time since_{};
    std::coroutine_handle<> frame_;
  };

  /// The value, once there is one. Requires: no other process waits; the OneShot outlives the wait.
  Wait wait() { return Wait(*this); }

 private:
  friend class Wait;
  Kernel& kernel_;
  WaitFor what_;
  std::optional<T> value_;
  Wait* waiter_ = nullptr;
};

}  // namespace faultline::sim
