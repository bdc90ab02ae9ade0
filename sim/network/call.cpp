#include "sim/network/call.hpp"

namespace faultline::sim {

inline void RemoteCall::start(std::coroutine_handle<> frame, Fire arrive) {
  frame_ = frame;
  Kernel& kernel = from_.kernel();
  call_ = new Call(from_, target_, request_, this, arrive);
  if (CallObserver* observer = target_.node->callers_observer_) [[unlikely]]
    observed_ = observer->call_begun(from_, target_, call_->request_, frame);
  call_->send_request();
  if (request_.deadline != time_max) [[unlikely]]
    return wait_until_deadline();
  if (patience_.limit != Duration(0)) {
    set_tag(from_.id(), EventKind::timeout);
    kernel.schedule_constant(*this, patience_.lane, patience_.limit);
  }
}

void RemoteCall::await_suspend(std::coroutine_handle<> frame) { start(frame, &Call::arrive); }

void ConnectionCall::await_suspend(std::coroutine_handle<> frame) {
  start(frame, &Call::arrive_connection);
}

bool RemoteCall::expired() noexcept {
  if (request_.deadline > from_.kernel().now()) return false;
  reply_ = Reply::fail(Reason::expired);
  return true;
}

void RemoteCall::wait_until_deadline() {
  Kernel& kernel = from_.kernel();
  set_tag(from_.id(), EventKind::timeout);
  if (patience_.limit != Duration(0) && patience_.limit <= request_.deadline - kernel.now()) {
    kernel.schedule_constant(*this, patience_.lane, patience_.limit);
  } else {
    kernel.schedule_at(*this, request_.deadline);
  }
}

namespace {

/// Connections are numbered by those who open them, and both nodes at the ends of a way may.
std::uint64_t stream_of(const Request& request, bool back) {
  return std::uint64_t{request.connection} << 1 | std::uint64_t{back};
}

}  // namespace

void Call::send_request() {
  // Counted now and not at the arrival: whoever passes the request on there copies it as a whole,
  // and a copy has to wait for a single byte that was written just before.
  ++request_.hops;
  set_tag(target_.node->id(), EventKind::request);
  target_.there->send(from_.kernel(), *this, [this] {
    return Parcel{request_.size, target_.transport, &handling, nullptr, stream_of(request_, false)};
  });
}

namespace {

void send_message(Node& from, const Target& target, const Request& request, Event::Fire arrive) {
  Call* message = new Call(from, target, request, nullptr, arrive);
  message->send_request();
}

}  // namespace

void send(Node& from, const Target& target, const Request& request) {
  if (CallObserver* observer = target.node->callers_observer()) [[unlikely]]
    observer->call_sent(from, target, request);
  send_message(from, target, request, &Call::arrive);
}

void close(Node& from, const Target& target, const Request& request) {
  send_message(from, target, request, &Call::arrive_connection);
}

void RemoteCall::give_up() {
  if (scheduled()) from_.kernel().cancel(*this);
  if (call_) call_->waiter_ = nullptr;
  if (observed_ != 0) [[unlikely]]
    target_.node->callers_observer_->call_given_up(observed_);
}

void RemoteCall::timed_out(Event& event) {
  RemoteCall& self = static_cast<RemoteCall&>(event);
  // A request that got lost has no message any more.
  if (self.call_) self.call_->waiter_ = nullptr;
  self.call_ = nullptr;
  self.resume_with(Reply::cut_off(self.request_.is_read(), Reason::timeout));
}

void Call::arrive(Event& event) {
  Call& self = static_cast<Call&>(event);
  Node& node = *self.target_.node;
  if (node.in_service_ >= node.in_service_limit_) {
    self.lose();
    node.too_many_in_service();
  }
  PromiseBase::RootEnd when_done = &ended;
  if (__builtin_expect(!node.fine_, false)) {
    const Node::Fate fate = node.draw_fate();
    if (fate == Node::Fate::lost) return self.lose();
    if (fate == Node::Fate::fails_after_work) when_done = &ended_in_error;
    if (fate == Node::Fate::fails || fate == Node::Fate::refused) {
      self.arrived_ = node.kernel().now();
      node.request_arrived(self.arrived_);
      const bool refused = fate == Node::Fate::refused;
      self.reply_ = Reply::fail(refused ? Reason::refused : Reason::error);
      self.reply_.answered = !refused;
      return self.send_reply_rarely();
    }
    if (node.service_heeded_) {
      self.fails_after_work_ = fate == Node::Fate::fails_after_work;
      self.observed_ = node.service_observer_->begun(self.from_, node, self.request_);
      when_done = &ended_observed;
    }
  }
  self.arrived_ = node.kernel().now();
  node.request_arrived(self.arrived_);
  if (self.request_.hops > hops_max) {
    self.reply_ = Reply::fail(Reason::loop);
    if (self.observed_ != 0) node.service_observer_->ended(self.observed_, self.reply_);
    return self.send_reply_rarely();
  }
  node.start_root(node.component().handle(self.request_), when_done, &self);
}

void Call::arrive_connection(Event& event) {
  Call& self = static_cast<Call&>(event);
  Node& node = *self.target_.node;
  if (!node.up()) {
    if (node.silent()) return self.lose();
    self.reply_ = Reply::fail(Reason::refused);
    self.reply_.answered = false;
  } else if (node.component().passes_connections()) {
    if (self.request_.hops <= hops_max) {
      node.start_root(node.component().handle(self.request_), &connection_ended, &self);
      return;
    }
    self.reply_ = Reply::fail(Reason::loop);
  }
  self.send_back();
}

void Call::ended(PromiseBase& root, void* context, bool killed) {
  Call& self = *static_cast<Call*>(context);
  self.take_reply(root, killed);
  if (__builtin_expect(killed, false) && self.target_.node->silent()) return self.lose_reply();
  self.send_reply();
}

void Call::ended_in_error(PromiseBase& root, void* context, bool killed) {
  if (killed) return ended(root, context, killed);
  Call& self = *static_cast<Call*>(context);
  self.take_reply(root, false);
  self.reply_ = Reply::fail(Reason::error).after(self.reply_.effect, self.request_);
  self.send_reply_rarely();
}

void Call::ended_observed(PromiseBase& root, void* context, bool killed) {
  Call& self = *static_cast<Call*>(context);
  self.take_reply(root, killed);
  if (!killed && self.fails_after_work_) {
    self.reply_ = Reply::fail(Reason::error).after(self.reply_.effect, self.request_);
  }
  if (self.observed_ != 0) {
    self.target_.node->service_observer_->ended(self.observed_, self.reply_);
  }
  if (killed && self.target_.node->silent()) return self.lose_reply();
  self.send_reply_rarely();
}

void Call::connection_ended(PromiseBase& root, void* context, bool killed) {
  Call& self = *static_cast<Call*>(context);
  self.take_reply(root, killed);
  if (killed && self.target_.node->silent()) return self.lose();
  self.send_back();
}

inline void Call::take_reply(PromiseBase& root, bool killed) {
  auto& promise = static_cast<TaskPromise<Reply>&>(root);
  // One that threw ends the run; until the kernel says so it is as good as cut off.
  const bool cut_off = killed || !promise.returned();
  reply_ = cut_off ? Reply::cut_off(request_.is_read(), Reason::reset) : promise.take();
  if (killed) {
    reply_.answered = false;
  } else if (!reply_.answered && !target_.node->component().passes_connections()) {
    // What a node passes on of others is its own answer, unless it passes on their connections.
    reply_.answered = true;
  }
  std::coroutine_handle<TaskPromise<Reply>>::from_promise(promise).destroy();
}

void Call::lose() {
  if (waiter_) {
    waiter_->call_ = nullptr;
    if (waiter_->observed_ != 0) [[unlikely]]
      target_.node->callers_observer_->call_lost(waiter_->observed_);
  }
  delete this;
}

inline void Call::send_reply() {
  Node& node = *target_.node;
  node.request_ended(node.kernel().now(), arrived_, request_, reply_);
  send_back();
}

void Call::send_reply_rarely() { send_reply(); }

void Call::lose_reply() {
  Node& node = *target_.node;
  node.request_ended(node.kernel().now(), arrived_, request_, reply_);
  lose();
}

inline void Call::send_back() {
  if (!waiter_) {
    delete this;
    return;
  }
  set_fire(&deliver);
  set_tag(from_.id(), EventKind::reply);
  target_.back->send(target_.node->kernel(), *this, [this] {
    return Parcel{reply_.size, target_.transport, &handling, nullptr, stream_of(request_, true)};
  });
}

const Parcel::Handling Call::handling{&wanted, &lost, &copied};

bool Call::wanted(const Event& event) { return static_cast<const Call&>(event).waiter_; }

void Call::lost(Event& event) { static_cast<Call&>(event).lose(); }

Event* Call::copied(Event& event) {
  const Call& self = static_cast<Call&>(event);
  // The caller takes the first reply; and connections see to it that nothing comes twice.
  const Operation operation = self.request_.operation;
  if (self.kind() == EventKind::reply || operation == Operation::connect ||
      operation == Operation::close) {
    return nullptr;
  }
  Call* copy = new Call(self.from_, self.target_, self.request_, nullptr, &arrive);
  copy->set_tag(self.target_.node->id(), EventKind::request);
  return copy;
}

namespace {

/// The call that ends with this root, one way or another; null if none does.
template <class... Ends>
void* call_of(const PromiseBase& root, Ends... ends) {
  void* call = nullptr;
  ((call = call ? call : root.root_context(ends)), ...);
  return call;
}

}  // namespace

Call* ThisCall::of(const PromiseBase& root) {
  void* call = call_of(root, &Call::ended, &Call::ended_in_error, &Call::ended_observed,
                       &Call::connection_ended);
  SIM_ASSERT(call);
  return static_cast<Call*>(call);
}

const Call* Call::served_by(const PromiseBase& root) {
  return static_cast<const Call*>(call_of(root, &ended, &ended_observed, &ended_in_error));
}

void Call::discard(Event& event) { delete static_cast<Call*>(&event); }

void Call::deliver(Event& event) {
  Call& self = static_cast<Call&>(event);
  RemoteCall* waiter = self.waiter_;
  const Reply reply = self.reply_;
  delete &self;
  if (!waiter) return;
  waiter->call_ = nullptr;
  if (waiter->scheduled()) waiter->from_.kernel().cancel(*waiter);
  waiter->resume_with(reply);
}

}  // namespace faultline::sim
