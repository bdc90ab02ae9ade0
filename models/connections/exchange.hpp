/// What a caller awaits for the reply to a request it sent: a bare call, or one that first looks up
/// a name or takes a connection.
#pragma once

#include <coroutine>
#include <optional>
#include <utility>

#include "sim/kernel/task.hpp"
#include "sim/network/call.hpp"

namespace faultline::models {

class Exchange {
 public:
  /// Requires: the arguments outlive the wait.
  Exchange(sim::Node& from, const sim::Target& target, const sim::Request& request,
           const sim::Patience& patience) {
    call_.emplace(from, target, request, patience);
  }
  explicit Exchange(sim::Task<sim::Reply> task) : task_(std::move(task)) {}

  bool await_ready() noexcept { return call_ ? call_->await_ready() : task_->await_ready(); }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> frame) {
    if (!call_) return task_->await_suspend(frame);
    call_->await_suspend(frame);
    return true;
  }
  sim::Reply await_resume() { return call_ ? call_->await_resume() : task_->await_resume(); }

 private:
  std::optional<sim::RemoteCall> call_;
  std::optional<sim::Task<sim::Reply>> task_;
};

}  // namespace faultline::models
