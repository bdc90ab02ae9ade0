/// An alarm of a node: an election time-out, the next heartbeat.
///
/// Rule: it rings once. A node that stands still hears it when it goes on. It is a member of the
/// component, which cancels it in crashed(): no process stands behind it.
#pragma once

#include <functional>
#include <utility>

#include "sim/network/node.hpp"

namespace faultline::sim {

class NodeTimer final : public Event {
 public:
  NodeTimer(Node& node, std::function<void()> ring)
      : Event(&fire), kernel_(node.kernel()), ring_(std::move(ring)) {
    set_tag(node.id(), EventKind::timeout);
  }
  ~NodeTimer() { cancel(); }

  /// Rings at `at`, and not when it was set to ring before. Requires: `at` is not past.
  void set(Time at) {
    cancel();
    kernel_.schedule_at(*this, at);
  }
  void cancel() {
    if (scheduled()) kernel_.cancel(*this);
  }
  bool is_set() const { return scheduled(); }

 private:
  static void fire(Event& event) { static_cast<NodeTimer&>(event).ring_(); }

  Kernel& kernel_;
  std::function<void()> ring_;
};

}  // namespace faultline::sim
