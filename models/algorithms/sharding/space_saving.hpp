/// Heavy hitters in a stream of keys, with a fixed number of counters.
///
/// Rule: a key that has a counter is counted there; a new one takes over the lowest counter, value
/// and all, and remembers that value as its possible error. So a count is never too low, it is too
/// high by `error` at most, and every key that came more than total / counters times has one.
/// Source: Metwally, Agrawal, El Abbadi, "Efficient Computation of Frequent and Top-k Elements in
/// Data Streams", ICDT 2005.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <vector>

namespace faultline::models {

class SpaceSaving {
 public:
  /// Requires: counters > 0.
  explicit SpaceSaving(std::size_t counters);

  void count(std::uint64_t key);
  struct Estimate {
    std::uint64_t key = 0;
    std::uint64_t count = 0;  ///< At least as often as it came.
    std::uint64_t error = 0;  ///< Too high by this at most.
    std::uint64_t certain() const { return count - error; }
  };
  /// Of a key without a counter: count and error are both the lowest count.
  Estimate estimate(std::uint64_t key) const;
  /// The keys that certainly came at least `least` times, the most frequent first.
  std::vector<Estimate> certain_at_least(std::uint64_t least) const;
  std::uint64_t total() const { return total_; }
  void clear();

 private:
  struct Counter {
    std::uint64_t count;
    std::uint64_t error;
    std::uint64_t since;  ///< When it got this count, in events: of equal counts the older goes.
  };
  using Rank = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>;  ///< count, since, key
  std::size_t counters_;
  std::map<std::uint64_t, Counter> by_key_;
  std::set<Rank> ranks_;
  std::uint64_t total_ = 0;
};

}  // namespace faultline::models
