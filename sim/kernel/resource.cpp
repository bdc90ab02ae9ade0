#include "sim/kernel/resource.hpp"

namespace faultline::sim {

void Resource::pass_on() {
  // Those who wait are about to end with the one that gives the server back: nobody gets it.
  if (kernel_.ending(owner_id_)) {
    --busy_;
    busy_gauge_.add(kernel_.now(), -1);
    return;
  }
  Claim& next = queue_.front();
  leave_queue(next);
  const Time now = kernel_.now();
  // Waits are counted by arrival: one that began before the statistics did is not.
  if (next.asked_ >= statistics_start_) wait_.record((now - next.asked_).count());
  if (next.timed_) {
    static_cast<Use&>(next).start();
  } else {
    next.state_ = Claim::State::granted;
    kernel_.schedule_now(next);
  }
}

}  // namespace faultline::sim
