/// The log of one replica, as its protocol sees it: what is to survive a crash is appended, and a
/// crash leaves all up to some position. How long a record takes to be on disk is the caller's
/// affair.
#pragma once

#include <cstdint>

namespace faultline::models {

class ReplicaLog {
 public:
  virtual ~ReplicaLog() = default;
  /// One more record; its position, greater than that of the one before.
  virtual std::uint64_t append(std::int64_t bytes) = 0;
};

}  // namespace faultline::models
