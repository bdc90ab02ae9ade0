#include "models/algorithms/transactions/commit_coordinator.hpp"

#include "sim/param/assert.hpp"

namespace faultline::models {

void CommitCoordinator::begin(Transaction transaction,
                              const std::vector<Participant>& participants) {
  SIM_ASSERT(!participants.empty());
  SIM_ASSERT(!undecided_.contains(transaction));
  SIM_ASSERT(!committed_.contains(transaction));
  undecided_[transaction] = {participants.begin(), participants.end()};
  all_[transaction] = undecided_[transaction];
}

CommitCoordinator::Step CommitCoordinator::voted(Transaction transaction, Participant participant,
                                                 bool yes) {
  const auto found = undecided_.find(transaction);
  if (found == undecided_.end() || logging_.contains(transaction)) return Step::wait;
  if (!yes) return timed_out(transaction);
  found->second.erase(participant);
  if (!found->second.empty()) return Step::wait;
  logging_.insert(transaction);
  return Step::log_commit;
}

CommitCoordinator::Step CommitCoordinator::timed_out(Transaction transaction) {
  // A commit that is being logged can no longer be taken back.
  if (logging_.contains(transaction) || undecided_.erase(transaction) == 0) return Step::wait;
  all_.erase(transaction);
  return Step::send_abort;
}

void CommitCoordinator::logged(Transaction transaction) {
  SIM_ASSERT(logging_.contains(transaction));
  committed_[transaction] = all_.at(transaction);
  logging_.erase(transaction);
  undecided_.erase(transaction);
  all_.erase(transaction);
}

bool CommitCoordinator::acknowledged(Transaction transaction, Participant participant) {
  const auto found = committed_.find(transaction);
  if (found == committed_.end()) return false;
  found->second.erase(participant);
  if (!found->second.empty()) return false;
  committed_.erase(found);
  return true;
}

CommitAnswer CommitCoordinator::inquired(Transaction transaction) const {
  if (committed_.contains(transaction)) return CommitAnswer::commit;
  return undecided_.contains(transaction) ? CommitAnswer::undecided : CommitAnswer::abort;
}

void CommitCoordinator::crash() {
  undecided_.clear();
  logging_.clear();
  all_.clear();
}

std::vector<CommitCoordinator::Unfinished> CommitCoordinator::unfinished() const {
  std::vector<Unfinished> all;
  for (const auto& [transaction, untold] : committed_) {
    all.push_back({transaction, {untold.begin(), untold.end()}});
  }
  return all;
}

}  // namespace faultline::models
