/// Random numbers for tests of the measurements, which stand below sim/random: Knuth's 64-bit
/// linear congruential generator (MMIX), upper half only.
#pragma once

#include <cstdint>

namespace faultline::sim {

class Lcg {
 public:
  explicit Lcg(std::uint64_t seed) : state_(seed) {}
  std::uint32_t next() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::uint32_t>(state_ >> 32);
  }
  std::uint64_t next64() {
    const std::uint64_t high = next();
    return high << 32 | next();
  }
  /// Uniform in 0 .. bound-1, up to a bias nobody here could notice. Requires: bound > 0.
  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(next64() % static_cast<std::uint64_t>(bound));
  }
  /// Of any magnitude up to 2^bits - 1: first how many bits, then which.
  std::int64_t of_magnitude(int bits) {
    const auto width = static_cast<int>(below(bits + 1));
    return width == 0 ? 0 : static_cast<std::int64_t>(next64() >> (64 - width));
  }
  double uniform() { return (next() + 0.5) * 0x1.0p-32; }

 private:
  std::uint64_t state_;
};

}  // namespace faultline::sim
