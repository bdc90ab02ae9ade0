/// Coroutines as the behaviour of components.
///
///   Task<Reply> handle(const Request& request) override {
///     auto worker = co_await workers_.acquire();
///     co_await cores_.use(work_.sample(stream_));
///     co_return Reply::ok();
///   }
///
/// A Task starts when it is awaited. A process is a root task given to a ProcessOwner (a node):
/// ending the owner's processes (a crash) destroys their frames, innermost last in, and the
/// destructors in them give back what they held and leave every queue they waited in. A process
/// that throws ends the run: those that await it end where they are, and run_until throws what it
/// threw.
///
/// g++ 12 destroys an aggregate temporary in `co_await f({...})` twice: pass named values.
#pragma once

#include <concepts>
#include <coroutine>
#include <exception>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

#include "sim/kernel/frame_pool.hpp"
#include "sim/kernel/intrusive_list.hpp"
#include "sim/kernel/kernel.hpp"

namespace faultline::sim {

class ProcessOwner;

/// What every coroutine frame carries. Roots are linked into their owner's list.
class PromiseBase : public ListHook {
 public:
  /// How a root ended: it returned, or its owner ended it. The callee destroys the frame.
  using RootEnd = void (*)(PromiseBase& root, void* context, bool killed);

  ProcessOwner& owner() const { return *owner_; }
  /// What the one who started this root gave along with `end`; null if it is no root with that end.
  void* root_context(RootEnd end) const { return root_end_ == end ? root_context_ : nullptr; }

  /// The root of the process that is suspended in `frame`, a coroutine of this kind; null if it was
  /// started by a parent that is not known.
  static const PromiseBase* root_of(std::coroutine_handle<> frame);

  static void* operator new(std::size_t size) { return FramePool::take(size); }
  static void operator delete(void* memory, std::size_t size) { FramePool::give(memory, size); }

  std::suspend_always initial_suspend() const noexcept { return {}; }

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> frame) const noexcept {
      PromiseBase& promise = frame.promise();
      if (!promise.root_end_) return promise.continuation_;
      // The frame is suspended here for good; the callee destroys it.
      promise.unlink();
      promise.root_end_(promise, promise.root_context_, false);
      return std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept;

 protected:
  friend class ProcessOwner;
  template <class T>
  friend class Task;
  std::coroutine_handle<> continuation_ = std::noop_coroutine();
  ProcessOwner* owner_ = nullptr;
  RootEnd root_end_ = nullptr;
  void* root_context_ = nullptr;  ///< Of a task that was started in a parent: that, if it is known.
};

/// What a task awaits is known to it only from when it first waits: of a frame that has not been
/// left since its process began the root may not be found.
inline const PromiseBase* PromiseBase::root_of(std::coroutine_handle<> frame) {
  const void* const nobody = std::noop_coroutine().address();
  for (;;) {
    if (frame.address() == nobody) return nullptr;
    // The promise begins at the same place in every frame: this class is its first base, and no
    // promise is aligned more than a frame's head.
    const PromiseBase* promise =
        &std::coroutine_handle<PromiseBase>::from_address(frame.address()).promise();
    while (!promise->root_end_ && promise->root_context_)
      promise = static_cast<const PromiseBase*>(promise->root_context_);
    if (promise->root_end_) return promise;
    frame = promise->continuation_;
  }
}

template <class T>
class Task;

/// Ends whoever awaits a task that threw. What the task threw is with the kernel already.
struct AwaitedTaskFailed {};

template <class T>
class TaskPromise final : public PromiseBase {
 public:
  Task<T> get_return_object();
  template <class U>
  void return_value(U&& value) {
    value_.emplace(std::forward<U>(value));
  }
  bool returned() const { return value_.has_value(); }  ///< Else it threw, or is not done.
  T take() {
    if (!value_) [[unlikely]]
      throw AwaitedTaskFailed();
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
};

template <>
class TaskPromise<void> final : public PromiseBase {
 public:
  Task<void> get_return_object();
  void return_void() noexcept { returned_ = true; }
  void take() const {
    if (!returned_) [[unlikely]]
      throw AwaitedTaskFailed();
  }

 private:
  bool returned_ = false;
};

/// A coroutine that gives a T to whoever awaits it. Movable; destroying it destroys the frame.
template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = TaskPromise<T>;
  using Frame = std::coroutine_handle<promise_type>;

  explicit Task(Frame frame) : frame_(frame) {}
  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (frame_) frame_.destroy();
      frame_ = std::exchange(other.frame_, nullptr);
    }
    return *this;
  }
  ~Task() {
    if (frame_) frame_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  /// Runs the task in place; the parent goes on at once if it finished without waiting, which keeps
  /// loops flat.
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> parent) {
    promise_type& promise = frame_.promise();
    promise.owner_ = &parent.promise().owner();
    frame_.resume();
    if (frame_.done()) return false;
    promise.continuation_ = parent;
    return true;
  }
  T await_resume() { return frame_.promise().take(); }

  /// Runs it until it waits or ends, on behalf of a parent that holds it and is told of its end by
  /// other means. `parent`: whose process it belongs to, if that is known.
  void start_in(ProcessOwner& owner, PromiseBase* parent = nullptr) {
    frame_.promise().owner_ = &owner;
    frame_.promise().root_context_ = parent;
    frame_.resume();
  }
  bool done() const { return frame_.done(); }

  const PromiseBase& promise() const { return frame_.promise(); }
  /// Hands the frame over to a root.
  Frame release() { return std::exchange(frame_, nullptr); }

 private:
  Frame frame_;
};

template <class T>
Task<T> TaskPromise<T>::get_return_object() {
  return Task<T>(Task<T>::Frame::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() {
  return Task<void>(Task<void>::Frame::from_promise(*this));
}

/// Owns processes and ends them together. A node is one; the run has one of its own for faults and
/// the like.
class ProcessOwner {
 public:
  ProcessOwner(Kernel& kernel, std::uint32_t id) : kernel_(kernel), id_(id) {}
  ProcessOwner(const ProcessOwner&) = delete;
  ProcessOwner& operator=(const ProcessOwner&) = delete;
  virtual ~ProcessOwner() { end_processes(); }

  Kernel& kernel() const { return kernel_; }
  std::uint32_t id() const { return id_; }  ///< In the order digest.
  virtual std::string_view process_owner_name() const { return {}; }

  /// Starts a process now, inside the caller's turn. It is freed when it ends.
  void spawn(Task<void> task) { start_root(std::move(task), &end_spawned, nullptr); }

  /// Starts `task` now as a root that calls `end` when it is over, whichever way. `end` must
  /// destroy the frame.
  template <class T>
  void start_root(Task<T> task, PromiseBase::RootEnd end, void* context) {
    auto frame = task.release();
    PromiseBase& promise = frame.promise();
    promise.owner_ = this;
    promise.root_end_ = end;
    promise.root_context_ = context;
    processes_.push_back(promise);
    frame.resume();
  }

  /// Ends every process: a crash. Requires: none of them is running right now.
  void end_processes() {
    kernel_.set_ending(id_);
    while (!processes_.empty()) {
      PromiseBase& promise = processes_.front();
      promise.unlink();
      promise.root_end_(promise, promise.root_context_, true);
    }
    kernel_.set_ending(Kernel::nobody);
  }

 private:
  static void end_spawned(PromiseBase& root, void*, bool) {
    std::coroutine_handle<TaskPromise<void>>::from_promise(static_cast<TaskPromise<void>&>(root))
        .destroy();
  }

  Kernel& kernel_;
  std::uint32_t id_;
  IntrusiveList<PromiseBase> processes_;
};

inline void PromiseBase::unhandled_exception() noexcept {
  owner_->kernel().fail(std::current_exception());
}

}  // namespace faultline::sim
