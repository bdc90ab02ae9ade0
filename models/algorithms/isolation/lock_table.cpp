#include "models/algorithms/isolation/lock_table.hpp"

#include <algorithm>

#include "sim/param/assert.hpp"

namespace faultline::models {

LockTable::Claim* LockTable::holder(Entry& entry, Transaction transaction) {
  for (Claim& claim : entry.holders) {
    if (claim.transaction == transaction) return &claim;
  }
  return nullptr;
}

bool LockTable::holds(Transaction transaction, Key key, Mode mode) const {
  const auto found = keys_.find(key);
  if (found == keys_.end()) return false;
  return std::any_of(found->second.holders.begin(), found->second.holders.end(),
                     [&](const Claim& claim) {
                       return claim.transaction == transaction &&
                              (claim.mode == Mode::exclusive || mode == Mode::shared);
                     });
}

bool LockTable::is_waiting(Transaction transaction) const {
  const auto found = owners_.find(transaction);
  return found != owners_.end() && found->second.waiting;
}

/// Whether nobody who holds the key, but itself, is in the way.
bool LockTable::may_have(const Entry& entry, const Claim& claim) const {
  return std::none_of(entry.holders.begin(), entry.holders.end(), [&](const Claim& held) {
    return held.transaction != claim.transaction && conflict(held.mode, claim.mode);
  });
}

void LockTable::give(Entry& entry, const Claim& claim, Key key) {
  if (Claim* held = holder(entry, claim.transaction)) {
    held->mode = Mode::exclusive;  // Only an upgrade comes here.
    return;
  }
  entry.holders.push_back(claim);
  owners_[claim.transaction].held.push_back(key);
}

bool LockTable::try_lock(Transaction transaction, Key key, Mode mode) {
  if (holds(transaction, key, mode)) return true;
  Entry& entry = keys_[key];
  const Claim claim{transaction, mode};
  const bool upgrades = holder(entry, transaction) != nullptr;
  if (may_have(entry, claim) && (upgrades || entry.queue.empty())) {
    give(entry, claim, key);
    return true;
  }
  return false;
}

LockTable::Result LockTable::lock(Transaction transaction, Key key, Mode mode) {
  if (is_waiting(transaction)) {
    SIM_ASSERT(owners_[transaction].waits_for == key);
    return {.outcome = Outcome::waits, .victims = {}};
  }
  if (try_lock(transaction, key, mode)) return {};
  Entry& entry = keys_[key];
  if (holder(entry, transaction)) {
    entry.queue.push_front({transaction, mode});
  } else {
    entry.queue.push_back({transaction, mode});
  }
  Owner& owner = owners_[transaction];
  owner.waiting = true;
  owner.waits_for = key;

  Result result{.outcome = Outcome::waits, .victims = {}};
  for (;;) {
    std::vector<Transaction> ring;
    std::vector<Transaction> seen;
    if (!find_ring(transaction, ring, seen, result.victims)) return result;
    ++deadlocks_;
    const Transaction victim = choose(ring);
    result.victims.push_back(victim);
    if (victim == transaction) {
      result.outcome = Outcome::deadlock;
      return result;
    }
  }
}

/// Whom it waits for: those who hold the key in its way, and those in its way who asked before.
std::vector<LockTable::Transaction> LockTable::blockers(Transaction transaction) const {
  std::vector<Transaction> result;
  const auto owner = owners_.find(transaction);
  if (owner == owners_.end() || !owner->second.waiting) return result;
  const Entry& entry = keys_.at(owner->second.waits_for);
  const auto own = std::find_if(entry.queue.begin(), entry.queue.end(), [&](const Claim& claim) {
    return claim.transaction == transaction;
  });
  SIM_ASSERT(own != entry.queue.end());
  for (const Claim& claim : entry.holders) {
    if (claim.transaction != transaction && conflict(claim.mode, own->mode))
      result.push_back(claim.transaction);
  }
  for (auto claim = entry.queue.begin(); claim != own; ++claim) {
    if (conflict(claim->mode, own->mode)) result.push_back(claim->transaction);
  }
  return result;
}

/// Depth first from the end of `path`, which is empty at first, back to its beginning.
bool LockTable::find_ring(Transaction from, std::vector<Transaction>& path,
                          std::vector<Transaction>& seen,
                          const std::vector<Transaction>& victims) const {
  path.push_back(from);
  seen.push_back(from);
  for (const Transaction next : blockers(from)) {
    if (next == path.front()) return true;
    if (std::find(victims.begin(), victims.end(), next) != victims.end()) continue;
    if (std::find(seen.begin(), seen.end(), next) != seen.end()) continue;
    if (find_ring(next, path, seen, victims)) return true;
  }
  path.pop_back();
  return false;
}

LockTable::Transaction LockTable::choose(const std::vector<Transaction>& ring) const {
  switch (victim_) {
    case Victim::youngest:
      return *std::max_element(ring.begin(), ring.end());
    case Victim::oldest:
      return *std::min_element(ring.begin(), ring.end());
    case Victim::requester:
      return ring.front();
    case Victim::fewest_locks:
      return *std::min_element(ring.begin(), ring.end(), [this](Transaction a, Transaction b) {
        const std::size_t of_a = owners_.at(a).held.size();
        const std::size_t of_b = owners_.at(b).held.size();
        return of_a != of_b ? of_a < of_b : a > b;
      });
  }
  return ring.front();
}

void LockTable::pass_on(Key key, std::vector<Transaction>& woken) {
  const auto found = keys_.find(key);
  if (found == keys_.end()) return;
  Entry& entry = found.value();
  while (!entry.queue.empty() && may_have(entry, entry.queue.front())) {
    const Claim claim = entry.queue.front();
    entry.queue.pop_front();
    give(entry, claim, key);
    owners_[claim.transaction].waiting = false;
    woken.push_back(claim.transaction);
  }
  if (entry.holders.empty() && entry.queue.empty()) keys_.erase(key);
}

std::vector<LockTable::Transaction> LockTable::stop_waiting(Transaction transaction) {
  std::vector<Transaction> woken;
  if (!is_waiting(transaction)) return woken;
  Owner& owner = owners_[transaction];
  owner.waiting = false;
  const Key key = owner.waits_for;
  std::deque<Claim>& queue = keys_[key].queue;
  queue.erase(std::find_if(queue.begin(), queue.end(),
                           [&](const Claim& claim) { return claim.transaction == transaction; }));
  pass_on(key, woken);
  return woken;
}

std::vector<LockTable::Transaction> LockTable::release(Transaction transaction) {
  std::vector<Transaction> woken = stop_waiting(transaction);
  const auto found = owners_.find(transaction);
  if (found == owners_.end()) return woken;
  const std::vector<Key> held = found->second.held;
  owners_.erase(transaction);
  for (const Key key : held) {
    std::vector<Claim>& holders = keys_[key].holders;
    holders.erase(std::find_if(holders.begin(), holders.end(), [&](const Claim& claim) {
      return claim.transaction == transaction;
    }));
    pass_on(key, woken);
  }
  return woken;
}

}  // namespace faultline::models
