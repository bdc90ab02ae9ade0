/// How the transactions of one database are kept apart: which value a read sees, who has to wait
/// for whom, and who has to give up. A level of isolation is one policy of the kind "isolation".
///
///   begin -> read, write, ... -> prepare -> commit       each answers: go on, wait, or abort
///                                  '------> abort
///
/// One that is told to wait does nothing until it is among those that take_woken() names, and then
/// repeats what it asked for. One that is told to abort calls abort() and may begin anew. Between
/// prepare(), after which it cannot be made to abort any more, and commit(), after which others see
/// what it wrote, its log is made durable.
///
/// What a level promises is said in the terms of Adya, "Weak Consistency", 1999: which cycles of
/// dependencies (G0, G1a-c, G-single, G2) cannot happen among the transactions that committed.
/// Does not model: ranges and predicates, so no phantoms; savepoints.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "models/algorithms/isolation/lock_table.hpp"
#include "models/algorithms/isolation/version_store.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::models {

class Isolation {
 public:
  static constexpr std::string_view kind = "isolation";
  struct MakeArgs {};

  using Transaction = LockTable::Transaction;
  using Key = VersionStore::Key;
  using Value = VersionStore::Value;

  enum class Verdict : std::uint8_t { go_on, wait, abort };
  enum class Why : std::uint8_t {
    asked,          ///< It gave up by itself.
    deadlock,       ///< It waited in a ring, and was chosen.
    conflict,       ///< Another wrote what it writes, after it had begun.
    serialization,  ///< It might be part of an order that no serial execution has.
  };
  static constexpr std::size_t why_count = 4;
  struct Answer {
    Verdict verdict = Verdict::go_on;
    Value value = 0;  ///< What a read found; 0: nothing was ever written.
    Why why = Why::asked;
  };

  virtual ~Isolation() = default;
  Isolation(const Isolation&) = delete;
  Isolation& operator=(const Isolation&) = delete;

  /// Requires: a number larger than that of any transaction before.
  void begin(Transaction transaction);
  Answer read(Transaction transaction, Key key);
  Answer write(Transaction transaction, Key key, Value value);
  /// Whether it may commit. From a yes on nothing can make it abort but a crash.
  Answer prepare(Transaction transaction);
  /// Requires: prepare() said yes.
  void commit(Transaction transaction);
  void abort(Transaction transaction, Why why);
  bool is_active(Transaction transaction) const { return active_.count(transaction) > 0; }

  /// Those whose wait is over since this was called last, in order.
  std::vector<Transaction> take_woken() { return std::exchange(woken_, {}); }

  struct Write {
    Key key;
    Value value;
  };
  /// What it has written so far, each key once, in the order of first writing.
  const std::vector<Write>& writes(Transaction transaction) const {
    return active_.at(transaction).writes;
  }
  /// What a transaction that begins now would find.
  Value committed(Key key) const { return versions_.latest(key).value; }

  /// The power goes: no transaction is active any more, old versions are gone.
  void crash();
  /// What was committed and not durable is undone: the key has this value again.
  void restore(Key key, Value value) { versions_.overwrite(key, value); }

  struct Counts {
    std::uint64_t begun = 0;
    std::uint64_t committed = 0;
    std::array<std::uint64_t, why_count> aborted{};  ///< By Why.
    std::uint64_t waits = 0;                         ///< Answers that were to wait.
    /// Transactions that committed although what they read had been written by another since, and
    /// wrote it themselves: the other's update is lost.
    std::uint64_t lost_updates = 0;
    std::uint64_t dirty_reads = 0;  ///< Reads that found what another had not committed.
  };
  const Counts& counts() const { return counts_; }
  std::size_t active() const { return active_.size(); }
  std::size_t versions() const { return versions_.size(); }

 protected:
  explicit Isolation(LockTable::Victim victim) : locks_(victim) {}

  struct Read {
    Key key;
    VersionStore::Stamp stamp;  ///< Of the version that was read.
  };
  struct State {
    VersionStore::Stamp snapshot = 0;  ///< What was committed when it began.
    std::vector<Write> writes;
    std::vector<Read> reads;  ///< Of what others wrote.
    bool prepared = false;
    bool doomed = false;  ///< It will be told so when it asks next.
    Why why = Why::asked;
  };

  // What a level decides. The transaction is active and not doomed; a key it has written itself is
  // not asked for.
  virtual Answer do_read(Transaction transaction, State& state, Key key) = 0;
  virtual Answer do_write(Transaction transaction, State& state, Key key) = 0;
  virtual Answer do_prepare(Transaction, State&) { return {}; }
  /// It has written `key`, or written it again.
  virtual void written(Transaction, State&, Key, Value) {}
  virtual void did_begin(Transaction, const State&) {}
  /// It commits with `stamp`: its writes are there.
  virtual void did_commit(Transaction, const State&, VersionStore::Stamp) {}
  virtual void did_abort(Transaction, const State&) {}
  virtual void did_crash() {}

  /// Takes a lock, or answers that it has to wait or to abort.
  Answer lock(Transaction transaction, Key key, LockTable::Mode mode);
  /// It cannot commit any more: it is told when it asks next, and woken if it waits.
  void doom(Transaction transaction, Why why);
  static Answer abort_for(Why why) { return {.verdict = Verdict::abort, .why = why}; }
  void count_dirty_read() { ++counts_.dirty_reads; }
  Answer latest(State& state, Key key);
  Answer at_snapshot(State& state, Key key);

  std::map<Transaction, State> active_;
  VersionStore versions_;
  LockTable locks_;

 private:
  void end(Transaction transaction);
  void wake(const std::vector<Transaction>& transactions) {
    woken_.insert(woken_.end(), transactions.begin(), transactions.end());
  }

  VersionStore::Stamp clock_ = 0;  ///< Commits so far.
  std::vector<Transaction> woken_;
  Counts counts_;
};

}  // namespace faultline::models
