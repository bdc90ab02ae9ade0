/// Locks of transactions on keys: who holds which, who waits for whom, and who is in a ring.
///
///   lock(t, key, shared | exclusive) --> held | waits | deadlock
///   release(t) --> those that hold now what they waited for
///
/// Rule: shared locks go together, an exclusive one goes alone. Who waits gets its turn in the
/// order of asking; one that holds a shared lock and wants it exclusively stands in front. When one
/// has to wait, the graph of who waits for whom is searched for a ring through it; of each ring a
/// victim is chosen, which has to give up all it holds.
/// Source: Gray, Reuter, "Transaction Processing", 1993, chapters 7 and 8; Agrawal, Carey, McVoy,
/// "The Performance of Alternative Strategies for Dealing with Deadlocks", 1987 (victims).
/// Does not model: intention locks, lock escalation, the cost of the search.
#pragma once

#include <tsl/robin_map.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace faultline::models {

class LockTable {
 public:
  using Key = std::uint64_t;
  using Transaction = std::uint64_t;  ///< Larger: it began later.

  enum class Mode : std::uint8_t { shared, exclusive };
  enum class Victim : std::uint8_t {
    youngest,  ///< Has probably done the least.
    oldest,
    requester,  ///< The one that closed the ring.
    fewest_locks,
  };
  enum class Outcome : std::uint8_t { held, waits, deadlock };
  struct Result {
    Outcome outcome = Outcome::held;
    /// Who has to give up, the one that asked among them if that is the outcome.
    std::vector<Transaction> victims;
  };

  explicit LockTable(Victim victim) : victim_(victim) {}

  /// One that asks again for what it waits for is still waiting, unless it got it. Requires: it
  /// waits for nothing else.
  Result lock(Transaction transaction, Key key, Mode mode);
  /// The lock, if nobody has to be waited for.
  bool try_lock(Transaction transaction, Key key, Mode mode);
  /// It gives up all it holds and waits for. Those who got what they waited for.
  std::vector<Transaction> release(Transaction transaction);
  /// It does not wait any more. Those who got what they waited for.
  std::vector<Transaction> stop_waiting(Transaction transaction);

  bool is_waiting(Transaction transaction) const;
  bool holds(Transaction transaction, Key key, Mode mode) const;
  /// Keys somebody holds or waits for.
  std::size_t keys() const { return keys_.size(); }
  std::uint64_t deadlocks() const { return deadlocks_; }

 private:
  struct Claim {
    Transaction transaction;
    Mode mode;
  };
  struct Entry {
    std::vector<Claim> holders;
    std::deque<Claim> queue;
  };
  struct Owner {
    std::vector<Key> held;  ///< In the order of getting them.
    bool waiting = false;
    Key waits_for = 0;
  };

  static bool conflict(Mode a, Mode b) { return a == Mode::exclusive || b == Mode::exclusive; }
  static Claim* holder(Entry& entry, Transaction transaction);
  bool may_have(const Entry& entry, const Claim& claim) const;
  void give(Entry& entry, const Claim& claim, Key key);
  void pass_on(Key key, std::vector<Transaction>& woken);
  std::vector<Transaction> blockers(Transaction transaction) const;
  bool find_ring(Transaction from, std::vector<Transaction>& path, std::vector<Transaction>& seen,
                 const std::vector<Transaction>& victims) const;
  Transaction choose(const std::vector<Transaction>& ring) const;

  Victim victim_;                              ///< Parameter.
  tsl::robin_map<Key, Entry> keys_;            ///< Never walked. State.
  tsl::robin_map<Transaction, Owner> owners_;  ///< Never walked. State.
  std::uint64_t deadlocks_ = 0;                ///< Statistic.
};

}  // namespace faultline::models
