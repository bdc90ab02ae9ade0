/// What faults do to a node. Every kind is a list of causes, and what the node is like follows from
/// the list: so faults that overlap take back what they did in any order, and without a cause the
/// node is as declared, to the last bit.
#include <algorithm>
#include <limits>
#include <utility>

#include "sim/network/node.hpp"

namespace faultline::sim {

double calm_level(Disturbance kind) {
  switch (kind) {
    case Disturbance::cpu:
    case Disturbance::disk:
    case Disturbance::memory:
      return 1;
    case Disturbance::connections:
      return std::numeric_limits<double>::infinity();
    case Disturbance::drain:
    case Disturbance::flush:
    case Disturbance::stop:
      return 0;
  }
  return 0;
}

void Node::crash() {
  if (++down_causes_ == 1) go_down();
}

void Node::restart() {
  SIM_ASSERT(down_causes_ > silent_causes_);
  if (--down_causes_ == 0) come_up();
}

void Node::vanish() {
  ++silent_causes_;
  crash();
}

void Node::reappear() {
  SIM_ASSERT(silent());
  --silent_causes_;
  restart();
}

std::string_view to_text(Presence presence) {
  switch (presence) {
    case Presence::serving:
      return "serving";
    case Presence::starting:
      return "starting";
    case Presence::leaving:
      return "leaving";
    case Presence::off:
      return "off";
  }
  return "off";
}

void Node::begin_absent() {
  SIM_ASSERT(!absent());
  comes_and_goes_ = true;
  presence_ = Presence::off;
  listed_ = false;
  ++down_causes_;
  update_fine();
}

void Node::set_presence(Presence presence) {
  SIM_ASSERT(comes_and_goes_);
  if (presence == presence_) return;
  const Time now = kernel().now();
  const bool was_absent = absent();
  present_before_ = time_present(now);
  present_since_ = now;
  presence_ = presence;
  // That it is down or up with it is no news of its own.
  NodeObserver* const told = std::exchange(state_observer_, nullptr);
  if (absent() && !was_absent) crash();
  if (!absent() && was_absent) restart();
  state_observer_ = told;
  if (state_observer_) state_observer_->came_or_went(*this);
}

void Node::set_listed(bool listed) {
  SIM_ASSERT(comes_and_goes_);
  if (listed == listed_) return;
  listed_ = listed;
  for (const auto& act : listed_acts_) act(listed);
}

void Node::note(std::string text) {
  if (state_observer_) state_observer_->noted(*this, text);
  if (notes_.size() < notes_max) notes_.push_back({kernel().now(), std::move(text)});
}

void Node::go_down() {
  ++crashes_;
  update_fine();
  if (kernel().is_frozen(id())) kernel().thaw_messages(id());
  end_processes();
  component_->crashed();
  assert_conservation();
  SIM_ASSERT(in_service_ == 0);
  if (state_observer_) state_observer_->changed(*this, NodeObserver::Change::down);
}

void Node::come_up() {
  update_fine();
  component_->start();
  for (const auto& act : restart_acts_) act();
  if (state_observer_) state_observer_->changed(*this, NodeObserver::Change::up);
  if (paused()) stand_still();
}

void Node::pause() {
  if (++pause_causes_ == 1 && up()) stand_still();
}

void Node::stand_still() {
  component_->disturbed(Disturbance::stop, 1);
  kernel().freeze(id());
  if (state_observer_) state_observer_->changed(*this, NodeObserver::Change::paused);
}

void Node::resume() {
  SIM_ASSERT(paused());
  if (--pause_causes_ != 0) return;
  const bool stood_still = kernel().is_frozen(id());
  if (stood_still) kernel().thaw(id());
  if (stood_still && state_observer_)
    state_observer_->changed(*this, NodeObserver::Change::resumed);
  component_->disturbed(Disturbance::stop, 0);
  for (std::size_t kind = 0; kind < disturbance_count; ++kind)
    tell_level(static_cast<Disturbance>(kind));
}

void Node::add_errors(const ErrorCause& errors) {
  error_causes_.push_back(errors);
  update_fine();
}

void Node::remove_errors(const void* cause) {
  const auto found = std::find_if(error_causes_.begin(), error_causes_.end(),
                                  [cause](const ErrorCause& each) { return each.cause == cause; });
  SIM_ASSERT(found != error_causes_.end());
  error_causes_.erase(found);
  update_fine();
}

Node::Fate Node::draw_fate() {
  if (silent()) return Fate::lost;
  if (!takes_requests() || in_service_ >= connection_limit_) return Fate::refused;
  bool fails_after_work = false;
  for (const ErrorCause& each : error_causes_) {
    if (each.before > 0 && each.stream->chance(each.before)) return Fate::fails;
    if (each.after > 0 && each.stream->chance(each.after)) fails_after_work = true;
  }
  return fails_after_work ? Fate::fails_after_work : Fate::served;
}

void Node::add_disturbance(Disturbance kind, const void* cause, double amount) {
  disturbances_[static_cast<std::size_t>(kind)].push_back({cause, amount});
  update_fine();
  update_slowness();
  tell_level(kind);
}

void Node::remove_disturbance(Disturbance kind, const void* cause) {
  std::vector<Cause>& causes = disturbances_[static_cast<std::size_t>(kind)];
  const auto found = std::find_if(causes.begin(), causes.end(),
                                  [cause](const Cause& each) { return each.cause == cause; });
  SIM_ASSERT(found != causes.end());
  causes.erase(found);
  update_fine();
  update_slowness();
  tell_level(kind);
}

double Node::level(Disturbance kind) const {
  const std::vector<Cause>& causes = disturbances_[static_cast<std::size_t>(kind)];
  double level = calm_level(kind);
  for (const Cause& each : causes) {
    switch (kind) {
      case Disturbance::cpu:
      case Disturbance::disk:
      case Disturbance::memory:
        level *= each.amount;
        break;
      case Disturbance::connections:
        level = std::min(level, each.amount);
        break;
      case Disturbance::drain:
      case Disturbance::flush:
      case Disturbance::stop:
        level += 1;
        break;
    }
  }
  return level;
}

void Node::tell_level(Disturbance kind) {
  if (paused() || kind == Disturbance::stop || kind == Disturbance::flush) return;
  component_->disturbed(kind, level(kind));
}

void Node::update_slowness() {
  cpu_slowness_ = slowness_ * level(Disturbance::cpu);
  disk_slowness_ = slowness_ * level(Disturbance::disk);
}

void Node::add_clock_error(const void* cause, Time now, Duration offset, double drift) {
  clock_causes_.push_back({cause, now, offset, drift});
}

void Node::remove_clock_error(const void* cause) {
  const auto found = std::find_if(clock_causes_.begin(), clock_causes_.end(),
                                  [cause](const ClockCause& each) { return each.cause == cause; });
  SIM_ASSERT(found != clock_causes_.end());
  clock_causes_.erase(found);
}

Time Node::clock_reading(Time now) const {
  Duration error{};
  for (const ClockCause& each : clock_causes_) {
    const auto drifted =
        static_cast<std::int64_t>(static_cast<double>((now - each.since).count()) * each.drift);
    error += each.offset + Duration(drifted);
  }
  return now + error;
}

}  // namespace faultline::sim
