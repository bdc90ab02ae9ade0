/// Processes of one node that wait for the same thing to happen.
///
///   while (!free()) co_await gathering_.wait();      // each
///   gathering_.wake();                               // whoever makes it happen: all go on
#pragma once

#include <coroutine>

#include "sim/kernel/intrusive_list.hpp"
#include "sim/kernel/task.hpp"

namespace faultline::models {

/// Whoever is woken goes on in a turn of its own, in the order of waiting, and looks again for
/// itself whether it may.
class Gathering {
 public:
  explicit Gathering(sim::Kernel& kernel) : kernel_(kernel) {}
  Gathering(const Gathering&) = delete;
  Gathering& operator=(const Gathering&) = delete;

  class Wait final : public sim::Event, public sim::ListHook {
   public:
    explicit Wait(Gathering& gathering) : Event(&fire), gathering_(gathering) {}
    ~Wait() { gathering_.kernel_.cancel_if_scheduled(*this); }
    bool await_ready() const { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) {
      frame_ = frame;
      since_ = gathering_.kernel_.now();
      set_tag(frame.promise().owner().id(), sim::EventKind::resume);
      gathering_.waiting_.push_back(*this);
    }
    void await_resume() const {}

   private:
    friend class Gathering;
    static void fire(Event& event) {
      Wait& wait = static_cast<Wait&>(event);
      const sim::Kernel& kernel = wait.gathering_.kernel_;
      kernel.tell_waited(wait.frame_, sim::WaitFor::turn, wait.since_);
      wait.frame_.resume();
    }
    Gathering& gathering_;
    sim::Time since_{};
    std::coroutine_handle<> frame_;
  };

  Wait wait() { return Wait(*this); }
  bool empty() const { return waiting_.empty(); }
  void wake() {
    while (!waiting_.empty()) {
      Wait& wait = waiting_.front();
      wait.unlink();
      kernel_.schedule_now(wait);
    }
  }

 private:
  sim::Kernel& kernel_;
  sim::IntrusiveList<Wait> waiting_;
};

}  // namespace faultline::models
