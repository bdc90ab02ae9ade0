#include "models/algorithms/concurrency/permit_queue.hpp"

#include "sim/param/assert.hpp"

namespace faultline::models {

bool PermitQueue::take(std::int64_t units, std::int64_t rank) {
  SIM_ASSERT(units >= 1);
  SIM_ASSERT(units <= permits_);
  if (units > free_) return false;
  if (!queue_.empty() && queue_.begin()->first.rank <= rank) return false;
  free_ -= units;
  return true;
}

PermitQueue::Place PermitQueue::enter(std::int64_t units, std::int64_t rank) {
  const Place place{rank, ++arrivals_};
  queue_.emplace(place, units);
  return place;
}

void PermitQueue::leave(const Place& place, std::vector<Place>& granted) {
  const auto found = queue_.find(place);
  SIM_ASSERT(found != queue_.end());
  const bool was_first = found == queue_.begin();
  queue_.erase(found);
  if (was_first) grant(granted);
}

void PermitQueue::give_back(std::int64_t units, std::vector<Place>& granted) {
  free_ += units;
  SIM_ASSERT(free_ <= permits_);
  grant(granted);
}

void PermitQueue::grant(std::vector<Place>& granted) {
  while (!queue_.empty() && queue_.begin()->second <= free_) {
    free_ -= queue_.begin()->second;
    granted.push_back(queue_.begin()->first);
    queue_.erase(queue_.begin());
  }
}

}  // namespace faultline::models
