/// What a Raft group is made of: entries of its log, what each member keeps on its disk, snapshots,
/// and the messages between members.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "models/algorithms/consensus/quorum.hpp"
#include "sim/param/units.hpp"

namespace faultline::models {

using Term = std::uint64_t;      ///< Counts elections. 0: before the first one.
using LogIndex = std::uint64_t;  ///< The first entry of a log is number 1.

/// What the replicated state machine is to do. Raft itself reads only `bytes`.
struct Command {
  std::uint64_t id = 0;  ///< Of the request behind it: a repeated one is known by it.
  std::uint64_t key = 0;
  std::uint64_t value = 0;
  std::int64_t bytes = 0;  ///< Its size in a message and on a disk.
};

struct Entry {
  Term term = 0;
  Command command;  ///< With `id` 0: nothing, as at the beginning of a term.
  /// Of an entry that changes the membership; null for all others.
  std::shared_ptr<const Membership> membership;

  /// Bytes in a message and on a disk: the command and what frames it.
  std::int64_t size() const { return command.bytes + overhead; }
  static constexpr std::int64_t overhead = 24;
};

/// The state of whoever uses Raft, as it is in a snapshot.
class SnapshotData {
 public:
  virtual ~SnapshotData() = default;
};

/// All entries up to `index`, as the state they led to.
struct Snapshot {
  LogIndex index = 0;
  Term term = 0;  ///< Of the entry at `index`.
  Membership membership;
  std::shared_ptr<const SnapshotData> data;
  std::int64_t bytes = 0;  ///< Size in a message and on a disk.
};

/// What must not be lost in a crash beside the entries.
struct HardState {
  Term term = 0;
  PeerId vote = nobody;  ///< For whom it voted in `term`.
  bool operator==(const HardState&) const = default;
};

/// All that a member finds on its disk when it starts. Requires: there is a snapshot; that of a new
/// group has index 0 and names the first members.
struct RaftDiskState {
  HardState hard;
  std::shared_ptr<const Snapshot> snapshot;
  LogIndex first = 1;          ///< Index of the first of `entries`; at most snapshot->index + 1.
  Term term_before_first = 0;  ///< Of the entry before it.
  std::deque<Entry> entries;
};

enum class RaftMessageKind : std::uint8_t {
  append,
  append_response,
  heartbeat,
  heartbeat_response,
  vote,
  vote_response,
  pre_vote,
  pre_vote_response,
  snapshot,
  timeout_now,  ///< From a leader that hands over: stand for election at once.
};

struct RaftMessage {
  RaftMessageKind kind = RaftMessageKind::append;
  PeerId from = nobody;
  PeerId to = nobody;
  Term term =
      0;  ///< The sender's; of a pre-vote and a yes to it the one that would be voted about.
  /// append: the entry before the first. append_response: the last that agrees, or the one that was
  /// rejected. vote, pre_vote: the candidate's last.
  LogIndex index = 0;
  Term log_term = 0;    ///< Of the entry at `index`; of a rejection that at `hint`.
  LogIndex commit = 0;  ///< What the receiver may take as committed.
  bool reject = false;
  LogIndex hint = 0;        ///< Of a rejection: where the logs might agree.
  bool forced = false;      ///< vote: the leader itself asked for this election.
  std::uint64_t round = 0;  ///< Of a leader's messages, its last round of confirmation; echoed.
  sim::Duration sent{};     ///< Of a leader's messages, when, by its clock; echoed.
  std::vector<Entry> entries;
  std::shared_ptr<const Snapshot> snapshot;

  /// Bytes on the wire.
  std::int64_t bytes() const {
    std::int64_t sum = header;
    for (const Entry& entry : entries) sum += entry.size();
    return snapshot ? sum + snapshot->bytes : sum;
  }
  static constexpr std::int64_t header = 64;
};

}  // namespace faultline::models
