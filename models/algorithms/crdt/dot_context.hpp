/// Which events a replica has seen: dots, and sets of them that stay small.
///
/// A dot names one event for ever: the n-th of one replica. A causal context is a set of dots,
/// kept as a version vector (all events of a replica up to a number) and a cloud of dots that do
/// not join on to it yet. When the gaps are filled the cloud dissolves into the vector, so the
/// context of a replica is as long as there are replicas, however many events there were.
/// Source: Almeida, Shoker, Baquero, "Delta State Replicated Data Types", JPDC 111, 2018, section
/// 7.2 (causal context compression); Almeida et al., "Scalable and Accurate Causality Tracking for
/// Eventually Consistent Stores", 2014 (dotted version vectors).
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

namespace faultline::models {

/// Names a replica, for all time: one that forgot what it did takes another number.
using ReplicaId = std::uint32_t;

struct Dot {
  ReplicaId replica = 0;
  std::uint64_t counter = 0;  ///< From 1; 0: no event.
  auto operator<=>(const Dot&) const = default;
};

/// Numbers by replica, in the order of the replicas; who is not in it has 0.
class VersionVector {
 public:
  std::uint64_t of(ReplicaId replica) const;
  /// Requires: value is not below of(replica).
  void set(ReplicaId replica, std::uint64_t value);
  /// The larger number of each replica. True if that changed anything.
  bool merge(const VersionVector& other);
  bool contains(const Dot& dot) const { return of(dot.replica) >= dot.counter; }
  const std::vector<Dot>& entries() const { return entries_; }
  bool operator==(const VersionVector&) const = default;

 private:
  std::vector<Dot> entries_;  ///< Ordered; no counter is 0.
};

class DotContext {
 public:
  bool contains(const Dot& dot) const;
  void add(const Dot& dot);
  /// All dots of both. True if that changed anything.
  bool merge(const DotContext& other);
  /// The dot of the next event of `replica`.
  Dot next(ReplicaId replica) const;
  /// The number of the last event of `replica` up to which all are here.
  std::uint64_t contiguous(ReplicaId replica) const { return vector_.of(replica); }
  const VersionVector& vector() const { return vector_; }
  const std::vector<Dot>& cloud() const { return cloud_; }
  std::size_t size() const { return vector_.entries().size() + cloud_.size(); }
  bool operator==(const DotContext&) const = default;

 private:
  void compact();

  VersionVector vector_;
  std::vector<Dot> cloud_;  ///< Ordered; none is in the vector or next to it.
};

}  // namespace faultline::models
