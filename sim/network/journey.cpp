#include "sim/network/journey.hpp"

#include <algorithm>

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
  if (self.missing_ == 0) return self.arrive();
  self.end_round();
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

Event& Journey::finish() {
  if (parcel_.tracker) *parcel_.tracker = nullptr;
  Event& message = message_;
  delete this;
  return message;
}

void Journey::arrive() {
  ++way_.network.counts_.arrived;
  finish().fire_in_place();
}

void Journey::lose() {
  ++way_.network.counts_.lost;
  const Parcel::Handling& handling = *parcel_.handling;
  handling.lost(finish());
}

void Journey::abandon() {
  ++way_.network.counts_.lost;
  way_.network.kernel().cancel_if_scheduled(*this);
  finish();
}

void Journey::discard(Event& event) {
  Journey& self = static_cast<Journey&>(event);
  const Parcel::Handling& handling = *self.parcel_.handling;
  handling.lost(self.finish());
}

}  // namespace faultline::sim
