/// A queue of values between processes, bounded or not: producers wait when it is full, consumers
/// when it is empty.
#pragma once

#include <coroutine>
#include <deque>
#include <limits>
#include <optional>
#include <utility>

#include "sim/kernel/task.hpp"

namespace faultline::sim {

/// First come, first served on both sides. After close(), sends are refused and receives drain what
/// is left, then get nothing.
template <class T>
class Channel {
 public:
  /// `capacity` values fit; 0 makes every send wait for a receiver (a rendezvous).
  explicit Channel(Kernel& kernel, std::size_t capacity = std::numeric_limits<std::size_t>::max())
      : kernel_(kernel), capacity_(capacity) {}
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  std::size_t size() const { return values_.size(); }
  bool closed() const { return closed_; }

  class Send;
  class Receive;

  /// `co_await channel.send(value)`: true when a place or a receiver took it, false when the
  /// channel is closed.
  Send send(T value) { return Send(*this, std::move(value)); }
  /// Without waiting: true when it was taken.
  bool try_send(T value) {
    if (closed_) return false;
    if (!receivers_.empty()) {
      hand_over(std::move(value));
      return true;
    }
    if (values_.size() >= capacity_) return false;
    values_.push_back(std::move(value));
    return true;
  }
  /// `co_await channel.receive()`: the next value, or nothing when the channel is closed and empty.
  Receive receive() { return Receive(*this); }

  void close() {
    if (closed_) return;
    closed_ = true;
    while (!senders_.empty()) wake(senders_.front());
    while (!receivers_.empty()) wake(receivers_.front());
  }

  class Waiter : public Event, public ListHook {
   public:
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) {
      frame_ = frame;
      since_ = channel_.kernel_.now();
      set_tag(frame.promise().owner().id(), EventKind::resume);
    }

   protected:
    explicit Waiter(Channel& channel) : Event(&fire), channel_(channel) {}
    ~Waiter() { channel_.kernel_.cancel_if_scheduled(*this); }
    Channel& channel_;

   private:
    static void fire(Event& event) {
      Waiter& waiter = static_cast<Waiter&>(event);
      const Kernel& kernel = waiter.channel_.kernel_;
      kernel.tell_waited(waiter.frame_, WaitFor::others, waiter.since_);
      waiter.frame_.resume();
    }
    Time since_{};
    std::coroutine_handle<> frame_;
  };

  class Send final : public Waiter {
   public:
    bool await_ready() {
      if (this->channel_.closed_) return true;
      sent_ = this->channel_.try_send_from(value_);
      return sent_;
    }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) {
      Waiter::await_suspend(frame);
      this->channel_.senders_.push_back(*this);
    }
    bool await_resume() const { return sent_; }

   private:
    friend class Channel;
    Send(Channel& channel, T value) : Waiter(channel), value_(std::move(value)) {}
    std::optional<T> value_;
    bool sent_ = false;
  };

  class Receive final : public Waiter {
   public:
    /// A value handed to a receiver that ended before its turn goes back to the front, or to the
    /// next receiver.
    ~Receive() {
      if (this->scheduled() && value_) this->channel_.put_back(std::move(*value_));
    }
    bool await_ready() {
      value_ = this->channel_.take();
      return value_.has_value() || this->channel_.closed_;
    }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) {
      Waiter::await_suspend(frame);
      this->channel_.receivers_.push_back(*this);
    }
    std::optional<T> await_resume() { return std::move(value_); }

   private:
    friend class Channel;
    explicit Receive(Channel& channel) : Waiter(channel) {}
    std::optional<T> value_;
  };

 private:
  void wake(Waiter& waiter) {
    waiter.unlink();
    kernel_.schedule_now(waiter);
  }
  void hand_over(T value) {
    Receive& receiver = receivers_.front();
    receiver.value_.emplace(std::move(value));
    wake(receiver);
  }
  bool try_send_from(std::optional<T>& value) {
    if (receivers_.empty() && values_.size() >= capacity_) return false;
    if (!receivers_.empty()) {
      hand_over(std::move(*value));
    } else {
      values_.push_back(std::move(*value));
    }
    value.reset();
    return true;
  }
  std::optional<T> take() {
    std::optional<T> taken;
    if (!values_.empty()) {
      taken.emplace(std::move(values_.front()));
      values_.pop_front();
    }
    if (!senders_.empty() && (values_.size() < capacity_ || !taken)) {
      Send& sender = senders_.front();
      if (taken) {
        values_.push_back(std::move(*sender.value_));
      } else {
        taken.emplace(std::move(*sender.value_));
      }
      sender.value_.reset();
      sender.sent_ = true;
      wake(sender);
    }
    return taken;
  }
  void put_back(T value) {
    if (!receivers_.empty()) {
      hand_over(std::move(value));
    } else {
      values_.push_front(std::move(value));
    }
  }

  Kernel& kernel_;
  std::size_t capacity_;
  bool closed_ = false;
  std::deque<T> values_;
  IntrusiveList<Send> senders_;
  IntrusiveList<Receive> receivers_;
};

}  // namespace faultline::sim
