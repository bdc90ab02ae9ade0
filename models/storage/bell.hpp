/// Waiting for another process of the same node, or for a time, whichever is first.
///
///   Bell bell(kernel);                       // known to whoever is to ring it
///   if (co_await bell.until(deadline)) ..    // rung; false: it was time
#pragma once

#include <coroutine>

#include "sim/kernel/task.hpp"

namespace faultline::models {

/// Rings once, before the wait or during it; who waits goes on in a turn of its own.
class Bell final : public sim::Event {
 public:
  /// `what`: what whoever waits waits for, to those who want to know.
  explicit Bell(sim::Kernel& kernel, sim::WaitFor what = sim::WaitFor::others)
      : Event(&fire), kernel_(kernel), what_(what) {}
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;
  ~Bell() { kernel_.cancel_if_scheduled(*this); }

  bool rung() const { return rung_; }
  void ring() {
    if (rung_) return;
    rung_ = true;
    if (!frame_) return;
    kernel_.cancel_if_scheduled(*this);
    kernel_.schedule_now(*this);
  }

  class Until {
   public:
    Until(Bell& bell, sim::Time limit) : bell_(bell), limit_(limit) {}
    bool await_ready() const noexcept { return bell_.rung_; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) {
      bell_.frame_ = frame;
      bell_.since_ = bell_.kernel_.now();
      bell_.set_tag(frame.promise().owner().id(), sim::EventKind::resume);
      if (limit_ != sim::time_max) {
        bell_.kernel_.schedule_at(bell_, std::max(limit_, bell_.kernel_.now()));
      }
    }
    bool await_resume() const noexcept { return bell_.rung_; }

   private:
    Bell& bell_;
    sim::Time limit_;
  };
  /// Whether it rang before `limit`. Requires: nobody else waits.
  Until until(sim::Time limit) { return Until(*this, limit); }

 private:
  static void fire(Event& event) {
    Bell& bell = static_cast<Bell&>(event);
    const auto frame = std::exchange(bell.frame_, {});
    bell.kernel_.tell_waited(frame, bell.what_, bell.since_);
    frame.resume();
  }
  sim::Kernel& kernel_;
  sim::WaitFor what_;
  sim::Time since_{};
  std::coroutine_handle<> frame_;
  bool rung_ = false;
};

}  // namespace faultline::models
