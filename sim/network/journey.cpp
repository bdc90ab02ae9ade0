#include "sim/network/journey.hpp"

#include <algorithm>
#include <utility>

#include "sim/network/network.hpp"

namespace faultline::sim {

Journey::Journey(Way& way, Event& message, const Parcel& parcel)
    : Event(&go_on),
      way_(way),
      message_(message),
      parcel_(parcel),
      segments_(segments_of(parcel.bytes)),
      missing_(segments_),
      timeout_(way.network.retransmission().first) {
  set_tag(way.to.id(), EventKind::message);
  if (parcel_.tracker) *parcel_.tracker = this;
  ++way_.network.counts_.sent;
}

void Journey::begin(Way& way, Event& message, const Parcel& parcel) {
  Journey* journey = new Journey(way, message, parcel);
  if (parcel.transport == Transport::in_order) journey->join_stream();
  journey->begin_round();
}

void Journey::begin_round() {
  began_ = way_.network.kernel().now();
  ++rounds_;
  passing_ = missing_;
  at_ = 0;
  path_ = way_.network.open_path(way_);
  if (!path_) return end_round();
  enter_link(true);
}

void Journey::enter_link(bool may_double) {
  Network& network = way_.network;
  const Hop& hop = (*path_)[at_];
  const Network::LinkState state = network.state_of(hop);
  if (state.cut) return end_round();
  if (may_double && state.duplication > 0 && parcel_.transport == Transport::datagram &&
      hop.link->doubled(state.duplication)) {
    if (Event* copy = parcel_.handling->copied(message_)) {
      Parcel parcel = parcel_;
      parcel.tracker = nullptr;
      Journey* twin = new Journey(way_, *copy, parcel);
      twin->rounds_ = rounds_;
      twin->passing_ = passing_;
      twin->path_ = path_;
      twin->at_ = at_;
      ++network.counts_.doubled;
      twin->enter_link(false);
    }
  }
  // The last segment is taken for a full one when only some are sent again.
  const std::int64_t bytes =
      passing_ == segments_ ? parcel_.bytes : std::min(parcel_.bytes, passing_ * segment_bytes);
  Kernel& kernel = network.kernel();
  const Time sent = hop.link->send(kernel.now(), bytes, state.bandwidth_left);
  passing_ -= hop.link->lost_of(passing_, state.loss);
  if (passing_ == 0) return end_round();
  const Duration delay = saturating_sum(hop.link->sample(), network.extra_delay(hop));
  kernel.schedule_after(*this, saturating_sum(sent - kernel.now(), delay));
}

void Journey::go_on(Event& event) {
  Journey& self = static_cast<Journey&>(event);
  if (self.there_) return self.arrive();
  if (self.resting_) {
    self.resting_ = false;
    return self.begin_round();
  }
  if (self.way_.network.is_cut((*self.path_)[self.at_])) {
    self.passing_ = 0;
    return self.end_round();
  }
  if (++self.at_ < self.path_->size()) return self.enter_link(true);
  self.missing_ -= self.passing_;
  if (self.missing_ > 0) return self.end_round();
  if (!self.is_held_up()) return self.arrive();
  self.there_ = true;
}

void Journey::end_round() {
  if (parcel_.transport == Transport::datagram) return lose();
  const Retransmission& rule = way_.network.retransmission();
  if (rounds_ >= rule.rounds_unwanted && !parcel_.handling->wanted(message_)) return lose();
  Kernel& kernel = way_.network.kernel();
  ++way_.network.counts_.sent_again;
  resting_ = true;
  const Duration passed = kernel.now() - began_;
  kernel.schedule_after(*this, std::max(Duration(0), timeout_ - passed));
  timeout_ = std::min(saturating_sum(timeout_, timeout_), std::max(rule.longest, rule.first));
}

void Journey::join_stream() {
  Journey*& last = way_.last_of_stream[parcel_.stream];
  before_ = last;
  if (before_) before_->after_ = this;
  last = this;
}

void Journey::leave_stream() {
  if (before_) before_->after_ = after_;
  if (after_) {
    after_->before_ = before_;
  } else if (before_) {
    way_.last_of_stream[parcel_.stream] = before_;
  } else {
    way_.last_of_stream.erase(parcel_.stream);
  }
}

bool Journey::is_held_up() const {
  for (const Journey* each = before_; each; each = each->before_) {
    if (each->there_ || each->is_late()) return true;
  }
  return false;
}

/// One after the other: each that goes lets the next one go.
void Journey::let_next_go() {
  if (is_held_up()) return;
  Journey* next = after_;
  while (next && !next->there_ && !next->is_late()) next = next->after_;
  if (next && next->there_ && !next->scheduled()) way_.network.kernel().schedule_now(*next);
}

Event& Journey::finish() {
  if (parcel_.tracker) *parcel_.tracker = nullptr;
  if (parcel_.transport == Transport::in_order) leave_stream();
  Event& message = message_;
  delete this;
  return message;
}

void Journey::arrive() {
  ++way_.network.counts_.arrived;
  if (there_ || is_late()) let_next_go();
  Kernel& kernel = way_.network.kernel();
  Event& message = finish();
  // Whoever stands still gets it when it goes on: in a turn of its own the kernel holds it.
  if (kernel.is_frozen(message.component())) return kernel.schedule_now(message);
  message.fire_in_place();
}

void Journey::lose() {
  ++way_.network.counts_.lost;
  let_next_go();
  const Parcel::Handling& handling = *parcel_.handling;
  handling.lost(finish());
}

void Journey::abandon() {
  ++way_.network.counts_.lost;
  let_next_go();
  way_.network.kernel().cancel_if_scheduled(*this);
  finish();
}

void Journey::discard(Event& event) {
  Journey& self = static_cast<Journey&>(event);
  // Those that wait behind it are nowhere else.
  for (Journey* next = self.after_; next && next->there_ && !next->scheduled();) {
    Journey* held = std::exchange(next, next->after_);
    held->parcel_.handling->lost(held->finish());
  }
  const Parcel::Handling& handling = *self.parcel_.handling;
  handling.lost(self.finish());
}

}  // namespace faultline::sim
