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
  if (heeded) return;
  parts_.clear();
  unplaced_parts_.clear();
  part_roots_.clear();
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

std::uint32_t RequestTracer::take_operation(Pending operation) {
  if (free_.empty()) {
    operations_.emplace_back();
    free_.push_back(static_cast<std::uint32_t>(operations_.size()));
  }
  const std::uint32_t number = free_.back();
  free_.pop_back();
  operations_[number - 1] = operation;
  return number;
}

RequestTracer::Pending RequestTracer::give_operation(std::uint32_t number) {
  free_.push_back(number);
  return operations_[number - 1];
}

/// Null if the request is over.
RequestTracer::Hop* RequestTracer::hop_at(std::uint64_t request, std::uint32_t hop) {
  const auto found = open_.find(request);
  return found == open_.end() ? nullptr : &found->second.hops[hop];
}

/// The hop whose process, or part, is in `frame`; unknown if it is of no hop that is followed.
/// Nothing if the process is not known yet.
std::optional<RequestTracer::Place> RequestTracer::place_of(std::coroutine_handle<> frame) const {
  const PromiseBase* root = PromiseBase::root_of(frame);
  if (!root) return std::nullopt;
  if (const auto part = part_roots_.find(root); part != part_roots_.end()) {
    const Place& hop = parts_.at(part->second).hop;
    return hop.known ? std::optional(hop) : std::nullopt;
  }
  const Call* call = Call::served_by(*root);
  if (!call) return Place();
  const auto found = open_.find(call->request().id);
  if (found == open_.end()) return Place();
  const std::vector<Hop>& hops = found->second.hops;
  for (std::size_t i = 0; i < hops.size(); ++i) {
    if (hops[i].message == &call->request() && hops[i].arrived != time_max)
      return Place{found->first, static_cast<std::uint32_t>(i), true};
  }
  return Place();
}

/// Of what could not be told when it began, as its process ran without having waited before.
void RequestTracer::find_places() {
  std::erase_if(unplaced_parts_, [this](std::uint32_t number) {
    Part& part = parts_.at(number);
    find_place(part);
    return !part.frame;
  });
  std::erase_if(unplaced_, [this](std::uint32_t number) {
    Pending& operation = operations_[number - 1];
    find_place(operation);
    return !operation.frame;
  });
}

void RequestTracer::find_place(Part& part) {
  if (!part.frame) return;
  const std::optional<Place> place = place_of(part.frame);
  if (!place) return;
  part.hop = *place;
  part.frame = {};
}

void RequestTracer::find_place(Pending& operation) {
  if (!operation.frame) return;
  const std::optional<Place> place = place_of(operation.frame);
  if (!place) return;
  operation.frame = {};
  operation.asker = *place;
  if (operation.connection || !place->known || place->request != operation.request) return;
  if (Hop* hop = hop_at(operation.request, operation.hop)) {
    // A hop comes after its parent: the picture is a tree.
    if (place->hop >= operation.hop) return;
    hop->parent = place->hop;
    hop->awaited = true;
  }
}

std::uint32_t RequestTracer::client_begun(const Request& request) {
  if (seen_++ % every_ != 0 || open_.size() >= open_max) return 0;
  open_[request.id] = {request.born, request.endpoint, {}};
  return take_operation({.request = request.id});
}

void RequestTracer::client_ended(std::uint32_t number, const Reply& reply) {
  const Pending operation = give_operation(number);
  const auto found = open_.find(operation.request);
  if (found == open_.end()) return;
  find_places();
  Open& open = found->second;
  open.over = now();
  open.outcome = outcome_of(reply);
  // What still goes on has done so until now.
  for (auto& [each, part] : parts_) {
    if (part.hop.request == operation.request) end_part(part);
  }
  done_.push_back(trace_of(operation.request, open));
  if (has_ended(open)) open_.erase(found);
  if (done_.size() <= traces_max) return;
  const auto oldest = open_.find(done_.front().id);
  if (oldest != open_.end()) open_.erase(oldest);
  done_.pop_front();
}

bool RequestTracer::has_ended(const Open& open) {
  return std::all_of(open.hops.begin(), open.hops.end(), [](const Hop& hop) {
    return hop.arrived == time_max || hop.answered != time_max;
  });
}

RequestTrace RequestTracer::trace_of(std::uint64_t id, const Open& open) const {
  RequestTrace trace;
  trace.id = id;
  trace.endpoint = system_.names().name_of(open.endpoint);
  trace.born_seconds = to_seconds(open.born);
  trace.latency_seconds = to_seconds(open.over - open.born);
  trace.outcome = open.outcome;
  trace.settled = has_ended(open);
  for (std::size_t hop = 0; hop < open.hops.size(); ++hop) trace.hops.push_back(span_of(open, hop));
  return trace;
}

RequestTracer::Hop* RequestTracer::add_hop(std::uint64_t id, const Node& from, const Node& at,
                                           const Request& request) {
  const auto found = open_.find(id);
  if (found == open_.end() || found->second.over != time_max) return nullptr;
  if (found->second.hops.size() >= hops_max) return nullptr;
  std::vector<Hop>& hops = found->second.hops;
  Hop hop{.from = &from,
          .at = &at,
          .operation = request.operation,
          .endpoint = request.endpoint,
          .attempt = request.attempt};
  // As far as nobody knows better: the one at that node that arrived last, if it can be one that
  // still has something to ask for.
  for (const bool answered_too : {false, true}) {
    for (std::size_t i = hops.size(); i-- > 0 && hop.parent < 0;) {
      if (hops[i].at != &from || hops[i].arrived == time_max) continue;
      if (answered_too || hops[i].answered == time_max) hop.parent = static_cast<std::int64_t>(i);
    }
  }
  hops.push_back(std::move(hop));
  return &hops.back();
}

std::uint32_t RequestTracer::call_begun(const Node& from, const Node& at, const Request& request,
                                        std::coroutine_handle<> frame, std::uint32_t wire) {
  find_places();
  Hop* hop = add_hop(request.id, from, at, request);
  if (!hop) return 0;
  hop->sent = now();
  hop->message = &request;
  const auto index = static_cast<std::uint32_t>(open_.at(request.id).hops.size() - 1);
  const std::uint32_t number =
      take_operation({.request = request.id, .hop = index, .wire = wire, .frame = frame});
  unplaced_.push_back(number);
  return number;
}

std::uint32_t RequestTracer::connection_begun(const Request& request,
                                              std::coroutine_handle<> frame) {
  find_places();
  const auto found = open_.find(request.id);
  if (found == open_.end() || found->second.over != time_max) return 0;
  const std::uint32_t number =
      take_operation({.request = request.id, .began = now(), .connection = true, .frame = frame});
  unplaced_.push_back(number);
  return number;
}

void RequestTracer::call_sent(const Node& from, const Node& at, const Request& request) {
  if (Hop* hop = add_hop(request.id, from, at, request)) hop->sent = now();
}

void RequestTracer::call_lost(std::uint32_t number) {
  find_places();
  operations_[number - 1].frame = {};
  std::erase(unplaced_, number);
}

void RequestTracer::call_given_up(std::uint32_t number) {
  find_places();
  std::erase(unplaced_, number);
  const Pending operation = give_operation(number);
  if (operation.connection) return end_connection(operation);
  if (Hop* hop = hop_at(operation.request, operation.hop)) hop->ended = now();
}

void RequestTracer::end_connection(const Pending& operation) {
  if (!operation.asker.known) return;
  if (Hop* hop = hop_at(operation.asker.request, operation.asker.hop))
    hop->waits.push_back({{operation.began, now()}, WaitFor::others});
}

std::uint32_t RequestTracer::call_ended(std::uint32_t number, const Reply& reply) {
  find_places();
  std::erase(unplaced_, number);
  const Pending operation = give_operation(number);
  if (operation.connection) {
    end_connection(operation);
    return no_wire;
  }
  if (Hop* hop = hop_at(operation.request, operation.hop)) {
    hop->ended = now();
    hop->outcome = outcome_of(reply);
  }
  return operation.wire;
}

std::uint32_t RequestTracer::service_begun(const Node& from, const Node& at,
                                           const Request& request) {
  if (open_.empty()) return 0;
  find_places();
  const auto found = open_.find(request.id);
  if (found == open_.end() || found->second.over != time_max) return 0;
  std::vector<Hop>& hops = found->second.hops;
  Hop* hop = nullptr;
  for (std::size_t i = hops.size(); i-- > 0 && !hop;) {
    if (hops[i].message == &request && hops[i].arrived == time_max) hop = &hops[i];
  }
  // One that nobody waits for, or a copy of the network's.
  for (std::size_t i = 0; i < hops.size() && !hop; ++i) {
    const Hop& each = hops[i];
    const bool same = each.from == &from && each.at == &at && each.attempt == request.attempt &&
                      each.operation == request.operation;
    if (same && !each.message && each.arrived == time_max) hop = &hops[i];
  }
  // Passed on by somebody in the middle: then nobody saw it sent.
  if (!hop) hop = add_hop(request.id, from, at, request);
  if (!hop) return 0;
  hop->arrived = now();
  hop->message = &request;
  return take_operation(
      {.request = request.id, .hop = static_cast<std::uint32_t>(hop - hops.data())});
}

void RequestTracer::service_ended(std::uint32_t number, const Reply& reply) {
  const Pending operation = give_operation(number);
  Hop* hop = hop_at(operation.request, operation.hop);
  if (!hop) return;
  hop->answered = now();
  hop->message = nullptr;
  if (hop->outcome.empty()) hop->outcome = outcome_of(reply);
  const auto found = open_.find(operation.request);
  const Open& open = found->second;
  if (open.over == time_max || !has_ended(open)) return;
  const auto done = std::find_if(done_.begin(), done_.end(), [&](const RequestTrace& trace) {
    return trace.id == operation.request;
  });
  if (done != done_.end()) *done = trace_of(operation.request, open);
  open_.erase(found);
}

void RequestTracer::waited(std::coroutine_handle<> frame, WaitFor what, Time since, Time now) {
  if (open_.empty()) return;
  find_places();
  const std::optional<Place> place = place_of(frame);
  if (!place || !place->known) return;
  if (Hop* hop = hop_at(place->request, place->hop)) hop->waits.push_back({{since, now}, what});
}

std::uint32_t RequestTracer::part_began(std::coroutine_handle<> frame, const PromiseBase* root) {
  if (open_.empty()) return 0;
  find_places();
  if (++parts_so_far_ == 0) ++parts_so_far_;
  parts_[parts_so_far_] = {now(), root, frame, {}};
  unplaced_parts_.push_back(parts_so_far_);
  if (root) part_roots_[root] = parts_so_far_;
  return parts_so_far_;
}

void RequestTracer::part_ended(std::uint32_t number) {
  // It may have begun when others were followed.
  const auto found = parts_.find(number);
  if (found == parts_.end()) return;
  find_places();
  end_part(found->second);
  if (found->second.root) part_roots_.erase(found->second.root);
  std::erase(unplaced_parts_, number);
  parts_.erase(found);
}

void RequestTracer::end_part(const Part& part) {
  if (!part.hop.known) return;
  if (Hop* hop = hop_at(part.hop.request, part.hop.hop)) hop->parts.push_back({part.began, now()});
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
  // What came after the end of the request is not told.
  const auto told = [&open](Time time) {
    return seconds_or_none(time <= open.over ? time : time_max);
  };
  if (hop.answered <= open.over || hop.ended <= open.over) span.outcome = hop.outcome;
  span.sent_seconds = told(hop.sent);
  span.arrived_seconds = told(hop.arrived);
  span.answered_seconds = told(hop.answered);
  span.ended_seconds = told(hop.ended);
  span.started_seconds = span.arrived_seconds;
  if (hop.arrived == time_max) return span;
  span.stretches = stretches_of(open, index);
  if (!span.stretches.empty() && span.stretches.front().doing == HopStretch::Doing::queueing)
    span.started_seconds = span.stretches.front().to_seconds;
  for (const HopStretch& each : span.stretches) {
    double& sum = each.doing == HopStretch::Doing::queueing  ? span.waiting_seconds
                  : each.doing == HopStretch::Doing::working ? span.working_seconds
                                                             : span.awaiting_seconds;
    sum += each.to_seconds - each.from_seconds;
  }
  return span;
}

std::vector<HopStretch> RequestTracer::stretches_of(const Open& open, std::size_t index) const {
  const Hop& hop = open.hops[index];
  const Time end = std::min(hop.answered, open.over);
  /// What begins to hold, or holds no more.
  struct Change {
    Time at;
    int parts = 0;
    int queueing = 0;
    int awaiting = 0;
  };
  std::vector<Change> changes;
  const auto add = [&](Time from, Time to, Change change) {
    from = std::max(from, hop.arrived);
    to = std::min(to, end);
    if (to <= from) return;
    change.at = from;
    changes.push_back(change);
    changes.push_back({to, -change.parts, -change.queueing, -change.awaiting});
  };
  add(hop.arrived, end, {{}, 1, 0, 0});
  for (const Span& part : hop.parts) add(part.from, part.to, {{}, 1, 0, 0});
  for (const Wait& wait : hop.waits) {
    const bool turn = wait.what == WaitFor::turn;
    add(wait.from, wait.to, {{}, 0, turn ? 1 : 0, turn ? 0 : 1});
  }
  for (const Hop& child : open.hops) {
    if (child.parent == static_cast<std::int64_t>(index) && child.awaited)
      add(child.sent, end_of_waiting(open, child), {{}, 0, 0, 1});
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return a.at < b.at; });
  std::vector<HopStretch> stretches;
  Change state;
  for (std::size_t i = 0; i + 1 < changes.size(); ++i) {
    state.parts += changes[i].parts;
    state.queueing += changes[i].queueing;
    state.awaiting += changes[i].awaiting;
    if (changes[i].at == changes[i + 1].at) continue;
    const HopStretch::Doing doing = state.parts > state.queueing + state.awaiting
                                        ? HopStretch::Doing::working
                                    : state.queueing > 0 ? HopStretch::Doing::queueing
                                                         : HopStretch::Doing::awaiting;
    const double to = to_seconds(changes[i + 1].at);
    if (!stretches.empty() && stretches.back().doing == doing) {
      stretches.back().to_seconds = to;
    } else {
      stretches.push_back({doing, to_seconds(changes[i].at), to});
    }
  }
  return stretches;
}

}  // namespace faultline::sim
