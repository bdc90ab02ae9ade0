#include "sim/kernel/frozen.hpp"

#include <algorithm>

namespace faultline::sim {

namespace {

/// Kinds of events that take the owner's own time.
bool is_work(EventKind kind) {
  return kind == EventKind::resume || kind == EventKind::grant || kind == EventKind::service;
}

}  // namespace

void Frozen::freeze(std::uint32_t owner_id, Time now, EventQueue& queue) {
  SIM_ASSERT(!holds(owner_id));
  struct Pending {
    std::int64_t time;
    std::uint64_t order;
    Event* event;
  };
  std::vector<Pending> pending;
  queue.visit_entries([&](std::int64_t time, std::uint64_t order, Event& event) {
    if (event.component() == owner_id && is_work(event.kind()))
      pending.push_back({time, order, &event});
  });
  std::sort(pending.begin(), pending.end(), [](const Pending& a, const Pending& b) {
    return a.time != b.time ? a.time < b.time : a.order < b.order;
  });
  auto held = std::make_unique<Held>();
  for (const Pending& each : pending) {
    queue.cancel(*each.event);
    held->work.push_back({each.event, Time(Duration(each.time)) - now});
  }
  if (owners_.size() <= owner_id) owners_.resize(owner_id + std::size_t{1});
  owners_[owner_id] = std::move(held);
  ++count_;
}

bool Frozen::hold(Event& event) {
  if (!holds(event.component())) return false;
  if (!is_work(event.kind()) && !is_message(event.kind()) && event.kind() != EventKind::timeout)
    return false;
  owners_[event.component()]->due.push_back(&event);
  return true;
}

Frozen::Held Frozen::release(std::uint32_t owner_id) {
  SIM_ASSERT(holds(owner_id));
  Held held = std::move(*owners_[owner_id]);
  owners_[owner_id].reset();
  --count_;
  return held;
}

}  // namespace faultline::sim
