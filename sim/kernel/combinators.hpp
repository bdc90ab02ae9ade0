/// Waiting for several tasks at once.
#pragma once

#include <algorithm>
#include <coroutine>
#include <optional>
#include <utility>
#include <vector>

#include "sim/kernel/delay.hpp"
#include "sim/kernel/parts.hpp"
#include "sim/kernel/task.hpp"

namespace faultline::sim {

namespace detail {

/// Counts down the ends of children and resumes the parent once, in a turn of its own.
class Join final : public Event {
 public:
  explicit Join(std::size_t needed) : Event(&fire), needed_(needed) {}
  ~Join() {
    if (scheduled()) kernel_->cancel(*this);
  }
  bool await_ready() const noexcept { return ended_ >= needed_; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> frame) {
    frame_ = frame;
    kernel_ = &frame.promise().owner().kernel();
    since_ = kernel_->now();
    set_tag(frame.promise().owner().id(), EventKind::resume);
  }
  /// Children that have not ended are ended next.
  void await_resume() noexcept { parts_.over(); }
  /// `co_await join.start(child, index)`: the parent's frame ends the child.
  Parts::Start start(Task<void>& child, std::size_t index) { return parts_.start(child, index); }
  /// The child goes on no further.
  void stopped(std::size_t index) { parts_.ended(index); }
  void child_ended(std::size_t index) {
    parts_.ended(index);
    if (ended_ == 0) first_ = index;
    if (++ended_ == needed_ && frame_) kernel_->schedule_now(*this);
  }
  bool any_ended() const { return ended_ > 0; }
  std::size_t first() const { return first_; }

 private:
  static void fire(Event& event) {
    Join& join = static_cast<Join&>(event);
    join.kernel_->tell_waited(join.frame_, WaitFor::others, join.since_);
    join.frame_.resume();
  }
  std::size_t needed_;
  std::size_t ended_ = 0;
  std::size_t first_ = 0;
  Kernel* kernel_ = nullptr;
  Time since_{};
  Parts parts_;
  std::coroutine_handle<> frame_;
};

/// Runs `task` and reports its end to `join` as child number `index`.
template <class T>
Task<void> run_child(Task<T> task, Join& join, std::size_t index, std::optional<T>& result) {
  result.emplace(co_await task);
  join.child_ended(index);
}
inline Task<void> run_timer(Duration span, Join& join, std::size_t index) {
  co_await delay(span);
  join.child_ended(index);
}

}  // namespace detail

/// Runs all tasks side by side; their results in the order given, when the last has ended.
template <class T>
Task<std::vector<T>> when_all(std::vector<Task<T>> tasks) {
  detail::Join join(tasks.size());
  std::vector<std::optional<T>> results(tasks.size());
  std::vector<Task<void>> children;
  children.reserve(tasks.size());
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    children.push_back(detail::run_child(std::move(tasks[i]), join, i, results[i]));
    co_await join.start(children.back(), i);
  }
  co_await join;
  std::vector<T> values;
  values.reserve(results.size());
  for (std::optional<T>& result : results) values.push_back(std::move(*result));
  co_return values;
}

/// The first of several tasks to end: its index and value. The others are ended where they wait.
template <class T>
struct FirstOf {
  std::size_t index = 0;
  T value;
};

/// Requires: at least one task. When several end at the same time, the one that ended first in the
/// order of events wins.
template <class T>
Task<FirstOf<T>> when_any(std::vector<Task<T>> tasks) {
  SIM_ASSERT(!tasks.empty());
  detail::Join join(1);
  std::vector<std::optional<T>> results(tasks.size());
  std::vector<Task<void>> children;
  children.reserve(tasks.size());
  for (std::size_t i = 0; i < tasks.size() && !join.any_ended(); ++i) {
    children.push_back(detail::run_child(std::move(tasks[i]), join, i, results[i]));
    co_await join.start(children.back(), i);
  }
  co_await join;
  children.clear();
  FirstOf<T> first{join.first(), std::move(*results[join.first()])};
  co_return first;
}

/// The task's value, or nothing if it has not ended within `limit`: then it is ended where it
/// waits.
template <class T>
Task<std::optional<T>> with_timeout(Task<T> task, Duration limit) {
  detail::Join join(1);
  std::optional<T> result;
  Task<void> child = detail::run_child(std::move(task), join, 0, result);
  co_await join.start(child, 0);
  if (join.any_ended()) co_return result;
  Task<void> timer = detail::run_timer(limit, join, 1);
  co_await join.start(timer, 1);
  co_await join;
  co_return result;
}

}  // namespace faultline::sim
