/// Named random streams. Every use of chance has a stream of its own, keyed by (seed, replication,
/// component path, purpose): adding a component leaves the others' draws as they were, so two
/// designs can be compared on the same luck.
///
/// Generator: Philox4x64-10, counter-based: block b of a stream is philox4x64_10({b, 0, 0, 0},
/// key), and the words of a stream are its blocks in order. Source: Salmon et al., "Parallel Random
/// Numbers: As Easy as 1, 2, 3", SC 2011.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sim/param/assert.hpp"

namespace faultline::sim {

/// A block of Philox4x64 and its key.
using PhiloxBlock = std::array<std::uint64_t, 4>;
using PhiloxKey = std::array<std::uint64_t, 2>;

/// The ten-round Philox bijection of a counter under a key.
PhiloxBlock philox4x64_10(PhiloxBlock counter, PhiloxKey key);

/// The full 128-bit product of two words.
inline void multiply_wide(std::uint64_t a, std::uint64_t b, std::uint64_t& high,
                          std::uint64_t& low) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  high = static_cast<std::uint64_t>(product >> 64);
  low = static_cast<std::uint64_t>(product);
}

/// A sequence of independent uniform 64-bit words. Copyable: a copy repeats the rest of the
/// sequence.
class Stream {
 public:
  /// The stream of `purpose` in the component at `path` ("app[3]"), in replication `replication` of
  /// the run with `seed`.
  ///
  /// The key is a 128-bit hash of the four, made of Philox itself and fixed for good: the message
  /// {seed, replication, length of path, length of purpose}, then the bytes of the path, padded
  /// with zeros to whole blocks of 32 bytes (words are little-endian), then those of the purpose,
  /// likewise; beginning with a constant state, each block m turns the state h into the first two
  /// words of philox4x64_10(m, h), each xor-ed with its word of h.
  Stream(std::uint64_t seed, std::uint64_t replication, std::string_view path,
         std::string_view purpose);

  /// The next 64 random bits.
  std::uint64_t next() {
    if (position_ == words_.size()) [[unlikely]]
      refill();
    return words_[position_++];
  }

  /// Uniform in the open interval (0, 1): an odd multiple of 2^-53, held exactly, so that neither
  /// end is ever reached by rounding. 52 bits.
  double uniform() { return (static_cast<double>(next() >> 12) + 0.5) * 0x1.0p-52; }

  /// True with the given probability, which may be 0 (never) or 1 (always); one word either way.
  bool chance(double probability) { return uniform() < probability; }

  /// Uniform in 0 .. bound-1, without bias. Requires: bound > 0.
  /// Source: Lemire 2019, "Fast Random Integer Generation in an Interval".
  std::uint64_t below(std::uint64_t bound) {
    SIM_ASSERT(bound > 0);
    std::uint64_t high;
    std::uint64_t low;
    multiply_wide(next(), bound, high, low);
    if (low < bound) [[unlikely]]
      return below_rest(bound, high, low);
    return high;
  }

 private:
  static constexpr std::size_t blocks_per_refill = 4;  ///< Their multiplications overlap.

  void refill();
  std::uint64_t below_rest(std::uint64_t bound, std::uint64_t high, std::uint64_t low);

  PhiloxKey key_;
  std::uint64_t block_ = 0;                       ///< Number of the next block to make. State.
  std::size_t position_ = 4 * blocks_per_refill;  ///< Next word to hand out. State.
  std::array<std::uint64_t, 4 * blocks_per_refill> words_;  ///< Words made ahead. State.
};

}  // namespace faultline::sim
