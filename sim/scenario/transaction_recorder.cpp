#include "sim/scenario/transaction_recorder.hpp"

#include <algorithm>
#include <utility>

#include "sim/param/assert.hpp"

namespace faultline::sim {

std::uint32_t TransactionRecorder::begun(const Node& from, const Request& request) {
  if (operations_.is_stopped()) return 0;
  if (free_.empty()) {
    open_.emplace_back();
    free_.push_back(static_cast<std::uint32_t>(open_.size()));
  }
  const std::uint32_t number = free_.back();
  free_.pop_back();
  Open& open = open_[number - 1];
  open.under_way = true;
  RecordedTransaction& transaction = open.transaction;
  transaction.invoked = operations_.stamp();
  transaction.session = request.session;
  transaction.era = ConsistencyRecorder::era_of(request);
  transaction.node = from.id();
  transaction.accesses.clear();  // Its memory is used again.
  return number;
}

void TransactionRecorder::add(std::uint32_t transaction, const Node& store, RecordedAccess access) {
  if (transaction == 0 || operations_.is_stopped() || !operations_.is_watched(access.key)) return;
  access.store = operations_.store_of(store);
  if (access.store == ConsistencyRecorder::no_store) return;
  // A write of nothing could not be told from what was there before.
  if (access.writes && access.value == 0) return operations_.leave_out(access.key);
  open_[transaction - 1].transaction.accesses.push_back(access);
}

void TransactionRecorder::ended(std::uint32_t transaction, Outcome outcome) {
  // After a stop, what was open is remembered as it was then.
  if (transaction == 0 || operations_.is_stopped()) return;
  Open& open = open_[transaction - 1];
  SIM_ASSERT(open.under_way);
  open.under_way = false;
  free_.push_back(transaction);
  const RecordedTransaction& all = open.transaction;
  const bool matters = outcome == Outcome::ok
                           ? !all.accesses.empty()
                           : std::any_of(all.accesses.begin(), all.accesses.end(),
                                         [](const RecordedAccess& each) { return each.writes; });
  if (!matters) return;
  const auto begin = static_cast<std::uint32_t>(accesses_.size());
  accesses_.insert(accesses_.end(), all.accesses.begin(), all.accesses.end());
  ended_.push_back({.invoked = all.invoked,
                    .completed = operations_.stamp(),
                    .session = all.session,
                    .era = all.era,
                    .node = all.node,
                    .begin = begin,
                    .end = static_cast<std::uint32_t>(accesses_.size()),
                    .outcome = outcome});
  if (accesses_.size() > operations_max_) make_room();
}

void TransactionRecorder::make_room() {
  drop_unwatched();  // The other recorder may have given up keys since.
  if (accesses_.size() <= operations_max_) return;
  std::vector<std::uint64_t> keys;
  keys.reserve(accesses_.size());
  for (const RecordedAccess& access : accesses_) keys.push_back(access.key);
  operations_.give_up_keys(keys);
  drop_unwatched();
}

void TransactionRecorder::drop_unwatched() {
  std::size_t kept = 0;
  std::size_t kept_transactions = 0;
  for (Ended& each : ended_) {
    const auto begin = static_cast<std::uint32_t>(kept);
    for (std::uint32_t i = each.begin; i < each.end; ++i) {
      if (operations_.is_watched(accesses_[i].key)) accesses_[kept++] = accesses_[i];
    }
    each.begin = begin;
    each.end = static_cast<std::uint32_t>(kept);
    if (each.end > each.begin) ended_[kept_transactions++] = each;
  }
  accesses_.resize(kept);
  ended_.resize(kept_transactions);
}

std::vector<RecordedTransaction> TransactionRecorder::transactions() const {
  std::vector<RecordedTransaction> all;
  const auto add = [&](RecordedTransaction transaction, const RecordedAccess* begin,
                       const RecordedAccess* end) {
    bool writes = false;
    for (const RecordedAccess* access = begin; access != end; ++access) {
      if (!operations_.is_watched(access->key) || operations_.is_left_out(access->key)) continue;
      transaction.accesses.push_back(*access);
      writes = writes || access->writes;
    }
    if (writes || (transaction.is_ok() && !transaction.accesses.empty())) {
      all.push_back(std::move(transaction));
    }
  };
  for (const Ended& each : ended_) {
    RecordedTransaction transaction;
    transaction.invoked = each.invoked;
    transaction.completed = each.completed;
    transaction.session = each.session;
    transaction.era = each.era;
    transaction.node = each.node;
    transaction.outcome = each.outcome;
    add(std::move(transaction), accesses_.data() + each.begin, accesses_.data() + each.end);
  }
  for (const Open& open : open_) {
    if (!open.under_way) continue;
    RecordedTransaction transaction = open.transaction;
    const std::vector<RecordedAccess> accesses = std::exchange(transaction.accesses, {});
    add(std::move(transaction), accesses.data(), accesses.data() + accesses.size());
  }
  // No two stamps are the same.
  std::sort(all.begin(), all.end(), [](const RecordedTransaction& a, const RecordedTransaction& b) {
    return a.invoked < b.invoked;
  });
  return all;
}

}  // namespace faultline::sim
