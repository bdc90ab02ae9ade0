#include "models/algorithms/replication/versions.hpp"

#include <algorithm>

#include "sim/param/assert.hpp"

namespace faultline::models {
namespace {

bool is_later(const Version& one, const Version& other) {
  return one.stamp != other.stamp ? one.stamp > other.stamp : one.dot > other.dot;
}

}  // namespace

Causality compare(const VersionVector& one, const VersionVector& other) {
  const auto all_in = [](const VersionVector& some, const VersionVector& rest) {
    return std::all_of(some.entries().begin(), some.entries().end(),
                       [&](const Dot& dot) { return rest.contains(dot); });
  };
  const bool one_in_other = all_in(one, other);
  const bool other_in_one = all_in(other, one);
  if (one_in_other && other_in_one) return Causality::equal;
  if (one_in_other) return Causality::before;
  return other_in_one ? Causality::after : Causality::concurrent;
}

void VersionedValue::write(const Version& version, const VersionVector& seen) {
  SIM_ASSERT(!context.contains(version.dot));
  std::erase_if(versions, [&](const Version& each) { return seen.contains(each.dot); });
  context.merge(seen);
  context.set(version.dot.replica, std::max(version.dot.counter, context.of(version.dot.replica)));
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
      if (!other.context.contains(mine->dot)) kept.push_back(*mine);
      ++mine;
    } else if (mine == versions.end() || theirs->dot < mine->dot) {
      if (!context.contains(theirs->dot)) kept.push_back(*theirs);
      ++theirs;
    } else {
      kept.push_back(*mine);
      ++mine;
      ++theirs;
    }
  }
  const bool same = kept == versions;
  VersionVector joined = context;
  joined.merge(other.context);
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
  const auto take_dot = [&](const Dot& dot) {
    take(dot.replica);
    take(dot.counter);
  };
  take(context.entries().size());
  for (const Dot& dot : context.entries()) take_dot(dot);
  for (const Version& version : versions) {
    take_dot(version.dot);
    take(static_cast<std::uint64_t>(version.stamp));
  }
  return hash;
}

}  // namespace faultline::models
