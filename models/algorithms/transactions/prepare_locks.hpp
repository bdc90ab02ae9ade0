/// Locks that transactions hold on keys from their prepare until they hear of their end.
///
///   acquire --free--> granted          release --> the next who waits is granted
///           '-held--> waits | refused
///
/// Rule on a key that another one holds, as the policy has it:
/// - wait: wait in order of arrival. Two who wait for each other wait until their time is over.
/// - no_wait: be refused.
/// - wait_die: an older transaction waits, a younger one is refused, so nobody ever waits in a
///   circle. Also if those before it in the queue are older.
/// Source: Rosenkrantz, Stearns, Lewis, "System Level Concurrency Control for Distributed Database
/// Systems", ACM TODS 1978 (wait-die); Gray, Reuter, "Transaction Processing", 1993, chapter 8.
/// Does not model: shared locks, locks on ranges.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace faultline::models {

enum class LockConflict : std::uint8_t { wait, no_wait, wait_die };

/// A transaction as those that meet it know it.
struct TransactionTag {
  std::uint64_t id = 0;
  std::int64_t age = 0;  ///< When it began: the smaller, the older.
  bool older_than(const TransactionTag& other) const {
    return age != other.age ? age < other.age : id < other.id;
  }
};

class PrepareLocks {
 public:
  explicit PrepareLocks(LockConflict conflict) : conflict_(conflict) {}

  enum class Answer : std::uint8_t { granted, waits, refused };
  /// Asks for the lock of `key`. One that holds it already has it. Requires: does not wait for it.
  Answer acquire(const TransactionTag& who, std::uint64_t key);
  /// Gives the lock back, or leaves the queue; of one that has neither, nothing. Returns who has
  /// the lock now because of that.
  std::optional<TransactionTag> release(std::uint64_t transaction, std::uint64_t key);

  /// Who holds `key`, if anybody does.
  std::optional<TransactionTag> holder(std::uint64_t key) const;
  std::size_t waiting(std::uint64_t key) const;
  std::size_t held() const { return locks_.size(); }  ///< Keys that are locked.

 private:
  struct Lock {
    TransactionTag holder;
    std::vector<TransactionTag> queue;
  };
  LockConflict conflict_;
  std::map<std::uint64_t, Lock> locks_;  ///< By key; only those that are held. State.
};

}  // namespace faultline::models
