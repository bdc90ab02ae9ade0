/// One replica of a primary/replica group: one takes the writes and ships its log, in order, to the
/// others; when it is gone, another takes its place.
///
///   write --> primary: log --append--> replicas (ack when it is in their log) --> answered
///
/// Rule:
/// - A write is answered when it is in the primary's log, on disk, and in the logs of `acks`
///   replicas: 0 is asynchronous, all of them synchronous, between is semi-synchronous. With
///   `degrade_after` a primary that waits longer goes on without them, until they have caught up.
/// - Entries are shipped as they come, or `batch_delay` later together; an append names the entry
///   before it, and a replica that has another one there tells its history of epochs, from which
///   the primary finds the last entry they share. What a replica has beyond is cut off (rewind), or
///   it stays out of the group, by `rejoin`. One that is further behind than the log goes back gets
///   a copy of all.
/// - A read of the primary finds what was answered; of a replica, what it has applied.
/// - Each primary has an epoch of its own. By a majority: a replica that has not heard from the
///   primary for `detection_time`, and up to half as long again, asks the others for their votes;
///   each votes once an epoch, for one whose log is not behind its own, and only if it has not
///   heard from a primary lately either. With a failure detector that says how long a silence has
///   to be instead: it is told of heartbeats, and whatever else comes from the primary puts
///   suspicion off by an interval. By a monitor: promote() is called from outside.
/// - Fencing. None: who was primary stays it, whatever it hears. By epoch: a message of an older
///   epoch is refused, and who hears of a newer one is a replica from then on. By lease: also, a
///   primary that has not been confirmed for `detection_time`, by its own clock, serves nobody; so
///   nobody votes against one it heard from less than that ago, whatever a detector says.
///
/// Input in, output out: time is a value. What a replica promised and its epoch are on disk at
/// once. Source: Gray, Helland, O'Neil, Shasha, "The Dangers of Replication and a Solution", SIGMOD
/// 1996; MySQL manual, "Semisynchronous Replication"; PostgreSQL manual, "High Availability",
/// pg_rewind; the rules of votes and of matching logs: Ongaro, Ousterhout, "In Search of an
/// Understandable Consensus Algorithm", USENIX ATC 2014, section 5 (without its commit rule, which
/// is what makes this lose writes). Does not model: cascading replicas, logical conflicts,
/// witnesses.
#pragma once

#include <tsl/robin_map.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "models/algorithms/random_source.hpp"
#include "models/algorithms/replication/replica_log.hpp"
#include "models/algorithms/replication/watched_member.hpp"
#include "sim/param/units.hpp"

namespace faultline::models {

enum class Fencing : std::uint8_t { none, epoch, lease };

struct PrimaryReplicaConfig {
  std::uint32_t members = 3;
  std::uint32_t self = 0;
  std::uint32_t acks = 0;  ///< At most members - 1.
  std::optional<sim::Duration> degrade_after = {};
  bool elects = true;    ///< By a majority; otherwise nobody is primary but by promote().
  bool resumes = false;  ///< A primary that crashed is the primary again when it is back.
  bool confirmed_by_majority = true;  ///< The lease; otherwise by confirmed().
  Fencing fencing = Fencing::epoch;
  bool rewinds = true;
  sim::Duration heartbeat = std::chrono::milliseconds(100);
  sim::Duration detection_time = std::chrono::seconds(1);
  sim::Duration batch_delay{};
  std::uint64_t batch_max = 1000;         ///< Entries of one append.
  std::uint64_t window = 10'000;          ///< Entries under way to one replica.
  std::uint64_t log_retention = 100'000;  ///< Entries kept for replicas that are behind.
};

struct PrimaryReplicaMessage {
  enum class Kind : std::uint8_t { append, append_ack, vote_request, vote, snapshot };
  struct Entry {
    std::uint64_t epoch = 0;
    std::uint64_t key = 0;
    std::uint64_t value = 0;
    std::int64_t size = 0;
    sim::Duration written{};
  };
  /// The first entry of an epoch in a log.
  struct EpochStart {
    std::uint64_t epoch = 0;
    std::uint64_t index = 0;
    bool operator==(const EpochStart&) const = default;
  };
  struct KeyValue {
    std::uint64_t key = 0;
    std::uint64_t value = 0;
    std::int64_t size = 0;
  };
  struct Snapshot {
    std::vector<KeyValue> values;
    std::vector<EpochStart> history;
    std::int64_t bytes = 0;
  };

  Kind kind = Kind::append;
  bool ok = false;          ///< Of an ack: the logs match up to `index`. Of a vote: granted.
  std::uint64_t epoch = 0;  ///< The sender's.
  /// Of an append, the entry before the first; of an ack, how far the replica's log is the
  /// primary's and on disk; of a request for votes and a snapshot, the last entry.
  std::uint64_t index = 0;
  std::uint64_t index_epoch = 0;  ///< The epoch of that entry.
  std::uint64_t last = 0;         ///< The last entry of the sender's log.
  std::uint64_t round = 0;        ///< Of heartbeats; acks give it back.
  std::vector<Entry> entries = {};
  std::vector<EpochStart> history = {};  ///< Of an ack that is not ok.
  std::shared_ptr<const Snapshot> snapshot = nullptr;

  std::int64_t bytes() const;
};

class PrimaryReplicaNode {
 public:
  using Message = PrimaryReplicaMessage;
  using Entry = PrimaryReplicaMessage::Entry;
  static constexpr std::uint32_t nobody = ~std::uint32_t{0};

  enum class Role : std::uint8_t {
    replica,
    candidate,
    primary,
    apart,  ///< Its log is not the group's, and it is not to be rewound.
  };
  struct Outgoing {
    std::uint32_t to = 0;
    Message message;
  };
  enum class End : std::uint8_t {
    ok,
    not_primary,  ///< Nothing was done.
    unknown,      ///< It is in a log whose primary is none any more.
  };
  struct Finished {
    std::uint64_t token = 0;
    End end = End::ok;
    std::uint64_t index = 0;
  };
  struct Counts {
    std::uint64_t elections = 0;   ///< Begun here.
    std::uint64_t promotions = 0;  ///< It became primary.
    std::uint64_t step_downs = 0;
    std::uint64_t cut_off = 0;            ///< Entries that a rewind took out.
    std::uint64_t cut_off_answered = 0;   ///< Of them, those that had been answered here.
    std::uint64_t undone_by_crashes = 0;  ///< Entries that were not on disk.
    std::uint64_t snapshots = 0;          ///< Sent.
    std::uint64_t degradations = 0;
    std::uint64_t degraded_writes = 0;  ///< Answered without the acks that were asked for.
    std::uint64_t resends = 0;
  };

  /// Without a log everything is on disk at once. Without detectors, who was silent for the
  /// detection time is gone. Requires: the others outlive it.
  PrimaryReplicaNode(const PrimaryReplicaConfig& config, RandomSource& random, ReplicaLog* log,
                     MakeDetector make_detector = nullptr);

  /// What its own clock shows now, for leases; to be told before each input while there are any.
  void set_clock(sim::Duration local) { local_ = local; }
  /// Up for the first time: member 0 is the primary, of epoch 1 * members. Or up again: a replica,
  /// and if nobody is elected the primary that it was, in a new epoch.
  void start(sim::Duration now);
  void crashed(std::uint64_t survives);

  void begin_write(std::uint64_t token, std::uint64_t key, std::uint64_t value, std::int64_t size,
                   sim::Duration now);
  /// What a read here finds. Requires for the primary's: serves().
  std::uint64_t read(std::uint64_t key) const;
  void receive(std::uint32_t from, Message message, sim::Duration now);
  /// It is to be the primary from now on, in an epoch above `above` and any it has heard of.
  void promote(std::uint64_t above, sim::Duration now);
  /// Who may promote another has confirmed it: its lease is renewed.
  void confirmed(sim::Duration local) { confirmed_ = local; }
  /// The log is on disk up to there.
  void synced(std::uint64_t position, sim::Duration now);
  /// A replica has put the entries up to `index` into its tables.
  void applied(std::uint64_t index);

  sim::Duration next_alarm() const;
  void wake(sim::Duration now);

  /// Taken, and emptied, by the caller after every input.
  std::vector<Outgoing> outgoing;
  std::vector<Finished> finished;

  Role role() const { return role_; }
  /// Primary, and not out of its lease.
  bool serves() const;
  std::uint32_t primary() const { return role_ == Role::primary ? config_.self : primary_; }
  std::uint64_t epoch() const { return epoch_; }
  std::uint64_t last() const { return base_ + log_.size(); }
  std::uint64_t last_epoch() const { return epochs_.empty() ? 0 : epochs_.back().epoch; }
  std::uint64_t committed() const { return committed_; }
  std::uint64_t visible() const { return visible_; }
  std::uint64_t durable() const { return durable_; }  ///< Entries on disk.
  /// The position in the log of its last entry, if that is not on disk yet.
  std::optional<std::uint64_t> unsynced() const;
  /// Entries that the log still has: the last so many.
  std::uint64_t kept() const { return log_.size(); }
  /// Requires: above what the log has forgotten, and at most last().
  const Entry& entry(std::uint64_t index) const { return log_[index - base_ - 1].entry; }
  /// How far a replica is behind the primary, as the primary knows it: entries, and the age of the
  /// oldest of them.
  struct Lag {
    std::uint64_t entries = 0;
    sim::Duration age{};
  };
  Lag lag(std::uint32_t member, sim::Duration now) const;
  const Counts& counts() const { return counts_; }
  void reset_counts() { counts_ = {}; }

 private:
  struct Logged {
    Entry entry;
    std::uint64_t position = 0;
    std::uint64_t before_value = 0;  ///< Of the key, what this entry replaced.
    std::uint64_t before_index = 0;  ///< And its entry; 0: none.
    std::int64_t before_size = 0;
  };
  struct Held {
    std::uint64_t value = 0;
    std::uint64_t index = 0;
    std::int64_t size = 0;
  };
  /// What the primary knows of a replica.
  struct Peer {
    std::uint64_t next = 1;   ///< The next entry to send.
    std::uint64_t acked = 0;  ///< In its log, on disk.
    bool probing = true;      ///< Where the logs match is not known yet.
    sim::Duration progress_at{};
    std::uint64_t round = 0;  ///< Of the last heartbeat it answered.
  };
  struct Waiting {
    std::uint64_t index;
    std::uint64_t token;
    sim::Duration since;
  };

  std::uint64_t epoch_at(std::uint64_t index) const;
  std::uint64_t next_epoch(std::uint64_t above) const;
  void append(const Entry& entry);
  void cut_off(std::uint64_t last, bool by_crash);
  void become_primary(std::uint64_t epoch, sim::Duration now);
  void step_down(std::uint64_t epoch, std::uint32_t primary, sim::Duration now);
  void heard(sim::Duration now);
  void heard_heartbeat(std::uint32_t from, sim::Duration now);
  bool hears_primary(sim::Duration now) const;
  void await_election(sim::Duration suspected_at, sim::Duration spread);
  void stand_for_election(sim::Duration now);
  void send(std::uint32_t to, Message message);
  void send_append(std::uint32_t to, bool heartbeat, sim::Duration now);
  void send_snapshot(std::uint32_t to, sim::Duration now);
  void ship(sim::Duration now);
  void ship_rest(sim::Duration now);
  void send_heartbeats(sim::Duration now);
  void send_ack(std::uint32_t to, bool ok);
  void refuse(std::uint32_t to);
  void take_append(std::uint32_t from, Message& message, sim::Duration now);
  bool take_entries(const Message& message);
  void take_ack(std::uint32_t from, const Message& message, sim::Duration now);
  void take_snapshot(std::uint32_t from, const Message& message, sim::Duration now);
  void answer_request(std::uint32_t from, const Message& message, sim::Duration now);
  void take_vote(const Message& message, sim::Duration now);
  bool may_cut_off();
  void forget_all();
  void commit(sim::Duration now);
  std::uint64_t acknowledged_by_enough() const;
  void note_durable(std::uint64_t position);
  void renew_lease();
  bool follows(std::uint32_t from, const Message& message, sim::Duration now);
  std::uint32_t majority() const { return config_.members / 2 + 1; }

  PrimaryReplicaConfig config_;  ///< Parameters.
  RandomSource& random_;
  ReplicaLog* log_of_engine_;   ///< May be null.
  MakeDetector make_detector_;  ///< May be null.

  // On disk.
  Role role_ = Role::replica;
  std::uint64_t epoch_ = 0;     ///< Of the primary it follows, or its own.
  std::uint64_t promised_ = 0;  ///< It follows no primary of an older epoch.
  bool was_primary_ = false;    ///< When it crashed.
  bool started_ = false;
  std::deque<Logged> log_;  ///< Entries base_ + 1 ..
  std::uint64_t base_ = 0;
  std::vector<Message::EpochStart> epochs_;  ///< Of all entries ever, in order.
  tsl::robin_map<std::uint64_t, Held> table_;

  // In memory.
  sim::Duration local_{};
  std::uint32_t primary_ = nobody;
  std::uint64_t durable_ = 0;  ///< Entries on disk.
  std::uint64_t committed_ = 0;
  std::uint64_t visible_ = 0;   ///< Of a replica.
  std::uint64_t matched_ = 0;   ///< Of a replica: entries known to be the primary's.
  std::uint64_t answered_ = 0;  ///< Entries up to which writes were answered here. On disk.
  std::map<std::uint64_t, Message> held_back_;  ///< Appends that came before the one before them.
  std::uint64_t last_round_ = 0;
  std::vector<Peer> peers_;
  std::deque<Waiting> waiting_;
  bool degraded_ = false;
  std::uint64_t round_ = 0;
  std::deque<std::pair<std::uint64_t, sim::Duration>> rounds_;  ///< When they began, by its clock.
  sim::Duration confirmed_ = sim::Duration::min();
  std::uint32_t votes_ = 0;
  std::uint64_t seen_ = 0;       ///< The latest epoch that anybody stood for, as far as it knows.
  std::uint64_t stood_for_ = 0;  ///< The epoch it asked votes for.
  sim::Duration stood_at_{};     ///< By its own clock.
  sim::Duration heard_at_ = sim::Duration::min();
  std::vector<std::unique_ptr<FailureDetector>> detectors_;  ///< By member; null: not needed yet.
  sim::Duration heartbeat_at_ = sim::Duration::max();
  sim::Duration flush_at_ = sim::Duration::max();
  sim::Duration election_at_ = sim::Duration::max();
  Counts counts_;  ///< Statistic.
};

}  // namespace faultline::models
