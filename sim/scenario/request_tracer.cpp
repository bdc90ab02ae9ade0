#include "sim/scenario/request_tracer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/network/call.hpp"
#include "sim/scenario/system.hpp"

namespace faultline::sim {

// PromiseBase::root_of() finds the promise of a frame by that.
static_assert(alignof(TaskPromise<Reply>) == alignof(PromiseBase));
static_assert(alignof(TaskPromise<void>) == alignof(PromiseBase));

namespace {

std::string_view word_of(Operation operation) {
  switch (operation) {
    case Operation::read:
      return "read";
    case Operation::write:
      return "write";
    case Operation::erase:
      return "erase";
    case Operation::connect:
      return "connect";
    case Operation::close:
      return "close";
    case Operation::begin:
      return "begin";
    case Operation::prepare:
      return "prepare";
    case Operation::commit:
      return "commit";
    case Operation::abort:
      return "abort";
    case Operation::inquire:
      return "inquire";
    case Operation::control:
      return "control";
  }
  return "read";
}

std::string outcome_of(const Reply& reply) {
  return std::string(reply.is_ok() ? "ok" : to_text(reply.reason));
}

double seconds_or_none(Time time) {
  return time == time_max ? std::numeric_limits<double>::quiet_NaN() : to_seconds(time);
}

}  // namespace

/// Is told of the clients' requests.
class RequestTracer::Clients final : public CallObserver {
 public:
  explicit Clients(RequestTracer& tracer) : tracer_(tracer) {}
  std::uint32_t begun(const Node&, const Node&, const Request& request) override {
    return tracer_.every_ == 0 ? 0 : tracer_.client_begun(request);
  }
  void ended(std::uint32_t number, const Reply& reply) override {
    tracer_.client_ended(number, reply);
  }

 private:
  RequestTracer& tracer_;
};

/// Is told of what nodes work on.
class RequestTracer::Service final : public CallObserver {
 public:
  explicit Service(RequestTracer& tracer) : tracer_(tracer) {}
  std::uint32_t begun(const Node& from, const Node& at, const Request& request) override {
    return tracer_.service_begun(from, at, request);
  }
  void ended(std::uint32_t number, const Reply& reply) override {
    tracer_.service_ended(number, reply);
  }

 private:
  RequestTracer& tracer_;
};

RequestTracer::RequestTracer(System& system)
    : system_(system),
      clients_(std::make_unique<Clients>(*this)),
      service_(std::make_unique<Service>(*this)) {
  system.requests().observe(*clients_);
  for (const auto& node : system.nodes()) {
    const bool heeded = node->heeds_service_observers();
    node->observe_service(*service_);
    if (heeded) continue;
    node->heed_service_observers(false);
    quiet_nodes_.push_back(node.get());
  }
}

RequestTracer::~RequestTracer() = default;

Time RequestTracer::now() const { return system_.kernel().now(); }

void RequestTracer::heed(bool heeded) {
  if (heeding_ == heeded) return;
  heeding_ = heeded;
  for (Node* node : quiet_nodes_) node->heed_service_observers(heeded);
  system_.kernel().observe_waits(heeded ? this : nullptr);
}

void RequestTracer::follow(std::uint64_t every) {
  every_ = every;
  seen_ = 0;
  heed(every_ != 0 || !open_.empty());
}

std::vector<RequestTrace> RequestTracer::traces() {
  heed(every_ != 0 || !open_.empty());
  return {done_.begin(), done_.end()};
}

std::uint32_t RequestTracer::take_operation(std::uint64_t request, std::uint32_t hop,
                                            std::uint32_t wire) {
  if (free_.empty()) {
    operations_.emplace_back();
    free_.push_back(static_cast<std::uint32_t>(operations_.size()));
  }
  const std::uint32_t number = free_.back();
  free_.pop_back();
  operations_[number - 1] = {request, hop, wire};
  return number;
}

RequestTracer::Step RequestTracer::give_operation(std::uint32_t number) {
  free_.push_back(number);
  return operations_[number - 1];
}

/// Null if the request is over.
RequestTracer::Hop* RequestTracer::hop_of(const Step& operation) {
  const auto found = open_.find(operation.request);
  return found == open_.end() ? nullptr : &found->second.hops[operation.hop];
}

std::uint32_t RequestTracer::client_begun(const Request& request) {
  if (seen_++ % every_ != 0 || open_.size() >= open_max) return 0;
  open_[request.id] = {request.born, request.endpoint, {}};
  return take_operation(request.id, 0);
}

void RequestTracer::client_ended(std::uint32_t number, const Reply& reply) {
  const Step operation = give_operation(number);
  const auto found = open_.find(operation.request);
  if (found == open_.end()) return;
  const Open open = std::move(found->second);
  open_.erase(found);
  RequestTrace trace;
  trace.id = operation.request;
  trace.endpoint = system_.names().name_of(open.endpoint);
  trace.born_seconds = to_seconds(open.born);
  trace.latency_seconds = to_seconds(now() - open.born);
  trace.outcome = outcome_of(reply);
  for (std::size_t hop = 0; hop < open.hops.size(); ++hop) trace.hops.push_back(span_of(open, hop));
  done_.push_back(std::move(trace));
  if (done_.size() > traces_max) done_.pop_front();
}

RequestTracer::Hop* RequestTracer::add_hop(std::uint64_t id, const Node& from, const Node& at,
                                           const Request& request) {
  const auto found = open_.find(id);
  if (found == open_.end() || found->second.hops.size() >= hops_max) return nullptr;
  std::vector<Hop>& hops = found->second.hops;
  Hop hop{.from = &from,
          .at = &at,
          .operation = request.operation,
          .endpoint = request.endpoint,
          .attempt = request.attempt};
  for (std::size_t i = hops.size(); i-- > 0 && hop.parent < 0;) {
    const bool here = hops[i].at == &from && hops[i].arrived != time_max;
    if (here && hops[i].answered == time_max) hop.parent = static_cast<std::int64_t>(i);
  }
  hops.push_back(std::move(hop));
  return &hops.back();
}

std::uint32_t RequestTracer::call_begun(const Node& from, const Node& at, const Request& request,
                                        std::uint32_t wire) {
  Hop* hop = add_hop(request.id, from, at, request);
  if (!hop) return 0;
  hop->sent = now();
  hop->awaited = true;
  const auto index = static_cast<std::uint32_t>(open_.at(request.id).hops.size() - 1);
  return take_operation(request.id, index, wire);
}

void RequestTracer::call_sent(const Node& from, const Node& at, const Request& request) {
  if (Hop* hop = add_hop(request.id, from, at, request)) hop->sent = now();
}

std::uint32_t RequestTracer::call_ended(std::uint32_t number, const Reply& reply) {
  const Step operation = give_operation(number);
  if (Hop* hop = hop_of(operation)) {
    hop->ended = now();
    hop->outcome = outcome_of(reply);
  }
  return operation.wire;
}

std::uint32_t RequestTracer::service_begun(const Node& from, const Node& at,
                                           const Request& request) {
  if (open_.empty()) return 0;
  const auto found = open_.find(request.id);
  if (found == open_.end()) return 0;
  std::vector<Hop>& hops = found->second.hops;
  Hop* hop = nullptr;
  for (Hop& each : hops) {
    const bool same = each.from == &from && each.at == &at && each.attempt == request.attempt &&
                      each.operation == request.operation;
    if (!same || each.arrived != time_max) continue;
    hop = &each;
    break;
  }
  // Passed on by somebody in the middle, or a copy of the network's: then nobody saw it sent.
  if (!hop) hop = add_hop(request.id, from, at, request);
  if (!hop) return 0;
  hop->arrived = now();
  hop->request = &request;
  return take_operation(request.id, static_cast<std::uint32_t>(hop - hops.data()));
}

void RequestTracer::service_ended(std::uint32_t number, const Reply& reply) {
  Hop* hop = hop_of(give_operation(number));
  if (!hop) return;
  hop->answered = now();
  hop->request = nullptr;
  if (hop->outcome.empty()) hop->outcome = outcome_of(reply);
}

void RequestTracer::waited(std::coroutine_handle<> frame, Time asked, Time now) {
  if (open_.empty()) return;
  const PromiseBase* root = PromiseBase::root_of(frame);
  const Call* call = root ? Call::served_by(*root) : nullptr;
  if (!call) return;
  const auto found = open_.find(call->request().id);
  if (found == open_.end()) return;
  for (Hop& hop : found->second.hops) {
    if (hop.request == &call->request()) hop.waits.push_back({asked, now});
  }
}

/// Until when the one who made the call `child` waited for it.
Time RequestTracer::end_of_waiting(const Open& open, const Hop& child) const {
  if (child.ended != time_max) return child.ended;
  // Nobody told: one of several messages of a call, of which another was answered first, or the
  // parent gave up.
  Time end = open.hops[static_cast<std::size_t>(child.parent)].answered;
  for (const Hop& other : open.hops) {
    const bool same = other.parent == child.parent && other.endpoint == child.endpoint &&
                      other.operation == child.operation;
    if (same && other.ended != time_max && other.ended > child.sent)
      end = std::min(end, other.ended);
  }
  return end;
}

HopSpan RequestTracer::span_of(const Open& open, std::size_t index) const {
  const Hop& hop = open.hops[index];
  HopSpan span;
  span.parent = hop.parent;
  span.node = hop.at->name();
  span.what = fmt::format("{} {}", word_of(hop.operation), system_.names().name_of(hop.endpoint));
  span.attempt = hop.attempt;
  span.outcome = hop.outcome;
  span.sent_seconds = seconds_or_none(hop.sent);
  span.arrived_seconds = seconds_or_none(hop.arrived);
  span.answered_seconds = seconds_or_none(hop.answered);
  span.ended_seconds = seconds_or_none(hop.ended);
  Time started = hop.arrived;
  Duration waiting{};
  std::vector<Wait> away;
  for (const Wait& wait : hop.waits) {
    if (wait.from == started) started = wait.to;
    waiting += wait.to - wait.from;
    away.push_back(wait);
  }
  span.started_seconds = seconds_or_none(started);
  span.waiting_seconds = to_seconds(waiting);
  if (hop.arrived == time_max) return span;
  const Time end = hop.answered == time_max ? now() : hop.answered;
  for (const Hop& child : open.hops) {
    if (child.parent != static_cast<std::int64_t>(index) || !child.awaited) continue;
    away.push_back({child.sent, end_of_waiting(open, child)});
  }
  std::sort(away.begin(), away.end(), [](const Wait& a, const Wait& b) { return a.from < b.from; });
  Duration working = end - hop.arrived;
  Time passed = hop.arrived;
  for (const Wait& each : away) {
    const Time from = std::max(each.from, passed);
    const Time to = std::min(each.to, end);
    if (to <= from) continue;
    working -= to - from;
    passed = to;
  }
  span.working_seconds = to_seconds(working);
  return span;
}

}  // namespace faultline::sim
