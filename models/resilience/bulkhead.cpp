#include "models/resilience/bulkhead.hpp"

#include <algorithm>

namespace faultline::models {

Bulkhead::Enter::~Enter() {
  if (state_ == State::outside) return;
  bulkhead_.kernel_.cancel_if_scheduled(*this);
  if (state_ == State::inside) {
    bulkhead_.leave();
  } else {
    unlink();
    bulkhead_.gate_.stop_waiting();
  }
}

bool Bulkhead::Enter::await_ready() {
  switch (bulkhead_.gate_.enter()) {
    case BulkheadGate::Answer::go:
      state_ = State::inside;
      return true;
    case BulkheadGate::Answer::wait:
      state_ = State::waiting;
      return false;
    case BulkheadGate::Answer::rejected:
      break;
  }
  return true;
}

void Bulkhead::Enter::await_suspend(std::coroutine_handle<> frame) {
  frame_ = frame;
  since_ = bulkhead_.kernel_.now();
  bulkhead_.waiting_.push_back(*this);
  sim::Kernel& kernel = bulkhead_.kernel_;
  const sim::Duration wait = bulkhead_.gate_.limits().wait;
  if (wait < until_ - kernel.now()) {
    kernel.schedule_after(*this, wait);
  } else if (until_ != sim::time_max) {
    kernel.schedule_at(*this, until_);
  }
}

Bulkhead::Place Bulkhead::Enter::await_resume() {
  if (state_ != State::inside) return Place();
  state_ = State::outside;
  return Place(&bulkhead_);
}

void Bulkhead::Enter::fire(Event& event) {
  Enter& self = static_cast<Enter&>(event);
  if (self.state_ == State::waiting) {
    // It has waited long enough.
    self.unlink();
    self.bulkhead_.gate_.stop_waiting();
    self.state_ = State::outside;
  }
  const sim::Kernel& kernel = self.bulkhead_.kernel_;
  kernel.tell_waited(self.frame_, sim::WaitFor::turn, self.since_);
  self.frame_.resume();
}

void Bulkhead::leave() {
  if (!gate_.leave()) return;
  Enter& next = waiting_.front();
  next.unlink();
  next.state_ = Enter::State::inside;
  kernel_.cancel_if_scheduled(next);
  kernel_.schedule_now(next);
}

}  // namespace faultline::models
