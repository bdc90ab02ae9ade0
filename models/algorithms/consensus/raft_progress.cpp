#include "models/algorithms/consensus/raft_progress.hpp"

#include <algorithm>

namespace faultline::models {

void RaftProgress::reset(State state) {
  state_ = state;
  paused_ = false;
  flights_.clear();
  flight_bytes_ = 0;
}

void RaftProgress::become_probe() {
  // A snapshot that may have arrived is not sent twice if it is known up to where it reached.
  next_ = std::max(match_, state_ == State::snapshot ? snapshot_index_ : 0) + 1;
  reset(State::probe);
  snapshot_index_ = 0;
  commit_sent_ = std::min(commit_sent_, next_ - 1);
}

void RaftProgress::become_replicate() {
  reset(State::replicate);
  next_ = match_ + 1;
  snapshot_index_ = 0;
}

void RaftProgress::become_snapshot(LogIndex index) {
  reset(State::snapshot);
  snapshot_index_ = index;
  next_ = index + 1;
}

void RaftProgress::sent(std::size_t entries, std::int64_t bytes, LogIndex commit) {
  commit_sent_ = std::max(commit_sent_, commit);
  if (state_ == State::replicate) {
    if (entries > 0) {
      next_ += entries;
      flights_.push_back({next_ - 1, bytes});
      flight_bytes_ += bytes;
    }
    paused_ = window_full();
  } else if (entries > 0) {
    paused_ = true;
  }
}

bool RaftProgress::agreed(LogIndex index) {
  if (index <= match_) return false;
  match_ = index;
  next_ = std::max(next_, index + 1);
  paused_ = false;
  return true;
}

void RaftProgress::arrived(LogIndex index) {
  while (!flights_.empty() && flights_.front().last <= index) {
    flight_bytes_ -= flights_.front().bytes;
    flights_.pop_front();
  }
  paused_ = window_full();
}

bool RaftProgress::rejected(LogIndex rejected, LogIndex hint) {
  if (state_ == State::snapshot) return false;
  if (state_ == State::replicate) {
    if (rejected <= match_) return false;
    next_ = match_ + 1;
    return true;
  }
  if (next_ - 1 != rejected) return false;
  next_ = std::max(std::min(rejected, hint + 1), match_ + 1);
  commit_sent_ = std::min(commit_sent_, next_ - 1);
  paused_ = false;
  return true;
}

}  // namespace faultline::models
