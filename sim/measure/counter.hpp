/// A count of events since the start or since the end of the warm-up.
#pragma once

#include <cstdint>

namespace faultline::sim {

/// See above. Statistic: it never influences a run.
class Counter {
 public:
  void add(std::uint64_t events = 1) { value_ += events; }
  void reset() { value_ = 0; }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0;
};

}  // namespace faultline::sim
