/// A Raft group in a small world of its own, for tests: members with disks, messages that are late,
/// lost, doubled and out of order, crashes and cuts; and a checker that watches everything. After
/// every event these must hold:
///
///   election safety       at most one leader in a term
///   log matching          entries of one index and term are the same, and so is all before them
///   leader completeness   what was committed is in the log of every leader of a later term
///   state machine safety  no two members apply different entries at one index
///   durability            what a leader commits is on the disks of a quorum
///   linearizable reads    a read sees all that was acknowledged, or read, before it began
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "models/algorithms/consensus/raft.hpp"
#include "models/algorithms/consensus/raft_disk.hpp"

namespace faultline::tests {

using models::Command;
using models::Entry;
using models::LogIndex;
using models::nobody;
using models::PeerId;
using models::Raft;
using models::RaftConfig;
using models::RaftDisk;
using models::RaftMessage;
using models::RaftOutput;
using models::RaftRead;
using models::SplitMixSource;
using models::Term;
using sim::Duration;

class RaftGroup {
 public:
  struct Settings {
    std::size_t members = 3;
    std::size_t spares = 0;  ///< Not part of the group at the beginning.
    RaftConfig raft;         ///< Of each; the id is set.
    Duration latency_min = std::chrono::milliseconds(1);
    Duration latency_max = std::chrono::milliseconds(1);
    Duration sync_max{};         ///< A write takes up to this to be durable.
    double loss = 0;             ///< Probability.
    double duplication = 0;      ///< Probability.
    LogIndex compact_every = 0;  ///< Entries; 0: never.
    LogIndex compact_keep = 0;
    std::uint64_t seed = 1;
  };

  explicit RaftGroup(const Settings& settings)
      : settings_(settings), random_(settings.seed), count_(settings.members + settings.spares) {
    auto first = std::make_shared<models::Snapshot>();
    for (PeerId id = 1; id <= settings.members; ++id) first->membership.voters.push_back(id);
    const auto none = std::make_shared<models::Snapshot>();
    for (PeerId id = 1; id <= count_; ++id) {
      auto member = std::make_unique<Member>();
      member->random = std::make_unique<SplitMixSource>(settings.seed * 1000 + id);
      models::RaftDiskState state;
      state.snapshot = id <= settings.members ? first : none;
      member->disk = std::make_unique<RaftDisk>(state);
      members_.push_back(std::move(member));
      boot(id);
    }
  }

  // --- What a test does ---

  Duration now() const { return now_; }
  SplitMixSource& random() { return random_; }
  std::size_t count() const { return count_; }
  Raft& raft(PeerId id) { return *member(id).raft; }
  bool up(PeerId id) { return member(id).up; }
  LogIndex applied(PeerId id) { return member(id).applied; }
  Settings& settings() { return settings_; }
  /// The member that leads in the latest term, or nobody.
  PeerId leader() {
    PeerId best = nobody;
    for (PeerId id = 1; id <= count_; ++id) {
      if (!up(id) || !raft(id).leads()) continue;
      if (best == nobody || raft(id).term() > raft(best).term()) best = id;
    }
    return best;
  }
  /// How fast the clock of a member runs.
  void set_clock_rate(PeerId id, double rate) {
    Member& it = member(id);
    it.clock_base = clock_of(it);
    it.clock_since = now_;
    it.clock_rate = rate;
    touch(id);
  }

  void crash(PeerId id) {
    Member& it = member(id);
    if (!it.up) return;
    it.up = false;
    ++it.epoch;
    it.disk->crash();
    it.timer_at = Duration::max();
  }
  void restart(PeerId id) {
    if (up(id)) return;
    boot(id);
  }
  /// From now on nothing gets from one to the other.
  void cut(PeerId from, PeerId to) { cuts_.insert({from, to}); }
  /// Those in `side` and the others hear nothing of each other.
  void partition(const std::set<PeerId>& side) {
    for (PeerId a = 1; a <= count_; ++a) {
      for (PeerId b = 1; b <= count_; ++b) {
        if (side.contains(a) != side.contains(b)) cut(a, b);
      }
    }
  }
  void heal() { cuts_.clear(); }

  bool propose(PeerId id, std::size_t commands = 1) {
    if (!up(id)) return false;
    std::vector<Command> some;
    for (std::size_t i = 0; i < commands; ++i) {
      some.push_back({.id = ++proposals_, .key = 0, .value = 0, .bytes = 100});
    }
    const bool taken = raft(id).propose(some, clock_of(member(id)));
    touch(id);
    return taken;
  }
  std::uint64_t read(PeerId id, Raft::ReadMode mode) {
    const std::uint64_t number = ++reads_;
    if (!up(id)) return number;
    floors_[number] = floor_;
    raft(id).read(number, mode, clock_of(member(id)));
    touch(id);
    return number;
  }
  bool change_membership(PeerId id, std::vector<PeerId> voters, std::vector<PeerId> learners = {}) {
    const bool begun = up(id) && raft(id).change_membership(std::move(voters), std::move(learners),
                                                            clock_of(member(id)));
    touch(id);
    return begun;
  }
  void transfer(PeerId id, PeerId to) {
    if (!up(id)) return;
    raft(id).transfer(to, clock_of(member(id)));
    touch(id);
  }
  void at(Duration time, std::function<void()> act) {
    events_.push({time, ++sequence_, std::move(act)});
  }

  /// Goes on until `until`, or until something is violated.
  void run_until(Duration until) {
    while (!events_.empty() && events_.top().at <= until && !violation_) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.at;
      ++steps_;
      event.act();
    }
    now_ = std::max(now_, until);
  }
  void run_for(Duration time) { run_until(now_ + time); }
  /// Until there is a leader, at most for `time`. The leader, or nobody.
  PeerId run_until_led(Duration time) {
    const Duration until = now_ + time;
    while (leader() == nobody && now_ < until && !violation_) run_next(until);
    return leader();
  }
  void run_next(Duration until) {
    const Duration next = events_.empty() ? until : std::min(until, events_.top().at);
    run_until(next);
  }

  // --- What a test asks ---

  const std::optional<std::string>& violation() const { return violation_; }
  std::uint64_t steps() const { return steps_; }
  std::uint64_t elections() const { return leaders_.size(); }
  LogIndex committed() const { return committed_.size(); }
  std::uint64_t reads_granted() const { return reads_granted_; }
  const std::map<std::uint64_t, RaftRead>& read_answers() const { return read_answers_; }
  std::uint64_t messages() const { return messages_; }
  std::uint64_t snapshots_installed() const { return snapshots_installed_; }
  std::uint64_t memberships_committed() const { return memberships_committed_; }
  /// Called with every message just before it leaves; false: it is lost.
  std::function<bool(const RaftMessage&)> filter;

 private:
  struct StateHash final : models::SnapshotData {
    std::uint64_t hash = 0;
  };
  struct Member {
    std::unique_ptr<SplitMixSource> random;
    std::unique_ptr<RaftDisk> disk;
    std::unique_ptr<Raft> raft;
    bool up = false;
    std::uint64_t epoch = 0;  ///< Counts starts and crashes: events of an older one are void.
    Duration timer_at = Duration::max();
    Duration disk_free_at{};
    LogIndex applied = 0;
    std::uint64_t hash = 0;  ///< Of all that was applied.
    LogIndex compacted = 0;
    Term led_term = 0;  ///< The last term in which it was seen leading.
    LogIndex commit_seen = 0;
    Duration clock_base{};
    Duration clock_since{};
    double clock_rate = 1;
  };
  struct Event {
    Duration at;
    std::uint64_t sequence;
    std::function<void()> act;
    bool operator<(const Event& other) const {
      return at != other.at ? at > other.at : sequence > other.sequence;
    }
  };
  struct Committed {
    Term term;
    std::uint64_t id;
    std::uint64_t hash;  ///< Of everything up to here.
    Term in_term;        ///< Of the leader that committed it.
  };

  Member& member(PeerId id) { return *members_[id - 1]; }
  Duration clock_of(const Member& it) const {
    const auto passed = static_cast<double>((now_ - it.clock_since).count());
    return it.clock_base + Duration(static_cast<std::int64_t>(passed * it.clock_rate));
  }
  Duration between(Duration least, Duration most) {
    if (most <= least) return least;
    return least + Duration(static_cast<std::int64_t>(
                       random_.below(static_cast<std::uint64_t>((most - least).count()) + 1)));
  }
  static std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
    return SplitMixSource(hash ^ (word * 0x9e3779b97f4a7c15)).next();
  }

  void boot(PeerId id) {
    Member& it = member(id);
    RaftConfig config = settings_.raft;
    config.id = id;
    it.up = true;
    ++it.epoch;
    it.applied = 0;
    it.hash = 0;
    it.compacted = it.disk->state().snapshot->index;
    it.commit_seen = 0;
    it.led_term = 0;
    it.disk_free_at = now_;
    it.timer_at = Duration::max();
    it.raft = std::make_unique<Raft>(config, *it.random, it.disk->state(), clock_of(it));
    touch(id);
  }

  /// Takes what the member has to say and arms its alarm.
  void touch(PeerId id) {
    Member& it = member(id);
    if (!it.up) return;
    while (it.raft->has_output() && !violation_) carry_out(id, it.raft->take());
    const Duration due = it.raft->next_deadline();
    if (due == Duration::max()) return;
    const Duration clock = clock_of(it);
    Duration at = now_;
    if (due > clock) {
      at += Duration(static_cast<std::int64_t>(static_cast<double>((due - clock).count()) /
                                               it.clock_rate)) +
            Duration(1);
    }
    if (at >= it.timer_at) return;
    it.timer_at = at;
    this->at(at, [this, id, at, epoch = it.epoch] {
      Member& ringing = member(id);
      if (ringing.epoch != epoch || ringing.timer_at != at) return;
      ringing.timer_at = Duration::max();
      ringing.raft->tick(clock_of(ringing));
      touch(id);
    });
  }

  void carry_out(PeerId id, const RaftOutput& output) {
    Member& it = member(id);
    check_role(id);
    for (const RaftMessage& message : output.messages) send(message);
    if (output.write.id != 0) {
      check_entries(id, output.write.first, output.write.last);
      it.disk->append(output.write, it.raft->log());
    }
    if (output.restore) {
      if (output.restore->index > 0) ++snapshots_installed_;
      it.applied = output.restore->index;
      it.compacted = it.applied;
      it.hash =
          output.restore->data ? static_cast<const StateHash&>(*output.restore->data).hash : 0;
      check_hash(id);
    }
    for (LogIndex index = output.committed_first; index <= output.committed_last; ++index) {
      apply(id, index);
    }
    for (const RaftRead& read : output.reads) check_read(id, read);
    if (settings_.compact_every > 0 && it.applied >= it.compacted + settings_.compact_every) {
      it.compacted = it.applied;
      auto data = std::make_shared<StateHash>();
      data->hash = it.hash;
      auto snapshot = std::make_shared<models::Snapshot>();
      snapshot->index = it.applied;
      snapshot->term = it.raft->log().term_at(it.applied);
      snapshot->membership = it.raft->log().membership_at(it.applied);
      snapshot->data = std::move(data);
      it.raft->compact(std::move(snapshot), settings_.compact_keep);
    }
    if (output.write.id != 0) persist(id, output.write.id);
  }

  void persist(PeerId id, std::uint64_t write) {
    Member& it = member(id);
    if (settings_.sync_max == Duration(0)) {
      it.disk->persisted(write);
      it.raft->persisted(write, clock_of(it));
      return;
    }
    it.disk_free_at = std::max(it.disk_free_at, now_ + between(Duration(0), settings_.sync_max));
    at(it.disk_free_at, [this, id, write, epoch = it.epoch] {
      Member& done = member(id);
      if (done.epoch != epoch) return;
      done.disk->persisted(write);
      done.raft->persisted(write, clock_of(done));
      touch(id);
    });
  }

  void send(const RaftMessage& message) {
    ++messages_;
    if (filter && !filter(message)) return;
    if (settings_.loss > 0 && random_.uniform() < settings_.loss) return;
    const int copies =
        settings_.duplication > 0 && random_.uniform() < settings_.duplication ? 2 : 1;
    const auto shared = std::make_shared<const RaftMessage>(message);
    for (int copy = 0; copy < copies; ++copy) {
      at(now_ + between(settings_.latency_min, settings_.latency_max), [this, shared] {
        const RaftMessage& arrived = *shared;
        if (!up(arrived.to) || cuts_.contains({arrived.from, arrived.to})) return;
        Member& to = member(arrived.to);
        to.raft->receive(arrived, clock_of(to));
        touch(arrived.to);
      });
    }
  }

  // --- The checker ---

  void violate(std::string what) {
    if (!violation_) violation_ = fmt::format("at {} us: {}", now_.count() / 1000, what);
  }

  void check_role(PeerId id) {
    Member& it = member(id);
    const Raft& raft = *it.raft;
    if (!raft.leads()) return;
    if (raft.term() != it.led_term) {
      it.led_term = raft.term();
      const auto [known, news] = leaders_.emplace(raft.term(), id);
      if (!news && known->second != id) {
        violate(fmt::format("election safety: {} and {} lead in term {}", known->second, id,
                            raft.term()));
      }
      for (LogIndex index = raft.log().first(); index <= committed_.size(); ++index) {
        check_complete(id, index);
      }
    }
    if (raft.commit() > it.commit_seen) {
      it.commit_seen = raft.commit();
      check_durable(id);
    }
  }
  void check_complete(PeerId id, LogIndex index) {
    const models::RaftLog& log = raft(id).log();
    const Committed& known = committed_[index - 1];
    if (known.in_term >= raft(id).term() || index < log.first()) return;
    if (!log.has(index) || log.term_at(index) != known.term) {
      violate(fmt::format("leader completeness: {}, leader of term {}, lacks entry {} of term {}",
                          id, raft(id).term(), index, known.term));
    }
  }
  /// The entry of its own term that a leader has committed last, by counting, is on the disks of a
  /// quorum of some membership in force. What it found committed may be so by a later entry.
  void check_durable(PeerId id) {
    const Raft& raft = *member(id).raft;
    const LogIndex index = raft.commit();
    if (!raft.log().knows_term(index)) return;
    const Term term = raft.log().term_at(index);
    if (term != raft.term()) return;
    const auto holds = [&](PeerId peer) {
      return std::uint64_t{member(peer).disk->has(index, term) ? 1u : 0u};
    };
    // The change that this commit completes may have set the next membership already.
    if (raft.membership().reached(holds) == 0 &&
        raft.log().membership_at(index).reached(holds) == 0) {
      violate(fmt::format("durability: {} committed entry {} of term {} without a quorum of disks",
                          id, index, term));
    }
  }
  void check_entries(PeerId id, LogIndex first, LogIndex last) {
    if (first == 0) return;
    const models::RaftLog& log = raft(id).log();
    for (LogIndex index = first; index <= last; ++index) {
      const Entry& entry = log.at(index);
      const Term before = log.term_at(index - 1);
      const auto [known, news] =
          entries_.try_emplace({index, entry.term}, std::pair{before, entry.command.id});
      if (!news && known->second != std::pair{before, entry.command.id}) {
        violate(fmt::format("log matching: entry {} of term {} of {} is another one", index,
                            entry.term, id));
      }
    }
  }
  void apply(PeerId id, LogIndex index) {
    Member& it = member(id);
    if (!it.raft->log().has(index)) {
      violate(fmt::format("{} is to apply entry {}, which it has not", id, index));
      return;
    }
    const Entry& entry = it.raft->log().at(index);
    if (index != it.applied + 1)
      violate(fmt::format("{} applies {} after {}", id, index, it.applied));
    it.applied = index;
    it.hash = mixed(mixed(it.hash, entry.term), entry.command.id);
    if (index == committed_.size() + 1) {
      // The leader that commits it is the first to apply it.
      committed_.push_back({entry.term, entry.command.id, it.hash, it.raft->term()});
      if (entry.membership && !entry.membership->is_joint()) ++memberships_committed_;
      for (PeerId other = 1; other <= count_; ++other) {
        if (up(other) && raft(other).leads()) check_complete(other, index);
      }
    }
    check_hash(id);
    if (it.raft->leads()) floor_ = std::max(floor_, index);  // Whoever proposed it is told.
  }
  void check_hash(PeerId id) {
    const Member& it = member(id);
    if (it.applied == 0) return;
    if (it.applied > committed_.size() || committed_[it.applied - 1].hash != it.hash) {
      violate(fmt::format("state machine safety: {} has other entries up to {}", id, it.applied));
    }
  }
  void check_read(PeerId id, const RaftRead& read) {
    read_answers_[read.id] = read;
    const auto floor = floors_.find(read.id);
    if (floor == floors_.end()) return;
    if (read.granted) {
      ++reads_granted_;
      if (member(id).applied < read.index) violate("a read is granted before it can be served");
      if (read.index < floor->second) {
        violate(fmt::format("linearizable reads: {} reads at {}, but {} was acknowledged before",
                            id, read.index, floor->second));
      }
      floor_ = std::max(floor_, read.index);
    }
    floors_.erase(floor);
  }

  Settings settings_;
  SplitMixSource random_;
  std::size_t count_;
  Duration now_{};
  std::vector<std::unique_ptr<Member>> members_;
  std::priority_queue<Event> events_;
  std::uint64_t sequence_ = 0;
  std::set<std::pair<PeerId, PeerId>> cuts_;
  std::uint64_t proposals_ = 0;
  std::uint64_t reads_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t reads_granted_ = 0;
  std::uint64_t snapshots_installed_ = 0;
  std::uint64_t memberships_committed_ = 0;

  std::optional<std::string> violation_;
  std::map<Term, PeerId> leaders_;
  std::map<std::pair<LogIndex, Term>, std::pair<Term, std::uint64_t>> entries_;
  std::vector<Committed> committed_;          ///< [i]: entry i + 1.
  LogIndex floor_ = 0;                        ///< All up to here was acknowledged or read.
  std::map<std::uint64_t, LogIndex> floors_;  ///< Of reads under way.
  std::map<std::uint64_t, RaftRead> read_answers_;
};

}  // namespace faultline::tests
