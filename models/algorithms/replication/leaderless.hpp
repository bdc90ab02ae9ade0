/// One replica of a leaderless store after Dynamo: it keeps its share of the keys, coordinates the
/// reads and writes that come to it, and brings replicas together that drifted apart.
///
///   begin_write --> writes to the N replicas of the key --> W acks --> finished
///   begin_read  --> reads from the N replicas           --> R replies, merged --> finished
///
/// Rule:
/// - The keys are spread over as many partitions as there are members; partition p is kept by the
///   members p, p+1, .. p+N-1 (modulo their number). Any member coordinates any key.
/// - Who has not answered within `suspect_after` is suspected until anything is heard of it, and
///   is asked `probe_interval` apart. Nothing else is sent to it.
/// - Strict quorum: only the N replicas count. When fewer than needed are not suspected, the
///   request is unavailable at once. Of a write, the coordinator keeps a hint for each replica that
///   is suspected or did not answer.
/// - Sloppy quorum: in place of a suspected replica the next member that is not suspected is asked,
///   which counts; of a write it keeps a hint for the one it stands in for.
/// - A hint is handed off when its replica is not suspected, one every `handoff_pause`.
/// - Read repair: of a share of the reads, replicas whose answer was older than all answers
///   together are sent the latter, once all have answered or the time is up.
/// - Anti-entropy: every `anti_entropy_interval` a member compares one of its partitions with one
///   of the others that keep it, by hash trees, level by level; of leaves that differ the digests
///   of the keys are compared, and only keys that differ are sent, both ways.
/// - By vector clocks the coordinator numbers the write at itself, and keeps it whether or not it
///   is one of the N. In each life a replica counts as another actor, since what a crash took from
///   its disk must not be numbered again.
///
/// Input in, output out: time is a value, and what is to be sent is left in `outgoing`.
/// Source: DeCandia et al., "Dynamo: Amazon's Highly Available Key-value Store", SOSP 2007,
/// sections 4.4 to 4.7; hints at the coordinator: Apache Cassandra, "Hinted handoff". Does not
/// model: members that join or leave, digest reads, deletion.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "models/algorithms/random_source.hpp"
#include "models/algorithms/replication/replica_log.hpp"
#include "models/algorithms/replication/replica_table.hpp"
#include "sim/param/units.hpp"

namespace faultline::models {

struct LeaderlessConfig {
  std::uint32_t members = 3;  ///< At most LeaderlessNode::members_max.
  std::uint32_t self = 0;
  std::uint32_t n = 3;  ///< Replicas of a key.
  std::uint32_t r = 2;
  std::uint32_t w = 2;
  VersionRule rule = VersionRule::last_write_wins;
  bool sloppy = false;
  bool hinted_handoff = true;
  bool hints_persisted = true;
  double read_repair = 1;  ///< Share of the reads.
  std::uint64_t siblings_max = 100;
  std::uint64_t hints_max = 100'000;  ///< For each replica; beyond, they are dropped.
  sim::Duration suspect_after = std::chrono::milliseconds(200);
  sim::Duration timeout = std::chrono::seconds(1);
  sim::Duration probe_interval = std::chrono::seconds(1);
  sim::Duration handoff_pause = std::chrono::milliseconds(1);  ///< Between two hints.
  std::optional<sim::Duration> anti_entropy_interval = std::chrono::seconds(10);
  int merkle_depth = 10;
};

/// What a replica sends to another for anti-entropy.
struct AntiEntropyBody {
  struct KeyDigest {
    std::uint64_t key;
    std::uint64_t digest;
  };
  struct KeyValue {
    std::uint64_t key;
    VersionedValue value;
  };
  std::uint32_t partition = 0;
  int level = 0;
  std::vector<MerkleTree::Node> nodes;     ///< Hashes of `level`.
  std::vector<std::uint32_t> leaves = {};  ///< Those `digests` are of.
  std::vector<KeyDigest> digests = {};
  std::vector<KeyValue> values = {};
  std::vector<std::uint64_t> wanted = {};  ///< Keys whose value is asked for.
};

struct LeaderlessMessage {
  enum class Kind : std::uint8_t {
    write,
    write_ack,
    read,
    read_reply,
    repair,
    hand_off,
    hand_off_ack,
    probe,
    probe_ack,
    tree,
    digests,
    values,
  };
  static constexpr std::uint8_t nobody = 255;

  Kind kind = Kind::probe;
  std::uint8_t intended = nobody;  ///< Of a write: whom the receiver stands in for.
  std::uint64_t operation = 0;     ///< The coordinator's number, echoed.
  std::uint64_t key = 0;
  VersionedValue value = {};
  std::shared_ptr<const AntiEntropyBody> body = nullptr;  ///< Of tree, digests and values.

  std::int64_t bytes() const;
};

class LeaderlessNode {
 public:
  using Message = LeaderlessMessage;
  static constexpr std::uint32_t members_max = 64;

  /// What has to pass before a message leaves.
  enum class Wait : std::uint8_t {
    none,
    read,  ///< The value is read from the disk.
    sync,  ///< The log is on disk up to `position`.
  };
  struct Outgoing {
    std::uint32_t to = 0;
    Wait wait = Wait::none;
    std::uint64_t position = 0;
    Message message;
  };
  enum class End : std::uint8_t {
    ok,
    unavailable,  ///< Too few replicas are thought to be there; nothing was sent.
    timeout,
    too_many_siblings,
  };
  struct Finished {
    std::uint64_t token = 0;  ///< As given to begin_read or begin_write.
    End end = End::ok;
    VersionedValue value;  ///< Of a read, what was found; of a write, what was sent.
  };
  struct Counts {
    std::uint64_t conflicts = 0;      ///< Writes that left siblings beside them.
    std::uint64_t sibling_reads = 0;  ///< Reads that found siblings.
    std::uint64_t siblings_max = 0;
    std::uint64_t superseded = 0;  ///< Writes that came to a replica with a later one.
    std::uint64_t unavailable = 0;
    std::uint64_t timeouts = 0;
    std::uint64_t hints_stored = 0;  ///< Keys; what is written again meanwhile is the same hint.
    std::uint64_t hints_delivered = 0;
    std::uint64_t hints_lost = 0;       ///< In a crash, or because there were too many.
    std::uint64_t fallback_writes = 0;  ///< Taken for another replica.
    std::uint64_t repairs_sent = 0;
    std::uint64_t repairs_made = 0;  ///< That changed something.
    std::uint64_t exchanges = 0;     ///< Of anti-entropy, begun here.
    std::uint64_t tree_messages = 0;
    std::uint64_t tree_bytes = 0;
    std::uint64_t keys_compared = 0;  ///< Digests of keys that were sent.
    std::uint64_t keys_sent = 0;      ///< Values sent for anti-entropy.
    std::uint64_t keys_repaired = 0;  ///< By anti-entropy.
    std::uint64_t suspicions = 0;
    std::uint64_t rolled_back = 0;  ///< Changes that a crash took back.
  };

  /// Requires: 1 <= r, w <= n <= members <= members_max; the others outlive it. Without a log a
  /// crash leaves all but what is kept in memory only.
  LeaderlessNode(const LeaderlessConfig& config, RandomSource& random, ReplicaLog* log);

  /// The node is up, at first or again.
  void start(sim::Duration now);
  /// A crash left what the log has up to `survives`.
  void crashed(std::uint64_t survives);
  /// The log is on disk up to there: what a crash could take back is less.
  void synced(std::uint64_t position);

  void begin_read(std::uint64_t token, std::uint64_t key, sim::Duration now);
  /// `version` without its dot, which is given here; `seen`: what the writer had read.
  void begin_write(std::uint64_t token, std::uint64_t key, Version version,
                   const VersionVector& seen, sim::Duration now);
  void receive(std::uint32_t from, const Message& message, sim::Duration now);

  /// When to call wake; Duration::max() for never.
  sim::Duration next_alarm();
  void wake(sim::Duration now);

  /// Taken, and emptied, by the caller after every input.
  std::vector<Outgoing> outgoing;
  std::vector<Finished> finished;

  ReplicaTable& table() { return table_; }
  const Counts& counts() const { return counts_; }
  void reset_counts() { counts_ = {}; }
  std::uint64_t hints() const { return hints_held_; }
  bool suspects(std::uint32_t member) const { return (suspects_ >> member & 1) != 0; }
  /// The members that keep a key, in the order of preference.
  std::uint32_t replica(std::uint64_t key, std::uint32_t rank) const {
    return (table_.partition_of(key, config_.members) + rank) % config_.members;
  }
  bool keeps(std::uint64_t key) const;
  /// What a read of this replica alone would find.
  VersionedValue local(std::uint64_t key) const;

 private:
  using Mask = std::uint64_t;
  struct Operation {
    std::uint32_t generation = 0;
    bool live = false;
    bool is_read = false;
    bool done = false;  ///< The client has been told.
    bool repairs = false;
    std::uint64_t token = 0;
    std::uint64_t key = 0;
    std::uint32_t needed = 0;
    std::uint32_t answers = 0;
    Mask asked = 0;
    Mask answered = 0;
    Mask replaced = 0;  ///< Replicas that somebody was asked to stand in for, or has a hint of.
    VersionedValue value;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> stand_ins;  ///< Who, and for whom.
    std::vector<std::pair<std::uint32_t, std::uint64_t>> digests;    ///< Answers to a read.
  };
  struct Due {
    sim::Duration at;
    std::uint64_t operation;
  };

  std::uint64_t open(Operation& made);
  Operation* find(std::uint64_t id);
  void close(std::uint64_t id);
  bool begin(std::uint64_t id, sim::Duration now);
  void ask(std::uint64_t id, Operation& operation, std::uint32_t member, std::uint8_t intended);
  void replace(std::uint64_t id, Operation& operation, std::uint32_t missing, sim::Duration now);
  void finish(Operation& operation, End end);
  void answered(std::uint32_t from, const Message& message);
  void repair(Operation& operation);
  void suspect_silent(std::uint64_t id, Operation& operation, sim::Duration now);
  void suspect(std::uint32_t member, sim::Duration now);
  void heard_of(std::uint32_t member, sim::Duration now);
  void keep_hint(std::uint32_t replica, std::uint64_t key, const VersionedValue& value,
                 sim::Duration now);
  void hand_off(sim::Duration now);
  void exchange(sim::Duration now);
  void send(std::uint32_t to, Message message, Wait wait = Wait::none);
  void send_tree(std::uint32_t to, std::shared_ptr<const AntiEntropyBody> body, Message::Kind kind,
                 Wait wait = Wait::none);
  void compare_trees(std::uint32_t from, const AntiEntropyBody& theirs);
  void compare_digests(std::uint32_t from, const AntiEntropyBody& theirs);
  void take_values(std::uint32_t from, const AntiEntropyBody& theirs);
  Mask replicas_of(std::uint64_t key) const;
  static Mask bit(std::uint32_t member) { return Mask{1} << member; }

  /// A record of `bytes` in the log; the changes that follow are its.
  void record(std::int64_t bytes);

  LeaderlessConfig config_;  ///< Parameters.
  RandomSource& random_;
  ReplicaLog* log_;             ///< May be null.
  std::uint64_t position_ = 0;  ///< Of the last record.
  ReplicaTable table_;
  std::uint32_t life_ = 0;          ///< How often it was started. State.
  std::uint64_t writes_taken_ = 0;  ///< Under last_write_wins, numbers the writes taken here.
  std::vector<Operation> operations_;
  std::vector<std::uint32_t> free_;
  std::deque<Due> overdue_;   ///< Who did not answer is to be suspected.
  std::deque<Due> timeouts_;  ///< The operation is to be given up.
  Mask suspects_ = 0;
  sim::Duration probe_at_ = sim::Duration::max();
  /// Values for replicas that were away: by replica, then by key.
  std::vector<std::map<std::uint64_t, VersionedValue>> hints_;
  std::uint64_t hints_held_ = 0;
  struct HintRecord {
    std::uint64_t position;
    std::uint32_t replica;
    std::uint64_t key;
  };
  std::deque<HintRecord> hint_records_;  ///< Not yet on disk.
  sim::Duration hand_off_at_ = sim::Duration::max();
  std::uint32_t hand_off_member_ = 0;
  std::uint64_t hand_off_key_ = 0;  ///< The next to hand off is not before this one.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs_;  ///< Partition and peer.
  std::size_t next_pair_ = 0;
  sim::Duration exchange_at_ = sim::Duration::max();
  Counts counts_;  ///< Statistic.
};

}  // namespace faultline::models
