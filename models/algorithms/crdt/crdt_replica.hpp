/// One replica of a store in which each key holds a CRDT: it takes reads and writes at once, and
/// tells the others of its changes in delta groups.
///
///   mutate() --> state of the key, delta into the buffer
///   next(peer) --> delta group: the deltas of an interval, joined key by key --> network
///   receive() <-- delta group: merged into the states; answered by an acknowledgement
///
/// Rule: what is sent when is DeltaSync's affair. Deltas are kept until all peers have them,
/// `buffer_limit` of them at most; whoever lacks more is sent the states of all keys. With
/// `forward`, changes learnt from one peer are passed on to the others, not back to where they came
/// from and not if they were known (Enes et al.'s BP and RR); without it, each replica tells
/// everybody of its own changes, which is enough where all can reach all.
/// A replica that lost some of what it did takes a new name (ReplicaId), because its old one would
/// give the same dot to two events; the others send it everything they have.
/// Source: Almeida, Shoker, Baquero, "Delta State Replicated Data Types", JPDC 111, 2018; Enes et
/// al., "Efficient Synchronization of State-based CRDTs", ICDE 2019.
/// Does not model: garbage collection of keys.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/algorithms/crdt/delta_sync.hpp"
#include "models/algorithms/crdt/dot_context.hpp"
#include "sim/param/assert.hpp"

namespace faultline::models {

/// What replicas tell each other.
template <class State>
struct CrdtMessage {
  enum class Kind : std::uint8_t { group, everything, acknowledgement, probe, here };
  Kind kind = Kind::group;
  std::uint32_t epoch = 0;   ///< Of the sender's numbers; of an acknowledgement: of the peer's.
  std::uint32_t losses = 0;  ///< How often the sender has lost some of what it had.
  Interval interval = {};
  std::vector<std::pair<std::uint64_t, State>> changes = {};  ///< By key.

  std::int64_t bytes() const {
    std::int64_t sum = 48;
    for (const auto& [key, state] : changes) sum += 8 + state.bytes();
    return sum;
  }
};

/// Who wants to know what happens to the states of a replica.
template <class State>
class CrdtObserver {
 public:
  virtual ~CrdtObserver() = default;
  /// The state of `key` is about to become another one; null: there is none yet.
  virtual void changing(std::uint64_t key, const State* before) = 0;
  virtual void changed(std::uint64_t key, const State& after) = 0;
  /// `incoming` is about to be merged into `mine`.
  virtual void merging(std::uint64_t /*key*/, const State& /*mine*/, const State& /*incoming*/) {}
};

template <class State>
class CrdtReplica {
 public:
  using Message = CrdtMessage<State>;
  struct Config {
    std::size_t members = 1;
    std::size_t self = 0;
    sim::Duration retry{};  ///< Longer than a message and its acknowledgement take.
    std::size_t buffer_limit = 100'000;
    bool forward = false;
  };

  explicit CrdtReplica(const Config& config, CrdtObserver<State>* observer = nullptr)
      : config_(config),
        observer_(observer),
        sync_(config.members, config.self, config.retry),
        peers_(config.members) {}

  /// The name that this replica gives its events.
  ReplicaId id() const { return static_cast<ReplicaId>(config_.self + config_.members * losses_); }
  const State* find(std::uint64_t key) const {
    const auto found = states_.find(key);
    return found == states_.end() ? nullptr : &found->second;
  }
  std::size_t keys() const { return states_.size(); }

  /// Changes the state of `key` by `change(state)`, which returns the delta.
  template <class Change>
  void mutate(std::uint64_t key, const Change& change) {
    State& state = touch(key);
    State delta = change(state);
    if (observer_) observer_->changed(key, state);
    if (!(delta == State())) remember(key, std::move(delta), config_.self);
  }

  /// What to send `peer` now, if anything.
  std::optional<Message> next(std::size_t peer, sim::Duration now) {
    const DeltaSync::Decision decision = sync_.next(peer, now);
    if (decision.what == DeltaSync::What::nothing) return std::nullopt;
    Message message;
    message.epoch = epoch_;
    message.losses = losses_;
    message.interval = decision.interval;
    switch (decision.what) {
      case DeltaSync::What::interval:
        message.changes = joined(decision.interval, peer);
        break;
      case DeltaSync::What::everything:
        message.kind = Message::Kind::everything;
        message.changes = everything();
        break;
      default:
        message.kind = Message::Kind::probe;
    }
    return message;
  }
  /// From now on `peer` is owed the states of all keys.
  void send_everything(std::size_t peer) { sync_.needs_everything(peer); }

  /// Takes a message of member `from`. What to answer, if anything.
  std::optional<Message> receive(std::size_t from, const Message& message, sim::Duration now) {
    sync_.heard(from);
    if (message.kind == Message::Kind::acknowledgement) {
      if (message.epoch == epoch_) acknowledged(from, message.interval, now);
      return std::nullopt;
    }
    Peer& peer = peers_[from];
    if (message.losses > peer.losses) {
      peer.losses = message.losses;
      sync_.needs_everything(from);
    }
    if (message.kind == Message::Kind::here) return std::nullopt;
    for (const auto& [key, delta] : message.changes) merge(key, delta, from);
    Message answer;
    answer.kind =
        message.kind == Message::Kind::probe ? Message::Kind::here : Message::Kind::acknowledgement;
    answer.epoch = message.kind == Message::Kind::probe ? epoch_ : message.epoch;
    answer.losses = losses_;
    answer.interval = message.interval;
    return answer;
  }

  /// Up again after a crash: it has its states, not what it knew of the others. `lost`: some of
  /// them went back to what they were (restore).
  void restart(bool lost) {
    ++epoch_;
    losses_ += lost;
    buffer_.clear();
    sync_ = DeltaSync(config_.members, config_.self, config_.retry);
    for (std::size_t peer = 0; peer < config_.members; ++peer) {
      if (peer != config_.self) sync_.needs_everything(peer);
    }
    first_ = sync_.newest() + 1;
  }
  /// Puts back what the state of `key` was before; null: there was none.
  void restore(std::uint64_t key, std::optional<State> before) {
    touch(key) = before ? std::move(*before) : State();
    if (observer_) observer_->changed(key, *find(key));
  }

  const DeltaSync& sync() const { return sync_; }
  std::size_t buffered() const { return buffer_.size(); }

 private:
  struct Change {
    std::uint64_t key;
    State delta;
    std::size_t origin;  ///< The member it was learnt from.
  };
  struct Peer {
    std::uint32_t losses = 0;
  };

  State& touch(std::uint64_t key) {
    const auto [place, fresh] = states_.try_emplace(key);
    if (observer_) observer_->changing(key, fresh ? nullptr : &place->second);
    return place->second;
  }

  void merge(std::uint64_t key, const State& delta, std::size_t from) {
    State& state = touch(key);
    if (observer_) observer_->merging(key, state, delta);
    const bool news = state.merge(delta);
    if (observer_) observer_->changed(key, state);
    if (news && config_.forward) remember(key, delta, from);
  }

  void remember(std::uint64_t key, State delta, std::size_t origin) {
    // Numbers without a change (DeltaSync::needs_everything) have an empty place.
    const std::uint64_t number = sync_.record();
    while (first_ + buffer_.size() < number) buffer_.push_back({0, State(), config_.self});
    buffer_.push_back({key, std::move(delta), origin});
    while (buffer_.size() > config_.buffer_limit) drop_oldest();
  }
  void drop_oldest() {
    buffer_.pop_front();
    sync_.dropped(first_++);
  }

  void acknowledged(std::size_t from, const Interval& interval, sim::Duration now) {
    sync_.acknowledged(from, interval, now);
    const std::uint64_t by_all = sync_.acknowledged_by_all();
    while (!buffer_.empty() && first_ <= by_all) drop_oldest();
  }

  std::vector<std::pair<std::uint64_t, State>> joined(const Interval& interval,
                                                      std::size_t peer) const {
    std::map<std::uint64_t, State> group;
    const std::uint64_t end = std::min(interval.upto + 1, first_ + buffer_.size());
    SIM_ASSERT(interval.after + 1 >= first_);
    for (std::uint64_t number = interval.after + 1; number < end; ++number) {
      const Change& change = buffer_[number - first_];
      if (change.origin == peer || change.delta == State()) continue;
      group[change.key].merge(change.delta);
    }
    return {group.begin(), group.end()};
  }
  std::vector<std::pair<std::uint64_t, State>> everything() const {
    std::vector<std::pair<std::uint64_t, State>> all(states_.begin(), states_.end());
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    return all;
  }

  Config config_;
  CrdtObserver<State>* observer_;
  DeltaSync sync_;
  std::vector<Peer> peers_;                          ///< By member.
  std::unordered_map<std::uint64_t, State> states_;  ///< Of the keys. On disk.
  std::deque<Change> buffer_;                        ///< In memory.
  std::uint64_t first_ = 1;                          ///< Number of the oldest in the buffer.
  std::uint32_t epoch_ = 0;                          ///< Of the numbers: restarts.
  std::uint32_t losses_ = 0;                         ///< Restarts after which something was gone.
};

}  // namespace faultline::models
