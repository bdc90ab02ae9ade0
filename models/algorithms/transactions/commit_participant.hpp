/// A participant of two-phase commit: what one shard holds of transactions that other shards are
/// part of too.
///
///   prepare --> { lock } --> log --> voted yes: in doubt ----commit--> applied, unlocked
///                  '--refused--> no                     '---abort--> unlocked
///
/// Rule: before it votes yes it can abort by itself, after that only the coordinator can say. What
/// is in doubt keeps its lock over a crash, because its record is in the log. A commit or an abort
/// that comes twice, or of something unknown, changes nothing and is acknowledged: it has been
/// done before. A prepare that comes after the abort of the same transaction (a message was late)
/// is refused, once.
/// Source: Mohan, Lindsay, Obermarck, "Transaction Management in the R* Distributed Database
/// Management System", ACM TODS 1986, section 2.
/// Does not model: heuristic decisions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "models/algorithms/transactions/prepare_locks.hpp"

namespace faultline::models {

class CommitParticipant {
 public:
  using Key = std::uint64_t;
  explicit CommitParticipant(LockConflict conflict) : locks_(conflict) {}

  /// What is wanted of one key.
  struct Part {
    TransactionTag transaction;
    Key key = 0;
    std::uint64_t value = 0;  ///< What a commit writes.
    std::int64_t size = 0;    ///< Bytes.
  };

  enum class Prepare : std::uint8_t {
    locked,     ///< Log it, then call logged().
    waits,      ///< granted() will tell.
    refused,    ///< Vote no.
    voted_yes,  ///< It had been prepared before: vote yes again.
  };
  Prepare prepare(const Part& part);
  /// The record is durable: the vote is yes, and the part is in doubt. False if it was aborted in
  /// the meantime: the vote is no.
  bool logged(std::uint64_t transaction, Key key);
  /// Gives up one that waits or is not logged yet. Who has its lock then is locked().
  std::optional<TransactionTag> give_up(std::uint64_t transaction, Key key);

  /// The commit came. The part to be written, after which applied() is to be called; nothing when
  /// there is none.
  std::optional<Part> commit(std::uint64_t transaction, Key key) const;
  /// Its value is written: the lock is free. Who has it now is locked().
  std::optional<TransactionTag> applied(std::uint64_t transaction, Key key);
  /// The abort came. Who has the lock now is locked(). Requires: this participant did not vote no.
  std::optional<TransactionTag> abort(std::uint64_t transaction, Key key);

  /// Who holds `key`, logged or not.
  std::optional<TransactionTag> holder(Key key) const { return locks_.holder(key); }
  bool is_in_doubt(std::uint64_t transaction, Key key) const;
  std::vector<Part> in_doubt() const;
  std::size_t locks_held() const { return locks_.held(); }

  /// Forgets what is not in the log; what is in doubt keeps its lock.
  void crash();

 private:
  using Id = std::pair<std::uint64_t, Key>;
  struct Entry {
    Part part;
    bool logged = false;
  };
  std::optional<TransactionTag> end(const Id& id);

  PrepareLocks locks_;
  std::map<Id, Entry> parts_;  ///< Holding or waiting for their lock. State.
  std::set<Id> aborted_;       ///< Their prepare is still on its way. In the log.
};

}  // namespace faultline::models
