/// A request from one node to another and the reply to it.
///
///   caller --request message--> callee: a process of the callee runs handle() --reply message--> caller
///
/// Messages are on their own while they travel: a caller that times out or crashes stops waiting
/// and the callee keeps working; a callee that crashes resets the connection, and one that is down
/// refuses it. Both answers take the way back. A host that vanished gives neither. How long
/// messages take, and whether they arrive, is the network's affair; a caller whose datagram is lost
/// hears nothing. Connections are the caller's affair (models/connections).
#pragma once

#include <coroutine>

#include "sim/network/node.hpp"
#include "sim/network/route.hpp"

namespace faultline::sim {

/// One end of a wire as the caller holds it: whom to call and by which ways.
struct Target {
  Node* node = nullptr;
  const Route* there = nullptr;
  const Route* back = nullptr;
  Transport transport = Transport::reliable;
  /// Which of the wires between the same two groups it stands for: the role of the reference that
  /// named the node (System::role_id). 0: not known.
  std::uint16_t role = 0;
};

/// How long the caller waits, worked out once when the system is built.
struct Patience {
  Duration limit{};  ///< Zero: for ever.
  EventQueue::Lane lane = EventQueue::no_lane;
  Patience() = default;
  Patience(Kernel& kernel, Duration limit_) : limit(limit_), lane(kernel.lane_of(limit_)) {}
};

class RemoteCall;

/// The message itself: first the request, then the reply. Frees itself when it has arrived for the
/// last time.
class Call final : public Event {
 public:
  static void* operator new(std::size_t size) { return FramePool::take(size); }
  static void operator delete(void* memory, std::size_t size) { FramePool::give(memory, size); }

  Call(Node& from, const Target& target, const Request& request, RemoteCall* waiter, Fire arrives)
      : Event(arrives), from_(from), target_(target), request_(request), waiter_(waiter) {}

  Node& from() const { return from_; }
  const Request& request() const { return request_; }
  /// The message that the process with this root serves; null if it serves none.
  static const Call* served_by(const PromiseBase& root);
  /// The reply will take this way to the caller, instead of that between him and this node.
  /// Requires: `back` leads to the caller, and lives as long as the network.
  void answer_by(const Route& back) { target_.back = &back; }

  /// Frees a message that is still travelling when the run is torn down: an event of kind request
  /// or reply.
  static void discard(Event& event);

  /// What a message does when it arrives: of a request, and of the opening or closing of a
  /// connection.
  static void arrive(Event& event);
  static void arrive_connection(Event& event);

  /// Sets the request on its way now.
  void send_request();

 private:
  friend class RemoteCall;
  friend class ThisCall;
  static const Parcel::Handling handling;
  static bool wanted(const Event& event);
  static void lost(Event& event);
  static Event* copied(Event& event);
  static void deliver(Event& event);
  static void ended(PromiseBase& root, void* context, bool killed);
  /// The same when a fault makes an error of what was done.
  static void ended_in_error(PromiseBase& root, void* context, bool killed);
  /// The same, either way, at a node whose service is observed.
  static void ended_observed(PromiseBase& root, void* context, bool killed);
  /// It is never heard of again: who waits for it waits on.
  void lose();
  static void connection_ended(PromiseBase& root, void* context, bool killed);
  void take_reply(PromiseBase& root, bool killed);
  void send_reply();
  /// The same, out of line: so that the usual way is inlined into where it is used.
  [[gnu::noinline]] void send_reply_rarely();
  /// The request has ended here, and nobody will hear of it.
  [[gnu::noinline]] void lose_reply();
  void send_back();

  Node& from_;
  Target target_;
  Request request_;
  Reply reply_;
  RemoteCall* waiter_;  ///< Null when the caller has stopped waiting.
  Time arrived_{};
  std::uint32_t observed_ = 0;     ///< The number of the node's observer for it.
  bool fails_after_work_ = false;  ///< Read at a node whose service is observed.
};

/// `Reply reply = co_await call(node, target, request, patience);`
class RemoteCall : public Event {
 public:
  RemoteCall(Node& from, const Target& target, const Request& request, const Patience& patience)
      : Event(&timed_out), from_(from), target_(target), request_(request), patience_(patience) {}
  ~RemoteCall() {
    if (scheduled() || call_) give_up();
  }

  /// When nobody wants the answer any more nothing is sent.
  bool await_ready() noexcept {
    if (request_.deadline == time_max) [[likely]]
      return false;
    return expired();
  }
  void await_suspend(std::coroutine_handle<> frame);
  Reply await_resume() const { return reply_; }

 protected:
  /// Sends the message, which does `arrive` at its target, and sets the clock of the caller's
  /// patience.
  void start(std::coroutine_handle<> frame, Fire arrive);

 private:
  friend class Call;
  static void timed_out(Event& event);
  bool expired() noexcept;
  void wait_until_deadline();
  void give_up();
  void resume_with(const Reply& reply) {
    if (observed_ != 0) [[unlikely]]
      target_.node->callers_observer_->ended(observed_, reply);
    reply_ = reply;
    frame_.resume();
  }

  Node& from_;
  const Target& target_;
  const Request& request_;
  const Patience& patience_;
  Call* call_ = nullptr;
  std::uint32_t observed_ = 0;  ///< The number of the callers' observer for it.
  Reply reply_;
  std::coroutine_handle<> frame_;
};

/// Sends `request` and waits for the reply, or for patience to run out or the request's deadline to
/// pass: then the reply is a time-out (`fail` for a read, `unknown` for a write). A request whose
/// deadline has passed is not sent (`expired`). Requires: the arguments outlive the wait.
inline RemoteCall call(Node& from, const Target& target, const Request& request,
                       const Patience& patience) {
  return RemoteCall(from, target, request, patience);
}

/// One round trip of opening a connection, or the message that closes it.
class ConnectionCall final : public RemoteCall {
 public:
  using RemoteCall::RemoteCall;
  void await_suspend(std::coroutine_handle<> frame);
};

/// `Reply reply = co_await connect(node, target, request, patience);` One round trip of opening
/// the connection `request.connection` (TCP's, or one of TLS): to the node where it ends, which is
/// the target or, if that passes connections on, one behind it. No node counts it as a request.
/// Requires: request.operation is `connect`; the arguments outlive the wait.
inline ConnectionCall connect(Node& from, const Target& target, const Request& request,
                              const Patience& patience) {
  return ConnectionCall(from, target, request, patience);
}

/// Tells those who pass the connection `request.connection` on that it is over. Requires:
/// request.operation is `close`.
void close(Node& from, const Target& target, const Request& request);

/// `Call& message = co_await this_call();` in a component's handle(): the message that the request
/// came in. Requires: awaited by the coroutine that handle() returned, before it ends.
class ThisCall {
 public:
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> frame) {
    call_ = of(frame.promise());
    return false;
  }
  Call& await_resume() const { return *call_; }

 private:
  static Call* of(const PromiseBase& root);
  Call* call_ = nullptr;
};
inline ThisCall this_call() { return {}; }

/// Sends `request` without waiting for an answer; what becomes of it is known to the callee alone.
void send(Node& from, const Target& target, const Request& request);

}  // namespace faultline::sim
