/// Which keys requests ask for: what decides the hit ratio of a cache and the load of a shard.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/random/stream.hpp"
#include "sim/registry/registry.hpp"

namespace faultline::sim {

/// A law over keys, which are whole numbers from 0. For all laws but `latest` and `sequential` the
/// key is its rank: key 0 is the most popular.
class KeyPopularity {
 public:
  static constexpr std::string_view kind = "key popularity";
  struct MakeArgs {};
  /// Memory and time do not depend on the number of keys; doubles still tell them apart here.
  static constexpr std::int64_t keys_max = 1'000'000'000'000;

  virtual ~KeyPopularity() = default;

  /// The key of the next request.
  virtual std::uint64_t sample(Stream& stream) = 0;

  /// The key that a request writes. Like sample(), but `latest` makes a new key, which is then the
  /// most popular one.
  virtual std::uint64_t sample_write(Stream& stream) { return sample(stream); }

  /// The probability that sample() gives the key of rank `rank` (0: the most popular): its share of
  /// the requests in the long run. Requires: rank < key_count().
  virtual double probability(std::uint64_t rank) const = 0;

  /// Number of keys that sample() chooses among.
  virtual std::uint64_t key_count() const = 0;
};

}  // namespace faultline::sim
