/// A bare message on its way: what handshakes, name look-ups and health checks are made of.
///
///   co_await travel(node, target, Bytes{60});        // it has arrived at the target
///   co_await travel_back(node, target, Bytes{60});   // and one from there is here
///
/// The process that waits stands for both ends: it goes on when the message has arrived, wherever
/// that is. Whether the node there is up is the waiter's to ask. A lost datagram never arrives, and
/// whoever waits for it waits until it is ended: wrap it in with_timeout. A waiter that is ended
/// takes its message out of the network.
#pragma once

#include <coroutine>

#include "sim/kernel/task.hpp"
#include "sim/network/call.hpp"
#include "sim/param/units.hpp"

namespace faultline::sim {

class Travel final : public Event {
 public:
  Travel(const Route& way, Kernel& kernel, Bytes size, Transport transport)
      : Event(&fire), way_(way), kernel_(kernel), size_(size), transport_(transport) {}
  ~Travel() {
    if (scheduled()) kernel_.cancel(*this);
    if (journey_) abandon();
  }

  bool await_ready() const noexcept { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> frame) {
    frame_ = frame;
    since_ = kernel_.now();
    set_tag(frame.promise().owner().id(), EventKind::resume);
    start();
  }
  void await_resume() const noexcept {}

 private:
  static void fire(Event& event) {
    Travel& self = static_cast<Travel&>(event);
    self.kernel_.tell_waited(self.frame_, WaitFor::others, self.since_);
    self.frame_.resume();
  }
  void start();
  void abandon();

  const Route& way_;
  Kernel& kernel_;
  Bytes size_;
  Transport transport_;
  Time since_{};
  Journey* journey_ = nullptr;  ///< While it is on a way where more happens than that time passes.
  std::coroutine_handle<> frame_;
};

/// From the caller's node to the target. Requires: the target's routes outlive the wait.
inline Travel travel(Node& from, const Target& target, Bytes size,
                     Transport transport = Transport::reliable) {
  return Travel(*target.there, from.kernel(), size, transport);
}
/// From the target back to the caller's node.
inline Travel travel_back(Node& from, const Target& target, Bytes size,
                          Transport transport = Transport::reliable) {
  return Travel(*target.back, from.kernel(), size, transport);
}

}  // namespace faultline::sim
