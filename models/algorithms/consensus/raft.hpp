/// Raft: a group of members that agree on one log, in which no acknowledged entry is lost while a
/// majority lives. A plain state machine: messages, proposals, reads and the time go in; messages,
/// what to write to disk, committed entries and permissions to read come out.
///
///   receive, propose, read, tick, persisted --> [ Raft ] --> take(): messages, write, committed,
///                                                            reads
///
/// Rule: elections with random timeouts, optionally preceded by a pre-vote that disturbs nobody; a
/// candidate needs a log at least as new as the voter's. A leader that hears of no quorum steps
/// down (check_quorum), and who has heard of a leader lately votes for nobody. Entries go out in
/// batches, ahead of the answers up to a window (raft_progress.hpp). An entry is committed when it
/// is on the disks of a quorum and of the leader's own term, or before one that is. Members that
/// fell behind the log get a snapshot. The membership changes by joint consensus. Reads need no
/// entry: the leader notes its commit index and waits for a round of heartbeats to confirm that it
/// still leads, or trusts its lease.
///
/// Output is in order of what must be safe first: messages that promise something (a vote, an
/// entry kept) stay inside until persisted() says that what they promise is on disk; those of
/// take() may leave at once. A leader's own disk counts like any other: its entries travel while
/// they are written.
///
/// The lease is right only while clocks drift apart by less than `clock_drift`: a leader whose
/// clock is slow, or followers whose clocks are fast, let it answer with what is out of date.
///
/// Source: Ongaro, "Consensus: Bridging Theory and Practice", 2014; for the flow control, the
/// rejection hints and the pre-vote's details etcd-io/raft.
/// Does not model: asking followers for read indexes, joint changes of one member at a time without
/// the joint step, weights of votes.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "models/algorithms/consensus/raft_log.hpp"
#include "models/algorithms/consensus/raft_message.hpp"
#include "models/algorithms/consensus/raft_progress.hpp"
#include "models/algorithms/random_source.hpp"

namespace faultline::models {

enum class RaftRole : std::uint8_t { follower, pre_candidate, candidate, leader };

/// Mistakes that implementations of Raft have made, for teaching and for testing that the tests
/// find them. All off: Raft.
struct RaftDeviations {
  bool vote_twice = false;               ///< A second vote in one term.
  bool commit_older_terms = false;       ///< Entries of older terms are committed by counting.
  bool no_election_restriction = false;  ///< Votes for candidates with an older log, too.
  bool forget_vote = false;              ///< A restart forgets for whom it voted.
  bool read_unconfirmed = false;         ///< A leader reads without asking whether it still leads.
  bool unjoined_membership = false;      ///< The new members take over without the joint step.
};

struct RaftConfig {
  PeerId id = nobody;
  sim::Duration election_timeout = std::chrono::milliseconds(1000);  ///< The least.
  /// Timeouts are uniform in election_timeout .. election_timeout + election_spread.
  sim::Duration election_spread = std::chrono::milliseconds(1000);
  sim::Duration heartbeat_interval = std::chrono::milliseconds(100);
  bool pre_vote = true;
  /// A leader that has not heard of a quorum for an election timeout steps down, and a member that
  /// has heard of a leader within one ignores candidates. The lease rests on it.
  bool check_quorum = true;
  std::size_t entries_per_message = 1024;
  std::int64_t bytes_per_message = 1 << 20;
  RaftProgress::Window window{};
  bool announce_commit = true;  ///< Followers are told of a commit at once, not with what is next.
  double clock_drift = 0.1;     ///< The lease is so much shorter than the election timeout. Share.
  sim::Duration snapshot_retry = std::chrono::seconds(10);  ///< Unanswered, it is sent again.
  RaftDeviations deviations{};
};

/// Leave to read, or none.
struct RaftRead {
  std::uint64_t id = 0;
  bool granted = false;  ///< False: this member does not lead any more.
  LogIndex index = 0;    ///< Entries up to here must have been applied before the state is read.
};

/// What is to be put on the disk, in the order of these fields. Several may be under way; they
/// become durable in their order.
struct RaftWrite {
  std::uint64_t id = 0;  ///< For persisted(). 0: nothing is to be written.
  bool hard_changed = false;
  HardState hard;
  std::shared_ptr<const Snapshot> snapshot;  ///< Takes the place of the last one, if not null.
  bool restored = false;                     ///< It takes the place of the whole log as well.
  LogIndex drop_until = 0;                   ///< Entries up to here are not needed any more.
  LogIndex first = 0;  ///< Entries first .. last of the log replace all from first on;
  LogIndex last = 0;   ///< none if first is 0.
};

struct RaftOutput {
  std::vector<RaftMessage> messages;
  RaftWrite write;
  std::shared_ptr<const Snapshot> restore;  ///< The state begins anew from this one, if not null.
  LogIndex committed_first = 1;             ///< Entries to apply: none if it is beyond the last.
  LogIndex committed_last = 0;
  std::vector<RaftRead> reads;
};

/// Times are by the member's own clock, which may be too fast or too slow, and never goes back.
class Raft {
 public:
  enum class ReadMode : std::uint8_t { read_index, lease };

  /// Begins as a follower with what is on its disk. Requires: `random` outlives it.
  Raft(const RaftConfig& config, RandomSource& random, const RaftDiskState& disk,
       sim::Duration now);

  /// Does what is due at `now`.
  void tick(sim::Duration now);
  /// When tick() has something to do next if nothing else happens; the longest duration: never.
  sim::Duration next_deadline() const;
  /// A message from another member came. Messages may be lost, late, doubled and out of order.
  void receive(const RaftMessage& message, sim::Duration now);
  /// Puts commands into the log. False, and nothing done, unless it leads and is not handing over.
  bool propose(std::span<const Command> commands, sim::Duration now);
  /// Begins to change who belongs to the group. False, and nothing done, unless it leads, has
  /// committed an entry in its term, and no other change is under way.
  bool change_membership(std::vector<PeerId> voters, std::vector<PeerId> learners,
                         sim::Duration now);
  /// Asks for leave to read; the answer is among the outputs, now or later.
  void read(std::uint64_t id, ReadMode mode, sim::Duration now);
  /// Hands the leadership to a voter, if it can within an election timeout.
  void transfer(PeerId to, sim::Duration now);
  /// Stands for election now, without a pre-vote.
  void campaign(sim::Duration now);
  /// Everything up to the write with this id is durable.
  void persisted(std::uint64_t write_id, sim::Duration now);
  /// `snapshot` has all entries up to its index, which have been applied; of these the log keeps
  /// the last `keep` for members that are a little behind.
  void compact(std::shared_ptr<const Snapshot> snapshot, LogIndex keep);

  bool has_output() const;
  /// What has come out since the last time. It holds until the next call; what is in it may be
  /// taken.
  RaftOutput& take();

  PeerId id() const { return config_.id; }
  RaftRole role() const { return role_; }
  bool leads() const { return role_ == RaftRole::leader; }
  Term term() const { return hard_.term; }
  const HardState& hard_state() const { return hard_; }
  PeerId leader() const { return leader_; }  ///< As far as it knows.
  LogIndex commit() const { return commit_; }
  const RaftLog& log() const { return log_; }
  const Membership& membership() const { return log_.membership(); }
  bool transferring() const { return transfer_to_ != nobody; }
  /// Up to where the log as it is now is known to be on the disk.
  LogIndex durable() const { return durable_; }
  /// Whether it leads and may read by its lease at `now`.
  bool holds_lease(sim::Duration now) const;
  const std::vector<RaftProgress>& progress() const { return progress_; }  ///< Of a leader.
  /// Everything it has, as if all of it were on disk.
  RaftDiskState disk_state() const;
  /// Whether anything was heard of a leader within the least election timeout.
  bool heard_lately(sim::Duration now) const { return now - heard_at_ < config_.election_timeout; }

 private:
  /// What must be durable before a message leaves: nothing, term and vote, or the log as well.
  enum class Gate : std::uint8_t { none, hard, all };
  struct Held {
    std::uint64_t write_id;
    RaftMessage message;
  };

  // Roles
  void follow(Term term, PeerId leader, sim::Duration now);
  void stand(bool pre, bool forced, sim::Duration now);
  void lead(sim::Duration now);
  void reset_election(sim::Duration now);
  bool may_stand() const;
  void count_vote(PeerId from, bool yes, sim::Duration now);
  void heard_of_leader(PeerId leader, sim::Duration now);
  void set_hard(Term term, PeerId vote);

  // Messages in
  bool settle_term(const RaftMessage& message, sim::Duration now);
  void vote_asked(const RaftMessage& message, sim::Duration now);
  void append_came(const RaftMessage& message, sim::Duration now);
  void heartbeat_came(const RaftMessage& message, sim::Duration now);
  void snapshot_came(const RaftMessage& message, sim::Duration now);
  void append_answered(const RaftMessage& message, RaftProgress& peer, sim::Duration now);
  void heartbeat_answered(RaftProgress& peer, sim::Duration now);

  // Messages out
  RaftMessage message_to(PeerId to, RaftMessageKind kind) const;
  void post(RaftMessage message, Gate gate = Gate::none);
  void send_append(RaftProgress& peer, sim::Duration now);
  bool try_append(RaftProgress& peer, bool even_if_empty, sim::Duration now);
  void send_snapshot(RaftProgress& peer, sim::Duration now);
  void send_appends(bool even_if_empty, sim::Duration now);
  void send_heartbeats(sim::Duration now);
  void send_timeout_now(PeerId to);

  // The log
  void add(Entry entry);
  void replace_from(LogIndex index);
  void commit_to(LogIndex index);
  bool try_commit(sim::Duration now);
  void committed_more(sim::Duration now);
  const Membership& membership_before() const;
  void match_progress(sim::Duration now);
  RaftProgress* progress_of(PeerId peer);

  void release(std::deque<Held>& held, sim::Duration now);

  // Reads
  bool has_committed_own() const;
  void confirm_reads(sim::Duration now);
  void begin_round(sim::Duration now);
  void refuse_reads();

  RaftConfig config_;  ///< Parameters.
  RandomSource& random_;
  RaftLog log_;  ///< State, as the rest.
  HardState hard_;
  RaftRole role_ = RaftRole::follower;
  PeerId leader_ = nobody;
  LogIndex commit_ = 0;
  LogIndex handed_ = 0;  ///< Committed entries up to here have been given out.

  sim::Duration election_from_{};  ///< The election timeout runs since then,
  sim::Duration timeout_{};        ///< for so long.
  sim::Duration heard_at_{};       ///< When something of a leader was heard last.
  std::vector<std::pair<PeerId, bool>> votes_;
  bool forced_ = false;  ///< This election was asked for by the leader.

  std::vector<RaftProgress> progress_;
  sim::Duration heartbeat_at_{};
  sim::Duration quorum_check_at_{};
  PeerId transfer_to_ = nobody;
  sim::Duration transfer_until_{};
  bool lease_given_up_ = false;  ///< Another was told to stand: the lease protects nothing now.

  struct PendingRead {
    std::uint64_t id;
    LogIndex index;
    std::uint64_t round;
  };
  std::uint64_t round_ = 0;
  std::deque<PendingRead> reads_;
  std::vector<std::pair<std::uint64_t, ReadMode>>
      early_reads_;  ///< Before its term's first commit.

  struct WriteUnderWay {
    std::uint64_t id;
    LogIndex last;  ///< Of the log as it is now; 0: nothing.
  };
  std::uint64_t next_write_ = 1;
  std::uint64_t last_hard_write_ = 0;
  std::uint64_t persisted_ = 0;
  LogIndex durable_ = 0;
  std::deque<WriteUnderWay> writes_;
  std::deque<Held> held_;           ///< Messages that wait for all that was written before.
  std::deque<Held> held_for_term_;  ///< Messages that wait for the term only.
  bool dirty_ = false;              ///< next_ has something to write.
  RaftOutput next_;                 ///< What comes out next.
  RaftOutput taken_;
};

}  // namespace faultline::models
