/// Parts of a process that run beside each other: branches of a fan-out, the copies of a hedged
/// call. Kept by the process that starts them, for those who want to know where its time went;
/// while nobody does it costs a question for each part.
#pragma once

#include <coroutine>
#include <cstdint>
#include <vector>

#include "sim/kernel/task.hpp"

namespace faultline::sim {

/// Requires: destroyed before the frame of the process that starts the parts.
class Parts {
 public:
  Parts() = default;
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  ~Parts() { over(); }

  /// `co_await parts.start(child, index);` runs `child` until it waits or ends, inside the process
  /// that awaits this: that one's frame ends it. Requires: `child` stays where it is.
  class Start {
   public:
    Start(Parts& parts, Task<void>& child, std::size_t index)
        : parts_(parts), child_(child), index_(index) {}
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> parent) {
      ProcessOwner& owner = parent.promise().owner();
      if (owner.kernel().wait_observer()) [[unlikely]]
        parts_.began(owner.kernel(), parent, nullptr, index_);
      child_.start_in(owner, &parent.promise());
      return false;
    }
    void await_resume() const noexcept {}

   private:
    Parts& parts_;
    Task<void>& child_;
    std::size_t index_;
  };
  Start start(Task<void>& child, std::size_t index) { return Start(*this, child, index); }

  /// `co_await parts.spawn(std::move(task), index);` the same for a process of its own, which may
  /// outlive the one that starts it.
  class Spawn {
   public:
    Spawn(Parts& parts, Task<void> task, std::size_t index)
        : parts_(parts), task_(std::move(task)), index_(index) {}
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> parent) {
      ProcessOwner& owner = parent.promise().owner();
      if (owner.kernel().wait_observer()) [[unlikely]]
        parts_.began(owner.kernel(), parent, &task_.promise(), index_);
      owner.spawn(std::move(task_));
      return false;
    }
    void await_resume() const noexcept {}

   private:
    Parts& parts_;
    Task<void> task_;
    std::size_t index_;
  };
  Spawn spawn(Task<void> task, std::size_t index) { return Spawn(*this, std::move(task), index); }

  /// Told by the part itself, or by whom it tells.
  void ended(std::size_t index) {
    if (index < numbers_.size()) [[unlikely]]
      end(numbers_[index]);
  }
  /// Those that have not ended are no parts of the process any more.
  void over() {
    if (!numbers_.empty()) [[unlikely]]
      end_all();
  }

 private:
  [[gnu::noinline]] void began(Kernel& kernel, std::coroutine_handle<> parent,
                               const PromiseBase* root, std::size_t index) {
    kernel_ = &kernel;
    if (numbers_.size() <= index) numbers_.resize(index + 1);
    numbers_[index] = kernel.wait_observer()->part_began(parent, root);
  }
  [[gnu::noinline]] void end(std::uint32_t& number) {
    WaitObserver* observer = kernel_->wait_observer();
    if (const std::uint32_t part = std::exchange(number, 0); part != 0 && observer)
      observer->part_ended(part);
  }
  [[gnu::noinline]] void end_all() {
    for (std::uint32_t& number : numbers_) end(number);
    numbers_.clear();
  }

  Kernel* kernel_ = nullptr;
  std::vector<std::uint32_t> numbers_;  ///< By index; 0: nobody wants to know. Empty: of none.
};

}  // namespace faultline::sim
