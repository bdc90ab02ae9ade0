/// Replicas of a leaderless store and the messages between them, without the engine: a heap of
/// events in virtual time. Tests cut members off, crash them, and set their clocks wrong.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <set>
#include <vector>

#include "models/algorithms/replication/leaderless.hpp"

namespace faultline::models {

class LeaderlessWorld {
 public:
  using Node = LeaderlessNode;

  /// A log that is on disk some time after a record came.
  class Log final : public ReplicaLog {
   public:
    std::uint64_t append(std::int64_t) override { return ++last; }
    std::uint64_t last = 0;
    std::uint64_t synced = 0;
  };
  struct Operation {
    bool is_read = false;
    std::uint64_t key = 0;
    std::uint64_t written = 0;
    sim::Duration began{};
    sim::Duration ended{};
    bool over = false;
    Node::End end = Node::End::ok;
    VersionedValue value = {};
    std::uint64_t read_value() const { return value.latest() ? value.latest()->value : 0; }
  };
  using Delay = std::function<sim::Duration(std::uint32_t from, std::uint32_t to,
                                            const LeaderlessMessage& message)>;

  LeaderlessWorld(LeaderlessConfig config, std::uint64_t seed, sim::Duration sync_time = {})
      : chance_(seed), sync_time_(sync_time), members_(config.members) {
    delay_ = [this](std::uint32_t from, std::uint32_t to, const LeaderlessMessage&) {
      return from == to
                 ? sim::Duration(0)
                 : sim::Duration(static_cast<std::int64_t>(100'000 + chance_.below(900'000)));
    };
    for (std::uint32_t member = 0; member < config.members; ++member) {
      config.self = member;
      Member& made = members_[member];
      made.log = std::make_unique<Log>();
      made.node = std::make_unique<Node>(config, chance_, made.log.get());
      made.node->start(now_);
      settle(member);
    }
  }

  void set_delay(Delay delay) { delay_ = std::move(delay); }
  Node& node(std::uint32_t member) { return *members_[member].node; }
  sim::Duration now() const { return now_; }
  void set_clock(std::uint32_t member, sim::Duration offset) { members_[member].clock = offset; }

  /// Messages between the two are lost, both ways.
  void cut(std::uint32_t one, std::uint32_t other) {
    cuts_.insert({one, other});
    cuts_.insert({other, one});
  }
  void heal() { cuts_.clear(); }
  void crash(std::uint32_t member) {
    Member& down = members_[member];
    if (!down.up) return;
    down.up = false;
    ++down.crashes;
    down.log->last = down.log->synced;
    down.node->crashed(down.log->synced);
    for (Operation& each : operations_) {
      if (!each.over && on_[static_cast<std::size_t>(&each - operations_.data())] == member) {
        each.over = true;
        each.end = Node::End::timeout;
      }
    }
  }
  void restart(std::uint32_t member) {
    if (members_[member].up) return;
    members_[member].up = true;
    members_[member].node->start(now_);
    settle(member);
  }
  bool up(std::uint32_t member) const { return members_[member].up; }

  std::size_t write(std::uint32_t at, std::uint64_t key, std::uint64_t value,
                    const VersionVector& seen = {}) {
    operations_.push_back({.key = key, .written = value, .began = now_});
    on_.push_back(at);
    Version version;
    version.value = value;
    version.size = 100;
    version.stamp = (now_ + members_[at].clock).count();
    node(at).begin_write(operations_.size() - 1, key, version, seen, now_);
    settle(at);
    return operations_.size() - 1;
  }
  std::size_t read(std::uint32_t at, std::uint64_t key) {
    operations_.push_back({.is_read = true, .key = key, .began = now_});
    on_.push_back(at);
    node(at).begin_read(operations_.size() - 1, key, now_);
    settle(at);
    return operations_.size() - 1;
  }
  const Operation& operation(std::size_t index) const { return operations_[index]; }
  const std::vector<Operation>& operations() const { return operations_; }

  /// Until the operation is over.
  const Operation& finish(std::size_t index) {
    while (!operations_[index].over && step(sim::Duration::max())) {
    }
    return operations_[index];
  }
  void run_until(sim::Duration until) {
    while (step(until)) {
    }
    now_ = until;
  }
  void run_for(sim::Duration span) { run_until(now_ + span); }

  Node::Counts counts() const {
    Node::Counts sum;
    for (const Member& member : members_) {
      const Node::Counts& each = member.node->counts();
      sum.hints_stored += each.hints_stored;
      sum.hints_delivered += each.hints_delivered;
      sum.hints_lost += each.hints_lost;
      sum.keys_repaired += each.keys_repaired;
      sum.repairs_made += each.repairs_made;
      sum.tree_messages += each.tree_messages;
      sum.tree_bytes += each.tree_bytes;
      sum.keys_sent += each.keys_sent;
      sum.rolled_back += each.rolled_back;
      sum.unavailable += each.unavailable;
      sum.timeouts += each.timeouts;
      sum.conflicts += each.conflicts;
      sum.fallback_writes += each.fallback_writes;
    }
    return sum;
  }
  std::uint64_t messages() const { return messages_; }

 private:
  struct Member {
    std::unique_ptr<Log> log;
    std::unique_ptr<Node> node;
    bool up = true;
    std::uint32_t crashes = 0;
    sim::Duration clock{};
    sim::Duration alarm = sim::Duration::max();
  };
  struct Event {
    sim::Duration at;
    std::uint64_t number;
    std::function<void()> act;
    bool operator<(const Event& other) const {
      return at != other.at ? at > other.at : number > other.number;
    }
  };

  void schedule(sim::Duration at, std::function<void()> act) {
    events_.push({at, ++event_count_, std::move(act)});
  }
  bool step(sim::Duration until) {
    if (events_.empty() || events_.top().at > until) return false;
    const Event event = events_.top();
    events_.pop();
    now_ = event.at;
    event.act();
    return true;
  }

  /// Carries out what a member wants done.
  void settle(std::uint32_t member) {
    Member& of = members_[member];
    auto outgoing = std::move(of.node->outgoing);
    of.node->outgoing.clear();
    for (Node::Finished& end : of.node->finished) {
      Operation& operation = operations_[end.token];
      operation.over = true;
      operation.ended = now_;
      operation.end = end.end;
      operation.value = std::move(end.value);
    }
    of.node->finished.clear();
    if (sync_time_ == sim::Duration(0)) {
      of.log->synced = of.log->last;
      of.node->synced(of.log->synced);
    }
    for (Node::Outgoing& each : outgoing) {
      if (each.wait != Node::Wait::sync || sync_time_ == sim::Duration(0)) {
        post(member, each.to, std::move(each.message));
        continue;
      }
      schedule(now_ + sync_time_, [this, member, crashes = of.crashes, position = each.position,
                                   to = each.to, message = std::move(each.message)] {
        Member& then = members_[member];
        if (then.crashes != crashes) return;
        then.log->synced = std::max(then.log->synced, position);
        then.node->synced(then.log->synced);
        post(member, to, message);
      });
    }
    const sim::Duration alarm = of.node->next_alarm();
    if (alarm == of.alarm || alarm == sim::Duration::max()) return;
    of.alarm = alarm;
    schedule(alarm, [this, member, alarm, crashes = of.crashes] {
      Member& then = members_[member];
      if (then.crashes != crashes || then.alarm != alarm) return;
      then.alarm = sim::Duration::max();
      then.node->wake(now_);
      settle(member);
    });
  }
  void post(std::uint32_t from, std::uint32_t to, LeaderlessMessage message) {
    ++messages_;
    const sim::Duration delay = delay_(from, to, message);
    schedule(now_ + delay, [this, from, to, message = std::move(message)] {
      if (!members_[to].up || cuts_.contains({from, to})) return;
      members_[to].node->receive(from, message, now_);
      settle(to);
    });
  }

  SplitMixSource chance_;
  sim::Duration sync_time_;
  sim::Duration now_{};
  std::vector<Member> members_;
  Delay delay_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> cuts_;
  std::priority_queue<Event> events_;
  std::uint64_t event_count_ = 0;
  std::uint64_t messages_ = 0;
  std::vector<Operation> operations_;
  std::vector<std::uint32_t> on_;  ///< Who coordinates it.
};

}  // namespace faultline::models
