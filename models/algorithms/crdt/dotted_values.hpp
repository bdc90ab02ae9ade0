/// Values with the events that put them there: what multi-value registers and observed-remove sets
/// are made of.
///
/// Rule: a value is there as long as its dot is in the store. To take it away is to know its dot
/// and not to hold it. Of two states, a value stays if both have it, or one has it and the other
/// has not heard of it. So nothing remains of what was taken away but its place in the context,
/// which is a version vector: no tombstones.
///
/// MvRegister: a write replaces the values that its replica has; what was written at the same time
/// elsewhere stays beside it, as a sibling. OrSet: a removal takes away what its replica has seen
/// of an element; an addition made at the same time elsewhere wins.
/// Source: Shapiro et al., RR-7506, 2011, specifications 10 and 15; Bieniusa et al., "An Optimized
/// Conflict-free Replicated Set", INRIA RR-8083, 2012; Almeida et al., 2018, section 7.
#pragma once

#include <cstdint>
#include <vector>

#include "models/algorithms/crdt/dot_context.hpp"

namespace faultline::models {

class DottedValues {
 public:
  struct Entry {
    Dot dot;
    std::uint64_t value = 0;
    bool operator==(const Entry&) const = default;
  };

  bool merge(const DottedValues& other);
  const std::vector<Entry>& entries() const { return entries_; }  ///< By their dots.
  const DotContext& context() const { return context_; }
  std::int64_t bytes() const {
    return 20 * static_cast<std::int64_t>(entries_.size()) +
           12 * static_cast<std::int64_t>(context_.size());
  }
  bool operator==(const DottedValues&) const = default;

 protected:
  /// Takes away the entries for which `gone(entry)` is true and tells `delta` of it.
  template <class Gone>
  void take(DottedValues& delta, const Gone& gone) {
    std::erase_if(entries_, [&](const Entry& entry) {
      if (!gone(entry)) return false;
      delta.context_.add(entry.dot);
      return true;
    });
  }
  void put(DottedValues& delta, ReplicaId replica, std::uint64_t value);

 private:
  std::vector<Entry> entries_;
  DotContext context_;  ///< Of the entries and of all that are gone.
};

class MvRegister final : public DottedValues {
 public:
  MvRegister assign(ReplicaId replica, std::uint64_t value) {
    MvRegister delta;
    take(delta, [](const Entry&) { return true; });
    put(delta, replica, value);
    return delta;
  }
  /// More than one: written at the same time.
  std::size_t siblings() const { return entries().size(); }
};

class OrSet final : public DottedValues {
 public:
  OrSet add(ReplicaId replica, std::uint64_t element) {
    OrSet delta;
    take(delta, [&](const Entry& entry) { return entry.value == element; });
    put(delta, replica, element);
    return delta;
  }
  /// Takes `element` away as far as it was seen here; one that is not there stays as it is.
  OrSet remove(std::uint64_t element) {
    OrSet delta;
    take(delta, [&](const Entry& entry) { return entry.value == element; });
    return delta;
  }
  bool contains(std::uint64_t element) const;
  std::vector<std::uint64_t> elements() const;  ///< Ascending.
};

}  // namespace faultline::models
