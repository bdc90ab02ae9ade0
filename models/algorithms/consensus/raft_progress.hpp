/// What a Raft leader knows of one member, and how fast it may send to it.
///
/// Rule: a member of which it is not known where its log agrees is probed, one message at a time.
/// Once that is known it is replicated to ahead of its answers, up to a window of messages and
/// bytes; a full window is a probe again, reopened by an answer or a heartbeat's. One that needs
/// what the log has no more gets a snapshot and nothing else until that is answered.
/// Source: etcd-io/raft, package tracker, doc comments of Progress and Inflights.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>

#include "models/algorithms/consensus/raft_message.hpp"

namespace faultline::models {

class RaftProgress {
 public:
  enum class State : std::uint8_t { probe, replicate, snapshot };
  struct Window {
    std::size_t messages = 256;
    std::int64_t bytes = std::numeric_limits<std::int64_t>::max();
  };

  RaftProgress(PeerId of, LogIndex next, Window window, sim::Duration now)
      : peer(of), active_at(now), next_(next), window_(window) {}

  PeerId peer;
  sim::Duration active_at;  ///< When it answered last.
  /// When the newest message was sent that it has answered, by the leader's clock; the least: none.
  sim::Duration confirmed_at = sim::Duration::min();
  std::uint64_t round = 0;   ///< The newest round of confirmation it has answered.
  sim::Duration retry_at{};  ///< While in `snapshot`: when to give that up.

  State state() const { return state_; }
  LogIndex match() const { return match_; }  ///< Its log agrees up to here.
  LogIndex next() const { return next_; }    ///< The next entry to send.
  LogIndex snapshot_index() const { return snapshot_index_; }
  std::size_t in_flight() const { return flights_.size(); }
  bool window_full() const {
    return flights_.size() >= window_.messages || flight_bytes_ >= window_.bytes;
  }
  /// Whether to wait before the next append.
  bool paused() const { return state_ == State::snapshot || paused_; }

  void become_probe();
  void become_replicate();
  void become_snapshot(LogIndex index);
  /// An append with so many entries and bytes left, and told of `commit`.
  void sent(std::size_t entries, std::int64_t bytes, LogIndex commit);
  /// It agrees up to `index`. True if that is news.
  bool agreed(LogIndex index);
  /// Frees the window of what is at or before `index`.
  void arrived(LogIndex index);
  /// It rejected an append behind `rejected` and proposes to try behind `hint`. False: old news.
  bool rejected(LogIndex rejected, LogIndex hint);
  /// A heartbeat came back, so what was paused may try again.
  void unpause() { paused_ = false; }
  /// Whether it would learn something by hearing that `commit` is committed.
  bool lacks_commit(LogIndex commit) const {
    return commit > commit_sent_ && next_ > commit_sent_ + 1;
  }
  LogIndex commit_sent() const { return commit_sent_; }
  /// Of the leader itself: what is on its disk.
  void set_match(LogIndex index) {
    match_ = index;
    next_ = std::max(next_, index + 1);
  }

 private:
  void reset(State state);

  struct Flight {
    LogIndex last;
    std::int64_t bytes;
  };
  State state_ = State::probe;
  bool paused_ = false;
  LogIndex match_ = 0;
  LogIndex next_;
  LogIndex snapshot_index_ = 0;
  LogIndex commit_sent_ = 0;
  Window window_;
  std::deque<Flight> flights_;
  std::int64_t flight_bytes_ = 0;
};

}  // namespace faultline::models
