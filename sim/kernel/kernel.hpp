/// The event loop of one run: virtual time, the pending events, and a way to stop from outside.
#pragma once

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <string>

#include "sim/kernel/event_queue.hpp"
#include "sim/kernel/frozen.hpp"
#include "sim/measure/digest.hpp"

namespace faultline::sim {

/// Why Kernel::run_until returned.
enum class StopReason : std::uint8_t {
  reached,  ///< Every event up to the asked time has fired; now() is that time.
  paused,   ///< request_pause() was called, perhaps on another thread.
};

class PromiseBase;

/// What a process waits for while it does nothing.
enum class WaitFor : std::uint8_t {
  turn,    ///< Its turn at a resource of its own node: a worker, a core, a lock, a connection.
  others,  ///< What others do: a signal, parts of its own, a message, the time of the next try.
};

/// Somebody who wants to know how long processes waited, and for what. Of calls to other nodes
/// nothing is said here (see CallObserver).
class WaitObserver {
 public:
  virtual ~WaitObserver() = default;
  /// The process that is suspended in `frame` began to wait at `since`, and goes on, or is turned
  /// away, now. Of those that need not wait nothing is said.
  virtual void waited(std::coroutine_handle<> frame, WaitFor what, Time since, Time now) = 0;
  /// A part of the process in `frame` begins, that runs beside its other parts. `root`: of one that
  /// is a process of its own; else null. Gives a number to say when it ends; 0 if nobody wants to
  /// know. What the process itself has awaited so far may not be known yet (PromiseBase::root_of).
  virtual std::uint32_t part_began(std::coroutine_handle<> frame, const PromiseBase* root) = 0;
  /// It has ended, or is no part of the process any more. `frame` and `root` are still there.
  virtual void part_ended(std::uint32_t part) = 0;
};

class Kernel {
 public:
  Kernel() = default;
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  Time now() const { return now_; }
  std::uint64_t events() const { return events_; }  ///< Fired so far.
  const OrderDigest& order_digest() const { return digest_; }

  /// A lane for a delay that many events share; EventQueue::no_lane when there are too many kinds
  /// of them.
  EventQueue::Lane lane_of(Duration delay) { return queue_.lane_of(delay); }

  /// Requires: `event` is not scheduled, `delay` is not negative. A time beyond the end of time is
  /// the end of time.
  void schedule_after(Event& event, Duration delay) { schedule_at(event, later(delay)); }
  void schedule_at(Event& event, Time time);
  /// The same for a delay known when the system was built; `lane` may be no_lane.
  void schedule_constant(Event& event, EventQueue::Lane lane, Duration delay) {
    SIM_ASSERT(delay.count() >= 0);
    std::int64_t time;
    const bool fits =
        !__builtin_add_overflow(now_.time_since_epoch().count(), delay.count(), &time);
    if (lane != EventQueue::no_lane && fits && queue_.try_push_lane(event, lane, time)) [[likely]]
      return;
    schedule_constant_slowly(event, lane, delay);
  }
  /// Behind all that is scheduled for now already.
  void schedule_now(Event& event) {
    // A lane that is never used would only be in the way of the others.
    if (now_lane_ == EventQueue::no_lane) [[unlikely]]
      now_lane_ = queue_.lane_of(Duration(0));
    queue_.push_lane(event, now_lane_, now_);
  }
  void cancel(Event& event) { queue_.cancel(event); }
  void cancel_if_scheduled(Event& event) {
    if (event.scheduled()) queue_.cancel(event);
  }
  Time next_event_time() { return queue_.next_time(); }

  /// Fires all events up to and including `until`, in order. What an event throws leaves through
  /// here.
  StopReason run_until(Time until);
  /// Fires the next event, if there is one not after `until`. True if it did.
  bool step(Time until);
  /// Makes run_until return after the current event. May be called from any thread, or from a
  /// signal handler.
  void request_pause() { interrupt_.fetch_or(asked_to_pause, std::memory_order_relaxed); }

  /// Calls visit(Event&) for every pending event; the visitor may destroy it. The kernel is of no
  /// use afterwards.
  template <class Visit>
  void visit_pending(Visit visit) {
    queue_.visit_pending(visit);
    frozen_.visit_held(visit);
  }

  /// Calls visit(nanoseconds, order, const Event&) for every event that is scheduled, in no
  /// particular order: they fire by time, then by order. What is held for who stands still is not
  /// among them.
  template <class Visit>
  void visit_scheduled(Visit visit) {
    queue_.visit_entries(visit);
  }

  /// Tells `observer` of waits from now on; null: nobody.
  void observe_waits(WaitObserver* observer) { wait_observer_ = observer; }
  WaitObserver* wait_observer() const { return wait_observer_; }
  /// Tells whoever wants to know: WaitObserver::waited, now.
  void tell_waited(std::coroutine_handle<> frame, WaitFor what, Time since) const {
    if (wait_observer_) [[unlikely]]
      wait_observer_->waited(frame, what, since, now());
  }

  /// Stops the processes of an owner, as a stop-the-world pause does. What they work on or sleep
  /// for is taken out of the queue and comes back at thaw() with the time that was left; messages
  /// to them and their time-outs are held from when they come due until then. Costs nothing while
  /// nobody is frozen. Requires: not frozen; not called by one of these processes.
  void freeze(std::uint32_t owner_id);
  /// They go on: first what they worked on, then what was held, each in its order.
  void thaw(std::uint32_t owner_id);
  /// The same just before the owner's processes are ended: only messages that were held go on.
  void thaw_messages(std::uint32_t owner_id);
  bool is_frozen(std::uint32_t owner_id) const { return frozen_.holds(owner_id); }

  /// Whether the processes of the owner with this id are being ended all together, as in a crash.
  bool ending(std::uint32_t owner_id) const { return ending_ == owner_id; }
  /// `owner_id`: whose processes are being ended from now on, or nobody.
  void set_ending(std::uint32_t owner_id) { ending_ = owner_id; }
  static constexpr std::uint32_t nobody = ~std::uint32_t{0};

  /// Called by a process that ended with an exception: run_until throws it as soon as the current
  /// event is over.
  void fail(std::exception_ptr error);

 private:
  Time later(Duration delay) const {
    SIM_ASSERT(delay.count() >= 0);
    std::int64_t sum;
    if (__builtin_add_overflow(now_.time_since_epoch().count(), delay.count(), &sum))
      return last_time;
    return Time(Duration(sum));
  }
  /// The rare ways, kept out of line so that the usual one needs no registers saved.
  [[gnu::noinline]] void schedule_constant_slowly(Event& event, EventQueue::Lane lane,
                                                  Duration delay);
  [[noreturn]] void too_many_pending() const;
  void fire(Event& event) {
    digest_.add(now_, event.tag());
    ++events_;
    event.fire_(event);
  }
  void rethrow_failure();
  /// Why the loop below was left.
  enum class Left : std::uint8_t { reached, paused, other_loop };
  /// The event loop: one for when some owner is frozen, one for when none is.
  template <bool some_frozen>
  Left run(Time until);

  /// Bits of interrupt_.
  static constexpr std::uint8_t asked_to_pause = 1;
  static constexpr std::uint8_t failed = 2;
  static constexpr std::uint8_t frozen_changed = 4;

  /// One before time_max, which means "never" in the queue.
  static constexpr Time last_time = time_max - Duration(1);

  Time now_ = time_zero;
  EventQueue queue_;
  EventQueue::Lane now_lane_ = EventQueue::no_lane;
  std::uint64_t events_ = 0;
  OrderDigest digest_;
  std::atomic<std::uint8_t> interrupt_{0};  ///< Looked at after each event.
  Frozen frozen_;
  std::uint32_t ending_ = nobody;
  std::exception_ptr failure_;
  WaitObserver* wait_observer_ = nullptr;
};

inline void Kernel::schedule_at(Event& event, Time time) {
  SIM_ASSERT(time >= now_);
  if (__builtin_expect(queue_.full(), false)) too_many_pending();
  queue_.push(event, time < last_time ? time : last_time);
}

}  // namespace faultline::sim
