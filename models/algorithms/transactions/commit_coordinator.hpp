/// The coordinator of two-phase commit, with presumed abort.
///
///   begin --> prepare? --all yes--> log commit --> commit! --all told--> forgotten
///                 '----- a no, or time is over --> abort! (nothing logged, nothing waited for)
///
/// Rule: the one thing it must not forget is a commit, from the instant it is decided until every
/// participant knows. So the record of a commit is forced to its log before anyone hears of it, and
/// a crash loses everything else: a transaction it knows nothing of was aborted, or is about to be.
/// Between its vote and the decision a participant can do nothing but wait: if the coordinator
/// crashes then, until it is back.
/// Source: Mohan, Lindsay, Obermarck, "Transaction Management in the R* Distributed Database
/// Management System", ACM TODS 1986, section 3 (presumed abort); Gray, "Notes on Data Base
/// Operating Systems", 1978.
/// Does not model: read-only votes, trees of coordinators.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace faultline::models {

/// What a coordinator knows of a transaction, as it answers an inquiry.
enum class CommitAnswer : std::uint8_t {
  undecided,  ///< Ask again.
  commit,
  abort,
};

class CommitCoordinator {
 public:
  using Transaction = std::uint64_t;
  using Participant = std::uint64_t;

  /// Requires: unknown so far; some participant.
  void begin(Transaction transaction, const std::vector<Participant>& participants);

  enum class Step : std::uint8_t {
    wait,        ///< Nothing to do yet.
    log_commit,  ///< Everybody voted yes: force the record, then call logged().
    send_abort,  ///< Tell those who may have prepared. It is forgotten here.
  };
  /// A vote came. One that comes too late, or twice, changes nothing.
  Step voted(Transaction transaction, Participant participant, bool yes);
  /// The wait for votes is over.
  Step timed_out(Transaction transaction);
  /// The record of the commit is durable: from now on it commits. Tell all.
  void logged(Transaction transaction);
  /// A participant has the commit. True: it was the last one, the transaction is forgotten.
  bool acknowledged(Transaction transaction, Participant participant);
  /// What a participant that inquires is told.
  CommitAnswer inquired(Transaction transaction) const;

  /// Forgets what was only in memory.
  void crash();
  /// Commits of which somebody may not know: to be sent to these.
  struct Unfinished {
    Transaction transaction;
    std::vector<Participant> untold;
  };
  std::vector<Unfinished> unfinished() const;
  std::size_t undecided() const { return undecided_.size(); }

 private:
  std::map<Transaction, std::set<Participant>> undecided_;  ///< Who has not voted. In memory.
  std::set<Transaction> logging_;                           ///< Of those. In memory.
  std::map<Transaction, std::set<Participant>> all_;        ///< Of the undecided. In memory.
  std::map<Transaction, std::set<Participant>> committed_;  ///< Who does not know. In the log.
};

}  // namespace faultline::models
