#include "models/algorithms/transactions/saga.hpp"

#include "sim/param/assert.hpp"

namespace faultline::models {

Saga::Saga(std::size_t actions) : actions_(actions) { SIM_ASSERT(actions > 0); }

void Saga::ended(End end) {
  SIM_ASSERT(!over());
  if (doing_ == Doing::compensation) {
    if (end == End::ok) undo_from(index_);
    return;
  }
  if (end == End::fail) return undo_from(index_);
  if (end == End::unknown) return undo_from(index_ + 1);
  if (++index_ == actions_) doing_ = Doing::done;
}

void Saga::recover() {
  if (doing_ == Doing::action) undo_from(index_ + 1);
}

/// The actions 0 .. count-1 are to be undone, the last first.
void Saga::undo_from(std::size_t count) {
  doing_ = count == 0 ? Doing::compensated : Doing::compensation;
  index_ = count == 0 ? 0 : count - 1;
}

}  // namespace faultline::models
