#include "sim/kernel/resource.hpp"

namespace faultline::sim {

void Resource::pass_on() {
  // Those who wait are about to end with the one that gives the server back: nobody gets it.
  if (kernel_.ending(owner_id_)) {
    --busy_;
    busy_gauge_.add(kernel_.now(), -1);
    return;
  }
  if (__builtin_expect(ruled_, false)) return pass_on_by_rule();
  Claim& next = queue_.front();
  leave_queue(next);
  serve(next, kernel_.now());
}

inline void Resource::serve(Claim& claim, Time now) {
  kernel_.tell_waited(claim.frame_, WaitFor::turn, claim.asked_);
  // Waits are counted by arrival: one that began before the statistics did is not.
  if (claim.asked_ >= statistics_start_) wait_.record((now - claim.asked_).count());
  if (claim.timed_) {
    static_cast<Use&>(claim).start();
  } else {
    claim.state_ = Claim::State::granted;
    kernel_.schedule_now(claim);
  }
}

void Resource::pass_on_by_rule() {
  const Time now = kernel_.now();
  makes_room(now);
  while (!queue_.empty()) {
    const bool last_first =
        config_.order == QueueOrder::adaptive_lifo && waiting_ > config_.lifo_above;
    Claim& next = last_first ? queue_.back() : queue_.front();
    leave_queue(next);
    Denial why = overdue(next, now);
    if (why == Denial::none && config_.rule &&
        config_.rule->drops(now, now - next.asked_, waiting_)) {
      why = Denial::dropped;
    }
    if (why == Denial::none) return serve(next, now);
    deny(next, why);
  }
  --busy_;
  busy_gauge_.add(now, -1);
}

void Resource::set_patience(Claim& claim) {
  claim.leave_by_ = time_max;
  if (!config_.rule) return;
  const Duration patience = config_.rule->patience(claim.asked_, waiting_);
  claim.leave_by_ = Time(saturating_sum(claim.asked_.time_since_epoch(), patience));
}

Denial Resource::overdue(const Claim& claim, Time now) const {
  if (config_.drop_expired && claim.deadline_ <= now) return Denial::expired;
  return claim.leave_by_ < now ? Denial::dropped : Denial::none;
}

bool Resource::makes_room(Time now) {
  // By priority the oldest may be anywhere: they are found when their turn comes.
  while (!queue_.empty() && config_.order != QueueOrder::priority) {
    Claim& oldest = config_.order == QueueOrder::lifo ? queue_.back() : queue_.front();
    const Denial why = overdue(oldest, now);
    if (why == Denial::none) break;
    leave_queue(oldest);
    deny(oldest, why);
  }
  return waiting_ < config_.queue_limit;
}

void Resource::deny(Claim& claim, Denial why) {
  kernel_.tell_waited(claim.frame_, WaitFor::turn, claim.asked_);
  ++(why == Denial::expired ? expired_ : dropped_);
  claim.denial_ = why;
  claim.state_ = Claim::State::denied;
  claim.set_fire(&Claim::fire_denied);
  kernel_.schedule_now(claim);
}

}  // namespace faultline::sim
