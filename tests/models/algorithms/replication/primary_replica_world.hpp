/// A primary/replica group and the messages between its members, without the engine.
#pragma once

#include <functional>
#include <memory>
#include <queue>
#include <set>
#include <vector>

#include "models/algorithms/replication/primary_replica.hpp"

namespace faultline::models {

class PrimaryReplicaWorld {
 public:
  using Node = PrimaryReplicaNode;

  class Log final : public ReplicaLog {
   public:
    std::uint64_t append(std::int64_t) override { return ++last; }
    std::uint64_t last = 0;
    std::uint64_t synced = 0;
  };
  struct Write {
    std::uint32_t at = 0;
    std::uint64_t key = 0;
    std::uint64_t value = 0;
    bool over = false;
    Node::End end = Node::End::unknown;
    sim::Duration began{};
    sim::Duration ended{};
  };

  /// `sync_time`: how long a record takes to be on disk; zero: everything survives.
  PrimaryReplicaWorld(PrimaryReplicaConfig config, std::uint64_t seed, sim::Duration sync_time = {},
                      const MakeDetector& make_detector = nullptr)
      : chance_(seed), sync_time_(sync_time), members_(config.members) {
    for (std::uint32_t member = 0; member < config.members; ++member) {
      config.self = member;
      Member& made = members_[member];
      made.node = std::make_unique<Node>(
          config, chance_, sync_time == sim::Duration(0) ? nullptr : &made.log, make_detector);
    }
    for (std::uint32_t member = 0; member < config.members; ++member) {
      node(member).start(now_);
      settle(member);
    }
  }

  Node& node(std::uint32_t member) { return *members_[member].node; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(members_.size()); }
  sim::Duration now() const { return now_; }
  bool up(std::uint32_t member) const { return members_[member].up; }
  void set_drift(std::uint32_t member, double rate) { members_[member].rate = rate; }
  void set_latency(sim::Duration least, sim::Duration spread) {
    least_ = least;
    spread_ = spread;
  }

  void cut(std::uint32_t one, std::uint32_t other) {
    cuts_.insert({one, other});
    cuts_.insert({other, one});
  }
  void isolate(std::uint32_t member) {
    for (std::uint32_t other = 0; other < size(); ++other) {
      if (other != member) cut(member, other);
    }
  }
  void heal() { cuts_.clear(); }
  void crash(std::uint32_t member) {
    Member& down = members_[member];
    if (!down.up) return;
    down.up = false;
    ++down.crashes;
    down.syncing = false;
    down.log.last = down.log.synced;
    down.node->crashed(down.log.synced);
    down.alarm = sim::Duration::max();
    for (Write& each : writes_) {
      if (each.at == member && !each.over) each.over = true;
    }
  }
  void restart(std::uint32_t member) {
    if (members_[member].up) return;
    members_[member].up = true;
    tick(member);
    node(member).start(now_);
    settle(member);
  }

  std::size_t begin_write(std::uint32_t at, std::uint64_t key, std::uint64_t value) {
    writes_.push_back({.at = at, .key = key, .value = value, .began = now_});
    tick(at);
    node(at).begin_write(writes_.size() - 1, key, value, 100, now_);
    settle(at);
    return writes_.size() - 1;
  }
  const Write& finish(std::size_t write, sim::Duration patience = std::chrono::seconds(10)) {
    const sim::Duration until = now_ + patience;
    while (!writes_[write].over && step(until)) {
    }
    return writes_[write];
  }
  const Write& write(std::uint32_t at, std::uint64_t key, std::uint64_t value) {
    return finish(begin_write(at, key, value));
  }
  const std::vector<Write>& writes() const { return writes_; }
  std::vector<std::uint32_t> primaries() {
    std::vector<std::uint32_t> all;
    for (std::uint32_t member = 0; member < size(); ++member) {
      tick(member);
      if (up(member) && node(member).serves()) all.push_back(member);
    }
    return all;
  }
  void promote(std::uint32_t member, std::uint64_t above) {
    tick(member);
    node(member).promote(above, now_);
    settle(member);
  }
  void run_for(sim::Duration span) {
    const sim::Duration until = now_ + span;
    while (step(until)) {
    }
    now_ = until;
  }
  std::function<void()> after_each;  ///< Called after every event.

 private:
  struct Member {
    std::unique_ptr<Node> node;
    Log log;
    bool up = true;
    std::uint32_t crashes = 0;
    bool syncing = false;
    double rate = 1;
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
  void tick(std::uint32_t member) {
    const double local = static_cast<double>(now_.count()) * members_[member].rate;
    node(member).set_clock(sim::Duration(static_cast<std::int64_t>(local)));
  }
  void schedule(sim::Duration at, std::function<void()> act) {
    events_.push({at, ++event_count_, std::move(act)});
  }
  bool step(sim::Duration until) {
    if (events_.empty() || events_.top().at > until) return false;
    const Event event = events_.top();
    events_.pop();
    now_ = event.at;
    event.act();
    if (after_each) after_each();
    return true;
  }
  void settle(std::uint32_t member) {
    Member& of = members_[member];
    auto outgoing = std::move(of.node->outgoing);
    of.node->outgoing.clear();
    for (const Node::Finished& end : of.node->finished) {
      writes_[end.token].over = true;
      writes_[end.token].end = end.end;
      writes_[end.token].ended = now_;
    }
    of.node->finished.clear();
    for (Node::Outgoing& each : outgoing) {
      const sim::Duration at = now_ + least_ +
                               sim::Duration(static_cast<std::int64_t>(
                                   chance_.below(static_cast<std::uint64_t>(spread_.count()) + 1)));
      schedule(at, [this, member, to = each.to, crashes = members_[each.to].crashes,
                    message = std::move(each.message)] {
        if (!up(to) || members_[to].crashes != crashes || cuts_.contains({member, to})) return;
        tick(to);
        node(to).receive(member, message, now_);
        settle(to);
      });
    }
    sync(member);
    const sim::Duration alarm = of.node->next_alarm();
    if (alarm == of.alarm || alarm == sim::Duration::max()) return;
    of.alarm = alarm;
    schedule(std::max(alarm, now_), [this, member, alarm, crashes = of.crashes] {
      Member& then = members_[member];
      if (then.crashes != crashes || then.alarm != alarm) return;
      then.alarm = sim::Duration::max();
      tick(member);
      then.node->wake(now_);
      settle(member);
    });
  }
  void sync(std::uint32_t member) {
    Member& of = members_[member];
    const auto position = of.node->unsynced();
    if (of.syncing || !position) return;
    of.syncing = true;
    schedule(now_ + sync_time_, [this, member, position = *position, crashes = of.crashes] {
      Member& then = members_[member];
      if (then.crashes != crashes) return;
      then.syncing = false;
      then.log.synced = std::max(then.log.synced, position);
      tick(member);
      then.node->synced(position, now_);
      then.node->applied(then.node->last());
      settle(member);
    });
  }

  SplitMixSource chance_;
  sim::Duration sync_time_;
  sim::Duration now_{};
  sim::Duration least_ = std::chrono::microseconds(300);
  sim::Duration spread_ = std::chrono::microseconds(400);
  std::vector<Member> members_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> cuts_;
  std::priority_queue<Event> events_;
  std::uint64_t event_count_ = 0;
  std::vector<Write> writes_;
};

}  // namespace faultline::models
