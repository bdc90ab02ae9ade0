#include "sim/network/call.hpp"

namespace faultline::sim {

void RemoteCall::await_suspend(std::coroutine_handle<> frame) {
  frame_ = frame;
  Kernel& kernel = from_.kernel();
  call_ = new Call(from_, target_, request_, this);
  call_->set_tag(target_.node->id(), EventKind::request);
  target_.there->send(kernel, *call_);
  if (request_.deadline != time_max) [[unlikely]]
    return wait_until_deadline();
  if (patience_.limit != Duration(0)) {
    set_tag(from_.id(), EventKind::timeout);
    kernel.schedule_constant(*this, patience_.lane, patience_.limit);
  }
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

void send(Node& from, const Target& target, const Request& request) {
  Call* message = new Call(from, target, request, nullptr);
  message->set_tag(target.node->id(), EventKind::request);
  target.there->send(from.kernel(), *message);
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
    if (self.waiter_) self.waiter_->call_ = nullptr;
    delete &self;
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
      self.send_reply();
      return;
    }
  }
  self.arrived_ = node.kernel().now();
  node.request_arrived(self.arrived_);
  if (++self.request_.hops > hops_max) {
    self.reply_ = Reply::fail(Reason::loop);
    self.send_reply();
    return;
  }
  node.start_root(node.component().handle(self.request_), when_done, &self);
}

void Call::ended(PromiseBase& root, void* context, bool killed) {
  Call& self = *static_cast<Call*>(context);
  auto& promise = static_cast<TaskPromise<Reply>&>(root);
  self.reply_ = killed ? Reply::cut_off(self.request_.is_read(), Reason::reset) : promise.take();
  // What a node passes on of others is its own answer.
  self.reply_.answered = !killed;
  std::coroutine_handle<TaskPromise<Reply>>::from_promise(promise).destroy();
  if (__builtin_expect(killed, false) && self.target_.node->silent()) {
    Node& node = *self.target_.node;
    node.request_ended(node.kernel().now(), self.arrived_, self.request_, self.reply_);
    return self.lose();
  }
  self.send_reply();
}

void Call::ended_in_error(PromiseBase& root, void* context, bool killed) {
  if (killed) return ended(root, context, killed);
  Call& self = *static_cast<Call*>(context);
  auto& promise = static_cast<TaskPromise<Reply>&>(root);
  self.reply_ = Reply::fail(Reason::error).after(promise.take().effect, self.request_);
  std::coroutine_handle<TaskPromise<Reply>>::from_promise(promise).destroy();
  self.send_reply();
}

void Call::lose() {
  if (waiter_) waiter_->call_ = nullptr;
  delete this;
}

void Call::send_reply() {
  Node& node = *target_.node;
  node.request_ended(node.kernel().now(), arrived_, request_, reply_);
  if (!waiter_) {
    delete this;
    return;
  }
  set_fire(&deliver);
  set_tag(from_.id(), EventKind::reply);
  target_.back->send(node.kernel(), *this);
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
