/// The log of a member of a Raft group: entries from `first` to `last`; what came before is in a
/// snapshot. Knows the memberships that its entries set.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "models/algorithms/consensus/raft_message.hpp"

namespace faultline::models {

class RaftLog {
 public:
  explicit RaftLog(const RaftDiskState& state);

  LogIndex first() const { return first_; }
  LogIndex last() const { return first_ + entries_.size() - 1; }
  Term last_term() const { return term_at(last()); }
  bool has(LogIndex index) const { return index >= first_ && index <= last(); }
  /// Whether the term of the entry at `index` is known: of those in the log and the one before.
  bool knows_term(LogIndex index) const { return index + 1 >= first_ && index <= last(); }
  /// Requires: knows_term(index).
  Term term_at(LogIndex index) const {
    return index + 1 == first_ ? term_before_first_ : entries_[index - first_].term;
  }
  bool matches(LogIndex index, Term term) const {
    return knows_term(index) && term_at(index) == term;
  }
  /// Requires: has(index).
  const Entry& at(LogIndex index) const { return entries_[index - first_]; }

  /// Puts an entry behind the last.
  void append(Entry entry);
  /// Takes away the entries from `index` on. Requires: index >= first().
  void truncate_from(LogIndex index);
  /// Entries up to `index` are not needed any more. Requires: knows_term(index).
  void drop_until(LogIndex index);
  /// Begins anew behind a snapshot.
  void restart_at(std::shared_ptr<const Snapshot> snapshot);
  void set_snapshot(std::shared_ptr<const Snapshot> snapshot) { snapshot_ = std::move(snapshot); }
  const std::shared_ptr<const Snapshot>& snapshot() const { return snapshot_; }

  /// The entries from `from` on, as many as fit into `bytes`, one at least and `count` at most.
  std::vector<Entry> slice(LogIndex from, std::size_t count, std::int64_t bytes) const;
  /// The last entry at or before `index` whose term is at most `term`; first() - 1 if there is
  /// none.
  LogIndex last_of_term(LogIndex index, Term term) const;

  /// The membership in force: that of the last entry that sets one, committed or not.
  const Membership& membership() const { return memberships_.back().membership; }
  /// Index of the entry that set it; 0 if it stood at the beginning.
  LogIndex membership_index() const { return memberships_.back().index; }
  /// The membership that was in force at `index`.
  const Membership& membership_at(LogIndex index) const;

  const std::deque<Entry>& entries() const { return entries_; }
  Term term_before_first() const { return term_before_first_; }

 private:
  struct Set {
    LogIndex index;
    Membership membership;
  };
  LogIndex first_;
  Term term_before_first_;
  std::deque<Entry> entries_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::vector<Set> memberships_;  ///< By index; the first is that of the snapshot or older.
};

}  // namespace faultline::models
