#include "models/algorithms/replication/versions.hpp"

#include <algorithm>

#include "sim/param/assert.hpp"

namespace faultline::models {
namespace {

bool is_later(const Version& one, const Version& other) {
  return one.stamp != other.stamp ? one.stamp > other.stamp : one.dot > other.dot;
}

auto entry_of(auto& entries, std::uint32_t actor) {
  return std::lower_bound(entries.begin(), entries.end(), actor,
                          [](const Dot& entry, std::uint32_t of) { return entry.actor < of; });
}

}  // namespace

std::uint32_t VersionVector::counter(std::uint32_t actor) const {
  const auto entry = entry_of(entries_, actor);
  return entry == entries_.end() || entry->actor != actor ? 0 : entry->counter;
}

void VersionVector::add(Dot dot) {
  const auto entry = entry_of(entries_, dot.actor);
  if (entry == entries_.end() || entry->actor != dot.actor) {
    entries_.insert(entry, dot);
  } else {
    entry->counter = std::max(entry->counter, dot.counter);
  }
}

void VersionVector::join(const VersionVector& other) {
  if (entries_.empty()) {
    entries_ = other.entries_;
    return;
  }
  for (const Dot& dot : other.entries_) add(dot);
}

Causality VersionVector::compare(const VersionVector& other) const {
  const auto all_in = [](const VersionVector& some, const VersionVector& rest) {
    return std::all_of(some.entries_.begin(), some.entries_.end(),
                       [&](const Dot& dot) { return rest.covers(dot); });
  };
  const bool here_in_there = all_in(*this, other);
  const bool there_in_here = all_in(other, *this);
  if (here_in_there && there_in_here) return Causality::equal;
  if (here_in_there) return Causality::before;
  return there_in_here ? Causality::after : Causality::concurrent;
}

void VersionedValue::write(const Version& version, const VersionVector& seen) {
  SIM_ASSERT(!context.covers(version.dot));
  std::erase_if(versions, [&](const Version& each) { return seen.covers(each.dot); });
  context.join(seen);
  context.add(version.dot);
  versions.insert(std::upper_bound(
                      versions.begin(), versions.end(), version,
                      [](const Version& one, const Version& other) { return one.dot < other.dot; }),
                  version);
}

bool VersionedValue::merge(const VersionedValue& other, VersionRule rule) {
  if (!may_learn_from(other, rule)) return false;
  if (rule == VersionRule::last_write_wins) {
    versions.assign(1, other.versions.front());
    return true;
  }
  if (empty()) {
    *this = other;
    return true;
  }
  std::vector<Version> kept;
  auto mine = versions.begin();
  auto theirs = other.versions.begin();
  while (mine != versions.end() || theirs != other.versions.end()) {
    if (theirs == other.versions.end() || (mine != versions.end() && mine->dot < theirs->dot)) {
      if (!other.context.covers(mine->dot)) kept.push_back(*mine);
      ++mine;
    } else if (mine == versions.end() || theirs->dot < mine->dot) {
      if (!context.covers(theirs->dot)) kept.push_back(*theirs);
      ++theirs;
    } else {
      kept.push_back(*mine);
      ++mine;
      ++theirs;
    }
  }
  const bool same = kept == versions;
  VersionVector joined = context;
  joined.join(other.context);
  if (same && joined == context) return false;
  versions = std::move(kept);
  context = std::move(joined);
  return true;
}

bool VersionedValue::may_learn_from(const VersionedValue& other, VersionRule rule) const {
  if (rule == VersionRule::vector_clock) return *this != other;
  if (other.versions.empty()) return false;
  return versions.empty() || is_later(other.versions.front(), versions.front());
}

const Version* VersionedValue::latest() const {
  if (versions.empty()) return nullptr;
  return &*std::min_element(versions.begin(), versions.end(), is_later);
}

std::uint64_t VersionedValue::digest() const {
  std::uint64_t hash = 0x9e3779b97f4a7c15;
  const auto take = [&](std::uint64_t word) { hash = mix_bits(hash ^ word) + 0x9e3779b97f4a7c15; };
  const auto word_of = [](Dot dot) { return std::uint64_t{dot.actor} << 32 | dot.counter; };
  take(context.size());
  for (const Dot& dot : context.entries()) take(word_of(dot));
  for (const Version& version : versions) {
    take(word_of(version.dot));
    take(static_cast<std::uint64_t>(version.stamp));
  }
  return hash;
}

}  // namespace faultline::models
