#include "models/algorithms/isolation/isolation.hpp"

#include <algorithm>

#include "sim/param/assert.hpp"

namespace faultline::models {
namespace {

template <class Entry>
Entry* find_key(std::vector<Entry>& entries, Isolation::Key key) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [key](const Entry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace

void Isolation::begin(Transaction transaction) {
  SIM_ASSERT(active_.empty() || active_.rbegin()->first < transaction);
  State& state = active_[transaction];
  state.snapshot = clock_;
  ++counts_.begun;
  did_begin(transaction, state);
}

Isolation::Answer Isolation::read(Transaction transaction, Key key) {
  State& state = active_.at(transaction);
  if (state.doomed) return abort_for(state.why);
  if (const Write* own = find_key(state.writes, key)) return {.value = own->value};
  const Answer answer = do_read(transaction, state, key);
  if (answer.verdict == Verdict::wait) ++counts_.waits;
  return answer;
}

Isolation::Answer Isolation::write(Transaction transaction, Key key, Value value) {
  State& state = active_.at(transaction);
  SIM_ASSERT(!state.prepared);
  if (state.doomed) return abort_for(state.why);
  Write* own = find_key(state.writes, key);
  if (!own) {
    const Answer answer = do_write(transaction, state, key);
    if (answer.verdict == Verdict::wait) ++counts_.waits;
    if (answer.verdict != Verdict::go_on) return answer;
    state.writes.push_back({key, value});
  } else {
    own->value = value;
  }
  written(transaction, state, key, value);
  return {};
}

Isolation::Answer Isolation::prepare(Transaction transaction) {
  State& state = active_.at(transaction);
  SIM_ASSERT(!state.prepared);
  if (state.doomed) return abort_for(state.why);
  const Answer answer = do_prepare(transaction, state);
  SIM_ASSERT(answer.verdict != Verdict::wait);
  state.prepared = answer.verdict == Verdict::go_on;
  return answer;
}

void Isolation::commit(Transaction transaction) {
  const State& state = active_.at(transaction);
  SIM_ASSERT(state.prepared);
  for (const Write& write : state.writes) {
    // What it read last.
    const auto read = std::find_if(state.reads.rbegin(), state.reads.rend(),
                                   [&](const Read& each) { return each.key == write.key; });
    if (read != state.reads.rend() && read->stamp != versions_.latest(write.key).stamp) {
      ++counts_.lost_updates;
      break;
    }
  }
  const VersionStore::Stamp stamp = ++clock_;
  // Whoever has begun, except this one, may still ask for what was there then.
  VersionStore::Stamp oldest = stamp;
  for (const auto& [other, its] : active_) {
    if (other == transaction) continue;
    oldest = std::min(oldest, its.snapshot);
    break;  // Snapshots do not go back.
  }
  for (const Write& write : state.writes) versions_.install(write.key, write.value, stamp, oldest);
  ++counts_.committed;
  did_commit(transaction, state, stamp);
  end(transaction);
}

void Isolation::abort(Transaction transaction, Why why) {
  const State& state = active_.at(transaction);
  ++counts_.aborted[static_cast<std::size_t>(state.doomed ? state.why : why)];
  did_abort(transaction, state);
  end(transaction);
}

void Isolation::end(Transaction transaction) {
  active_.erase(transaction);
  wake(locks_.release(transaction));
}

void Isolation::crash() {
  for (const auto& [transaction, state] : active_) locks_.release(transaction);
  active_.clear();
  woken_.clear();
  versions_.forget_old_versions();
  did_crash();
}

Isolation::Answer Isolation::lock(Transaction transaction, Key key, LockTable::Mode mode) {
  const LockTable::Result result = locks_.lock(transaction, key, mode);
  for (const Transaction victim : result.victims) {
    if (victim != transaction) doom(victim, Why::deadlock);
  }
  switch (result.outcome) {
    case LockTable::Outcome::held:
      return {};
    case LockTable::Outcome::waits:
      return {.verdict = Verdict::wait};
    case LockTable::Outcome::deadlock:
      return abort_for(Why::deadlock);
  }
  return {};
}

void Isolation::doom(Transaction transaction, Why why) {
  State& state = active_.at(transaction);
  SIM_ASSERT(!state.prepared);
  if (state.doomed) return;
  state.doomed = true;
  state.why = why;
  if (locks_.is_waiting(transaction)) {
    wake(locks_.stop_waiting(transaction));
    woken_.push_back(transaction);
  }
}

Isolation::Answer Isolation::latest(State& state, Key key) {
  const VersionStore::Version& version = versions_.latest(key);
  state.reads.push_back({key, version.stamp});
  return {.value = version.value};
}

Isolation::Answer Isolation::at_snapshot(State& state, Key key) {
  const VersionStore::Version& version = versions_.at(key, state.snapshot);
  state.reads.push_back({key, version.stamp});
  return {.value = version.value};
}

}  // namespace faultline::models
