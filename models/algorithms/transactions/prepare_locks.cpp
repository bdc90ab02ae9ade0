#include "models/algorithms/transactions/prepare_locks.hpp"

#include <algorithm>

#include "sim/param/assert.hpp"

namespace faultline::models {

PrepareLocks::Answer PrepareLocks::acquire(const TransactionTag& who, std::uint64_t key) {
  const auto found = locks_.find(key);
  if (found == locks_.end()) {
    locks_[key].holder = who;
    return Answer::granted;
  }
  Lock& lock = found->second;
  if (lock.holder.id == who.id) return Answer::granted;
  if (conflict_ == LockConflict::no_wait) return Answer::refused;
  if (conflict_ == LockConflict::wait_die) {
    const auto blocks = [&who](const TransactionTag& other) { return other.older_than(who); };
    if (blocks(lock.holder) || std::any_of(lock.queue.begin(), lock.queue.end(), blocks)) {
      return Answer::refused;
    }
  }
  SIM_ASSERT(std::none_of(lock.queue.begin(), lock.queue.end(),
                          [&who](const TransactionTag& each) { return each.id == who.id; }));
  lock.queue.push_back(who);
  return Answer::waits;
}

std::optional<TransactionTag> PrepareLocks::release(std::uint64_t transaction, std::uint64_t key) {
  const auto found = locks_.find(key);
  if (found == locks_.end()) return std::nullopt;
  Lock& lock = found->second;
  if (lock.holder.id != transaction) {
    std::erase_if(lock.queue,
                  [transaction](const TransactionTag& each) { return each.id == transaction; });
    return std::nullopt;
  }
  if (lock.queue.empty()) {
    locks_.erase(found);
    return std::nullopt;
  }
  lock.holder = lock.queue.front();
  lock.queue.erase(lock.queue.begin());
  return lock.holder;
}

std::optional<TransactionTag> PrepareLocks::holder(std::uint64_t key) const {
  const auto found = locks_.find(key);
  if (found == locks_.end()) return std::nullopt;
  return found->second.holder;
}

std::size_t PrepareLocks::waiting(std::uint64_t key) const {
  const auto found = locks_.find(key);
  return found == locks_.end() ? 0 : found->second.queue.size();
}

}  // namespace faultline::models
