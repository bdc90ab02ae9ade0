/// A register in which the last write wins, by the clock of whoever wrote.
///
/// Rule: a write carries a time stamp; of two states the one with the larger stamp stays, and of
/// equal stamps that of the larger dot. A write whose stamp is not larger than that of the value it
/// would replace has no effect: with clocks that are wrong a later write can lose to an earlier
/// one, and nobody is told.
/// Source: Shapiro et al., RR-7506, 2011, specification 8; Johnson, Thomas, "The maintenance of
/// duplicate databases", RFC 677, 1975.
#pragma once

#include <cstdint>
#include <limits>
#include <tuple>

#include "models/algorithms/crdt/dot_context.hpp"

namespace faultline::models {

class LwwRegister {
 public:
  /// Writes `value` with the stamp, as the event `dot` of its replica, and returns the delta: the
  /// new state, or nothing if the write lost.
  LwwRegister assign(std::int64_t stamp, const Dot& dot, std::uint64_t value) {
    LwwRegister written;
    written.stamp_ = stamp;
    written.dot_ = dot;
    written.value_ = value;
    return merge(written) ? written : LwwRegister();
  }
  bool merge(const LwwRegister& other) {
    if (!(*this < other)) return false;
    *this = other;
    return true;
  }
  bool empty() const { return dot_.counter == 0; }
  std::uint64_t value() const { return value_; }  ///< 0 while it is empty.
  std::int64_t stamp() const { return stamp_; }
  const Dot& dot() const { return dot_; }
  std::int64_t bytes() const { return 28; }
  bool operator==(const LwwRegister&) const = default;
  bool operator<(const LwwRegister& other) const {
    return std::tie(stamp_, dot_) < std::tie(other.stamp_, other.dot_);
  }

 private:
  std::int64_t stamp_ = std::numeric_limits<std::int64_t>::min();
  Dot dot_;
  std::uint64_t value_ = 0;
};

}  // namespace faultline::models
