/// Counters that every replica may change at once: G-counter (grows only) and PN-counter.
///
/// A G-counter is a number for each replica, which that replica alone raises; it counts their sum.
/// Two states merge to the larger number of each replica. A PN-counter is two of them, one for what
/// was added and one for what was taken away.
/// A change returns its delta: a state of the same type that says no more than the change, and is
/// merged like any other.
/// Source: Shapiro, Preguica, Baquero, Zawirski, "A comprehensive study of Convergent and
/// Commutative Replicated Data Types", INRIA RR-7506, 2011, specifications 6 and 7; deltas: Almeida
/// et al., 2018, section 4.
#pragma once

#include <cstdint>

#include "models/algorithms/crdt/dot_context.hpp"

namespace faultline::models {

class GCounter {
 public:
  /// Requires: amount > 0.
  GCounter increment(ReplicaId replica, std::uint64_t amount = 1) {
    counts_.set(replica, counts_.of(replica) + amount);
    GCounter delta;
    delta.counts_.set(replica, counts_.of(replica));
    return delta;
  }
  std::uint64_t value() const {
    std::uint64_t sum = 0;
    for (const Dot& entry : counts_.entries()) sum += entry.counter;
    return sum;
  }
  /// The least state that is above both. True if this one changed.
  bool merge(const GCounter& other) { return counts_.merge(other.counts_); }
  std::int64_t bytes() const { return 12 * static_cast<std::int64_t>(counts_.entries().size()); }
  const VersionVector& counts() const { return counts_; }
  bool operator==(const GCounter&) const = default;

 private:
  VersionVector counts_;
};

class PnCounter {
 public:
  PnCounter increment(ReplicaId replica, std::uint64_t amount = 1) {
    PnCounter delta;
    delta.added_ = added_.increment(replica, amount);
    return delta;
  }
  PnCounter decrement(ReplicaId replica, std::uint64_t amount = 1) {
    PnCounter delta;
    delta.taken_ = taken_.increment(replica, amount);
    return delta;
  }
  std::int64_t value() const { return static_cast<std::int64_t>(added_.value() - taken_.value()); }
  bool merge(const PnCounter& other) {
    const bool added = added_.merge(other.added_);
    const bool taken = taken_.merge(other.taken_);
    return added || taken;
  }
  std::int64_t bytes() const { return added_.bytes() + taken_.bytes(); }
  const GCounter& added() const { return added_; }
  const GCounter& taken() const { return taken_; }
  bool operator==(const PnCounter&) const = default;

 private:
  GCounter added_;
  GCounter taken_;
};

}  // namespace faultline::models
