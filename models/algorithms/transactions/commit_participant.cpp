#include "models/algorithms/transactions/commit_participant.hpp"

#include "sim/param/assert.hpp"

namespace faultline::models {

CommitParticipant::Prepare CommitParticipant::prepare(const Part& part) {
  const Id id{part.transaction.id, part.key};
  if (aborted_.erase(id) > 0) return Prepare::refused;
  if (const auto found = parts_.find(id); found != parts_.end()) {
    return found->second.logged ? Prepare::voted_yes : Prepare::refused;
  }
  const PrepareLocks::Answer answer = locks_.acquire(part.transaction, part.key);
  if (answer == PrepareLocks::Answer::refused) return Prepare::refused;
  parts_[id] = {part, false};
  return answer == PrepareLocks::Answer::granted ? Prepare::locked : Prepare::waits;
}

bool CommitParticipant::logged(std::uint64_t transaction, Key key) {
  const auto found = parts_.find({transaction, key});
  if (found == parts_.end()) return false;
  found->second.logged = true;
  return true;
}

std::optional<TransactionTag> CommitParticipant::give_up(std::uint64_t transaction, Key key) {
  const auto found = parts_.find({transaction, key});
  if (found == parts_.end() || found->second.logged) return std::nullopt;
  return end({transaction, key});
}

std::optional<CommitParticipant::Part> CommitParticipant::commit(std::uint64_t transaction,
                                                                 Key key) const {
  const auto found = parts_.find({transaction, key});
  if (found == parts_.end() || !found->second.logged) return std::nullopt;
  return found->second.part;
}

std::optional<TransactionTag> CommitParticipant::applied(std::uint64_t transaction, Key key) {
  return end({transaction, key});
}

std::optional<TransactionTag> CommitParticipant::abort(std::uint64_t transaction, Key key) {
  const Id id{transaction, key};
  if (!parts_.contains(id)) aborted_.insert(id);
  return end(id);
}

bool CommitParticipant::is_in_doubt(std::uint64_t transaction, Key key) const {
  const auto found = parts_.find({transaction, key});
  return found != parts_.end() && found->second.logged;
}

std::vector<CommitParticipant::Part> CommitParticipant::in_doubt() const {
  std::vector<Part> all;
  for (const auto& [id, entry] : parts_) {
    if (entry.logged) all.push_back(entry.part);
  }
  return all;
}

void CommitParticipant::crash() {
  std::vector<Id> lost;
  for (const auto& [id, entry] : parts_) {
    if (!entry.logged) lost.push_back(id);
  }
  // Those who wait first, so that nobody is granted what nobody waits for any more.
  for (const Id& id : lost) {
    const auto holder = locks_.holder(id.second);
    if (!holder || holder->id != id.first) end(id);
  }
  for (const Id& id : lost) {
    if (parts_.contains(id)) end(id);
  }
}

std::optional<TransactionTag> CommitParticipant::end(const Id& id) {
  if (parts_.erase(id) == 0) return std::nullopt;
  return locks_.release(id.first, id.second);
}

}  // namespace faultline::models
